"""Training jobs of this server: begun, asked about, ended."""

from __future__ import annotations

from pathlib import Path

from jupyter_server.auth.decorator import authorized
from tornado import web

from .. import problems
from .base import RegistryHandler
from .contents import shown_file


class JobsHandler(RegistryHandler):
    """All jobs."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """How they stand."""
        services = await self.services()
        self.answer(services.jobs.all(problems.entity))

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Begin one; the answer comes at once."""
        services = await self.services()
        body = self.body()
        shown: Path | None = None
        if body.contents is not None:
            shown = await shown_file(self, body.contents)
        begun = await services.jobs.begin(services, body, self.user, shown)
        self.created(begun, "leaderboards", "jobs", begun.id)


class JobHandler(RegistryHandler):
    """One job."""

    @web.authenticated
    @authorized
    async def get(self, job: str) -> None:
        """How it stands, with the last of its log."""
        services = await self.services()
        self.answer(services.jobs.get(job, problems.entity))

    @web.authenticated
    @authorized
    async def delete(self, job: str) -> None:
        """End it; its process is gone when this is answered."""
        services = await self.services()
        await services.jobs.cancel(job)
        self.done()

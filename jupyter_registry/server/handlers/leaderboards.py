"""Leaderboards: begun, listed, read, told of, stopped, deleted; their logs."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..parameters import id_in
from .base import RegistryHandler


class LeaderboardsHandler(RegistryHandler):
    """All leaderboards."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """One page."""
        services = await self.services()
        await self.opening.settle_boards(services)
        from ...registry.leaderboard_search import search

        self.answer(await services.in_thread(search, services.database, **self.query()))

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Begin one."""
        services = await self.services()
        from ...registry import leaderboards

        made = await services.in_thread(
            leaderboards.create, services.database, self.body(), self.user
        )
        self.changed("created", "leaderboard", made.id, made.name)
        self.created(made, "leaderboards", made.id)


class LeaderboardHandler(RegistryHandler):
    """One leaderboard."""

    @web.authenticated
    @authorized
    async def get(self, leaderboard_id: str) -> None:
        """Read it with its models."""
        services = await self.services()
        await self.opening.settle_boards(services)
        from ...registry import leaderboards

        found = await services.in_thread(leaderboards.get, services.database, id_in(leaderboard_id))
        self.answer(found)

    @web.authenticated
    @authorized
    async def patch(self, leaderboard_id: str) -> None:
        """Take down how its training stands."""
        services = await self.services()
        from ...registry import leaderboards

        found = await services.in_thread(
            leaderboards.update, services.database, id_in(leaderboard_id), self.body()
        )
        self.changed("updated", "leaderboard", found.id, found.name)
        self.answer(found)

    @web.authenticated
    @authorized
    async def delete(self, leaderboard_id: str) -> None:
        """Delete it."""
        services = await self.services()
        await self.opening.settle_boards(services)
        from ...registry import leaderboards

        name = await services.in_thread(
            leaderboards.remove, services.database, services.artifacts, id_in(leaderboard_id)
        )
        self.changed("deleted", "leaderboard", id_in(leaderboard_id), name)
        self.done()


class StopHandler(RegistryHandler):
    """Ending a training early."""

    @web.authenticated
    @authorized
    async def post(self, leaderboard_id: str) -> None:
        """Ask for it."""
        services = await self.services()
        await self.opening.settle_boards(services)
        from ...registry import leaderboards

        found = await services.in_thread(
            leaderboards.stop, services.database, id_in(leaderboard_id)
        )
        services.jobs.stop(found.id)
        self.changed("updated", "leaderboard", found.id, found.name)
        self.answer(found)


class LogHandler(RegistryHandler):
    """What a job has written."""

    @web.authenticated
    @authorized
    async def get(self, leaderboard_id: str) -> None:
        """Read it; fresh where the job runs on this server."""
        services = await self.services()
        from ...registry import leaderboards

        found = await services.in_thread(leaderboards.log, services.database, id_in(leaderboard_id))
        fresh = services.jobs.log_of(id_in(leaderboard_id))
        if fresh is not None:
            found.text = fresh
        self.answer(found)

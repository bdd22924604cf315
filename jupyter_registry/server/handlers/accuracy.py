"""Accuracy of a deployment, and rebuilding what it is read from."""

from __future__ import annotations

from dataclasses import asdict

from jupyter_server.auth.decorator import authorized
from tornado import web

from .base import RegistryHandler


class AccuracyHandler(RegistryHandler):
    """Accuracy overall and over time."""

    @web.authenticated
    @authorized
    async def get(self, deployment: str) -> None:
        """Read it."""
        services = await self.services()
        from ...registry import assess

        await self.answer_with(assess.accuracy, services.database, deployment)


class DetailsHandler(RegistryHandler):
    """Accuracy in detail: score bins, confusion, a sample of rows."""

    @web.authenticated
    @authorized
    async def get(self, deployment: str) -> None:
        """Read them."""
        services = await self.services()
        from ...registry import assess

        await self.answer_with(assess.accuracy_details, services.database, deployment)


class SegmentsHandler(RegistryHandler):
    """Segment columns and their values, or the values of one compared."""

    @web.authenticated
    @authorized
    async def get(self, deployment: str) -> None:
        """Read them."""
        services = await self.services()
        from ...registry import assess

        await self.answer_with(assess.segments_of, services.database, deployment)


class RebuildHandler(RegistryHandler):
    """Accumulators of one deployment, from its raw log."""

    @web.authenticated
    @authorized
    async def post(self, deployment: str) -> None:
        """Rebuild them."""
        services = await self.services()
        from ...registry import assess

        found = await services.in_thread(assess.rebuild, services.database, deployment)
        self.answer(asdict(found))


class RebuildAllHandler(RegistryHandler):
    """Accumulators of every deployment."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Rebuild them, one deployment after the other."""
        services = await self.services()
        from ...registry import assess

        found = await services.in_thread(assess.rebuild_all, services.database)
        self.answer({label: asdict(rebuilt) for label, rebuilt in found.items()})

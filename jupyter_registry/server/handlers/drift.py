"""Drift of a deployment."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from .base import RegistryHandler, to_json


class DriftHandler(RegistryHandler):
    """Drift of inputs and predictions, overall and over time."""

    @web.authenticated
    @authorized
    async def get(self, deployment: str) -> None:
        """Read it."""
        services = await self.services()
        from ...registry.drift import drift

        wanted = self.query()
        self.answer(
            await services.in_thread(
                lambda: to_json(drift(services.database, deployment, **wanted))
            )
        )

"""Service health of a deployment."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from .base import RegistryHandler, to_json


class HealthHandler(RegistryHandler):
    """Requests, errors and times, overall and over time."""

    @web.authenticated
    @authorized
    async def get(self, deployment: str) -> None:
        """Read them."""
        services = await self.services()
        from ...registry.health import health

        wanted = self.query()
        self.answer(
            await services.in_thread(
                lambda: to_json(health(services.database, services.health, deployment, **wanted))
            )
        )

"""Service health of a deployment."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from .base import RegistryHandler


class HealthHandler(RegistryHandler):
    """Requests, errors and times, overall and over time."""

    @web.authenticated
    @authorized
    async def get(self, deployment: str) -> None:
        """Read them."""
        services = await self.services()
        from ...registry.health import health

        await self.answer_with(health, services.database, services.health, deployment)

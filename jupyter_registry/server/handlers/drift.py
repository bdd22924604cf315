"""Drift of a deployment."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from .base import RegistryHandler


class DriftHandler(RegistryHandler):
    """Drift of inputs and predictions, overall and over time."""

    @web.authenticated
    @authorized
    async def get(self, deployment: str) -> None:
        """Read it."""
        services = await self.services()
        from ...registry.drift import drift

        await self.answer_with(drift, services.database, deployment)

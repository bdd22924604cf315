"""Deployments: create, list, read, change, replace, roll back."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..parameters import choice
from .base import RegistryHandler


class DeploymentsHandler(RegistryHandler):
    """All deployments."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """One page."""
        services = await self.services()
        from ...domain.errors import InvalidInput
        from ...registry.deployment_search import DeploymentFilter, search

        wanted = self.query()
        state = wanted.get("state")
        if state is not None and state != "any":
            try:
                wanted["state"] = choice("DeploymentState", state)
            except ValueError as error:
                raise InvalidInput(
                    f"The parameter 'state' is not understood: {error}.",
                    advice="Or any, for all.",
                    fields={"state": str(error)},
                ) from None
        of_page = ("sort", "limit", "cursor", "offset", "total", "status")
        page = {name: wanted.pop(name) for name in of_page if name in wanted}
        parts = (services.database, services.statuses, DeploymentFilter(**wanted))
        self.answer(await services.in_thread(search, *parts, **page))

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Create one."""
        services = await self.services()
        from ...registry import deployments

        made = await deployments.create(services, self.body(), self.user)
        self.changed("created", "deployment", made.id, made.label)
        self.created(made, "deployments", made.id)


class DeploymentHandler(RegistryHandler):
    """One deployment, by label or id."""

    @web.authenticated
    @authorized
    async def get(self, deployment: str) -> None:
        """Read it."""
        services = await self.services()
        from ...registry import deployments

        self.answer(await services.in_thread(deployments.get, services.database, deployment))

    @web.authenticated
    @authorized
    async def patch(self, deployment: str) -> None:
        """Change settings or state."""
        services = await self.services()
        from ...registry import deployments

        found = await deployments.update(services, deployment, self.body())
        self.changed("updated", "deployment", found.id, found.label)
        self.answer(found)


class StatusHandler(RegistryHandler):
    """How a deployment does."""

    @web.authenticated
    @authorized
    async def get(self, deployment: str) -> None:
        """Service health, drift, accuracy, and the predictions of the last days."""
        services = await self.services()
        from ...registry.deployment_search import status_of

        parts = (services.database, services.statuses, deployment)
        self.answer(await services.in_thread(status_of, *parts))


class HistoryHandler(RegistryHandler):
    """Which package was in service when."""

    @web.authenticated
    @authorized
    async def get(self, deployment: str) -> None:
        """All periods, oldest first."""
        services = await self.services()
        from ...registry import deployments

        self.answer(await services.in_thread(deployments.history, services.database, deployment))


class ReplacementsHandler(RegistryHandler):
    """Replacing the champion."""

    @web.authenticated
    @authorized
    async def post(self, deployment: str) -> None:
        """Replace it, or only check."""
        services = await self.services()
        from ...registry import replacement

        done = await replacement.replace(services, deployment, self.body(), self.user)
        if done.replaced:
            self.changed("updated", "deployment", done.deployment.id, done.deployment.label)
        self.answer(done)


class RollbackHandler(RegistryHandler):
    """Going back to the previous package."""

    @web.authenticated
    @authorized
    async def post(self, deployment: str) -> None:
        """Put it back in service."""
        services = await self.services()
        from ...registry import replacement

        done = await replacement.roll_back(services, deployment, self.body(), self.user)
        self.changed("updated", "deployment", done.deployment.id, done.deployment.label)
        self.answer(done)

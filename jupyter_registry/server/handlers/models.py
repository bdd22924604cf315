"""Registered models, their versions and aliases."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from .base import RegistryHandler


class ModelsHandler(RegistryHandler):
    """The list of registered models."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """One page."""
        services = await self.services()
        from ...registry import models

        page = await services.in_thread(models.search_models, services.database, **self.query())
        self.answer(page)


class ModelHandler(RegistryHandler):
    """One registered model."""

    @web.authenticated
    @authorized
    async def get(self, name: str) -> None:
        """Read it."""
        services = await self.services()
        from ...registry import models

        self.answer(await services.in_thread(models.get, services.database, name))

    @web.authenticated
    @authorized
    async def patch(self, name: str) -> None:
        """Change its description."""
        services = await self.services()
        from ...registry import models

        body = self.body()
        model = await services.in_thread(models.update, services.database, name, body)
        self.changed("updated", "model", model.id, model.name)
        self.answer(model)

    @web.authenticated
    @authorized
    async def delete(self, name: str) -> None:
        """Delete it with all its packages."""
        services = await self.services()
        from ...registry import models

        model_id = await services.in_thread(
            models.remove, services.database, services.artifacts, name
        )
        self.changed("deleted", "model", model_id, name)
        self.done()


class VersionHandler(RegistryHandler):
    """A package by its model's name and version."""

    @web.authenticated
    @authorized
    async def get(self, name: str, version: str) -> None:
        """Read it; ``latest`` is a version too."""
        services = await self.services()
        from ...registry import packages

        self.answer(await services.in_thread(packages.find, services.database, name, version))


class AliasHandler(RegistryHandler):
    """A package by its model's name and alias."""

    @web.authenticated
    @authorized
    async def get(self, name: str, alias: str) -> None:
        """Read the package that the alias names."""
        services = await self.services()
        from ...registry import packages

        self.answer(await services.in_thread(packages.find, services.database, name, alias))

    @web.authenticated
    @authorized
    async def put(self, name: str, alias: str) -> None:
        """Point the alias at a version."""
        services = await self.services()
        from ...registry import models

        version = self.body().version
        found = await services.in_thread(models.set_alias, services.database, name, alias, version)
        self.changed("updated", "package", found.id, found.name, found.version)
        self.answer(found)

    @web.authenticated
    @authorized
    async def delete(self, name: str, alias: str) -> None:
        """Take the alias away."""
        services = await self.services()
        from ...registry import models

        had = await services.in_thread(models.remove_alias, services.database, name, alias)
        self.changed("updated", "package", had.id, had.name, had.version)
        self.done()

"""Prediction keys of a deployment."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from ...domain.errors import NotFound
from .base import RegistryHandler


class KeysHandler(RegistryHandler):
    """All keys of a deployment."""

    @web.authenticated
    @authorized
    async def get(self, deployment: str) -> None:
        """List them, without their secrets."""
        services = await self.services()
        from ...registry import keys

        self.answer(await services.in_thread(keys.find, services.database, deployment))

    @web.authenticated
    @authorized
    async def post(self, deployment: str) -> None:
        """Make one; the answer has its secret."""
        services = await self.services()
        from ...registry import deployments, keys

        body = self.body()
        of = await services.in_thread(deployments.get, services.database, deployment)
        made = await services.in_thread(keys.create, services.database, of.id, body, self.user)
        self.changed("created", "key", made.id, of.label)
        self.set_header("Cache-Control", "no-store")
        self.created(made, "deployments", deployment, "keys", made.id)


class KeyHandler(RegistryHandler):
    """One key."""

    @web.authenticated
    @authorized
    async def delete(self, deployment: str, key_id: str) -> None:
        """Revoke it, at once."""
        services = await self.services()
        from ...registry import deployments, keys

        if not key_id.isascii() or not key_id.isdigit() or len(key_id) > 10:
            raise NotFound(f"There is no key {key_id!r}.", advice="Give its id; list the keys.")
        of = await services.in_thread(deployments.get, services.database, deployment)
        await services.in_thread(keys.revoke, services.database, of.id, int(key_id))
        self.opening.keys.forget()
        self.changed("deleted", "key", int(key_id), of.label)
        self.done()

"""The inspection of an upload: begun, asked about, cancelled."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from .. import problems
from .base import RegistryHandler, to_json


class InspectionHandler(RegistryHandler):
    """What a worker finds out about an upload's model and data."""

    @web.authenticated
    @authorized
    async def post(self, upload_id: str) -> None:
        """Begin, in place of one that was begun before; the answer comes at once."""
        services = await self.services()
        begun = await services.inspections.begin(services, upload_id, self.body())
        self.created(begun, "uploads", upload_id, "inspection")

    @web.authenticated
    @authorized
    async def get(self, upload_id: str) -> None:
        """How it stands, and in the end what was found."""
        services = await self.services()
        found = services.inspections.get(upload_id, problems.entity)
        self.answer(await services.in_thread(to_json, found))  # a baseline may be large

    @web.authenticated
    @authorized
    async def delete(self, upload_id: str) -> None:
        """End it; its worker is gone when this is answered."""
        services = await self.services()
        await services.inspections.cancel(upload_id)
        self.done()

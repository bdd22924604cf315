"""Uploads: files streamed to the artifact store as they arrive, never whole in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from ...domain.errors import Conflict, InvalidInput, RegistryError
from .base import RegistryHandler

if TYPE_CHECKING:
    from ...registry.arrivals import Connected
    from ...registry.receiving import Receiver

#: Bytes handed to the store at a time.
_PIECE = 1 << 20


class UploadsHandler(RegistryHandler):
    """Where uploads begin."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Begin one."""
        services = await self.services()
        from ...registry import uploads

        made = await services.in_thread(uploads.create, services.database, self.user)
        self.created(made, "uploads", made.id)


class UploadHandler(RegistryHandler):
    """One upload."""

    @web.authenticated
    @authorized
    async def get(self, upload_id: str) -> None:
        """Read which files have arrived."""
        services = await self.services()
        from ...registry import uploads

        found = await services.in_thread(uploads.get, services.database, upload_id)
        found.arriving = await services.in_thread(services.arrivals.of, upload_id)
        found.taking = services.takings.of(upload_id)
        self.answer(found)

    @web.authenticated
    @authorized
    async def delete(self, upload_id: str) -> None:
        """Throw it away."""
        services = await self.services()
        from ...registry import uploads

        await services.inspections.end(upload_id)
        await services.in_thread(services.arrivals.end, upload_id)
        await services.in_thread(uploads.abort, services.database, services.artifacts, upload_id)
        self.done()


class UploadFileHandler(RegistryHandler):
    """A file of an upload; its body is taken piece by piece.

    With the header Upload-Offset, 0 for the first, it may come over several connections: what
    arrived of it before one broke is kept, over the server's end too where artifacts are in a local
    folder, and the next goes on from there.
    """

    always_streams = True
    _receiver: Receiver | Connected | None = None
    _held = 0

    @property
    def max_body_bytes(self) -> int:
        """Bytes that a file may have."""
        return self.opening.options.max_upload_bytes

    async def admit(self) -> None:
        """Authorise before the first byte is taken, and begin to take."""
        await super().admit()
        if self.request.method == "PUT":  # else it asks what it may do
            # the decorated method runs when all has arrived, which is too late to refuse it
            await self._begin()

    @web.authenticated
    @authorized
    async def _begin(self) -> None:
        services = await self.services()
        from ...registry import receiving

        upload_id, path = self.path_kwargs["upload_id"], self.path_kwargs["path"]
        receive = partial(
            receiving.receive,
            services.database,
            services.artifacts,
            upload_id,
            path,
            services.settings.upload_limits,
        )
        offset = self._offset()
        if offset is None:
            self._receiver = await services.in_thread(receive)
        else:
            self._receiver = await services.in_thread(
                services.arrivals.begin,
                upload_id,
                path,
                offset,
                partial(receive, lasting=True),
                lambda left: receive(unfinished=left),
            )

    def _offset(self) -> int | None:
        """How much of the file has come before, where its sender can go on with it."""
        said = self.request.headers.get("Upload-Offset")
        if said is None:
            return None
        if not (said.isascii() and said.isdigit() and len(said) < 20):
            raise InvalidInput(
                f"The header Upload-Offset is no number of bytes: {said[:40]!r}.",
                advice="Give how many bytes of the file have arrived, 0 for the first time.",
                fields={"Upload-Offset": "not a number"},
            )
        return int(said)

    async def take(self, chunk: bytes) -> None:
        """Keep bytes; the connection waits until they are written."""
        self._pieces.append(chunk)
        self._held += len(chunk)
        if self._held >= _PIECE:
            try:
                await self._write()
            except RegistryError as error:
                self.refuse(error)
            except web.Finish:
                return  # nobody is there any more

    async def _write(self) -> None:
        held, self._pieces, self._held = b"".join(self._pieces), [], 0
        if self._receiver is not None and held:
            await self._call(self._receiver.write, held)

    async def _call(self, function: Callable[..., Any], *args: Any) -> Any:
        """Call what takes the file; when the server ends, what came is left for its next start."""
        try:
            return await self.in_thread(function, *args)
        except Conflict:
            if self.opening.is_closed:
                self.hang_up()
            raise

    @web.authenticated
    @authorized
    async def put(self, upload_id: str, path: str) -> None:
        """End the file: it is part of the upload from now on."""
        await self._write()
        receiver, self._receiver = self._receiver, None
        assert receiver is not None
        declared = self.request.headers.get("X-Content-SHA256")
        self.answer(await self._call(receiver.finish, declared))

    @web.authenticated
    @authorized
    async def delete(self, upload_id: str, path: str) -> None:
        """Take a file out again."""
        services = await self.services()
        from ...registry import uploads

        await services.in_thread(
            uploads.remove_file, services.database, services.artifacts, upload_id, path
        )
        self.done()

    def on_connection_close(self) -> None:
        """The connection broke: nothing is left of the upload, unless its sender can go on."""
        super().on_connection_close()
        receiver, self._receiver = self._receiver, None
        if receiver is not None and not self.opening.is_closed:
            self._cutting = asyncio.ensure_future(self.in_thread(receiver.cut))

    def on_finish(self) -> None:
        """A refused file is forgotten."""
        super().on_finish()
        receiver, self._receiver = self._receiver, None
        if receiver is not None and not self.opening.is_closed:
            self._discarding = asyncio.ensure_future(self.in_thread(receiver.discard))

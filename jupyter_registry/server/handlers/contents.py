"""Files of Jupyter's own file browser, and of archives, taken on the server's side."""

from __future__ import annotations

import asyncio
import threading
from inspect import isawaitable
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_server.auth.decorator import authorized
from jupyter_server.services.contents.filemanager import FileContentsManager
from tornado import web

from ...domain.errors import ContentsElsewhere, ContentsRefused, NotAuthorised
from .base import RESOURCE, RegistryHandler

if TYPE_CHECKING:
    from ...registry.contents import Root


class _Stoppable(RegistryHandler):
    """Something that is given up when nobody waits for it any more."""

    _stop: threading.Event | None = None

    def on_connection_close(self) -> None:
        """Nobody waits any more: what was taken is given up."""
        super().on_connection_close()
        if self._stop is not None:
            self._stop.set()


class UploadContentsHandler(_Stoppable):
    """What the file browser shows, on its way into an upload."""

    @web.authenticated
    @authorized("write", RESOURCE)
    @authorized("read", "contents")
    async def post(self, upload_id: str) -> None:
        """Take a file or a folder; the bytes go from disk to store, in a thread."""
        services = await self.services()
        from ...registry import contents

        body = self.body()
        root = root_of(self)
        self._stop = threading.Event()
        # not in the registry's own threads: many large files must not keep requests from them
        taken = await asyncio.to_thread(
            contents.take,
            services.database,
            services.artifacts,
            upload_id,
            body,
            root,
            services.settings.upload_limits,
            self._stop,
            services.takings,
        )
        self.answer(taken)


class UploadArchivesHandler(_Stoppable):
    """An archive of an upload, whose files take its place."""

    @web.authenticated
    @authorized
    async def post(self, upload_id: str) -> None:
        """Take it apart, in a thread."""
        services = await self.services()
        from ...registry import archives

        body = self.body()
        self._stop = threading.Event()
        taken = await asyncio.to_thread(
            archives.take_apart,
            services.database,
            services.artifacts,
            upload_id,
            body,
            services.settings.upload_limits,
            self._stop,
        )
        self.answer(taken)


def root_of(handler: RegistryHandler) -> Root:
    """What the file browser shows; raises `ContentsElsewhere` where that is not on this disk."""
    from ...registry.contents import Root

    manager = handler.contents_manager
    if not isinstance(manager, FileContentsManager):
        raise ContentsElsewhere(
            f"What the file browser shows comes from a {type(manager).__name__}, not from this "
            "server's disk.",
            advice="Upload the file instead.",
            fields={"contents_manager": type(manager).__name__},
        )
    return Root(Path(manager.root_dir), bool(manager.allow_hidden))


async def shown_file(handler: RegistryHandler, path: str) -> Path:
    """A file that the file browser shows to whoever asks.

    Raises
    ------
    NotAuthorised
        when they may not read what it shows.
    ContentsElsewhere, ContentsNotFound, ContentsRefused
        when it cannot be had.

    """
    allowed = handler.authorizer.is_authorized(handler, handler.current_user, "read", "contents")
    if not (await allowed if isawaitable(allowed) else allowed):
        raise NotAuthorised(
            "You may not read the files that this server shows.",
            advice="Upload the file instead.",
            fields={"contents": "not authorised"},
        )
    file = await handler.in_thread(root_of(handler).resolve, path)
    if file.is_dir():
        raise ContentsRefused(
            f"{path[:200]!r} is a folder.",
            advice="Give a CSV, Parquet or Arrow file.",
            fields={"contents": "a folder"},
        )
    return Path(file)

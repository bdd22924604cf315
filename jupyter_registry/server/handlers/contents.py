"""Files of Jupyter's own file browser, taken into an upload on the server's side."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

from jupyter_server.auth.decorator import authorized
from jupyter_server.services.contents.filemanager import FileContentsManager
from tornado import web

from ...domain.errors import ContentsElsewhere
from .base import RESOURCE, RegistryHandler


class UploadContentsHandler(RegistryHandler):
    """What the file browser shows, on its way into an upload."""

    _stop: threading.Event | None = None

    @web.authenticated
    @authorized("write", RESOURCE)
    @authorized("read", "contents")
    async def post(self, upload_id: str) -> None:
        """Take a file or a folder; the bytes go from disk to store, in a thread."""
        services = await self.services()
        from ...registry import contents

        body = self.body()
        manager = self.contents_manager
        if not isinstance(manager, FileContentsManager):
            raise ContentsElsewhere(
                f"What the file browser shows comes from a {type(manager).__name__}, not from "
                "this server's disk.",
                advice="Upload the file instead.",
                fields={"contents_manager": type(manager).__name__},
            )
        self._stop = threading.Event()
        # not in the registry's own threads: many large files must not keep requests from them
        taken = await asyncio.to_thread(
            contents.take,
            services.database,
            services.artifacts,
            upload_id,
            body,
            contents.Root(Path(manager.root_dir), bool(manager.allow_hidden)),
            services.settings.upload_limits,
            self._stop,
            services.takings,
        )
        self.answer(taken)

    def on_connection_close(self) -> None:
        """Nobody waits any more: what was taken is given up."""
        super().on_connection_close()
        if self._stop is not None:
            self._stop.set()

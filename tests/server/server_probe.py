"""An extension for tests alone: what goes on in the server's process, and how it can go wrong.

``GET {base}probe`` answers how late the event loop was and how long one callback had the
processor, since the last call, and which modules are imported.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

from jupyter_server.auth.authorizer import Authorizer
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.services.contents.manager import ContentsManager
from jupyter_server.utils import url_path_join
from tornado import web

from jupyter_registry.server.handlers.base import API, RegistryHandler
from jupyter_registry.server.routes import Operation, Route

late: list[float] = []
busy = 0.0


class DenyOnRequest(Authorizer):
    """Denies what has the header ``X-Deny``."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        denied = handler.request.headers.get("X-Deny")
        return not denied or f"{action}:{resource}" != denied


class Elsewhere(ContentsManager):
    """Shows files that are on no disk."""


class Probe(APIHandler):
    auth_resource = "probe"

    @web.authenticated
    @authorized
    def get(self) -> None:
        global busy
        found = {"late": max(late, default=0.0), "busy": busy, "modules": sorted(sys.modules)}
        late.clear()
        busy = 0.0
        self.finish(json.dumps(found))


class Boom(RegistryHandler):
    """Fails as no one expected."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        raise KeyError("the secret of the server")


async def _watch(pause: float = 0.002) -> None:
    while True:
        before = time.perf_counter()
        await asyncio.sleep(pause)
        late.append(time.perf_counter() - before - pause)


def _time_callbacks() -> None:
    """Note the longest time that one callback of the loop had the processor."""
    run = asyncio.Handle._run

    def timed(handle: asyncio.Handle) -> None:
        global busy
        before = time.thread_time()
        run(handle)
        busy = max(busy, time.thread_time() - before)

    asyncio.Handle._run = timed  # type: ignore[method-assign]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "server_probe"}]


def _load_jupyter_server_extension(server: Any) -> None:
    base = server.web_app.settings["base_url"]
    route = Route("/boom", Boom, {"GET": Operation("Fail")})
    server.web_app.add_handlers(
        ".*$",
        [
            (url_path_join(base, "probe"), Probe),
            (url_path_join(base, "probe", API, "boom"), Boom, {"opening": None, "route": route}),
        ],
    )
    _time_callbacks()
    server.io_loop.add_callback(lambda: asyncio.ensure_future(_watch()))

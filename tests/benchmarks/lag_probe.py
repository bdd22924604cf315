"""A server extension for benchmarks alone: how late the event loop wakes a sleeper.

``GET {base}benchmark-lag`` answers ``{"p50_ms", "p99_ms", "max_ms", "n"}`` since the last call.
"""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

_late: list[float] = []


async def _sample(pause: float = 0.002) -> None:
    while True:
        before = time.perf_counter()
        await asyncio.sleep(pause)
        _late.append(max(0.0, time.perf_counter() - before - pause))


class Lag(APIHandler):
    """The figures since the last call."""

    auth_resource = "benchmark"

    @web.authenticated
    @authorized
    def get(self) -> None:
        late = sorted(_late) or [0.0]
        _late.clear()
        self.finish(
            json.dumps(
                {
                    "p50_ms": 1000 * late[len(late) // 2],
                    "p99_ms": 1000 * late[int(len(late) * 0.99)],
                    "max_ms": 1000 * late[-1],
                    "n": len(late),
                }
            )
        )


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "tests.benchmarks.lag_probe"}]


def _load_jupyter_server_extension(server: Any) -> None:
    base = server.web_app.settings["base_url"]
    server.web_app.add_handlers(".*$", [(url_path_join(base, "benchmark-lag"), Lag)])
    server.io_loop.add_callback(lambda: asyncio.ensure_future(_sample()))

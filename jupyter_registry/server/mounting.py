"""The routes as tornado takes them: each twice, for small bodies and for all others.

A body that streams costs an event loop some turns more, but its sender is known, and its size
checked, before it is taken. What is small anyway comes whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from jupyter_server.utils import url_path_join
from tornado import httputil, web
from tornado.routing import PathMatches, Rule

from .handlers.base import API, RegistryHandler, UnknownAddress
from .routes import ROUTES
from .routing import Route

if TYPE_CHECKING:
    from .opening import Opening

#: Bytes of a body that is taken before it is known who sends it.
WHOLE = 65_536


def rules(opening: Opening, base_url: str) -> list[Rule]:
    """Every route below the server's base URL; what applications ask all the time comes first."""
    by_use = sorted(ROUTES, key=lambda route: not route.handler.open_to_keys)
    unknown = Route("/{path*}", UnknownAddress, {})
    return [
        *(rule for route in by_use for rule in _rules(opening, base_url, route, route.pattern)),
        *_rules(opening, base_url, unknown, "(?:/.*)?"),
    ]


def _rules(opening: Opening, base_url: str, route: Route, pattern: str) -> Iterator[Rule]:
    address = url_path_join(base_url, API) + pattern
    parts = {"opening": opening, "route": route}
    handler = route.handler
    if not handler.always_streams:
        yield Rule(_SmallBody(address), handler, parts)
    yield Rule(PathMatches(address), _streaming(handler), parts)


class _SmallBody(PathMatches):
    """A path, of a request whose body is known to be small."""

    def match(self, request: httputil.HTTPServerRequest) -> dict[str, Any] | None:
        """What tornado gives to the handler, or None."""
        headers = request.headers
        if "Transfer-Encoding" in headers:
            return None
        declared = headers.get("Content-Length", "0")
        if not (declared.isascii() and declared.isdigit() and int(declared) <= WHOLE):
            return None
        if "form" in headers.get("Content-Type", ""):
            return None  # tornado would take it apart
        return super().match(request)


def _streaming(handler: type[RegistryHandler]) -> type[RegistryHandler]:
    return web.stream_request_body(type(handler.__name__, (handler,), {"streams": True}))

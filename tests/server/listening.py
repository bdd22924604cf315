"""Listening to a real server's events over a websocket, as a page does."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from typing import Any

import websocket

from jupyter_registry.server.events import CHANGE

#: Seconds until a change counts as not told: many, for machines that have much else to do.
PATIENCE = 15.0


class Listener:
    """What a websocket on ``/api/events/subscribe`` is told of the registry."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket
        #: Seconds that each change was waited for.
        self.waited: list[float] = []

    def next(self, seconds: float = PATIENCE) -> dict[str, Any]:
        """The next change that is told; fails when there is none in so many seconds."""
        began = time.monotonic()
        until = began + seconds
        while (left := until - time.monotonic()) > 0:
            self._socket.settimeout(left)
            try:
                told = json.loads(self._socket.recv())
            except websocket.WebSocketTimeoutException:
                break
            if told.pop("schema_id") == CHANGE:
                self.waited.append(time.monotonic() - began)
                return {name: told[name] for name in told if not name.startswith("__")}
        raise TimeoutError(f"nothing was told within {seconds} s")

    def hears_nothing(self, seconds: float = 0.7) -> bool:
        """Whether no change is told in so many seconds; fails with what is."""
        try:
            told = self.next(seconds)
        except TimeoutError:
            return True
        raise AssertionError(f"told of {told}")


@contextlib.contextmanager
def listening(server: Any) -> Iterator[Listener]:
    """A listener that has heard the first words of the connection."""
    url = server.root.replace("http://", "ws://") + "api/events/subscribe"
    socket = websocket.create_connection(
        url, header=[f"Authorization: token {server.token}"], timeout=10
    )
    try:
        yield Listener(socket)
    finally:
        socket.close()

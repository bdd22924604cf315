"""The notebook's registry: found when first asked, kept until it is told to forget it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..client.connection import Connection
    from ..client.registry import Registry


class Session:
    """One client for all that a notebook does; nothing of it is imported before its first use."""

    def __init__(self, url: str = "", token: str = "") -> None:
        self._url = url
        self._token = token
        self._registry: Registry | None = None
        self._connection: Connection | None = None
        self._lock = threading.Lock()

    def point_to(self, url: str, token: str) -> None:
        """Talk to another server from now on; empty texts let it be found."""
        with self._lock:
            self._url, self._token = url, token
            self._registry = self._connection = None

    def forget(self) -> None:
        """Look for the server anew: the one known has stopped answering."""
        self.point_to(self._url, self._token)

    @property
    def registry(self) -> Registry:
        """The registry; raises `CannotConnect` when none is found."""
        with self._lock:
            if self._registry is None:
                from ..client.registry import Registry

                self._registry = Registry(self._url or None, self._token or None)
            return self._registry

    @property
    def connection(self) -> Connection:
        """The way to the server alone, which takes less to import than `registry`."""
        with self._lock:
            if self._registry is not None:
                return self._registry.connection
            if self._connection is None:
                from ..client.connection import Connection
                from ..client.discovery import find_server

                found = find_server(self._url or None, self._token or None)
                self._connection = Connection(found.url, found.token)
            return self._connection

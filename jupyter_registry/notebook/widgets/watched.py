"""A registry whose uploads can be watched and stopped between chunks.

It passes everything on to the registry behind it; only the bodies of uploads go through `Watch`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ...client.connection import Connection
from ...client.registry import Registry

if TYPE_CHECKING:
    from pathlib import Path


class Watch:
    """Counts what is uploaded; ``check`` is called before each chunk and may raise to stop.

    Parameters
    ----------
    check:
        Raises when the upload is to stop; what was sent is then thrown away.
    sent:
        Called with bytes sent and bytes in all.
    registering:
        Called when the files are there and the package is about to be registered.

    """

    def __init__(
        self,
        check: Callable[[], None],
        sent: Callable[[int, int], object],
        registering: Callable[[], object],
    ) -> None:
        self._check, self._sent, self._registering = check, sent, registering
        self._done = 0
        self.total = 0

    def before(self, method: str, path: str) -> None:
        """A request is about to be made."""
        if method != "DELETE":
            self._check()
        if (method, path) == ("POST", "/packages"):
            self._registering()

    def chunks(self, content: Iterator[bytes], size: int) -> Iterator[bytes]:
        """The chunks of a body of so many bytes."""
        self.total = max(self.total, self._done + size)
        for chunk in content:
            self._check()
            yield chunk
            self._done += len(chunk)
            self._sent(self._done, self.total)


class _WatchedConnection(Connection):
    def __init__(self, connection: Connection, watch: Watch) -> None:
        self.__dict__.update(connection.__dict__)
        self._watch = watch

    def call(self, method: str, path: str, **rest: Any) -> Any:
        self._watch.before(method, path)
        content = rest.get("content")
        if content is not None and not isinstance(content, bytes):
            size = int((rest.get("headers") or {}).get("Content-Length", 0))
            rest["content"] = self._watch.chunks(content, size)
        return super().call(method, path, **rest)


class WatchedRegistry(Registry):
    """The same registry, over the same connections, watched."""

    def __init__(self, registry: Registry, watch: Watch) -> None:
        self.connection = _WatchedConnection(registry.connection, watch)


def size_of(path: Path) -> int:
    """The bytes that an upload of a file or folder takes; 0 where it cannot be told."""
    from ...client.uploads import gather
    from ...domain.errors import RegistryError

    try:
        return sum(file.stat().st_size for file in gather(path).files.values())
    except (RegistryError, OSError):
        return 0

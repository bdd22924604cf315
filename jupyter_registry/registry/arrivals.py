"""Files that come in over more than one connection: what has arrived waits for the rest.

A file's bytes are hashed as they come, so they are kept by the server that took them, for as long
as it runs, in the store's temporary file. Who goes on says from where; a connection that is dead
without the server's knowledge loses its file to the one that goes on.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from ..domain.entities import FilePublic
from ..domain.errors import Conflict, UploadNotFound
from .receiving import Receiver

#: Files that wait at once; the one that has waited for longest makes room.
_MOST = 200

Key = tuple[str, str]


class Arrivals:
    """The files that are arriving, or wait for the rest of theirs, by upload and path.

    Parameters
    ----------
    seconds:
        How long one waits.

    """

    def __init__(self, seconds: float = 3600.0) -> None:
        self._seconds = seconds
        self._known: dict[Key, Arrival] = {}
        self._lock = threading.Lock()

    def of(self, upload_id: str) -> dict[str, int]:
        """Bytes that have arrived of the files of an upload that are not whole, by path."""
        with self._lock:
            return {key[1]: known.size for key, known in self._known.items() if key[0] == upload_id}

    def begin(
        self, upload_id: str, path: str, offset: int, receive: Callable[[], Receiver]
    ) -> Connected:
        """Begin a file, or go on with one from ``offset``, for one connection.

        Raises
        ------
        Conflict
            when not so many bytes have arrived; ``fields["offset"]`` has how many.

        """
        self.sweep()
        key = (upload_id, path)
        with self._lock:
            known = self._known.get(key)
        if known is not None and offset > 0:
            return known.connect(offset)
        if offset > 0:
            raise _other_offset(path, 0)
        receiver = receive()  # refuses what may not be
        if known is not None:
            known.discard()
        begun = Arrival(self, key, receiver)
        with self._lock:
            self._known[key] = begun
        return begun.connect(0)

    def sweep(self) -> None:
        """Give up the files that have waited for too long, or are too many."""
        before = time.monotonic() - self._seconds
        with self._lock:
            waiting = sorted(
                (known for known in self._known.values() if known.waits_since is not None),
                key=lambda known: known.waits_since or 0.0,
            )
        for position, known in enumerate(waiting):
            if (known.waits_since or 0.0) < before or position < len(waiting) - _MOST:
                known.discard()

    def end(self, upload_id: str) -> None:
        """Give up what waits of an upload, which has ended."""
        with self._lock:
            known = [known for key, known in self._known.items() if key[0] == upload_id]
        for one in known:
            one.discard()

    def close(self) -> None:
        """Give up everything."""
        with self._lock:
            known = list(self._known.values())
        for one in known:
            one.discard()

    def forget(self, key: Key, arrival: Arrival) -> None:
        """It has ended."""
        with self._lock:
            if self._known.get(key) is arrival:
                del self._known[key]


class Arrival:
    """One file; the connection that goes on with it, if any."""

    def __init__(self, arrivals: Arrivals, key: Key, receiver: Receiver) -> None:
        self.receiver = receiver
        self.lock = threading.Lock()
        self.connected: Connected | None = None
        self.waits_since: float | None = time.monotonic()
        self._arrivals = arrivals
        self._key = key

    @property
    def size(self) -> int:
        """Bytes that have arrived."""
        return self.receiver.size

    def connect(self, offset: int) -> Connected:
        """Let a connection go on; the one before, if it is there, can no longer."""
        with self.lock:
            self.connected = None
            self.waits_since = time.monotonic()
            if offset != self.size:
                raise _other_offset(self._key[1], self.size)
            self.waits_since = None
            self.connected = Connected(self)
            return self.connected

    def discard(self) -> None:
        """Forget what has arrived."""
        with self.lock:
            self.connected = None
            self.end()

    def end(self) -> None:
        """The same by whoever holds the lock."""
        self.receiver.discard()
        self._arrivals.forget(self._key, self)


class Connected:
    """A file's connection, as a `Receiver` is used; when it breaks, what has arrived waits."""

    def __init__(self, arrival: Arrival) -> None:
        self._arrival = arrival

    def write(self, chunk: bytes) -> None:
        """Append bytes; raises as `Receiver.write`, and `Conflict` if another goes on with it."""
        with self._arrival.lock:
            self._check()
            try:
                self._arrival.receiver.write(chunk)
            except BaseException:
                self._arrival.end()
                raise

    def finish(self, declared_sha256: str | None = None) -> FilePublic:
        """End the file; raises as `Receiver.finish`, and `Conflict` if another goes on with it."""
        with self._arrival.lock:
            self._check()
            try:
                return self._arrival.receiver.finish(declared_sha256)
            finally:
                self._arrival.end()

    def discard(self) -> None:
        """Forget the file, if it is still this connection's."""
        with self._arrival.lock:
            if self._arrival.connected is self:
                self._arrival.end()

    def cut(self) -> None:
        """The connection broke: let what has arrived wait."""
        with self._arrival.lock:
            if self._arrival.connected is not self:
                return
            self._arrival.connected = None
            self._arrival.waits_since = time.monotonic()
            try:
                self._arrival.receiver.touch()
            except UploadNotFound:
                self._arrival.end()

    def _check(self) -> None:
        if self._arrival.connected is not self:
            raise Conflict(
                "Another connection goes on with this file.",
                advice="GET of the upload says how much has arrived.",
            )


def _other_offset(path: str, size: int) -> Conflict:
    return Conflict(
        f"{size} bytes have arrived of {path[:200]!r}.",
        advice="Go on from there: Upload-Offset says from where.",
        fields={"offset": size},
    )

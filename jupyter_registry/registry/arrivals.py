"""Files that come in over more than one connection: what has arrived waits for the rest.

A file's bytes are hashed as they come, by the server that takes them, into the store's temporary
file. When the server ends, however it does, the file is left with its journal (`store.unfinished`)
in a local store, and the next server goes on with it: it is hashed anew, once, when its sender
comes back. Who goes on says from where; a connection that is dead without the server's knowledge
loses its file to the one that goes on.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from ..domain.entities import FilePublic
from ..domain.errors import Conflict, UploadNotFound
from ..store.artifacts import ArtifactStore
from ..store.unfinished import Unfinished
from .receiving import Receiver, other_offset

#: Files that wait at once; the one that has waited for longest makes room.
_MOST = 200

Key = tuple[str, str]


class Arrivals:
    """The files that are arriving, or wait for the rest of theirs, by upload and path.

    Parameters
    ----------
    seconds:
        How long one waits.
    artifacts:
        Where servers that have ended left theirs.

    """

    def __init__(self, seconds: float = 3600.0, artifacts: ArtifactStore | None = None) -> None:
        self._seconds = seconds
        self._artifacts = artifacts
        self._known: dict[Key, Arrival] = {}
        self._lock = threading.Lock()

    def of(self, upload_id: str) -> dict[str, int]:
        """Bytes that have arrived of the files of an upload that are not whole, by path; reads.

        Those that an ended server left are not verified before they are gone on with.
        """
        found = {left.path: left.size for left in self._left(upload_id)}
        with self._lock:
            known = {key[1]: one.size for key, one in self._known.items() if key[0] == upload_id}
        return found | known

    def begin(
        self,
        upload_id: str,
        path: str,
        offset: int,
        receive: Callable[[], Receiver],
        resume: Callable[[Unfinished], Receiver] | None = None,
    ) -> Connected:
        """Begin a file, or go on with one from ``offset``, for one connection.

        ``resume`` goes on with what an ended server left, which is read for it.

        Raises
        ------
        Conflict
            when not so many bytes have arrived; ``fields["offset"]`` has how many.

        """
        self.sweep()
        key = (upload_id, path)
        with self._lock:
            known = self._known.get(key)
        if known is None and offset > 0 and resume is not None:
            known = self._found(key, resume)
        if known is not None and offset > 0:
            return known.connect(offset)
        if offset > 0:
            raise other_offset(path, 0)
        receiver = receive()  # refuses what may not be
        if known is not None:
            known.discard()
        for left in self._left(upload_id, path):
            left.remove()
        begun = Arrival(self, key, lambda: receiver, 0)
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
        for left in self._left():
            if left.age > self._seconds:
                left.remove()

    def end(self, upload_id: str) -> None:
        """Give up what waits of an upload, which has ended."""
        with self._lock:
            known = [known for key, known in self._known.items() if key[0] == upload_id]
        for one in known:
            one.discard()
        for left in self._left(upload_id):
            left.remove()

    def close(self) -> None:
        """Leave everything for the next server."""
        with self._lock:
            known = list(self._known.values())
        for one in known:
            one.leave()

    def forget(self, key: Key, arrival: Arrival) -> None:
        """It has ended."""
        with self._lock:
            if self._known.get(key) is arrival:
                del self._known[key]

    def _left(self, upload_id: str | None = None, path: str | None = None) -> list[Unfinished]:
        """What ended servers left, of an upload or of all, of a path or of all."""
        found = self._artifacts.unfinished(upload_id) if self._artifacts is not None else []
        return [one for one in found if path is None or one.path == path]

    def _found(self, key: Key, resume: Callable[[Unfinished], Receiver]) -> Arrival | None:
        """What an ended server left of a file, once for all who ask."""
        left = max(self._left(*key), key=lambda one: one.size, default=None)
        if left is None:
            return None
        found = Arrival(self, key, lambda: resume(left), left.size)
        with self._lock:
            return self._known.setdefault(key, found)


class Arrival:
    """One file; the connection that goes on with it, if any.

    ``receive`` is called when the first one does: it may read all that has arrived, ``size`` bytes.
    """

    def __init__(
        self, arrivals: Arrivals, key: Key, receive: Callable[[], Receiver], size: int
    ) -> None:
        self._receive = receive
        self._receiver: Receiver | None = None
        self._left = size
        self.lock = threading.Lock()
        self.connected: Connected | None = None
        self.waits_since: float | None = time.monotonic()
        self._arrivals = arrivals
        self._key = key

    @property
    def size(self) -> int:
        """Bytes that have arrived."""
        return self._left if self._receiver is None else self._receiver.size

    @property
    def receiver(self) -> Receiver:
        """What takes its bytes, once a connection has gone on with it."""
        assert self._receiver is not None
        return self._receiver

    def connect(self, offset: int) -> Connected:
        """Let a connection go on; the one before, if it is there, can no longer."""
        with self.lock:
            self.connected = None
            self.waits_since = time.monotonic()
            if self._receiver is None:
                try:
                    self._receiver = self._receive()
                except BaseException:
                    self._arrivals.forget(self._key, self)
                    raise
            if offset != self.size:
                raise other_offset(self._key[1], self.size)
            self.waits_since = None
            self.connected = Connected(self)
            return self.connected

    def discard(self) -> None:
        """Forget what has arrived."""
        with self.lock:
            self.connected = None
            self.end()

    def leave(self) -> None:
        """Leave what has arrived for another server."""
        with self.lock:
            self.connected = None
            if self._receiver is not None:
                self._receiver.leave()
            self._arrivals.forget(self._key, self)

    def end(self) -> None:
        """The same by whoever holds the lock."""
        if self._receiver is not None:
            self._receiver.discard()
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

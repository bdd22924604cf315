"""Unfinished files: what has come of one whose sender may go on, also after the server's end.

Beside the temporary file lies its journal: what it is to become, then, as it grows, how many bytes
were written and their SHA-256. A process that ends at any moment, or a disk that loses what was
written last, leaves a file of which only as much counts as a line of the journal agrees with.
The process that writes holds the journal's lock, so nobody else goes on with its file.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from .file_locks import lock

#: Bytes after which a journal gets its next line: at most so much comes a second time.
MARK_BYTES = 4 << 20
_CHUNK = 1 << 20


class Journal:
    """The journal of a file that is being written, locked until it is closed."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path = path
        self._file = file
        self._marked = -1

    @classmethod
    def begin(cls, data: Path, owner: str, path: str) -> Journal:
        """Begin one for a new file; ``owner`` and ``path`` are as in `Unfinished`."""
        journal = data.with_name(f"{owner}.{data.name}")
        file = journal.open("x+b")
        lock(file)
        file.write(json.dumps({"path": path}).encode() + b"\n")
        file.flush()
        return cls(journal, file)

    def grown(self, size: int) -> bool:
        """Whether a file of so many bytes is due for its next line."""
        return size - max(self._marked, 0) >= MARK_BYTES

    def mark(self, size: int, sha256: str) -> None:
        """So many bytes, with this SHA-256, were handed to the operating system."""
        if size > self._marked:
            self._file.write(b"%d %s\n" % (size, sha256.encode()))
            self._file.flush()
            self._marked = size

    def close(self) -> None:
        """Let another go on."""
        self._file.close()

    def remove(self) -> None:
        """The file has ended."""
        with contextlib.suppress(FileNotFoundError, PermissionError):
            self._path.unlink()
        self._file.close()


@dataclass(frozen=True)
class Unfinished:
    """A file that a process has left behind."""

    journal: Path
    data: Path
    owner: str
    """What it belongs to; letters and digits."""
    path: str
    """What it is there."""
    size: int
    """Bytes that have arrived, as far as the journal tells; not verified."""
    age: float
    """Seconds since something came."""

    def resume(self) -> Resumed | None:
        """Go on with it: what the journal agrees with, the rest is cut off; reads it once.

        ``None`` when another process goes on with it, or it is gone.
        """
        try:
            journal = self.journal.open("r+b")
        except FileNotFoundError:
            return None
        try:
            if not lock(journal, wait=False):
                journal.close()
                return None
            data = self.data.open("r+b")
        except FileNotFoundError:
            journal.close()
            return None
        except BaseException:
            journal.close()
            raise
        try:
            return self._verified(journal, data)
        except BaseException:
            journal.close()
            data.close()
            raise

    def _verified(self, journal: BinaryIO, data: BinaryIO) -> Resumed:
        hashed, good, size = hashlib.sha256(), hashlib.sha256(), 0
        journal.readline()
        end = journal.tell()
        for marked, sha256, place in _marks(journal):
            if not _read_until(data, marked, hashed) or hashed.hexdigest() != sha256:
                break
            good, size, end = hashed.copy(), marked, place
        for file, length in ((data, size), (journal, end)):
            file.truncate(length)
            file.seek(length)
        again = Journal(self.journal, journal)
        again._marked = size
        return Resumed(again, data, good, size)

    def remove(self) -> None:
        """Throw it away, unless another process goes on with it."""
        with contextlib.suppress(OSError), self.journal.open("r+b") as file:
            if lock(file, wait=False):
                self.data.unlink(missing_ok=True)
                self.journal.unlink(missing_ok=True)


@dataclass(frozen=True)
class Resumed:
    """An unfinished file that is written on: its bytes' hash, and how many there are."""

    journal: Journal
    data: BinaryIO
    hash: Any
    size: int


def left_in(folder: Path, owner: str | None = None) -> list[Unfinished]:
    """The files that no process goes on with, of one owner or of all."""
    found = [
        _left(journal)
        for journal in folder.glob("*.*")
        if owner is None or journal.name.partition(".")[0] == owner
    ]
    return [one for one in found if one is not None]


def _left(journal: Path) -> Unfinished | None:
    owner, _, name = journal.name.partition(".")
    data = journal.with_name(name)
    try:
        with journal.open("r+b") as file:
            if not lock(file, wait=False):
                return None
            path = json.loads(file.readline())["path"]
            size = max((size for size, _, _ in _marks(file)), default=0)
            there = data.stat()
            written = max(there.st_mtime, journal.stat().st_mtime)
    except (OSError, ValueError, KeyError):  # ended meanwhile, or torn in its first line
        return None
    size = size if size <= there.st_size else 0
    return Unfinished(journal, data, owner, path, size, time.time() - written)


def _marks(journal: BinaryIO) -> Iterator[tuple[int, str, int]]:
    """The lines after the first: bytes, SHA-256, where the line ends; a torn one ends them."""
    while (line := journal.readline()).endswith(b"\n"):
        size, _, sha256 = line.decode(errors="replace").strip().partition(" ")
        if not (size.isascii() and size.isdigit() and len(sha256) == 64):
            return
        yield int(size), sha256, journal.tell()


def _read_until(data: BinaryIO, size: int, hashed: Any) -> bool:
    """Hash on up to so many bytes; whether there are so many."""
    while (left := size - data.tell()) > 0:
        chunk = data.read(min(_CHUNK, left))
        if not chunk:
            return False
        hashed.update(chunk)
    return True

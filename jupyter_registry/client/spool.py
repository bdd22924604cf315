"""The reporter's queue on disk: rows that wait to be sent, and rows that were refused.

One SQLite file per server and deployment. Several processes may share it: rows are taken in
the order in which they were appended, by the one process that holds the lock beside it. The
operating system frees that lock when its holder dies, however it dies.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from ..domain.errors import SpoolFull, StorageUnavailable

#: What a row costs on disk besides its text, in bytes (roughly: key, index, page overhead).
_OVERHEAD = 64
_BUSY_SECONDS = 30.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS waiting (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, body TEXT NOT NULL,
    bytes INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS rejected (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, body TEXT NOT NULL,
    bytes INTEGER NOT NULL, problem TEXT NOT NULL, rejected_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS held (
    name TEXT PRIMARY KEY, count INTEGER NOT NULL, bytes INTEGER NOT NULL);
INSERT OR IGNORE INTO held VALUES ('waiting', 0, 0), ('rejected', 0, 0);
"""
_TRIGGER = """
CREATE TRIGGER IF NOT EXISTS {table}_{event} AFTER {event} ON {table} BEGIN
    UPDATE held SET count = count {sign} 1, bytes = bytes {sign} {row}.bytes WHERE name = '{table}';
END;
"""


#: Connections inherited by fork, kept so that they are never closed here.
_of_parents: list[sqlite3.Connection] = []


@dataclass(frozen=True)
class Entry:
    """A row that waits: its place in the queue, ``report`` or ``actuals``, and its JSON text."""

    id: int
    kind: str
    body: str


class Spool:
    """The queue of one deployment in a folder.

    Parameters
    ----------
    folder:
        Made when absent; must be on a local disk.
    destination:
        What tells the deployment from others that share the folder: its address.
    max_bytes:
        How much the waiting and the rejected rows may take, in bytes.

    """

    def __init__(self, folder: Path, destination: str, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        name = hashlib.sha256(destination.encode()).hexdigest()[:16]
        self.path = Path(folder) / f"reports-{name}.db"
        self._lock_path = Path(folder) / f"reports-{name}.lock"
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._locked: IO[bytes] | None = None
        try:
            Path(folder).mkdir(parents=True, exist_ok=True)
            connection = self._connection()
            connection.executescript(
                "BEGIN IMMEDIATE;"
                + _SCHEMA
                + "".join(
                    _TRIGGER.format(table=table, event=event, sign=sign, row=row)
                    for table in ("waiting", "rejected")
                    for event, sign, row in (("INSERT", "+", "NEW"), ("DELETE", "-", "OLD"))
                )
                + "COMMIT;"
            )
        except (OSError, sqlite3.Error) as error:
            raise StorageUnavailable(
                f"The spool {self.path} cannot be used: {error}.",
                advice="Choose another spool_dir: a folder on a local disk that can be written.",
            ) from error

    def append(self, kind: str, bodies: Sequence[str], *, why_waiting: str = "") -> None:
        """Add rows at the end, all or none; on return they are on disk.

        Raises
        ------
        SpoolFull
            when they would not fit; nothing is added.

        """
        sizes = [len(body.encode()) + _OVERHEAD for body in bodies]
        with self._write() as connection:
            count, held = connection.execute(
                "SELECT sum(count * (name = 'waiting')), sum(bytes) FROM held"
            ).fetchone()
            if held + sum(sizes) > self.max_bytes:
                raise self._full(count, held, sum(sizes), why_waiting)
            connection.executemany(
                "INSERT INTO waiting (kind, body, bytes) VALUES (?, ?, ?)",
                zip([kind] * len(bodies), bodies, sizes, strict=True),
            )

    def head(self, rows: int, max_bytes: int) -> list[Entry]:
        """The oldest rows, of one kind: at most so many, at most so large (but at least one)."""
        found: list[Entry] = []
        size = 0
        cursor = self._connection().execute(
            "SELECT id, kind, body, bytes FROM waiting ORDER BY id LIMIT ?", (rows,)
        )
        with contextlib.closing(cursor):
            for number, kind, body, its_bytes in cursor:
                size += its_bytes
                if found and (kind != found[0].kind or size > max_bytes):
                    break
                found.append(Entry(number, kind, body))
        return found

    def done(self, entries: Sequence[Entry], refused: Sequence[tuple[Entry, str]] = ()) -> None:
        """Take sent rows out of the queue, and set refused ones aside with the reason."""
        with self._write() as connection:
            connection.executemany(
                "INSERT INTO rejected (kind, body, bytes, problem, rejected_at) "
                "SELECT kind, body, bytes, ?, ? FROM waiting WHERE id = ?",
                [(problem, time.time(), entry.id) for entry, problem in refused],
            )
            connection.executemany(
                "DELETE FROM waiting WHERE id = ?",
                [(entry.id,) for entry in (*entries, *(entry for entry, _ in refused))],
            )

    def count(self) -> int:
        """How many rows wait."""
        return int(self._held("waiting")[0])

    def count_rejected(self) -> int:
        """How many rows were refused."""
        return int(self._held("rejected")[0])

    def rejected(self) -> list[dict[str, Any]]:
        """The refused rows, oldest first: ``kind``, ``row``, ``problem``, ``at`` (seconds)."""
        return [
            {"kind": kind, "row": json.loads(body), "problem": problem, "at": at}
            for kind, body, problem, at in self._connection().execute(
                "SELECT kind, body, problem, rejected_at FROM rejected ORDER BY id"
            )
        ]

    def requeue(self) -> int:
        """Put the refused rows at the end of the queue again; returns how many."""
        with self._write() as connection:
            added = connection.execute(
                "INSERT INTO waiting (kind, body, bytes) "
                "SELECT kind, body, bytes FROM rejected ORDER BY id"
            ).rowcount
            connection.execute("DELETE FROM rejected")
        return int(added)

    def discard_rejected(self) -> int:
        """Forget the refused rows; returns how many."""
        with self._write() as connection:
            return int(connection.execute("DELETE FROM rejected").rowcount)

    @contextlib.contextmanager
    def sole_sender(self) -> Iterator[bool]:
        """Hold the right to send; yields whether it was free."""
        with self._lock_path.open("ab") as file:
            free = _try_lock(file)
            self._locked = file if free else None
            try:
                yield free
            finally:
                self._locked = None
                if free:
                    _unlock(file)

    def close(self) -> None:
        """Close the connections of all threads."""
        for connection in self._opened:
            with contextlib.suppress(sqlite3.Error):
                connection.close()
        self._opened.clear()
        self._local = threading.local()

    def forked(self) -> None:
        """Let go, in a child process, of what belongs to its parent.

        The parent's connections are left alone: closing them here would drop its file locks.
        """
        if self._locked is not None:
            self._locked.close()
            self._locked = None
        _of_parents.extend(self._opened)
        self._opened = []
        self._local = threading.local()

    def _held(self, name: str) -> tuple[int, int]:
        found: tuple[int, int] = (
            self._connection()
            .execute("SELECT count, bytes FROM held WHERE name = ?", (name,))
            .fetchone()
        )
        return found

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            # Closed by `close`, possibly from another thread than the one that opened it.
            connection = sqlite3.connect(
                self.path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            _use_wal(connection)
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA journal_size_limit = 4194304")
            self._local.connection = connection
            self._opened.append(connection)
        return connection

    @contextlib.contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        connection = self._connection()
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        except sqlite3.OperationalError as error:
            if "full" in str(error):
                raise SpoolFull(
                    f"The disk of the spool {self.path} is full; the rows were not taken.",
                    advice="Free some space, or choose a spool_dir on another disk.",
                    fields={"path": str(self.path)},
                ) from error
            raise StorageUnavailable(
                f"The spool {self.path} cannot be written: {error}.",
                advice="Check the disk and that no other program keeps the file locked.",
            ) from error

    def _full(self, count: int, held: int, added: int, why_waiting: str) -> SpoolFull:
        rejected = self.count_rejected()
        return SpoolFull(
            f"The spool {self.path} holds {count:,} rows that wait and {rejected:,} that were "
            f"refused, {held:,} of at most {self.max_bytes:,} bytes; {added:,} more do not fit. "
            f"The rows were not taken. {why_waiting}".strip(),
            advice="Make the server reachable again and report them again, or give the Reporter "
            "a larger max_bytes."
            + (" Look at rejected(), then discard_rejected()." if rejected else ""),
            fields={
                "path": str(self.path),
                "waiting": count,
                "rejected": rejected,
                "bytes": held,
                "max_bytes": self.max_bytes,
            },
        )


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log; SQLite does not wait for others that do the same."""
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


if os.name == "nt":
    import msvcrt

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True

    def _unlock(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined,unused-ignore]

else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _unlock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)

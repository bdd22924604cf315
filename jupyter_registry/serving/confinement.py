"""What a worker may use, and that nothing of it is left: limits, memory, a folder, a mark.

Limits that the operating system keeps are set by the worker itself before it touches a model, see
`worker.limits`. Memory is watched from here, of the worker with all that it started. What is left
when a worker has ended is found by a mark in its variables, which whatever it started has too.
Memory is watched and marks are found where there is a ``/proc``.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Protocol

#: The variable that marks a worker and whatever it started.
MARK = "JUPYTER_REGISTRY_WORKER"
#: Seconds between two looks at the memory.
_LOOK_SECONDS = 0.5
#: The share of the machine's memory that a worker may use unless told otherwise.
_SHARE = 0.8
#: How often what is left is looked for: what is being killed may start something.
_PASSES = 5
_PROC = Path("/proc")


@dataclass(frozen=True)
class Limits:
    """What one worker may use; 0 for no limit of one's own."""

    #: Resident memory in MB, of all its processes; 0 for 80 % of the machine's or container's.
    memory_mb: float = 0.0
    #: Processors that it may run on.
    processors: int = 0
    #: Files and sockets that it may have open.
    open_files: int = 1024

    def order(self) -> dict[str, float]:
        """What the worker is told."""
        return {**asdict(self), "memory_mb": self.memory / 1e6}

    @property
    def memory(self) -> float:
        """Bytes of memory that it may use; 0 where the machine's size is unknown, too."""
        return self.memory_mb * 1e6 or _SHARE * machine_memory()


@dataclass(frozen=True)
class Place:
    """A worker's own folder and its mark."""

    folder: str = field(default_factory=lambda: tempfile.mkdtemp(prefix="jupyter-registry-worker-"))
    mark: str = field(default_factory=lambda: secrets.token_hex(16))

    def variables(self) -> dict[str, str]:
        """What the worker's environment gets: temporary files go into its folder."""
        return {MARK: self.mark, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), self.folder)}

    def clear(self) -> None:
        """Kill what carries the mark, and remove the folder."""
        mark = f"{MARK}={self.mark}".encode()
        for _ in range(_PASSES):
            left = [pid for pid in _processes() if mark in _variables(pid)]
            for pid in left:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            if not left:
                break
        shutil.rmtree(self.folder, ignore_errors=True)


class Watched(Protocol):
    """A process whose memory is watched."""

    pid: int

    @property
    def mark(self) -> str:
        """What whatever it started has in its variables, too."""

    def kill(self, reason: str) -> None:
        """End it."""


class MemoryWatch:
    """Looks at the memory of all workers at once, while there are any; on the event loop."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        """Bytes; 0 for none."""
        self._watched: dict[int, Watched] = {}
        self._looking: asyncio.Task[None] | None = None
        #: Of processes in sessions of their own, by id and when they began: whose worker's.
        self._elsewhere: dict[tuple[int, int], int] = {}

    def add(self, worker: Watched) -> None:
        """Watch a process, which leads its own session, until `remove`."""
        if not self.limit or not _PROC.is_dir():
            return
        self._watched[worker.pid] = worker
        if self._looking is None:
            self._looking = asyncio.get_running_loop().create_task(self._look())

    def remove(self, worker: Watched) -> None:
        """Watch it no longer."""
        self._watched.pop(worker.pid, None)

    async def _look(self) -> None:
        try:
            while self._watched:
                await asyncio.sleep(_LOOK_SECONDS)
                marks = {worker.mark: pid for pid, worker in self._watched.items()}
                used = await asyncio.to_thread(
                    memory_of_sessions, marks, self._elsewhere, self.limit
                )
                for pid, worker in list(self._watched.items()):
                    if used.get(pid, 0) > self.limit:
                        worker.kill(
                            f"it used {used[pid] / 1e6:,.0f} MB of memory; "
                            f"{self.limit / 1e6:,.0f} MB are allowed"
                        )
        finally:
            self._looking = None


def memory_of_sessions(
    marks: Mapping[str, int] | None = None,
    known: dict[tuple[int, int], int] | None = None,
    limit: float = 0,
) -> Mapping[int, int]:
    """Bytes of resident memory by session, whose id is that of the process that leads it.

    What several processes share counts for each of them; of a session that has more than the
    limit so, it counts once for all that share it (proportional set size, which is slow to tell).

    Parameters
    ----------
    marks:
        Of workers, with their ids: what carries one counts for the worker, in any session.
    known:
        Whose the processes of other sessions were found to be before; brought up to date.
    limit:
        Bytes; 0 for none.

    """
    page = os.sysconf("SC_PAGE_SIZE")
    workers = {} if marks is None else {f"{MARK}={m}".encode(): pid for m, pid in marks.items()}
    before = {} if known is None else dict(known)
    found: dict[int, dict[int, int]] = {}
    now: dict[tuple[int, int], int] = {}
    for pid in _processes():
        with suppress(OSError, IndexError, ValueError):
            # the name, in parentheses, may have any character
            fields = (_PROC / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()
            session = int(fields[3])
            if workers and session not in workers.values():
                process = pid, int(fields[19])
                if process not in before:
                    carried = (workers[one] for one in _variables(pid) if one in workers)
                    before[process] = next(carried, session)
                session = now[process] = before[process]
            found.setdefault(session, {})[pid] = int(fields[21]) * page
    if known is not None:
        known.clear()
        known.update(now)
    return {session: _sum(resident, limit) for session, resident in found.items()}


def _sum(resident: Mapping[int, int], limit: float) -> int:
    """Bytes of processes together."""
    total = sum(resident.values())
    if not limit or total <= limit or len(resident) < 2:
        return total
    return sum(min(size, _proportional(pid, size)) for pid, size in resident.items())


def _proportional(pid: int, otherwise: int) -> int:
    """Bytes of a process, its part alone of what it shares with others."""
    with suppress(OSError, ValueError, StopIteration):
        lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
        return 1024 * int(next(line.split()[1] for line in lines if line.startswith("Pss:")))
    return otherwise


def machine_memory() -> int:
    """Bytes of memory of the machine, or of the container if that has less; 0 where unknown."""
    try:
        whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return 0
    with suppress(OSError, ValueError):
        whole = min(whole, int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return whole


def _processes() -> Iterator[int]:
    with suppress(OSError):
        for name in os.listdir(_PROC):
            if name.isdigit():
                yield int(name)


def _variables(pid: int) -> list[bytes]:
    try:
        return (_PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:  # gone, or another user's
        return []

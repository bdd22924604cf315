"""The child process of a run, seen from the run: started, asked, watched, ended.

It has a session of its own, so that an interrupt of the kernel does not reach it; it ends with its
standard input, so that it never outlives who started it.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

_RUN_MODULE = str(Path(__file__).parents[1] / "run_module.py")
_POLL = 0.1
#: Characters of what the child wrote last that a reason has.
_TAIL = 1500


class ChildLost(Exception):
    """The child is gone, or was ended; the reason is its text."""


class TookTooLong(ChildLost):
    """It was ended because its time was over."""


class NeededTooMuch(ChildLost):
    """It was ended because it used more memory than it may."""


class Child:
    """A process that trains one candidate after another."""

    def __init__(self, folder: Path, *, memory: int | None, threads: int) -> None:
        self.folder = folder
        self.memory = memory
        self.peak = 0
        """The most bytes that any child of the run was seen to use."""
        self._threads = threads
        self._process: subprocess.Popen[bytes] | None = None
        self._asked = 0
        #: The copy of it that works on what was asked last, where there are such copies.
        self._working: int | None = None
        self._answers: queue.Queue[dict[str, Any] | None] = queue.Queue()

    @property
    def is_running(self) -> bool:
        """Whether there is one."""
        return self._process is not None and self._process.poll() is None

    @property
    def log(self) -> Path:
        """What all children of the run wrote."""
        return self.folder / "child.log"

    def start(self) -> None:
        """Start it; the first order that it needs is ``{"do": "load"}``."""
        self.end()
        self._answers = queue.Queue()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, _RUN_MODULE, "jupyter_registry.training.worker", str(self.folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=self._environment(),
                start_new_session=True,
            )
        reader = threading.Thread(
            target=_read, args=(self._process, self._answers), name="training-child", daemon=True
        )
        reader.start()

    def ask(self, order: dict[str, Any]) -> None:
        """Give it an order."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._asked += 1
        self._working = None
        order = order | {"order": self._asked}
        with suppress(BrokenPipeError):  # its end is told by `answers`
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            self._process.stdin.flush()

    def answers(self, until: float, tick: Callable[[], None]) -> Iterator[dict[str, Any]]:
        """Its answers as they come; ``tick`` is called ten times a second meanwhile.

        Raises
        ------
        TookTooLong, NeededTooMuch, ChildLost
            once the monotonic clock is past ``until``, it uses too much memory, or it is gone.
            What it was working on is ended then, and if need be the child.

        """
        while True:
            try:
                answer = self._answers.get(timeout=_POLL)
            except queue.Empty:
                self._watch(until)
                tick()
                continue
            if answer is None:
                code = self._process.wait() if self._process is not None else None
                self.end()
                raise self._lost(code)
            if answer["order"] != self._asked:  # of one that was ended
                continue
            if answer["event"] == "working":
                self._working = answer["pid"]
            elif answer["event"] == "ended":
                raise self._lost(answer["code"])
            else:
                yield answer

    def _watch(self, until: float) -> None:
        assert self._process is not None
        if time.monotonic() > until:
            self._drop()
            raise TookTooLong("It took longer than there was time for it.")
        used = resident(self._working or self._process.pid)
        self.peak = max(self.peak, used)
        if self.memory is not None and used > self.memory:
            self._drop()
            raise NeededTooMuch(
                f"It used {used / 1e6:,.0f} MB of memory; {self.memory / 1e6:,.0f} MB are allowed."
            )

    def _drop(self) -> None:
        """End what it is working on: the copy that does, else all of it."""
        if self._working is None:
            self.end()
        else:
            with suppress(ProcessLookupError):
                os.kill(self._working, signal.SIGKILL)

    def end(self) -> None:
        """End it at once with its copies, if there is one."""
        process, self._process = self._process, None
        self._working = None
        if process is None:
            return
        if process.poll() is None and hasattr(os, "killpg"):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()

    def _environment(self) -> dict[str, str]:
        # threads that wait spin for microseconds alone: for longer, and other processes go without
        # processors; not at all, and libraries take up to five times as long as with one thread
        return os.environ | {
            "OMP_NUM_THREADS": str(self._threads),
            "GOMP_SPINCOUNT": "1000",
            "OPENBLAS_NUM_THREADS": "1",
            "MKL_NUM_THREADS": str(self._threads),
            "PYTHONHASHSEED": "0",
        }

    def _lost(self, code: int | None) -> ChildLost:
        return ChildLost(f"Its process ended ({_ended(code)}). {self._said()}".strip())

    def _said(self) -> str:
        try:
            return self.log.read_text(errors="replace")[-_TAIL:].strip()
        except OSError:
            return ""


def resident(pid: int) -> int:
    """Bytes of memory that a process has; 0 where that cannot be known."""
    try:
        with open(f"/proc/{pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        pass
    try:
        import psutil

        return int(psutil.Process(pid).memory_info().rss)
    except Exception:  # absent, or the process is gone
        return 0


def available() -> int | None:
    """Bytes of memory that are free for new processes; ``None`` where that cannot be known."""
    free = [found for found in (_free_of_machine(), _free_of_group()) if found is not None]
    return min(free) if free else None


def _free_of_machine() -> int | None:
    try:
        with open("/proc/meminfo") as file:
            for line in file:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
    except (OSError, IndexError, ValueError):
        pass
    try:
        import psutil

        return int(psutil.virtual_memory().available)
    except Exception:  # absent
        return None


def _free_of_group(root: Path = Path("/sys/fs/cgroup")) -> int | None:
    """What a container's limit leaves, files that are only cached counted as free."""
    try:
        most = int((root / "memory.max").read_text())
        used = int((root / "memory.current").read_text())
        stat = (root / "memory.stat").read_text()
        cached = next(int(line.split()[1]) for line in stat.splitlines() if "inactive_file" in line)
    except (OSError, ValueError, StopIteration):  # no limit, or no such files
        return None
    return max(0, most - used + cached)


def processors() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _read(process: subprocess.Popen[bytes], answers: queue.Queue[dict[str, Any] | None]) -> None:
    assert process.stdout is not None
    with suppress(OSError, ValueError):
        for line in process.stdout:
            with suppress(json.JSONDecodeError):  # half a line, of a copy that was ended
                answers.put(json.loads(line))
    answers.put(None)


def _ended(code: int | None) -> str:
    if code is not None and code < 0:
        return f"signal {-code}"
    return f"exit code {code}"

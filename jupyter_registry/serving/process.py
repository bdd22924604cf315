"""One worker process: starting it, talking to it, reading its error output, ending it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import time
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass
from logging import Logger
from pathlib import Path
from typing import Any, Protocol

from ..domain import errors
from ..domain.errors import ModelFailed, RegistryError
from .confinement import Limits, MemoryWatch, Place
from .link import Link
from .specs import Launch, LoadReport, WorkerSpec
from .variables import own_variables
from .wire import Header, Message, pack

#: The script that a worker's interpreter runs; a module and its arguments follow.
RUN_MODULE = str(Path(__file__).parents[1] / "run_module.py")

#: Libraries' thread pools are kept to one thread: several workers share the machine with kernels.
_ONE_THREAD = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "BLIS_NUM_THREADS",
        "VECLIB_MAXIMUM_THREADS",
        "NUMEXPR_NUM_THREADS",
    ),
    "1",
)

_TAIL = 16_384
_GRACE = 2.0
#: Seconds that the socket has to be read to its end once the process has ended.
_REST_SECONDS = 0.5


@dataclass(frozen=True)
class Home:
    """What all workers of a pool have in common."""

    #: One thread that lives as long as the workers shall: on Linux they end with it.
    spawner: Executor
    limits: Limits
    watch: MemoryWatch
    log: Logger


class Owner(Protocol):
    """Who a worker process reports to."""

    def arrived(self, messages: list[Message]) -> list[Any]:
        """Work on messages in the thread that read them; what it made of each."""

    def on_messages(self, messages: list[Message], made: list[Any]) -> None:
        """Messages have come."""

    def on_lost(self, worker: WorkerProcess, reason: str) -> None:
        """The process has gone, or can no longer be talked to."""


class WorkerProcess:
    """A running worker. Make it with `start`, or `begin` for another order than to serve."""

    def __init__(
        self,
        spec: Launch,
        process: subprocess.Popen[bytes],
        owner: Owner,
        log: Logger,
        place: Place,
        watch: MemoryWatch,
    ) -> None:
        self.pid = process.pid
        self._place = place
        self._watch = watch
        self.report: LoadReport | None = None
        #: From the start of the process until its first answer.
        self.seconds = 0.0
        self._process = process
        self._owner = owner
        self._log = log
        self._loop = asyncio.get_running_loop()
        self._link: Link | None = None
        self._first: asyncio.Future[Header] = self._loop.create_future()
        self._gone: asyncio.Future[None] = self._loop.create_future()
        self._errors = ErrorTail(spec.name, log)
        self._errors_pipe: asyncio.BaseTransport | None = None
        self._killed_because = ""
        self._ending = False
        self._reaper: asyncio.Task[None] | None = None
        self._end_seen_by: int | None = None

    @classmethod
    async def start(
        cls, spec: WorkerSpec, owner: Owner, *, timeout: float, home: Home
    ) -> WorkerProcess:
        """Start the interpreter and load the model; raises as `begin`."""
        worker, header = await cls.begin(spec, _load_order(spec), owner, timeout=timeout, home=home)
        worker.report = LoadReport(
            header["framework"],
            header["framework_version"],
            None if header["class_labels"] is None else tuple(header["class_labels"]),
            header["python"],
            header["prefix"],
            worker.pid,
            worker.seconds,
        )
        return worker

    @classmethod
    async def begin(
        cls,
        spec: Launch,
        order: Header,
        owner: Owner,
        *,
        timeout: float,
        home: Home,
    ) -> tuple[WorkerProcess, Header]:
        """Start the interpreter and give it an order; its first answer comes back.

        Raises
        ------
        ModelFailed, MissingExtra, UnsupportedFormat
            when the model cannot be loaded, or the process dies or takes longer than ``timeout``
            seconds; ``fields['traceback']`` has what it said.

        """
        began = time.perf_counter()
        loop = asyncio.get_running_loop()
        ours, theirs = socket.socketpair()
        place = Place()
        spawned = loop.run_in_executor(
            home.spawner, _spawn, spec, theirs.fileno(), home.limits, place
        )
        try:
            process = await asyncio.shield(spawned)
        except asyncio.CancelledError:
            spawned.add_done_callback(lambda done: _discard(done, place))
            ours.close()
            raise
        except OSError as error:
            ours.close()
            place.clear()
            raise ModelFailed(
                f"The interpreter {spec.interpreter[0]!r} could not be started: {error}.",
                advice="Choose another kernelspec, or repair this one.",
                fields={"traceback": str(error)},
            ) from error
        finally:
            if spawned.done():
                theirs.close()
            else:
                spawned.add_done_callback(lambda _: theirs.close())
        worker = cls(spec, process, owner, home.log, place, home.watch)
        home.watch.add(worker)
        try:
            await worker._connect(ours)
            worker.send(pack(order))
            async with asyncio.timeout(timeout):
                header = await asyncio.shield(worker._first)
        except TimeoutError:
            said = worker._errors.text()
            await worker.end(grace=0.0)
            raise ModelFailed(
                f"The model was not loaded within {timeout:g} seconds.",
                advice="Allow workers more time to start, or make the model smaller.",
                fields={"traceback": said},
            ) from None
        except BaseException:
            await asyncio.shield(worker.end(grace=0.0))
            raise
        if header["op"] == "failed":
            await worker.end()
            raise error_from(header)
        worker.seconds = time.perf_counter() - began
        return worker, header

    async def _connect(self, ours: socket.socket) -> None:
        pipe = self._process.stderr
        assert pipe is not None
        self._errors_pipe, _ = await self._loop.connect_read_pipe(lambda: self._errors, pipe)
        self._link = Link(ours, self, f"worker-{self.pid}")
        self._notice_end()

    def _notice_end(self) -> None:
        """Learn of the process' end though a child of the model holds its socket open (Linux)."""
        with suppress(AttributeError, OSError):
            self._end_seen_by = os.pidfd_open(self.pid)
            self._loop.add_reader(self._end_seen_by, self._ended)

    def _ended(self) -> None:
        self._look_no_more()
        self._loop.call_later(_REST_SECONDS, self._reap_unless_done)

    def _look_no_more(self) -> None:
        seen_by, self._end_seen_by = self._end_seen_by, None
        if seen_by is not None:
            self._loop.remove_reader(seen_by)
            os.close(seen_by)

    def _reap_unless_done(self) -> None:
        if self._reaper is None:
            self._reaper = self._loop.create_task(self._reap(_GRACE))

    @property
    def mark(self) -> str:
        """What whatever it started has in its variables, too."""
        return self._place.mark

    @property
    def is_alive(self) -> bool:
        """Whether it can be talked to."""
        return self._link is not None and not self._ending

    def send(self, data: bytes) -> None:
        """Send a message; lost silently when the process is gone (`Owner.on_lost` tells)."""
        if self._link is not None and not self._ending:
            self._link.send(data)

    def arrived(self, messages: list[Message]) -> list[Any]:
        """Let the owner work on messages; in the thread that read them."""
        return self._owner.arrived(messages)

    def received(self, messages: list[Message], made: list[Any]) -> None:
        """Hand messages on (the first one is the outcome of loading)."""
        if not self._first.done():
            self._first.set_result(messages[0][0])
            messages, made = messages[1:], made[1:]
        if messages:
            self._owner.on_messages(messages, made)

    def nonsense(self, error: Exception) -> None:
        """End a process that writes what is no message."""
        self._loop.call_soon_threadsafe(self.kill, f"it wrote what is no message: {error}")

    def lost(self) -> None:
        """The socket is closed: the process has ended, or is about to."""
        self._link = None
        self._reap_unless_done()

    def kill(self, reason: str) -> None:
        """End it at once, because of ``reason``; its owner is told."""
        self._killed_because = self._killed_because or reason
        self._signal_group()

    async def end(self, grace: float = _GRACE) -> None:
        """End it on purpose: let go of it, wait ``grace`` seconds, then kill."""
        self._ending = True
        if self._process.stdin is not None:
            self._process.stdin.close()
        if self._link is not None:
            self._link.close()
        if self._reaper is None:
            self._reaper = self._loop.create_task(self._reap(grace))
        await asyncio.shield(self._gone)

    async def _reap(self, grace: float) -> None:
        """Wait until the process has ended, kill what is left of its group, tell the owner."""
        deadline = self._loop.time() + grace
        pause = 0.001
        while not has_ended(self._process) and self._loop.time() < deadline:
            await asyncio.sleep(pause)
            pause = min(pause * 2, 0.05)
        # its own children; before the process is waited for, so that its id is still its own
        self._signal_group()
        while (code := self._process.poll()) is None:
            await asyncio.sleep(0.002)
        self._watch.remove(self)
        self._look_no_more()
        if self._process.stdin is not None:
            self._process.stdin.close()
        if not self._ending:
            # a child of the model may hold the pipe open
            with suppress(TimeoutError):
                await asyncio.wait_for(self._errors.finished.wait(), 0.5)
        if self._errors_pipe is not None:
            self._errors_pipe.close()
        if self._link is not None:
            self._link.close()
            self._link = None
        reason = self._killed_because or how_it_ended(code)
        if not self._first.done():
            self._first.set_result(self._death_while_loading(reason))
        if not self._ending:
            self._ending = True
            self._owner.on_lost(self, reason)
        await asyncio.to_thread(self._place.clear)
        if not self._gone.done():
            self._gone.set_result(None)

    def _death_while_loading(self, reason: str) -> Header:
        said = self._errors.text()
        last = said.strip().splitlines()[-1:] or [""]
        return {
            "op": "failed",
            "error": "ModelFailed",
            "detail": f"The worker ended while loading the model: {reason}. {last[0]}".strip(),
            "advice": "See what it wrote; try loading the file in that environment.",
            "fields": {"traceback": said},
        }

    def said(self) -> str:
        """The last of what it wrote to standard output and error."""
        return self._errors.text()

    def _signal_group(self) -> None:
        if self._process.returncode is None:
            try:
                os.killpg(self.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                # macOS answers so for a group of which only the ended leader is left
                self._process.kill()


def _spawn(spec: Launch, descriptor: int, limits: Limits, place: Place) -> subprocess.Popen[bytes]:
    module = "jupyter_registry.serving.worker.main"
    told = json.dumps(limits.order())
    return subprocess.Popen(
        [*spec.interpreter, RUN_MODULE, module, str(descriptor), told],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        pass_fds=(descriptor,),
        env=own_variables() | _ONE_THREAD | dict(spec.env) | place.variables(),
        cwd=place.folder,
        start_new_session=True,
    )


def _discard(spawned: asyncio.Future[subprocess.Popen[bytes]], place: Place) -> None:
    if spawned.cancelled() or spawned.exception() is not None:
        place.clear()
        return
    process = spawned.result()
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stderr):
        if pipe is not None:
            pipe.close()
    place.clear()


def has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether it has ended; where possible without releasing its process id."""
    if process.returncode is not None:
        return True
    if hasattr(os, "waitid"):
        ended = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        return ended is not None
    return process.poll() is not None


def how_it_ended(code: int) -> str:
    """The end of a process in words."""
    if code >= 0:
        return f"it exited with status {code}"
    try:
        return f"it was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"it was ended by signal {-code}"


def _load_order(spec: WorkerSpec) -> Header:
    target = spec.target
    return {
        "op": "load",
        "files": str(Path(spec.files).absolute()),
        "format": spec.format,
        "hashes": dict(spec.hashes),
        "trusted": list(spec.trusted),
        "signature": spec.signature.to_json(),
        "target": {
            "name": target.name,
            "type": target.type.value,
            "class_labels": list(target.class_labels),
            "positive_class": target.positive_class,
            "threshold": target.threshold,
        },
    }


def error_from(header: Header) -> RegistryError:
    """The exception that a worker's failure message stands for."""
    kind: Any = getattr(errors, header["error"], None)
    if not (isinstance(kind, type) and issubclass(kind, RegistryError)):
        kind = ModelFailed
    error: RegistryError = kind(
        header["detail"], advice=header.get("advice", ""), fields=header.get("fields", {})
    )
    return error


class ErrorTail(asyncio.Protocol):
    """Standard output and error of a worker: logged, the last ``kept`` bytes of it held."""

    def __init__(self, name: str, log: Logger, kept: int = _TAIL) -> None:
        self._name = name
        self._log = log
        self._kept = kept
        self._tail = bytearray()
        self.finished = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        """Keep and log what was written."""
        self._tail += data
        del self._tail[: -self._kept]
        text = data.decode(errors="replace").rstrip()
        if text:
            self._log.debug("model of %s: %s", self._name, text)

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that nothing more will come."""
        self.finished.set()

    def text(self) -> str:
        """The last of it."""
        return self._tail.decode(errors="replace")

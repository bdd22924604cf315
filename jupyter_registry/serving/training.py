"""One training job: a process of its own that tells, line by line, what it has made.

What it tells are the lines of `training.sink.FolderSink`; its standard error is the log. It ends
with the server, however that ends.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
from collections.abc import AsyncIterator
from concurrent.futures import Executor
from contextlib import suppress
from logging import Logger
from typing import Any

from ..domain.errors import ModelFailed
from .process import RUN_MODULE, ErrorTail, has_ended, how_it_ended
from .specs import TrainingSpec
from .variables import own_variables

_MODULE = "jupyter_registry.serving.worker.training"

#: Bytes of the log that are kept.
LOG_BYTES = 200_000
#: No line is longer: a model's has its baseline and the data of its plots.
_LONGEST_LINE = 1 << 28

Event = dict[str, Any]


class TrainingProcess:
    """A running job. Make it with `begin`, read its `events`, then `end` it."""

    def __init__(self, spec: TrainingSpec, process: subprocess.Popen[bytes], log: Logger) -> None:
        self.pid = process.pid
        self._spec = spec
        self._process = process
        self._errors = ErrorTail(spec.name, log, LOG_BYTES)
        self._lines = asyncio.StreamReader(_LONGEST_LINE)
        self._pipes: list[asyncio.BaseTransport] = []

    @classmethod
    async def begin(cls, spec: TrainingSpec, *, spawner: Executor, log: Logger) -> TrainingProcess:
        """Start the interpreter.

        ``spawner`` must be one thread that lives as long as the job shall: on Linux the process
        ends with the thread that started it.

        Raises
        ------
        ModelFailed
            when the interpreter cannot be started.

        """
        loop = asyncio.get_running_loop()
        spawned = loop.run_in_executor(spawner, _spawn, spec)
        try:
            process = await asyncio.shield(spawned)
        except asyncio.CancelledError:
            spawned.add_done_callback(_discard)
            raise
        except OSError as error:
            raise ModelFailed(
                f"The interpreter {spec.interpreter[0]!r} could not be started: {error}.",
                advice="Choose another kernelspec, or repair this one.",
                fields={"traceback": str(error)},
            ) from error
        made = cls(spec, process, log)
        try:
            await made._connect()
        except BaseException:
            await asyncio.shield(made.end())
            raise
        return made

    async def events(self) -> AsyncIterator[Event]:
        """What it tells, until it tells no more.

        Raises
        ------
        ModelFailed
            when it writes what is no event.

        """
        while True:
            try:
                line = await self._lines.readline()
            except ValueError as error:  # a line beyond all bounds
                raise self._nonsense() from error
            if not line:
                return
            try:
                event = json.loads(line)
            except ValueError as error:
                raise self._nonsense() from error
            if not isinstance(event, dict):
                raise self._nonsense()
            yield event

    def ask_to_stop(self) -> None:
        """Let it end soon, keeping what it has made."""
        try:
            self._spec.folder.joinpath("stop").touch()
        except OSError:  # no room left
            if not has_ended(self._process):
                self._process.terminate()

    def said(self) -> str:
        """The last of its log."""
        return self._errors.text()

    async def end(self, grace: float = 0.0) -> str:
        """Wait so long for its end, then kill it and what it started; says how it ended."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + grace
        while not has_ended(self._process) and loop.time() < deadline:
            await asyncio.sleep(0.02)
        self._signal_group()
        while (code := self._process.poll()) is None:
            await asyncio.sleep(0.005)
        if self._process.stdin is not None:
            self._process.stdin.close()
        # what it wrote last may be in the pipe, which a child that left its group holds open
        with suppress(TimeoutError):
            await asyncio.wait_for(self._errors.finished.wait(), 0.5)
        for pipe in self._pipes:
            pipe.close()
        return how_it_ended(code)

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        out, err = self._process.stdout, self._process.stderr
        reading = asyncio.StreamReaderProtocol(self._lines)
        self._pipes.append((await loop.connect_read_pipe(lambda: reading, out))[0])
        self._pipes.append((await loop.connect_read_pipe(lambda: self._errors, err))[0])

    def _signal_group(self) -> None:
        if self._process.returncode is None:
            try:
                os.killpg(self.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                self._process.kill()

    def _nonsense(self) -> ModelFailed:
        return ModelFailed(
            "The training job wrote what is not understood.",
            advice="See its log.",
            fields={"traceback": self.said()},
        )


def _spawn(spec: TrainingSpec) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*spec.interpreter, RUN_MODULE, _MODULE, str(spec.folder.absolute())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=own_variables() | dict(spec.env),
        cwd=spec.folder,
        start_new_session=True,
    )


def _discard(spawned: asyncio.Future[subprocess.Popen[bytes]]) -> None:
    if spawned.cancelled() or spawned.exception() is not None:
        return
    process = spawned.result()
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()

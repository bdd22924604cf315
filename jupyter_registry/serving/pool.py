"""All workers of this server: one per package and environment, started on demand."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from logging import Logger, getLogger
from typing import Any

from ..domain.errors import (
    MissingExtra,
    ModelFailed,
    RegistryError,
    UnsupportedFormat,
    WorkerUnavailable,
)
from ..domain.frames import Frame
from ..domain.unstructured import Body
from . import inspection
from .confinement import Limits, MemoryWatch
from .process import Home, WorkerProcess
from .requests import Follow
from .specs import InspectionSpec, LoadReport, Scores, TrainingSpec, WorkerSpec
from .supervisor import Supervisor
from .training import TrainingProcess

__all__ = ["InspectionSpec", "LoadReport", "Scores", "TrainingSpec", "WorkerPool", "WorkerSpec"]

#: Inspections at once, beside the workers that serve, which they must neither stop nor keep out.
_INSPECTIONS = 2


class WorkerPool:
    """The workers, on the running event loop.

    Parameters
    ----------
    idle_seconds:
        A worker without requests for so long is stopped.
    start_timeout:
        Seconds that starting an interpreter and loading a model may take.
    max_workers:
        Most processes that serve at once; the one unused for longest makes room for a new one.
    predict_timeout:
        Seconds one call of a model may take before its worker is killed, unless it is asked for
        with a lower limit.
    inspect_timeout:
        Seconds one inspection of a model may take before its worker is killed.
    limits:
        What each worker may use.

    """

    def __init__(
        self,
        idle_seconds: float = 900.0,
        start_timeout: float = 60.0,
        max_workers: int = 16,
        log: Logger | None = None,
        *,
        predict_timeout: float = 600.0,
        inspect_timeout: float = 600.0,
        limits: Limits | None = None,
    ) -> None:
        self._idle_seconds = idle_seconds
        self._start_timeout = start_timeout
        self._max_workers = max(1, max_workers)
        self._predict_timeout = predict_timeout
        self._inspect_timeout = inspect_timeout
        self._inspecting: set[asyncio.Task[dict[str, Any]]] = set()
        self._inspections = asyncio.Semaphore(_INSPECTIONS)
        self._log = log or getLogger(__name__)
        self._supervisors: dict[tuple[object, ...], Supervisor] = {}
        self._loop = asyncio.get_running_loop()
        # one thread, kept: on Linux a worker ends with the thread that started it
        self._spawner = ThreadPoolExecutor(1, thread_name_prefix="worker-spawner")
        limits = limits or Limits()
        self._home = Home(self._spawner, limits, MemoryWatch(limits.memory), self._log)
        self._closed = False
        self._stopping: set[asyncio.Task[None]] = set()
        self._tick_seconds = max(0.05, min(idle_seconds, 20.0) / 4)
        self._timer = self._loop.call_later(self._tick_seconds, self._tick)

    async def load(self, spec: WorkerSpec, sample: Frame | None = None) -> LoadReport:
        """Start the worker, load the model and score the sample.

        Raises
        ------
        ModelFailed
            when the model cannot be loaded or cannot score the sample; ``fields`` has
            ``traceback``.
        MissingExtra, UnsupportedFormat
            when libraries are absent from its environment, or the files are no such model.

        """
        supervisor = self._supervisor(spec)
        report = await supervisor.ensure_started()
        if sample is None or not sample:
            return report
        try:
            scores = await supervisor.predict(sample)
        except (ModelFailed, MissingExtra, UnsupportedFormat):
            raise
        except RegistryError as error:
            raise ModelFailed(
                f"The model could not score the sample. {error.detail}",
                advice=error.advice,
                fields=error.fields,
            ) from error
        return LoadReport(**{**vars(report), "scores": scores})

    async def predict(
        self,
        spec: WorkerSpec,
        frame: Frame,
        follow: Follow | None = None,
        seconds: float | None = None,
    ) -> Any:
        """Scores of the frame's rows, in their order.

        Parameters
        ----------
        follow:
            Called with the scores in the thread that reads them, if no other request is with the
            worker: what it returns is the result in place of `Scores`. One wake-up of the event
            loop and one of another thread are saved; it may block, and raise.
        seconds:
            That one call of the model with these rows, or a part of them, may take, if less than
            the pool's ``predict_timeout``.

        Raises
        ------
        ModelRejectedInput
            when the model raises on a value; ``fields`` has ``traceback``, and ``row`` (0-based)
            and ``column`` where they could be found.
        ModelFailed
            when it raises on anything, answers nonsense, or cannot be loaded.
        WorkerUnavailable
            when its process died twice with this request, or keeps dying.
        PredictionTimeout
            when a call took longer than it may.

        """
        supervisor = self._supervisors.get(spec.key)
        if supervisor is None or self._closed:
            supervisor = self._supervisor(spec)
        return await supervisor.predict(frame, follow, seconds)

    async def answer(self, spec: WorkerSpec, body: Body, seconds: float | None = None) -> Body:
        """What an unstructured model answers to a whole request; one at a time.

        Raises
        ------
        InvalidInput
            when the body is not the text that it says to be.
        ModelRejectedInput
            when the model says that it cannot take it, by a ``ValueError``.
        ModelFailed, WorkerUnavailable, PredictionTimeout
            as `predict`.

        """
        supervisor = self._supervisors.get(spec.key)
        if supervisor is None or self._closed:
            supervisor = self._supervisor(spec)
        return await supervisor.answer(body, seconds)

    async def predict_body(
        self, spec: WorkerSpec, body: Body, rows: int | None, seconds: float | None = None
    ) -> Scores:
        """Scores of the rows that a model finds in a body as it was sent, in their order.

        It is the model's alone, never merged or cut: one request at a time. The spec is one that
        ``reads_bodies``; ``rows`` are in it, where that is known. Raises as `predict`.
        """
        supervisor = self._supervisors.get(spec.key)
        if supervisor is None or self._closed:
            supervisor = self._supervisor(spec)
        return await supervisor.predict_body(body, rows, seconds)

    async def inspect(self, spec: InspectionSpec, tell: inspection.Tell) -> dict[str, Any]:
        """Have a worker of its own inspect a model; when this is cancelled, it is killed.

        Raises
        ------
        RegistryError
            see `serving.inspection.inspect`.

        """
        async with self._inspections:
            self._check_open()
            task = self._loop.create_task(
                inspection.inspect(
                    spec,
                    tell,
                    seconds=self._inspect_timeout,
                    start_timeout=self._start_timeout,
                    home=self._home,
                )
            )
            self._inspecting.add(task)
            task.add_done_callback(self._inspecting.discard)
            return await task

    async def train(self, spec: TrainingSpec) -> TrainingProcess:
        """Start a training job, which whoever asked for it has to end; raises as its `begin`."""
        self._check_open()
        return await TrainingProcess.begin(spec, spawner=self._spawner, log=self._log)

    def is_running(self, spec: WorkerSpec) -> bool:
        """Whether a process serves it, or is being started for it."""
        supervisor = self._supervisors.get(spec.key)
        return supervisor is not None and supervisor.is_running

    def rename(self, before: WorkerSpec, after: WorkerSpec) -> None:
        """Let the worker of one spec serve another that differs in the package alone."""
        held = self._supervisors.get(before.key)
        if held is not None and after.key not in self._supervisors:
            del self._supervisors[before.key]
            held.spec = after
            self._supervisors[after.key] = held

    async def retire(self, package_id: int) -> None:
        """Answer the requests that wait for a package, then stop its workers."""
        for key, supervisor in list(self._supervisors.items()):
            if supervisor.spec.package_id != package_id:
                continue
            await supervisor.drain()
            if supervisor.is_idle:
                if self._supervisors.get(key) is supervisor:
                    del self._supervisors[key]
                await self._stop(supervisor)

    async def close(self) -> None:
        """End all workers; no process is left behind."""
        self._closed = True
        self._timer.cancel()
        for task in self._inspecting:
            task.cancel()
        if self._inspecting:
            await asyncio.wait(list(self._inspecting))
        await asyncio.gather(*(held.close() for held in list(self._supervisors.values())))
        if self._stopping:
            await asyncio.wait(list(self._stopping))
        self._supervisors.clear()
        self._spawner.shutdown(wait=False)

    def stats(self) -> list[dict[str, Any]]:
        """What each package's worker has done: counts since the pool knows it."""
        now = time.monotonic()
        return [
            {
                "package_id": held.spec.package_id,
                "pid": None if held.worker is None else held.worker.pid,
                "running": held.worker is not None,
                "requests": held.requests,
                "calls": held.calls,
                "rows": held.rows,
                "restarts": held.restarts,
                "idle_seconds": now - held.last_used if held.is_idle else 0.0,
            }
            for held in self._supervisors.values()
        ]

    def _check_open(self) -> None:
        if self._closed:
            raise WorkerUnavailable(
                "The server is stopping; no model is served any more.",
                advice="Try again when it runs.",
            )

    def _supervisor(self, spec: WorkerSpec) -> Supervisor:
        self._check_open()
        supervisor = self._supervisors.get(spec.key)
        if supervisor is None:
            supervisor = Supervisor(
                spec, self._start, self._log, call_seconds=self._predict_timeout
            )
            self._supervisors[spec.key] = supervisor
        elif not supervisor.is_running:
            supervisor.spec = spec
        return supervisor

    async def _start(self, supervisor: Supervisor) -> WorkerProcess:
        await self._make_room(supervisor)
        return await WorkerProcess.start(
            supervisor.spec,
            supervisor,
            timeout=self._start_timeout,
            home=self._home,
        )

    async def _make_room(self, newcomer: Supervisor) -> None:
        """Stop the workers unused for longest until there is room for one more."""
        deadline = self._loop.time() + self._start_timeout
        while True:
            others = [
                held
                for held in self._supervisors.values()
                if held is not newcomer and held.is_running
            ]
            if len(others) + len(self._stopping) < self._max_workers:
                return
            idle = [held for held in others if held.worker is not None and held.is_idle]
            if idle:
                await self._stop(min(idle, key=lambda held: held.last_used))
            elif self._loop.time() > deadline:
                raise WorkerUnavailable(
                    f"All {self._max_workers} workers are busy with other models.",
                    advice="Try again, or allow more workers.",
                )
            else:
                await asyncio.sleep(0.02)

    async def _stop(self, supervisor: Supervisor) -> None:
        task = self._loop.create_task(supervisor.stop())
        self._stopping.add(task)
        task.add_done_callback(self._stopping.discard)
        await asyncio.shield(task)

    def _tick(self) -> None:
        now = time.monotonic()
        for supervisor in list(self._supervisors.values()):
            if (
                supervisor.worker is not None
                and supervisor.is_idle
                and now - supervisor.last_used > self._idle_seconds
            ):
                task = self._loop.create_task(self._stop(supervisor))
                self._stopping.add(task)
                task.add_done_callback(self._stopping.discard)
        self._timer = self._loop.call_later(self._tick_seconds, self._tick)

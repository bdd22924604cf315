"""The one writer of the log: what waits is written in one transaction, and said when committed.

A thread takes all batches that have come while it was writing (group commit), so that many small
ones share one commit. A batch's future resolves after the commit, never before.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from typing import Any

from ..domain.errors import StorageUnavailable
from ..store.database import Database
from .buckets import Recent
from .cursor import Cursor, Writer
from .matching import record_actuals, record_predictions
from .rows import NOTHING, ActualRows, Outcome, PredictionRows, Tracked

#: Rows of one transaction, unless one batch has more.
MOST_ROWS = 20_000


class _Job:
    """A batch on its way, and who waits for it."""

    __slots__ = ("answer", "counted", "rows", "tracked")

    def __init__(
        self,
        answer: _Answer | None,
        tracked: Tracked,
        rows: PredictionRows | ActualRows,
        counted: bool,
    ) -> None:
        self.answer = answer
        self.tracked = tracked
        self.rows = rows
        self.counted = counted

    def joins(self, other: _Job) -> bool:
        """Whether both can be written as one batch."""
        return (
            not self.counted
            and not other.counted
            and self.tracked == other.tracked
            and isinstance(self.rows, PredictionRows)
            and isinstance(other.rows, PredictionRows)
            and self.rows.package_id == other.rows.package_id
        )


class _Answer:
    """A future of an event loop or of a thread."""

    __slots__ = ("future", "loop")

    def __init__(self, future: Any, loop: asyncio.AbstractEventLoop | None) -> None:
        self.future = future
        self.loop = loop

    def set(self, result: Any, error: BaseException | None) -> None:
        if self.loop is None:
            # from here on no other thread can cancel it
            if not self.future.set_running_or_notify_cancel():
                return
        elif self.future.cancelled():
            return
        if error is None:
            self.future.set_result(result)
        else:
            self.future.set_exception(error)


Settled = list[tuple[_Job, Any, BaseException | None]]


class Recorder:
    """Writes predictions and actuals; one per process and database.

    Parameters
    ----------
    recorded:
        Called after a commit, by the thread that wrote and for each deployment of which rows
        were written: its id, rows predicted, rows matched. It must be quick and not fail.

    """

    def __init__(
        self, database: Database, recorded: Callable[[int, int, int], None] | None = None
    ) -> None:
        self._recorded = recorded
        self._writer = Writer(database.log_engine)
        self._recent = Recent()
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._closed = False
        #: Held by the thread that writes.
        self._turn = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def record(self, tracked: Tracked, rows: PredictionRows | ActualRows) -> Future[Outcome]:
        """Write a batch; the future resolves when it is committed, with what became of it.

        It fails with `StorageUnavailable` when the database cannot be used; nothing of the
        batch is then recorded.
        """
        future: Future[Outcome] = Future()
        if not len(rows):
            future.set_result(NOTHING)
            return future
        self._put(_Job(_Answer(future, None), tracked, rows, counted=True))
        return future

    def recording(
        self, tracked: Tracked, rows: PredictionRows | ActualRows, *, counted: bool = True
    ) -> asyncio.Future[Outcome]:
        """`record` for the running event loop.

        Without ``counted`` the outcome tells nothing; such batches share their bookkeeping.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Outcome] = loop.create_future()
        if not len(rows):
            future.set_result(NOTHING)
            return future
        self._put(_Job(_Answer(future, loop), tracked, rows, counted))
        return future

    def write(self, tracked: Tracked, rows: PredictionRows) -> None:
        """Write a batch in this thread, which waits for its turn; raises as `record` fails."""
        if self._closed:
            raise _stopping()
        ((_, _, error),) = self._write([_Job(None, tracked, rows, counted=False)])
        if error is not None:
            raise error

    def close(self) -> None:
        """Write what waits, then stop."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._queue.put(None)
        self._thread.join()
        with self._turn:
            self._writer.close()

    def _put(self, job: _Job) -> None:
        with self._lock:
            if self._closed:
                raise _stopping()
            self._queue.put(job)

    def _run(self) -> None:
        ends = False
        while not ends:
            job = self._queue.get()
            jobs: list[_Job] = []
            rows = 0
            while job is not None:
                jobs.append(job)
                rows += len(job.rows)
                if rows >= MOST_ROWS:
                    break
                try:
                    job = self._queue.get_nowait()
                except queue.Empty:
                    break
            ends = job is None
            if jobs:
                _tell(self._write(jobs))

    def _write(self, jobs: Sequence[_Job]) -> Settled:
        """Write all in one transaction, or, where that is refused, each in one of its own."""
        with self._turn:
            return self._write_all(jobs)

    def _write_all(self, jobs: Sequence[_Job]) -> Settled:
        settled: Settled = []
        # every server locks deployments in this order, so none waits for one that waits for it
        jobs = sorted(jobs, key=lambda job: job.tracked.deployment_id)
        try:
            with self._writer.transaction() as cursor:
                for part in _joined(jobs):
                    settled += self._write_part(cursor, part)
        except StorageUnavailable as error:
            self._recent.clear()
            return [(job, None, error) for job in jobs]
        except Exception as error:
            self._recent.clear()
            if len(jobs) == 1:
                return [(jobs[0], None, error)]
            # what one batch holds must harm no other
            return [item for job in jobs for item in self._write_all([job])]
        if self._recorded is not None:
            self._say(settled)
        return settled

    def _say(self, settled: Settled) -> None:
        """Tell what was committed; jobs that were written as one batch have one outcome."""
        assert self._recorded is not None
        last = None
        for job, outcome, _ in settled:
            if outcome is not last:
                predicted = outcome.accepted if isinstance(job.rows, PredictionRows) else 0
                self._recorded(job.tracked.deployment_id, predicted, outcome.matched)
                last = outcome

    def _write_part(self, cursor: Cursor, part: Sequence[_Job]) -> Settled:
        tracked, rows = part[0].tracked, part[0].rows
        if isinstance(rows, ActualRows):
            result = record_actuals(cursor, tracked, rows, self._recent)
        else:
            batches = [job.rows for job in part if isinstance(job.rows, PredictionRows)]
            joined = PredictionRows.joined(batches)
            result = record_predictions(cursor, tracked, joined, self._recent)
        return [(job, result, None) for job in part]


def _stopping() -> StorageUnavailable:
    return StorageUnavailable(
        "The server is stopping; nothing is recorded any more.",
        advice="Try again when it runs.",
    )


def _joined(jobs: Sequence[_Job]) -> Iterator[list[_Job]]:
    """Neighbours that can be written as one batch, together."""
    part: list[_Job] = []
    for job in jobs:
        if part and not part[-1].joins(job):
            yield part
            part = []
        part.append(job)
    if part:
        yield part


def _tell(settled: Settled) -> None:
    """Resolve futures, those of an event loop on it and with one wake-up."""
    by_loop: dict[asyncio.AbstractEventLoop, Settled] = {}
    for item in settled:
        answer = item[0].answer
        if answer is None:
            continue
        loop = answer.loop
        if loop is None:
            answer.set(item[1], item[2])
        else:
            by_loop.setdefault(loop, []).append(item)
    for loop, items in by_loop.items():
        try:
            loop.call_soon_threadsafe(_resolve, items)
        except RuntimeError:
            continue  # the loop is closed: no one waits any more


def _resolve(items: Settled) -> None:
    for job, result, error in items:
        assert job.answer is not None
        job.answer.set(result, error)

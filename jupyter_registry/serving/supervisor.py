"""Keeps one model served: its worker process, the requests that wait, restarts after a crash.

Requests are sent on as they come; the worker scores in one call all that have reached it while
it was busy. A large request is cut into parts that take turns with the small ones. When a worker
dies, what it had been given is tried once more, each request alone, so that only the one that
kills workers fails.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from logging import Logger
from typing import Any

import numpy as np

from ..domain.errors import PredictionTimeout, RegistryError, WorkerUnavailable
from ..domain.frames import Frame
from ..domain.unstructured import Body
from .process import WorkerProcess, error_from
from .requests import BodyRequest, Follow, Part, Request, WholeRequest, from_row, join
from .specs import LoadReport, Scores, WorkerSpec
from .wire import Header, Message, decode_body, decode_scores, pack

#: Rows of one part, until it is known how long the model takes for a row.
PART_ROWS = 4096
_LEAST_PART = 256
#: Seconds a part should take, so that small requests do not wait long behind a large one.
_PART_SECONDS = 0.1
#: Rows that may be on their way to the worker at once.
_WINDOW_ROWS = 8192

_FIRST_BACKOFF = 0.5
_LONGEST_BACKOFF = 30.0
#: Seconds between two looks at how long the worker has had what it was sent.
_LOOK_SECONDS = 0.25
#: Seconds a request waits for a restart; when it is further away, the request fails at once.
_WAIT_FOR_RESTART = 2.0


Starter = Callable[["Supervisor"], Awaitable[WorkerProcess]]


class Supervisor:
    """The worker of one package, and its requests; on the event loop but for `arrived`."""

    def __init__(
        self, spec: WorkerSpec, starter: Starter, log: Logger, *, call_seconds: float
    ) -> None:
        self.spec = spec
        self.call_seconds = call_seconds
        """That one call of the model may take, where a request does not allow less."""
        self.worker: WorkerProcess | None = None
        self.last_used = time.monotonic()
        self.requests = self.calls = self.rows = self.restarts = 0
        self.seconds = 0.0
        self._starter = starter
        self._log = log
        self._loop = asyncio.get_running_loop()
        self._starting: asyncio.Task[WorkerProcess] | None = None
        self._next_id = 0
        self._calls_of_worker = 0
        self._small: deque[Part] = deque()
        self._large: deque[Request] = deque()
        self._solo: deque[Part] = deque()
        self._in_flight: dict[int, Part] = {}
        self._rows_in_flight = 0
        self._large_in_flight = False
        #: Whether the part in flight has seen a worker die, and so must be there alone.
        self._alone = False
        self._seconds_per_row = 0.0
        self._least_seconds = float("inf")
        self._failures = 0
        self._not_before = 0.0
        self._last_error: RegistryError | None = None
        self._drained: asyncio.Event | None = None
        self._looking: asyncio.TimerHandle | None = None
        self._closed = False

    # what the pool asks

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits, runs or starts."""
        return not (self._in_flight or self._waiting or self._starting)

    @property
    def is_running(self) -> bool:
        """Whether a process exists or is being started."""
        return self.worker is not None or self._starting is not None

    @property
    def _waiting(self) -> bool:
        return bool(self._small or self._large or self._solo)

    async def ensure_started(self) -> LoadReport:
        """Start the worker unless it runs, at once; raises what loading raised."""
        worker = self.worker
        if worker is None:
            self._not_before = 0.0
            worker = await asyncio.shield(self._start())
        assert worker.report is not None
        return worker.report

    async def predict(
        self, frame: Frame, follow: Follow | None = None, seconds: float | None = None
    ) -> Any:
        """Scores of the rows, in order, or what follows; see `WorkerPool.predict`."""
        n = len(next(iter(frame.values())))
        if n == 0:
            return self._no_scores()
        allowed = self._begin(seconds)
        request = Request(frame, n, self._loop.create_future(), follow, allowed)
        if n > self._part_rows():
            self._large.append(request)
        else:
            self._small.append(Part(request, 0, n))
        self._pump()
        return await request.future

    async def predict_body(
        self, body: Body, rows: int | None, seconds: float | None = None
    ) -> Scores:
        """Scores of the rows in a body; see `WorkerPool.predict_body`."""
        allowed = self._begin(seconds)
        scores: Scores = await self._whole(
            BodyRequest(body, rows, self._loop.create_future(), allowed)
        )
        return scores

    async def answer(self, body: Body, seconds: float | None = None) -> Body:
        """What an unstructured model answers to a whole request; see `WorkerPool.answer`."""
        allowed = self._begin(seconds)
        answered: Body = await self._whole(WholeRequest(body, self._loop.create_future(), allowed))
        return answered

    async def _whole(self, request: WholeRequest) -> Any:
        self._small.append(Part(request, 0, 1))
        self._pump()
        return await request.future

    def _begin(self, seconds: float | None) -> float:
        """Take down that a request has come; the seconds that a call for it may take."""
        now = time.monotonic()
        if self.worker is None:
            wait = self._not_before - now
            if wait > _WAIT_FOR_RESTART:
                raise self._unavailable(f"next try in {wait:.0f} s")
        self.last_used = now
        self.requests += 1
        return min(seconds or self.call_seconds, self.call_seconds)

    async def drain(self) -> None:
        """Wait until every request is answered."""
        if not self.is_idle:
            if self._drained is None:
                self._drained = asyncio.Event()
            await self._drained.wait()

    async def stop(self, grace: float = 2.0) -> None:
        """Let go of the worker unless it is in use; a later request starts another."""
        if not self.is_idle:
            return  # a request came between the decision to stop and this
        worker, self.worker = self.worker, None
        if worker is not None:
            await worker.end(grace)

    async def close(self) -> None:
        """End everything at once; requests that wait fail."""
        self._closed = True
        if self._looking is not None:
            self._looking.cancel()
        starting = self._starting
        if starting is not None:
            starting.cancel()
            await asyncio.wait([starting])
        parts = [*self._in_flight.values(), *self._solo, *self._small]
        requests = [*(part.request for part in parts), *self._large]
        self._forget()
        for request in requests:
            request.fail(self._unavailable("the server is stopping"))
        await self.stop(grace=0.5)

    # sending

    def _pump(self) -> None:
        """Send what may be sent now."""
        worker = self.worker
        if worker is None:
            if self._waiting and self._starting is None and not self._closed:
                # a failed start is told to the requests that wait for it
                self._start().add_done_callback(_ignore)
            return
        if self._solo or self._alone:
            if self._solo and not self._in_flight:
                self._alone = True
                self._send(worker, self._solo.popleft())
            return
        small = self._small
        while (
            small
            and (not (small[0].request.is_alone and self._in_flight))
            and (not self._rows_in_flight or self._rows_in_flight + small[0].stop <= _WINDOW_ROWS)
        ):
            part = small.popleft()
            if not part.request.future.done():
                self._send(worker, part)
        while self._large and not self._large_in_flight:
            request = self._large[0]
            start = request.n - request.left
            if request.future.done() or not request.left:
                self._large.popleft()
                continue
            stop = min(start + self._part_rows(), request.n)
            self._large_in_flight = True
            self._send(worker, Part(request, start, stop))
        self._tell_if_drained()

    def _part_rows(self) -> int:
        if not self._seconds_per_row:
            return PART_ROWS
        return max(_LEAST_PART, min(PART_ROWS, int(_PART_SECONDS / self._seconds_per_row)))

    def _send(self, worker: WorkerProcess, part: Part) -> None:
        self._next_id += 1
        fields, body = part.request.encode(part.start, part.stop)
        part.sent_at = time.monotonic()
        self._in_flight[self._next_id] = part
        self._rows_in_flight += part.stop - part.start
        if self._looking is None:
            self._looking = self._loop.call_later(_LOOK_SECONDS, self._check_time)
        worker.send(pack({"id": self._next_id, **fields}, body))

    def _check_time(self) -> None:
        """End a worker that has had something for longer than it may; only that fails."""
        self._looking = None
        if self.worker is None or not self._in_flight:
            return
        now = time.monotonic()
        late = [
            part for part in self._in_flight.values() if now - part.sent_at > part.request.seconds
        ]
        if not late:
            self._looking = self._loop.call_later(_LOOK_SECONDS, self._check_time)
            return
        for part in late:
            part.request.fail(self._took_too_long(part.request.seconds))
        longest = max(part.request.seconds for part in late)
        self.worker.kill(f"it took longer than {longest:g} s for one call")

    # answers

    def arrived(self, messages: list[Message]) -> list[Any]:
        """Decode scores, and go on with those of a lone request; in the thread that read them.

        Of requests in a crowd each would be committed alone: these share their commits, on the
        way through the event loop.
        """
        alone = len(self._in_flight) == 1
        made: list[Any] = []
        for header, body in messages:
            result: Any = None
            if header["op"] == "scores":
                result = Scores(*decode_scores(header, body))
                # what is read of a request here was written before it was sent
                part = self._in_flight.get(header["id"]) if alone else None
                if part is not None and part.is_whole and part.request.follow is not None:
                    try:
                        result = part.request.follow(result)
                    except Exception as error:
                        result = error
            elif header["op"] == "answer":
                result = decode_body(header, body)
            made.append(result)
        return made

    def on_messages(self, messages: list[Message], made: list[Any]) -> None:
        """Answers of the worker, and what was made of them."""
        for (header, _), result in zip(messages, made, strict=True):
            self._answered(header, result)
        self._pump()

    def _answered(self, header: Header, result: Any) -> None:
        part = self._in_flight.pop(header["id"], None)
        if part is None:
            return
        request, n = part.request, part.stop - part.start
        self._rows_in_flight -= n
        self._alone = False
        self.last_used = time.monotonic()
        self.calls += header["calls"] - self._calls_of_worker
        self._calls_of_worker = header["calls"]
        self._failures = 0
        whole = part.is_whole
        if not whole:
            self._large_in_flight = False
        if header["op"] == "answer":
            if not request.future.done():
                request.future.set_result(result)
        elif header["op"] == "scores":
            self.rows += n
            self._learn_speed(header["seconds"], header["of"])
            if request.future.done():
                return
            if isinstance(result, BaseException):
                request.future.set_exception(result)
            elif whole:
                request.future.set_result(result)
            else:
                join(request, part, result)
        else:
            error = error_from(header)
            if error.fields.get("row") is not None:
                error = from_row(error, part.start)
            request.fail(error)

    def _tell_if_drained(self) -> None:
        if self._drained is not None and self.is_idle:
            self._drained.set()
            self._drained = None

    def _learn_speed(self, seconds: float, rows: int) -> None:
        # what every call costs, however few its rows, is no reason for smaller parts
        self._least_seconds = min(self._least_seconds, seconds)
        if rows >= _LEAST_PART:
            now = (seconds - self._least_seconds) / rows
            before = self._seconds_per_row
            self._seconds_per_row = now if not before else 0.7 * before + 0.3 * now

    # starting, dying

    def _start(self) -> asyncio.Task[WorkerProcess]:
        if self._starting is None:
            self._starting = self._loop.create_task(self._start_worker())
        return self._starting

    async def _start_worker(self) -> WorkerProcess:
        try:
            wait = self._not_before - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            worker = await self._starter(self)
        except RegistryError as error:
            self._starting = None
            self._back_off(error)
            self._fail_waiting(error)
            raise
        except BaseException:
            self._starting = None
            raise
        self._starting = None
        if not worker.is_alive:
            # it died between its word that it is ready and now
            gone = self._unavailable("its process ended as soon as it was ready")
            self._back_off(gone)
            self._fail_waiting(gone)
            raise gone
        self.worker = worker
        self._calls_of_worker = 0
        self.last_used = time.monotonic()
        self._pump()
        return worker

    def on_lost(self, worker: WorkerProcess, reason: str) -> None:
        """The worker died: try again what it was given, each request alone."""
        if worker is not self.worker:
            return
        self.worker = None
        self.restarts += 1
        self._log.warning("The worker of package %s died: %s.", self.spec.package_id, reason)
        said = worker.said()
        error = self._unavailable(reason, said)
        self._back_off(error)
        for part in self._in_flight.values():
            part.attempts += 1
            if part.request.future.done():
                continue
            if part.attempts > 1:
                part.request.fail(error)
            else:
                self._solo.append(part)
        self._in_flight.clear()
        self._rows_in_flight = 0
        self._alone = False
        # the next part of a large request is cut only when the one that was lost has come back
        self._large_in_flight = any(part.stop - part.start < part.request.n for part in self._solo)
        if self._not_before - time.monotonic() > _WAIT_FOR_RESTART:
            self._fail_waiting(error)
        elif not self._closed:
            # restarted even when nothing waits: what was in use will be wanted again
            self._start().add_done_callback(_ignore)
        self._tell_if_drained()

    def _back_off(self, error: RegistryError) -> None:
        self._failures += 1
        self._last_error = error
        if self._failures > 1:
            pause = min(_FIRST_BACKOFF * 2 ** (self._failures - 2), _LONGEST_BACKOFF)
            self._not_before = time.monotonic() + pause
        else:
            self._not_before = 0.0

    def _fail_waiting(self, error: RegistryError) -> None:
        requests = [*(part.request for part in (*self._solo, *self._small)), *self._large]
        self._forget()
        for request in requests:
            request.fail(error)
        if self._drained is not None:
            self._drained.set()
            self._drained = None

    def _forget(self) -> None:
        self._small.clear()
        self._large.clear()
        self._solo.clear()
        self._in_flight.clear()
        self._rows_in_flight = 0
        self._large_in_flight = False
        self._alone = False

    def _unavailable(self, why: str, said: str = "") -> WorkerUnavailable:
        fields: dict[str, Any] = {"package_id": self.spec.package_id}
        if said:
            fields["traceback"] = said
        if self._last_error is not None and "traceback" in self._last_error.fields and not said:
            fields["traceback"] = self._last_error.fields["traceback"]
        return WorkerUnavailable(
            f"The worker of package {self.spec.package_id} is not available: {why}.",
            advice="Try again later; if it stays so, look at the model.",
            fields=fields,
        )

    def _took_too_long(self, seconds: float) -> PredictionTimeout:
        said = "" if self.worker is None else self.worker.said()
        return PredictionTimeout(
            f"The model took longer than {seconds:g} s, so its worker was ended.",
            advice="Send fewer rows at once, or allow the deployment more time (predict_seconds).",
            fields={"package_id": self.spec.package_id, **({"traceback": said} if said else {})},
        )

    def _no_scores(self) -> Scores:
        k = len(self.spec.target.class_labels)
        if not k:
            return Scores(values=np.empty(0))
        return Scores(probabilities=np.empty((0, k)), labels=np.empty(0, np.int32))


def _ignore(task: asyncio.Task[WorkerProcess]) -> None:
    if not task.cancelled():
        task.exception()

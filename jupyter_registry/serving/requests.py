"""Requests on their way through a worker, whole or in parts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..domain.errors import RegistryError
from ..domain.frames import Frame, NumberFrame
from ..domain.unstructured import Body
from .specs import Scores
from .wire import Header, encode_body, encode_rows

#: Goes on with the scores of a request, in the thread that read them; it may block.
Follow = Callable[[Scores], Any]


class Request:
    """Rows waiting for their scores, or for what follows from them."""

    __slots__ = ("columns", "follow", "future", "left", "n", "scores", "seconds")
    #: Whether it is sent only while nothing else is with the worker.
    is_alone = False

    def __init__(
        self,
        frame: Frame,
        n: int,
        future: asyncio.Future[Any],
        follow: Follow | None,
        seconds: float,
    ) -> None:
        self.columns: list[NDArray[Any]] | NDArray[np.float64] = (
            frame.matrix if isinstance(frame, NumberFrame) else list(frame.values())
        )
        self.n = n
        self.future = future
        self.follow = follow
        self.seconds = seconds
        """That one call of the model with rows of it may take."""
        self.left = n
        self.scores: Scores | None = None

    def encode(self, start: int, stop: int) -> tuple[Header, bytes]:
        """The rows ``start:stop`` as header fields and body of a message."""
        return encode_rows(self.columns, start, stop)

    def fail(self, error: BaseException) -> None:
        """Give the waiting caller this error."""
        if not self.future.done():
            self.future.set_exception(error)


class WholeRequest(Request):
    """A body waiting for its answer: a model is asked one at a time, each with its own time."""

    __slots__ = ("body",)
    is_alone = True

    def __init__(self, body: Body, future: asyncio.Future[Any], seconds: float) -> None:
        super().__init__({}, 1, future, None, seconds)
        self.body = body

    def encode(self, start: int, stop: int) -> tuple[Header, bytes]:
        """All of it."""
        return encode_body(self.body)


class BodyRequest(WholeRequest):
    """A body waiting for the scores of the rows in it: n, where that is known."""

    __slots__ = ("rows",)

    def __init__(
        self, body: Body, rows: int | None, future: asyncio.Future[Any], seconds: float
    ) -> None:
        super().__init__(body, future, seconds)
        self.rows = rows

    def encode(self, start: int, stop: int) -> tuple[Header, bytes]:
        """All of it."""
        fields, content = encode_body(self.body)
        return {**fields, "rows": self.rows}, content


class Part:
    """Rows ``start:stop`` of a request, as they are sent."""

    __slots__ = ("attempts", "request", "sent_at", "start", "stop")

    def __init__(self, request: Request, start: int, stop: int) -> None:
        self.request = request
        self.start = start
        self.stop = stop
        self.attempts = 0
        self.sent_at = 0.0

    @property
    def is_whole(self) -> bool:
        """Whether it has all rows of its request."""
        return self.stop - self.start == self.request.n


def join(request: Request, part: Part, scores: Scores) -> None:
    """Put the part's scores in their place; the request is done with its last part."""
    if request.scores is None:
        request.scores = Scores(
            *(
                None if given is None else np.empty((request.n, *given.shape[1:]), given.dtype)
                for given in (scores.values, scores.probabilities, scores.labels)
            )
        )
    held = request.scores
    for whole, given in (
        (held.values, scores.values),
        (held.probabilities, scores.probabilities),
        (held.labels, scores.labels),
    ):
        if whole is not None and given is not None:
            whole[part.start : part.stop] = given
    request.left -= part.stop - part.start
    if not request.left:
        request.future.set_result(held)


def from_row(error: RegistryError, start: int) -> RegistryError:
    """The same error with the row counted from the start of the request."""
    row = error.fields["row"]
    return type(error)(
        error.detail.replace(f" at row {row}", f" at row {row + start}"),
        advice=error.advice,
        fields={**error.fields, "row": row + start},
    )

"""Finding the row and the column that made a model raise."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable
from dataclasses import dataclass

from ...domain.frames import Frame
from ...formats.scoring import Scores
from ..wire import Header
from .main import one_line, trace

Score = Callable[[Frame], Scores]

#: Seconds spent on the search at most; without a culprit the answer is still right.
_PATIENCE = 2.0


@dataclass(frozen=True)
class Rejection:
    """Why the model did not score: whose fault it is, and where in the input."""

    error: BaseException
    row: int | None
    column: str | None
    value: str | None
    always: bool
    #: The type of the body that was refused, where one was.
    mimetype: str | None = None

    def to_header(self) -> Header:
        """The fields of a failure message."""
        fields = {
            "traceback": trace(self.error),
            "exception": type(self.error).__name__,
            "row": self.row,
            "column": self.column,
        }
        lacked = _lacked(self.error)
        if lacked is not None:
            return {
                "error": "ModelFailed",
                "detail": f"The model raised {one_line(self.error)}",
                "advice": lacked,
                "fields": fields,
            }
        if self.always:
            return {
                "error": "ModelFailed",
                "detail": f"The model raised {one_line(self.error)}",
                "advice": "It does so for rows it could score before; see the traceback.",
                "fields": fields,
            }
        if self.mimetype is not None:
            return {
                "error": "ModelRejectedInput",
                "detail": f"The model raised {one_line(self.error)}. It was given a body of the "
                f"type {self.mimetype}, as it was sent.",
                "advice": "Send what its read_input_data reads; or have that read this type too "
                "(it may take mimetype by name).",
                "fields": {**fields, "mimetype": self.mimetype},
            }
        where = [] if self.row is None else [f"row {self.row}"]
        if self.column is not None:
            fields["value"] = self.value
            where.append(f"column {self.column!r} ({self.value})")
        place = f" at {', '.join(where)}" if where else ""
        return {
            "error": "ModelRejectedInput",
            "detail": f"The model raised {one_line(self.error)}{place}",
            "advice": "Correct the value, or train the model to take it.",
            "fields": fields,
        }


def find_culprit(
    score: Score, frame: Frame, accepted: Frame | None, error: BaseException
) -> Rejection:
    """Bisect to the first row that the model raises on, then try its columns one by one.

    ``accepted`` is a row the model has scored: the first column whose value makes it fail is to
    blame.
    """
    deadline = time.monotonic() + _PATIENCE
    if _lacked(error) is not None:
        return Rejection(error, None, None, None, always=True)
    if accepted is not None and _raised(score, accepted) is not None:
        return Rejection(error, None, None, None, always=True)
    n = len(next(iter(frame.values())))
    first, last = 0, n
    while last - first > 1:
        if time.monotonic() > deadline:
            return Rejection(error, None, None, None, always=False)
        middle = (first + last) // 2
        if _raised(score, _rows(frame, first, middle)) is not None:
            last = middle
        else:
            first = middle
    alone = _rows(frame, first, last)
    its_error = error if n == 1 else _raised(score, alone)
    if its_error is None:
        # the rows are only refused together
        return Rejection(error, None, None, None, always=False)
    column = _column_of(score, alone, accepted, deadline)
    value = None if column is None else _shown(alone[column][0])
    return Rejection(its_error, first, column, value, always=False)


def blame_body(
    score: Score, accepted: Frame | None, error: BaseException, mimetype: str
) -> Rejection:
    """Whether a body is to blame that a model raised on: it is if rows of before are scored yet."""
    fails = accepted is not None and _raised(score, accepted) is not None
    return Rejection(error, None, None, None, always=fails, mimetype=mimetype)


def _lacked(error: BaseException) -> str | None:
    """What to do where the model had not enough of something; ``None`` for other errors."""
    if isinstance(error, MemoryError):
        return "Send fewer rows at once, or have workers given more memory (worker_memory_mb)."
    if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
        return (
            "Have the model close what it opens, or workers given more files (worker_open_files)."
        )
    return None


def _column_of(score: Score, row: Frame, accepted: Frame | None, deadline: float) -> str | None:
    if len(row) == 1:
        return next(iter(row))
    if accepted is None:
        return None
    for name in row:
        if time.monotonic() > deadline:
            return None
        if _raised(score, {**accepted, name: row[name]}) is not None:
            return name
    return None


def _raised(score: Score, frame: Frame) -> BaseException | None:
    try:
        score(frame)
    except (Exception, SystemExit) as error:
        return error
    return None


def _rows(frame: Frame, start: int, stop: int) -> Frame:
    return {name: column[start:stop] for name, column in frame.items()}


def _shown(value: object) -> str:
    item = getattr(value, "item", None)
    text = repr(item() if callable(item) else value)
    return text if len(text) <= 80 else text[:77] + "..."

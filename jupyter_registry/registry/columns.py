"""Columns of rows that callers send: association IDs, times, numbers, classes, each checked.

A column is a list or a NumPy array of n values (see `domain.frames`). A value that cannot be
taken gets a reason, by row; whether one such row refuses them all is the use case's to say.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..domain.baseline import outcome_of_anomaly
from ..domain.errors import InvalidInput, InvalidRows, nearest
from ..domain.frames import Values, is_null, to_datetimes
from ..domain.target import Target, label_text
from ..monitoring.rows import Floats, Ints

#: Characters of an association ID.
LONGEST_ID = 500
#: Refused rows that an answer lists.
LISTED = 100

_EARLIEST = np.datetime64("1900-01-01", "us")
_LATEST = np.datetime64("2200-01-01", "us")

#: Row (0-based) → why it cannot be taken.
Reasons = dict[int, str]


class Table(Protocol):
    """Rows in columns of equal length."""

    @property
    def columns(self) -> Mapping[str, Values]:
        """Values by column name."""

    @property
    def n(self) -> int:
        """How many rows."""


def listed(reasons: Mapping[int, str], start: int = 0) -> list[dict[str, Any]]:
    """The first `LISTED` refused rows, in order, as `domain.entities.RowRejected`."""
    rows = sorted(reasons)[:LISTED]
    return [{"row": start + row, "reason": reasons[row]} for row in rows]


def refuse(reasons: Mapping[int, str], what: str) -> None:
    """Raise `InvalidRows` if any row was given a reason."""
    if reasons:
        first = min(reasons)
        raise InvalidRows(
            f"{len(reasons):,} {what} cannot be taken, so none was recorded. "
            f"Row {first}: {reasons[first]}",
            advice="Correct the rows named and send all of them again.",
            fields={"rejected": listed(reasons), "n_rejected": len(reasons)},
        )


def named(table: Table, name: str, parameter: str) -> Values:
    """A column that the caller named; raises `InvalidInput` when it is not there."""
    found = table.columns.get(name)
    if found is None:
        known = [str(column) for column in table.columns]
        raise InvalidInput(
            f"The rows have no column {name!r}.",
            advice=nearest(name, known) or f"Name another with {parameter}, or send it.",
            fields={"column": name, parameter: "no such column", "known": known[:100]},
        )
    return found


def texts(values: Values) -> list[str | None]:
    """Values as association IDs and labels are compared.

    Texts stay; numbers and booleans become what `domain.target.label_text` makes of them
    (``1.0`` → ``"1"``), times ISO 8601 in UTC; null is ``None``.
    """
    items: list[Any] = values.tolist() if isinstance(values, np.ndarray) else list(values)
    if set(map(type, items)) <= {str, type(None)}:
        return items
    return [_text(item) for item in items]


def _text(value: Any) -> str | None:
    if value is None or is_null(value):
        return None
    if isinstance(value, datetime):
        moment = value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)
        return f"{moment.isoformat()}Z"
    return value.isoformat() if isinstance(value, date) else label_text(value)


def now() -> int:
    """The present, in microseconds since 1970."""
    return time.time_ns() // 1000


def feature_texts(columns: Mapping[str, Values], n: int) -> list[str | None]:
    """Each row's inputs as a JSON object; NaN and infinities become null."""
    lists = {name: _plain(column) for name, column in columns.items()}
    encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, default=str).encode
    return [encode({name: items[i] for name, items in lists.items()}) for i in range(n)]


def _plain(values: Values) -> list[Any]:
    if isinstance(values, np.ndarray):
        if values.dtype.kind == "M":
            written = np.datetime_as_string(values, timezone="UTC").tolist()
            return [None if text == "NaT" else text for text in written]
        values = values.tolist()
    return [
        None if isinstance(value, float) and not math.isfinite(value) else value for value in values
    ]


def association_ids(values: Values, reasons: Reasons, *, required: bool) -> list[str | None]:
    """Association IDs as text; an empty one counts as none."""
    ids = texts(values)
    if "" in ids:
        ids = [name or None for name in ids]
    if required and None in ids:
        for row, name in enumerate(ids):
            if name is None:
                reasons[row] = "It has no association ID."
    present = ids if None not in ids else [name for name in ids if name is not None]
    if not present:
        return ids
    joined = "".join(present)  # type: ignore[arg-type]
    if len(max(present, key=len)) <= LONGEST_ID and "\0" not in joined and _is_unicode(joined):  # type: ignore[arg-type]
        return ids
    for row, name in enumerate(ids):
        if name is None:
            continue
        if len(name) > LONGEST_ID:
            reasons[row] = f"Its association ID has more than {LONGEST_ID} characters."
        elif "\0" in name or not _is_unicode(name):
            reasons[row] = "Its association ID is not valid text."
    return ids


def timestamps(values: Values, reasons: Reasons) -> Ints:
    """UTC microseconds since 1970; null is refused."""
    try:
        moments = to_datetimes(values, _NoMoment)
    except _NoMoment:
        moments = _one_by_one(values, reasons)
    wrong = np.isnat(moments) | (moments < _EARLIEST) | (moments >= _LATEST)
    for row in np.flatnonzero(wrong).tolist():
        missing = np.isnat(moments[row])
        reasons.setdefault(
            row,
            "It has no timestamp." if missing else "Its timestamp is not between 1900 and 2200.",
        )
    return moments.astype(np.int64)


class _NoMoment(Exception):
    """A value is no date and time."""


def _one_by_one(values: Values, reasons: Reasons) -> NDArray[Any]:
    items = values.tolist() if isinstance(values, np.ndarray) else values
    moments = np.full(len(items), np.datetime64("NaT"), "datetime64[us]")
    for row, value in enumerate(items):
        try:
            moments[row] = to_datetimes([value], _NoMoment)[0]
        except _NoMoment:
            reasons[row] = f"{str(value)[:60]!r} is not a date and time (ISO 8601)."
    return moments


def numbers(values: Values, reasons: Reasons, what: str, *, required: bool) -> Floats:
    """Numbers (text of numbers too); null becomes NaN, or is refused where required."""
    if isinstance(values, np.ndarray) and values.dtype.kind in "fiu":
        result = values.astype(np.float64)
    else:
        items = values.tolist() if isinstance(values, np.ndarray) else values
        if set(map(type, items)) <= {float, int}:
            result = _as_floats(items)
        else:
            result = np.array([_number(v, row, reasons, what) for row, v in enumerate(items)])
    infinite = np.isinf(result)
    if infinite.any():
        for row in np.flatnonzero(infinite).tolist():
            reasons.setdefault(row, f"Its {what} is not finite.")
        result = np.where(infinite, np.nan, result)
    if required:
        for row in np.flatnonzero(np.isnan(result)).tolist():
            reasons.setdefault(row, f"It has no {what}.")
    return result


def _as_floats(items: Sequence[Any]) -> Floats:
    try:
        return np.array(items, np.float64)
    except OverflowError:
        return np.array([_float(item) for item in items], np.float64)


def _float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf")


def _number(value: Any, row: int, reasons: Reasons, what: str) -> float:
    if value is None or is_null(value):
        return float("nan")
    if isinstance(value, str):
        text = value.strip()
        if not text:
            return float("nan")
        try:
            if "_" not in text:
                return float(text)
        except ValueError:
            pass
    elif isinstance(value, int | float | np.number) and not isinstance(value, bool):
        return _float(value)
    reasons[row] = f"Its {what} {str(value)[:60]!r} is not a number."
    return float("nan")


def class_indices(
    values: Values, target: Target, reasons: Reasons, what: str, *, required: bool
) -> Ints:
    """Indices of class labels; -1 for null, which is refused where required."""
    index: dict[str | None, int] = {label: i for i, label in enumerate(target.class_labels)}
    index[None] = -1
    items = texts(values)
    result = np.fromiter((index.get(item, -2) for item in items), np.int64, len(items))
    for row in np.flatnonzero(result == -2).tolist():
        item = items[row]
        assert item is not None
        # files without types write 1.0 for the label 1
        known = index.get(_normalised(item), -1 if not item.strip() else -2)
        result[row] = known
        if known == -2:
            labels = ", ".join(target.class_labels[:20])
            reasons[row] = f"Its {what} {item[:60]!r} is not a class; the classes are {labels}."
            result[row] = -1
    if required:
        for row in np.flatnonzero(result == -1).tolist():
            reasons.setdefault(row, f"It has no {what}.")
    return result


def yes_or_no(values: Values, reasons: Reasons, what: str) -> Floats:
    """1 for true and 1, 0 for false and 0, as `domain.baseline.outcome_of_anomaly` reads them."""
    items = texts(values)
    result = np.array([math.nan if item is None else outcome_of_anomaly(item) for item in items])
    for row in np.flatnonzero(np.isnan(result)).tolist():
        item = items[row]
        if item is None or not item.strip():
            reasons[row] = f"It has no {what}."
        else:
            reasons[row] = (
                f"Its {what} {item[:60]!r} does not say whether it was an anomaly: true or false, "
                "1 or 0."
            )
    return result


def _normalised(text: str) -> str:
    try:
        return label_text(float(text))
    except (ValueError, OverflowError):
        return text.strip()


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True

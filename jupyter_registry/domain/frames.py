"""Columns in memory: how rows of input are checked against a signature and made into arrays.

A `Frame` maps column names to one-dimensional arrays of equal length:

- ``number``: float64, NaN for null;
- ``integer``: int64, or float64 with NaN where a nullable column has nulls;
- ``boolean``: bool, or object with ``None``;
- ``string``: object of ``str`` or ``None``;
- ``datetime``: datetime64[us] in UTC, NaT for null.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import SignatureMismatch
from .signature import Column, Dtype, Signature

Frame = dict[str, NDArray[Any]]


class NumberFrame(Frame):
    """A frame whose columns are, in order, the rows of one float64 matrix, shape (columns, n)."""

    __slots__ = ("matrix",)
    matrix: NDArray[np.float64]

    @classmethod
    def of(cls, names: Sequence[str], matrix: NDArray[np.float64]) -> NumberFrame:
        """The frame whose column ``names[i]`` is the matrix's row i."""
        frame = cls(zip(names, matrix, strict=True))
        frame.matrix = matrix
        return frame


Values = Sequence[Any] | NDArray[Any]


def conform(signature: Signature, columns: Mapping[str, Values], n_rows: int) -> Frame:
    """The signature's columns, in its order, cast to its dtypes; other columns are left out.

    Raises
    ------
    SignatureMismatch
        with ``fields`` ``missing`` (all absent columns), or ``column`` and ``row`` (the first
        bad row, 0-based).

    """
    few = _few_numbers(signature, columns, n_rows)
    if few is not None:
        return few
    frame: Frame = {}
    for column in signature.columns:
        values = columns.get(column.name)
        if values is None:
            raise _missing(signature, columns)
        if len(values) != n_rows:
            raise SignatureMismatch(
                f"Column {column.name!r} has {len(values)} values for {n_rows} rows.",
                advice="Give every row a value, or null.",
                fields={"column": column.name, "row": None},
            )
        frame[column.name] = _CASTS[column.dtype](column, values)
    return frame


#: Up to so many rows a matrix is tried first.
_FEW_ROWS = 16
_PLAIN_NUMBERS = frozenset({float, int})


def _few_numbers(signature: Signature, columns: Mapping[str, Values], n_rows: int) -> Frame | None:
    """The frame of few rows of plain numbers, made as one matrix; ``None`` for any other input.

    One row costs a fraction of what it costs column by column.
    """
    if not 0 < n_rows <= _FEW_ROWS or len(signature) < 2:
        return None
    rows = []
    for column in signature.columns:
        values = columns.get(column.name)
        if column.dtype is not Dtype.NUMBER or type(values) is not list or len(values) != n_rows:
            return None
        if not _PLAIN_NUMBERS.issuperset(map(type, values)):
            return None
        rows.append(values)
    try:
        matrix = np.array(rows, dtype=np.float64)
    except OverflowError:
        return None
    if np.isnan(matrix).any():
        return None
    return NumberFrame.of(signature.names, matrix)


def _missing(signature: Signature, columns: Mapping[str, Values]) -> SignatureMismatch:
    missing = [name for name in signature.names if columns.get(name) is None]
    return SignatureMismatch(
        f"The input lacks {'column' if len(missing) == 1 else 'columns'} "
        f"{', '.join(map(repr, missing))}.",
        advice=f"Send all of: {', '.join(signature.names)}.",
        fields={"column": missing[0], "row": None, "missing": missing},
    )


def _bad(column: Column, row: int, value: Any, expected: str) -> SignatureMismatch:
    shown = repr(value)
    shown = shown if len(shown) <= 80 else shown[:77] + "..."
    return SignatureMismatch(
        f"Column {column.name!r}, row {row}: {shown} is not {expected}.",
        advice=f"The signature asks for {column.dtype.value}"
        + (" or null." if column.nullable else ", and not null."),
        fields={"column": column.name, "row": int(row), "value": shown},
    )


def is_null(value: Any) -> bool:
    """Whether a scalar stands for a missing value: ``None``, NaN of any width, NaT."""
    if value is None:
        return True
    kind = type(value)
    if kind is str or kind is int or kind is bool:
        return False
    if isinstance(value, float | np.floating):
        return math.isnan(value)
    return isinstance(value, datetime | np.datetime64) and bool(value != value)


def _number(column: Column, values: Values) -> NDArray[Any]:
    if isinstance(values, np.ndarray) and values.dtype.kind in "fiu":
        result = values.astype(np.float64, copy=False)
    elif isinstance(values, np.ndarray) and values.dtype.kind in "bMm" and len(values):
        raise _bad(column, 0, values[0].item(), "a number")
    else:
        items = values.tolist() if isinstance(values, np.ndarray) else values
        for row, value in enumerate(items):
            kind = type(value)
            if kind is float or kind is int or value is None:
                continue
            if kind is bool or not isinstance(value, int | float | np.integer | np.floating):
                raise _bad(column, row, value, "a number")
        try:
            result = np.array(items, dtype=np.float64)
        except OverflowError:
            row = next(i for i, v in enumerate(items) if type(v) is int and not _fits_float(v))
            raise _bad(column, row, items[row], "a number that fits 64 bits") from None
    if not column.nullable:
        _refuse_nan(column, result)
    return result


def _fits_float(value: int) -> bool:
    try:
        float(value)
    except OverflowError:
        return False
    return True


def _refuse_nan(column: Column, result: NDArray[Any]) -> None:
    bad = np.isnan(result)
    if bad.any():
        raise _bad(column, int(np.argmax(bad)), None, "a number")


_INT64 = (-(2**63), 2**63 - 1)


def _integer(column: Column, values: Values) -> NDArray[Any]:
    if isinstance(values, np.ndarray) and values.dtype.kind in "iu":
        if values.dtype == np.uint64 and len(values) and int(values.max()) > _INT64[1]:
            row = int(np.argmax(values > _INT64[1]))
            raise _bad(column, row, int(values[row]), "a 64-bit integer")
        return values.astype(np.int64, copy=False)
    if isinstance(values, np.ndarray) and values.dtype.kind == "f":
        null = np.isnan(values)
        wrong = ~null & ((values != np.floor(values)) | (np.abs(values) >= 2.0**63))
        if wrong.any():
            row = int(np.argmax(wrong))
            raise _bad(column, row, float(values[row]), "a 64-bit integer")
        if null.any():
            if not column.nullable:
                raise _bad(column, int(np.argmax(null)), None, "an integer")
            return values.astype(np.float64, copy=False)
        return values.astype(np.int64)
    if isinstance(values, np.ndarray) and values.dtype.kind in "Mm" and len(values):
        raise _bad(column, 0, values[0].item(), "an integer")
    items = values.tolist() if isinstance(values, np.ndarray) else values
    nulls = False
    for row, value in enumerate(items):
        if type(value) is int:
            if not _INT64[0] <= value <= _INT64[1]:
                raise _bad(column, row, value, "a 64-bit integer")
        elif is_null(value):
            if not column.nullable:
                raise _bad(column, row, None, "an integer")
            nulls = True
        elif not _is_integral(value):
            raise _bad(column, row, value, "a 64-bit integer")
    if nulls:
        return np.array([math.nan if is_null(v) else v for v in items], dtype=np.float64)
    return np.array(items, dtype=np.int64)


def _is_integral(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, float | np.integer | np.floating):
        return False
    return float(value).is_integer() and _INT64[0] <= int(value) <= _INT64[1]


def _boolean(column: Column, values: Values) -> NDArray[Any]:
    if isinstance(values, np.ndarray) and values.dtype.kind == "b":
        return values
    items = values.tolist() if isinstance(values, np.ndarray) else values
    nulls = False
    for row, value in enumerate(items):
        if is_null(value):
            if not column.nullable:
                raise _bad(column, row, None, "true or false")
            nulls = True
        elif not isinstance(value, bool | np.bool_):
            raise _bad(column, row, value, "true or false")
    if not nulls:
        return np.array(items, dtype=np.bool_)
    return _objects([None if is_null(value) else bool(value) for value in items])


def _string(column: Column, values: Values) -> NDArray[Any]:
    if isinstance(values, np.ndarray):
        if values.dtype.kind == "U":
            return values.astype(object)
        items = values.tolist()
    else:
        items = list(values)
    for row, value in enumerate(items):
        if type(value) is str:
            continue
        if is_null(value):
            if not column.nullable:
                raise _bad(column, row, None, "text")
            items[row] = None
        elif not isinstance(value, str):
            raise _bad(column, row, value, "text")
    return _objects(items)


def _datetime(column: Column, values: Values) -> NDArray[Any]:
    result = to_datetimes(
        values, lambda row, value: _bad(column, row, value, "a date and time (ISO 8601)")
    )
    null = np.isnat(result)
    if not column.nullable and null.any():
        raise _bad(column, int(np.argmax(null)), None, "a date and time")
    return result


def to_datetimes(values: Values, refuse: Callable[[int, Any], Exception]) -> NDArray[np.datetime64]:
    """Dates and times as UTC datetime64[us]; naive ones mean UTC, null becomes NaT.

    ``refuse(row, value)`` makes the exception for a value that is none.
    """
    if isinstance(values, np.ndarray) and values.dtype.kind == "M":
        return values.astype("datetime64[us]")
    items = values.tolist() if isinstance(values, np.ndarray) else values
    result = np.empty(len(items), "datetime64[us]")
    for row, value in enumerate(items):
        if is_null(value):
            result[row] = np.datetime64("NaT")
            continue
        if isinstance(value, str):
            try:
                value = datetime.fromisoformat(value.strip())
            except ValueError:
                raise refuse(row, value) from None
        if isinstance(value, datetime):
            if value.tzinfo is not None:
                try:
                    value = value.astimezone(UTC).replace(tzinfo=None)
                except OverflowError:  # before year 1 or after 9999 in UTC
                    raise refuse(row, str(value)) from None
        elif isinstance(value, np.datetime64):
            pass
        elif not isinstance(value, date):
            raise refuse(row, value)
        result[row] = np.datetime64(value, "us")
    return result


def _objects(items: Sequence[Any]) -> NDArray[Any]:
    result = np.empty(len(items), dtype=object)
    result[:] = items
    return result


_CASTS: Mapping[Dtype, Callable[[Column, Values], NDArray[Any]]] = {
    Dtype.NUMBER: _number,
    Dtype.INTEGER: _integer,
    Dtype.BOOLEAN: _boolean,
    Dtype.STRING: _string,
    Dtype.DATETIME: _datetime,
}


def infer_signature(columns: Mapping[str, Values]) -> Signature:
    """The signature that the given columns have: dtypes by content, nullable where nulls occur.

    An all-null column becomes a nullable ``number``. Integers stay ``integer`` only where no
    null occurs: a column of integers and nulls is read as ``number``, as data libraries do.
    """
    return Signature(tuple(_infer(name, values) for name, values in columns.items()))


def _infer(name: str, values: Values) -> Column:
    if isinstance(values, np.ndarray) and values.dtype.kind != "O":
        kind = values.dtype.kind
        if kind == "b":
            return Column(name, Dtype.BOOLEAN)
        if kind in "iu":
            return Column(name, Dtype.INTEGER)
        if kind == "M":
            return Column(name, Dtype.DATETIME, bool(np.isnat(values).any()))
        if kind == "U":
            return Column(name, Dtype.STRING)
        return Column(name, Dtype.NUMBER, bool(np.isnan(values.astype(np.float64)).any()))
    items = values.tolist() if isinstance(values, np.ndarray) else list(values)
    present = [value for value in items if not is_null(value)]
    nullable = len(present) < len(items)
    if not present:
        return Column(name, Dtype.NUMBER, True)
    if all(isinstance(value, bool | np.bool_) for value in present):
        return Column(name, Dtype.BOOLEAN, nullable)
    if all(isinstance(value, int | np.integer) for value in present):
        return Column(name, Dtype.NUMBER if nullable else Dtype.INTEGER, nullable)
    if all(isinstance(value, int | float | np.number) for value in present):
        return Column(name, Dtype.NUMBER, nullable)
    if all(isinstance(value, date | np.datetime64) for value in present):
        return Column(name, Dtype.DATETIME, nullable)
    return Column(name, Dtype.STRING, nullable)

"""Feature columns of reports, for drift: a value that does not fit counts as missing."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..domain.drift import DriftPlan
from ..domain.errors import InvalidInput
from ..domain.frames import Frame, Values, to_datetimes
from ..domain.signature import Dtype

_INT64 = (-(2.0**63), 2.0**63)


def leniently(plan: DriftPlan, columns: Mapping[str, Values]) -> Frame:
    """The plan's features among the columns, as `DriftPlan.bins` takes them.

    Columns of files without types are texts: those of numbers, dates and booleans are read.
    """
    return {
        feature.name: _READ[feature.dtype](columns[feature.name])
        for feature in plan.features
        if columns.get(feature.name) is not None
    }


def read_leniently(dtype: Dtype, values: Values) -> NDArray[Any]:
    """One column of a dtype, read in the same way."""
    return _READ[dtype](values)


def _items(values: Values) -> list[Any]:
    return values.tolist() if isinstance(values, np.ndarray) else list(values)


def _numbers(values: Values) -> NDArray[Any]:
    if isinstance(values, np.ndarray) and values.dtype.kind in "fiu":
        return values.astype(np.float64)
    if isinstance(values, np.ndarray) and values.dtype.kind in "bMm":
        return np.full(len(values), np.nan)
    items = _items(values)
    if set(map(type, items)) <= {float, int}:
        try:
            return np.array(items, np.float64)
        except OverflowError:
            pass
    return np.array([_number(item) for item in items], np.float64)


def _number(value: Any) -> float:
    if value is None or isinstance(value, bool | np.bool_):
        return math.nan
    if isinstance(value, str):
        if "_" in value:
            return math.nan
    elif not isinstance(value, int | float | np.number):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
    except (ValueError, TypeError):
        return math.nan


def _integers(values: Values) -> NDArray[Any]:
    numbers = _numbers(values)
    fits = (numbers == np.floor(numbers)) & (numbers >= _INT64[0]) & (numbers < _INT64[1])
    return np.where(fits, numbers, np.nan)


_TRUTH: Mapping[str, bool] = {"true": True, "1": True, "false": False, "0": False}


def _booleans(values: Values) -> NDArray[Any]:
    if isinstance(values, np.ndarray) and values.dtype.kind == "b":
        return values
    return _objects([_boolean(item) for item in _items(values)])


def _boolean(value: Any) -> bool | None:
    if isinstance(value, str):
        return _TRUTH.get(value.strip().lower())
    return bool(value) if isinstance(value, bool | np.bool_) else None


def _texts(values: Values) -> NDArray[Any]:
    return _objects([item if isinstance(item, str) else None for item in _items(values)])


def _objects(items: list[Any]) -> NDArray[Any]:
    result = np.empty(len(items), dtype=object)
    result[:] = items
    return result


def _moments(values: Values) -> NDArray[Any]:
    if isinstance(values, np.ndarray) and values.dtype.kind in "fiubm":
        return np.full(len(values), np.datetime64("NaT"), "datetime64[us]")
    try:
        return to_datetimes(values, _no_moment)
    except InvalidInput:
        moments = np.full(len(values), np.datetime64("NaT"), "datetime64[us]")
    for row, item in enumerate(_items(values)):
        try:
            moments[row] = to_datetimes([item], _no_moment)[0]
        except InvalidInput:
            continue
    return moments


def _no_moment(row: int, value: Any) -> InvalidInput:
    return InvalidInput(f"Row {row}: {value!r} is no date and time.")


_READ: Mapping[Dtype, Callable[[Values], NDArray[Any]]] = {
    Dtype.NUMBER: _numbers,
    Dtype.INTEGER: _integers,
    Dtype.BOOLEAN: _booleans,
    Dtype.STRING: _texts,
    Dtype.DATETIME: _moments,
}

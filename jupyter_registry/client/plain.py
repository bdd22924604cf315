"""What a reporter is given, as rows of values that JSON has; the standard library alone."""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ..domain.errors import InvalidInput


def rows_of(rows: Any) -> Iterable[Any]:
    """The rows of a mapping, an iterable of mappings, or a DataFrame."""
    if isinstance(rows, Mapping):
        return [rows]
    for method, arguments in (("to_dicts", {}), ("to_dict", {"orient": "records"})):
        convert: Callable[..., Iterable[Any]] | None = getattr(rows, method, None)
        if callable(convert):
            return convert(**arguments)
    given: Iterable[Any] = rows
    return given


def plain_row(given: Any, position: int) -> dict[str, Any]:
    """A row whose values JSON has; raises `InvalidInput` naming row and column."""
    if not isinstance(given, Mapping):
        raise InvalidInput(
            f"Row {position} is a {type(given).__name__}, not a mapping.",
            advice="Report a dict per row, such as {'association_id': …, 'probability': …}.",
            fields={"row": position},
        )
    row = {}
    for name, value in given.items():
        try:
            row[str(name)] = _plain(value)
        except TypeError as error:
            raise InvalidInput(
                f"Row {position}, column {name!r}: {error}.",
                advice="Give numbers, text, booleans, dates or None.",
                fields={"row": position, "column": str(name)},
            ) from None
    return row


def _plain(value: Any) -> Any:
    """A value as JSON has it; NaN, NaT and pandas' NA become null."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        # float() also strips NumPy's float64, which is a float
        return float(value) if math.isfinite(value) else None
    if type(value).__name__ in ("NaTType", "NAType"):
        return None
    if type(value).__name__ == "datetime64":
        return None if str(value) == "NaT" else str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, uuid.UUID):
        return str(value)
    item = getattr(value, "item", None)
    if callable(item):
        plain = item()
        if type(plain) is not type(value):
            return _plain(plain)
    raise TypeError(f"a {type(value).__name__} cannot be sent as JSON")


def association_id(value: Any) -> str | None:
    """An association ID as text; whole numbers without a point."""
    if value is None or value == "":
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)

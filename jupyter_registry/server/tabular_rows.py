"""Rows in columns: their names, their cells as text and as plain values, parts joined."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from ..domain.errors import InvalidInput, TooLarge, UnsupportedMediaType

if TYPE_CHECKING:
    from ..domain.frames import Values

Columns = dict[str, "Values"]


@dataclass(slots=True)
class Rows:
    """Rows of a request body, in columns of equal length n.

    A column is a list (from JSON and CSV) or a NumPy array (from Arrow, Parquet, and CSV where
    a signature says so), as `domain.frames` takes them.
    """

    columns: Columns
    n: int

    def __len__(self) -> int:
        return self.n


def check_names(names: Sequence[str]) -> None:
    """Refuse column names that are empty, repeat, or are no text that UTF-8 can hold."""
    if not all(map(str.strip, names)):
        position = first_where(lambda name: not name.strip(), names)
        raise InvalidInput(
            f"Column {position} has no name.",
            advice="Name every column (pandas: to_csv(index=False) leaves the index out).",
            fields={"column": names[position], "position": position},
        )
    if not is_unicode("".join(names)):
        name = next(name for name in names if not is_unicode(name))
        raise InvalidInput(
            f"The column name {name!r} has half of a surrogate pair.",
            advice="Send whole characters.",
            fields={"column": repr(name)},
        )
    if len(set(names)) != len(names):
        raise repeated(next(name for at, name in enumerate(names) if name in names[:at]))


def repeated(name: str) -> InvalidInput:
    """The error for a column that is given more than once."""
    return InvalidInput(
        f"Column {name!r} is given more than once.",
        advice="Give each column a name of its own.",
        fields={"column": name},
    )


def too_large(limit: int) -> TooLarge:
    """The error for a body whose decoded table is over the limit."""
    return TooLarge(
        f"The table in the body takes more than {limit:,} bytes once decoded.",
        advice="Send fewer rows per request.",
        fields={"limit": limit},
    )


#: Rows written by one call that holds Python's lock: about a millisecond.
ROWS_AT_ONCE = 500
#: Codecs of Python's that are no character sets of the web.
_NO_CHARSETS = frozenset(
    {
        "idna",
        "punycode",
        "unicode_escape",
        "unicode-escape",
        "raw_unicode_escape",
        "raw-unicode-escape",
        "undefined",
    }
)


def decoded(body: bytes, charset: str | None) -> str:
    """The body's text, without a byte order mark."""
    try:
        if charset is None:
            return body.decode().removeprefix("\ufeff")
        codec = codecs.lookup(charset).name
        if codec in _NO_CHARSETS:
            raise LookupError
        return body.decode(codec).removeprefix("\ufeff")
    except LookupError:
        raise UnsupportedMediaType(
            f"The charset {charset!r} is not known.",
            advice="Send UTF-8.",
            fields={"charset": charset},
        ) from None
    except UnicodeError as error:
        raise InvalidInput(
            f"The body is not {charset or 'UTF-8'}: {error}.",
            advice="Send UTF-8, or name the charset in the content type.",
            fields={"body": "not text"},
        ) from None


def is_unicode(text: str) -> bool:
    """Whether the text can be written as UTF-8 (it has no lone surrogate)."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def joined(parts: Sequence[Rows]) -> Rows:
    """One `Rows` of several with the same columns."""
    if len(parts) == 1:
        return parts[0]
    import numpy as np

    columns: Columns = {}
    for name in parts[0].columns:
        pieces = [part.columns[name] for part in parts]
        if all(isinstance(piece, np.ndarray) for piece in pieces):
            columns[name] = np.concatenate(pieces)
        else:
            columns[name] = [value for piece in pieces for value in as_list(piece)]
    return Rows(columns, sum(part.n for part in parts))


def as_list(values: Values) -> list[Any]:
    """The values as a list; of an array: of Python's own scalars."""
    if isinstance(values, list):
        return values
    dtype = getattr(values, "dtype", None)
    if dtype is None:
        return list(values)
    if dtype.kind == "M":
        return list(values.astype("datetime64[us]").tolist())  # type: ignore[union-attr]
    return list(values.tolist())  # type: ignore[union-attr]


# --- cells ----------------------------------------------------------------------------------

_NONE = type(None)
_PLAIN = frozenset({str, int, bool, _NONE})


def plain_column(values: Values, finite: bool = False) -> list[Any]:
    """The values as texts, booleans, ints, floats and ``None``; dates and times ISO 8601.

    NaN and NaT are ``None``, and with ``finite`` the infinities too.
    """
    kind = getattr(getattr(values, "dtype", None), "kind", None)
    if kind == "M":
        return _iso_column(values)
    items = as_list(values)
    if kind is not None and kind in "biuU":
        return items
    types = set(map(type, items))
    if not types <= _PLAIN:
        if not types <= _PLAIN | {float}:
            items = [plain_value(value) for value in items]
        if finite:
            # the difference of an infinity to itself is NaN
            items = [v if type(v) is not float or v - v == 0.0 else None for v in items]
        else:
            items = [v if v == v else None for v in items]
    return items


def plain_value(value: Any) -> Any:
    """A scalar as text, boolean, int, float or ``None``."""
    dtype = getattr(value, "dtype", None)
    if dtype is not None and not getattr(value, "shape", ()):
        return _iso_column(value.reshape(1))[0] if dtype.kind == "M" else plain_value(value.item())
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            value = value.astimezone(UTC).replace(tzinfo=None)
        return value.isoformat() + "Z"
    return value.isoformat() if isinstance(value, date) else str(value)


def _iso_column(values: Any) -> list[str | None]:
    moments = values.astype("datetime64[us]")
    return [
        # years that Python's datetime does not reach come as numbers
        (f"{moments[row]}Z" if type(moment) is int else moment.isoformat() + "Z")
        if moment is not None
        else None
        for row, moment in enumerate(moments.tolist())
    ]


def first_where(test: Callable[[Any], bool], values: Iterable[Any]) -> int:
    """The position of the first value for which the test holds."""
    return next(position for position, value in enumerate(values) if test(value))

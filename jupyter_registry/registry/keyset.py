"""Sorted pages with opaque cursors: each starts after the last item of the one before, whatever
came or went.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, asc, desc, literal, tuple_

from ..domain.errors import InvalidInput, nearest

Key = TypeVar("Key")


def chosen(sort: str, sorts: Mapping[str, Key], what: str) -> tuple[Key, bool]:
    """The key that a list is sorted by, and whether descending, as a leading ``-`` says.

    Raises
    ------
    InvalidInput
        when ``what`` is listed cannot be sorted so.

    """
    name = sort.removeprefix("-")
    if name not in sorts:
        raise InvalidInput(
            f"{what} cannot be sorted by {name!r}.",
            advice=f"{nearest(name, list(sorts))} Sort by one of: {', '.join(sorts)}; "
            "with a leading '-' from last to first.".strip(),
            fields={"sort": f"unknown: {name}"},
        )
    return sorts[name], sort.startswith("-")


def ordered(key: Sequence[ColumnElement[Any]], descending: bool) -> list[ColumnElement[Any]]:
    """What a query is ordered by."""
    return [desc(part) if descending else asc(part) for part in key]


def after(
    key: Sequence[ColumnElement[Any]], values: Sequence[Any], descending: bool
) -> ColumnElement[bool]:
    """The condition for what comes after the item with these values of the key."""
    bound = tuple_(*(literal(value, part.type) for value, part in zip(values, key, strict=True)))
    return tuple_(*key) < bound if descending else tuple_(*key) > bound


def encode(sort: str, key: Sequence[Any]) -> str:
    """The cursor after the item with this sort key."""
    values = [value.isoformat() if isinstance(value, datetime) else value for value in key]
    packed = json.dumps([sort, *values], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def decode(cursor: str, sort: str, types: Sequence[type]) -> list[Any]:
    """The sort key in a cursor.

    Raises
    ------
    InvalidInput
        when it is not a cursor, or one of another sort.

    """
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        made_for, *values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if len(values) != len(types):
            raise ValueError
        key = [_value(value, kind) for value, kind in zip(values, types, strict=True)]
    except (ValueError, TypeError, UnicodeError, binascii.Error, RecursionError):
        raise _refused("This is not a cursor.") from None
    if made_for != sort:
        raise _refused(f"This cursor is of a list sorted by {made_for!r}, not {sort!r}.")
    return key


def _value(value: Any, kind: type[Any]) -> Any:
    if kind is datetime:
        parsed = datetime.fromisoformat(value)
        if parsed.tzinfo is None:
            raise ValueError
        return parsed
    if type(value) is not kind:
        raise ValueError
    if isinstance(value, str) and "\0" in value.encode().decode():
        raise ValueError
    if isinstance(value, int) and abs(value) >= 2**63:
        raise ValueError
    return value


def _refused(detail: str) -> InvalidInput:
    return InvalidInput(
        detail,
        advice="Use next_cursor of the page before, with the same sort, or leave cursor out.",
        fields={"cursor": detail},
    )

"""Parsers of what addresses and queries say; each raises `ValueError` with why it cannot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

Parse = Callable[[str], Any]


def choice(kind: str, text: str) -> Any:
    """A parameter that is one of an enumeration of `domain.kinds`."""
    from ..domain import kinds

    known = getattr(kinds, kind)
    try:
        return known(text)
    except ValueError:
        raise ValueError(f"{text!r} is none of {', '.join(known)}") from None


def one_of(kind: str) -> Parse:
    """Parser of an enumeration's values."""
    return partial(choice, kind)


def yes_or_no(text: str) -> bool:
    """Parser of ``true`` and ``false``."""
    known = {"true": True, "1": True, "false": False, "0": False}
    if text.lower() not in known:
        raise ValueError("true or false is needed")
    return known[text.lower()]


def yes_no_or_any(text: str) -> bool | None:
    """Parser of ``true``, ``false`` and ``any``."""
    return None if text.lower() == "any" else yes_or_no(text)


def whole_number(text: str) -> int:
    """Parser of integers."""
    try:
        return int(text)
    except ValueError:
        raise ValueError("a whole number is needed") from None


def id_in(text: str) -> int:
    """An id of the address; 0, which nothing has, for what is no number."""
    try:
        return whole_number(text)
    except ValueError:
        return 0


def pieces(text: str) -> list[tuple[int, int]]:
    """Parser of parts of a file: ``0-100,400-500``, the last byte left out."""
    found = []
    for piece in text.split(","):
        start, dash, end = piece.partition("-")
        if not dash:
            raise ValueError("pieces such as 0-100,400-500 are needed")
        found.append((whole_number(start), whole_number(end)))
    return found


def moment(text: str) -> datetime:
    """Parser of times; naive ones mean UTC."""
    try:
        # a "+" that was not escaped arrives as a space
        parsed = datetime.fromisoformat(text.strip().replace(" ", "+") if "T" in text else text)
        if parsed.tzinfo is None:
            return parsed.replace(tzinfo=UTC)
        return parsed.astimezone(UTC)  # which the first and last hours of all time have not
    except (ValueError, OverflowError):
        raise ValueError("a date or time in ISO 8601 is needed") from None

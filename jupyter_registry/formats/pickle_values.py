"""The values that following a pickle leads to: what is known of them, and what is not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any


class Unreadable(Exception):
    """The pickle cannot be followed any further; what was found until then counts."""


@dataclass(frozen=True)
class Global:
    """Something imported: of which module, under which name."""

    module: str
    name: str


class Anything:
    """A value that is not followed."""

    def __repr__(self) -> str:
        return "…"


class Mark(Anything):
    """Where a batch of values begins."""


ANY = Anything()
MARK = Mark()


class Made:
    """What a call has made: of what, with which arguments, and the state it was given."""

    def __init__(self, of: Any, args: Any) -> None:
        self.of = of
        self.args = args
        self.state: Any = None


def item_bytes(dtype: Any) -> int | None:
    """Bytes of an item of a numpy dtype; ``None`` where it holds objects."""
    if not (isinstance(dtype, Made) and isinstance(dtype.of, Global) and dtype.of.name == "dtype"):
        raise Unreadable("an array of joblib whose type cannot be told")
    text = dtype.args[0] if dtype.args else None
    match = re.fullmatch(r"[<>|=]?([a-zA-Z])(\d*)", text) if isinstance(text, str) else None
    if match is None:
        raise Unreadable("an array of joblib whose type cannot be told")
    kind, digits = match[1], int(match[2] or 1)
    state = dtype.state if isinstance(dtype.state, tuple) else ()
    fields = state[4] if len(state) > 4 else None
    flags = state[7] if len(state) > 7 else 0
    if kind == "O" or (isinstance(flags, int) and flags & 1):
        return None
    if isinstance(fields, dict):
        for value in fields.values():
            if item_bytes(value[0] if isinstance(value, tuple) and value else None) is None:
                return None
    elif fields is not None:
        raise Unreadable("an array of joblib whose type cannot be told")
    return digits * 4 if kind == "U" else digits


def whole_number(text: str) -> int:
    """The number that a line has; raises `Unreadable` when it has none."""
    try:
        return int(text)
    except ValueError:
        raise Unreadable("a number that is none") from None


def unescaped(text: str) -> str:
    """A string of protocol 0, whose escapes would hide a name."""
    if "\\" not in text:
        return text
    try:
        return text.encode("latin-1", "backslashreplace").decode("unicode-escape")
    except UnicodeDecodeError:
        return text

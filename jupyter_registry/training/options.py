"""The options of a leaderboard, as far as they can be checked without the data."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..domain.errors import InvalidInput
from ..domain.names import NAME_PATTERN

PARTITIONS = ("auto", "random", "time", "group")
_MOST_SEED = 2**32 - 1
_MOST_NAME, _MOST_TEXT = 200, 20_000

Check = Callable[[Any], bool]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _whole(least: int, most: int) -> Check:
    return lambda value: _is_number(value) and isinstance(value, int) and least <= value <= most


def _is_number(value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and math.isfinite(value)


#: What each option that is given has to be: a test, and the same in words. ``None`` is an option
#: that is not given, but for those of `_NEEDED`.
_RULES: Mapping[str, tuple[Check, str]] = {
    "target": (_is_text, "the name of a column"),
    "metric": (_is_text, "the name of a metric"),
    "partition": (lambda value: value in PARTITIONS, f"one of {', '.join(PARTITIONS)}"),
    "date_column": (_is_text, "the name of a column"),
    "group_column": (_is_text, "the name of a column"),
    "folds": (_whole(1, 20), "an integer from 1 to 20"),
    "holdout_share": (
        lambda value: _is_number(value) and 0.05 <= value <= 0.5,
        "a number from 0.05 to 0.5",
    ),
    "tune": (lambda value: isinstance(value, bool), "True or False"),
    "trials": (_whole(1, 10**9), "an integer above 0"),
    "seed": (_whole(0, _MOST_SEED), f"an integer from 0 to {_MOST_SEED}"),
    "memory_limit_mb": (lambda value: _is_number(value) and value > 0, "a number above 0"),
    "threads": (_whole(1, 10**6), "an integer above 0"),
    "name": (
        lambda value: _is_text(value) and re.fullmatch(NAME_PATTERN, value) is not None,
        f"letters, digits, spaces and any of _ . -, at most {_MOST_NAME}",
    ),
    "description": (
        lambda value: _is_text(value) and len(value) <= _MOST_TEXT and "\0" not in value,
        f"a text of at most {_MOST_TEXT:,} characters",
    ),
}
_NEEDED = frozenset({"target", "partition", "holdout_share", "seed", "description"})


def check_options(recipe: Mapping[str, Any]) -> None:
    """Refuse options that cannot be, whatever the data; raises `InvalidInput`."""
    for option, (is_right, wanted) in _RULES.items():
        value = recipe[option]
        if (value is not None or option in _NEEDED) and not is_right(value):
            raise wrong(option, value, wanted)
    if recipe["partition"] == "group" and recipe["group_column"] is None:
        raise wrong("partition", "group", "given with group_column=")
    for option in ("date_column", "group_column"):
        if recipe[option] == recipe["target"]:
            raise wrong(option, recipe[option], "another column than the target")


def listed(option: str, value: Any, *, texts: bool = True) -> list[Any]:
    """An option of several: one text stands for a list of it; raises `InvalidInput`."""
    if isinstance(value, str):
        return [value]
    found = list(value) if isinstance(value, Iterable) and not isinstance(value, bytes) else None
    if found is None or (texts and not all(map(_is_text, found))):
        raise wrong(option, value, "a list of texts" if texts else "a list")
    return found


def name_of(target: str) -> str:
    """What models of a target are called unless they are given a name: as near as may be."""
    name = re.sub(r"[^A-Za-z0-9_ .\-]", "_", target.strip())[:_MOST_NAME].rstrip()
    return name if re.fullmatch(NAME_PATTERN, name) else f"_{name}"[:_MOST_NAME]


def wrong(option: str, value: object, wanted: str) -> InvalidInput:
    """The error for an option that is not what it has to be."""
    shown = repr(value)
    shown = shown if len(shown) <= 200 else f"{shown[:200]}…"
    return InvalidInput(
        f"{option}={shown} cannot be: it is {wanted}.",
        advice=f"Give another {option}, or leave it out.",
        fields={option: f"not {wanted}"},
    )

"""The options of a leaderboard, as far as they can be checked without the data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..domain.errors import InvalidInput

PARTITIONS = ("auto", "random", "time", "group")
_MOST_SEED = 2**32 - 1


def check_options(recipe: Mapping[str, Any]) -> None:
    """Refuse options that cannot be, whatever the data; raises `InvalidInput`."""
    if recipe["partition"] not in PARTITIONS:
        raise wrong("partition", recipe["partition"], f"one of {', '.join(PARTITIONS)}")
    if recipe["partition"] == "group" and recipe["group_column"] is None:
        raise wrong("partition", "group", "given with group_column=")
    if not 0.05 <= recipe["holdout_share"] <= 0.5:
        raise wrong("holdout_share", recipe["holdout_share"], "from 0.05 to 0.5")
    if recipe["folds"] is not None and not 1 <= recipe["folds"] <= 20:
        raise wrong("folds", recipe["folds"], "from 1 to 20")
    if not isinstance(recipe["seed"], int) or not 0 <= recipe["seed"] <= _MOST_SEED:
        raise wrong("seed", recipe["seed"], f"an integer from 0 to {_MOST_SEED}")
    for option in ("trials", "threads", "memory_limit_mb"):
        if recipe[option] is not None and not recipe[option] > 0:
            raise wrong(option, recipe[option], "more than 0")
    for option in ("date_column", "group_column"):
        if recipe[option] == recipe["target"]:
            raise wrong(option, recipe[option], "another column than the target")


def wrong(option: str, value: object, wanted: str) -> InvalidInput:
    """The error for an option that is not what it has to be."""
    return InvalidInput(
        f"{option}={value!r} cannot be: it is {wanted}.",
        advice=f"Give another {option}, or leave it out.",
        fields={option: f"not {wanted}"},
    )

"""Dividing rows into training, validation (or folds) and an untouched holdout.

Dividing is by row numbers alone, and the same for the same seed. NumPy only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..domain.errors import InvalidInput

Rows = NDArray[np.int64]

HOLDOUT_SHARE = 0.2
#: Of the rows outside the holdout, where one part of them validates.
VALIDATION_SHARE = 0.2
FOLDS = 5
#: From so many rows outside the holdout on, one validation part is enough.
ONE_PART_FROM = 8_000
LEAST_GROUPS = 10
#: Rows that the first window of a time partition has to have, and those that validate it.
LEAST_WINDOW, LEAST_VALIDATING = 25, 5


@dataclass(frozen=True)
class Partition:
    """Rows by number: pairs of training and validation rows, and the holdout."""

    kind: str
    """``random``, ``stratified``, ``time`` or ``group``."""
    column: str | None
    splits: list[tuple[Rows, Rows]] = field(repr=False)
    """One pair, or one per fold; all rows in ascending order.

    By time each fold trains on all rows before those that validate it, and the last has all.
    """
    holdout: Rows = field(repr=False)

    @property
    def is_cross_validated(self) -> bool:
        """Whether there are folds."""
        return len(self.splits) > 1

    @property
    def modelling(self) -> Rows:
        """All rows outside the holdout."""
        first, second = self.splits[-1]
        return np.sort(np.concatenate([first, second]))

    def to_json(self) -> dict[str, Any]:
        """As ``LeaderboardCreate`` has it."""
        outside = len(self.modelling)
        training, validation = self.splits[0]
        validated = sum(len(rows) for _, rows in self.splits)
        rows = {
            "training": outside if self.is_cross_validated else len(training),
            "validation": validated,
            "holdout": len(self.holdout),
        }
        found: dict[str, Any] = {"kind": self.kind, "column": self.column, "rows": rows}
        if self.is_cross_validated:
            return found | {"folds": len(self.splits)}
        return found | {"validation_share": round(len(validation) / outside, 4)}


def divide(
    n: int,
    seed: int,
    *,
    classes: Rows | None = None,
    times: NDArray[Any] | None = None,
    groups: NDArray[Any] | None = None,
    column: str | None = None,
    folds: int | None = None,
    holdout_share: float = HOLDOUT_SHARE,
    validation_share: float = VALIDATION_SHARE,
) -> Partition:
    """Divide n rows.

    Parameters
    ----------
    classes:
        The class of each row, shape (n,): every part has each class's share, within one row.
    times:
        Of each row; the latest are the holdout. Folds are expanding windows, as those of
        scikit-learn's ``TimeSeriesSplit``: each validates on rows that are later than all that it
        was trained on. Rows of one time stay together, so there may be fewer folds than asked
        for. Nothing is random.
    groups:
        Of each row; a group's rows stay together, and no group is in two parts.
    column:
        The name of the column of times or groups.
    folds:
        How many; 1 for one validation part; by the number of rows unless given.

    Raises
    ------
    InvalidInput
        when times or groups are too few to divide.

    """
    if times is not None:
        return _by_time(times, column, folds, holdout_share, validation_share)
    random = np.random.default_rng(seed)
    if groups is not None:
        _, keys = np.unique(groups, return_inverse=True)
        units = _shuffled_groups(keys, random, column)
        place = units[keys]
        count = int(units.max()) + 1
        kind = "group"
    else:
        place = _places(n, random, classes)
        count = n
        kind = "random" if classes is None else "stratified"
    held = place >= round(count * (1 - holdout_share))
    outside = np.flatnonzero(~held)
    if folds is None:
        folds = FOLDS if len(outside) < ONE_PART_FROM else 1
    inside = place[outside]
    if folds == 1:
        validates = inside >= round((inside.max() + 1) * (1 - validation_share))
        parts = [np.flatnonzero(validates)]
    else:
        # stretches of the order, for in each of them the classes have their shares
        fold_of = inside * folds // (inside.max() + 1)
        parts = [np.flatnonzero(fold_of == fold) for fold in range(folds)]
    splits = [(np.delete(outside, part), outside[part]) for part in parts]
    return Partition(kind, column, splits, np.flatnonzero(held))


def _places(n: int, random: np.random.Generator, classes: Rows | None) -> Rows:
    """A random order of the rows, shape (n,); with classes every stretch of it has their mix."""
    place = np.empty(n, np.int64)
    if classes is None:
        place[random.permutation(n)] = np.arange(n)
        return place
    position = np.empty(n, np.float64)
    for label in np.unique(classes):
        rows = np.flatnonzero(classes == label)
        # spread evenly over 0 to 1, in random order
        spread = (np.arange(len(rows)) + random.random()) / len(rows)
        position[random.permutation(rows)] = spread
    place[np.lexsort((random.random(n), position))] = np.arange(n)
    return place


def _shuffled_groups(keys: Rows, random: np.random.Generator, column: str | None) -> Rows:
    """The place of each group in a random order."""
    count = int(keys.max()) + 1
    if count < LEAST_GROUPS:
        raise InvalidInput(
            f"The column {column!r} has {count} groups; at least {LEAST_GROUPS} are needed to "
            "divide them into training, validation and holdout.",
            advice="Choose another group column, or leave it out.",
            fields={"group_column": f"{count} groups"},
        )
    return random.permutation(count)


def _by_time(
    times: NDArray[Any],
    column: str | None,
    folds: int | None,
    holdout_share: float,
    validation_share: float,
) -> Partition:
    ordered = np.sort(times)
    n = len(times)
    at_holdout = ordered[min(n - 1, round(n * (1 - holdout_share)))]
    outside = ordered[ordered < at_holdout]
    if not len(outside):
        raise _too_few_times(column)
    if folds is None:
        folds = FOLDS if len(outside) < ONE_PART_FROM else 1
    begins = _windows(outside, folds) if folds > 1 else []
    if not begins:
        begins = [outside[min(len(outside) - 1, round(len(outside) * (1 - validation_share)))]]
    splits = []
    for begin, end in zip(begins, [*begins[1:], at_holdout], strict=True):
        trains, validates = times < begin, (times >= begin) & (times < end)
        if not trains.any():
            raise _too_few_times(column)
        splits.append((np.flatnonzero(trains), np.flatnonzero(validates)))
    return Partition("time", column, splits, np.flatnonzero(times >= at_holdout))


def _windows(ordered: NDArray[Any], folds: int) -> list[Any]:
    """The times at which the validating parts of expanding windows begin, of sorted times.

    The parts are equally long but for rows of one time; there are fewer where rows are few.
    """
    n = len(ordered)
    while folds > 1:
        length = min(n // (folds + 1), (n - LEAST_WINDOW) // folds)
        if length >= LEAST_VALIDATING:
            places = [n - length * left for left in range(folds, 0, -1)]
            begins = np.unique(ordered[places])
            return [begin for begin in begins if (ordered < begin).sum() >= LEAST_WINDOW]
        folds -= 1
    return []


def _too_few_times(column: str | None) -> InvalidInput:
    return InvalidInput(
        f"The times of {column!r} are too few to divide: most rows have one and the same.",
        advice="Choose another date column, or partition='random'.",
        fields={"date_column": "too few times"},
    )

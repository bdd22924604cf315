"""The population stability index, and what it says of a deployment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .drift import DriftPlan
from .kinds import Status
from .monitoring import FeatureDrift

Floats = NDArray[np.float64]

#: Shares are no smaller, so that an empty bin does not make the index infinite.
FLOOR = 1e-4
#: From here on a column has moved somewhat, and far.
WARNING, FAILING = 0.1, 0.25
#: Rows that are needed to tell.
LEAST_ROWS = 100
#: A feature of less than this part of the largest importance does not decide on the status.
LEAST_IMPORTANCE = 0.1
#: Features that a reason names.
_NAMED = 3


def psi(expected: Any, actual: Any) -> float:
    """The population stability index of two distributions over the same bins, given as counts.

    The sum over bins of ``(a - e) * ln(a / e)`` for the shares ``e`` and ``a`` of expected and
    actual, each at least `FLOOR`; 0 where they are equal, the same when they change places. NaN
    where either has no rows. Source: N. Siddiqi, Credit Risk Scorecards, Wiley 2006, where
    below 0.1 is no significant change, 0.1 to 0.25 a small and more a large one.
    """
    e, a = np.asarray(expected, np.float64), np.asarray(actual, np.float64)
    if not e.sum() > 0 or not a.sum() > 0:
        return float("nan")
    e, a = np.maximum(e / e.sum(), FLOOR), np.maximum(a / a.sum(), FLOOR)
    return float(np.sum((a - e) * np.log(a / e)))


class Indices:
    """The index of every column of a plan at once."""

    def __init__(self, plan: DriftPlan) -> None:
        self._sizes = np.array([len(column) for column in plan.columns])
        self._starts = np.array([column.offset for column in plan.columns])
        self.shares = self._shares(np.concatenate([column.expected for column in plan.columns]))

    def of(self, counts: NDArray[Any]) -> list[float | None]:
        """The `psi` of each column, given counts of shape (plan.size,); ``None`` without rows."""
        e, a = np.maximum(self.shares, FLOOR), np.maximum(self._shares(counts), FLOOR)
        found = np.add.reduceat((a - e) * np.log(a / e), self._starts)
        has_rows = np.add.reduceat(counts, self._starts) > 0
        pairs = zip(found.tolist(), has_rows.tolist(), strict=True)
        return [index if known else None for index, known in pairs]

    def _shares(self, counts: NDArray[Any]) -> Floats:
        totals = np.maximum(np.add.reduceat(counts, self._starts), 1)
        return np.asarray(counts / np.repeat(totals, self._sizes), np.float64)


def status_of(index: float | None, n: int) -> Status:
    """What an index computed from so many rows says."""
    if index is None or n < LEAST_ROWS:
        return Status.UNKNOWN
    if index < WARNING:
        return Status.PASSING
    return Status.WARNING if index < FAILING else Status.FAILING


def least_importance(features: Sequence[FeatureDrift]) -> float:
    """The importance from which on a feature decides; 0 while no importance is known."""
    return LEAST_IMPORTANCE * max((feature.importance or 0.0 for feature in features), default=0.0)


def deciding(features: Sequence[FeatureDrift]) -> list[FeatureDrift]:
    """Those that decide on the status: important enough, or of unknown importance."""
    least = least_importance(features)
    return [f for f in features if f.importance is None or f.importance >= least]


def verdict(features: Sequence[FeatureDrift], target: FeatureDrift | None) -> tuple[Status, str]:
    """The status of a deployment, and why, in one sentence.

    It fails, or warns, where a feature of at least a tenth of the largest importance (any, while
    importances are unknown) or what was predicted does.
    """
    alarming = [*deciding(features), *([target] if target else [])]
    known = [column for column in alarming if column.status is not Status.UNKNOWN]
    if not known:
        n = max((column.n for column in alarming), default=0)
        counted = f"{n:,} {'was' if n == 1 else 'were'}"
        return Status.UNKNOWN, f"{LEAST_ROWS} rows are needed to tell; {counted} counted."
    for status, how in ((Status.FAILING, "far"), (Status.WARNING, "somewhat")):
        moved = [column for column in known if column.status is status]
        if moved:
            return status, f"{_listed(moved, target)} moved {how} from the baseline."
    largest = max(known, key=_index)
    what = "the predictions" if largest is target else largest.name
    return (
        Status.PASSING,
        f"All is near the baseline; the largest PSI is {_index(largest):.3f}, of {what}.",
    )


def _listed(moved: Sequence[FeatureDrift], target: FeatureDrift | None) -> str:
    """The columns that moved most, with their indices."""
    features = sorted((c for c in moved if c is not target), key=_index, reverse=True)
    said = [f"{feature.name} (PSI {_index(feature):.3f})" for feature in features[:_NAMED]]
    if len(features) > _NAMED:
        said.append(f"{len(features) - _NAMED} more features")
    if target is not None and any(column is target for column in moved):
        said.append(f"{'the' if said else 'The'} predictions (PSI {_index(target):.3f})")
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"


def _index(column: FeatureDrift) -> float:
    return column.psi or 0.0

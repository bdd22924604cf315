"""Columns that predict the target alone, which are often known only once the outcome is."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ..domain.frames import Values, is_null

#: How well a column alone has to predict to be told: AUC, or R².
AUC_FROM, R2_FROM = 0.98, 0.97
#: Rows that are looked at, and bins of a column of numbers.
_ROWS, _BINS = 10_000, 50


def leaks(
    columns: Mapping[str, Values],
    outcomes: NDArray[np.float64],
    classes: int,
    rows: NDArray[np.int64],
    seed: int,
) -> dict[str, float]:
    """Columns that predict alone, with how well: AUC (mean of one class against the rest) or R².

    The mean outcome of a column's bins (or of its categories) in one half of the rows predicts
    the other half, and the other way round, so that a column of many values gains nothing by it.

    Parameters
    ----------
    outcomes:
        Numbers, or class indices, of all rows, shape (n,).
    classes:
        How many; 0 for a regression.
    rows:
        The rows to look at, never those of the holdout.

    """
    random = np.random.default_rng(seed)
    chosen = random.permutation(rows)[:_ROWS]
    half = np.arange(len(chosen)) % 2 == 0
    actual = outcomes[chosen]
    if classes == 0:
        wanted = actual[:, None]
    else:
        counted = range(1, 2) if classes == 2 else range(classes)
        wanted = np.column_stack([actual == k for k in counted]).astype(np.float64)
    found = {}
    for name, values in columns.items():
        codes = _codes(values, chosen)
        scores = [_power(codes, half, wanted[:, k], classes) for k in range(wanted.shape[1])]
        known = [score for score in scores if score is not None]
        if known and np.mean(known) >= (AUC_FROM if classes else R2_FROM):
            found[name] = float(np.mean(known))
    return found


def _codes(values: Values, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """The bin or category of each chosen row; missing ones have their own."""
    array = values if isinstance(values, np.ndarray) else np.array(values, dtype=object)
    array = array[chosen]
    if array.dtype.kind == "M":
        numbers = array.astype("datetime64[us]").astype(np.int64).astype(np.float64)
        numbers[np.isnat(array)] = np.nan
        array = numbers
    if array.dtype.kind in "fiu":
        numbers = array.astype(np.float64)
        finite = np.isfinite(numbers)
        if not finite.any():
            return np.zeros(len(numbers), np.int64)
        edges = np.unique(np.quantile(numbers[finite], np.linspace(0, 1, _BINS + 1)[1:-1]))
        # both sides: a value that is common has a bin of its own
        codes = np.searchsorted(edges, numbers, "left") + np.searchsorted(edges, numbers, "right")
        codes[~finite] = 2 * len(edges) + 1
        return codes.astype(np.int64)
    texts = np.array(["" if is_null(value) else f"={value}" for value in array.tolist()])
    return np.unique(texts, return_inverse=True)[1].astype(np.int64)


def _power(
    codes: NDArray[np.int64], half: NDArray[np.bool_], wanted: NDArray[np.float64], classes: int
) -> float | None:
    """The mean over both halves of how well the other half's means predict."""
    scores = []
    for one, other in ((half, ~half), (~half, half)):
        size = int(codes.max()) + 1
        counts = np.bincount(codes[one], minlength=size)
        sums = np.bincount(codes[one], weights=wanted[one], minlength=size)
        overall = wanted[one].mean()
        means = np.where(counts > 0, sums / np.maximum(counts, 1), overall)
        score = (_auc if classes else _r2)(means[codes[other]], wanted[other])
        if score is not None:
            scores.append(score)
    return float(np.mean(scores)) if scores else None


def _auc(scores: NDArray[np.float64], happened: NDArray[np.float64]) -> float | None:
    """The area under the ROC curve, ties counted half."""
    values, places = np.unique(scores, return_inverse=True)
    positives = np.bincount(places, weights=happened, minlength=len(values))
    negatives = np.bincount(places, weights=1 - happened, minlength=len(values))
    if not positives.sum() or not negatives.sum():
        return None
    below = np.cumsum(negatives) - negatives
    area = (positives * (below + negatives / 2)).sum()
    return float(area / positives.sum() / negatives.sum())


def _r2(predicted: NDArray[np.float64], actual: NDArray[np.float64]) -> float | None:
    spread = ((actual - actual.mean()) ** 2).sum()
    return None if not spread else float(1 - ((actual - predicted) ** 2).sum() / spread)

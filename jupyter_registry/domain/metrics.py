"""The metrics, by scikit-learn's definitions, computed from accumulators.

Undefined values (AUC of one class, R² of one row) are ``None``; divisions by zero follow
scikit-learn's ``zero_division=0``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from .accumulators import Accumulator
from .errors import InvalidInput, nearest
from .exact import ExactSum
from .kinds import TargetType
from .target import Target


@dataclass(frozen=True)
class Metric:
    """A metric's name in the API, its title, and which way is better."""

    name: str
    title: str
    greater_is_better: bool


METRICS: Mapping[TargetType, tuple[Metric, ...]] = {
    TargetType.REGRESSION: (
        Metric("rmse", "RMSE", False),
        Metric("mae", "MAE", False),
        Metric("mape", "MAPE", False),
        Metric("r2", "R²", True),
    ),
    TargetType.BINARY: (
        Metric("log_loss", "Log loss", False),
        Metric("auc", "AUC", True),
        Metric("accuracy", "Accuracy", True),
        Metric("balanced_accuracy", "Balanced accuracy", True),
        Metric("precision", "Precision", True),
        Metric("recall", "Recall", True),
        Metric("f1", "F1", True),
        Metric("fpr", "False positive rate", False),
        Metric("mcc", "MCC", True),
        Metric("brier", "Brier score", False),
        Metric("gini", "Normalised Gini", True),
        Metric("ks", "KS", True),
    ),
    TargetType.MULTICLASS: (
        Metric("log_loss", "Log loss", False),
        Metric("accuracy", "Accuracy", True),
        Metric("balanced_accuracy", "Balanced accuracy", True),
        Metric("macro_f1", "Macro F1", True),
    ),
}

Values = dict[str, tuple[float | None, int]]


def check_names(target_type: TargetType, names: list[str] | tuple[str, ...]) -> None:
    """Refuse metric names that the target type does not have.

    Raises
    ------
    InvalidInput
        naming the unknown one, the nearest and all known ones.

    """
    known = [metric.name for metric in METRICS[target_type]]
    for name in names:
        if name not in known:
            raise InvalidInput(
                f"{name!r} is not a metric of a {target_type} target.",
                advice=f"{nearest(name, known)} Known: {', '.join(known)}.".strip(),
                fields={"metric": f"unknown: {name}"},
            )


def compute(target: Target, accumulator: Accumulator) -> Values:
    """Every metric of the target's type: name → (value or ``None``, sample count)."""
    if target.type is TargetType.REGRESSION:
        return _regression(accumulator)
    if target.type is TargetType.BINARY:
        return _binary(target, accumulator)
    return _multiclass(target, accumulator)


def confusion_matrix(target: Target, accumulator: Accumulator) -> NDArray[np.int64]:
    """Counts of actual (rows) by predicted class (columns), shape (K, K)."""
    k = len(target.class_labels)
    return accumulator.counts[1:].reshape(k, k)


def rows(target: Target, accumulator: Accumulator) -> int:
    """How many matched rows an accumulator holds."""
    if target.type is TargetType.REGRESSION:
        return int(accumulator.counts[0])
    return int(accumulator.counts[1:].sum())


def _regression(accumulator: Accumulator) -> Values:
    n = int(accumulator.counts[0])
    squared, absolute, percentage, total, total_squared, _ = accumulator.sums
    if n == 0:
        return {metric.name: (None, 0) for metric in METRICS[TargetType.REGRESSION]}
    return {
        "rmse": (_root_mean(squared, n), n),
        "mae": (absolute.over(n), n),
        "mape": (percentage.over(n), n),
        "r2": (
            _r2(n, squared.fraction(), total.fraction(), total_squared.fraction()),
            n,
        ),
    }


def _root_mean(squared: ExactSum, n: int) -> float:
    mean = squared.over(n)
    if math.isinf(mean):  # the mean is beyond float64, its root is not
        return math.sqrt(squared.over(n << 1200)) * 2.0**600
    return math.sqrt(mean)


def _r2(n: int, squared: Fraction, total: Fraction, total_squared: Fraction) -> float | None:
    """``1 - SS_res / SS_tot``; a constant target gives 1 when hit exactly, else 0.

    ``None`` of fewer than two rows, and where the ratio is beyond float64.
    """
    if n < 2:
        return None
    spread = total_squared - total * total / n
    if spread == 0:
        return 1.0 if squared == 0 else 0.0
    try:
        return float(1 - squared / spread)
    except OverflowError:
        return None


def _binary(target: Target, accumulator: Accumulator) -> Values:
    # plain numbers: over time there are thousands of these, and arrays of four cost more
    scored, *four = accumulator.counts.tolist()
    (tn, fp, fn, tp) = four if target.positive_index else reversed(four)
    n = tn + fp + fn + tp
    recalls = [hit / of for hit, of in ((tp, tp + fn), (tn, tn + fp)) if of]
    loss, brier, _ = accumulator.sums
    sketch = accumulator.sketch
    auc = sketch.auc() if sketch is not None and scored else None
    ks = sketch.ks() if sketch is not None and scored else None
    scale = math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
    empty = n == 0
    return {
        "log_loss": (loss.over(scored) if scored else None, scored),
        "auc": (auc, scored),
        "accuracy": (None if empty else (tp + tn) / n, n),
        "balanced_accuracy": (sum(recalls) / len(recalls) if recalls else None, n),
        "precision": (None if empty else _ratio(tp, tp + fp), n),
        "recall": (None if empty else _ratio(tp, tp + fn), n),
        "f1": (None if empty else _ratio(2 * tp, 2 * tp + fp + fn), n),
        "fpr": (None if fp + tn == 0 else fp / (fp + tn), n),
        "mcc": (None if empty else ((tp * tn - fp * fn) / scale if scale else 0.0), n),
        "brier": (brier.over(scored) if scored else None, scored),
        "gini": (None if auc is None else 2 * auc - 1, scored),
        "ks": (ks, scored),
    }


def _multiclass(target: Target, accumulator: Accumulator) -> Values:
    matrix = confusion_matrix(target, accumulator)
    n, scored = int(matrix.sum()), int(accumulator.counts[0])
    return {
        "log_loss": (accumulator.sums[0].over(scored) if scored else None, scored),
        "accuracy": (int(np.trace(matrix)) / n if n else None, n),
        "balanced_accuracy": (_balanced(matrix), n),
        "macro_f1": (_macro_f1(matrix), n),
    }


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _balanced(matrix: NDArray[np.int64]) -> float | None:
    """Mean recall of the classes that occur among the actuals."""
    actual = matrix.sum(axis=1)
    present = actual > 0
    if not present.any():
        return None
    return float(np.mean(np.diag(matrix)[present] / actual[present]))


def _macro_f1(matrix: NDArray[np.int64]) -> float | None:
    """Mean F1 of the classes that occur among the actuals or the predictions."""
    both = matrix.sum(axis=1) + matrix.sum(axis=0)
    present = both > 0
    if not present.any():
        return None
    return float(np.mean(2 * np.diag(matrix)[present] / both[present]))

"""The metrics, by scikit-learn's definitions, computed from accumulators.

Undefined values (AUC of one class, R² of one row) are ``None``; divisions by zero follow
scikit-learn's ``zero_division=0``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .accumulators import Accumulator
from .errors import InvalidInput, nearest
from .exact import ExactSum
from .kinds import TargetType
from .scores import ScoreSketch, auc_of_all, ks_of_all
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
    # scores have no threshold, so only what ranks them is measured
    TargetType.ANOMALY: (
        Metric("auc", "AUC", True),
        Metric("gini", "Normalised Gini", True),
        Metric("ks", "KS", True),
    ),
    TargetType.UNSTRUCTURED: (),
}

#: The metrics that are read from score sketches.
FROM_SKETCH = frozenset({"auc", "gini", "ks"})

Values = dict[str, tuple[float | None, int]]
#: Metric → (values, sample counts) of several accumulators.
Columns = dict[str, tuple[list[float | None], list[int]]]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


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
                f"{name!r} is not a metric of {target_type.with_article} target.",
                advice=f"{nearest(name, known)} Known: {', '.join(known) or 'none'}.".strip(),
                fields={"metric": f"unknown: {name}"},
            )


def compute(target: Target, accumulator: Accumulator) -> Values:
    """Every metric of the target's type: name → (value or ``None``, sample count)."""
    found = compute_all(target, [accumulator])
    return {name: (values[0], counts[0]) for name, (values, counts) in found.items()}


def compute_all(
    target: Target, accumulators: Sequence[Accumulator], names: Sequence[str] = ()
) -> Columns:
    """`compute` of several accumulators at once, of which there may be thousands.

    Parameters
    ----------
    names:
        The metrics wanted; all of the target's type unless given. Score sketches are needed for
        those in `FROM_SKETCH` alone.

    Returns
    -------
    dict
        name → (values, sample counts), each as long as ``accumulators``.

    """
    wanted = names or [metric.name for metric in METRICS[target.type]]
    if target.type is TargetType.REGRESSION:
        found = _regression(accumulators, wanted)
    elif target.type is TargetType.ANOMALY:
        found = _anomaly(accumulators, wanted)
    elif target.type is TargetType.UNSTRUCTURED:
        found = {}
    elif target.type is TargetType.BINARY:
        found = _binary(target, accumulators, wanted)
    else:
        found = _multiclass(target, accumulators)
    return {name: found[name] for name in wanted}


def confusion_matrix(target: Target, accumulator: Accumulator) -> NDArray[np.int64]:
    """Counts of actual (rows) by predicted class (columns), shape (K, K)."""
    k = len(target.class_labels)
    return accumulator.counts[1:].reshape(k, k)


def rows(target: Target, accumulator: Accumulator) -> int:
    """How many matched rows an accumulator holds."""
    if not target.type.is_classification:
        return int(accumulator.counts[0])
    return int(accumulator.counts[1:].sum())


def rows_of_all(target: Target, accumulators: Sequence[Accumulator]) -> Ints:
    """`rows` of several accumulators, shape (n,)."""
    counts = counts_of_all(accumulators)
    if not target.type.is_classification:
        return counts[:, 0]
    total: Ints = counts[:, 1:].sum(axis=1)
    return total


def counts_of_all(accumulators: Sequence[Accumulator]) -> Ints:
    """The counts of several accumulators of a kind, shape (n, counts of each)."""
    # in a quarter of the time that `np.array` takes
    counts = np.concatenate([accumulator.counts for accumulator in accumulators])
    return counts.reshape(len(accumulators), -1)


def _regression(accumulators: Sequence[Accumulator], wanted: Sequence[str]) -> Columns:
    counts = [int(accumulator.counts[0]) for accumulator in accumulators]
    found: dict[str, list[float | None]] = {name: [] for name in wanted}
    for n, accumulator in zip(counts, accumulators, strict=True):
        squared, absolute, percentage, total, total_squared, _ = accumulator.sums
        for name, values in found.items():
            match name:
                case "rmse":
                    values.append(_root_mean(squared, n) if n else None)
                case "mae":
                    values.append(absolute.over(n) if n else None)
                case "mape":
                    values.append(percentage.over(n) if n else None)
                case "r2":
                    values.append(_r2(n, squared, total, total_squared))
    return {name: (values, counts) for name, values in found.items()}


def _root_mean(squared: ExactSum, n: int) -> float:
    mean = squared.over(n)
    if math.isinf(mean):  # the mean is beyond float64, its root is not
        return math.sqrt(squared.over(n << 1200)) * 2.0**600
    return math.sqrt(mean)


def _r2(n: int, squared: ExactSum, total: ExactSum, total_squared: ExactSum) -> float | None:
    """``1 - SS_res / SS_tot``; a constant target gives 1 when hit exactly, else 0.

    ``None`` of fewer than two rows, and where the ratio is beyond float64.
    """
    if n < 2:
        return None
    # integers that no rounding touches: as fractions, ten times as slow
    missed, spread = n * squared.units_squared, n * total_squared.units_squared - total.units**2
    if spread == 0:
        return 1.0 if missed == 0 else 0.0
    try:
        return (spread - missed) / spread
    except OverflowError:
        return None


def _binary(target: Target, accumulators: Sequence[Accumulator], wanted: Sequence[str]) -> Columns:
    scored, *four = counts_of_all(accumulators).T
    tn, fp, fn, tp = four if target.positive_index else reversed(four)
    n = tn + fp + fn + tp
    known = n > 0
    recall, specificity = _ratio(tp, tp + fn), _ratio(tn, tn + fp)
    present = np.minimum(tp + fn, 1) + np.minimum(tn + fp, 1)
    rows, scores = n.tolist(), scored.tolist()

    def mean(place: int) -> list[float | None]:
        pairs = zip(accumulators, scores, strict=True)
        return [accumulator.mean(place, k) if k else None for accumulator, k in pairs]

    of_rows: dict[str, Callable[[], list[float | None]]] = {
        "accuracy": lambda: _where(known, _ratio(tp + tn, n)),
        "balanced_accuracy": lambda: _where(known, _ratio(recall + specificity, present)),
        "precision": lambda: _where(known, _ratio(tp, tp + fp)),
        "recall": lambda: _where(known, recall),
        "f1": lambda: _where(known, _ratio(2 * tp, 2 * tp + fp + fn)),
        "fpr": lambda: _where(fp + tn > 0, _ratio(fp, fp + tn)),
        "mcc": lambda: [_mcc(*cells) for cells in np.stack([tn, fp, fn, tp], axis=1).tolist()],
    }
    of_scores: dict[str, Callable[[], list[float | None]]] = {
        "log_loss": lambda: mean(0),
        "brier": lambda: mean(1),
        **_of_sketches(accumulators, scores),
    }
    return {
        name: (of_rows[name](), rows) if name in of_rows else (of_scores[name](), scores)
        for name in wanted
    }


def _anomaly(accumulators: Sequence[Accumulator], wanted: Sequence[str]) -> Columns:
    counts = [int(accumulator.counts[0]) for accumulator in accumulators]
    found = _of_sketches(accumulators, counts)
    return {name: (found[name](), counts) for name in wanted}


def _of_sketches(
    accumulators: Sequence[Accumulator], counts: Sequence[int]
) -> dict[str, Callable[[], list[float | None]]]:
    """How the metrics `FROM_SKETCH` are read, of accumulators with so many scored rows."""

    def sketches() -> Iterator[ScoreSketch | None]:
        pairs = zip(accumulators, counts, strict=True)
        return (accumulator.sketch if k else None for accumulator, k in pairs)

    return {
        "auc": lambda: auc_of_all(sketches()),
        "gini": lambda: [None if auc is None else 2 * auc - 1 for auc in auc_of_all(sketches())],
        "ks": lambda: ks_of_all(sketches()),
    }


def _mcc(tn: int, fp: int, fn: int, tp: int) -> float | None:
    """Matthews' correlation coefficient; of Python's integers, for the products are long."""
    scale = math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
    if not scale:
        return 0.0 if tn + fp + fn + tp else None
    return (tp * tn - fp * fn) / scale


def _multiclass(target: Target, accumulators: Sequence[Accumulator]) -> Columns:
    k = len(target.class_labels)
    counts = counts_of_all(accumulators)
    matrices = counts[:, 1:].reshape(-1, k, k)
    n, hits = matrices.sum(axis=(1, 2)), np.diagonal(matrices, axis1=1, axis2=2)
    actual, predicted = matrices.sum(axis=2), matrices.sum(axis=1)
    rows, scored = n.tolist(), counts[:, 0].tolist()
    losses = [
        accumulator.mean(0, m) if m else None
        for accumulator, m in zip(accumulators, scored, strict=True)
    ]
    return {
        "log_loss": (losses, scored),
        "accuracy": (_where(n > 0, _ratio(hits.sum(axis=1), n)), rows),
        # mean recall of the classes that occur among the actuals
        "balanced_accuracy": (_mean_of_present(hits, actual), rows),
        # mean F1 of the classes that occur among the actuals or the predictions
        "macro_f1": (_mean_of_present(2 * hits, actual + predicted), rows),
    }


def _ratio(part: Any, whole: Any) -> Floats:
    """``part / whole``, 0 where nothing is divided."""
    ratio: Floats = np.divide(part, whole, out=np.zeros(np.shape(whole)), where=whole > 0)
    return ratio


def _where(known: NDArray[np.bool_], values: Floats) -> list[float | None]:
    """The values that are known, as a list."""
    pairs = zip(known.tolist(), values.tolist(), strict=True)
    return [value if is_known else None for is_known, value in pairs]


def _mean_of_present(parts: Ints, wholes: Ints) -> list[float | None]:
    """For each row the mean of ``parts / wholes`` over the columns whose whole is not 0."""
    present = (wholes > 0).sum(axis=1)
    return _where(present > 0, _ratio(_ratio(parts, wholes).sum(axis=1), present))

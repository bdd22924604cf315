"""The baseline: what training or holdout data looked like, for comparison with what comes later."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import metrics
from .accumulators import Accumulator, matched_by_group
from .errors import InvalidInput
from .frames import Values, is_null, to_datetimes
from .kinds import TargetType
from .score_bins import in_unit
from .scores import ScoreSketch
from .signature import Dtype, Signature
from .target import Target, label_text

#: Bins of a numeric histogram lie between the quantiles of the data.
BINS = 10
#: Categories kept by name; the rest count as other.
CATEGORIES = 50

_YES_OR_NO = {"true": 1.0, "1": 1.0, "1.0": 1.0, "false": 0.0, "0": 0.0, "0.0": 0.0}


def compute_baseline(
    target: Target,
    signature: Signature,
    *,
    training: Mapping[str, Values] | None = None,
    holdout: Mapping[str, Values] | None = None,
    values: NDArray[np.float64] | None = None,
    probabilities: NDArray[np.float64] | None = None,
) -> dict[str, Any]:
    """Holdout metrics, feature histograms and target distribution, as JSON-able data.

    Parameters
    ----------
    training, holdout:
        Columns by name, the target among them. Histograms are of the training data, or of the
        holdout where there is none.
    values:
        Predictions on the holdout, shape (n,): numbers, or the positive class's probability. Of
        anomalies the scores of the training data where there is no holdout.
    probabilities:
        Predictions on the holdout of a multiclass model, shape (n, K).

    Returns
    -------
    dict
        ``metrics`` name → ``{"value", "n"}`` (of holdout rows whose target is known),
        ``rows``, ``features`` name → histogram, ``target`` distribution.

    """
    result: dict[str, Any] = {
        "rows": {
            "training": _rows(training),
            "holdout": _rows(holdout),
        },
        "metrics": {},
        "features": {},
        "target": None,
    }
    source = training if training is not None else holdout
    if source is not None:
        for column in signature.columns:
            if source.get(column.name) is not None:
                result["features"][column.name] = histogram(column.dtype, source[column.name])
        if target.type is TargetType.ANOMALY:
            # what comes later is compared with the scores: outcomes are yes or no
            result["target"] = None if values is None else histogram(Dtype.NUMBER, values)
        elif source.get(target.name) is not None:
            dtype = Dtype.STRING if target.type.is_classification else Dtype.NUMBER
            outcomes = source[target.name]
            if target.type.is_classification:
                outcomes = [None if is_null(v) else label_text(v) for v in _items(outcomes)]
            result["target"] = histogram(dtype, outcomes)
    if (
        holdout is not None
        and holdout.get(target.name) is not None
        and (values is not None or probabilities is not None)
    ):
        result["metrics"] = holdout_metrics(
            target, holdout[target.name], values=values, probabilities=probabilities
        )
    return result


def holdout_metrics(
    target: Target,
    outcomes: Values,
    *,
    values: NDArray[np.float64] | None = None,
    probabilities: NDArray[np.float64] | None = None,
) -> dict[str, dict[str, Any]]:
    """Every metric of the target's type on rows whose outcome is known; AUC and KS are exact.

    Rows that the model gave no finite prediction for are left out too.
    """
    actual, known = encode_outcomes(target, outcomes)
    if values is not None:
        known = known & np.isfinite(values)
    if probabilities is not None:
        known = known & np.isfinite(probabilities).all(axis=1)
    actual = actual[known]
    v = None if values is None else np.asarray(values, np.float64)[known]
    p = None if probabilities is None else np.asarray(probabilities, np.float64)[known]
    labels = predicted_labels(target, v, p)
    groups = np.zeros(len(actual), np.int64)
    accumulator: Accumulator = matched_by_group(target, actual, v, labels, p, groups, 1)[0]
    if target.type is TargetType.BINARY and v is not None:
        whole = ScoreSketch.of(v, actual == target.positive_index)
        accumulator = Accumulator(accumulator.counts, accumulator.sums, whole)
    if target.type is TargetType.ANOMALY and v is not None:
        whole = ScoreSketch.of(in_unit(v), actual > 0)
        accumulator = Accumulator(accumulator.counts, accumulator.sums, whole)
    return {
        name: {"value": value, "n": n}
        for name, (value, n) in metrics.compute(target, accumulator).items()
    }


def encode_outcomes(
    target: Target, outcomes: Values
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Outcomes as numbers or class indices, shape (n,), and which of them are known.

    Of an anomaly they are `outcome_of_anomaly`'s. A null, a label that is no class and a number
    that is not finite are not known.
    """
    items = _items(outcomes)
    if not target.type.is_classification:
        read = outcome_of_anomaly if target.type is TargetType.ANOMALY else _number
        numbers = np.array([math.nan if is_null(v) else read(v) for v in items], np.float64)
        if target.type is TargetType.ANOMALY:
            return numbers, np.isin(numbers, (0.0, 1.0))
        return numbers, np.isfinite(numbers)
    index = {label: float(i) for i, label in enumerate(target.class_labels)}
    codes = np.array(
        [math.nan if is_null(v) else index.get(label_text(v), math.nan) for v in items], np.float64
    )
    return codes, ~np.isnan(codes)


def outcome_of_anomaly(value: object) -> float:
    """1 for what was an anomaly (true, 1), 0 for what was none (false, 0), of any type or as text.

    NaN for anything else: not even scikit-learn's -1 and 1, of which 1 is the usual row.
    """
    return _YES_OR_NO.get(label_text(value).strip().lower(), math.nan)


def _number(value: Any) -> float:
    return math.nan if isinstance(value, str) else float(value)


def predicted_labels(
    target: Target,
    values: NDArray[np.float64] | None,
    probabilities: NDArray[np.float64] | None,
    threshold: float | None = None,
) -> NDArray[np.int64] | None:
    """The index of the predicted class per row; ``None`` where there are no classes.

    Binary: the positive class where its probability is at least the threshold (the target's
    unless given); multiclass: the most probable class, the first among equals.
    """
    if target.type is TargetType.BINARY and values is not None:
        cut = target.threshold if threshold is None else threshold
        positive = target.positive_index
        return np.where(values >= cut, positive, 1 - positive)
    if target.type is TargetType.MULTICLASS and probabilities is not None:
        best: NDArray[np.int64] = np.argmax(probabilities, axis=1)
        return best
    return None


def histogram(dtype: Dtype, values: Values) -> dict[str, Any]:
    """A column's distribution: quantile bins for numbers and dates, top categories for the rest."""
    items = _items(values)
    missing = sum(1 for value in items if is_null(value))
    common: dict[str, Any] = {"dtype": dtype.value, "n": len(items), "missing": missing}
    if dtype in (Dtype.NUMBER, Dtype.INTEGER, Dtype.DATETIME):
        if dtype is Dtype.DATETIME:
            stamps = to_datetimes(values, _not_a_time)
            numbers = stamps[~np.isnat(stamps)].astype(np.int64) / 1e6
            common["missing"] = int(np.isnat(stamps).sum())
        else:
            numbers = np.array([float(v) for v in items if not is_null(v)], np.float64)
        return common | _quantile_bins(numbers[np.isfinite(numbers)])
    tally = Counter(str(value) for value in items if not is_null(value))
    top = sorted(tally.items(), key=lambda pair: (-pair[1], pair[0]))[:CATEGORIES]
    return common | {
        "categories": [name for name, _ in top],
        "counts": [count for _, count in top],
        "other": sum(tally.values()) - sum(count for _, count in top),
    }


def _quantile_bins(numbers: NDArray[np.float64]) -> dict[str, Any]:
    """Edges on the quantiles (fewer where they coincide), counts, and the usual moments."""
    if len(numbers) == 0:
        return {"edges": [], "counts": []}
    edges = np.unique(np.quantile(numbers, np.linspace(0, 1, BINS + 1)))
    if len(edges) == 1:
        edges = np.array([edges[0], edges[0]])
        counts = np.array([len(numbers)])
    else:
        counts, edges = np.histogram(numbers, edges)
    with np.errstate(over="ignore", invalid="ignore"):
        mean, std = float(numbers.mean()), float(numbers.std())
    return {
        "edges": edges.tolist(),
        "counts": counts.tolist(),
        # JSON has no infinity: moments that overflow are unknown
        "mean": mean if math.isfinite(mean) else None,
        "std": std if math.isfinite(std) else None,
        "min": float(numbers.min()),
        "max": float(numbers.max()),
    }


def _not_a_time(row: int, value: Any) -> InvalidInput:
    return InvalidInput(
        f"Row {row} of a datetime column has {value!r}, which is no date and time.",
        advice="Give ISO 8601 text or times, or another dtype in the signature.",
        fields={"row": row},
    )


def _items(values: Values) -> list[Any]:
    return values.tolist() if isinstance(values, np.ndarray) else list(values)


def _rows(columns: Mapping[str, Values] | None) -> int:
    return len(next(iter(columns.values()))) if columns else 0

"""What is shown of one candidate: curves, confusion, residuals, importance, dependence, learning.

All is of validation rows, as said by models that had not seen them; never of the holdout.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..domain.baseline import predicted_labels
from ..domain.curves import Counted, cumulative_gain, roc
from ..domain.frames import Frame
from ..domain.kinds import TargetType
from ..domain.ranking import score_of
from ..domain.signature import Dtype
from ..formats.arrow_tables import json_value
from ..formats.sklearn_predictor import SklearnPredictor
from .evaluation import Material, Order, Trained, some
from .families import FAMILIES
from .partition import Rows
from .pipelines import pipeline

#: Points of a curve, rows of a scatter plot.
_POINTS, _SAMPLED = 100, 500
#: Rows and features of importance and dependence, and points of the latter.
_ROWS, _FEATURES, _DEPENDENT, _GRID = 500, 100, 5, 12
#: Rows of importance where a model takes long for each, as one does that compares it with all.
_ROWS_OF_SLOW = 150
#: Rows that a model is asked about at once.
_ASKED = 5_000
#: Rows of importance where even these would take too long.
_LEAST_ROWS = 100
#: A column of few rows is shuffled so often: once would be luck.
_SHUFFLES = 5
#: Shares of the training rows that a learning curve is of, beside all of them.
_SHARES = (0.125, 0.25, 0.5)


def quick(material: Material, trained: Trained) -> dict[str, Any]:
    """What validation scores alone tell: ROC, lift and confusion, or residuals."""
    target, rows, scores = material.target, trained.rows, trained.scores
    if target.type is TargetType.REGRESSION:
        return {"residuals": _residuals(material.outcomes[rows].astype(np.float64), scores)}
    codes = _codes(material, rows)
    several = target.type is TargetType.MULTICLASS
    labels = predicted_labels(target, None if several else scores, scores if several else None)
    assert labels is not None
    k = len(target.class_labels)
    matrix = np.bincount(codes * k + labels, minlength=k * k).reshape(k, k)
    found: dict[str, Any] = {
        "confusion": {"labels": list(target.class_labels), "matrix": matrix.tolist()}
    }
    if not several:
        found |= _curves(scores, codes == target.positive_index)
    return found


def importance(
    material: Material, trained: Trained, family: str, seconds: float
) -> tuple[dict[str, float], str] | None:
    """How much the loss rises when a column is shuffled, the largest 1; ``None`` out of time.

    L. Breiman, Random Forests (2001); of at most 500 validation rows of the last fold (150 of a
    model that is slow to ask, 100 where time is short), by the squared error or the log loss. Of
    fewer rows it is the mean of up to five shuffles.
    """
    names = material.signature.names
    if len(names) > _FEATURES:
        return None
    most = _ROWS if FAMILIES[family].most_rows is None else _ROWS_OF_SLOW
    rows = some(material, material.partition.splits[-1][1], most)
    ask = material.asking(SklearnPredictor(trained.fold_model))
    began = time.monotonic()
    frame = material.rows_of(rows)
    told = ask(frame)
    once = time.monotonic() - began
    if once * len(names) > seconds:  # by its rows, or as the machine is busy
        rows = some(material, rows, _LEAST_ROWS)
        frame = material.rows_of(rows)
        told = ask(frame)
        times = 1
    else:
        affordable = seconds / max(once * len(names), 1e-9)
        times = max(1, int(min(_SHUFFLES, most // len(rows), affordable)))
    loss = _loss(material, rows)
    before = loss(told)
    random = np.random.default_rng(material.making.seed)
    shuffled = [(name, random.permutation(frame[name])) for name in names for _ in range(times)]
    asked = _ask_changed(ask, frame, shuffled, seconds)
    if asked is None:
        return None
    losses = np.array([loss(told) for told in asked]).reshape(len(names), times)
    rises = dict(zip(names, (losses.mean(axis=1) - before).tolist(), strict=True))
    largest = max(rises.values(), default=0.0)
    if largest <= 0:
        return None
    how = f"permutation of {len(rows)} validation rows" + (f", {times} times" if times > 1 else "")
    return {name: max(0.0, rise / largest) for name, rise in rises.items()}, how


def dependence(
    material: Material, trained: Trained, leading: list[str], seconds: float
) -> dict[str, Any] | None:
    """The mean prediction with one column set to each of some values; ``None`` out of time.

    J. Friedman, Greedy Function Approximation (2001), section 8.2; of at most 500 validation
    rows. Per feature ``values`` and ``mean`` (the positive class's probability, the number, or a
    list per class).
    """
    rows = _sample(material, material.partition.splits[-1][1])
    frame = material.rows_of(rows)
    ask = material.asking(SklearnPredictor(trained.fold_model))
    dtypes = {column.name: column.dtype for column in material.signature.columns}
    grids = {name: _grid(frame[name], dtypes[name]) for name in leading[:_DEPENDENT]}
    changes = []
    for name, grid in grids.items():
        for value in grid:
            column = frame[name].copy()
            column[:] = value
            changes.append((name, column))
    asked = _ask_changed(ask, frame, changes, seconds)
    if asked is None:
        return None
    means = iter([np.mean(told, axis=0).tolist() for told in asked])
    return {
        name: {"values": [_plain(value) for value in grid], "mean": [next(means) for _ in grid]}
        for name, grid in grids.items()
    }


def learning_curve(
    material: Material, order: Order, trained: Trained, metric: str, seconds: float
) -> list[dict[str, Any]] | None:
    """The metric by the number of training rows, on the last fold; ``None`` out of time."""
    training, validation = material.partition.splits[-1]
    most = FAMILIES[order.family].most_rows
    if most is not None and len(training) > most:  # more rows would be the same ones
        return None
    if trained.training_seconds * sum(_SHARES) > seconds:
        return None
    random = np.random.default_rng(material.making.seed)
    # of a time split the latest rows are kept, as one would train again
    by_time = material.partition.kind == "time"
    shuffled = training if by_time else random.permutation(training)
    points = []
    for share in _SHARES:
        n = max(20, int(len(training) * share))
        chosen = np.sort(shuffled[-n:])
        model = pipeline(material.making, order.family, order.parameters)
        material.fit(model, chosen)
        measured = material.metrics(validation, material.scores(model, validation))
        points.append({"rows": n, "score": measured[metric]["value"]})
    measured = material.metrics(validation, material.scores(trained.fold_model, validation))
    points.append({"rows": len(training), "score": measured[metric]["value"]})
    return points


def score(trained: Trained, metric: str) -> float | None:
    """The candidate's validation score."""
    return score_of(trained.validation, metric)


# --- parts ----------------------------------------------------------------------------------


def _ask_changed(
    ask: Callable[[Frame], NDArray[np.float64]],
    frame: Frame,
    changes: Sequence[tuple[str, NDArray[Any]]],
    seconds: float,
) -> list[NDArray[np.float64]] | None:
    """What a model says of the rows with one column changed, for each of the changes.

    Several are asked at once: what a model takes for a call, whatever its rows, is paid less
    often. ``None`` where all would take longer than so many seconds.
    """
    n = len(next(iter(frame.values())))
    together = max(1, _ASKED // n)
    found: list[NDArray[np.float64]] = []
    began = time.monotonic()
    for first in range(0, len(changes), together):
        batch = changes[first : first + together]
        rows = {name: np.tile(values, len(batch)) for name, values in frame.items()}
        for place, (name, column) in enumerate(batch):
            rows[name][place * n : (place + 1) * n] = column
        found += np.split(ask(rows), len(batch))
        if (time.monotonic() - began) / len(found) * len(changes) > seconds:
            return None
    return found


def _codes(material: Material, rows: Rows) -> NDArray[np.int64]:
    index = {label: place for place, label in enumerate(material.target.class_labels)}
    return np.array([index[label] for label in material.outcomes[rows]], np.int64)


def _sample(material: Material, rows: Rows) -> Rows:
    return some(material, rows, _ROWS)


def _loss(material: Material, rows: Rows) -> Callable[[NDArray[np.float64]], float]:
    if material.target.type is TargetType.REGRESSION:
        actual = material.outcomes[rows].astype(np.float64)
        return lambda scores: float(np.sqrt(np.mean((scores - actual) ** 2)))
    codes = _codes(material, rows)
    tiny = float(np.finfo(np.float64).eps)
    if material.target.type is TargetType.BINARY:
        happened = codes == material.target.positive_index

        def of_two(scores: NDArray[np.float64]) -> float:
            right = np.where(happened, scores, 1 - scores)
            return float(-np.log(np.clip(right, tiny, 1)).mean())

        return of_two

    def of_several(scores: NDArray[np.float64]) -> float:
        right = scores[np.arange(len(codes)), codes]
        return float(-np.log(np.clip(right, tiny, 1)).mean())

    return of_several


def _curves(scores: NDArray[np.float64], happened: NDArray[np.bool_]) -> dict[str, Any]:
    values, places = np.unique(scores, return_inverse=True)
    positives = np.bincount(places, weights=happened, minlength=len(values)).astype(np.int64)
    counts = np.bincount(places, minlength=len(values)).astype(np.int64)
    counted = Counted(values, positives, counts - positives)
    if not counted.has_both:
        return {}
    fpr, tpr, thresholds = roc(counted)
    kept = np.unique(np.linspace(0, len(fpr) - 1, _POINTS).round().astype(np.int64))
    depths = np.linspace(0.1, 1.0, 10)
    gain = cumulative_gain(counted, depths)
    return {
        "roc": {
            "fpr": fpr[kept].tolist(),
            "tpr": tpr[kept].tolist(),
            "threshold": [json_value(float(value)) for value in thresholds[kept]],
        },
        "lift": {
            "depth": depths.tolist(),
            "gain": gain.tolist(),
            "lift": (gain / depths).tolist(),
        },
    }


def _residuals(actual: NDArray[np.float64], predicted: NDArray[np.float64]) -> dict[str, Any]:
    """A sample of rows, evenly over the predicted values, and the histogram of the errors."""
    errors = actual - predicted
    order = np.argsort(predicted, kind="stable")
    kept = order[np.unique(np.linspace(0, len(order) - 1, _SAMPLED).round().astype(np.int64))]
    counts, edges = np.histogram(errors, 30)
    return {
        "predicted": predicted[kept].tolist(),
        "actual": actual[kept].tolist(),
        "histogram": {"edges": edges.tolist(), "counts": counts.tolist()},
    }


def _grid(values: NDArray[Any], dtype: Dtype) -> list[Any]:
    """Some values of a column, ascending; of texts the most frequent ones."""
    if dtype in (Dtype.STRING, Dtype.BOOLEAN):
        found = [value for value in values.tolist() if value is not None]
        kinds, counts = np.unique(np.array(found, dtype=object).astype(str), return_counts=True)
        frequent = kinds[np.argsort(-counts, kind="stable")][:_GRID].tolist()
        if dtype is Dtype.BOOLEAN:
            return [value == "True" for value in frequent]
        return list(frequent)
    if dtype is Dtype.DATETIME:
        present = np.sort(values[~np.isnat(values)])
    else:
        present = np.sort(values[np.isfinite(values)])
    if not len(present):
        return []
    places = np.linspace(0, len(present) - 1, _GRID).round().astype(np.int64)
    return list(np.unique(present[places]))


def _plain(value: Any) -> Any:
    return json_value(value.item() if hasattr(value, "item") else value)

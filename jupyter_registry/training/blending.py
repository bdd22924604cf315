"""The blend: a mean of models, from what they said of the validation rows already.

Which models, and how much each counts, is chosen as in Caruana et al., "Ensemble selection from
libraries of models" (ICML 2004): beginning with the best one, the model is added, again too, with
which the mean scores best; of all means on this way the best is taken.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..domain.ranking import greater_is_better, score_of
from ..formats import find_model
from .evaluation import Material, Trained, finished, summary
from .partition import Rows
from .steps import BlendedClassifier, BlendedRegressor

#: Models of which the mean is taken where no other is better than the best of them alone.
PLAIN = 3
#: How often a model is added.
_ADDED = 12

Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Blend:
    """A blend that is trained, and how much each of its models counts, by place in the order."""

    trained: Trained
    weights: dict[int, float]


def blend(
    material: Material, folder: Path, of: Sequence[Path], metric: str, seconds: float
) -> Blend:
    """The blend of candidates, the best first, by their folders; none of them is trained again.

    Choosing takes at most about ``seconds``.
    """
    rows, scores = _validated(of)

    def measured(mean: Scores) -> list[dict[str, dict[str, Any]]]:
        places = (
            (validation, np.searchsorted(rows, validation))
            for _, validation in material.partition.splits
        )
        return [material.metrics(validation, mean[place]) for validation, place in places]

    sign = -1.0 if greater_is_better(material.target.type, metric) else 1.0

    def loss(mean: Scores) -> float:
        found = score_of(summary(material.target.type, measured(mean)), metric)
        return np.inf if found is None else sign * found

    weights = weights_of(scores, loss, time.monotonic() + seconds)
    models = []
    for place in weights:
        kind, file = find_model(of[place] / "package")
        models.append(kind.load(file).native)
    kind_of_blend: Any = (
        BlendedClassifier if material.target.type.is_classification else BlendedRegressor
    )
    mean = _mean(scores, weights)
    final = kind_of_blend.of(models, list(weights.values()))
    notes = {"trained_on": "as the models that are blended"}
    trained = finished(material, folder, final, final, measured(mean), rows, mean, 0.0, notes)
    return Blend(trained, weights)


def weights_of(
    scores: Sequence[Scores], loss: Callable[[Scores], float], until: float = np.inf
) -> dict[int, float]:
    """How much each model counts, of those that count; together 1, at least two of them.

    Parameters
    ----------
    scores:
        What each model says of the same rows, the best model first; at least two.
    loss:
        Of a mean of them; less is better.
    until:
        When no further model is tried, as `time.monotonic` tells.

    """
    plain = dict.fromkeys(range(min(PLAIN, len(scores))), 1)
    best, least = plain, loss(_mean(scores, plain))
    counts, total = {0: 1}, scores[0].copy()
    for n in range(1, _ADDED + 1):
        if time.monotonic() > until:
            break
        losses = [loss((total + one) / (n + 1)) for one in scores]
        added = int(np.argmin(losses))
        counts[added] = counts.get(added, 0) + 1
        total += scores[added]
        if losses[added] < least and len(counts) > 1:
            best, least = dict(counts), losses[added]
    whole = sum(best.values())
    return {place: best[place] / whole for place in sorted(best)}


def _mean(scores: Sequence[Scores], weights: dict[int, float]) -> Scores:
    found: Scores = np.average(
        [scores[place] for place in weights], axis=0, weights=list(weights.values())
    )
    return found


def _validated(of: Sequence[Path]) -> tuple[Rows, list[Scores]]:
    """The validation rows, sorted, and what each candidate said of them."""
    rows, scores = None, []
    for place in of:
        with np.load(place / "validation.npz") as kept:
            order = np.argsort(kept["rows"], kind="stable")
            rows = kept["rows"][order]
            scores.append(kept["scores"][order])
    assert rows is not None
    return rows, scores

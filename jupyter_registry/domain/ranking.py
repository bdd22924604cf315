"""Ranking a leaderboard's models: on any metric of the validation data, never of the holdout."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from .kinds import TargetType

Model = TypeVar("Model")


def greater_is_better(target_type: TargetType, metric: str) -> bool:
    """Which way a metric is better; raises `InvalidInput` for one the target type has not."""
    from .metrics import METRICS, check_names  # which brings NumPy, of use only here

    check_names(target_type, [metric])
    return next(m.greater_is_better for m in METRICS[target_type] if m.name == metric)


def score_of(validation: Mapping[str, Any], metric: str) -> float | None:
    """The mean of a metric in a model's ``validation``; ``None`` where it is not known."""
    found = validation.get(metric)
    if found is None:
        return None
    mean = found.get("mean") if isinstance(found, Mapping) else found.mean
    return None if mean is None or not math.isfinite(mean) else float(mean)


def ranked(
    models: Iterable[tuple[Model, Mapping[str, Any]]], target_type: TargetType, metric: str
) -> list[tuple[Model, float | None]]:
    """Models, given with their ``validation``, from best to worst, with their scores.

    Equals stay in the order in which they came; those without a score come last.
    """
    sign = -1.0 if greater_is_better(target_type, metric) else 1.0
    scored = [(model, score_of(validation, metric)) for model, validation in models]
    return sorted(scored, key=lambda pair: math.inf if pair[1] is None else sign * pair[1])

"""Ranking a leaderboard's models: on any metric of the validation data, never of the holdout."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from .kinds import TargetType

Model = TypeVar("Model")

#: So many models of an older leaderboard are measured again.
_IN_USE = 3


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


def in_use(
    models: Sequence[tuple[Model, Mapping[str, Any], bool]], target_type: TargetType, metric: str
) -> list[Model]:
    """The models of a leaderboard that a newer one is measured against, at most three.

    Models come in the order in which they were finished, with their ``validation`` and whether
    they became packages. Those that did come first, the latest of them ahead; then the best.
    """
    packaged = [model for model, _, is_package in models if is_package][::-1]
    order = ranked(((model, validation) for model, validation, _ in models), target_type, metric)
    best = [model for model, _ in order[:1] if model not in packaged[:_IN_USE]]
    return [*packaged[: _IN_USE - len(best)], *best]

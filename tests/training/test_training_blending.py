"""Which models a blend is of: chosen so that their mean scores best."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from jupyter_registry.training.blending import weights_of

N = 2_000


def mean(scores: list[NDArray[np.float64]], weights: dict[int, float]) -> NDArray[np.float64]:
    return np.sum([share * scores[place] for place, share in weights.items()], axis=0)


@pytest.fixture(scope="module")
def truth() -> NDArray[np.float64]:
    return np.random.default_rng(0).normal(size=N)


def loss_of(truth: NDArray[np.float64]) -> Any:
    return lambda told: float(np.sqrt(np.mean((told - truth) ** 2)))


def told_with(truth: NDArray[np.float64], *errors: float) -> list[NDArray[np.float64]]:
    """Models whose errors are independent, of so many standard deviations; the best first."""
    random = np.random.default_rng(1)
    return [truth + random.normal(scale=error, size=N) for error in sorted(errors)]


def test_independent_models_count_by_how_good_they_are(truth: NDArray[np.float64]) -> None:
    scores, loss = told_with(truth, 0.5, 0.6, 0.9, 5.0), loss_of(truth)
    weights = weights_of(scores, loss)
    assert sum(weights.values()) == pytest.approx(1.0)
    # the best weights are as one over the variance: 0.50, 0.34, 0.15, 0.005
    assert weights[0] > weights[1] > weights[2] > 0
    assert 3 not in weights
    best = loss(mean(scores, weights))
    assert best < 0.85 * loss(scores[0])
    assert best < loss(mean(scores, dict.fromkeys(range(3), 1 / 3)))


def test_a_blend_is_of_two_models_at_least(truth: NDArray[np.float64]) -> None:
    # nothing is better than the best alone: then it is the mean of the best
    scores = [truth, *told_with(truth, 3.0, 3.1, 3.2)]
    weights = weights_of(scores, loss_of(truth))
    assert len(weights) >= 2
    assert weights[0] == max(weights.values())
    same = [truth + 1.0] * 3
    assert weights_of(same, loss_of(truth)) == pytest.approx(dict.fromkeys(range(3), 1 / 3))
    assert weights_of(same[:2], loss_of(truth)) == pytest.approx({0: 0.5, 1: 0.5})


def test_probabilities_of_several_classes_are_blended_alike() -> None:
    random = np.random.default_rng(0)
    classes = random.integers(0, 3, N)
    ideal = np.eye(3)[classes]

    def told(skill: float) -> NDArray[np.float64]:
        raw = skill * ideal + random.random((N, 3))
        return raw / raw.sum(axis=1, keepdims=True)

    def loss(scores: NDArray[np.float64]) -> float:
        return float(-np.mean(np.log(scores[np.arange(N), classes])))

    scores = [told(skill) for skill in (0.6, 0.5, 0.1)]
    weights = weights_of(scores, loss)
    assert loss(mean(scores, weights)) <= min(map(loss, scores))


def test_choosing_ends_with_its_time(truth: NDArray[np.float64]) -> None:
    scores, loss = told_with(truth, 0.5, 0.6, 0.9, 1.0), loss_of(truth)
    asked = []

    def slow(told: NDArray[np.float64]) -> float:
        asked.append(1)
        time.sleep(0.02)
        return loss(told)

    weights = weights_of(scores, slow, time.monotonic() + 0.05)
    assert len(asked) <= 1 + 2 * len(scores)
    assert sum(weights.values()) == pytest.approx(1.0)
    # without any, it is the mean of the best
    assert weights_of(scores, loss, 0.0) == pytest.approx(dict.fromkeys(range(3), 1 / 3))

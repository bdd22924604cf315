"""How long parts of a run may take, and what is said of it."""

from __future__ import annotations

import pytest

from jupyter_registry.training.evaluation import _expected
from jupyter_registry.training.incumbents import seconds_for
from jupyter_registry.training.seconds import too_long


@pytest.mark.parametrize(
    ("expected", "left", "said"),
    [
        (31.4, 12.0, "about 31 s, and 12 s were left"),
        (9.96, 2.345, "about 10 s, and 2.3 s were left"),
        (0.42, 0.06, "about 0.4 s, and 0.1 s were left"),
        (0.002, 0.001, "about 0.1 s, and no time was left"),
        (4.0, -3.0, "about 4.0 s, and no time was left"),
    ],
)
def test_few_seconds_are_told_to_a_tenth(expected: float, left: float, said: str) -> None:
    assert too_long(expected, left) == f"It would take {said} for it."


@pytest.mark.parametrize(
    ("budget", "left", "seconds"),
    [
        (240.0, 235.0, 120.0),  # half of it
        (15.0, 14.0, 10.0),  # but so many at least
        (15.0, 5.0, 4.0),  # and never all, for models must be trained, too
        (8.0, -1.0, 0.0),
    ],
)
def test_the_predecessors_models_have_time_to_be_measured(
    budget: float, left: float, seconds: float
) -> None:
    assert seconds_for(budget, left) == pytest.approx(seconds)


def test_what_comes_once_is_not_thought_to_come_with_each_fold() -> None:
    """Of six fits the first took 0.1 s, after an import of 1.2 s."""
    assert _expected([100] * 6, 1, 1.3, 1.3, 1.2) == pytest.approx(1.8)
    assert _expected([100] * 6, 2, 1.4, 1.3, 1.2) == pytest.approx(1.8)

"""How a run's time is divided."""

from __future__ import annotations

import time

import pytest

from jupyter_registry.domain.kinds import TargetType
from jupyter_registry.training.budget import Budget
from jupyter_registry.training.plan import Plan


def _begun(seconds: float, *, tunes: bool = True) -> Budget:
    began = time.monotonic()
    plan = Plan({}, TargetType.BINARY, "auc", [], tunes, True, None, seconds, began)
    budget = Budget(plan)
    budget.begin()
    return budget


@pytest.mark.parametrize(
    ("seconds", "tunes", "searches", "plain"),
    [(60, True, True, 21), (15, True, False, 13.5), (60, False, False, 54)],
)
def test_untuned_models_have_what_no_search_needs(
    seconds: float, tunes: bool, searches: bool, plain: float
) -> None:
    """Of 15 s a search would have little, and leave little for other families."""
    budget = _begun(seconds, tunes=tunes)
    assert budget.searches is searches
    assert budget.one_plain(is_first=False) == pytest.approx(plain / 2, abs=0.2)
    assert budget.one_plain(is_first=True) == pytest.approx(seconds, abs=0.2)


@pytest.mark.parametrize("seconds", [8, 15, 20, 30, 60, 600])
def test_what_a_search_finds_can_be_trained(seconds: float) -> None:
    budget = _begun(seconds)
    search = budget.search()
    assert search == 0 or search >= 8
    assert budget.left_before_blend() - search >= (1.9 if search else 0)
    began = time.monotonic()
    cut_off = budget.search_is_cut_off(began, search, 0.0)
    assert cut_off >= began + search
    assert budget.end - cut_off > 0.15 * seconds or not search


def test_no_model_of_a_search_takes_the_time_of_the_others() -> None:
    budget = _begun(60)
    assert budget.one_tuned(is_last=False) == pytest.approx(0.6 * 57, abs=0.2)
    assert budget.one_tuned(is_last=True) == pytest.approx(57, abs=0.2)


def test_a_search_begins_with_all_rows_where_that_is_quick() -> None:
    budget = _begun(60)
    assert budget.begins_whole(30, [2.0, 3.0])
    assert not budget.begins_whole(30, [4.0, 3.0])
    assert not budget.begins_whole(30, [])  # nobody knows


def test_details_take_a_small_share_together() -> None:
    budget = _begun(100)
    first = budget.details()
    assert first == pytest.approx(1.5, abs=0.1)
    budget.took_for_details(2.5)
    assert budget.details() == pytest.approx(0.25, abs=0.05)
    budget.took_for_details(2.5)
    assert budget.details() == 0

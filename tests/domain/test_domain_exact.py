"""Exact sums: what `math.fsum` and rational arithmetic give, in any order, without a trace."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_registry.domain.exact import ExactSum, product_sums_by_group, sums_by_group

anything = st.floats(allow_nan=False, allow_infinity=False)
lists = st.lists(anything, max_size=60)
TINY, HUGE = 5e-324, 1.7976931348623157e308


def array(values):
    return np.array(values, np.float64)


def fraction(values):
    return sum((Fraction(v) for v in values), Fraction(0))


@given(lists)
def test_a_sum_is_the_rational_sum_and_reads_as_fsum(values):
    total = ExactSum.of(array(values))
    assert total.fraction() == fraction(values)
    try:
        expected = math.fsum(values)
    except OverflowError:  # on the way, or of the sum itself
        try:
            expected = float(fraction(values))
        except OverflowError:
            expected = math.inf if fraction(values) > 0 else -math.inf
    assert float(total) == expected


@given(lists, lists)
def test_products_are_rational_products(a, b):
    n = min(len(a), len(b))
    total = ExactSum.of_products(array(a[:n]), array(b[:n]))
    assert total.fraction() == sum(
        (Fraction(x) * Fraction(y) for x, y in zip(a, b, strict=False)), Fraction(0)
    )


@pytest.mark.parametrize("n", [1, 8, 9, 1000])
def test_extreme_exponents_lose_nothing(n):
    values = array([TINY, HUGE, -HUGE, 1.0, 2.0**-1022, -3.0 * TINY] * n)
    assert ExactSum.of(values).fraction() == n * (1 + Fraction(2) ** -1022 - 2 * Fraction(TINY))
    pairs = array([TINY, HUGE, 1 + 2**-52, -HUGE] * n)
    assert ExactSum.of_products(pairs, pairs).fraction() == n * sum(
        Fraction(v) ** 2 for v in (TINY, HUGE, 1 + 2**-52, HUGE)
    )


def test_products_below_and_above_float64_are_kept():
    small = ExactSum.of_products(array([TINY]), array([TINY]))
    assert float(small) == 0.0
    assert small.fraction() == Fraction(TINY) ** 2
    large = ExactSum.of_products(array([HUGE, HUGE]), array([HUGE, -HUGE]))
    assert large == ExactSum()
    over = ExactSum.of_products(array([-HUGE]), array([HUGE]))
    assert float(over) == -math.inf
    assert over.over(3) == -math.inf


def test_cancellation_that_floats_would_lose():
    rng = np.random.default_rng(0)
    values = rng.normal(size=5000) * 10.0 ** rng.integers(-200, 200, 5000)
    pool = np.concatenate([values, -values, [0.1]])
    rng.shuffle(pool)
    assert float(ExactSum.of(pool)) == 0.1


@given(lists, st.randoms(use_true_random=False), st.integers(1, 7))
def test_order_and_chunks_leave_equal_bytes(values, random, parts):
    whole = ExactSum.of(array(values)).to_bytes()
    shuffled = list(values)
    random.shuffle(shuffled)
    total = ExactSum()
    for part in range(parts):
        total = total + ExactSum.of(array(shuffled[part::parts]))
    assert total.to_bytes() == whole


@given(lists, lists)
def test_what_is_taken_away_again_leaves_no_trace(kept, passing):
    before = ExactSum.of(array(kept))
    extra = ExactSum.of(array(passing))
    after = before + extra - extra
    assert after == before
    assert after.to_bytes() == before.to_bytes()
    assert hash(after) == hash(before)
    assert not (before - before)


@given(st.integers(-(2**3000), 2**3000) | lists.map(lambda v: ExactSum.of(array(v))._units))
def test_bytes_round_trip(units):
    assert ExactSum.from_bytes(ExactSum(units).to_bytes()) == ExactSum(units)


@given(st.lists(st.tuples(st.integers(0, 4), anything, anything), max_size=40))
def test_groups_are_summed_apart(rows):
    groups = np.array([g for g, _, _ in rows], np.int64)
    a, b = array([x for _, x, _ in rows]), array([y for _, _, y in rows])
    sums, products = sums_by_group(a, groups, 5), product_sums_by_group(a, b, groups, 5)
    assert len(sums) == len(products) == 5
    for g in range(5):
        mine = [(x, y) for h, x, y in rows if h == g]
        assert sums[g].fraction() == fraction(x for x, _ in mine)
        assert products[g].fraction() == sum(
            (Fraction(x) * Fraction(y) for x, y in mine), Fraction(0)
        )


def test_many_groups_with_far_apart_exponents():
    # few rows in many groups: the table of exponents is built sparse
    rng = np.random.default_rng(1)
    groups = rng.integers(0, 40_000, 500)
    values = 2.0 ** rng.integers(-1000, 1000, 500)
    sums = sums_by_group(values, groups, 40_000)
    for g in np.unique(groups):
        assert sums[g].fraction() == fraction(values[groups == g].tolist())


def test_a_mean_is_rounded_once():
    values = array([0.1] * 10)
    assert ExactSum.of(values).over(10) == 0.1
    assert np.cumsum(values)[-1] / 10 != 0.1


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("n", [1, 20])
def test_only_finite_values_are_summed(bad, n):
    values = np.ones(n)
    values[-1] = bad
    with pytest.raises(ValueError, match="finite"):
        ExactSum.of(values)
    with np.errstate(invalid="ignore"), pytest.raises(ValueError, match="finite"):
        ExactSum.of_products(values, np.ones(n))


def test_it_shows_as_its_value():
    assert repr(ExactSum.of(array([0.5, 0.25]))) == "ExactSum(0.75)"
    assert ExactSum.of(array([1.0])) != 1.0

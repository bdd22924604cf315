"""Requests: merged in any order, quantiles beside NumPy's, and the judgement."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_registry.domain.health import (
    BINS,
    LONGEST,
    RELATIVE_WIDTH,
    SHORTEST,
    Durations,
    Requests,
    merge,
)

MS = st.floats(SHORTEST, LONGEST)
ONE = st.tuples(
    st.sampled_from([200, 200, 200, 201, 400, 404, 422, 499, 500, 503]),
    st.integers(0, 20_000),
    st.one_of(MS, st.floats(0, 1e9)),
    st.none() | MS,
    st.integers(0, 2**52),
)


def counted(items: list[tuple[int, int, float, float | None, int]]) -> Requests:
    requests = Requests()
    for item in items:
        requests.add(*item)
    return requests


@given(st.lists(ONE, max_size=30), st.lists(ONE, max_size=30), st.lists(ONE, max_size=30))
def test_merging_commutes_and_equals_counting_all(a: list, b: list, c: list) -> None:
    one, two, three = counted(a), counted(b), counted(c)
    before = one.to_bytes()
    whole = counted(a + b + c)
    assert one.merged(two).merged(three) == whole
    assert three.merged(one.merged(two)) == whole
    assert merge([two, three, one]).to_bytes() == whole.to_bytes()
    assert one.to_bytes() == before
    assert merge([]) == Requests()


@given(st.lists(ONE, max_size=60))
def test_bytes_say_everything(items: list) -> None:
    requests = counted(items)
    assert Requests.from_bytes(requests.to_bytes()) == requests
    assert requests.n == len(items) == requests.response.n
    assert requests.rows == sum(rows for status, rows, *_ in items if status < 400)
    assert requests.model.n == sum(model is not None for *_, model, _ in items)


def test_bytes_of_a_newer_version_are_refused() -> None:
    data = bytearray(Requests().to_bytes())
    data[0] += 1
    with pytest.raises(ValueError, match="newer"):
        Requests.from_bytes(bytes(data))


@settings(max_examples=300)
@given(st.lists(MS, min_size=1, max_size=200), st.floats(0, 1))
def test_quantiles_are_numpys_within_a_bins_width(values: list[float], share: float) -> None:
    durations = Durations()
    for value in values:
        durations.add(value)
    wanted = float(np.quantile(values, share))
    assert durations.quantile(share) == pytest.approx(wanted, rel=RELATIVE_WIDTH + 1e-9)
    found = durations.summary()
    assert found["max"] == max(values)
    assert found["p50"] <= found["p95"] <= found["p99"] <= found["max"]
    assert found["mean"] == pytest.approx(np.mean(values), abs=1e-3)


def test_bins_are_narrow_and_reach_far() -> None:
    assert RELATIVE_WIDTH < 0.15
    durations = Durations()
    for value in (0.0, 1e-9, SHORTEST, LONGEST, 1e9):
        durations.add(value)
    assert (durations.counts[0], durations.counts[BINS - 1]) == (3, 2)
    assert durations.longest == 1e9
    assert Durations().summary() == {}
    assert np.isnan(Durations().quantile(0.5))


def test_quantiles_of_many() -> None:
    values = np.random.default_rng(0).lognormal(1.5, 0.8, 20_000)
    durations = Durations()
    for value in values:
        durations.add(value)
    for share in (0.5, 0.95, 0.99):
        # far nearer than the width of a bin, where many lie in one
        assert durations.quantile(share) == pytest.approx(np.quantile(values, share), rel=0.02)


@pytest.mark.parametrize(
    ("answered", "refused", "failed", "status", "reason"),
    [
        (0, 0, 0, "unknown", "No request was counted."),
        (1200, 0, 0, "passing", "1,200 requests, none refused and none failed."),
        (995, 3, 2, "passing", "1,000 requests: 3 refused (0.3 %), 2 failed (0.2 %)."),
        (801, 199, 0, "passing", "1,000 requests: 199 refused (19.9 %), 0 failed (0 %)."),
        (800, 200, 0, "warning", "200 of 1,000 requests were refused (20 %)"),
        (990, 0, 10, "warning", "10 of 1,000 requests failed (1 %)"),
        (700, 251, 49, "warning", "49 of 1,000 requests failed (4.9 %)"),
        (950, 0, 50, "failing", "50 of 1,000 requests failed (5 %)"),
        (0, 0, 3, "failing", "3 of 3 requests failed (100 %)"),
    ],
)
def test_judgement(answered: int, refused: int, failed: int, status: str, reason: str) -> None:
    items = [(200, 1, 1.0, 0.5, 1)] * answered + [(422, 0, 1.0, None, 1)] * refused
    found, said = counted(items + [(500, 0, 1.0, None, 1)] * failed).judged()
    assert found == status
    assert reason in said
    assert said.endswith(".")

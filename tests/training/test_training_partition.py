"""Rows are divided so that no part sees another's, whatever the rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_registry.domain.errors import InvalidInput
from jupyter_registry.training.partition import Partition, divide

_SEEDS = st.integers(0, 2**32 - 1)
_ROWS = st.integers(50, 600)


def _check(partition: Partition, n: int) -> None:
    """Every row is in the holdout, or once in training or validation of every split."""
    everything = np.arange(n)
    whole = partition.splits[-1:] if partition.kind == "time" else partition.splits
    for training, validation in whole:
        together = np.concatenate([training, validation, partition.holdout])
        assert np.array_equal(np.sort(together), everything)
        assert len(training)
        assert len(validation)
    if partition.is_cross_validated and partition.kind != "time":
        folds = np.concatenate([validation for _, validation in partition.splits])
        assert np.array_equal(np.sort(folds), partition.modelling)
    assert len(partition.holdout)


@given(n=_ROWS, seed=_SEEDS, folds=st.integers(1, 6), share=st.floats(0.05, 0.5))
@settings(max_examples=60, deadline=None)
def test_random_parts_are_disjoint_and_whole(n: int, seed: int, folds: int, share: float) -> None:
    partition = divide(n, seed, folds=folds, holdout_share=share)
    _check(partition, n)
    assert abs(len(partition.holdout) - n * share) <= 1


@given(
    counts=st.lists(st.integers(5, 200), min_size=2, max_size=5).filter(lambda c: sum(c) >= 50),
    seed=_SEEDS,
    folds=st.integers(1, 5),
)
@settings(max_examples=60, deadline=None)
def test_every_part_has_each_class_in_its_share(counts: list[int], seed: int, folds: int) -> None:
    classes = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(counts)), counts))
    partition = divide(len(classes), seed, classes=classes, folds=folds)
    _check(partition, len(classes))
    parts = [partition.holdout, *(validation for _, validation in partition.splits)]
    for rows in parts:
        expected = np.array(counts) * len(rows) / len(classes)
        found = np.bincount(classes[rows], minlength=len(counts))
        # a stretch of the order has each class's share but for its two ends
        assert (np.abs(found - expected) <= 2 + len(counts)).all()
    for training, _ in partition.splits:
        assert set(classes[training]) == set(range(len(counts)))


@given(n=_ROWS, groups=st.integers(10, 40), seed=_SEEDS, folds=st.sampled_from([None, 1, 3]))
@settings(max_examples=60, deadline=None)
def test_a_group_is_in_one_part(n: int, groups: int, seed: int, folds: int | None) -> None:
    keys = np.random.default_rng(seed).integers(0, groups, n)
    keys[:groups] = np.arange(groups)
    partition = divide(n, seed, groups=keys, column="who", folds=folds)
    _check(partition, n)
    for training, validation in partition.splits:
        parts = [set(keys[rows]) for rows in (training, validation, partition.holdout)]
        assert not (parts[0] & parts[1]) | (parts[0] & parts[2]) | (parts[1] & parts[2])


@given(
    n=_ROWS,
    different=st.integers(20, 700),
    seed=_SEEDS,
    folds=st.sampled_from([None, 1, 2, 3, 8]),
)
@settings(max_examples=60, deadline=None)
def test_time_goes_forward(n: int, different: int, seed: int, folds: int | None) -> None:
    times = np.random.default_rng(seed).integers(0, different, n)
    partition = divide(n, seed, times=times, column="when", folds=folds)
    _check(partition, n)
    assert len(partition.splits) <= (folds or 5)
    last = 0
    for training, validation in partition.splits:
        # strictly: rows of one time are in one part
        assert times[training].max() < times[validation].min()
        assert times[validation].max() < times[partition.holdout].min()
        # all that came before is trained on, and more each time
        assert len(training) == (times < times[validation].min()).sum() > last
        last = len(training)
    other = divide(n, seed + 1, times=times, column="when", folds=folds)
    assert partition.to_json() == other.to_json()


@pytest.mark.parametrize("folds", [2, 3, 5])
def test_windows_expand_as_those_of_scikit_learn(folds: int) -> None:
    from sklearn.model_selection import TimeSeriesSplit

    n = 400
    times = np.arange(n) * 10
    partition = divide(n, 0, times=times, column="when", folds=folds)
    assert np.array_equal(partition.holdout, np.arange(320, n))
    theirs = list(TimeSeriesSplit(folds).split(np.arange(320)))
    for (training, validation), (other, another) in zip(partition.splits, theirs, strict=True):
        assert np.array_equal(training, other)
        assert np.array_equal(validation, another)
    assert partition.to_json()["rows"] == {
        "training": 320,
        "validation": folds * (320 // (folds + 1)),
        "holdout": 80,
    }


def test_few_rows_have_few_windows_and_many_have_one_part() -> None:
    def sizes(n: int, folds: int | None = None) -> list[tuple[int, int]]:
        splits = divide(n, 0, times=np.arange(n), column="when", folds=folds).splits
        return [(len(training), len(validation)) for training, validation in splits]

    assert sizes(50) == [(25, 5), (30, 5), (35, 5)]
    assert len(sizes(1_000)) == 5
    assert sizes(20_000) == [(12_800, 3_200)]
    assert sizes(1_000, 1) == [(640, 160)]


@given(n=_ROWS, seed=_SEEDS)
@settings(max_examples=20, deadline=None)
def test_the_same_seed_divides_alike(n: int, seed: int) -> None:
    one, other = divide(n, seed), divide(n, seed)
    assert np.array_equal(one.holdout, other.holdout)
    for (a, b), (c, d) in zip(one.splits, other.splits, strict=True):
        assert np.array_equal(a, c)
        assert np.array_equal(b, d)
    another = divide(n, (seed + 1) % 2**32)
    assert not np.array_equal(one.holdout, another.holdout)


def test_many_rows_have_one_validation_part() -> None:
    assert len(divide(1_000, 0).splits) == 5
    assert len(divide(100_000, 0).splits) == 1
    assert divide(100_000, 0).to_json() == {
        "kind": "random",
        "column": None,
        "rows": {"training": 64_000, "validation": 16_000, "holdout": 20_000},
        "validation_share": 0.2,
    }


def test_what_cannot_be_divided_is_refused() -> None:
    with pytest.raises(InvalidInput, match="3 groups"):
        divide(60, 0, groups=np.arange(60) % 3, column="who")
    with pytest.raises(InvalidInput, match="one and the same"):
        divide(60, 0, times=np.zeros(60), column="when")

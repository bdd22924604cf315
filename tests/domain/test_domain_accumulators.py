"""Accumulators: groups, order, subtraction, bytes, and what predicted rows leave."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from jupyter_registry.domain import metrics
from jupyter_registry.domain.accumulators import (
    Accumulator,
    matched_by_group,
    merge,
    usage_by_group,
)
from jupyter_registry.domain.baseline import predicted_labels
from jupyter_registry.domain.target import Target

TARGETS = {
    "regression": Target.make("y", "regression"),
    "binary": Target.make("y", "binary", ["no", "yes"], "no"),
    "multiclass": Target.make("y", "multiclass", list("abcde")),
}
HOURS = 6


def some_rows(target, rng, n):
    """Actuals, values, labels, probabilities and hours of n rows."""
    hours = rng.integers(0, HOURS, n)
    if target.type == "regression":
        return rng.normal(size=n), rng.normal(size=n), None, None, hours
    k = len(target.class_labels)
    actual = rng.integers(0, k, n).astype(float)
    probabilities = rng.dirichlet(np.ones(k), n)
    probabilities[rng.random(n) < 0.1] = np.nan  # reported as labels alone
    if target.type == "binary":
        values = probabilities[:, target.positive_index]
        return actual, values, predicted_labels(target, values, None), None, hours
    return actual, None, np.nan_to_num(probabilities).argmax(axis=1), probabilities, hours


def take(columns, at):
    return tuple(None if column is None else column[at] for column in columns)


def matched(target, columns):
    return matched_by_group(target, *columns, HOURS)


def as_bytes(accumulators):
    return [accumulator.to_bytes() for accumulator in accumulators]


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize("seed", range(5))
def test_any_order_with_corrections_leaves_the_same_bytes(name, seed):
    target, rng = TARGETS[name], np.random.default_rng(seed)
    columns = some_rows(target, rng, 300)
    once = matched(target, columns)
    wrong = (rng.permutation(columns[0]), *columns[1:])
    hours = matched(target, take(columns, slice(0, 0)))
    steps = [(wrong, at, 1) for at in np.array_split(np.arange(200), 3)]
    steps += [(columns, at, 1) for at in np.array_split(rng.permutation(300), 11)]
    steps = [steps[i] for i in rng.permutation(len(steps))]
    steps += [(wrong, np.array([i]), -1) for i in rng.permutation(200)]
    for source, at, sign in steps:
        made = matched(target, take(source, at))
        hours = [h.merged(m, sign=sign) for h, m in zip(hours, made, strict=True)]
    assert as_bytes(hours) == as_bytes(once)


@pytest.mark.parametrize("name", TARGETS)
def test_groups_are_those_of_each_hour_alone(name):
    target, rng = TARGETS[name], np.random.default_rng(7)
    columns = some_rows(target, rng, 200)
    for hour, accumulator in enumerate(matched(target, columns)):
        mine = take(columns, columns[-1] == hour)
        alone = matched_by_group(target, *mine[:-1], np.zeros(len(mine[0]), np.int64), 1)[0]
        assert accumulator.to_bytes() == alone.to_bytes()


@pytest.mark.parametrize("name", TARGETS)
def test_merging_hours_is_adding_all_rows(name):
    target, rng = TARGETS[name], np.random.default_rng(8)
    columns = some_rows(target, rng, 500)
    hours = [Accumulator.from_bytes(data) for data in as_bytes(matched(target, columns))]
    together = matched_by_group(target, *columns[:-1], np.zeros(500, np.int64), 1)[0]
    assert merge(hours).to_bytes() == together.to_bytes()
    assert merge(hours[::-1]).to_bytes() == together.to_bytes()
    assert merge(hours[:1]) is hours[0]
    assert merge([]) is None


@given(st.sampled_from(list(TARGETS)), st.integers(0, 2**32), st.integers(0, 60))
def test_bytes_round_trip(name, seed, n):
    target = TARGETS[name]
    for before in matched(target, some_rows(target, np.random.default_rng(seed), n)):
        after = Accumulator.from_bytes(before.to_bytes())
        assert after.counts.tolist() == before.counts.tolist()
        assert after.sums == before.sums
        assert (after.sketch is None) == (target.type != "binary")
        assert after.to_bytes() == before.to_bytes()


def test_bytes_of_another_version_are_refused():
    data = matched(
        TARGETS["regression"], some_rows(TARGETS["regression"], np.random.default_rng(0), 3)
    )[0]
    other = struct.pack("<B", 250) + data.to_bytes()[1:]
    with pytest.raises(ValueError, match="rebuild"):
        Accumulator.from_bytes(other)


def test_empty_counts_take_no_room():
    target = Target.make("y", "multiclass", [f"c{i}" for i in range(100)])
    one = matched_by_group(
        target, np.array([7.0]), None, np.array([9]), None, np.zeros(1, np.int64), 1
    )[0]
    assert len(one.counts) == 10_001
    assert len(one.to_bytes()) < 50
    assert Accumulator.from_bytes(one.to_bytes()).counts[1 + 7 * 100 + 9] == 1


def test_usage_of_numbers():
    values, hours = np.array([1.5, 2.5, -4.0]), np.array([0, 0, 2])
    made = usage_by_group(TARGETS["regression"], values, None, hours, 3)
    assert [a.counts.tolist() for a in made] == [[2], [0], [1]]
    assert [float(a.sums[0]) for a in made] == [4.0, 0.0, -4.0]


def test_usage_of_two_classes_counts_labels_and_sums_known_probabilities():
    values, labels = np.array([0.25, np.nan, 0.5]), np.array([1, 0, 0])
    made = usage_by_group(TARGETS["binary"], values, labels, np.array([1, 1, 1]), 2)
    assert made[0].counts.tolist() == [0, 0, 0]
    assert made[1].counts.tolist() == [2, 2, 1]
    assert float(made[1].sums[0]) == 0.75
    unknown = usage_by_group(TARGETS["binary"], None, labels, np.array([0, 0, 1]), 2)
    assert [a.counts.tolist() for a in unknown] == [[0, 1, 1], [0, 1, 0]]


def test_usage_of_many_classes_counts_labels():
    labels, hours = np.array([4, 0, 4, 2]), np.array([0, 1, 0, 0])
    made = usage_by_group(TARGETS["multiclass"], None, labels, hours, 2)
    assert [a.counts.tolist() for a in made] == [[0, 0, 0, 1, 0, 2], [0, 1, 0, 0, 0, 0]]


@pytest.mark.parametrize("name", TARGETS)
def test_usage_comes_and_goes_without_a_trace(name):
    target, rng = TARGETS[name], np.random.default_rng(3)
    _, values, labels, _, hours = some_rows(target, rng, 90)
    before, extra = (
        usage_by_group(
            target,
            None if values is None else values[part],
            None if labels is None else labels[part],
            hours[part],
            HOURS,
        )
        for part in (slice(0, 60), slice(60, 90))
    )
    after = [a.merged(b).merged(b, sign=-1) for a, b in zip(before, extra, strict=True)]
    assert as_bytes(after) == as_bytes(before)


@given(
    st.lists(st.tuples(st.floats(-1e9, 1e9), st.booleans()), min_size=2, max_size=60),
    st.integers(1, 59),
)
def test_scores_of_anomalies_rank_whatever_their_size(
    rows: list[tuple[float, bool]], cut: int
) -> None:
    target = Target.make("", "anomaly")
    # no closer than floats that are put between 0 and 1 can tell apart
    scores = np.round(np.array([score for score, _ in rows]), 3)
    happened = np.array([float(odd) for _, odd in rows])

    def of(part: slice) -> Accumulator:
        groups = np.zeros(len(scores[part]), np.int64)
        return matched_by_group(target, happened[part], scores[part], None, None, groups, 1)[0]

    whole = of(slice(None))
    parts = of(slice(0, cut)).merged(of(slice(cut, None)))
    assert parts.to_bytes() == whole.to_bytes()
    assert parts.merged(of(slice(cut, None)), sign=-1).to_bytes() == of(slice(0, cut)).to_bytes()
    auc, n = metrics.compute(target, Accumulator.from_bytes(parts.to_bytes()))["auc"]
    assert n == len(rows)
    if 0 < happened.sum() < n:
        assert auc == pytest.approx(roc_auc_score(happened, scores), abs=1e-9)
    else:
        assert auc is None

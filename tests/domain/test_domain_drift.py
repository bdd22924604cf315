"""Drift: bins that take every value, counts that add up, the index and what it says."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_registry.domain.baseline import compute_baseline
from jupyter_registry.domain.drift import DriftCounts, DriftPlan
from jupyter_registry.domain.frames import NumberFrame, conform
from jupyter_registry.domain.kinds import Status
from jupyter_registry.domain.monitoring import FeatureDrift
from jupyter_registry.domain.psi import FLOOR, Indices, psi, status_of, verdict
from jupyter_registry.domain.signature import Column, Dtype, Signature
from jupyter_registry.domain.target import Target

LEFT = Target.make("left", "binary", ["no", "yes"])
PRICE = Target.make("price", "regression")
SIGNATURE = Signature(
    (
        Column("city", Dtype.STRING, True),
        Column("age", Dtype.NUMBER, True),
        Column("member", Dtype.BOOLEAN, True),
        Column("rooms", Dtype.INTEGER, True),
        Column("since", Dtype.DATETIME, True),
    )
)


def training(target=LEFT, n=300):
    rng = np.random.default_rng(0)
    start = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    data = {
        "city": rng.choice(["Oslo", "Rome", "Lima"], n, p=[0.7, 0.2, 0.1]).tolist(),
        "age": rng.normal(40, 10, n).tolist(),
        "member": (rng.random(n) < 0.4).tolist(),
        "rooms": rng.integers(1, 6, n).tolist(),
        "since": [start + dt.timedelta(hours=int(h)) for h in rng.integers(0, 9000, n)],
    }
    data["age"][:30] = [None] * 30
    outcome = rng.choice(["no", "yes"], n) if target is LEFT else rng.normal(100, 5, n)
    return data | {target.name: outcome.tolist()}


def plan_of(target=LEFT):
    found = compute_baseline(target, SIGNATURE, training=training(target))
    plan = DriftPlan.of(found, SIGNATURE, target)
    assert plan is not None
    return plan


PLANS = {"binary": plan_of(), "regression": plan_of(PRICE)}


def counted(plan, bins):
    return plan.counts(bins, np.zeros(len(bins), np.int64), 1)[0]


def own(plan, name):
    column = next(c for c in plan.columns if c.name == name)
    return column, slice(column.offset, column.offset + len(column))


floats = st.none() | st.floats() | st.sampled_from([math.inf, -math.inf, math.nan, 0.0, 1e308])
rows = st.lists(
    st.tuples(
        st.none() | st.sampled_from(["Oslo", "Rome", "elsewhere", "missing", "other", ""]),
        floats,
        st.none() | st.booleans(),
        st.none() | st.integers(-(2**63), 2**63 - 1),
        st.none() | st.datetimes(),
        st.floats(allow_nan=False),
        st.integers(0, 1),
    ),
    min_size=1,
    max_size=80,
)


def binned(plan, some):
    *inputs, numbers, labels = (list(column) for column in zip(*some, strict=True))
    columns = dict(zip(SIGNATURE.names, inputs, strict=True))
    frame = conform(SIGNATURE, columns, len(some))
    predicted = np.array(labels if plan is PLANS["binary"] else numbers)
    return plan.bins(frame, len(some), predicted)


@given(st.sampled_from(list(PLANS)), rows)
def test_every_row_is_in_one_bin_of_every_column(name, some):
    plan = PLANS[name]
    bins = binned(plan, some)
    assert bins.dtype == np.int32
    assert bins.shape == (len(some), len(plan.columns))
    counts = counted(plan, bins)
    for column, missing in (
        ("city", sum(row[0] is None for row in some)),
        ("age", sum(row[1] is None or math.isnan(row[1]) for row in some)),
        ("member", sum(row[2] is None for row in some)),
        ("rooms", sum(row[3] is None for row in some)),
        ("since", sum(row[4] is None for row in some)),
    ):
        mine = counts[own(plan, column)[1]]
        assert mine.sum() == len(some)
        assert mine[0] == missing
    assert counts[own(plan, plan.target.name)[1]].sum() == len(some)
    one_by_one = np.concatenate([binned(plan, [row]) for row in some])
    assert (one_by_one == bins).all()


@given(rows, st.integers(1, 5), st.randoms())
def test_merging_in_any_order_is_counting_at_once(some, n_groups, random):
    plan = PLANS["binary"]
    bins = binned(plan, some)
    groups = np.array([random.randrange(n_groups) for _ in some])
    parts = [
        DriftCounts(plan.digest, int((groups == g).sum()), counts)
        for g, counts in enumerate(plan.counts(bins, groups, n_groups))
    ]
    random.shuffle(parts)
    whole = parts[0]
    for part in parts[1:]:
        whole = DriftCounts.from_bytes(whole.to_bytes(), whole.n).merged(part)
    assert whole.n == len(some)
    assert (whole.counts == counted(plan, bins)).all()


def test_bins_of_numbers_are_those_of_the_baseline():
    """Few rows and many, as one matrix or not, by NumPy's own rule."""
    rng = np.random.default_rng(1)
    names = [f"x{i}" for i in range(7)]
    signature = Signature(tuple(Column(name, Dtype.NUMBER) for name in names))
    data = {name: rng.normal(size=200).round(1) for name in names} | {"x6": np.full(200, 3.0)}
    found = compute_baseline(LEFT, signature, training=data)
    plan = DriftPlan.of(found, signature, LEFT)
    assert plan.target is None
    for n in (1, 5, 1000):
        at = rng.integers(0, 200, n)
        values = {name: data[name][at] + rng.integers(-1, 2, n) * 0.05 for name in names}
        few = {name: column.tolist() for name, column in values.items()}
        frame = conform(signature, few, n)
        assert isinstance(frame, NumberFrame) == (n <= 16)
        bins = plan.bins(frame, n, None)
        assert (bins == plan.bins(dict(frame), n, None)).all()
        counts = counted(plan, bins)
        for name in names:
            edges = np.array(found["features"][name]["edges"])
            mine = counts[own(plan, name)[1]]
            assert mine[2:-1].tolist() == np.histogram(values[name], edges)[0].tolist()
            assert mine[1] == (values[name] < edges[0]).sum()
            assert mine[-1] == (values[name] > edges[-1]).sum()
    everything = counted(plan, plan.bins(conform(signature, data, 200), 200, None))
    for name in names:
        column, where = own(plan, name)
        assert everything[where].tolist() == column.expected.tolist()
    assert Indices(plan).of(everything) == [0.0] * 7


def test_what_was_not_given_is_not_counted():
    plan = PLANS["binary"]
    bins = plan.bins({"age": np.array([40.0, np.nan])}, 2, np.array([1, 0]))
    at = {column.name: i for i, column in enumerate(plan.columns)}
    assert {name for name, i in at.items() if (bins[:, i] == -1).all()} == {
        "city", "member", "rooms", "since",
    }  # fmt: skip
    counts = counted(plan, bins)
    assert counts.sum() == 4
    assert counts[own(plan, "left")[1]].tolist() == [0, 1, 1]
    nothing = counted(plan, plan.bins({}, 3, None))
    assert nothing.sum() == 0
    assert Indices(plan).of(nothing) == [None] * 6


def test_bins_have_names():
    plan = PLANS["regression"]
    column, _ = own(plan, "city")
    assert column.bin_names == ["missing", "Oslo", "Rome", "Lima", "other"]
    assert own(plan, "member")[0].bin_names == ["missing", "False", "True", "other"]
    assert own(plan, "rooms")[0].bin_names[:3] == ["missing", "under 1", "1 to 2"]
    assert own(plan, "since")[0].bin_names[1].startswith("under 2024-01-")
    for planned in (*plan.columns, *PLANS["binary"].columns):
        assert len(planned.bin_names) == len(planned)
    assert own(PLANS["binary"], "left")[0].bin_names == ["missing", "no", "yes"]


def test_bytes():
    for n, width in ((1, 2), (65_536, 4), (2**32, 8)):
        counts = DriftCounts(b"12345678", n, np.array([n, 0, 3]))
        data = counts.to_bytes()
        assert len(data) == 10 + 3 * width
        found = DriftCounts.from_bytes(data, n)
        assert (found.digest, found.n, found.counts.tolist()) == (b"12345678", n, [n, 0, 3])
    later = DriftCounts(b"87654321", 1, np.array([1]))
    assert found.merged(later) is later
    unknown = DriftCounts.from_bytes(b"\x63" + data[1:], n)
    assert unknown.merged(later) is later


def test_the_digest_follows_the_bins():
    baseline = compute_baseline(LEFT, SIGNATURE, training=training())
    plan = DriftPlan.of(baseline, SIGNATURE, LEFT)
    assert plan.digest == PLANS["binary"].digest != PLANS["regression"].digest
    turned = Target.make("left", "binary", ["yes", "no"])
    assert DriftPlan.of(baseline, SIGNATURE, turned).digest != plan.digest
    baseline["features"]["age"]["edges"][0] -= 1
    assert DriftPlan.of(baseline, SIGNATURE, LEFT).digest != plan.digest


@pytest.mark.parametrize(
    "wrong",
    [
        None, 7, {}, {"edges": [1, 2], "counts": [3, 4], "missing": 0},
        {"edges": [2, 1], "counts": [3], "missing": 0}, {"edges": [1, 2], "counts": [3]},
        {"edges": [1, math.inf], "counts": [3], "missing": 0}, {"edges": "ab", "counts": [1]},
        {"edges": [1, 2], "counts": [-3], "missing": 0}, {"edges": [], "counts": [], "missing": 0},
        {"categories": ["a", "a"], "counts": [1, 2], "missing": 0, "other": 0},
        {"categories": ["a"], "counts": [1], "missing": None, "other": 0},
    ],
)  # fmt: skip
def test_a_histogram_that_is_none_is_left_out(wrong):
    baseline = compute_baseline(LEFT, SIGNATURE, training=training())
    baseline["features"]["age"] = wrong
    baseline["features"]["city"] = wrong
    baseline["target"] = wrong
    names = [column.name for column in DriftPlan.of(baseline, SIGNATURE, LEFT).columns]
    assert sorted(names) == ["member", "rooms", "since"]


def test_no_plan_without_histograms():
    for baseline in (None, {}, {"features": None, "target": None}, {"features": [], "target": 3}):
        assert DriftPlan.of(baseline, SIGNATURE, LEFT) is None
    baseline = compute_baseline(PRICE, Signature(()), training=training(PRICE))
    plan = DriftPlan.of(baseline, Signature(()), PRICE)
    assert (plan.features, plan.target.name) == ((), "price")


def test_without_a_signature_the_baseline_says_the_types():
    baseline = compute_baseline(LEFT, SIGNATURE, training=training())
    baseline["features"]["age"]["importance"] = 0.5
    baseline["features"]["rooms"]["importance"] = 7
    plan = DriftPlan.of(baseline, Signature(()), LEFT)
    found = {feature.name: (feature.dtype, feature.importance) for feature in plan.features}
    assert found["age"] == ("number", 0.5)
    assert found["rooms"] == ("integer", None)
    assert len(found) == 5


counts_of_bins = st.lists(st.integers(0, 10_000), min_size=1, max_size=20).filter(any)


@given(counts_of_bins, st.integers(1, 9))
def test_the_index_of_equal_shares_is_0(counts, times):
    assert psi(counts, [times * count for count in counts]) == pytest.approx(0, abs=1e-12)


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=2, max_size=20))
def test_the_index_is_the_sum_over_bins(pairs):
    e, a = (np.array(side, float) for side in zip(*pairs, strict=True))
    if not e.any() or not a.any():
        assert math.isnan(psi(e, a))
        return
    shares = [(max(x / e.sum(), FLOOR), max(y / a.sum(), FLOOR)) for x, y in zip(e, a, strict=True)]
    expected = sum((y - x) * math.log(y / x) for x, y in shares)
    assert psi(e, a) == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert psi(e, a) == pytest.approx(psi(a, e), rel=1e-9, abs=1e-12)
    assert psi(e, a) >= 0


@given(rows)
def test_all_indices_at_once(some):
    plan = PLANS["regression"]
    counts = counted(plan, binned(plan, some))
    for column, index in zip(plan.columns, Indices(plan).of(counts), strict=True):
        mine = counts[column.offset : column.offset + len(column)]
        assert index == pytest.approx(psi(column.expected, mine), rel=1e-9, abs=1e-12)


def test_status():
    assert [status_of(x, 100) for x in (None, 0.0, 0.0999, 0.1, 0.2499, 0.25, 9.0)] == [
        "unknown", "passing", "passing", "warning", "warning", "failing", "failing",
    ]  # fmt: skip
    assert status_of(9.0, 99) is Status.UNKNOWN


def column(name, index, importance=None, n=1000):
    status = status_of(index, n)
    return FeatureDrift(
        name=name, dtype="number", psi=index, n=n, importance=importance, status=status
    )


def test_what_the_indices_say_of_the_deployment():
    calm, moved = column("calm", 0.01), column("moved", 0.3)
    assert verdict([calm, moved], None) == (
        "failing", "moved (PSI 0.300) moved far from the baseline.",
    )  # fmt: skip
    weak = column("weak", 0.5, 0.05)
    strong = column("strong", 0.15, 1.0)
    status, reason = verdict([strong, weak], column("y", 0.02))
    assert (status, reason) == ("warning", "strong (PSI 0.150) moved somewhat from the baseline.")
    assert verdict([column("strong", 0.01, 1.0), weak], None)[0] == "passing"
    assert verdict([column("a", 0.4, 0.1), column("b", 0.0, 1.0)], None)[0] == "failing"
    target = column("y", 0.6)
    status, reason = verdict([calm], target)
    assert (status, reason) == (
        "failing", "The predictions (PSI 0.600) moved far from the baseline.",
    )  # fmt: skip
    many = [column(f"f{i}", 0.3 + i / 100) for i in range(6)]
    assert (
        "f5 (PSI 0.350), f4 (PSI 0.340), f3 (PSI 0.330), 3 more features and the"
        in (verdict(many, target)[1])
    )
    status, reason = verdict([calm], column("y", 0.03))
    assert status == "passing"
    assert "0.030, of the predictions" in reason
    assert verdict([column("a", 0.9, n=1)], None) == (
        "unknown", "100 rows are needed to tell; 1 was counted.",
    )  # fmt: skip
    assert verdict([], None)[0] == "unknown"

"""Drift on both databases: hours and days as counted from the raw rows, repeats, packages."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from jupyter_registry.domain.baseline import compute_baseline
from jupyter_registry.domain.drift import DriftPlan
from jupyter_registry.domain.errors import InvalidInput
from jupyter_registry.domain.frames import conform
from jupyter_registry.domain.kinds import Bucket
from jupyter_registry.domain.psi import psi
from jupyter_registry.domain.signature import Column, Dtype, Signature
from jupyter_registry.monitoring.cursor import reading
from jupyter_registry.monitoring.drift import read_drift
from jupyter_registry.monitoring.rebuild import rebuild
from jupyter_registry.monitoring.recorder import Recorder
from jupyter_registry.monitoring.rows import PredictionRows

from .conftest import DAY, HOUR, MONDAY, TARGETS, actuals, moment, predictions

SIGNATURE = Signature((Column("x", Dtype.NUMBER, True), Column("city", Dtype.STRING, True)))
CITIES = ["Oslo", "Rome", None, "new"]


@pytest.fixture
def database(shared_database):
    return shared_database


def plan_of(target, seed=0):
    rng = np.random.default_rng(seed)
    data = {"x": rng.normal(size=400), "city": rng.choice(["Oslo", "Rome"], 400).tolist()}
    outcomes = rng.normal(50, 20, 400)
    if target.type != "regression":
        outcomes = rng.choice(target.class_labels, 400).tolist()
    found = compute_baseline(target, SIGNATURE, training=data | {target.name: outcomes})
    return DriftPlan.of(found, SIGNATURE, target), found


def rows_of(rng, tracked, plan, ids, stamps, package=1, shift=0.0):
    """Predictions with bins, and the inputs that they are of."""
    rows = predictions(rng, tracked.target, ids, stamps, package)
    n = len(rows)
    inputs = {"x": rng.normal(shift, 1, n), "city": rng.choice(np.array(CITIES, object), n)}
    labels = tracked.target.type != "regression"
    frame = conform(SIGNATURE, inputs, n)
    rows.plan, rows.bins = plan, plan.bins(frame, n, rows.labels if labels else rows.values)
    return rows, inputs


def expected(baseline, target, rows, inputs, chosen):
    """The index of each column from the raw rows, in the plainest way."""
    histogram = baseline["features"]["x"]
    x = inputs["x"][chosen]
    edges = np.array(histogram["edges"])
    found = {
        "x": psi(
            [0, *histogram["counts"], 0],
            [(x < edges[0]).sum(), *np.histogram(x, edges)[0], (x > edges[-1]).sum()],
        )
    }
    histogram = baseline["features"]["city"]
    cities = inputs["city"][chosen].tolist()
    found["city"] = psi(
        [*histogram["counts"], 0, 0],
        [*(cities.count(c) for c in histogram["categories"]), cities.count("new"),
         cities.count(None)],
    )  # fmt: skip
    histogram = baseline["target"]
    if target.type == "regression":
        v, edges = rows.values[chosen], np.array(histogram["edges"])
        found["y"] = psi(
            [0, *histogram["counts"], 0],
            [(v < edges[0]).sum(), *np.histogram(v, edges)[0], (v > edges[-1]).sum()],
        )
    else:
        known = dict(zip(histogram["categories"], histogram["counts"], strict=True))
        labels = rows.labels[chosen]
        found["y"] = psi(
            [known[label] for label in target.class_labels],
            [(labels == i).sum() for i in range(len(target.class_labels))],
        )
    return {name: pytest.approx(index, rel=1e-9, abs=1e-12) for name, index in found.items()}


def indices(found):
    return {f["name"]: f["psi"] for f in (*found["features"], found["target"])}


@pytest.mark.parametrize("name", TARGETS)
def test_indices_are_those_of_the_raw_rows(database, deploy, recorder, name):
    tracked, rng = deploy(TARGETS[name]), np.random.default_rng(3)
    plan, baseline = plan_of(tracked.target)
    n = 2_000
    stamps = MONDAY + np.sort(rng.integers(0, 3 * DAY, n))
    rows, inputs = rows_of(rng, tracked, plan, None, stamps)
    inputs["x"][stamps >= MONDAY + DAY] += 1.0
    shifted = conform(SIGNATURE, inputs, n)
    rows.bins[:, :2] = plan.bins(shifted, n, None)[:, :2]
    for at in np.array_split(np.arange(n), 300):  # one row, few and many
        recorder.record(tracked, rows.take(at))
    recorder.record(tracked, rows.take(slice(0, 0))).result()
    recorder.close()
    for bucket, width in ((Bucket.HOUR, HOUR), (Bucket.DAY, DAY), (Bucket.WEEK, 7 * DAY)):
        found = read_drift(database, tracked, 1, plan, bucket=bucket)
        everything = np.ones(n, bool)
        assert indices(found) == expected(baseline, tracked.target, rows, inputs, everything)
        assert (found["n"], sum(point["n"] for point in found["buckets"])) == (n, n)
        for i, point in enumerate(found["buckets"]):
            chosen = (stamps - MONDAY) // width == i
            assert point["n"] == chosen.sum()
            if point["n"]:
                one = expected(baseline, tracked.target, rows, inputs, chosen)
                assert point["features"] | {"y": point["target"]} == one
            else:
                assert point["features"] == {"x": None, "city": None}
    assert found["status"] == "failing"
    part = read_drift(
        database, tracked, 1, plan, start=moment(MONDAY + 5 * HOUR), end=moment(MONDAY + 30 * HOUR)
    )
    chosen = (stamps >= MONDAY + 5 * HOUR) & (stamps < MONDAY + 30 * HOUR)
    assert indices(part) == expected(baseline, tracked.target, rows, inputs, chosen)
    for column in (*found["features"], found["target"]):
        for side in ("baseline", "predicted"):
            assert sum(item[side] for item in column["bins"]) == pytest.approx(1)


def counted(database, tracked):
    with reading(database.log_engine) as cursor:
        return {
            tuple(row[:3]): (row[3], bytes(row[4]))
            for row in cursor.all(
                "SELECT package_id, level, start, n, data FROM drift_bucket "
                "WHERE deployment_id = ?",
                (tracked.deployment_id,),
            )
        }


def test_a_repeat_is_not_counted_twice(database, deploy, recorder):
    tracked, rng = deploy(TARGETS["binary"]), np.random.default_rng(4)
    plan, _ = plan_of(tracked.target)
    ids = [f"i{i}" for i in range(50)]
    rows, _ = rows_of(rng, tracked, plan, ids, MONDAY + np.arange(50) * HOUR // 10)
    for _ in range(2):
        recorder.record(tracked, rows).result()
        before = counted(database, tracked)
    again, _ = rows_of(rng, tracked, plan, ids[:30], np.full(30, MONDAY + 9 * DAY))
    recorder.record(tracked, again).result()
    recorder.record(tracked, again.take(slice(0, 1))).result()
    assert counted(database, tracked) == before
    # of a batch with both, what is new counts; of twins, the last
    mixed, _ = rows_of(rng, tracked, plan, ["i3", "new", "i4", "new"], np.full(4, MONDAY))
    recorder.record(tracked, mixed).result()
    found = read_drift(database, tracked, 1, plan)
    assert found["n"] == 51
    recorder.record(tracked, actuals(rng, tracked.target, ids)).result()
    before = counted(database, tracked)
    rebuild(database, tracked)
    assert counted(database, tracked) == before


def test_one_row_at_a_time_and_all_at_once_leave_the_same_bytes(database, deploy, recorder):
    plan, _ = plan_of(TARGETS["binary"])
    rng = np.random.default_rng(5)
    n = 120
    stamps = MONDAY + rng.integers(0, 2 * DAY, n)
    left = []
    for parts in (1, 7, n):
        tracked = deploy(TARGETS["binary"])
        rows, _ = rows_of(np.random.default_rng(6), tracked, plan, None, stamps)
        for at in np.array_split(rng.permutation(n), parts):
            recorder.record(tracked, rows.take(at)).result()
        left.append(counted(database, tracked))
    assert left[0] == left[1] == left[2]


def test_many_hours_of_many_columns_are_added_in_parts(database, deploy, recorder, monkeypatch):
    from jupyter_registry.monitoring import drift_buckets

    plan, _ = plan_of(TARGETS["binary"])
    stamps = MONDAY + np.random.default_rng(7).permutation(500) * 5 * HOUR
    left = []
    for most in (1 << 22, plan.size * 7):
        monkeypatch.setattr(drift_buckets, "_COUNTS_AT_ONCE", most)
        tracked = deploy(TARGETS["binary"])
        for seed in (1, 2):
            rows, _ = rows_of(np.random.default_rng(seed), tracked, plan, None, stamps)
            recorder.record(tracked, rows).result()
        left.append(counted(database, tracked))
    assert left[0] == left[1]
    assert len(left[0]) == 500 + len({s // DAY for s in stamps.tolist()})


def test_packages_have_bins_of_their_own(database, deploy, recorder):
    tracked, rng = deploy(TARGETS["binary"]), np.random.default_rng(8)
    plans = {1: plan_of(tracked.target), 2: plan_of(tracked.target, seed=9)}
    made = {}
    for package, (plan, _) in plans.items():
        stamps = np.full(200 * package, MONDAY + package * HOUR)
        made[package] = rows_of(rng, tracked, plan, None, stamps, package, shift=package - 1)
        recorder.record(tracked, made[package][0]).result()
    for package, (plan, baseline) in plans.items():
        found = read_drift(database, tracked, package, plan)
        everything = np.ones(200 * package, bool)
        assert indices(found) == expected(baseline, tracked.target, *made[package], everything)
        assert found["n"] == 200 * package
    # hours that were counted in other bins say nothing
    other = read_drift(database, tracked, 1, plans[2][0])
    assert (other["n"], other["status"]) == (0, "unknown")
    assert "Nothing" in other["reason"]


def test_two_servers_count_into_the_same_hours(database, deploy):
    tracked = deploy(TARGETS["binary"])
    plan, _ = plan_of(tracked.target)
    recorders = [Recorder(database) for _ in range(2)]

    def work(i):
        rng = np.random.default_rng(i)
        for _ in range(20):
            rows, _ = rows_of(rng, tracked, plan, None, np.full(1 + i, MONDAY))
            recorders[i % 2].record(tracked, rows).result()

    with ThreadPoolExecutor() as threads:
        list(threads.map(work, range(4)))
    for recorder in recorders:
        recorder.close()
    assert read_drift(database, tracked, 1, plan)["n"] == 20 * (1 + 2 + 3 + 4)


def test_a_batch_that_fails_leaves_nothing_behind(database, deploy, recorder):
    tracked, rng = deploy(TARGETS["binary"]), np.random.default_rng(9)
    plan, _ = plan_of(tracked.target)
    good, _ = rows_of(rng, tracked, plan, None, [MONDAY])
    bad, _ = rows_of(rng, tracked, plan, ["nul\0"], [MONDAY])
    for rows, fails in ((good, False), (bad, True), (good, False)):
        future = recorder.record(tracked, rows)
        assert (future.exception() is not None) is fails
    assert read_drift(database, tracked, 1, plan)["n"] == 2


def test_joined_batches_keep_their_bins(deploy):
    tracked, rng = deploy(TARGETS["binary"]), np.random.default_rng(10)
    plan, _ = plan_of(tracked.target)
    one, _ = rows_of(rng, tracked, plan, None, [MONDAY] * 3)
    bare = predictions(rng, tracked.target, None, [MONDAY] * 2)
    joined = PredictionRows.joined([bare, one])
    assert joined.plan is plan
    assert joined.bins.tolist() == [[-1] * 3] * 2 + one.bins.tolist()
    assert PredictionRows.joined([bare, bare]).bins is None


def test_ranges_and_nothing(database, deploy, recorder):
    tracked, rng = deploy(TARGETS["binary"]), np.random.default_rng(11)
    plan, _ = plan_of(tracked.target)
    assert read_drift(database, tracked, 1, plan)["reason"] == "Nothing was predicted yet."
    with pytest.raises(InvalidInput, match="range is empty"):
        read_drift(database, tracked, 1, plan, start=moment(MONDAY), end=moment(MONDAY))
    # recorded before drift was counted
    recorder.record(tracked, predictions(rng, tracked.target, None, [MONDAY])).result()
    found = read_drift(database, tracked, 1, plan)
    assert (found["n"], len(found["buckets"]), found["target"]["psi"]) == (0, 1, None)
    assert found["reason"].startswith("Nothing")
    rows, _ = rows_of(rng, tracked, plan, None, [MONDAY] * 7)
    recorder.record(tracked, rows).result()
    found = read_drift(database, tracked, 1, plan)
    assert found["reason"] == "100 rows are needed to tell; 7 were counted."
    assert [feature["status"] for feature in found["features"]] == ["unknown"] * 2
    rows.bins[:, :2] = -1
    recorder.record(tracked, PredictionRows.joined([rows] * 40)).result()
    late = read_drift(database, tracked, 1, plan)
    assert late["target"]["status"] != "unknown"
    with pytest.raises(InvalidInput, match="more than 10,000 buckets"):
        read_drift(database, tracked, 1, plan, bucket=Bucket.HOUR, start=moment(MONDAY - 500 * DAY))

"""Accuracy after any script of reports and actuals, against scikit-learn on the raw rows."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from jupyter_registry.domain.kinds import Bucket, TargetType
from jupyter_registry.domain.metrics import METRICS
from jupyter_registry.monitoring import calendar
from jupyter_registry.monitoring.accuracy import read_accuracy
from jupyter_registry.monitoring.rebuild import rebuild

from .conftest import DAY, HOUR, MONDAY, TARGETS, RawRows, Row, actuals, moment, predictions

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")

BASELINES: dict[int, dict[str, float | None]] = {
    1: {"rmse": 10.0, "auc": 0.8, "accuracy": 0.5, "log_loss": None},
    2: {"rmse": 20.0, "auc": -0.4, "accuracy": 0.25, "log_loss": 0.0},
    3: {},
}
#: How far from scikit-learn a metric may be; relative 1e-9 where not named.
LOOSE = {"auc": 1e-3, "ks": 1e-3, "gini": 2e-3}

Matched = list[tuple[Row, float]]


def of_numbers(rows: Matched) -> dict[str, tuple[float | None, int]]:
    p = np.array([row.value for row, _ in rows])
    y = np.array([actual for _, actual in rows])
    n = len(rows)
    return {
        "rmse": (sk.root_mean_squared_error(y, p), n),
        "mae": (sk.mean_absolute_error(y, p), n),
        "mape": (sk.mean_absolute_percentage_error(y, p), n),
        "r2": (sk.r2_score(y, p) if n > 1 else None, n),
    }


def of_two_classes(rows: Matched, positive: int) -> dict[str, tuple[float | None, int]]:
    y = np.array([actual for _, actual in rows]) == positive
    z = np.array([row.label for row, _ in rows]) == positive
    p = np.array([row.value for row, _ in rows])
    known = ~np.isnan(p)
    ys, ps = y[known], p[known]
    n, scored = len(rows), len(ps)
    auc = ks = None
    if ys.any() and not ys.all():
        auc = sk.roc_auc_score(ys, ps)
        fpr, tpr, _ = sk.roc_curve(ys, ps, drop_intermediate=False)
        ks = np.max(np.abs(tpr - fpr))
    return {
        "log_loss": (sk.log_loss(ys, ps, labels=[False, True]) if scored else None, scored),
        "auc": (auc, scored),
        "accuracy": (sk.accuracy_score(y, z), n),
        "balanced_accuracy": (sk.balanced_accuracy_score(y, z), n),
        "precision": (sk.precision_score(y, z, zero_division=0), n),
        "recall": (sk.recall_score(y, z, zero_division=0), n),
        "f1": (sk.f1_score(y, z, zero_division=0), n),
        "fpr": (None if y.all() else 1 - sk.recall_score(~y, ~z, zero_division=0), n),
        "mcc": (sk.matthews_corrcoef(y, z), n),
        "brier": (sk.brier_score_loss(ys, ps, pos_label=True) if scored else None, scored),
        "gini": (None if auc is None else 2 * auc - 1, scored),
        "ks": (ks, scored),
    }


def of_classes(rows: Matched, classes: int) -> dict[str, tuple[float | None, int]]:
    y = np.array([int(actual) for _, actual in rows])
    z = np.array([row.label for row, _ in rows])
    known = [
        (row.probabilities, int(actual))
        for row, actual in rows
        if row.probabilities is not None and not np.isnan(row.probabilities).any()
    ]
    loss = None
    if known:
        shares = np.array([item[0] for item in known])
        loss = sk.log_loss([item[1] for item in known], shares, labels=range(classes))
    n = len(rows)
    return {
        "log_loss": (loss, len(known)),
        "accuracy": (sk.accuracy_score(y, z), n),
        "balanced_accuracy": (sk.balanced_accuracy_score(y, z), n),
        "macro_f1": (sk.f1_score(y, z, average="macro", zero_division=0), n),
    }


def expected(raw: RawRows, rows: Matched) -> dict[str, tuple[float | None, int]]:
    target = raw.tracked.target
    if not rows:
        return {metric.name: (None, 0) for metric in METRICS[target.type]}
    if target.type is TargetType.REGRESSION:
        return of_numbers(rows)
    if target.type is TargetType.BINARY:
        return of_two_classes(rows, target.positive_index)
    return of_classes(rows, len(target.class_labels))


def baseline_of(rows: Iterable[tuple[Row, Any]]) -> dict[str, float | None]:
    made: dict[int, int] = {}
    for row, _ in rows:
        made[row.package] = made.get(row.package, 0) + 1
    return BASELINES[max(made, key=lambda package: (made[package], package))]


def shares(labels: tuple[str, ...], indices: list[int]) -> dict[str, float]:
    return {label: indices.count(i) / len(indices) for i, label in enumerate(labels)}


def check_point(raw: RawRows, point: dict[str, Any], inside: list[tuple[Row, Any]]) -> None:
    """A bucket, or the whole, is what these predictions and their actuals make it."""
    target = raw.tracked.target
    matched: Matched = [(row, actual) for row, actual in inside if actual is not None]
    assert (point["n_predicted"], point["n"]) == (len(inside), len(matched))
    if not inside:
        assert point["metrics"] == {}
        assert {point[name] for name in ("mean_predicted", "mean_actual")} == {None}
        assert {point[name] is None for name in ("predicted_shares", "actual_shares")} == {True}
        return
    wanted, baseline = expected(raw, matched), baseline_of(inside)
    assert list(point["metrics"]) == [metric.name for metric in METRICS[target.type]]
    for name, found in point["metrics"].items():
        value, n = wanted[name]
        loose = {"abs": LOOSE[name]} if name in LOOSE else {"rel": 1e-9, "abs": 1e-13}
        assert found["value"] == (None if value is None else pytest.approx(value, **loose)), name
        assert found["n"] == n, name
        base = baseline.get(name)
        assert found["baseline"] == base
        if base and found["value"] is not None:
            change = 100 * (found["value"] - base) / abs(base)
            assert found["change_percent"] == pytest.approx(change, rel=1e-12)
        else:
            assert found["change_percent"] is None
    values = [row.value for row, _ in inside if not math.isnan(row.value)]
    happened = [int(actual) for _, actual in matched]
    mean_predicted = float(np.mean(values)) if values else None
    mean_actual: float | None = None
    if target.type is TargetType.REGRESSION and matched:
        mean_actual = float(np.mean([actual for _, actual in matched]))
    elif target.type is TargetType.BINARY and matched:
        mean_actual = happened.count(target.positive_index) / len(happened)
    for name, wished in (("mean_predicted", mean_predicted), ("mean_actual", mean_actual)):
        wished = None if wished is None else pytest.approx(wished, rel=1e-9, abs=1e-13)
        assert point[name] == wished, name
    if target.type.is_classification:
        labels = target.class_labels
        assert point["predicted_shares"] == shares(labels, [row.label for row, _ in inside])
        assert point["actual_shares"] == (shares(labels, happened) if happened else None)


def next_edge(bucket: Bucket, start: datetime) -> datetime:
    if bucket is Bucket.MONTH:
        return start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
    hours = {Bucket.HOUR: 1, Bucket.DAY: 24, Bucket.WEEK: 7 * 24}[bucket]
    return start + timedelta(hours=hours)


def first_edge(bucket: Bucket, start: datetime) -> datetime:
    if bucket is Bucket.HOUR:
        return start.replace(minute=0, second=0, microsecond=0)
    day = start.replace(hour=0, minute=0, second=0, microsecond=0)
    if bucket is Bucket.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if bucket is Bucket.MONTH else day


def check_accuracy(
    database: Any,
    raw: RawRows,
    bucket: Bucket,
    packages: tuple[int, ...] = (1, 2, 3),
    start: int | None = None,
    end: int | None = None,
) -> dict[str, Any]:
    """The accuracy by one bucket equals what the raw rows give; returns it."""
    found = read_accuracy(
        database,
        raw.tracked,
        {package: BASELINES[package] for package in packages},
        bucket=bucket,
        start=None if start is None else moment(start),
        end=None if end is None else moment(end),
    )
    low = -math.inf if start is None else start // HOUR * HOUR
    high = math.inf if end is None else -(-end // HOUR) * HOUR
    kept = [
        item
        for item in raw.rows()
        if item[0].package in packages and low <= item[0].timestamp < high
    ]
    if not kept and found["overall"] is None:
        assert found["buckets"] == []
        return found
    check_point(raw, found["overall"], kept)
    if raw.tracked.target.type.is_classification and found["confusion_matrix"] is not None:
        pairs = [(int(actual), row.label) for row, actual in kept if actual is not None]
        wanted = sk.confusion_matrix(
            [pair[0] for pair in pairs],
            [pair[1] for pair in pairs],
            labels=range(len(raw.tracked.target.class_labels)),
        )
        assert found["confusion_matrix"] == wanted.tolist()
    kept.sort(key=lambda item: item[0].timestamp)
    stamps = np.array([row.timestamp for row, _ in kept])
    edge = first_edge(bucket, found["start"])
    for point in found["buckets"]:
        assert point["start"] == edge
        edge = next_edge(bucket, edge)
        assert point["end"] == edge
        ends = [calendar.microseconds(point[name]) for name in ("start", "end")]
        first, last = np.searchsorted(stamps, ends)
        check_point(raw, point, kept[first:last])
    assert edge >= found["end"] > found["buckets"][-1]["start"]
    return found


#: Where a script's predictions lie: within hours, over months with a leap day, before 1970.
PLACES = {
    "hours": MONDAY + np.array([0, 0, HOUR, 5 * HOUR]),
    "months": MONDAY + np.array([-30, -1, 2, 3, 5, 40]) * DAY + 7 * HOUR,
    "before 1970": np.array([-40 * DAY, -HOUR, -1, 0, 3 * DAY]),
}
STEP = st.tuples(
    st.sampled_from(["predict", "predict", "happen", "happen", "predict many", "happen many"]),
    st.integers(1, 3),
    st.integers(0, 2**32 - 1),
)


def step(raw: RawRows, recorder: Any, kind: str, package: int, seed: int, places: Any) -> Any:
    """Send one batch of a script; returns its future and the outcome that it must have."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(300, 500)) if "many" in kind else int(rng.integers(1, 25))
    pool = int(rng.choice([6, 60, 700]))
    names = [f"é{i}" for i in rng.integers(0, pool, n)]
    target = raw.tracked.target
    if kind.startswith("happen"):
        happened = actuals(rng, target, names)
        return recorder.record(raw.tracked, happened), raw.happen(happened)
    ids: list[str | None] | None = [name if rng.random() < 0.85 else None for name in names]
    if rng.random() < 0.1:
        ids = None
    stamps = rng.choice(places, n) + rng.integers(0, HOUR // 2, n)
    made = predictions(rng, target, ids, stamps, package, rng.choice([0.0, 0.2, 1.0]))
    return recorder.record(raw.tracked, made), raw.predict(made)


@pytest.mark.parametrize("kind", TARGETS)
@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    script=st.lists(STEP, min_size=2, max_size=9),
    place=st.sampled_from(sorted(PLACES)),
    together=st.booleans(),
)
def test_any_script(
    database, recorder, deploy, tables_of, totals_of, kind, script, place, together
) -> None:
    raw = RawRows(deploy(TARGETS[kind]))
    sent = []
    for number, (what, package, seed) in enumerate(script):
        seed = zlib.crc32(f"{seed} {number}".encode())
        future, outcome = step(raw, recorder, what, package, seed, PLACES[place])
        sent.append((future, outcome))
        if not together:
            assert future.result() == outcome
    for future, outcome in sent:
        assert future.result() == outcome
    assert totals_of(raw.tracked) == raw.totals()
    found = {}
    for bucket in Bucket:
        if bucket is not Bucket.HOUR or place == "hours":
            found[bucket] = check_accuracy(database, raw, bucket)
    check_accuracy(database, raw, Bucket.DAY, (2,))
    check_accuracy(database, raw, Bucket.HOUR, start=MONDAY + 61, end=MONDAY + 6 * HOUR + 1)
    tables = tables_of(raw.tracked)
    rebuilt = rebuild(database, raw.tracked)
    assert (rebuilt.predicted, rebuilt.matched, rebuilt.actuals) == raw.totals()
    assert rebuilt.buckets == len(tables)
    assert tables_of(raw.tracked) == tables
    for bucket, before in found.items():
        after = read_accuracy(database, raw.tracked, BASELINES, bucket=bucket)
        assert after == before

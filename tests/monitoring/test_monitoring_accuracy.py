"""Reading accuracy: ranges, packages, baselines, and scores of many distinct values."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from jupyter_registry.domain.errors import InvalidInput
from jupyter_registry.domain.kinds import Bucket
from jupyter_registry.domain.metrics import METRICS
from jupyter_registry.domain.scores import CAP
from jupyter_registry.monitoring.accuracy import read_accuracy
from jupyter_registry.monitoring.rebuild import rebuild
from jupyter_registry.monitoring.rows import ActualRows, PredictionRows

from .conftest import DAY, HOUR, MONDAY, TARGETS, RawRows, actuals, moment, predictions
from .test_monitoring_metrics import BASELINES, check_accuracy

BINARY = TARGETS["binary"]
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")


@pytest.fixture
def database(shared_database):
    return shared_database


def fill(recorder, raw: RawRows, rows: PredictionRows, happened: ActualRows | None = None) -> None:
    raw.predict(rows)
    futures = [recorder.record(raw.tracked, rows)]
    if happened is not None:
        raw.happen(happened)
        futures.append(recorder.record(raw.tracked, happened))
    for future in futures:
        future.result()


@pytest.fixture
def raw(recorder, deploy) -> RawRows:
    """Three packages one after another, with days between that have nothing."""
    raw, rng = RawRows(deploy(BINARY)), np.random.default_rng(5)
    for package, days in ((1, (0, 1, 2)), (2, (2, 9, 10)), (3, (40, 41))):
        ids = [f"{package}-{i}" for i in range(90)]
        stamps = MONDAY + rng.choice(days, 90) * DAY + rng.choice([0, 13, 23], 90) * HOUR
        stamps += rng.integers(0, HOUR, 90)
        fill(
            recorder,
            raw,
            predictions(rng, BINARY, ids, stamps, package, 0.1),
            actuals(rng, BINARY, ids[10:]),
        )
    return raw


def test_packages(database, raw) -> None:
    for packages in ((1, 2, 3), (2,), (1, 3)):
        for bucket in Bucket:
            found = check_accuracy(database, raw, bucket, packages)
            empty = [point for point in found["buckets"] if not point["n_predicted"]]
            assert empty or bucket is not Bucket.HOUR
            assert {point["n"] for point in empty} <= {0}


RANGES = [
    (MONDAY + 7 * HOUR + 1, MONDAY + 9 * DAY + 5 * HOUR + 1),
    (MONDAY + 10 * HOUR, MONDAY + 14 * HOUR),  # within one day
    (MONDAY + 20 * HOUR, MONDAY + DAY + 4 * HOUR),  # over midnight
    (MONDAY - 20 * DAY, MONDAY + DAY),  # begins before the first
    (MONDAY + 41 * DAY, MONDAY + 60 * DAY),  # ends after the last
    (MONDAY + 12 * DAY, MONDAY + 30 * DAY),  # nothing there
    (MONDAY + 100 * DAY, MONDAY + 101 * DAY),  # after everything
    (MONDAY + 2 * DAY, None),
    (None, MONDAY + 2 * DAY + 1),
    (MONDAY + 100 * DAY, None),
    (None, MONDAY - 100 * DAY),
]


def test_ranges(database, raw) -> None:
    for start, end in RANGES:
        for bucket in Bucket:
            found = check_accuracy(database, raw, bucket, start=start, end=end)
            if start is not None:
                assert found["start"] == moment(start // HOUR * HOUR)
            if end is not None:
                assert found["end"] == moment(-(-end // HOUR) * HOUR)


def test_the_range_of_all_there_is(database, raw) -> None:
    stamps = [row.timestamp for row, _ in raw.rows()]
    found = check_accuracy(database, raw, Bucket.DAY)
    assert found["start"] == moment(min(stamps) // HOUR * HOUR)
    assert found["end"] == moment(max(stamps) // HOUR * HOUR) + timedelta(hours=1)


def test_the_bucket_follows_the_span(database, raw) -> None:
    for days, bucket in ((2, "hour"), (90, "day"), (900, "week"), (2000, "month")):
        end = moment(MONDAY + days * DAY)
        found = read_accuracy(database, raw.tracked, BASELINES, start=moment(MONDAY), end=end)
        assert found["bucket"] == bucket


def test_chosen_metrics_alone(database, raw) -> None:
    found = read_accuracy(database, raw.tracked, BASELINES, names=["ks", "auc"])
    for point in (found["overall"], *found["buckets"]):
        assert list(point["metrics"]) == (["ks", "auc"] if point["n_predicted"] else [])


@pytest.mark.parametrize("bucket", list(Bucket))
def test_buckets_may_have_other_metrics_than_the_whole(database, raw, bucket) -> None:
    for names, of_buckets in (([], ["recall"]), (["recall"], ["ks"]), (["auc"], ["mcc", "auc"])):
        found = read_accuracy(
            database,
            raw.tracked,
            BASELINES,
            bucket=bucket,
            names=names,
            bucket_names=of_buckets,
        )
        everything = read_accuracy(database, raw.tracked, BASELINES, bucket=bucket)
        overall = everything["overall"]["metrics"]
        wanted = names or [metric.name for metric in METRICS[BINARY.type]]
        assert found["overall"]["metrics"] == {name: overall[name] for name in wanted}
        for point, whole in zip(found["buckets"], everything["buckets"], strict=True):
            known = {name: whole["metrics"][name] for name in of_buckets if whole["metrics"]}
            assert point == whole | {"metrics": known}
        assert found["confusion_matrix"] == everything["confusion_matrix"]


def test_overall_is_the_same_by_any_bucket(database, raw) -> None:
    start, end = moment(MONDAY + 14 * HOUR), moment(MONDAY + 10 * DAY + 20 * HOUR)
    for limits in ({}, {"start": start, "end": end}):
        found = [
            read_accuracy(database, raw.tracked, BASELINES, bucket=bucket, **limits)["overall"]
            for bucket in Bucket
        ]
        assert found[0]["n"]
        assert found == [found[0]] * len(found)


def test_what_cannot_be_is_refused(database, raw) -> None:
    def read(**options):
        return read_accuracy(database, raw.tracked, BASELINES, **options)

    with pytest.raises(InvalidInput, match="'auk' is not a metric"):
        read(names=["auk"])
    with pytest.raises(InvalidInput, match="'rmse' is not a metric"):
        read(bucket_names=["rmse"])
    for end in (MONDAY, MONDAY - DAY):
        with pytest.raises(InvalidInput, match="range is empty"):
            read(start=moment(MONDAY), end=moment(end))
    with pytest.raises(InvalidInput, match="more than 10,000 buckets"):
        read(bucket=Bucket.HOUR, start=moment(MONDAY), end=moment(MONDAY + 500 * DAY))


def test_nothing_yet(database, deploy, recorder) -> None:
    for target in TARGETS.values():
        check_nothing_yet(database, deploy(target), recorder)


def check_nothing_yet(database, tracked, recorder) -> None:
    rng = np.random.default_rng(0)
    for _ in range(2):
        found = read_accuracy(database, tracked, BASELINES, start=moment(MONDAY))
        assert (found["overall"], found["buckets"], found["confusion_matrix"]) == (None, [], None)
        assert found["class_labels"] == list(tracked.target.class_labels)
        # actuals alone tell nothing
        recorder.record(tracked, actuals(rng, tracked.target, ["a"])).result()
    end = moment(MONDAY + 2 * DAY)
    found = read_accuracy(database, tracked, BASELINES, start=moment(MONDAY), end=end)
    assert [point["n_predicted"] for point in found["buckets"]] == [0] * 48


def test_the_baseline_is_that_of_most_predictions(database, deploy, recorder) -> None:
    raw, rng = RawRows(deploy(TARGETS["regression"])), np.random.default_rng(0)
    for package, n in ((1, 3), (2, 4), (3, 1)):
        ids = [f"{package}-{i}" for i in range(n)]
        stamps = np.full(n, MONDAY + package * HOUR)
        made = predictions(rng, raw.tracked.target, ids, stamps, package)
        fill(recorder, raw, made, actuals(rng, raw.tracked.target, ids))
    found = check_accuracy(database, raw, Bucket.HOUR)
    assert [point["metrics"]["rmse"]["baseline"] for point in found["buckets"]] == [10, 20, None]
    assert found["overall"]["metrics"]["rmse"]["baseline"] == 20
    rmse = found["overall"]["metrics"]["rmse"]
    assert rmse["change_percent"] == pytest.approx(100 * (rmse["value"] - 20) / 20)


@pytest.mark.parametrize("per_hour", [3_000, 20_000])
def test_many_distinct_scores(database, deploy, recorder, tables_of, per_hour) -> None:
    """AUC and KS of more scores than are told apart, in an hour and over many merged."""
    raw, rng = RawRows(deploy(BINARY)), np.random.default_rng(per_hour)
    hours = [0, 1, 24, 7 * 24] if per_hour < 10_000 else [0, 30]
    for hour in hours:
        p = 1 / (1 + np.exp(-rng.normal(-3, 2, per_hour)))
        ids = [f"{hour}-{i}" for i in range(per_hour)]
        stamps = MONDAY + hour * HOUR + rng.integers(0, HOUR, per_hour)
        made = PredictionRows(1, stamps, p, (p >= 0.5).astype(np.int64), ids)
        fill(recorder, raw, made, ActualRows(ids, (rng.random(per_hour) < p).astype(float)))
        # a tenth is corrected
        wrong = [ids[i] for i in rng.choice(per_hour, per_hour // 10, replace=False)]
        fill(recorder, raw, made.take(slice(0, 50)), ActualRows(wrong, np.ones(len(wrong))))
    buckets = Bucket if per_hour < CAP else (Bucket.HOUR, Bucket.WEEK)
    found = [check_accuracy(database, raw, bucket) for bucket in buckets]
    tables = tables_of(raw.tracked)
    rebuild(database, raw.tracked)
    assert tables_of(raw.tracked) == tables
    for before in found:
        bucket = Bucket(before["bucket"])
        assert read_accuracy(database, raw.tracked, BASELINES, bucket=bucket) == before


def test_most_scores_in_a_narrow_band(database, deploy, recorder) -> None:
    """Rows of a band a millionth wide, beside a wide spread, are told apart; rebuilt as well."""
    raw, rng = RawRows(deploy(BINARY)), np.random.default_rng(4)
    n, per_batch = 45_000, 9_000
    place = rng.random(n)
    p = np.where(np.arange(n) < n // 2, rng.random(n), 0.2 * (1 + 1e-6 * place))
    ids = [f"i{i}" for i in range(n)]
    outcome = (rng.random(n) < np.where(np.arange(n) < n // 2, p, place)).astype(float)
    for part in np.array_split(np.arange(n), n // per_batch):
        named = [ids[i] for i in part]
        made = PredictionRows(
            1, np.full(len(part), MONDAY), p[part], np.zeros(len(part), int), named
        )
        fill(recorder, raw, made, ActualRows(named, outcome[part]))
    turned = rng.choice(n, n // 10, replace=False)
    fill(
        recorder,
        raw,
        PredictionRows(1, np.array([MONDAY]), p[:1], np.zeros(1, int), ids[:1]),
        ActualRows([ids[i] for i in turned], 1 - outcome[turned]),
    )
    check_accuracy(database, raw, Bucket.HOUR)
    rebuild(database, raw.tracked)
    check_accuracy(database, raw, Bucket.HOUR)


def test_an_hour_that_was_once_too_full_stays_coarse_until_it_is_rebuilt(
    database, deploy, recorder, tables_of
) -> None:
    """A known limitation: the bins do not split again when predictions leave an hour."""
    raw, rng = RawRows(deploy(BINARY)), np.random.default_rng(3)
    n = CAP + 4_000
    p = rng.random(n)
    ids = [f"i{i}" for i in range(n)]
    made = PredictionRows(1, np.full(n, MONDAY), p, (p >= 0.5).astype(np.int64), ids)
    fill(recorder, raw, made, ActualRows(ids, (rng.random(n) < p).astype(float)))
    moved = made.take(slice(0, n - 1_000))
    moved.timestamps = moved.timestamps + DAY
    fill(recorder, raw, moved)
    check_accuracy(database, raw, Bucket.HOUR)
    coarse = tables_of(raw.tracked)
    rebuild(database, raw.tracked)
    assert tables_of(raw.tracked) != coarse
    check_accuracy(database, raw, Bucket.HOUR)

"""Accuracy in detail: score bins, confusion at any threshold, and an unbiased sample of rows."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from jupyter_registry.domain.curves import Counted, average_precision, confusion_at, roc_auc
from jupyter_registry.domain.entities import AccuracyDetails
from jupyter_registry.domain.errors import InvalidInput
from jupyter_registry.domain.scores import READ
from jupyter_registry.monitoring import sampling
from jupyter_registry.monitoring.details import read_details
from jupyter_registry.monitoring.rows import ActualRows, PredictionRows, Tracked

from .conftest import DAY, HOUR, MONDAY, TARGETS, actuals, moment, predictions

PACKAGES = (1, 2, 3)


def details(database, tracked: Tracked, packages=PACKAGES, **options) -> AccuracyDetails:
    found = read_details(database, tracked, packages, **options)
    return AccuracyDetails.model_validate(found | {"deployment_id": tracked.deployment_id})


def record(recorder, tracked: Tracked, *batches: PredictionRows | ActualRows) -> None:
    for future in [recorder.record(tracked, batch) for batch in batches]:
        future.result()


def scored(tracked: Tracked, rng, n: int, package: int, days: int = 30):
    """Predictions of distinct scores, with what happened as likely as they say."""
    target = tracked.target
    hit = rng.random(n) < 0.2
    scores = 1 / (1 + np.exp(-rng.normal(np.where(hit, -1.0, -2.5), 1.5)))
    positive = target.positive_index
    rows = PredictionRows(
        package,
        MONDAY + rng.integers(0, days * DAY, n),
        scores,
        np.where(scores >= target.threshold, positive, 1 - positive),
        [f"{package}-{i}" for i in range(n)],
    )
    happened = ActualRows(list(rows.association_ids), np.where(hit, positive, 1 - positive) * 1.0)
    return rows, happened, hit


@pytest.mark.parametrize("kind", ["binary", "binary, positive first"])
@pytest.mark.parametrize("n", [40, 30_000])
def test_curves_of_the_bins_are_those_of_the_rows(database, recorder, deploy, kind, n) -> None:
    tracked = deploy(TARGETS[kind])
    rows, happened, hit = scored(tracked, np.random.default_rng(n), n, 1)
    record(recorder, tracked, rows, happened)
    found = details(database, tracked)
    assert (found.n, found.target_type) == (n, "binary")
    assert found.score_bins is not None
    assert len(found.score_bins) <= READ
    scores = [one.score for one in found.score_bins]
    assert scores == sorted(scores)
    assert sum(one.positives for one in found.score_bins) == hit.sum()
    assert sum(one.negatives for one in found.score_bins) == n - hit.sum()
    counted = Counted.of(found.score_bins)
    assert roc_auc(counted) == pytest.approx(roc_auc_score(hit, rows.values), abs=1e-3)
    expected = average_precision_score(hit, rows.values)
    assert average_precision(counted) == pytest.approx(expected, abs=5e-3)
    # a bin's rows are all on one side of a threshold, wherever in the bin it lies
    share = (counted.positives + counted.negatives).max()
    for threshold in (0.0, 1e-3, 0.05, tracked.target.threshold, 0.5, 0.9, 1.0, 1.1):
        by_rows = np.zeros((2, 2), np.int64)
        labels = np.where(rows.values >= threshold, 1, 0)
        order = [1, 0] if tracked.target.positive_index == 0 else [0, 1]
        for actual, predicted in ((0, 0), (0, 1), (1, 0), (1, 1)):
            count = np.count_nonzero((hit == actual) & (labels == predicted))
            by_rows[order.index(actual), order.index(predicted)] = count
        by_bins = np.array(confusion_at(found, threshold))
        assert by_bins.sum(axis=1).tolist() == by_rows.sum(axis=1).tolist()
        assert np.abs(by_bins - by_rows).max() <= (0 if n == 40 else 2 * share)
    by_labels = np.array(found.confusion_matrix)
    assert by_labels.sum() == n
    if n == 40:
        assert confusion_at(found, tracked.target.threshold) == found.confusion_matrix


def test_packages_and_ranges(database, recorder, deploy) -> None:
    tracked, rng = deploy(TARGETS["binary"]), np.random.default_rng(3)
    made = {package: scored(tracked, rng, 500, package) for package in PACKAGES}
    record(
        recorder,
        tracked,
        *(part for rows, happened, _ in made.values() for part in (rows, happened)),
    )
    start, end = MONDAY + 3 * DAY + 5 * HOUR + 1, MONDAY + 17 * DAY + 7 * HOUR + 1
    for packages in ((1,), (2, 3)):
        found = details(database, tracked, packages, start=moment(start), end=moment(end))
        first, last = start // HOUR * HOUR, -(-end // HOUR) * HOUR
        assert (found.start, found.end) == (moment(first), moment(last))
        expected = sum(
            np.count_nonzero((made[one][0].timestamps >= first) & (made[one][0].timestamps < last))
            for one in packages
        )
        assert found.n == expected
        assert sum(one.positives + one.negatives for one in found.score_bins or []) == expected
    everything = details(database, tracked)
    stamps = np.concatenate([rows.timestamps for rows, _, _ in made.values()])
    assert everything.start == moment(stamps.min() // HOUR * HOUR)
    assert everything.end == moment(stamps.max() // HOUR * HOUR) + timedelta(hours=1)
    with pytest.raises(InvalidInput, match="range is empty"):
        details(database, tracked, start=moment(MONDAY), end=moment(MONDAY))


def test_rows_without_probability_are_in_the_confusion_alone(database, recorder, deploy) -> None:
    tracked, rng = deploy(TARGETS["binary"]), np.random.default_rng(4)
    ids: list[str | None] = [f"i{i}" for i in range(200)]
    rows = predictions(rng, tracked.target, ids, MONDAY + rng.integers(0, DAY, 200), unknown=0.3)
    record(recorder, tracked, rows, actuals(rng, tracked.target, [str(i) for i in ids]))
    found = details(database, tracked)
    known = np.count_nonzero(~np.isnan(rows.values))
    assert found.n == np.sum(found.confusion_matrix) == 200 > known
    assert sum(one.positives + one.negatives for one in found.score_bins or []) == known


@pytest.mark.parametrize("kind", TARGETS)
def test_nothing_yet(database, deploy, recorder, kind) -> None:
    tracked = deploy(TARGETS[kind])
    found = details(database, tracked)
    assert (found.n, found.start, found.confusion_matrix) == (0, None, None)
    assert not found.score_bins
    assert not found.sample
    assert found.class_labels == list(tracked.target.class_labels)
    rows = predictions(np.random.default_rng(0), tracked.target, ["a"], [MONDAY])
    record(recorder, tracked, rows)  # predicted, but nothing has happened
    waiting = details(database, tracked)
    assert (waiting.n, waiting.start) == (0, moment(MONDAY))
    assert not waiting.sample


def test_classes_have_a_confusion_alone(database, recorder, deploy) -> None:
    tracked, rng = deploy(TARGETS["multiclass"]), np.random.default_rng(2)
    ids: list[str | None] = [f"i{i}" for i in range(100)]
    rows = predictions(rng, tracked.target, ids, np.full(100, MONDAY))
    happened = actuals(rng, tracked.target, [str(i) for i in ids])
    record(recorder, tracked, rows, happened)
    found = details(database, tracked)
    expected = np.zeros((4, 4), int)
    np.add.at(expected, (happened.values.astype(int), rows.labels), 1)
    assert found.confusion_matrix == expected.tolist()
    assert (found.score_bins, found.sample, found.threshold) == (None, None, None)


# --- the sample ---------------------------------------------------------------------------

N = 24_000


@pytest.fixture
def numbers(recorder, deploy):
    """A deployment of numbers, among rows of others; in order of time, later rows larger."""
    tracked, other = deploy(TARGETS["regression"]), deploy(TARGETS["regression"])
    rng = np.random.default_rng(11)
    stamps = MONDAY + np.sort(rng.integers(0, 40 * DAY, N)) + rng.integers(0, HOUR, N)
    values = np.linspace(0, 100, N) + rng.normal(0, 1, N)
    happened = values + rng.normal(0, 5, N)
    ids = [f"{n:016x}" for n in rng.integers(0, 1 << 62, N).tolist()]
    for first in range(0, N, 2_000):
        part = slice(first, first + 2_000)
        package = 1 + first // 2_000 % 3
        n = len(ids[part])
        made = PredictionRows(package, stamps[part], values[part], np.zeros(n, np.int64), ids[part])
        record(recorder, tracked, made, ActualRows(ids[part], happened[part]))
        noise = predictions(
            rng, other.target, ids[first : first + 700], stamps[first : first + 700]
        )
        record(recorder, other, noise)
    known = {
        name: (int(stamp), float(value), float(actual), 1 + i // 2_000 % 3)
        for i, (name, stamp, value, actual) in enumerate(
            zip(ids, stamps, values, happened, strict=True)
        )
    }
    return tracked, known


def check_rows(found: AccuracyDetails, known, packages=PACKAGES) -> list[float]:
    """Every row of the sample is as it was recorded, of the range, once; returns the actuals."""
    assert found.sample is not None
    assert found.start is not None
    assert found.end is not None
    names = [row.association_id for row in found.sample]
    assert len(set(names)) == len(names)
    for row in found.sample:
        stamp, value, actual, package = known[row.association_id]
        assert (row.timestamp, row.predicted, row.actual) == (moment(stamp), value, actual)
        assert found.start <= row.timestamp < found.end
        assert package in packages
    stamps = [row.timestamp for row in found.sample]
    assert stamps == sorted(stamps)
    return [row.actual for row in found.sample]


def test_few_rows_are_all_there(database, recorder, deploy) -> None:
    tracked, rng = deploy(TARGETS["regression"]), np.random.default_rng(8)
    ids: list[str | None] = [f"i{i}" for i in range(900)]
    rows = predictions(rng, tracked.target, ids, MONDAY + rng.integers(0, DAY, 900))
    happened = actuals(rng, tracked.target, [str(i) for i in ids[:600]])
    early = ActualRows([f"early {i}" for i in range(1_000)], np.zeros(1_000))
    for batch in (happened, early):  # fewer actuals than predictions, then more
        record(recorder, tracked, rows, batch)
        found = details(database, tracked)
        assert found.sample is not None
        assert found.n == len(found.sample) == 600
        expected = {
            (name, value)
            for name, value in zip(happened.association_ids, happened.values, strict=True)
        }
        assert {(row.association_id, row.actual) for row in found.sample} == expected


def test_many_rows_are_sampled_evenly_over_time_and_package(database, numbers) -> None:
    tracked, known = numbers
    found = details(database, tracked)
    assert found.n == N
    sampled = check_rows(found, known)
    assert len(sampled) == sampling.MOST
    assert found.sample == details(database, tracked).sample
    # the actuals grow with time: a sample that is not even over time is off by more
    everything = np.array([actual for _, _, actual, _ in known.values()])
    spread = everything.std() / np.sqrt(len(sampled))
    assert np.mean(sampled) == pytest.approx(everything.mean(), abs=3 * spread)
    shares = np.histogram(sampled, np.quantile(everything, np.linspace(0, 1, 11)))[0]
    assert shares.min() > 0.7 * len(sampled) / 10
    of_one = details(database, tracked, (2,))
    assert 500 < len(check_rows(of_one, known, (2,))) <= min(sampling.MOST, of_one.n)


@pytest.mark.parametrize(("first", "hours"), [(0, 6), (480, 24), (500, 1), (900, 100)])
def test_a_narrow_range_is_found_in_the_log(database, numbers, first, hours) -> None:
    tracked, known = numbers
    start = moment(MONDAY + first * HOUR)
    found = details(database, tracked, start=start, end=start + timedelta(hours=hours))
    sampled = check_rows(found, known)
    assert found.n > 10
    # most of them: the rows of a batch are in the log in the order of their association IDs
    assert 0.8 * min(found.n, sampling.MOST) <= len(sampled) <= found.n


def test_a_log_in_no_order_of_time_is_sampled_too(database, recorder, deploy) -> None:
    tracked, rng = deploy(TARGETS["regression"]), np.random.default_rng(1)
    n = 2 * sampling.FEW
    ids = [f"{i:x}" for i in rng.permutation(n).tolist()]
    # each hundred rows are of a time of their own, and times come back without an order
    stamps = MONDAY + np.repeat(rng.permutation(n // 100) * DAY, 100)
    values = rng.normal(0, 1, n)
    rows = PredictionRows(1, stamps, values, np.zeros(n, np.int64), list(ids))
    record(recorder, tracked, rows, ActualRows(ids, values))
    found = details(
        database, tracked, start=moment(MONDAY + 20 * DAY), end=moment(MONDAY + 50 * DAY)
    )
    known = {
        i: (int(s), float(v), float(v), 1) for i, s, v in zip(ids, stamps, values, strict=True)
    }
    sampled = check_rows(found, known)
    assert found.n == 3_000
    assert len(sampled) > 1_500


def test_every_row_is_as_likely_as_another() -> None:
    """Probes hit each id of the stretches with the same probability."""
    stretches = np.array([[10, 40], [50, 51], [100, 400]])
    hits = np.zeros(500)
    for seed in range(2_000):
        ids = sampling._spread(np.random.default_rng(seed), stretches, 60)
        assert len(set(ids.tolist())) == len(ids)
        hits[ids] += 1
    inside = np.concatenate([np.arange(*pair) for pair in stretches])
    assert hits.sum() == hits[inside].sum()
    assert np.abs(hits[inside] / 2_000 - 60 / 331).max() < 0.05
    assert sampling._spread(np.random.default_rng(0), stretches, 331).tolist() == inside.tolist()

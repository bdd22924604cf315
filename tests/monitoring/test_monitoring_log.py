"""The raw log: appending, looking up, overwriting and scanning, in small and large batches."""

from __future__ import annotations

import numpy as np
import pytest

from jupyter_registry.monitoring import log
from jupyter_registry.monitoring.cursor import Writer, reading
from jupyter_registry.monitoring.rows import ActualRows, PredictionRows

from .conftest import DAY, MONDAY, TARGETS, RawRows, actuals, predictions

SIZES = [1, 7, log.LARGE - 1, log.LARGE, 1_000]
#: What must come back bit for bit (SQLite keeps -0.0 as 0, which every sum and sketch does too).
AWKWARD = [0.1, 0.0, 5e-324, 1.7976931348623157e308, 1 / 3, 1e16 + 2, -2.5e-300]


@pytest.fixture
def database(shared_database):
    return shared_database


@pytest.fixture
def writer(database):
    made = Writer(database.log_engine)
    yield made
    made.close()


def named(n: int, prefix: str = "i") -> list[str | None]:
    return [f"{prefix}{i:05d}" for i in range(n)]


def test_everything_comes_back_as_it_went(writer, deploy, database) -> None:
    for n in SIZES:
        check_coming_back(writer, deploy(TARGETS["multiclass"]), database, n)


def check_coming_back(writer, tracked, database, n) -> None:
    rng = np.random.default_rng(n)
    values = np.resize(AWKWARD, n)
    probabilities = rng.dirichlet(np.ones(4), n)
    probabilities[::3] = np.nan
    latency = np.where(np.arange(n) % 2, np.nan, rng.random(n))
    ids = named(n)
    ids[n // 2] = None
    rows = PredictionRows(
        3,
        MONDAY + np.arange(n),
        values,
        rng.integers(0, 4, n),
        ids,
        probabilities,
        latency,
        [None if i % 5 == 4 else f'{{"x":"é\\t\\\\{i}"}}' for i in range(n)],
    )
    happened = ActualRows(
        named(n), values, [None if i % 4 == 0 else -(2**60) + i for i in range(n)]
    )
    with writer.transaction() as cursor:
        assert log.append_predictions(cursor, tracked.deployment_id, rows) == n
        assert log.append_actuals(cursor, tracked.deployment_id, happened) == n
        again = log.append_predictions(cursor, tracked.deployment_id, rows)
        assert again == 1  # the nameless one
        assert log.append_actuals(cursor, tracked.deployment_id, happened) == 0
    with reading(database.log_engine) as cursor:
        scanned = log.scan(cursor, tracked.deployment_id)
    assert len(scanned) == n + 1
    scanned = sorted(scanned[:n], key=lambda row: row[3])
    for i, row in enumerate(scanned):
        _, package, name, stamp, value, label, blob, latency_ms, features, actual, when, _ = row
        assert (package, name, stamp) == (3, ids[i], rows.timestamps[i])
        assert np.float64(value).tobytes() == values[i].tobytes()
        assert label == rows.labels[i]
        wanted = None if np.isnan(probabilities[i]).any() else probabilities[i].tobytes()
        assert blob == wanted
        assert latency_ms == (None if np.isnan(latency[i]) else latency[i])
        assert features == rows.features[i]
        if name is None:
            assert (actual, when) == (None, None)
            continue
        assert np.float64(actual).tobytes() == values[i].tobytes()
        assert when == happened.timestamps[i]


def test_looking_up(writer, deploy) -> None:
    for target in TARGETS.values():
        for n in SIZES:
            check_looking_up(writer, deploy(target), deploy(target), n)


def check_looking_up(writer, tracked, other, n) -> None:
    target = tracked.target
    rng, classes = np.random.default_rng(n), len(target.class_labels)
    rows = predictions(rng, target, named(n), MONDAY + np.arange(n), 2, 0.3)
    happened = actuals(rng, target, named(n))
    asked = [None, *reversed(named(n)), "é", "i0000'\"\\"]
    with writer.transaction() as cursor:
        # another deployment has the same IDs
        log.append_predictions(cursor, other.deployment_id, rows)
        log.append_actuals(cursor, other.deployment_id, happened)
        batch = log.Batch(cursor, tracked.deployment_id, asked)
        assert len(batch.predictions(classes)) == 0
        assert len(batch.actuals()[0]) == 0
        newest = log.newest_id(cursor)
        log.append_predictions(cursor, tracked.deployment_id, rows)
        log.append_actuals(cursor, tracked.deployment_id, happened)
        assert len(batch.predictions(classes, up_to=newest)) == 0
        found = batch.predictions(classes, up_to=log.newest_id(cursor))
        at, values = batch.actuals()
    assert sorted(at.tolist()) == sorted(found.at.tolist()) == list(range(1, n + 1))
    place = n - at
    assert np.array_equal(values, happened.values[place])
    place = n - found.at
    assert set(found.packages.tolist()) == {2}
    assert np.array_equal(found.timestamps, rows.timestamps[place])
    assert np.array_equal(found.labels, rows.labels[place])
    assert np.array_equal(found.values, rows.values[place], equal_nan=True)
    if classes > 2 and rows.probabilities is not None:
        assert np.array_equal(found.probabilities, rows.probabilities[place], equal_nan=True)
    assert (found.probabilities is None) == (classes <= 2)


def test_looking_up_nothing(writer, deploy) -> None:
    tracked = deploy(TARGETS["regression"])
    with writer.transaction() as cursor:
        for ids in ([], [None], [None] * 400):
            batch = log.Batch(cursor, tracked.deployment_id, ids)
            assert len(batch.predictions(0)) == len(batch.actuals()[0]) == 0


@pytest.mark.parametrize("n", [1, 400])
def test_what_replaces_leaves_nothing_behind(writer, deploy, database, n) -> None:
    tracked = deploy(TARGETS["multiclass"])
    full = PredictionRows(
        1,
        np.full(n, MONDAY),
        np.ones(n),
        np.zeros(n, np.int64),
        named(n),
        np.full((n, 4), 0.25),
        np.ones(n),
        ["{}"] * n,
        segment_ids=np.arange(1, 2 * n + 1).reshape(n, 2),
    )
    bare = PredictionRows(
        2, np.full(n, MONDAY + 1), np.full(n, np.nan), np.ones(n, np.int64), named(n)
    )
    with writer.transaction() as cursor:
        log.append_predictions(cursor, tracked.deployment_id, full)
        found = log.Batch(cursor, tracked.deployment_id, named(n)).predictions(4, segmented=True)
        assert found.segments.tolist() == full.segment_ids[found.at].tolist()
        log.overwrite_predictions(cursor, bare, found.at, found.ids)
    with reading(database.log_engine) as cursor:
        rows = log.scan(cursor, tracked.deployment_id)
    assert [row[2] for row in rows] == named(n)
    nothing = (None,) * 6
    assert {tuple(row[1:2]) + tuple(row[3:]) for row in rows} == {
        (2, MONDAY + 1, None, 1, *nothing)
    }


def test_scanning(recorder, deploy, database) -> None:
    target = TARGETS["binary"]
    rng, raw, other = np.random.default_rng(0), RawRows(deploy(target)), deploy(target)
    for turn in range(4):
        ids = [f"{turn}-{i}" if i % 7 else None for i in range(120)]
        rows = predictions(rng, target, ids, MONDAY + rng.integers(0, 9 * DAY, 120))
        raw.predict(rows)
        recorder.record(raw.tracked, rows)
        recorder.record(other, rows)
        happened = actuals(rng, target, [name for name in ids[:50] if name])
        raw.happen(happened)
        recorder.record(raw.tracked, happened).result()

    def pages(**bounds):
        after, found = 0, []
        with reading(database.log_engine) as cursor:
            while page := log.scan(
                cursor, raw.tracked.deployment_id, after_id=after, limit=37, **bounds
            ):
                assert len(page) <= 37
                after = page[-1][0]
                found += page
        return found

    everything = pages()
    row_ids = [row[0] for row in everything]
    assert row_ids == sorted(set(row_ids))
    wanted = sorted((row.timestamp, row.value, actual) for row, actual in raw.rows())
    assert sorted((row[3], row[4], row[9]) for row in everything) == wanted
    low, high = MONDAY + 2 * DAY, everything[100][3]
    for start, end in ((low, None), (None, high), (low, max(low, high) + 1), (high, high)):
        kept = [
            row
            for row in everything
            if (start is None or row[3] >= start) and (end is None or row[3] < end)
        ]
        assert pages(start=start, end=end) == kept

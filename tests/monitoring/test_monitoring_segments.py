"""Segments: each one's accuracy equals scikit-learn's on its rows, whatever came in what order."""

from __future__ import annotations

import threading
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_registry.domain.kinds import Bucket
from jupyter_registry.domain.segments import MISSING, MOST_VALUES, OTHER
from jupyter_registry.monitoring.accuracy import read_accuracy, read_segments
from jupyter_registry.monitoring.cursor import Writer, reading
from jupyter_registry.monitoring.details import read_details
from jupyter_registry.monitoring.matching import record_predictions
from jupyter_registry.monitoring.rebuild import rebuild
from jupyter_registry.monitoring.recorder import Recorder
from jupyter_registry.monitoring.rows import ActualRows, PredictionRows
from jupyter_registry.monitoring.segments import Segment, listed_segments
from jupyter_registry.store.database import open_database

from .conftest import DAY, HOUR, MONDAY, TARGETS, RawRows, actuals, predictions
from .test_monitoring_metrics import BASELINES, PLACES, STEP, check_point

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")
BINARY, REGRESSION = TARGETS["binary"], TARGETS["regression"]
#: The columns change while a deployment lives.
COLUMNS = [("carrier", "origin"), ("carrier",), ("origin", "é"), ()]
VALUES = {"carrier": ["UA", "AA", "B6", MISSING], "origin": ["JFK", "EWR"], "é": ["ü", OTHER]}


def with_segments(rng: np.random.Generator, rows: PredictionRows, columns: Any) -> PredictionRows:
    if columns:
        rows.segments = {name: rng.choice(VALUES[name], len(rows)).tolist() for name in columns}
    return rows


def segments_of(database, tracked) -> list[Segment]:
    with reading(database.log_engine) as cursor:
        return listed_segments(cursor, tracked.deployment_id)


def check_segments(database, raw: RawRows, packages=(1, 2, 3), bucket=Bucket.DAY) -> int:
    """Every segment's numbers are those of its raw rows; how many segments there are."""
    baselines = {package: BASELINES[package] for package in packages}
    segments = segments_of(database, raw.tracked)
    compared = read_segments(database, raw.tracked, baselines, [one.id for one in segments])
    for segment, overall in zip(segments, compared, strict=True):
        rows = [
            item for item in raw.rows() if item[0].segments.get(segment.column) == segment.value
        ]
        matched = [actual for _, actual in rows if actual is not None]
        assert (segment.predicted, segment.matched) == (len(rows), len(matched))
        kept = [item for item in rows if item[0].package in packages]
        check_point(raw, overall, kept)
        found = read_accuracy(database, raw.tracked, baselines, bucket=bucket, segment=segment.id)
        if not kept:
            assert (found["overall"], found["buckets"]) == (None, [])
            continue
        check_point(raw, found["overall"], kept)
        assert sum(point["n_predicted"] for point in found["buckets"]) == len(kept)
        for point in found["buckets"]:
            low, high = (point[name].timestamp() * 1e6 for name in ("start", "end"))
            check_point(raw, point, [one for one in kept if low <= one[0].timestamp < high])
    named = {pair for row, _ in raw.rows() for pair in row.segments.items()}
    assert named <= {(segment.column, segment.value) for segment in segments}
    return len(segments)


def test_of_no_segments_nothing_is_read(database, deploy) -> None:
    assert read_segments(database, deploy(BINARY), BASELINES, []) == []


def step(raw: RawRows, recorder: Recorder, kind: str, package: int, seed: int, places: Any):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(300, 400)) if "many" in kind else int(rng.integers(1, 25))
    names = [f"é{i}" for i in rng.integers(0, int(rng.choice([6, 60, 500])), n)]
    target = raw.tracked.target
    if kind.startswith("happen"):
        happened = actuals(rng, target, names)
        return recorder.record(raw.tracked, happened), raw.happen(happened)
    ids = [name if rng.random() < 0.9 else None for name in names]
    stamps = rng.choice(places, n) + rng.integers(0, HOUR // 2, n)
    made = predictions(rng, target, ids, stamps, package, rng.choice([0.0, 0.2]))
    with_segments(rng, made, COLUMNS[rng.integers(0, len(COLUMNS))])
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
        sent.append(step(raw, recorder, what, package, seed, PLACES[place]))
        if not together:
            assert sent[-1][0].result() == sent[-1][1]
    for future, outcome in sent:
        assert future.result() == outcome
    assert totals_of(raw.tracked) == raw.totals()
    n = check_segments(database, raw)
    check_segments(database, raw, (2,))
    before, tables = segments_of(database, raw.tracked), tables_of(raw.tracked)
    assert rebuild(database, raw.tracked).buckets == len(tables)
    assert tables_of(raw.tracked) == tables
    assert segments_of(database, raw.tracked) == before
    # the recorder goes on after a rebuild, with the segments that it knows
    step(raw, recorder, "predict", 1, 1, PLACES[place])[0].result()
    assert check_segments(database, raw) >= n


def one_column(ids: list[str], values: list[str | None], value: float = 1.0) -> PredictionRows:
    n = len(ids)
    stamps, zeros = np.full(n, MONDAY), np.zeros(n, np.int64)
    rows = PredictionRows(1, stamps, np.full(n, value), zeros, list(ids))
    rows.segments = {"city": values}
    return rows


def test_values_beyond_the_hundredth_are_others(database, deploy, recorder, tables_of) -> None:
    tracked = deploy(REGRESSION)
    names = [f"v{i:03d}" for i in range(MOST_VALUES + 20)]
    first = [*names[:60], MISSING]
    recorder.record(tracked, one_column([f"a{v}" for v in first], first)).result()
    rest = names[::-1]
    recorder.record(tracked, one_column([f"b{v}" for v in rest], rest)).result()
    found = {segment.value: segment.predicted for segment in segments_of(database, tracked)}
    kept = {*names[:60], *rest[:40]}
    assert found.keys() == {*kept, MISSING, OTHER}
    assert (found[MISSING], found[OTHER], found["v000"], found[rest[0]]) == (1, 20, 2, 1)
    # another server, which knows nothing, decides likewise; one row at a time too
    other = Recorder(database)
    for value in ("v065", "v066", "v119", MISSING):
        other.record(tracked, one_column([f"c{value}"], [value])).result()
    other.close()
    found = {segment.value: segment.predicted for segment in segments_of(database, tracked)}
    assert found.keys() == {*kept, MISSING, OTHER}
    assert (found[MISSING], found[OTHER], found["v119"]) == (2, 22, 2)
    tables = tables_of(tracked)
    rebuild(database, tracked)
    assert tables_of(tracked) == tables


def test_what_is_not_committed_is_not_remembered(database, deploy, recorder) -> None:
    tracked = deploy(REGRESSION)
    bad = one_column(["x", "y\ud800"], ["new", "new"])
    with pytest.raises(ValueError, match="surrogates"):
        recorder.record(tracked, bad).result()
    assert segments_of(database, tracked) == []
    recorder.record(tracked, one_column(["x"], ["new"])).result()
    (segment,) = segments_of(database, tracked)
    assert (segment.value, segment.predicted) == ("new", 1)


def test_two_servers_on_one_database(migrated_url, database, deploy, tables_of) -> None:
    deployments = [deploy(BINARY) for _ in range(2)]
    failures: list[BaseException] = []

    def serve(number: int) -> None:
        own = open_database(migrated_url)
        recorder, rng = Recorder(own), np.random.default_rng(number)
        try:
            for turn in range(10):
                sent = []
                for tracked in deployments if (number + turn) % 2 else deployments[::-1]:
                    n = int(rng.choice([1, 4, 320]))
                    names = [f"i{i}" for i in rng.integers(0, 300, n)]
                    stamps = MONDAY + rng.integers(0, 5, n) * HOUR
                    rows = predictions(rng, BINARY, names, stamps, int(rng.integers(1, 4)))
                    rows.segments = {"c": [f"{number}{turn}{i % 9}" for i in range(n)]}
                    sent.append(recorder.record(tracked, rows))
                    sent.append(recorder.record(tracked, actuals(rng, BINARY, names[::2])))
                for future in sent:
                    future.result(60)
        except BaseException as error:
            failures.append(error)
        recorder.close()
        own.close()

    servers = [threading.Thread(target=serve, args=(number,)) for number in range(2)]
    for server in servers:
        server.start()
    for server in servers:
        server.join(120)
    assert not failures
    for tracked in deployments:
        segments, tables = segments_of(database, tracked), tables_of(tracked)
        assert len({segment.value for segment in segments}) == len(segments) <= MOST_VALUES + 1
        with reading(database.log_engine) as cursor:
            count = "SELECT segments, predicted FROM deployment_totals WHERE deployment_id = ?"
            known, predicted = cursor.one(count, (tracked.deployment_id,))
        assert known == len(segments)
        assert sum(segment.predicted for segment in segments) == predicted
        rebuild(database, tracked)
        assert tables_of(tracked) == tables
        assert segments_of(database, tracked) == segments


def test_details_of_a_segment(database, deploy, recorder) -> None:
    rng = np.random.default_rng(0)
    for target in (REGRESSION, BINARY, TARGETS["multiclass"]):
        raw = RawRows(deploy(target))
        names = [f"i{i}" for i in range(800)]
        rows = predictions(rng, target, names, MONDAY + rng.integers(0, 3 * DAY, 800))
        with_segments(rng, rows, ("carrier", "origin"))
        happened = actuals(rng, target, names[:700])
        for batch in (rows, happened):
            recorder.record(raw.tracked, batch).result()
        raw.predict(rows)
        raw.happen(happened)
        for segment in segments_of(database, raw.tracked):
            found = read_details(database, raw.tracked, [1, 2], segment=segment.id)
            wanted = {
                name: (raw.named[name].value, raw.actuals[name])
                for name in names[:700]
                if raw.named[name].segments[segment.column] == segment.value
            }
            assert found["n"] == len(wanted) > 0
            if target is REGRESSION:
                assert {
                    row["association_id"]: (row["predicted"], row["actual"])
                    for row in found["sample"]
                } == wanted
                assert all(row["timestamp"].year == 2024 for row in found["sample"])
            else:
                assert np.sum(found["confusion_matrix"]) == len(wanted)
            if target is BINARY:
                bins = found["score_bins"]
                assert sum(one["positives"] + one["negatives"] for one in bins) == len(wanted)


def test_details_of_a_segment_of_many_rows(database, deploy, recorder) -> None:
    """More rows than are read whole: the sample is looked up in the log."""
    rng, tracked = np.random.default_rng(1), deploy(REGRESSION)
    n = 12_000
    names = [f"i{i}" for i in range(n)]
    rows = predictions(rng, REGRESSION, names, MONDAY + np.sort(rng.integers(0, 3 * DAY, n)))
    with_segments(rng, rows, ("origin",))
    recorder.record(tracked, rows).result()
    recorder.record(tracked, ActualRows(names, rows.values + 1)).result()
    origin = dict(zip(names, rows.segments["origin"], strict=True))
    for segment in segments_of(database, tracked):
        sampled = read_details(database, tracked, [1], segment=segment.id)["sample"]
        assert len(sampled) > 1_500
        assert {origin[row["association_id"]] for row in sampled} == {segment.value}


def statements(database, monkeypatch, record) -> list[str]:
    from jupyter_registry.monitoring import cursor as cursors

    seen: list[str] = []
    for name in ("run", "run_many", "all", "one", "columns"):
        plain = getattr(cursors.Cursor, name)

        def told(self, sql, *args, plain=plain):
            seen.append(sql)
            return plain(self, sql, *args)

        monkeypatch.setattr(cursors.Cursor, name, told)
    writer = Writer(database.log_engine)
    with writer.transaction() as cursor:
        record(cursor)
    writer.close()
    monkeypatch.undo()
    return seen


def test_without_segment_columns_nothing_more_is_asked(database, deploy, monkeypatch) -> None:
    plain, segmented = deploy(REGRESSION), deploy(REGRESSION)

    def once(tracked, rows) -> list[str]:
        return statements(database, monkeypatch, lambda c: record_predictions(c, tracked, rows))

    bare = one_column(["a"], ["x"])
    bare.segments = None
    without = once(plain, bare)
    assert not [sql for sql in without if "segment_" in sql or "FROM segment" in sql]
    assert len([sql for sql in without if "INTO prediction" in sql and "segments" in sql]) == 0
    with_them = once(segmented, one_column(["a"], ["x"]))
    assert len(with_them) > len(without) == 5

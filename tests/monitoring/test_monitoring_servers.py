"""Several writers at once, rebuilding beside them, and databases that fail."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import create_engine, make_url

from jupyter_registry.domain.errors import StorageUnavailable
from jupyter_registry.domain.kinds import Bucket
from jupyter_registry.monitoring.accuracy import read_accuracy
from jupyter_registry.monitoring.cursor import Writer, reading
from jupyter_registry.monitoring.rebuild import rebuild
from jupyter_registry.monitoring.recorder import Recorder
from jupyter_registry.monitoring.rows import Outcome
from jupyter_registry.store.database import open_database

from .conftest import HOUR, MONDAY, TARGETS, RawRows, actuals, new_deployment, predictions
from .test_monitoring_metrics import BASELINES, check_accuracy

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")
BINARY, REGRESSION = TARGETS["binary"], TARGETS["regression"]


def batch(rng, target, pool: int = 300):
    """A batch with IDs that others use too."""
    n = int(rng.choice([1, 3, 20, 320]))
    names = [f"i{i}" for i in rng.integers(0, pool, n)]
    if rng.random() < 0.4:
        return actuals(rng, target, names)
    stamps = MONDAY + rng.integers(0, 5, n) * HOUR
    ids = [name if rng.random() < 0.95 else None for name in names]
    return predictions(rng, target, ids, stamps, int(rng.integers(1, 4)), 0.1)


def from_the_log(database, tracked) -> tuple[int, ...]:
    """Rows predicted, matched, and actuals, counted in the raw log."""
    counts = (
        "SELECT count(*) FROM prediction WHERE deployment_id = ?",
        "SELECT count(*) FROM prediction p JOIN actual a ON a.deployment_id = p.deployment_id "
        "AND a.association_id = p.association_id WHERE p.deployment_id = ?",
        "SELECT count(*) FROM actual WHERE deployment_id = ?",
    )
    with reading(database.log_engine) as cursor:
        return tuple(cursor.one(sql, (tracked.deployment_id,))[0] for sql in counts)


def test_two_servers_on_one_database(migrated_url, database, deploy, totals_of, tables_of) -> None:
    deployments = [deploy(BINARY) for _ in range(2)]
    outcomes: dict[int, list[Outcome]] = {tracked.deployment_id: [] for tracked in deployments}
    failures: list[BaseException] = []

    def serve(number: int) -> None:
        own = open_database(migrated_url)
        recorder, rng = Recorder(own), np.random.default_rng(number)
        try:
            for turn in range(12):
                sent = []
                # each server's batches come in the other order: their locks must not cross
                for tracked in deployments if (number + turn) % 2 else deployments[::-1]:
                    for _ in range(3):
                        rows = batch(rng, BINARY)
                        sent.append((tracked, rows, recorder.record(tracked, rows)))
                for tracked, rows, future in sent:
                    outcome = future.result(60)
                    if hasattr(rows, "labels"):
                        outcomes[tracked.deployment_id].append(outcome)
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
        inserted = sum(o.accepted - o.replaced for o in outcomes[tracked.deployment_id])
        assert totals_of(tracked) == from_the_log(database, tracked)
        assert totals_of(tracked)[0] == inserted
        tables = tables_of(tracked)
        rebuilt = rebuild(database, tracked)
        assert (rebuilt.predicted, rebuilt.matched, rebuilt.actuals) == totals_of(tracked)
        assert tables_of(tracked) == tables


def test_rebuilding_beside_a_busy_writer(database, recorder, deploy, totals_of, tables_of) -> None:
    raw, rng = RawRows(deploy(BINARY)), np.random.default_rng(1)
    stop, seen = threading.Event(), []

    def keep_rebuilding() -> None:
        while not stop.is_set():
            seen.append(rebuild(database, raw.tracked))

    beside = threading.Thread(target=keep_rebuilding)
    beside.start()
    end = time.monotonic() + 2
    while time.monotonic() < end or not seen:
        rows = batch(rng, BINARY)
        future = recorder.record(raw.tracked, rows)
        wanted = raw.predict(rows) if hasattr(rows, "labels") else raw.happen(rows)
        assert future.result(60) == wanted
    stop.set()
    beside.join(60)
    assert seen
    assert [r.predicted for r in seen] == sorted(r.predicted for r in seen)
    assert totals_of(raw.tracked) == raw.totals()
    check_accuracy(database, raw, Bucket.HOUR)
    tables = tables_of(raw.tracked)
    rebuild(database, raw.tracked)
    assert tables_of(raw.tracked) == tables


def test_rebuilding_mends_what_was_damaged(database, recorder, deploy, totals_of, tables_of):
    raw, rng = RawRows(deploy(BINARY)), np.random.default_rng(2)
    for _ in range(8):
        rows = batch(rng, BINARY)
        recorder.record(raw.tracked, rows).result()
        raw.predict(rows) if hasattr(rows, "labels") else raw.happen(rows)
    good, other = tables_of(raw.tracked), deploy(BINARY)
    writer = Writer(database.log_engine)
    with writer.transaction() as cursor:
        cursor.run("DELETE FROM usage_bucket WHERE level = 1")
        cursor.run("UPDATE accuracy_bucket SET package_id = 77 WHERE package_id = 1")
        cursor.run("UPDATE deployment_totals SET predicted = -5, matched = 3, actuals = 0")
    writer.close()
    rebuild(database, raw.tracked)
    assert tables_of(raw.tracked) == good
    assert totals_of(raw.tracked) == raw.totals()
    assert totals_of(other) == (-5, 3, 0)
    # the recorder, which knows the numbers of before, goes on with those of now
    rows = batch(rng, BINARY)
    recorder.record(raw.tracked, rows).result()
    raw.predict(rows) if hasattr(rows, "labels") else raw.happen(rows)
    check_accuracy(database, raw, Bucket.HOUR)


def test_an_empty_deployment_can_be_rebuilt(database, deploy, totals_of) -> None:
    tracked = deploy(BINARY)
    rebuilt = rebuild(database, tracked)
    assert (rebuilt.predicted, rebuilt.matched, rebuilt.actuals, rebuilt.buckets) == (0, 0, 0, 0)
    assert totals_of(tracked) == (0, 0, 0)


@pytest.fixture
def postgres(request):
    """A PostgreSQL database with one deployment, its recorder, and a way to end connections."""
    url = request.getfixturevalue("postgres_url")
    database = open_database(url)
    tracked, recorder = new_deployment(database, REGRESSION), Recorder(database)
    admin = create_engine(request.getfixturevalue("postgres_server"), isolation_level="AUTOCOMMIT")
    name = make_url(url).database

    def cut(allow: bool = True) -> None:
        with admin.connect() as connection:
            connection.exec_driver_sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {allow}")
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                f"WHERE datname = '{name}' AND backend_type = 'client backend'"
            )
        time.sleep(0.1)

    yield database, tracked, recorder, cut
    with admin.connect() as connection:
        connection.exec_driver_sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    recorder.close()
    database.close()
    admin.dispose()


def one(name: str):
    rng = np.random.default_rng(0)
    return predictions(rng, REGRESSION, [name], [MONDAY])


def count(database) -> int:
    with reading(database.log_engine) as cursor:
        return cursor.one("SELECT count(*) FROM prediction")[0]


def test_a_connection_that_postgresql_ends(postgres) -> None:
    database, tracked, recorder, cut = postgres
    recorder.record(tracked, one("a")).result()
    assert count(database) == 1
    cut()
    with pytest.raises(StorageUnavailable):
        recorder.record(tracked, one("b")).result(30)
    assert recorder.record(tracked, one("c")).result(30) == Outcome(1, 0, 0)
    assert count(database) == 2


def test_a_connection_that_ends_while_it_is_used(postgres) -> None:
    database, tracked, recorder, cut = postgres
    recorder.record(tracked, one("a")).result()
    writer = Writer(database.log_engine)

    def write() -> None:
        with writer.transaction() as cursor:
            cursor.run("DELETE FROM prediction")
            cut()

    def read() -> None:
        with reading(database.log_engine) as cursor:
            cut()
            cursor.one("SELECT 1")

    with pytest.raises(StorageUnavailable):
        write()
    with writer.transaction() as cursor:
        assert cursor.one("SELECT count(*) FROM prediction")[0] == 1
    writer.close()
    with pytest.raises(StorageUnavailable):
        read()
    assert count(database) == 1


def test_a_database_that_takes_no_connections(postgres) -> None:
    database, tracked, recorder, cut = postgres
    recorder.record(tracked, one("a")).result()
    cut(allow=False)
    for name in "bcd":
        with pytest.raises(StorageUnavailable):
            recorder.record(tracked, one(name)).result(30)
    with pytest.raises(StorageUnavailable):
        read_accuracy(database, tracked, BASELINES)
    with pytest.raises(StorageUnavailable):
        rebuild(database, tracked)
    cut(allow=True)
    assert recorder.record(tracked, one("e")).result(30) == Outcome(1, 0, 0)
    assert read_accuracy(database, tracked, BASELINES)["overall"]["n_predicted"] == 2


def test_a_file_that_is_no_database_any_more(sqlite_url) -> None:
    database = open_database(sqlite_url)
    tracked = new_deployment(database, REGRESSION)
    database.close()
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    for file in path.parent.glob("registry.db-*"):
        file.unlink()
    path.write_bytes(b"not a database" * 1000)
    recorder = Recorder(database)
    with pytest.raises(StorageUnavailable, match="not a database"):
        recorder.record(tracked, one("a")).result(30)
    with pytest.raises(StorageUnavailable, match="not a database"):
        read_accuracy(database, tracked, BASELINES)
    recorder.close()
    database.close()

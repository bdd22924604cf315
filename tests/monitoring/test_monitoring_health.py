"""Requests counted by threads and servers, written, read back; and databases that fail."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url

from jupyter_registry.domain.errors import InvalidInput, StorageUnavailable
from jupyter_registry.domain.health import Requests
from jupyter_registry.domain.kinds import Bucket
from jupyter_registry.monitoring import health as counting
from jupyter_registry.monitoring.cursor import Writer, reading
from jupyter_registry.monitoring.health import HealthCounter, add
from jupyter_registry.monitoring.health_reading import read_health
from jupyter_registry.store.database import Database, open_database

from .conftest import MONDAY, moment

HOUR = 3_600_000_000
FIRST = MONDAY // HOUR


@pytest.fixture
def counter(database: Database) -> Iterator[HealthCounter]:
    made = HealthCounter(database, flush_seconds=3600)
    yield made
    made.close()


def requests_of(n: int, *, failed: int = 0, rows: int = 2, ms: float = 4.0, at: int) -> Requests:
    made = Requests()
    for i in range(n):
        status = 500 if i < failed else 200
        made.add(status, 0 if i < failed else rows, ms, ms / 2, at)
    return made


def write(database: Database, counts: Any) -> None:
    writer = Writer(database.log_engine)
    with writer.transaction() as cursor:
        add(cursor, counts)
    writer.close()


def test_what_was_counted_is_read(database: Database, counter: HealthCounter) -> None:
    assert read_health(database, 1, [1])["status"] == "unknown"
    assert read_health(database, 1, [1])["overall"] is None
    for status, rows in ((200, 5), (200, 7), (422, 0), (503, 0)):
        counter.count(1, 1, status, rows, 2.0, 1.0 if rows else None)
    counter.count(1, 2, 200, 1, 8.0)
    counter.count(2, 1, 200, 1, 8.0)
    assert read_health(database, 1, [1])["overall"] is None
    counter.flush()
    counter.flush()
    found = read_health(database, 1, [1])
    whole = found["overall"]
    assert (whole["requests"], whole["rows"]) == (4, 12)
    assert (whole["client_errors"], whole["server_errors"]) == (1, 1)
    assert whole["response_ms"]["max"] == whole["response_ms"]["mean"] == 2.0
    assert whole["response_ms"]["p50"] == pytest.approx(2.0, rel=0.15)
    assert whole["model_ms"]["max"] == 1.0
    assert found["status"] == "failing"
    assert "1 of 4 requests failed" in found["reason"]
    both = read_health(database, 1, [1, 2])
    assert both["overall"]["requests"] == 5
    assert both["overall"]["response_ms"]["max"] == 8.0
    assert sum(bucket["requests"] for bucket in both["buckets"]) == 5
    ago = time.time() - both["last_prediction_at"].timestamp()
    assert 0 <= ago < 60


def test_buckets_of_every_width_and_ranges(database: Database) -> None:
    days = 40
    counts = {
        (1, 1, FIRST + 24 * day + hour): requests_of(
            day + 1, failed=day == 3, at=MONDAY + (24 * day + hour) * HOUR
        )
        for day in range(days)
        for hour in (0, 13)
    }
    write(database, counts)
    n = sum(requests.n for requests in counts.values())
    for bucket, points in ((Bucket.DAY, days), (Bucket.WEEK, 6), (Bucket.MONTH, 3)):
        found = read_health(database, 1, [1], bucket=bucket)
        assert len(found["buckets"]) == points
        assert sum(point["requests"] for point in found["buckets"]) == n
        assert found["overall"]["requests"] == n
        assert found["overall"]["server_errors"] == 2
    assert read_health(database, 1, [1])["bucket"] == "day"
    start, end = moment(MONDAY + 5 * HOUR), moment(MONDAY + 37 * HOUR)
    for bucket in (Bucket.HOUR, Bucket.DAY):
        found = read_health(database, 1, [1], bucket=bucket, start=start, end=end)
        assert found["overall"]["requests"] == 1 + 2  # the first day's second, the next's first
    assert found["last_prediction_at"] == moment(MONDAY + (24 * 39 + 13) * HOUR)
    empty = read_health(database, 1, [1], start=end + timedelta(days=90))
    assert (empty["overall"]["requests"], empty["status"]) == (0, "unknown")
    with pytest.raises(InvalidInput, match="empty"):
        read_health(database, 1, [1], start=end, end=start)


def test_the_last_prediction_is_one_that_was_answered(database: Database) -> None:
    good = requests_of(1, at=MONDAY + 1)
    bad = requests_of(1, failed=1, at=MONDAY + 30 * HOUR)
    write(database, {(1, 1, FIRST): good, (1, 1, FIRST + 30): bad})
    assert read_health(database, 1, [1])["last_prediction_at"] == moment(MONDAY + 1)
    assert read_health(database, 1, [7])["last_prediction_at"] is None


def test_counting_while_writing_loses_nothing(database: Database, counter: HealthCounter) -> None:
    n, threads = 3000, 4
    done = threading.Event()

    def keep_flushing() -> None:
        while not done.is_set():
            counter.flush()

    def count() -> None:
        for _ in range(n):
            counter.count(1, 1, 200, 1, 1.0)

    flushing = threading.Thread(target=keep_flushing)
    flushing.start()
    counting_threads = [threading.Thread(target=count) for _ in range(threads)]
    for thread in counting_threads:
        thread.start()
    for thread in counting_threads:
        thread.join()
    done.set()
    flushing.join()
    counter.flush()
    assert read_health(database, 1, [1])["overall"]["requests"] == n * threads


def test_servers_on_one_database_all_count(migrated_url: str, database: Database) -> None:
    turns, failures = 25, []

    def serve(number: int) -> None:
        own = open_database(migrated_url)
        counter = HealthCounter(own, flush_seconds=0.01)
        try:
            for turn in range(turns):
                # many rows that others write too, in another order
                deployments = range(1, 9) if (number + turn) % 2 else range(8, 0, -1)
                for deployment in deployments:
                    for package in (1, 2):
                        counter.count(deployment, package, 200, 3, 1.0 + number)
                counter.flush()
        except BaseException as error:
            failures.append(error)
        counter.close()
        own.close()

    servers = [threading.Thread(target=serve, args=(number,)) for number in range(4)]
    for server in servers:
        server.start()
    for server in servers:
        server.join(120)
    assert not failures
    for deployment in range(1, 9):
        for bucket in (Bucket.HOUR, Bucket.DAY):
            whole = read_health(database, deployment, [1, 2], bucket=bucket)["overall"]
            assert whole["requests"] == 4 * turns * 2
            assert whole["rows"] == 3 * 4 * turns * 2
            assert whole["response_ms"]["max"] == 4.0


def test_the_timer_and_closing_write(database: Database) -> None:
    counter = HealthCounter(database, flush_seconds=0.05)
    counter.count(1, 1, 200, 1, 1.0)
    deadline = time.monotonic() + 10
    while read_health(database, 1, [1])["overall"] is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    counter.close()
    counter = HealthCounter(database, flush_seconds=3600)
    counter.count(1, 1, 200, 1, 1.0)
    counter.close()
    assert read_health(database, 1, [1])["overall"]["requests"] == 2


def test_the_rows_say_how_many_requests(database: Database, counter: HealthCounter) -> None:
    for _ in range(3):
        counter.count(1, 1, 404, 0, 1.0)
        counter.flush()
    with reading(database.log_engine) as cursor:
        rows = cursor.all("SELECT level, n FROM health_bucket ORDER BY level", ())
    assert [tuple(row) for row in rows] == [(0, 3), (1, 3)]


def test_counts_wait_while_the_database_is_away(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    database = open_database(postgres_url)
    counter = HealthCounter(database, flush_seconds=3600)
    cut = _cutter(postgres_url)
    counter.count(1, 1, 200, 1, 1.0)
    counter.flush()
    cut(allow=False)
    counter.count(1, 1, 200, 1, 1.0)
    with pytest.raises(StorageUnavailable):
        counter.flush()
    counter.count(1, 1, 200, 1, 1.0)
    monkeypatch.setattr(counting, "MOST_KEPT", 10)
    for package in range(2, 30):  # more than are kept
        counter.count(1, package, 200, 1, 1.0)
    with caplog.at_level(logging.WARNING):
        counter._try_to_flush()
    assert "wait to be written" in caplog.text
    assert len(counter._counts) == 10
    assert counter._counts[1, 1, next(iter(counter._counts))[2]].n in (0, 2)
    cut(allow=True)
    counter.flush()
    assert read_health(database, 1, list(range(1, 30)))["overall"]["requests"] >= 10
    counter.close()
    database.close()


def _cutter(url: str) -> Callable[..., None]:
    """Break all connections to a database, and allow or forbid new ones."""
    parsed = make_url(url)
    admin = create_engine(parsed.set(database="postgres"), isolation_level="AUTOCOMMIT")

    def cut(*, allow: bool) -> None:
        with admin.connect() as connection:
            name = parsed.database
            connection.exec_driver_sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {allow}")
            if not allow:
                connection.exec_driver_sql(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    f"WHERE datname = '{name}'"
                )

    return cut

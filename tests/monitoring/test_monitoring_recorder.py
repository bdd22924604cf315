"""The recorder: outcomes, group commit, failures that harm no neighbour, and what is kept."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import Future

import numpy as np
import pytest

from jupyter_registry.domain.errors import StorageUnavailable
from jupyter_registry.monitoring import cursor as cursors
from jupyter_registry.monitoring.cursor import reading
from jupyter_registry.monitoring.recorder import Recorder
from jupyter_registry.monitoring.rows import NOTHING, ActualRows, Outcome, PredictionRows
from jupyter_registry.store import database as databases
from jupyter_registry.store.database import open_database

from .conftest import MONDAY, TARGETS, RawRows, new_deployment, predictions

REGRESSION, BINARY = TARGETS["regression"], TARGETS["binary"]


@pytest.fixture
def database(shared_database):
    return shared_database


def some(ids: list[str | None] | None, value: float = 1.0, package: int = 1) -> PredictionRows:
    n = 1 if ids is None else len(ids)
    stamps = np.full(n, MONDAY, np.int64)
    return PredictionRows(package, stamps, np.full(n, value), np.zeros(n, np.int64), ids)


def happened(ids: list[str], value: float = 2.0) -> ActualRows:
    return ActualRows(ids, np.full(len(ids), value))


def stored(database, tracked) -> list[tuple]:
    with reading(database.log_engine) as cursor:
        return [
            tuple(row)
            for row in cursor.all(
                "SELECT association_id, value FROM prediction WHERE deployment_id = ? ORDER BY id",
                (tracked.deployment_id,),
            )
        ]


@contextlib.contextmanager
def paused(recorder: Recorder):
    """Keep the recorder from writing, so that batches pile up behind the first."""
    write, go = recorder._write, threading.Event()

    def waiting(jobs):
        go.wait(20)
        return write(jobs)

    recorder._write = waiting
    try:
        yield
    finally:
        recorder._write = write
        go.set()


@pytest.fixture
def commits(monkeypatch) -> list[int]:
    """Grows by one with each transaction of a writer that ended well."""
    seen: list[int] = []
    transaction = cursors.Writer.transaction

    @contextlib.contextmanager
    def counted(self):
        with transaction(self) as cursor:
            yield cursor
        seen.append(1)

    monkeypatch.setattr(cursors.Writer, "transaction", counted)
    return seen


@pytest.mark.parametrize("padding", [0, 400])  # in one go small, or through a temporary table
def test_outcomes(recorder, deploy, totals_of, padding) -> None:
    tracked = deploy(REGRESSION)
    pad = [f"pad{i}" for i in range(padding)]
    n = len(pad)

    def record(rows):
        return recorder.record(tracked, rows).result()

    # early actuals wait; one told twice in a batch replaces itself
    early = record(happened([*pad, "a", "b", "b"]))
    assert early == Outcome(accepted=n + 3, replaced=1, matched=0, waiting=n + 3)
    assert totals_of(tracked) == (0, 0, n + 2)
    # their predictions match them; the second "a" replaces the first
    first = record(some([*pad, "a", "a", "c", None]))
    assert first == Outcome(accepted=n + 4, replaced=1, matched=n + 1)
    assert totals_of(tracked) == (n + 3, n + 1, n + 2)
    # a retry replaces all that has a name
    again = record(some([*pad, "a", "a", "c", None]))
    assert again == Outcome(accepted=n + 4, replaced=n + 3, matched=n + 1)
    assert totals_of(tracked) == (n + 4, n + 1, n + 2)
    # a correction, a late one, and one whose prediction never came
    late = record(happened([*pad, "a", "c", "d", "c"], 5.0))
    assert late == Outcome(accepted=n + 4, replaced=n + 2, matched=n + 3, waiting=1)
    assert totals_of(tracked) == (n + 4, n + 2, n + 4)
    assert record(some([])) == NOTHING
    assert record(happened([])) == NOTHING
    assert record(some(None)) == Outcome(1, 0, 0)


def test_waiting_batches_share_a_commit(recorder, deploy, commits, totals_of) -> None:
    tracked, other = deploy(REGRESSION), deploy(REGRESSION)
    with paused(recorder):
        futures = [recorder.record(tracked, some(["first"]))]
        futures += [
            recorder.record(other if i % 3 else tracked, some([f"i{i}"])) for i in range(300)
        ]
        futures += [recorder.record(tracked, happened(["i0"]))]
    outcomes = [future.result() for future in futures]
    assert outcomes == [Outcome(1, 0, 0)] * 301 + [Outcome(1, 0, 1)]
    assert len(commits) <= 3
    assert totals_of(tracked) == (101, 1, 1)
    assert totals_of(other) == (200, 0, 0)


def test_uncounted_batches_are_written_as_one(recorder, deploy, totals_of, tables_of) -> None:
    tracked, rng = deploy(BINARY), np.random.default_rng(0)
    raw = RawRows(tracked)
    batches = []
    for package in (1, 1, 2, 1):
        for ids in (["a", "b"], None, ["b"]):
            n = 1 if ids is None else len(ids)
            batches.append(predictions(rng, BINARY, ids, [MONDAY] * n, package, 0.3))

    async def send() -> None:
        with paused(recorder):
            futures = [recorder.recording(tracked, rows, counted=False) for rows in batches]
            futures.append(recorder.recording(tracked, some([])))
        await asyncio.gather(*futures)

    asyncio.run(send())
    for rows in batches:
        raw.predict(rows)
    assert totals_of(tracked) == raw.totals()
    one_by_one = deploy(BINARY)
    for rows in batches:
        recorder.record(one_by_one, rows).result()
    assert tables_of(one_by_one) == tables_of(tracked)


@pytest.mark.parametrize("many", [0, 400])
@pytest.mark.parametrize("bad", ["\ud800", "nul\0", "long", "shape"])
def test_a_refused_batch_harms_no_neighbour(recorder, database, deploy, bad, many) -> None:
    tracked = deploy(REGRESSION)
    wrong = [*(f"w{i}" for i in range(many)), "x" * 50 + bad]
    if bad == "long":
        wrong[-1] = "".join(chr(33 + i) for i in np.random.default_rng(0).integers(0, 9999, 9999))
    refused = some(wrong)
    if bad == "shape":
        refused.labels = refused.labels[:-1]
    with paused(recorder):
        before = recorder.record(tracked, some(["a"]))
        futures = [recorder.record(tracked, rows) for rows in (refused, some(["b"]), refused)]
        after = recorder.record(tracked, happened(["a"]))
    assert before.result() == Outcome(1, 0, 0)
    assert futures[1].result() == Outcome(1, 0, 0)
    assert after.result() == Outcome(1, 0, 1)
    accepted_by_sqlite = database.is_sqlite and bad == "long"
    for future in (futures[0], futures[2]):
        error = future.exception()
        assert (error is None) == accepted_by_sqlite
        assert not isinstance(error, StorageUnavailable)
    names = sorted(name for name, _ in stored(database, tracked))
    assert names == sorted(["a", *wrong, "b"] if accepted_by_sqlite else ["a", "b"])


def test_an_actual_with_a_nul_is_refused(recorder, deploy, totals_of) -> None:
    tracked = deploy(REGRESSION)
    assert recorder.record(tracked, happened(["a", "b\0"])).exception() is not None
    assert recorder.record(tracked, happened(["\\u0000", "a\\u0000"])).result().accepted == 2
    assert totals_of(tracked) == (0, 0, 2)


def test_an_unknown_deployment_is_refused_alone(recorder, deploy) -> None:
    tracked = deploy(REGRESSION)
    nowhere = type(tracked)(10**6, REGRESSION)
    with paused(recorder):
        futures = [recorder.record(where, some(["a"])) for where in (nowhere, tracked, nowhere)]
    assert isinstance(futures[0].exception(), LookupError)
    assert isinstance(futures[2].exception(), LookupError)
    assert futures[1].result() == Outcome(1, 0, 0)


def test_accumulators_held_are_forgotten_with_what_was_not_committed(
    recorder, deploy, tables_of
) -> None:
    tracked = deploy(REGRESSION)
    recorder.record(tracked, some(["a"])).result()
    with paused(recorder):
        # the second batch ends the transaction that the first one was in
        futures = [recorder.record(tracked, some([name])) for name in ("b", "\ud800", "c")]
    for future in futures:
        future.exception()
    clean = deploy(REGRESSION)
    recorder.record(clean, some(["a", "b", "c"])).result()
    assert tables_of(clean) == tables_of(tracked)


def test_a_future_resolves_after_the_commit(recorder, database, deploy) -> None:
    tracked, seen = deploy(REGRESSION), []

    def look(future: Future) -> None:
        seen.append((future.result(), len(stored(database, tracked))))

    for i in range(30):
        future = recorder.record(tracked, some([f"i{i}"]))
        future.add_done_callback(look)
        future.result()
        assert len(stored(database, tracked)) == i + 1

    async def send() -> None:
        for i in range(30, 40):
            await recorder.recording(tracked, some([f"i{i}"]))
            assert len(stored(database, tracked)) == i + 1

    asyncio.run(send())
    assert [n for _, n in seen] == list(range(1, 31))


def test_those_who_no_longer_wait_are_no_trouble(recorder, database, deploy) -> None:
    tracked = deploy(REGRESSION)

    async def give_up() -> None:
        recorder.recording(tracked, some(["b"])).cancel()
        recorder.recording(tracked, some(["c"]))  # its loop is gone when it is written

    with paused(recorder):
        assert recorder.record(tracked, some(["a"])).cancel()
        asyncio.run(give_up())
    assert recorder.record(tracked, some(["d"])).result() == Outcome(1, 0, 0)
    assert [name for name, _ in stored(database, tracked)] == ["a", "b", "c", "d"]


def test_closing_writes_what_waits(database, deploy) -> None:
    tracked, recorder = deploy(REGRESSION), Recorder(database)
    with paused(recorder):
        futures = [recorder.record(tracked, some([f"i{i}"])) for i in range(50)]
        closing = threading.Thread(target=recorder.close)
        closing.start()
    closing.join(20)
    assert [future.result(0) for future in futures] == [Outcome(1, 0, 0)] * 50
    assert len(stored(database, tracked)) == 50
    recorder.close()
    with pytest.raises(StorageUnavailable, match="stopping"):
        recorder.record(tracked, some(["late"]))


def test_the_database_locked_by_another(sqlite_url, monkeypatch) -> None:
    monkeypatch.setattr(databases, "BUSY_SECONDS", 1)
    database = open_database(sqlite_url)
    recorder, tracked = Recorder(database), new_deployment(database, REGRESSION)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waits = recorder.record(tracked, some(["a"]))
    assert not _settled(waits, 0.3)
    other.execute("COMMIT")
    assert waits.result() == Outcome(1, 0, 0)
    other.execute("BEGIN IMMEDIATE")
    refused = [recorder.record(tracked, rows) for rows in (some(["b"]), happened(["a"]))]
    for future in refused:
        with pytest.raises(StorageUnavailable, match="locked"):
            future.result(20)
    other.execute("COMMIT")
    assert [name for name, _ in stored(database, tracked)] == ["a"]
    assert recorder.record(tracked, some(["b"])).result() == Outcome(1, 0, 0)
    recorder.close()
    other.close()
    database.close()


def _settled(future: Future, seconds: float) -> bool:
    try:
        future.result(seconds)
    except TimeoutError:
        return False
    return True


KILLED = """
import os, signal, sys
import numpy as np
from jupyter_registry.domain.target import Target
from jupyter_registry.monitoring.recorder import Recorder
from jupyter_registry.monitoring.rows import ActualRows, PredictionRows, Tracked
from jupyter_registry.store.database import open_database

recorder = Recorder(open_database(sys.argv[1]))
tracked = Tracked(int(sys.argv[2]), Target.make("y", "regression"))
for i in range(int(sys.argv[3])):
    rows = PredictionRows(1, np.array([i]), np.array([1.0 * i]), np.array([0]), [f"i{i}"])
    futures = [recorder.record(tracked, rows)]
    futures.append(recorder.record(tracked, ActualRows([f"i{i}"], np.array([2.0]))))
    recorder.record(tracked, rows)  # on its way when the process dies
    for future in futures:
        future.result()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("n", [1, 40])
def test_kill_9_loses_nothing_that_was_acknowledged(sqlite_url, n) -> None:
    database = open_database(sqlite_url)
    tracked = new_deployment(database, REGRESSION)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, sqlite_url, str(tracked.deployment_id), str(n)],
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        timeout=60,
    )
    assert done.returncode == -signal.SIGKILL
    assert stored(database, tracked) == [(f"i{i}", float(i)) for i in range(n)]
    with reading(database.log_engine) as cursor:
        row = cursor.one("SELECT predicted, matched, actuals FROM deployment_totals")
    assert row == (n, n, n)
    database.close()


def test_what_is_written_in_the_caller_s_thread_is_committed(
    recorder, deploy, commits, totals_of
) -> None:
    tracked = deploy(REGRESSION)
    recorder.write(tracked, some(["a", "b"]))
    recorder.write(tracked, some(["b"]))
    assert len(commits) == 2
    assert totals_of(tracked) == (2, 0, 0)
    nowhere = type(tracked)(999_999, tracked.target)
    with pytest.raises(LookupError):
        recorder.write(nowhere, some(["b"]))
    recorder.write(tracked, some(["c"]))
    recorder.close()
    with pytest.raises(StorageUnavailable):
        recorder.write(tracked, some(["d"]))
    assert totals_of(tracked) == (3, 0, 0)


def test_threads_that_write_take_turns(recorder, deploy, totals_of) -> None:
    tracked = deploy(REGRESSION)

    def write(thread: int) -> None:
        for i in range(30):
            recorder.write(tracked, some([f"{thread}-{i}"]))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    futures = []
    for thread in threads:
        thread.start()
    for i in range(30):
        futures.append(recorder.record(tracked, some([f"queued-{i}"])))
    for thread in threads:
        thread.join()
    assert [future.result().accepted for future in futures] == [1] * 30
    assert totals_of(tracked) == (150, 0, 0)

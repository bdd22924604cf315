"""Transactions, pragmas and failures of the database."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError

from jupyter_registry.domain.errors import InvalidInput, StorageUnavailable
from jupyter_registry.store.database import Database, open_database
from jupyter_registry.store.log_tables import deployment_totals
from jupyter_registry.store.tables import Deployment, ModelPackage, RegisteredModel


@pytest.fixture
def database(database_url: str):
    opened = open_database(database_url)
    yield opened
    opened.close()


def _package(session, name: str = "m") -> int:
    model = RegisteredModel(name=name)
    session.add(model)
    session.flush()
    package = ModelPackage(
        model_id=model.id,
        name=name,
        version=1,
        kind="external",
        target_name="y",
        target_type="regression",
    )
    session.add(package)
    session.flush()
    return package.id


def test_sqlite_pragmas(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    durable = open_database(sqlite_url, durable_log=True)

    def pragmas(engine) -> dict[str, object]:
        with engine.connect() as connection:
            return {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
            }

    common = {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 30_000}
    full, normal = 2, 1
    assert pragmas(database.engine) == common | {"synchronous": full}
    assert pragmas(database.log_engine) == common | {"synchronous": normal}
    assert pragmas(durable.log_engine) == common | {"synchronous": full}
    database.close()
    durable.close()


def test_a_write_commits_and_a_failing_one_leaves_nothing(database: Database) -> None:
    with database.write() as session:
        session.add(RegisteredModel(name="kept"))
    with contextlib.suppress(InterruptedError), database.write() as session:
        session.add(RegisteredModel(name="lost"))
        session.flush()
        raise InterruptedError
    with database.read() as session:
        assert session.scalars(select(RegisteredModel.name)).all() == ["kept"]


def test_times_come_back_aware(database: Database) -> None:
    with database.write() as session:
        session.add(RegisteredModel(name="m", created_at=datetime(2013, 1, 1, tzinfo=UTC)))
    with database.read() as session:
        assert session.scalar(select(RegisteredModel.created_at)) == datetime(
            2013, 1, 1, tzinfo=UTC
        )


def test_a_read_sees_one_state(database: Database) -> None:
    count = select(func.count()).select_from(RegisteredModel)
    with database.read() as reader:
        before = reader.scalar(count)
        with database.write() as writer:
            writer.add(RegisteredModel(name="meanwhile"))
        assert reader.scalar(count) == before
    with database.connect() as connection:
        assert connection.scalar(count) == before + 1


def test_read_then_write_in_many_threads_loses_no_update(database: Database) -> None:
    with database.write() as session:
        session.add(RegisteredModel(name="counter"))
    problems: list[Exception] = []

    def add_ten() -> None:
        try:
            for _ in range(10):
                with database.write() as session:
                    model = session.scalars(select(RegisteredModel).with_for_update()).one()
                    model.last_version += 1
        except Exception as error:
            problems.append(error)

    threads = [threading.Thread(target=add_ten) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    with database.read() as session:
        assert session.scalar(select(RegisteredModel.last_version)) == 80


def test_a_deployment_comes_with_its_totals(database: Database) -> None:
    with database.write() as session:
        deployment = Deployment(label="d", package_id=_package(session))
        session.add(deployment)
    with database.connect() as connection:
        totals = connection.execute(select(deployment_totals)).one()._asdict()
    assert totals.pop("deployment_id") == deployment.id
    assert totals == {"predicted": 0, "matched": 0, "actuals": 0, "revision": 0, "segments": 0}


def test_labels_are_unique_among_living_deployments(database: Database) -> None:
    with database.write() as session:
        package = _package(session)
        session.add(Deployment(label="d", package_id=package, state="archived"))
        session.add(Deployment(label="d", package_id=package, state="inactive"))
    with pytest.raises(IntegrityError), database.write() as session:
        session.add(Deployment(label="d", package_id=package))


def test_foreign_keys_hold(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as session:
        session.execute(insert(Deployment).values(label="d", package_id=99, state="active"))


def test_a_deleted_packages_id_is_never_given_again(database: Database) -> None:
    with database.write() as session:
        first = _package(session)
        session.execute(text("DELETE FROM model_package"))
        assert _package(session, "other") > first


@pytest.mark.parametrize(
    "url", ["nonsense", "sqlite://", "sqlite:///:memory:", "mysql://root@localhost/x"]
)
def test_urls_that_cannot_be_used(url: str) -> None:
    with pytest.raises(InvalidInput):
        open_database(url)


def test_unreachable_postgresql_is_named_without_its_password() -> None:
    with pytest.raises(StorageUnavailable) as caught:
        open_database("postgresql://ada:secret@127.0.0.1:1/registry")
    assert "postgresql+psycopg://ada:***@127.0.0.1:1/registry" in caught.value.detail
    assert "secret" not in str(caught.value) + str(caught.value.fields)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "registry.db"
    path.write_bytes(b"This is a text, and a rather long one at that. " * 100)
    with pytest.raises(StorageUnavailable, match="not a database"):
        open_database(f"sqlite:///{path}")
    assert path.read_bytes().startswith(b"This is a text")


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageUnavailable, match="cannot be made"):
        open_database(f"sqlite:///{tmp_path}/file/registry.db")


def test_a_missing_driver_names_its_extra(tmp_path: Path) -> None:
    # A real interpreter in which psycopg cannot be found.
    code = """
import sys
sys.modules["psycopg"] = None
from jupyter_registry.domain.errors import MissingExtra
from jupyter_registry.store.database import open_database
try:
    open_database("postgresql://x@127.0.0.1:1/x")
except MissingExtra as error:
    print(error.fields["extra"], error.advice)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [
        "postgres",
        "Run:",
        "pip",
        "install",
        "'jupyter_registry[postgres]'",
    ]


def test_killed_in_a_transaction_leaves_nothing_and_what_was_committed_stays(
    sqlite_url: str,
) -> None:
    code = f"""
import os, signal
from jupyter_registry.store.database import open_database
from jupyter_registry.store.tables import RegisteredModel
database = open_database({sqlite_url!r})
with database.write() as session:
    session.add(RegisteredModel(name="kept"))
with database.write() as session:
    session.add(RegisteredModel(name="lost"))
    session.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    database = open_database(sqlite_url)
    with database.read() as session:
        assert session.scalars(select(RegisteredModel.name)).all() == ["kept"]
    database.close()

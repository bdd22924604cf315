"""The migrations: equal to the metadata, run once by racing processes, refusing the unknown."""

from __future__ import annotations

import subprocess
import sys

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

from jupyter_registry.domain.errors import Conflict, SchemaTooNew
from jupyter_registry.store import schema, tables
from jupyter_registry.store.database import open_database


def test_migrations_equal_metadata(database_url: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    database = open_database(database_url)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "include_object": schema.is_declared,
            },
        )
        assert compare_metadata(context, SQLModel.metadata) == []
    database.close()


def test_head_constant_is_the_newest_script() -> None:
    from alembic.script import ScriptDirectory

    assert ScriptDirectory(str(schema.MIGRATIONS)).get_current_head() == schema.HEAD


def test_downgrade_leaves_nothing_and_upgrade_returns(database_url: str) -> None:
    from alembic import command

    database = open_database(database_url)
    command.downgrade(schema.config(database.engine), "base")
    assert schema.current(database.engine) is None
    with database.engine.connect() as connection:
        from sqlalchemy import inspect

        names = inspect(connection).get_table_names()
    assert set(names) <= {"alembic_version", "sqlite_sequence"}
    schema.ensure(database.engine)
    assert schema.current(database.engine) == schema.HEAD
    database.close()


def test_enumerations_are_text(database_url: str) -> None:
    database = open_database(database_url)
    with database.write() as session:
        model = tables.RegisteredModel(name="m")
        session.add(model)
        session.flush()
        session.add(
            tables.ModelPackage(
                model_id=model.id,
                name="m",
                version=1,
                kind="external",
                target_name="y",
                target_type="regression",
            )
        )
    with database.connect() as connection:
        row = connection.execute(text("SELECT kind, target_type FROM model_package")).one()
    assert tuple(row) == ("external", "regression")
    database.close()


_OPEN = """
import sys
from jupyter_registry.store.database import open_database
sys.stdin.readline()
database = open_database(sys.argv[1])
print("alembic" in sys.modules)
database.close()
"""


def _open_in_processes(url: str, count: int) -> list[str]:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _OPEN, url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(count)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = []
    for process in processes:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        answers.append(out.strip())
    return answers


def test_racing_processes_migrate_once_then_alembic_is_not_imported(database_url: str) -> None:
    assert "True" in _open_in_processes(database_url, 4)
    assert _open_in_processes(database_url, 1) == ["False"]


def test_newer_schema_is_refused(database_url: str) -> None:
    database = open_database(database_url)
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(SchemaTooNew) as caught:
        open_database(database_url)
    assert caught.value.fields == {"database_revision": "9999", "newest_known": schema.HEAD}


def test_without_upgrade_an_empty_database_is_refused(database_url: str) -> None:
    with pytest.raises(Conflict, match="jupyter registry upgrade"):
        open_database(database_url, upgrade=False)

"""The migrations: equal to the metadata, run once by racing processes, refusing the unknown."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, inspect, text
from sqlmodel import SQLModel

from jupyter_registry.domain.errors import Conflict, SchemaTooNew
from jupyter_registry.store import schema, tables
from jupyter_registry.store.database import open_database


def test_migrations_equal_metadata(database_url: str) -> None:
    from alembic import command
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    engine = create_engine(database_url)
    command.upgrade(schema.config(engine), "head")
    engine.dispose()
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


def test_a_new_schema_is_the_one_that_migrations_lead_to(database_url: str) -> None:
    from alembic import command

    database = open_database(database_url)
    made = _described(database.engine)
    command.downgrade(schema.config(database.engine), "base")
    assert _described(database.engine) == {}
    command.upgrade(schema.config(database.engine), "head")
    assert _described(database.engine) == made
    assert len(made) > 20
    database.close()


def _plain(value: Any) -> Any:
    """Without objects that are told by their address."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return value if isinstance(value, list | int | None) else str(value)


def _described(engine: Engine) -> dict[str, Any]:
    """Each table's columns and constraints, indexes and triggers, in no order."""
    inspector = inspect(engine)
    found: dict[str, Any] = {}
    for table in inspector.get_table_names():
        if table.startswith("package_search"):  # what FTS5 has for itself
            continue
        found[table] = {
            str(sorted(str(_plain(one)) for one in part))
            for part in (
                [
                    {**column, "type": str(column["type"])}
                    for column in inspector.get_columns(table)
                ],
                inspector.get_indexes(table),
                inspector.get_foreign_keys(table),
                inspector.get_unique_constraints(table),
                [inspector.get_pk_constraint(table)],
            )
        }
    found.pop("alembic_version", None)
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' OR name = :index"
        else:
            query = "SELECT indexname, indexdef FROM pg_indexes WHERE indexname = :index"
        for name, sql in connection.execute(text(query), {"index": "package_search"}):
            found[name] = sql
    return found


def test_periods_of_an_older_database_ran_in_their_deployments_kernelspec(
    database_url: str,
) -> None:
    from alembic import command

    database = open_database(database_url)
    command.downgrade(schema.config(database.engine), "0008")
    at = "'2026-01-01'"
    rows = [
        "INSERT INTO registered_model (id, name, description, created_at, created_by, updated_at, "
        f"last_version) VALUES (1, 'm', '', {at}, '', {at}, 2)",
        *(
            "INSERT INTO model_package (id, model_id, name, version, kind, description, "
            "target_name, target_type, class_labels, signature, size, created_at, created_by, "
            f"provenance, search_text) VALUES ({n}, 1, 'm', {n}, '{kind}', '', 't', 'binary', "
            f"'[]', '[]', 0, {at}, '', '{{}}', '')"
            for n, kind in ((1, "custom"), (2, "external"))
        ),
        "INSERT INTO deployment (id, label, description, importance, association_id_required, "
        "store_features, kernelspec, state, package_id, created_at, created_by, updated_at) "
        f"VALUES (1, 'd', '', 'moderate', {{no}}, {{no}}, 'own', 'active', 2, {at}, '', {at})",
        *(
            'INSERT INTO deployment_period (deployment_id, package_id, start, note, "user") '
            f"VALUES (1, {n}, {at}, '', '')"
            for n in (1, 2)
        ),
    ]
    with database.engine.begin() as connection:
        no = "0" if connection.dialect.name == "sqlite" else "false"
        for row in rows:
            connection.execute(text(row.replace("{no}", no)))
    schema.ensure(database.engine)
    query = "SELECT kernelspec FROM deployment_period ORDER BY package_id"
    with database.engine.connect() as connection:
        assert connection.scalars(text(query)).all() == ["own", None]
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
        names = inspect(connection).get_table_names()
    assert set(names) <= {"alembic_version", "sqlite_sequence"}
    schema.ensure(database.engine)
    assert schema.current(database.engine) == schema.HEAD
    database.close()


def test_the_latest_versions_of_an_older_database_are_found(database_url: str) -> None:
    from alembic import command

    database = open_database(database_url)
    command.downgrade(schema.config(database.engine), "0003")
    versions = [
        (1, 1, None),
        (1, 2, "2026-01-01"),
        (1, 3, None),
        (2, 1, "2026-01-01"),
        (3, 1, None),
    ]
    with database.engine.begin() as connection:
        for model in (1, 2, 3):
            connection.execute(
                text(
                    "INSERT INTO registered_model (id, name, description, created_at, created_by, "
                    "updated_at, last_version) VALUES (:m, :name, '', '2026-01-01', '', "
                    "'2026-01-01', 3)"
                ),
                {"m": model, "name": f"m{model}"},
            )
        for model, version, archived in versions:
            connection.execute(
                text(
                    "INSERT INTO model_package (model_id, name, version, kind, description, "
                    "target_name, target_type, class_labels, signature, size, created_at, "
                    "created_by, archived_at, provenance, search_text) VALUES (:m, 'm', :v, "
                    "'external', '', 't', 'binary', '[]', '[]', 0, '2026-01-01', '', :archived, "
                    "'{}', '')"
                ),
                {"m": model, "v": version, "archived": archived},
            )
    schema.ensure(database.engine)
    with database.engine.connect() as connection:
        found = connection.execute(
            text("SELECT model_id, version FROM model_package WHERE latest ORDER BY model_id")
        ).all()
    assert [tuple(row) for row in found] == [(1, 3), (3, 1)]
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


#: Forks processes that have what opening a database imports, and no connection yet.
_OPEN = """
import os, sys
from jupyter_registry.store.database import open_database
children = []
for _ in range(int(sys.argv[2])):
    child = os.fork()
    if not child:
        database = open_database(sys.argv[1])
        os.write(1, f"{'alembic' in sys.modules}\\n".encode())
        database.close()
        sys.exit()
    children.append(child)
sys.exit(any([os.waitpid(child, 0)[1] for child in children]))
"""


def _open_in_processes(url: str, count: int) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", _OPEN, url, str(count)],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_racing_processes_migrate_once_and_alembic_is_imported_for_that_alone(
    database_url: str,
) -> None:
    from alembic import command

    assert _open_in_processes(database_url, 4) == ["False"] * 4
    engine = create_engine(database_url)
    command.downgrade(schema.config(engine), "0006")
    engine.dispose()
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


def test_rows_of_before_segments_stay(database_url: str) -> None:
    """From 0002 with a deployment and its rows to the head, and back."""
    from alembic import command

    engine = create_engine(database_url)
    command.upgrade(schema.config(engine), "0002")
    insert = (
        "INSERT INTO registered_model (id, name, description, created_at, created_by, updated_at, "
        "last_version) VALUES (1, 'm', '', '2024-01-01 00:00:00', '', '2024-01-01 00:00:00', 1)",
        "INSERT INTO model_package (id, model_id, name, version, kind, description, target_name, "
        "target_type, class_labels, signature, size, created_at, created_by, provenance, "
        "search_text) VALUES (1, 1, 'm', 1, 'external', '', 'y', 'regression', '[]', '[]', 0, "
        "'2024-01-01 00:00:00', '', '{}', '')",
        "INSERT INTO deployment (id, label, description, importance, association_id_required, "
        "store_features, state, package_id, created_at, created_by, updated_at) VALUES (1, 'd', "
        "'', 'moderate', false, false, 'active', 1, '2024-01-01 00:00:00', '', "
        "'2024-01-01 00:00:00')",
        'INSERT INTO deployment_period (id, deployment_id, package_id, start, note, "user") '
        "VALUES (1, 1, 1, '2024-01-01 00:00:00', '', '')",
        "INSERT INTO deployment_totals (deployment_id, predicted, matched, actuals, revision) "
        "VALUES (1, 1, 0, 0, 1)",
        "INSERT INTO prediction (deployment_id, package_id, association_id, timestamp, value, "
        "label) VALUES (1, 1, 'a', 1708905600000000, 2.5, 0)",
    )
    with engine.begin() as connection:
        for statement in insert:
            connection.execute(text(statement))
    engine.dispose()
    database = open_database(database_url)
    with database.read() as session:
        deployment = session.get_one(tables.Deployment, 1)
        assert (deployment.label, deployment.segment_columns) == ("d", None)
    with database.connect() as connection:
        row = connection.execute(text("SELECT value, segments FROM prediction")).one()
        assert tuple(row) == (2.5, None)
        assert connection.execute(text("SELECT segments FROM deployment_totals")).scalar() == 0
    command.downgrade(schema.config(database.engine), "0002")
    with database.connect() as connection:
        assert connection.execute(text("SELECT value FROM prediction")).scalar() == 2.5
    database.close()

"""The schema's revision: checked at every start, migrated by Alembic only when it is behind.

A new database gets the tables as they are declared, which migrations lead to, too; so Alembic,
which needs more memory than all else that the server loads for the database, is not imported.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, inspect, text
from sqlmodel import SQLModel

from ..domain.errors import Conflict, SchemaTooNew
from . import file_locks

#: The newest revision in ``migrations/versions``.
HEAD = "0009"

MIGRATIONS = Path(__file__).with_name("migrations")
#: Any number that other programs on the same PostgreSQL server are unlikely to lock.
_LOCK = 0x6A7265676973
#: Alembic keeps its context in the process, so two threads must not migrate at once.
_ONE_AT_A_TIME = threading.Lock()


def current(engine: Engine) -> str | None:
    """The database's revision; ``None`` when it has no schema yet."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def ensure(engine: Engine, *, upgrade: bool = True) -> None:
    """Bring the database to `HEAD`.

    Raises
    ------
    SchemaTooNew
        when its revision is not one of ours.
    Conflict
        when it is behind and ``upgrade`` is false.

    """
    if current(engine) == HEAD:
        return
    with _locked(engine):
        revision = current(engine)
        if revision == HEAD:
            return
        if revision is not None and revision not in _known():
            raise SchemaTooNew(
                f"The database has schema {revision}, which this version does not know.",
                advice="Upgrade jupyter_registry, or point database_url at another database.",
                fields={"database_revision": revision, "newest_known": HEAD},
            )
        if revision is None and upgrade:
            _create(engine)
            return
        if not upgrade:
            raise Conflict(
                f"The database has schema {revision or 'none'}; {HEAD} is needed.",
                advice="Run: jupyter registry upgrade",
            )
        _migrate(engine)


def config(engine: Engine) -> Any:
    """Alembic's configuration for an open engine."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    made.attributes["engine"] = engine
    return made


def is_declared(_object: Any, name: str | None, *_: Any) -> bool:
    """Whether the metadata declares an object; the free-text index lives in migrations alone."""
    return not (name or "").startswith("package_search")


def _known() -> set[str]:
    from alembic.script import ScriptDirectory

    return {item.revision for item in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}


def _create(engine: Engine) -> None:
    """Make the newest schema; what is left of one that was interrupted is completed."""
    from . import log_tables, tables, text_index  # noqa: F401  (fill the metadata)

    with engine.begin() as connection:
        SQLModel.metadata.create_all(connection)
        text_index.create(connection)
        connection.exec_driver_sql(
            "CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL, "
            "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
        )
        connection.execute(
            text("INSERT INTO alembic_version (version_num) VALUES (:head)"), {"head": HEAD}
        )


def _migrate(engine: Engine) -> None:
    from alembic import command

    with _ONE_AT_A_TIME:
        command.upgrade(config(engine), "head")


@contextlib.contextmanager
def _locked(engine: Engine) -> Iterator[None]:
    """Hold the one lock for migrations: a file beside SQLite's, an advisory one on PostgreSQL."""
    if engine.dialect.name == "sqlite":
        with Path(f"{engine.url.database}.upgrade.lock").open("ab") as file:
            file_locks.lock(file)
            yield
        return
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
            connection.commit()

"""Which artifacts are in use: those that a package, an upload or a leaderboard's model names.

An artifact is removed in a transaction that holds its lock and has seen that nothing names it;
an upload names an artifact in a transaction that holds its lock and has seen that it is there.
So neither can happen in the middle of the other, in this process or another.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, or_, select
from sqlmodel import Session, SQLModel

from ..store import tables as _tables  # noqa: F401  (declares the tables named below)
from ..store.artifacts import ArtifactStore
from ..store.database import Database

#: What names artifacts, in the column ``sha256``.
_NAMING = tuple(
    SQLModel.metadata.tables[name] for name in ("package_file", "upload_file", "board_model_file")
)


def lock(session: Session, sha256: str) -> None:
    """Hold an artifact's lock until the transaction ends; SQLite's writers exclude each other."""
    if session.get_bind().dialect.name != "sqlite":
        key = int(sha256[:16], 16) - 2**63
        session.execute(select(func.pg_advisory_xact_lock(key)))


def collect(database: Database, artifacts: ArtifactStore, hashes: Iterable[str]) -> int:
    """Remove those artifacts that nothing names any more; returns how many."""
    removed = 0
    for sha256 in sorted(set(hashes)):
        with database.write() as session:
            lock(session, sha256)
            # One statement, one state: a registration moves a name from one table to the other.
            named = session.scalar(
                select(
                    or_(
                        *(
                            select(table).where(table.c.sha256 == sha256).exists()
                            for table in _NAMING
                        )
                    )
                )
            )
            if not named:
                artifacts.delete(sha256)
                removed += 1
    return removed


def collect_orphans(database: Database, artifacts: ArtifactStore) -> int:
    """Remove every artifact that nothing names, as a crash may leave; returns how many."""
    present = set(artifacts.hashes())
    with database.connect() as connection:
        for table in _NAMING:
            present.difference_update(connection.scalars(select(table.c.sha256).distinct()))
    return collect(database, artifacts, present)

"""A thin cursor over SQLite's and PostgreSQL's drivers, for statements on bulk rows.

The log's hot path runs a handful of statements per commit; going to the driver directly keeps
each at a few microseconds. SQL is written with ``?`` and must not contain ``%``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Engine

from ..store.database import storage_errors

Row = Sequence[Any]


class Cursor:
    """One driver cursor inside a transaction."""

    def __init__(self, raw: Any, *, sqlite: bool) -> None:
        self._raw = raw
        self.sqlite = sqlite

    def run(self, sql: str, parameters: Row = ()) -> int:
        """Run one statement; returns how many rows it changed."""
        self._raw.execute(self._text(sql), parameters)
        return int(self._raw.rowcount)

    def run_many(self, sql: str, rows: Iterable[Row]) -> int:
        """Run one statement for every row; returns how many rows were changed in all."""
        self._raw.executemany(self._text(sql), rows)
        return int(self._raw.rowcount)

    def all(self, sql: str, parameters: Row = ()) -> list[Row]:
        """Run a query and fetch everything."""
        self._raw.execute(self._text(sql), parameters)
        rows: list[Row] = self._raw.fetchall()
        return rows

    def one(self, sql: str, parameters: Row = ()) -> Row | None:
        """Run a query and fetch its first row."""
        self._raw.execute(self._text(sql), parameters)
        row: Row | None = self._raw.fetchone()
        return row

    def load(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Bulk-load rows into a table without conflicts (COPY on PostgreSQL)."""
        names = ", ".join(columns)
        if self.sqlite:
            marks = ", ".join("?" * len(columns))
            self._raw.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
            return
        with self._raw.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def _text(self, sql: str) -> str:
        return sql if self.sqlite else _percent(sql)


@lru_cache(maxsize=512)
def _percent(sql: str) -> str:
    return sql.replace("?", "%s")


class Writer:
    """A connection kept for writing the log, used by one thread at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._sqlite = engine.dialect.name == "sqlite"
        self._connection: Any = None

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Cursor]:
        """Commit at the end, roll back on an exception; a broken connection is replaced."""
        with storage_errors():
            if self._connection is None:
                self._connection = self._engine.raw_connection()
            connection = self._connection
            cursor = connection.cursor()
            try:
                if self._sqlite:
                    cursor.execute("BEGIN IMMEDIATE")
                yield Cursor(cursor, sqlite=self._sqlite)
                connection.commit()
            except BaseException as error:
                self._roll_back(connection)
                raise self._translated(error) from error
            finally:
                cursor.close()

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _roll_back(self, connection: Any) -> None:
        try:
            connection.rollback()
        except Exception:
            connection.invalidate()
            self._connection = None

    def _translated(self, error: BaseException) -> BaseException:
        translated = _translated(self._engine, error)
        if translated is not error and self._connection is not None and not self._sqlite:
            self._connection.invalidate()
            self._connection = None
        return translated


@contextlib.contextmanager
def reading(engine: Engine) -> Iterator[Cursor]:
    """A cursor that sees one consistent state."""
    sqlite = engine.dialect.name == "sqlite"
    with storage_errors(), engine.connect() as connection:
        if not sqlite:
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        raw = connection.connection.cursor()
        try:
            if sqlite:
                raw.execute("BEGIN")
            yield Cursor(raw, sqlite=sqlite)
        except Exception as error:
            raise _translated(engine, error) from error
        finally:
            raw.close()
            connection.connection.rollback()


def _translated(engine: Engine, error: BaseException) -> BaseException:
    """The driver's errors as SQLAlchemy's, which `storage_errors` understands."""
    module = engine.dialect.loaded_dbapi
    if module is not None and isinstance(error, module.OperationalError | module.InterfaceError):
        from sqlalchemy.exc import OperationalError

        return OperationalError("reading or writing the log", None, error)
    return error

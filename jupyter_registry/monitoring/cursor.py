"""A thin cursor over SQLite's and PostgreSQL's drivers, for statements on bulk rows.

The log's hot path runs a handful of statements per commit; going to the driver directly keeps
each at a few microseconds. SQL is written with ``?`` and must not contain ``%``.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray
from sqlalchemy import Engine

from ..store.database import storage_errors

Row = Sequence[Any]

#: Rows that `Cursor.insert` gives to a statement; their parameters stay below 999, the limit of
#: early SQLite.
_ROWS_OF_INSERT = 100

#: What a query can select from when one of its parameters is made by `listed`.
_LISTED_SQLITE = "(SELECT key AS n, value AS name FROM json_each(?))"
_LISTED = (
    "(SELECT n - 1 AS n, name "
    "FROM json_array_elements_text(?::json) WITH ORDINALITY AS u (name, n))"
)


class Cursor:
    """One driver cursor inside a transaction.

    ``names`` stands in a query's FROM for the texts of one parameter, made by `listed`: a table
    of their places ``n``, from 0, and of each ``name``.
    """

    def __init__(self, raw: Any, *, sqlite: bool) -> None:
        self._raw = raw
        self.sqlite = sqlite
        self.names = _LISTED_SQLITE if sqlite else _LISTED

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

    def each(self, sql: str, parameters: Row = ()) -> Iterator[Row]:
        """Run a query and fetch row by row; what runs next on this cursor ends it."""
        self._raw.execute(self._text(sql), parameters)
        return iter(self._raw)

    def one(self, sql: str, parameters: Row = ()) -> Row | None:
        """Run a query and fetch its first row."""
        self._raw.execute(self._text(sql), parameters)
        row: Row | None = self._raw.fetchone()
        return row

    def columns(self, sql: str, parameters: Row, dtype: DTypeLike) -> NDArray[Any]:
        """Run a query and fetch everything as an array of records; null numbers become NaN.

        Rows go into the array one by one: thousands of tuples at a time keep the garbage
        collector busier than all the rest of a batch.
        """
        self._raw.execute(self._text(sql), parameters)
        return np.fromiter(self._raw, dtype)

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row], end: str) -> int:
        """Insert rows, many with each statement, which ends with ``end``; returns how many were.

        For SQLite, where it halves what a row costs.
        """
        begin = f"INSERT INTO {table} ({', '.join(columns)}) VALUES "
        marks = f"({', '.join('?' * len(columns))})"
        whole = len(rows) - len(rows) % _ROWS_OF_INSERT
        parts = (
            list(chain.from_iterable(rows[first : first + _ROWS_OF_INSERT]))
            for first in range(0, whole, _ROWS_OF_INSERT)
        )
        many = ", ".join([marks] * _ROWS_OF_INSERT)
        inserted = self.run_many(f"{begin}{many} {end}", parts) if whole else 0
        if whole < len(rows):
            inserted += self.run_many(f"{begin}{marks} {end}", rows[whole:])
        return inserted

    def load(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Bulk-load rows into a table of PostgreSQL's without conflicts."""
        names = ", ".join(columns)
        with self._raw.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def _text(self, sql: str) -> str:
        return sql if self.sqlite else _percent(sql)


@lru_cache(maxsize=512)
def _percent(sql: str) -> str:
    return sql.replace("?", "%s")


def listed(texts: Sequence[str | None]) -> str:
    """The parameter for `Cursor.names`; a text must not have a NUL, where SQLite would end it."""
    # not as \u escapes, so that the drivers refuse what is not Unicode
    return json.dumps(texts, ensure_ascii=False)


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
            try:
                if self._connection is None:
                    self._connection = self._engine.raw_connection()
                with contextlib.closing(self._connection.cursor()) as raw:
                    if self._sqlite:
                        raw.execute("BEGIN IMMEDIATE")
                    yield Cursor(raw, sqlite=self._sqlite)
                    self._connection.commit()
            except BaseException as error:
                translated = _translated(self._engine, error)
                self._roll_back(broken=translated is not error and not self._sqlite)
                if translated is error:
                    raise
                raise translated from error

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _roll_back(self, *, broken: bool) -> None:
        if self._connection is None:
            return
        try:
            self._connection.rollback()
        except Exception:
            broken = True
        if broken:
            self._connection.invalidate()
            self._connection = None


@contextlib.contextmanager
def reading(engine: Engine) -> Iterator[Cursor]:
    """A cursor that sees one consistent state."""
    sqlite = engine.dialect.name == "sqlite"
    with storage_errors(), engine.connect() as connection:
        if not sqlite:
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        try:
            with contextlib.closing(connection.connection.cursor()) as raw:
                if sqlite:
                    raw.execute("BEGIN")
                yield Cursor(raw, sqlite=sqlite)
            connection.connection.rollback()
        except BaseException as error:
            translated = _translated(engine, error)
            if translated is error:
                with contextlib.suppress(Exception):
                    connection.connection.rollback()
                raise
            connection.invalidate()
            raise translated from error


def _translated(engine: Engine, error: BaseException) -> BaseException:
    """The driver's errors as SQLAlchemy's, which `storage_errors` understands."""
    module = engine.dialect.loaded_dbapi
    if module is None or not isinstance(error, module.Error):
        return error
    from sqlalchemy.exc import DatabaseError, OperationalError

    statement = "reading or writing the log"
    if type(error) is module.DatabaseError:  # SQLite: not a database, or damaged
        return DatabaseError(statement, None, error)
    unusable = isinstance(error, module.OperationalError | module.InterfaceError)
    # what goes beyond PostgreSQL's limits (class 54) is the fault of the rows
    if unusable and not (getattr(error, "sqlstate", None) or "").startswith("54"):
        return OperationalError(statement, None, error)
    return error

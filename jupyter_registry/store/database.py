"""Opening the one database: SQLite by default, PostgreSQL by URL; transactions and pragmas."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event, inspect, make_url
from sqlalchemy.exc import DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool
from sqlmodel import Session, create_engine

from ..domain.errors import InvalidInput, StorageUnavailable, missing_extra
from . import schema

#: How long a SQLite writer waits for another one.
BUSY_SECONDS = 30


class Database:
    """An open database with the present schema.

    `engine` serves registry entities: every commit survives a power cut. `log_engine` serves
    the prediction log: a commit survives the process, and a power cut when ``durable_log``.
    """

    def __init__(self, engine: Engine, log_engine: Engine) -> None:
        self.engine = engine
        self.log_engine = log_engine
        #: A reading transaction sees one state; on SQLite it always does.
        self._snapshot = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.engine.dialect.name == "sqlite"

    @cached_property
    def has_text_index(self) -> bool:
        """Whether SQLite's full-text index of packages is there (it needs FTS5's trigrams)."""
        return self.is_sqlite and inspect(self.engine).has_table("package_search")

    @contextlib.contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that may write: committed at the end, rolled back on an exception."""
        with storage_errors(), Session(self.engine, expire_on_commit=False) as session:
            begin_write(session.connection())
            yield session
            session.commit()

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that reads one consistent state."""
        with storage_errors(), Session(self.engine, expire_on_commit=False) as session:
            session.connection(execution_options=self._snapshot)
            yield session

    @contextlib.contextmanager
    def connect(self) -> Iterator[Connection]:
        """A Core connection for reading, for queries that make no entities."""
        with storage_errors(), self.engine.connect() as connection:
            yield connection.execution_options(**self._snapshot)

    def close(self) -> None:
        """Close every connection."""
        _dispose(self.engine, self.log_engine)


def open_database(url: str, *, durable_log: bool = False, upgrade: bool = True) -> Database:
    """Open the database and bring its schema up to date.

    Parameters
    ----------
    url:
        An SQLAlchemy URL: ``sqlite:///path/registry.db`` or ``postgresql+psycopg://…``.
    durable_log:
        Whether predictions too survive a power cut (SQLite ``synchronous=FULL``).
    upgrade:
        Whether to migrate an older schema; otherwise it is refused.

    Raises
    ------
    InvalidInput
        when the URL cannot be used.
    MissingExtra
        when the driver is not installed.
    StorageUnavailable
        when the database cannot be reached.
    SchemaTooNew
        when a newer version wrote the database.

    """
    engine = _engine(url, synchronous="FULL", cache_mb=32)
    log_engine = _engine(
        url, synchronous="FULL" if durable_log else "NORMAL", cache_mb=64, pool_size=2
    )
    try:
        with storage_errors():
            schema.ensure(engine, upgrade=upgrade)
    except StorageUnavailable as error:
        _dispose(engine, log_engine)
        shown = engine.url.render_as_string(hide_password=True)
        raise StorageUnavailable(
            f"The database {shown} cannot be opened. {error.detail}",
            advice=error.advice,
            fields={"database_url": shown},
        ) from error
    except BaseException:
        _dispose(engine, log_engine)
        raise
    return Database(engine, log_engine)


def _dispose(*engines: Engine) -> None:
    for engine in engines:
        engine.dispose()


def begin_write(connection: Connection) -> None:
    """Turn the connection's transaction into a writing one before it has read anything.

    On SQLite this takes the write lock at once, so that a transaction that reads and then
    writes never fails because another one wrote in between.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextlib.contextmanager
def storage_errors() -> Iterator[None]:
    """Turn a lost, locked or full database into `StorageUnavailable`."""
    try:
        yield
    except OperationalError as error:
        raise StorageUnavailable(
            f"The database cannot be used: {_reason(error)}.",
            advice="Check that it is running, reachable and has free space, then try again.",
        ) from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise StorageUnavailable(
                f"The connection to the database was lost: {_reason(error)}.",
                advice="Try again; it is opened anew.",
            ) from error
        if type(error.orig).__name__ == "DatabaseError":  # SQLite: not a database, or damaged
            raise StorageUnavailable(
                f"The database cannot be read: {_reason(error)}.",
                advice="Check that database_url names the right file, or restore a backup.",
            ) from error
        raise
    except PoolTimeout as error:
        raise StorageUnavailable(
            "All connections to the database are busy.", advice="Try again in a moment."
        ) from error


def _reason(error: DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0].rstrip(".") if error.orig else "unknown"


def _engine(url: str, *, synchronous: str, cache_mb: int, pool_size: int = 5) -> Engine:
    try:
        parsed = make_url(url)
    except Exception as error:
        raise InvalidInput(
            "The database URL is not understood.",
            advice="Use sqlite:///path/to/file.db or postgresql+psycopg://user@host/name.",
            fields={"database_url": "not a URL"},
        ) from error
    if parsed.get_backend_name() == "sqlite":
        if parsed.database in (None, "", ":memory:"):
            raise InvalidInput(
                "An in-memory database cannot be shared between connections.",
                advice="Name a file: sqlite:///path/to/file.db.",
                fields={"database_url": "in memory"},
            )
        engine = _sqlite(str(parsed.database), parsed.render_as_string(False), pool_size)
        _configure(engine, synchronous, cache_mb)
        return engine
    if parsed.get_backend_name() != "postgresql":
        raise InvalidInput(
            f"Databases of type {parsed.get_backend_name()!r} are not supported.",
            advice="Use SQLite or PostgreSQL.",
            fields={"database_url": "unsupported database"},
        )
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    try:
        return create_engine(
            parsed,
            pool_size=pool_size,
            pool_pre_ping=True,
            connect_args={"connect_timeout": int(str(parsed.query.get("connect_timeout", 10)))},
        )
    except (ModuleNotFoundError, NoSuchModuleError):
        raise missing_extra("psycopg", "postgres", "A PostgreSQL database") from None


def _sqlite(path: str, url: str, pool_size: int) -> Engine:
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageUnavailable(
            f"The folder {Path(path).parent} of the database cannot be made: {error.strerror}.",
            advice="Make it, or set database_url to a place that can be written.",
            fields={"database_url": url},
        ) from error
    return create_engine(
        url,
        poolclass=QueuePool,
        pool_size=pool_size,
        pool_use_lifo=True,  # the connection used last has the pages in its cache
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )


def _lower(text: object) -> object:
    return text.lower() if isinstance(text, str) else text


def _configure(engine: Engine, synchronous: str, cache_mb: int) -> None:
    """Set the pragmas of every connection, and begin transactions by hand."""

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={BUSY_SECONDS * 1000}",
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            "temp_store=MEMORY",
            f"cache_size={-1024 * cache_mb}",
            "journal_size_limit=67108864",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
        # SQLite's own knows the letters of ASCII alone
        connection.create_function("lower", 1, _lower, deterministic=True)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

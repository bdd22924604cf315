"""Opening the one database: SQLite by default, PostgreSQL by URL; transactions and pragmas."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event, make_url
from sqlalchemy.exc import DBAPIError, NoSuchModuleError, OperationalError
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

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.engine.dialect.name == "sqlite"

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
            yield session

    @contextlib.contextmanager
    def connect(self) -> Iterator[Connection]:
        """A Core connection for reading, for queries that make no entities."""
        with storage_errors(), self.engine.connect() as connection:
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()
        self.log_engine.dispose()


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
    engine = _engine(url, synchronous="FULL")
    log_engine = _engine(url, synchronous="FULL" if durable_log else "NORMAL", pool_size=2)
    try:
        with storage_errors():
            schema.ensure(engine, upgrade=upgrade)
    except BaseException:
        engine.dispose()
        log_engine.dispose()
        raise
    return Database(engine, log_engine)


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
        if not error.connection_invalidated:
            raise
        raise StorageUnavailable(
            f"The connection to the database was lost: {_reason(error)}.",
            advice="Try again; it is opened anew.",
        ) from error


def _reason(error: DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0].rstrip(".") if error.orig else "unknown"


def _engine(url: str, *, synchronous: str, pool_size: int = 5) -> Engine:
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
        return _sqlite(str(parsed.database), parsed.render_as_string(False), synchronous, pool_size)
    if parsed.get_backend_name() != "postgresql":
        raise InvalidInput(
            f"Databases of type {parsed.get_backend_name()!r} are not supported.",
            advice="Use SQLite or PostgreSQL.",
            fields={"database_url": "unsupported database"},
        )
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    try:
        return create_engine(parsed, pool_size=pool_size, pool_pre_ping=True)
    except (ModuleNotFoundError, NoSuchModuleError):
        raise missing_extra("psycopg", "postgres", "A PostgreSQL database") from None


def _sqlite(path: str, url: str, synchronous: str, pool_size: int) -> Engine:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=pool_size,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )

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
            "cache_size=-65536",
            "journal_size_limit=67108864",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine

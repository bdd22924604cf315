"""``python -m jupyter_registry.server.maintenance``: work on the database without a server."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ..domain.errors import RegistryError


def default_database_url() -> str:
    """Where the server keeps its database unless told otherwise."""
    given = os.environ.get("JUPYTER_REGISTRY_DATABASE_URL")
    if given:
        return given
    from jupyter_core.paths import jupyter_data_dir

    return f"sqlite:///{Path(jupyter_data_dir()) / 'registry' / 'registry.db'}"


def upgrade(database_url: str) -> str:
    """Bring the schema up to date, under the lock; returns its revision.

    Raises
    ------
    SchemaTooNew
        when a newer version wrote the database.
    StorageUnavailable
        when it cannot be reached.

    """
    from ..store import schema
    from ..store.database import open_database

    open_database(database_url).close()
    return schema.HEAD


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one task; the exit code is 0 when it is done, 1 when it is refused."""
    parser = argparse.ArgumentParser(
        prog="python -m jupyter_registry.server.maintenance", description=__doc__
    )
    tasks = parser.add_subparsers(dest="task", required=True)
    task = tasks.add_parser("upgrade", help="bring the schema up to date")
    task.add_argument("--database-url", help="SQLAlchemy URL (default: the server's own)")
    task.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    try:
        revision = upgrade(options.database_url or default_database_url())
    except RegistryError as error:
        print(f"{error.title}: {error}", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps({"schema": revision}))
    else:
        print(f"The database has schema {revision}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What can be said to a server and its database."""

from __future__ import annotations

from typing import Any

from .parts import command


def add_serve(commands: Any) -> None:
    """``serve``."""
    made = command(
        commands,
        "serve",
        "server",
        "run a Jupyter server with the registry in the foreground",
        connects=False,
        epilog="All other arguments go to jupyter server.",
    )
    made.set_defaults(takes_rest=True)
    made.add_argument("--port", type=int, help="where to listen (default: 8888 or the next free)")
    made.add_argument("--ip", help="which address to listen on (default: localhost)")
    made.add_argument("--database-url", help="SQLite or PostgreSQL URL of the registry's database")
    made.add_argument("--artifact-url", help="folder or fsspec URL of the artifacts")


def add_upgrade(commands: Any) -> None:
    """``upgrade``."""
    made = command(
        commands,
        "upgrade",
        "server",
        "bring a database's schema up to date, without a server",
        connects=False,
    )
    made.add_argument("--database-url", help="default: as the server's own default")
    made.add_argument("--json", action="store_true", help="print JSON")

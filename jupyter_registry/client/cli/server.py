"""Commands that need no running server: start one, upgrade its database."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys


def serve(options: argparse.Namespace) -> int:
    """``serve``: become a Jupyter server with the extension, until it is stopped."""
    command = [
        sys.executable,
        "-m",
        "jupyter_server",
        "--ServerApp.jpserver_extensions={'jupyter_registry': True}",
        "--no-browser",
    ]
    for flag, value in (
        ("--ServerApp.port", options.port),
        ("--ServerApp.ip", options.ip),
        ("--RegistryApp.database_url", options.database_url),
        ("--RegistryApp.artifact_url", options.artifact_url),
    ):
        if value is not None:
            command.append(f"{flag}={value}")
    return _become([*command, *options.rest])


def upgrade(options: argparse.Namespace) -> int:
    """``upgrade``: the database's schema, by the server's own code in a process of its own."""
    command = [sys.executable, "-m", "jupyter_registry.server.maintenance", "upgrade"]
    if options.database_url is not None:
        command += ["--database-url", options.database_url]
    if options.json:
        command.append("--json")
    return subprocess.run(command, check=False).returncode


def _become(command: list[str]) -> int:
    """Run a command in this process's place, so that signals reach it."""
    sys.stdout.flush()
    if os.name == "nt":
        return subprocess.run(command, check=False).returncode
    os.execv(command[0], command)

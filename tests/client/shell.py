"""Commands against a real server as a user gives them, told of the server by the environment."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import forking


class Shell:
    """Runs commands in processes of their own: new ones, or forked from one with the libraries."""

    def __init__(self, server: Any, folder: Path, *, forked: bool = False) -> None:
        self.folder = folder
        self.forked = forked
        self.environment = server.environment | {
            "JUPYTER_REGISTRY_URL": server.url,
            "JUPYTER_REGISTRY_TOKEN": server.token,
        }

    def __call__(self, *arguments: str, code: int = 0) -> str:
        ended, out, err = (self._fork if self.forked else self._start)(arguments)
        assert ended == code, out + err
        return out if code == 0 else err

    def _fork(self, arguments: Sequence[str]) -> tuple[int, str, str]:
        return forking.run(arguments, self.folder, self.environment)

    def _start(self, arguments: Sequence[str]) -> tuple[int, str, str]:
        done = subprocess.run(
            [sys.executable, "-m", "jupyter_registry.client.cli", *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    def json(self, *arguments: str) -> Any:
        return json.loads(self(*arguments, "--json"))

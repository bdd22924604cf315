"""A Jupyter server with the extension, on a free loopback port, for as long as the job runs."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from .folder import DemoFolder

#: Seconds until the server must answer, and until it must have stopped when asked to.
START_SECONDS = 60.0
STOP_SECONDS = 30.0


class ServerFailed(Exception):
    """The server did not start, or ended by itself."""


def server_environment(folder: DemoFolder) -> dict[str, str]:
    """The variables that put the registry's database and artifacts into the folder."""
    return {
        "JUPYTER_REGISTRY_DATABASE_URL": folder.database_url,
        "JUPYTER_REGISTRY_ARTIFACT_URL": str(folder.artifacts),
    }


def allow_root() -> list[str]:
    """The argument by which Jupyter runs as root, where the job does (containers)."""
    return ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []


class LiveServer:
    """Starts the server on entering, stops it on leaving; its output goes to the log."""

    def __init__(self, folder: DemoFolder) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None
        self.url = ""
        self.token = ""

    def __enter__(self) -> LiveServer:
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def check(self) -> None:
        """Raise `ServerFailed` if the server has ended by itself."""
        code = self._process.poll() if self._process is not None else None
        if code is not None:
            raise ServerFailed(f"The server ended by itself with exit code {code}.")

    def stop(self) -> None:
        """Ask the server to stop and wait; kill it and its workers if it does not."""
        process, self._process = self._process, None
        if process is not None:
            if process.poll() is None:
                process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                _kill(process)
            except BaseException:
                _kill(process)
                raise
        if self._log is not None:
            self._log.close()
            self._log = None

    def _start(self) -> None:
        runtime = self._folder.server / "runtime"
        self.token = secrets.token_hex(24)
        environment = _without_server_settings(os.environ) | {
            **server_environment(self._folder),
            # The user's own Jupyter settings must not change what the job shows.
            "JUPYTER_NO_CONFIG": "1",
            "JUPYTER_CONFIG_DIR": str(self._folder.server / "config"),
            "JUPYTER_DATA_DIR": str(self._folder.server / "data"),
            "JUPYTER_RUNTIME_DIR": str(runtime),
            "JUPYTER_TOKEN": self.token,
        }
        self._log = self._folder.server_log.open("wb")
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "jupyter_server",
                "--no-browser",
                "--ServerApp.ip=127.0.0.1",
                f"--ServerApp.port={_free_port()}",
                f"--ServerApp.root_dir={self._folder.root}",
                "--ServerApp.jpserver_extensions={'jupyter_registry': True}",
                *allow_root(),
            ],
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            env=environment,
            # Ctrl-C reaches the job alone, which then stops the server in order.
            start_new_session=True,
        )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers(runtime):
            self.check()
            if time.monotonic() > deadline:
                raise ServerFailed(f"The server did not answer within {START_SECONDS:.0f} seconds.")
            time.sleep(0.1)

    def _answers(self, runtime: Path) -> bool:
        """Whether the registry answers; the address is where the server says it listens."""
        assert self._process is not None
        info = runtime / f"jpserver-{self._process.pid}.json"
        try:
            self.url = json.loads(info.read_text())["url"]
        except (FileNotFoundError, ValueError):
            return False
        request = Request(
            f"{self.url}jupyter-registry/api/v1/info",
            headers={"Authorization": f"token {self.token}"},
        )
        try:
            with urlopen(request, timeout=5) as answer:
                return bool(answer.status == 200)
        except HTTPError as error:
            if error.code == 404:
                raise ServerFailed("The server runs, but without the extension.") from None
            return False
        except (URLError, OSError):
            return False


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the server's whole session at once."""
    with suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _without_server_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without what a surrounding Jupyter server or hub put there."""
    dropped = ("JUPYTER_REGISTRY_", "JUPYTERHUB_", "JPY_", "JUPYTER_TOKEN", "JUPYTER_PORT")
    return {name: value for name, value in environment.items() if not name.startswith(dropped)}

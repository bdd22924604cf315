"""Real processes to measure: a Jupyter server with the extension, and any other script."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "benchmark"


def free_port() -> int:
    """A loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def rss_mb(pid: int) -> float:
    """Resident memory of a process in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"no VmRSS for {pid}")


def peak_mb(pid: int) -> float:
    """Peak resident memory of a process in MB since `reset_peak`."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"no VmHWM for {pid}")


def reset_peak(pid: int) -> None:
    """Let `peak_mb` start from the present."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


@dataclass
class Live:
    """A running server."""

    port: int
    process: subprocess.Popen[bytes]
    folder: Path
    ready_seconds: float

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.folder / 'data' / 'registry' / 'registry.db'}"

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Call the registry's API with the server's token; returns the parsed JSON."""
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.url}/jupyter-registry/api/v1{path}",
            data=data,
            method=method,
            headers={
                "Authorization": f"token {TOKEN}",
                "Content-Type": "application/json",
                **{key.replace("_", "-"): value for key, value in headers.items()},
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=600) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {path}: {error.code} {error.read()!r}") from None


@contextlib.contextmanager
def jupyter_server(
    *, extension: bool = True, extra: tuple[str, ...] = (), folder: Path | None = None
) -> Iterator[Live]:
    """A Jupyter server on a free port, with or without the extension; stopped at the end."""
    with contextlib.ExitStack() as stack:
        where = folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port = free_port()
        enabled = {"jupyter_registry": extension, **dict.fromkeys(extra, True)}
        environment = {
            **os.environ,
            "JUPYTER_DATA_DIR": str(where / "data"),
            "JUPYTER_CONFIG_DIR": str(where / "config"),
            "JUPYTER_RUNTIME_DIR": str(where / "runtime"),
            "PYTHONPATH": str(ROOT),
        }
        log = stack.enter_context((where / "server.log").open("wb"))
        started = time.perf_counter()
        process = subprocess.Popen(
            [
                sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root",
                f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
                f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={where}",
                f"--ServerApp.jpserver_extensions={enabled}",
            ],
            env=environment, stdout=log, stderr=subprocess.STDOUT, cwd=where,
        )  # fmt: skip
        try:
            wait_until_answers(f"http://127.0.0.1:{port}/api", process)
            yield Live(port, process, where, time.perf_counter() - started)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextlib.contextmanager
def script(module: str, *arguments: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A module of the benchmarks serving HTTP on a free port (given as its first argument)."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", module, str(port), *arguments], cwd=ROOT)
    try:
        wait_until_answers(f"http://127.0.0.1:{port}/", process)
        yield port, process
    finally:
        process.kill()
        process.wait()


def wait_until_answers(url: str, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    """Return as soon as the URL answers anything."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with exit code {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.01)
    raise TimeoutError(f"{url} did not answer")

"""Finding the server: in a real kernel, by the environment, by what runs."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_registry.client import Registry, discovery
from jupyter_registry.client.connection import CannotConnect

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty runtime folder, and an environment that names no server."""
    for name in (
        "JUPYTER_REGISTRY_URL", "JUPYTER_REGISTRY_TOKEN", "JPY_PARENT_PID",
        "JUPYTERHUB_API_TOKEN", "JUPYTERHUB_SERVICE_URL",
    ):  # fmt: skip
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    return tmp_path


def write(runtime: Path, pid: int, url: str, token: str = "t") -> None:
    info = {"url": url, "token": token, "pid": pid}
    (runtime / f"jpserver-{pid}.json").write_text(json.dumps(info))


@pytest.fixture
def processes() -> Iterator[list[int]]:
    """Process ids that exist, and last one that does not."""
    made = [
        subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) for _ in "12"
    ]
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    yield [*(process.pid for process in made), ended.pid]
    for process in made:
        process.communicate()


def test_arguments_go_before_the_environment(
    runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_REGISTRY_URL", "http://there:1/")
    monkeypatch.setenv("JUPYTER_REGISTRY_TOKEN", "of-there")
    assert discovery.find_server() == discovery.Address("http://there:1/", "of-there")
    assert discovery.find_server("http://here:1/", "x") == discovery.Address("http://here:1/", "x")


def test_the_parent_process_of_a_kernel_is_its_server(
    runtime: Path, processes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, pid in enumerate(processes):
        write(runtime, pid, f"http://127.0.0.1:{9 + number}/", f"token{number}")
    monkeypatch.setenv("JPY_PARENT_PID", str(processes[1]))
    found = discovery.find_server()
    assert (found.url, found.token) == ("http://127.0.0.1:10/", "token1")
    listed = discovery.running_servers()
    assert sorted(server.token for server in listed) == ["token0", "token1"]
    assert discovery.find_server("http://127.0.0.1:9").token == "token0"


def test_the_server_of_a_hub_user_is_found(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "hub-token")
    monkeypatch.setenv("JUPYTERHUB_SERVICE_URL", "http://0.0.0.0:8888/user/ada/")
    assert discovery.find_server() == discovery.Address(
        "http://127.0.0.1:8888/user/ada/", "hub-token"
    )
    monkeypatch.setenv("JUPYTERHUB_SERVICE_URL", "http://:8888/user/ada/")
    assert discovery.find_server().url == "http://127.0.0.1:8888/user/ada/"


def test_nothing_found_says_what_to_do(runtime: Path, processes: list[int]) -> None:
    with pytest.raises(CannotConnect, match="jupyter registry serve"):
        Registry()
    write(runtime, processes[0], "http://127.0.0.1:9/")
    with pytest.raises(CannotConnect, match="does not answer") as refused:
        Registry()
    assert "in a moment" in refused.value.advice
    other = ThreadingHTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler)
    threading.Thread(target=other.serve_forever, daemon=True).start()
    write(runtime, processes[0], f"http://127.0.0.1:{other.server_port}/")
    with pytest.raises(CannotConnect, match="have no registry"):
        Registry()
    other.shutdown()
    other.server_close()


def test_the_only_server_that_runs_is_found_without_arguments(
    live_server: Any, runtime: Path
) -> None:
    (written,) = (live_server.folder / "runtime").glob("jpserver-*.json")
    (runtime / written.name).write_text(written.read_text())
    for registry in (Registry(), Registry(live_server.url)):
        with registry:
            assert registry.info().version


def test_a_server_that_hangs_does_not_hide_another(
    live_server: Any, runtime: Path, processes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discovery, "_PATIENCE", 3600)
    (written,) = (live_server.folder / "runtime").glob("jpserver-*.json")
    (runtime / written.name).write_text(written.read_text())
    with socket.create_server(("127.0.0.1", 0)) as silent:
        write(runtime, processes[0], f"http://127.0.0.1:{silent.getsockname()[1]}/")
        assert discovery.find_server().url == live_server.url


def in_kernel(live_server: Any, code: str) -> str:
    """What code prints in a kernel that the server starts for a notebook."""
    import httpx
    import websocket

    headers = {"Authorization": f"token {live_server.token}"}
    notebook = live_server.folder / "find.ipynb"
    notebook.write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    session = httpx.post(
        f"{live_server.url}api/sessions",
        headers=headers,
        json={
            "path": notebook.name, "name": notebook.name, "type": "notebook",
            "kernel": {"name": "python3"},
        },
        timeout=60,
    ).raise_for_status().json()  # fmt: skip
    kernel = session["kernel"]["id"]
    printed: list[str] = []
    try:
        channels = websocket.create_connection(
            f"{live_server.url.replace('http', 'ws', 1)}api/kernels/{kernel}/channels",
            header=headers,
            timeout=60,
        )
        message = {
            "header": {
                "msg_id": "1", "msg_type": "execute_request", "username": "", "session": "s",
                "date": "2026-01-01T00:00:00Z", "version": "5.3",
            },
            "parent_header": {}, "metadata": {}, "channel": "shell",
            "content": {"code": code, "silent": False, "store_history": False,
                        "user_expressions": {}, "allow_stdin": False},
        }  # fmt: skip
        channels.send(json.dumps(message))
        # what it prints comes by another channel than the reply, which may be the quicker
        ended: set[str] = set()
        deadline = time.monotonic() + 120
        while ended != {"execute_reply", "idle"}:
            assert time.monotonic() < deadline, printed
            answer = json.loads(channels.recv())
            kind, content = answer["msg_type"], answer["content"]
            if answer["parent_header"].get("msg_id") != "1":
                continue
            if kind == "stream":
                printed.append(content["text"])
            elif kind == "error":
                printed.append("\n".join(content["traceback"]))
            elif kind == "execute_reply" or content.get("execution_state") == "idle":
                ended.add(content.get("execution_state", kind))
        channels.close()
    finally:
        httpx.delete(f"{live_server.url}api/sessions/{session['id']}", headers=headers, timeout=60)
    return "".join(printed)


def test_a_kernel_finds_its_own_server_and_knows_its_notebook(live_server: Any, name: str) -> None:
    code = (
        "from jupyter_registry import Registry\n"
        "registry = Registry()\n"
        "print(registry.url, registry.info().version)\n"
        f"package = registry.register({name!r}, target='y', target_type='regression')\n"
        "print(package.provenance['notebook'], package.provenance['kernelspec'])\n"
        "import os; os.environ['JPY_PARENT_PID'] = '1'\n"
        "print(Registry().url)\n"
        "print(registry.packages()._repr_html_()[:7])\n"
        # as a server on a busy machine is: it does not answer for some seconds
        "import signal, threading\n"
        f"os.kill({live_server.process.pid}, signal.SIGSTOP)\n"
        f"proceed = threading.Timer(8, os.kill, ({live_server.process.pid}, signal.SIGCONT))\n"
        "proceed.start()\n"
        "print(Registry().url)\n"
    )
    lines = in_kernel(live_server, code).splitlines()
    assert lines[0].startswith(live_server.url), lines
    notebook, kernelspec = lines[1].rsplit(" ", 1)
    assert notebook.endswith("find.ipynb")
    assert kernelspec == "python3"
    # without its parent's id: by the list of kernels of the servers that run
    assert lines[2] == live_server.url
    assert lines[3] == "<table>"
    assert lines[4] == live_server.url, lines

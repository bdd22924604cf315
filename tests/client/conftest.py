"""A real Jupyter server with the extension, in a process of its own, for the client's tests."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_registry.client import Registry
from tests.client.reporter_host import Host
from tests.client.shell import Shell
from tests.live_server import LiveServer


@pytest.fixture(scope="session")
def live_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server with the extension, under a prefix, for all tests of the client."""
    server = LiveServer(tmp_path_factory.mktemp("server"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[LiveServer]:
    """A server of this test's own, to be killed and started again."""
    folder = tmp_path / "server"
    folder.mkdir()
    server = LiveServer(folder)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def registry(live_server: LiveServer) -> Iterator[Registry]:
    """The client of the session's server."""
    with Registry(live_server.url, live_server.token) as registry:
        yield registry


@pytest.fixture
def shell(live_server: LiveServer, tmp_path: Path) -> Shell:
    """The command line, for what a new process does by itself."""
    return Shell(live_server, tmp_path)


@pytest.fixture
def forked(live_server: LiveServer, tmp_path: Path) -> Shell:
    """The same for many commands: their processes have the libraries when they begin."""
    return Shell(live_server, tmp_path, forked=True)


_numbers = itertools.count(1)


@pytest.fixture
def name() -> str:
    """A name that no other test uses."""
    return f"model-{os.getpid()}-{next(_numbers)}"


@pytest.fixture
def host() -> Iterator[Host]:
    """A host for a `Reporter` to send to."""
    host = Host()
    yield host
    host.stop()

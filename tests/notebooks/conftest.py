"""The server that the notebooks run on, and its client."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jupyter_registry.client import Registry
from tests.notebooks.running import NotebookServer


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NotebookServer]:
    """A real server with the extension; every notebook runs on it."""
    server = NotebookServer(tmp_path_factory.mktemp("server"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def registry(server: NotebookServer) -> Iterator[Registry]:
    """What the notebooks did is seen from outside."""
    with Registry(server.url, server.token) as registry:
        yield registry

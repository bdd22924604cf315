"""A real kernel that talks to a real server, and a shell of IPython where no kernel is needed."""

from __future__ import annotations

import itertools
import os
import queue
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from jupyter_registry.client import Registry
from tests.live_server import ROOT, LiveServer

#: Seconds that a cell has.
CELL_SECONDS = 90


@dataclass
class Ran:
    """What came of a cell."""

    status: str = ""
    stdout: str = ""
    stderr: str = ""
    result: dict[str, Any] = field(default_factory=dict)
    displays: list[dict[str, Any]] = field(default_factory=list)
    error: dict[str, Any] | None = None
    reply: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return str(self.result.get("text/plain", ""))


class Kernel:
    """A kernel that cells run in, one after the other."""

    def __init__(self, folder: Path) -> None:
        from jupyter_client.manager import KernelManager

        dropped = ("JUPYTER", "JPY_", "COV_")
        kept = {k: v for k, v in os.environ.items() if not k.startswith(dropped)}
        self.environment = kept | {
            "PYTHONPATH": str(ROOT),
            "IPYTHONDIR": str(folder / "ipython"),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        }
        self._manager = KernelManager(kernel_name="python3")
        self._manager.start_kernel(cwd=str(folder), env=self.environment)
        self._client = self._manager.blocking_client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=60)

    def run(self, code: str) -> Ran:
        """Run a cell, whatever comes of it."""
        ran = Ran()
        asked = self._client.execute(code, stop_on_error=False)
        while True:
            message = self._client.get_iopub_msg(timeout=CELL_SECONDS)
            if message["parent_header"].get("msg_id") != asked:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "stream":
                setattr(ran, content["name"], getattr(ran, content["name"]) + content["text"])
            elif kind == "execute_result":
                ran.result = content["data"]
            elif kind == "display_data":
                ran.displays.append(content["data"])
            elif kind == "error":
                ran.error = content
            elif kind == "status" and content["execution_state"] == "idle":
                break
        ran.reply = self._reply(asked)
        ran.status = ran.reply["status"]
        return ran

    def ok(self, code: str) -> Ran:
        """Run a cell that must succeed."""
        ran = self.run(code)
        assert ran.status == "ok", (code, ran)
        return ran

    def value(self, expression: str) -> str:
        """The text of an expression's value."""
        return self.ok(f"print({expression})").stdout.rstrip("\n")

    def fails(self, code: str) -> str:
        """Run a cell that must fail with one line on standard error and no traceback."""
        ran = self.run(code)
        assert ran.status == "error", (code, ran)
        assert ran.error is None, ran
        assert not ran.reply["traceback"], ran
        assert "Traceback" not in ran.stderr
        assert ran.stderr.count("\n") == 1, ran.stderr
        assert ran.stderr.endswith("\n")
        return ran.stderr.rstrip("\n")

    def completed(self, code: str) -> list[str]:
        """What the last line can become as a whole."""
        asked = self._client.complete(code)
        content = self._reply(asked)
        start = content["cursor_start"]
        return [code[:start] + match for match in content["matches"]]

    def load_page_anew(self) -> None:
        """Go on as a page does that was loaded anew: with another session, knowing no widgets."""
        self._client.session.session = uuid.uuid4().hex

    def stop(self) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)

    def _reply(self, asked: str) -> dict[str, Any]:
        deadline = time.monotonic() + CELL_SECONDS
        while time.monotonic() < deadline:
            try:
                message = self._client.get_shell_msg(timeout=5)
            except queue.Empty:
                continue
            if message["parent_header"].get("msg_id") == asked:
                return dict(message["content"])
        raise TimeoutError(asked)


#: A model, its data, and predictions of it: as a notebook has them.
PREPARE = """
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

def visits(n, seed):
    random = np.random.default_rng(seed)
    frame = pd.DataFrame({"age": random.normal(45, 10, n), "income": random.normal(50, 10, n)})
    odds = (frame["age"] - 45) / 10 + (frame["income"] - 50) / 20
    frame["left"] = np.where(random.random(n) < 1 / (1 + np.exp(-odds)), "yes", "no")
    frame["visit"] = [f"v{seed}-{i}" for i in range(n)]
    frame["at"] = pd.date_range("2026-01-05", periods=n, freq="h", tz="UTC")
    return frame

def fitted(frame):
    return LogisticRegression().fit(frame[["age", "income"]], frame["left"])

train = visits(300, 0)
held = train[["age", "income", "left"]]
march = visits(400, 3)
model = fitted(train)
unfitted = LogisticRegression()
"""


@pytest.fixture(scope="session")
def live_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The server that the kernels talk to."""
    server = LiveServer(tmp_path_factory.mktemp("server"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def _prepared(
    tmp_path_factory: pytest.TempPathFactory, live_server: LiveServer
) -> Iterator[Kernel]:
    kernel = Kernel(tmp_path_factory.mktemp("kernel"))
    kernel.ok("%load_ext jupyter_registry")
    kernel.ok(PREPARE)
    _tell(kernel, live_server)
    yield kernel
    kernel.stop()


def _tell(kernel: Kernel, server: LiveServer) -> None:
    kernel.ok(
        f"%config RegistryMagics.url = {server.url!r}\n"
        f"%config RegistryMagics.token = {server.token!r}\n"
        "%config RegistryMagics.debug = False"
    )


@pytest.fixture
def kernel(_prepared: Kernel, live_server: LiveServer) -> Kernel:
    """A kernel with the extension, told of the server, with data and a model."""
    _tell(_prepared, live_server)
    return _prepared


@pytest.fixture(scope="session")
def churn(_prepared: Kernel, live_server: LiveServer) -> str:
    """A deployment of a model that is hosted here, and its registered model: both so called."""
    name = f"churn-{os.getpid()}"
    _tell(_prepared, live_server)
    _prepared.ok(f"%register {name} model --target left --data held --holdout held")
    _prepared.ok(f"%deploy {name} --as {name} --id visit")
    return name


@pytest.fixture(scope="session")
def registry(live_server: LiveServer) -> Iterator[Registry]:
    """The client of the server: what the magics did is seen from outside."""
    with Registry(live_server.url, live_server.token) as registry:
        yield registry


_numbers = itertools.count(1)


@pytest.fixture
def name() -> str:
    """A name that no other test uses."""
    return f"model-{os.getpid()}-{next(_numbers)}"


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """IPython without a kernel, with the extension."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    config = Config({"HistoryManager": {"enabled": False}})
    shell = InteractiveShell.instance(config=config)
    shell.run_line_magic("load_ext", "jupyter_registry")
    yield shell
    shell.run_line_magic("unload_ext", "jupyter_registry")
    InteractiveShell.clear_instance()

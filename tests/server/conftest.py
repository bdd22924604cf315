"""Real Jupyter servers in processes of their own, and packages and deployments to ask."""

from __future__ import annotations

import itertools
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pandas as pd
import pytest

import jupyter_registry
from jupyter_registry.client import Registry

from .inspecting import Inspected, Send, finished

HERE = Path(__file__).parent
ROOT = Path(jupyter_registry.__file__).parents[1]
START_SECONDS = 60


class Server:
    """A Jupyter server under a prefix, on a port of its own; it can be killed and started again."""

    def __init__(self, folder: Path, *flags: str, env: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.flags = flags
        self.env = dict(env or {})
        self.token = secrets.token_hex(16)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.root = f"http://127.0.0.1:{self.port}/some/prefix/"
        self.url = f"{self.root}jupyter-registry/api/v1"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text()

    @property
    def data(self) -> Path:
        """Where database, artifacts and local copies are unless told otherwise."""
        return self.folder / "data" / "registry"

    def start(self, status: int = 200) -> Server:
        """Start it and wait until the registry answers with that status."""
        kept = {
            k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "JPY_", "COV_"))
        }
        environment = kept | {
            "JUPYTER_NO_CONFIG": "1",
            "JUPYTER_DATA_DIR": str(self.folder / "data"),
            "JUPYTER_CONFIG_DIR": str(self.folder / "config"),
            "JUPYTER_RUNTIME_DIR": str(self.folder / "runtime"),
            "PYTHONPATH": f"{ROOT}{os.pathsep}{HERE}",
        }
        enabled = {"jupyter_registry": True, "jupyter_lsp": False, "jupyterlab": False}
        enabled |= {"notebook_shim": False, "server_probe": True}
        command = [
            sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root",
            "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={self.port}",
            "--ServerApp.port_retries=0", "--ServerApp.base_url=/some/prefix/",
            f"--IdentityProvider.token={self.token}", f"--ServerApp.root_dir={self.folder}",
            f"--ServerApp.jpserver_extensions={enabled}", *self.flags,
        ]  # fmt: skip
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=environment | self.env, stdout=log, stderr=log
            )
        deadline = time.monotonic() + START_SECONDS
        while self._answers() != status:
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"The server did not start:\n{self.log[-5000:]}")
            time.sleep(0.05)
        return self

    def kill(self) -> None:
        """End it at once, as a crash would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def client(self, **headers: str) -> httpx.Client:
        """For the registry's API, with the server's token unless told otherwise."""
        chosen = {"Authorization": f"token {self.token}"} | headers
        return httpx.Client(base_url=self.url, headers=chosen, timeout=60, verify=False)

    def _end(self, number: int) -> None:
        process, self.process = self.process, None
        if process is not None:
            process.send_signal(number)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _answers(self) -> int:
        try:
            with self.client() as client:
                return client.get("/info").status_code
        except httpx.TransportError:
            return 0


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server of most tests."""
    server = Server(
        tmp_path_factory.mktemp("server"),
        "--ServerApp.authorizer_class=server_probe.DenyOnRequest",
        "--ServerApp.max_body_size=20000000",
    )
    yield server.start()
    server.stop()


def _starting(parent: Path) -> Iterator[Callable[..., Server]]:
    made: list[Server] = []

    def starting(*flags: str, status: int = 200, env: Mapping[str, str] | None = None) -> Server:
        folder = Path(tempfile.mkdtemp(dir=parent))
        server = Server(folder, *flags, env=env)
        made.append(server)
        return server.start(status)

    yield starting
    for server in made:
        server.stop()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Make and start servers of this test's own."""
    yield from _starting(tmp_path)


@pytest.fixture(scope="module")
def start_for_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Make and start servers for all tests of a file."""
    yield from _starting(tmp_path_factory.mktemp("servers"))


@pytest.fixture(scope="session")
def api(server: Server) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


@pytest.fixture(scope="session")
def registry(server: Server) -> Iterator[Registry]:
    with Registry(server.root, server.token) as registry:
        yield registry


# --- packages -----------------------------------------------------------------------------


class Moody:
    """A regression on ``x``: twice it; NaN for 13, an error below 0, a pause at 99."""

    n_features_in_ = 1
    _estimator_type = "regressor"

    def predict(self, table: Any) -> Any:
        values = np.asarray(table, dtype=float)[:, 0]
        if (values < 0).any():
            raise ValueError("a negative number")
        if (values == 99).any():
            import time

            time.sleep(1.0)
        return np.where(values == 13, np.nan, values * 2)


def visits(n: int, seed: int = 0) -> pd.DataFrame:
    """Rows with a binary target ``left`` and one of three classes, ``grade``."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame({"age": random.normal(45, 10, n), "income": random.normal(50, 10, n)})
    odds = (frame["age"] - 45) / 10 + (frame["income"] - 50) / 20
    frame["left"] = np.where(random.random(n) < 1 / (1 + np.exp(-odds)), "yes", "no")
    frame["grade"] = np.array(["a", "b", "c"])[(odds > -0.5).astype(int) + (odds > 0.5)]
    return frame


FEATURES = ["age", "income"]


def registered(registry: Registry, name: str, kind: str, seed: int = 0) -> int:
    """A package of a kind; returns its id."""
    from sklearn.linear_model import LinearRegression, LogisticRegression

    data = visits(300, seed)
    if kind == "external":
        package = registry.register(
            name, target="left", target_type="binary", class_labels=["no", "yes"], progress=False
        )
        return package.id
    if kind == "moody":
        import cloudpickle

        cloudpickle.register_pickle_by_value(sys.modules[__name__])
        sample = pd.DataFrame({"x": [1.0, 2.0], "y": [2.0, 4.0]})
        package = registry.register(
            name, Moody(), target="y", target_type="regression", training=sample, progress=False
        )
        return package.id
    target = {"binary": "left", "multiclass": "grade", "regression": "income"}[kind]
    features = ["age"] if kind == "regression" else FEATURES
    model = (LinearRegression if kind == "regression" else LogisticRegression)()
    sample = data[[*features, target]]
    package = registry.register(
        name, model.fit(data[features], data[target]), target=target, training=sample,
        holdout=sample, format="pickle", progress=False,
    )  # fmt: skip
    return package.id


@pytest.fixture(scope="session")
def package_of(registry: Registry) -> Callable[..., int]:
    """The session's package of a kind: binary, regression, multiclass, moody, external."""
    known: dict[tuple[str, int], int] = {}

    def found(kind: str, seed: int = 0) -> int:
        key = (kind, seed)
        if key not in known:
            known[key] = registered(registry, f"shared {kind}", kind, seed)
        return known[key]

    return found


_numbers = itertools.count(1)


@pytest.fixture
def name() -> str:
    """A name that no other test uses."""
    return f"name-{os.getpid()}-{next(_numbers)}"


Deploy = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def deploy(api: httpx.Client, package_of: Callable[..., int]) -> Deploy:
    """A new deployment of the session's package of a kind; fields override."""

    def made(kind: str = "binary", seed: int = 0, **fields: Any) -> dict[str, Any]:
        body = {"package_id": package_of(kind, seed), "label": f"label-{next(_numbers)}"} | fields
        answer = api.post("/deployments", json=body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    return made


@pytest.fixture(scope="session")
def sql(server: Server) -> Callable[..., list[Any]]:
    """Ask the session's database directly."""
    import sqlite3

    def asked(query: str, *values: Any) -> list[Any]:
        with sqlite3.connect(server.data / "registry.db") as connection:
            return connection.execute(query, values).fetchall()

    return asked


@pytest.fixture(scope="session")
def trained_on() -> Callable[[int], pd.DataFrame]:
    """What the package of a seed was trained on."""
    return lambda seed: visits(300, seed)


@pytest.fixture(scope="session")
def rows() -> Callable[..., pd.DataFrame]:
    """The features of n visits, with an ID each."""

    def made(n: int, seed: int = 0, prefix: str = "v") -> pd.DataFrame:
        data = visits(n, seed)[FEATURES]
        data["id"] = [f"{prefix}{i}" for i in range(n)]
        return data

    return made


@pytest.fixture(scope="session")
def register_in() -> Callable[[Registry, str], int]:
    """Register a package of a kind in another server than the session's."""
    return lambda registry, kind: registered(registry, kind, kind)


# --- inspections ---------------------------------------------------------------------------


@pytest.fixture
def send(api: httpx.Client) -> Iterator[Send]:
    """Send files, given by their path in the upload; returns the upload's id."""
    made: list[str] = []

    def sent(**files: Path | bytes) -> str:
        upload = api.post("/uploads").json()["id"]
        made.append(upload)
        for path, content in files.items():
            data = content if isinstance(content, bytes) else content.read_bytes()
            answer = api.put(f"/uploads/{upload}/files/{path}", content=data)
            assert answer.status_code == 201, answer.text
        return upload

    yield sent
    for upload in made:
        api.delete(f"/uploads/{upload}")


@pytest.fixture
def inspected(api: httpx.Client) -> Inspected:
    """Begin an inspection and wait for what it finds."""

    def asked(upload: str, **body: Any) -> dict[str, Any]:
        answer = api.post(f"/uploads/{upload}/inspection", json=body)
        assert answer.status_code == 202, answer.text
        assert answer.json()["state"] == "running"
        assert answer.headers["Location"].endswith(f"/uploads/{upload}/inspection")
        return finished(api, upload)

    return asked

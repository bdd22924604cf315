"""Single-row prediction over keep-alive HTTP, every prediction recorded, against a bare handler."""

from __future__ import annotations

import json
import statistics
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import joblib
import numpy as np
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from . import live
from .figure import Figure
from .load import measure, request_bytes

COLUMNS = 20
ROUNDS, SECONDS = 5, 3.0


def run() -> Iterator[Figure]:
    """Logistic pipeline with 1 and 8 clients, 200-tree forest with 8; the loop's lag."""
    X, y = make_classification(5_000, COLUMNS, random_state=0)
    logistic = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)
    forest = RandomForestClassifier(200, random_state=0, n_jobs=1).fit(X, y)
    with tempfile.TemporaryDirectory() as folder, live.jupyter_server() as server:
        ours, bare = _deploy(server, logistic, X, folder, "logistic")
        with live.script("tests.benchmarks.bare_server", bare) as (port, _):
            one = _alternate(server.port, port, ours, clients=1)
            eight = _alternate(server.port, port, ours, clients=8)
        p50 = statistics.median(a["p50_ms"] / b["p50_ms"] for a, b in one)
        yield Figure(
            "logistic, 1 client, p50",
            f"{_mid(one, 0, 'p50_ms'):.2f} ms / bare {_mid(one, 1, 'p50_ms'):.2f} ms = {p50:.2f}",
            "at most 2.5",
            p50 <= 2.5,
        )
        share = statistics.median(a["rps"] / b["rps"] for a, b in eight)
        yield Figure(
            "logistic, 8 clients, requests/s",
            f"{_mid(eight, 0, 'rps'):.0f} / bare {_mid(eight, 1, 'rps'):.0f} = {share:.2f}",
            "at least 0.60",
            share >= 0.6,
        )
        ours, bare = _deploy(server, forest, X, folder, "forest")
        with live.script("tests.benchmarks.bare_server", bare) as (port, _):
            pairs = _alternate(server.port, port, ours, clients=8)
        times = statistics.median(a["rps"] / b["rps"] for a, b in pairs)
        yield Figure(
            "forest of 200, 8 clients, requests/s",
            f"{_mid(pairs, 0, 'rps'):.0f} / bare {_mid(pairs, 1, 'rps'):.0f} = {times:.2f}",
            "at least 3",
            times >= 3,
        )
    # the probe wakes the loop all the time, so it has a server of its own
    with (
        tempfile.TemporaryDirectory() as folder,
        live.jupyter_server(extra=("tests.benchmarks.lag_probe",)) as server,
    ):
        ours, _ = _deploy(server, forest, X, folder, "forest")
        measure(server.port, ours, 8, 1.0)
        _lag(server)
        lags = []
        for _ in range(ROUNDS):
            measure(server.port, ours, 8, SECONDS)
            lags.append(_lag(server))
        lag = statistics.median(item["p99_ms"] for item in lags)
        yield Figure("event loop's lag meanwhile, p99", f"{lag:.2f} ms", "under 20 ms", lag < 20)


def _deploy(
    server: live.Live, model: object, X: np.ndarray, folder: str, name: str
) -> tuple[bytes, str]:
    """Register and deploy; returns a raw request for one row and the model's file."""
    from jupyter_registry import Registry

    path = str(Path(folder) / f"{name}.joblib")
    joblib.dump(model, path)
    registry = Registry(server.url, live.TOKEN)
    columns = [f"x{i}" for i in range(X.shape[1])]
    package = registry.register(
        name, path, target="y", target_type="binary", class_labels=["0", "1"],
        signature=[{"name": c, "dtype": "number", "nullable": False} for c in columns],
        training={c: X[:100, i] for i, c in enumerate(columns)}, progress=False,
    )  # fmt: skip
    deployment = package.deploy(name)
    body = json.dumps([dict(zip(columns, X[0].tolist(), strict=True))]).encode()
    request = request_bytes(
        "POST",
        f"/jupyter-registry/api/v1/deployments/{deployment.id}/predictions",
        body,
        Authorization=f"Bearer {deployment.create_key('benchmark').key}",
    )
    return request, path


def _bare(request: bytes) -> bytes:
    return request_bytes("POST", "/", request.partition(b"\r\n\r\n")[2])


def _alternate(ours_port: int, bare_port: int, ours: bytes, clients: int) -> list:
    for port, request in ((ours_port, ours), (bare_port, _bare(ours))):
        measure(port, request, clients, 1.0)
    return [
        (
            measure(ours_port, ours, clients, SECONDS),
            measure(bare_port, _bare(ours), clients, SECONDS),
        )
        for _ in range(ROUNDS)
    ]


def _mid(pairs: list, side: int, key: str) -> float:
    return statistics.median(pair[side][key] for pair in pairs)


def _lag(server: live.Live) -> dict:
    request = urllib.request.Request(
        f"{server.url}/benchmark-lag", headers={"Authorization": f"token {live.TOKEN}"}
    )
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read())

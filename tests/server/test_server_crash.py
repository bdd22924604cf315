"""``kill -9`` of the server while clients are at it: what was acknowledged is there."""

from __future__ import annotations

import itertools
import os
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx

from jupyter_registry.client import Registry


class Clients:
    """Threads that predict, report and send actuals, and note what was acknowledged."""

    def __init__(self, server: Any, hosted: int, external: int) -> None:
        self.predicted: dict[str, float] = {}
        self.reported: dict[str, float] = {}
        self.actuals: dict[str, float] = {}
        self._server = server
        self._urls = (f"/deployments/{hosted}", f"/deployments/{external}")
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=work, args=(i,))
            for i in range(3)
            for work in (self._predict, self._report)
        ]

    def __enter__(self) -> Clients:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _loop(self, step: Callable[[httpx.Client, int], None]) -> None:
        with self._server.client() as client:
            for n in itertools.count():
                if self._stop.is_set():
                    return
                try:
                    step(client, n)
                except httpx.TransportError:
                    time.sleep(0.05)

    def _predict(self, thread: int) -> None:
        def step(client: httpx.Client, n: int) -> None:
            key = f"p{thread}-{time.time_ns()}-{n}"
            row = [{"x": float(n % 9), "id": key}]
            answer = client.post(f"{self._urls[0]}/predictions", json=row)
            if answer.status_code == 200:
                self.predicted[key] = answer.json()["data"][0]["prediction"]

        self._loop(step)

    def _report(self, thread: int) -> None:
        def step(client: httpx.Client, n: int) -> None:
            keys = [f"r{thread}-{time.time_ns()}-{n}-{i}" for i in range(200)]
            rows = [{"association_id": key, "prediction": float(n % 7)} for key in keys]
            if client.post(f"{self._urls[1]}/reports", json=rows).status_code == 200:
                self.reported |= dict.fromkeys(keys, float(n % 7))
            sent = [{"association_id": key, "value": float(n % 5)} for key in keys[:150]]
            if client.post(f"{self._urls[1]}/actuals", json=sent).status_code == 200:
                self.actuals |= dict.fromkeys(keys[:150], float(n % 5))

        self._loop(step)


def test_what_was_acknowledged_survives(start: Callable[..., Any], register_in: Any) -> None:
    server = start()
    with Registry(server.root, server.token) as registry:
        packages = register_in(registry, "moody"), None
    with server.client() as api:
        body = {"name": "outside", "kind": "external", "target_name": "y",
                "target_type": "regression"}  # fmt: skip
        packages = packages[0], api.post("/packages", json=body).json()["id"]
        hosted, external = (
            api.post(
                "/deployments",
                json={"package_id": package, "label": f"d{package}", "association_id_column": "id"},
            ).json()["id"]
            for package in packages
        )
        workers = subprocess.check_output(
            ["ps", "-o", "pid=", "--ppid", str(server.pid)], text=True
        )
    with Clients(server, hosted, external) as clients:
        for _ in range(3):
            before = len(clients.predicted), len(clients.actuals)
            deadline = time.monotonic() + 20
            while len(clients.predicted) < before[0] + 30 or len(clients.actuals) < before[1] + 600:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            server.kill()
            server.start()
    # no worker outlives its server
    assert workers.split()
    assert not any(os.path.exists(f"/proc/{pid}") for pid in workers.split())
    with sqlite3.connect(server.data / "registry.db") as connection:

        def rows(query: str, deployment: int) -> list[Any]:
            return connection.execute(query, (deployment,)).fetchall()

        log = "SELECT association_id, value FROM prediction WHERE deployment_id = ?"
        predicted, reported = dict(rows(log, hosted)), dict(rows(log, external))
        known = "SELECT association_id, value FROM actual WHERE deployment_id = ?"
        actuals = dict(rows(known, external))
        assert predicted.items() >= clients.predicted.items()
        assert reported.items() >= clients.reported.items()
        assert actuals.items() >= clients.actuals.items()
        assert len(clients.predicted) > 80
        for deployment, log_rows in ((hosted, predicted), (external, reported)):
            totals = "SELECT predicted, matched FROM deployment_totals WHERE deployment_id = ?"
            matched = len(log_rows.keys() & actuals.keys())
            assert rows(totals, deployment) == [(len(log_rows), matched)]
    with server.client() as api:
        for deployment in (hosted, external):
            url = f"/deployments/{deployment}"
            kept = api.get(f"{url}/accuracy", params={"bucket": "hour"}).json()
            assert api.post(f"{url}/rebuild-accuracy").status_code == 200
            assert api.get(f"{url}/accuracy", params={"bucket": "hour"}).json() == kept
        errors = [abs(reported[key] - value) for key, value in actuals.items() if key in reported]
        mae = kept["overall"]["metrics"]["mae"]
        assert mae["n"] == len(errors)
        assert abs(mae["value"] - sum(errors) / len(errors)) < 1e-9

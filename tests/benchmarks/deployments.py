"""A page of 100 deployments with their status, over HTTP, each with a past of 30 days."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from . import live
from .figure import Figure
from .load import measure, request_bytes

DEPLOYMENTS, DAYS, ROWS_A_DAY, FEATURES = 100, 30, 200, 10


def run() -> Iterator[Figure]:
    """The first time, when all is judged, and then, when only health is."""
    with live.jupyter_server() as server:
        server.call("GET", "/info")
        _fill(server.database_url)
        path = "/deployments?limit=100&status=true&total=true"
        began = time.perf_counter()
        page = server.call("GET", path)
        first = 1000 * (time.perf_counter() - began)
        judged = [item["status"] for item in page["items"]]
        assert page["total"] == len(judged) == DEPLOYMENTS
        assert all(one["accuracy"]["status"] != "unknown" for one in judged)
        assert all(one["drift"]["status"] != "unknown" for one in judged)
        yield Figure(
            "page of 100 with status, first", f"{first:.0f} ms", "under 1,000 ms", first < 1000
        )
        headers = {"Authorization": f"token {live.TOKEN}"}
        for name, query in {
            "page of 100 with status": path,
            "… failing drift alone, by label": f"{path}&drift=failing&sort=label",
            "page of 100 without": "/deployments?limit=100",
        }.items():
            request = request_bytes("GET", f"/jupyter-registry/api/v1{query}", **headers)
            measure(server.port, request, 1, 0.5)
            p50 = measure(server.port, request, 1, 3.0)["p50_ms"]
            yield Figure(f"{name}, p50", f"{p50:.1f} ms", "under 100 ms", p50 < 100)


def _fill(url: str) -> None:
    """Deployments of as many packages with baselines, written below the API."""
    from jupyter_registry.domain.baseline import histogram
    from jupyter_registry.domain.drift import DriftPlan
    from jupyter_registry.domain.signature import Dtype, Signature
    from jupyter_registry.domain.target import Target
    from jupyter_registry.monitoring.recorder import Recorder
    from jupyter_registry.monitoring.rows import ActualRows, PredictionRows, Tracked
    from jupyter_registry.store.database import open_database
    from jupyter_registry.store.tables import (
        Deployment,
        DeploymentPeriod,
        ModelPackage,
        RegisteredModel,
    )

    random = np.random.default_rng(0)
    names = [f"x{i}" for i in range(FEATURES)]
    target = Target.make("y", "binary", ["no", "yes"])
    signature = [{"name": name, "dtype": "number", "nullable": False} for name in names]
    known = random.normal(size=(1_000, FEATURES))
    baseline = {
        "metrics": {"auc": {"value": 0.5, "n": 1_000}},
        "features": {n: histogram(Dtype.NUMBER, known[:, i]) for i, n in enumerate(names)},
        "target": histogram(Dtype.STRING, np.where(known[:, 0] > 0, "yes", "no").astype(object)),
    }
    plan = DriftPlan.of(baseline, Signature.from_json(signature), target)
    database = open_database(url)
    recorder = Recorder(database)
    moments = time.time_ns() // 1000 - np.arange(DAYS * ROWS_A_DAY) * 86_400_000_000 // ROWS_A_DAY
    for number in range(DEPLOYMENTS):
        with database.write() as session:
            model = RegisteredModel(name=f"model {number}", last_version=1)
            session.add(model)
            session.flush()
            package = ModelPackage(
                model_id=model.id, name=model.name, version=1, kind="external", latest=True,
                target_name="y", target_type="binary", class_labels=["no", "yes"],
                positive_class="yes", signature=signature, baseline=baseline,
            )  # fmt: skip
            session.add(package)
            session.flush()
            made = Deployment(label=f"deployment {number}", package_id=package.id)
            session.add(made)
            session.flush()
            session.add(DeploymentPeriod(deployment_id=made.id, package_id=package.id))
            tracked, package_id = Tracked(int(made.id or 0), target), int(package.id or 0)
        n = len(moments)
        scores, ids = random.random(n), [f"r{i}" for i in range(n)]
        labels = (scores > 0.5).astype(np.int64)
        frame = {name: random.normal(0.1 * (number % 7), 1, n) for name in names}
        recorder.record(
            tracked,
            PredictionRows(
                package_id, moments, scores, labels, ids,
                bins=plan.bins(frame, n, labels), plan=plan,
            ),
        ).result()  # fmt: skip
        recorder.record(tracked, ActualRows(ids, (random.random(n) > 0.5).astype(float))).result()
    recorder.close()
    database.close()

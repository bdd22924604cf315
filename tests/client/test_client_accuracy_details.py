"""Accuracy in detail over HTTP: bins, confusion, sample; its table and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import confusion_matrix, roc_auc_score

from jupyter_registry import plots
from jupyter_registry.client import Registry
from jupyter_registry.client.results import AccuracyDetails
from jupyter_registry.domain import curves
from jupyter_registry.domain.errors import InvalidInput

START = datetime(2026, 3, 2, tzinfo=UTC)


def outside(registry: Registry, name: str, **target):
    package = registry.register(name, target="y", location="elsewhere", **target)
    return package, package.deploy(f"{name} / live")


def test_two_classes(registry: Registry, name: str) -> None:
    package, deployment = outside(
        registry, name, target_type="binary", class_labels=["no", "yes"], threshold=0.4
    )
    empty = deployment.accuracy_details()
    assert (empty.n, empty.start, empty.threshold) == (0, None, 0.4)
    assert "No actuals yet" in repr(empty)
    assert "No actuals yet" in empty._repr_html_()
    assert "no actuals yet" in plots.alt_text(plots.roc(empty))
    random = np.random.default_rng(4)
    score = random.beta(1, 3, 400)
    late = random.random(400) < score
    deployment.report(
        {
            "association_id": [f"r{i}" for i in range(400)],
            "timestamp": [START + i * timedelta(hours=1) for i in range(400)],
            "probability": score,
        },
        progress=False,
    )
    actual = np.where(late, "yes", "no")
    deployment.actuals(
        {"association_id": [f"r{i}" for i in range(400)], "value": actual}, progress=False
    )
    found = deployment.accuracy_details()
    assert isinstance(found, AccuracyDetails)
    assert (found.n, found.positive_class, found.class_labels) == (400, "yes", ["no", "yes"])
    assert (found.start, found.end) == (START, START + timedelta(hours=400))
    counted = curves.Counted.of(found.score_bins or [])
    assert curves.roc_auc(counted) == pytest.approx(roc_auc_score(late, score))
    assert found.confusion_at() == confusion_matrix(late, score >= 0.4).tolist()
    assert found.confusion_at(0.1) == confusion_matrix(late, score >= 0.1).tolist()
    assert f"AUC {roc_auc_score(late, score):.3f}" in plots.alt_text(plots.roc(found))
    frame = found.to_frame()
    assert frame["positives"].sum() == late.sum()
    assert repr(found).startswith("400 predictions with their actual\nactual ")
    assert "The threshold is now" in repr(found)
    assert "<th" in found._repr_html_()
    assert "The threshold is now 0.4." in found._repr_html_()
    part = deployment.accuracy_details("2026-03-03", START + timedelta(days=3), package.reference)
    assert (part.n, part.package_id) == (48, package.id)
    deployment.update(prediction_threshold=0.25)
    assert deployment.accuracy_details().threshold == 0.25
    with pytest.raises(InvalidInput, match="never in service"):
        deployment.accuracy_details(package=package.id + 10_000)
    with pytest.raises(InvalidInput, match="range is empty"):
        deployment.accuracy_details(START, START)


def test_numbers(registry: Registry, name: str) -> None:
    _, deployment = outside(registry, name, target_type="regression")
    data = pd.DataFrame(
        {
            "association_id": [f"r{i}" for i in range(30)],
            "timestamp": [START + i * timedelta(hours=1) for i in range(30)],
            "prediction": np.arange(30) / 4,
        }
    )
    deployment.report(data, progress=False)
    happened = pd.DataFrame({"association_id": data["association_id"][:20], "value": 3.0})
    deployment.actuals(happened, progress=False)
    found = deployment.accuracy_details()
    assert (found.n, found.threshold, found.confusion_matrix) == (20, None, None)
    frame = found.to_frame()
    assert frame["association_id"].tolist() == data["association_id"][:20].tolist()
    assert frame["predicted"].tolist() == data["prediction"][:20].tolist()
    assert set(frame["actual"]) == {3.0}
    assert frame["timestamp"].iloc[3] == pd.Timestamp(START + timedelta(hours=3))
    lines = repr(found).splitlines()
    assert lines[0] == "20 predictions with their actual"
    assert lines[1].split() == ["association", "ID", "time", "predicted", "actual"]
    assert lines[-1] == "10 of 20 sampled; all are in .to_frame()."
    assert "10 of 20 sampled" in found._repr_html_()
    with pytest.raises(ValueError, match="no classes"):
        found.confusion_at()


def test_many_classes(registry: Registry, name: str) -> None:
    _, deployment = outside(
        registry, name, target_type="multiclass", class_labels=["a", "<b>", "c"]
    )
    deployment.report(
        {"association_id": ["1", "2", "3"], "prediction": ["a", "<b>", "c"]}, progress=False
    )
    deployment.actuals({"association_id": ["1", "2"], "value": ["a", "c"]}, progress=False)
    found = deployment.accuracy_details()
    assert found.confusion_at() == [[1, 0, 0], [0, 0, 0], [0, 1, 0]]
    frame = found.to_frame()
    assert frame.loc[frame["n"] > 0, ["actual", "predicted"]].to_numpy().tolist() == [
        ["a", "a"],
        ["c", "<b>"],
    ]
    assert "&lt;b&gt;" in found._repr_html_()
    with pytest.raises(ValueError, match="binary target has a threshold"):
        found.confusion_at(0.5)


def test_the_document_describes_it(live_server) -> None:
    answer = httpx.get(
        f"{live_server.url}jupyter-registry/api/v1/openapi.json",
        headers={"Authorization": f"token {live_server.token}"},
        timeout=30,
    )
    schemas = answer.json()["components"]["schemas"]
    assert set(schemas["AccuracyDetails"]["properties"]) >= {"score_bins", "sample", "threshold"}
    assert set(schemas["ScoreBin"]["properties"]) == {"score", "positives", "negatives"}

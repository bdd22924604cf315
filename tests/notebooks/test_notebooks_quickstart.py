"""`01-quickstart.ipynb`, its numbers against scikit-learn on the same rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from jupyter_registry.client import Registry
from tests.notebooks.checks import assert_clean, assert_pictures, assert_same_file, numbers_of
from tests.notebooks.running import Finished, NotebookServer, run

NAME = "01-quickstart.ipynb"
LABEL = "quickstart-tumours"


@pytest.fixture(scope="module")
def ran(server: NotebookServer) -> Finished:
    return run(server, NAME)


@pytest.fixture(scope="module")
def judged() -> pd.DataFrame:
    """All tumours with what the same model says, and the part of the data that they are in."""
    measured = load_breast_cancer(as_frame=True)
    features = ["mean radius", "mean texture", "mean smoothness", "mean concavity"]
    rows = measured.data[features].copy()
    rows["diagnosis"] = np.where(measured.target == 1, "benign", "malignant")
    rows = rows.sample(frac=1, random_state=2025, ignore_index=True)
    rows["part"] = ["training"] * 250 + ["holdout"] * 100 + ["patients"] * 219
    training = rows[rows["part"] == "training"]
    model = make_pipeline(StandardScaler(), LogisticRegression())
    model.fit(training[features], training["diagnosis"])
    return rows.assign(malignant=model.predict_proba(rows[features])[:, 1])


def exact(rows: pd.DataFrame) -> dict[str, float]:
    happened = rows["diagnosis"] == "malignant"
    return {
        "auc": roc_auc_score(happened, rows["malignant"]),
        "log_loss": log_loss(happened, rows["malignant"]),
        "accuracy": ((rows["malignant"] >= 0.5) == happened).mean(),
    }


def test_runs_clean_with_its_pictures(ran: Finished):
    assert_clean(ran)
    assert_pictures(ran, ["accuracy", "confusion"])


def test_the_package_has_baseline_signature_and_provenance(
    ran: Finished, registry: Registry, judged: pd.DataFrame
):
    package = registry.package(LABEL, 1)
    baseline = {name: entry["value"] for name, entry in package.baseline["metrics"].items()}
    expected = exact(judged[judged["part"] == "holdout"])
    assert baseline["auc"] == pytest.approx(expected["auc"], abs=1e-3)
    assert baseline["log_loss"] == pytest.approx(expected["log_loss"])
    assert len(package.signature) == 4
    assert package.positive_class == "malignant"
    assert package.provenance["notebook"].endswith(NAME)
    assert package.provenance["kernelspec"] == "python3"
    for shown in ("Baseline", "Signature", "mean radius"):
        assert shown in ran["register"].html


def test_late_actuals_are_matched_and_repeated_ones_count_once(ran: Finished):
    assert "116 accepted, 116 matched, 0 replaced" in ran["actuals-march"].text
    assert "Accuracy of 116 rows" in ran["accuracy-march"].text
    assert "219 accepted, 219 matched, 116 replaced" in ran["actuals-all"].text


def test_accuracy_is_scikit_learns(ran: Finished, registry: Registry, judged: pd.DataFrame):
    deployment = registry.deployment(LABEL)
    assert (deployment.rows_predicted, deployment.rows_matched) == (219, 219)
    overall = deployment.accuracy().overall
    assert overall is not None
    expected = exact(judged[judged["part"] == "patients"])
    assert overall.metrics["auc"].value == pytest.approx(expected["auc"], abs=1e-3)
    for name in ("log_loss", "accuracy"):
        assert overall.metrics[name].value == pytest.approx(expected[name]), name
    shown, by_hand = numbers_of(ran["exact"].text)
    assert shown == pytest.approx(by_hand, abs=1e-3)
    assert by_hand == pytest.approx(expected["auc"], abs=1e-5)


def test_health_is_of_the_one_request(ran: Finished):
    assert ran["health"].text.startswith("Service health: passing\n")
    for shown in ("1 request, none refused and none failed.", "Requests by hour", "p95 ms"):
        assert shown in ran["health"].html


def test_runs_again(ran: Finished, server: NotebookServer, registry: Registry):
    again = run(server, NAME)
    assert_clean(again)
    assert_same_file(again, ran)
    assert registry.deployment(LABEL).package == f"{LABEL}/2"
    assert registry.deployment(LABEL).rows_predicted == 219

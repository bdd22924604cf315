"""Deployments through the client: predict, report, actuals, accuracy, replace, keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score

from jupyter_registry.client import Registry
from jupyter_registry.client.results import Deployment, Package
from jupyter_registry.domain.errors import (
    DeploymentInactive,
    DeploymentNotFound,
    IncompatibleReplacement,
    InvalidInput,
    NoPreviousPackage,
    PredictsElsewhere,
    SignatureMismatch,
)


def visits(n: int, seed: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    frame = pd.DataFrame({"age": random.normal(45, 10, n), "income": random.normal(50, 10, n)})
    odds = (frame["age"] - 45) / 10 + (frame["income"] - 50) / 20
    frame["left"] = np.where(random.random(n) < 1 / (1 + np.exp(-odds)), "yes", "no")
    frame["visit"] = [f"v{seed}-{i}" for i in range(n)]
    return frame


FEATURES = ["age", "income"]


def register(registry: Registry, name: str, seed: int = 0) -> tuple[Package, Any]:
    data = visits(300, seed)
    model = LogisticRegression().fit(data[FEATURES], data["left"])
    sample = data[[*FEATURES, "left"]]
    package = registry.register(
        name, model, target="left", training=sample, holdout=sample, progress=False
    )
    return package, model


@pytest.fixture(scope="module")
def registered(registry: Registry) -> tuple[Package, Any]:
    """One package for all tests, and so one worker."""
    return register(registry, "visits-of-all")


def deploy(package: Package, name: str) -> Deployment:
    return package.deploy(f"{name} / live", importance="high", association_id_column="visit")


@pytest.fixture
def deployed(registered: tuple[Package, Any], name: str) -> tuple[Deployment, Any]:
    package, model = registered
    return deploy(package, name), model


def test_predictions_come_back_in_the_library_and_order_of_the_input(
    deployed: tuple[Deployment, Any], tmp_path: Path
) -> None:
    deployment, model = deployed
    data = visits(50, 1).drop(columns="left").set_index(pd.Index(range(100, 150)))
    expected = model.predict_proba(data[FEATURES])[:, 1]
    answer = deployment.predict(data[["visit", "income", "age"]], passthrough=["age"])
    assert list(answer.index) == list(data.index)
    assert answer["row"].tolist() == list(range(50))
    np.testing.assert_allclose(answer["probability_yes"], expected, rtol=1e-12)
    assert answer["prediction"].tolist() == np.where(expected >= 0.5, "yes", "no").tolist()
    assert answer["association_id"].tolist() == data["visit"].tolist()
    assert answer["package"].unique().tolist() == [deployment.package]
    assert answer["age"].tolist() == data["age"].tolist()
    of_polars = deployment.predict(pl.from_pandas(data))
    assert isinstance(of_polars, pl.DataFrame)
    np.testing.assert_allclose(of_polars["probability_yes"].to_numpy(), expected, rtol=1e-12)
    assert isinstance(deployment.predict(pa.Table.from_pandas(data)), pa.Table)
    one = deployment.predict({"age": 40.0, "income": 50.0, "visit": "one"})
    assert one["association_id"] == "one"
    data.to_csv(tmp_path / "data.csv", index=False)
    of_file = deployment.predict(tmp_path / "data.csv")
    np.testing.assert_allclose(of_file["probability_yes"], expected, rtol=1e-9)


def test_big_data_goes_in_batches_and_stays_in_order(deployed: tuple[Deployment, Any]) -> None:
    deployment, model = deployed
    data = visits(45_000, 2)
    answer = deployment.predict(data[[*FEATURES, "visit"]], progress=False)
    assert answer["row"].tolist() == list(range(45_000))
    assert answer["association_id"].tolist() == data["visit"].tolist()
    np.testing.assert_allclose(
        answer["probability_yes"], model.predict_proba(data[FEATURES])[:, 1], rtol=1e-9
    )
    assert deployment.refresh().rows_predicted == 45_000
    data.loc[30_123, "age"] = np.nan
    with pytest.raises(SignatureMismatch, match="row 30123") as caught:
        deployment.predict(data[[*FEATURES, "visit"]], progress=False)
    assert caught.value.fields["column"] == "age"
    assert caught.value.fields["row"] == 30_123
    assert "first 20,000 rows were predicted" in str(caught.value)


def test_a_missing_column_is_named(deployed: tuple[Deployment, Any]) -> None:
    with pytest.raises(SignatureMismatch, match="income"):
        deployed[0].predict(pd.DataFrame({"age": [1.0], "visit": ["a"]}))


def test_accuracy_agrees_with_scikit_learn(deployed: tuple[Deployment, Any]) -> None:
    deployment, model = deployed
    data = visits(400, 3)
    start = datetime(2026, 1, 5, tzinfo=UTC)
    data["at"] = [start + timedelta(minutes=30 * i) for i in range(len(data))]
    deployment.predict(data.drop(columns="left"), timestamp_column="at")
    result = deployment.actuals(data, association_id_column="visit", value_column="left")
    assert (result.accepted, result.matched, result.rejected) == (400, 400, 0)
    late = data["left"] == "yes"
    scores = model.predict_proba(data[FEATURES])[:, 1]
    accuracy = deployment.accuracy(bucket="week")
    assert accuracy.overall is not None
    values = {name: metric.value for name, metric in accuracy.overall.metrics.items()}
    assert values["auc"] == pytest.approx(roc_auc_score(late, scores), abs=1e-3)
    assert values["log_loss"] == pytest.approx(log_loss(late, scores), rel=1e-9)
    assert values["accuracy"] == pytest.approx(accuracy_score(late, scores >= 0.5), rel=1e-9)
    assert accuracy.overall.metrics["auc"].baseline is not None
    frame = accuracy.to_frame()
    assert frame["n"].sum() == 400
    assert frame["start"].iloc[0] == pd.Timestamp(start)
    day = deployment.accuracy(
        bucket="day", start=start, end="2026-01-06", metrics="auc", package=deployment.package
    )
    assert day.metric_names == ["auc"]
    assert sum(bucket.n for bucket in day.buckets) == 48
    before = deployment.accuracy(bucket="day")
    deployment.rebuild_accuracy()
    assert deployment.accuracy(bucket="day").buckets == before.buckets
    assert deployment.refresh().rows_matched == 400


def test_actuals_find_their_columns_or_say_which_are_missing(
    deployed: tuple[Deployment, Any],
) -> None:
    deployment, _ = deployed
    data = visits(10, 4)
    deployment.predict(data.drop(columns="left"))
    assert deployment.actuals(data).matched == 10
    early = deployment.actuals({"association_id": ["x", "y"], "value": ["yes", "no"]})
    assert (early.accepted, early.matched, early.waiting) == (2, 0, 2)
    with pytest.raises(InvalidInput, match="no column 'vist'"):
        deployment.actuals(data, association_id_column="vist")
    mixed = deployment.actuals({"association_id": ["x", "y"], "value": ["yes", "maybe"]})
    assert (mixed.accepted, mixed.rejected) == (1, 1)
    assert mixed.rejections[0].row == 1


def test_an_external_deployment_takes_reports_and_no_questions(
    registry: Registry, name: str
) -> None:
    package = registry.register(
        name, target="left", target_type="binary", class_labels=["no", "yes"]
    )
    deployment = package.deploy(f"{name} outside")
    with pytest.raises(PredictsElsewhere, match="report"):
        deployment.predict({"age": 1.0})
    rows = pd.DataFrame({"id": ["a", "b", "c"], "probability": [0.1, 0.9, 0.6]})
    assert deployment.report(rows, association_id_column="id").accepted == 3
    assert deployment.report(rows, association_id_column="id").replaced == 3
    deployment.actuals({"association_id": ["a", "b", "c"], "value": ["no", "yes", "no"]})
    accuracy = deployment.accuracy()
    assert accuracy.overall is not None
    assert accuracy.overall.metrics["accuracy"].value == pytest.approx(2 / 3)
    assert deployment.refresh().rows_predicted == 3


def test_replacement_is_checked_kept_in_history_and_undone(
    registry: Registry, deployed: tuple[Deployment, Any], name: str
) -> None:
    deployment, _ = deployed
    first = deployment.package
    with pytest.raises(NoPreviousPackage):
        deployment.rollback()
    second, _ = register(registry, name, 9)
    dry = deployment.replace(second, dry_run=True)
    assert not dry.replaced
    assert {check.status for check in dry.checks} <= {"passing", "warning"}
    assert "<table>" in dry._repr_html_()
    assert deployment.package == first
    done = deployment.replace(second.reference, reason="data_drift", note="spring")
    assert done.replaced
    assert deployment.package == second.reference
    assert deployment.champion.id == second.id
    history = deployment.history()
    assert [(p.package, p.reason, p.note) for p in sorted(history, key=lambda p: p.start)] == [
        (first, None, history[0].note if history[0].package == first else history[1].note),
        (second.reference, "data_drift", "spring"),
    ]
    deployment.rollback("too early")
    assert deployment.package == first
    other = registry.register(f"{name}-other", target="spent", target_type="regression")
    with pytest.raises(IncompatibleReplacement) as caught:
        deployment.replace(other)
    failing = [c["name"] for c in caught.value.fields["checks"] if c["status"] == "failing"]
    assert failing


def test_states_settings_and_listing(registry: Registry, name: str) -> None:
    deployment = deploy(register(registry, name)[0], name)
    assert registry.deployment(deployment.id).label == deployment.label
    assert registry.deployment(deployment.label).id == deployment.id
    assert [item.id for item in registry.deployments(model=name)] == [deployment.id]
    deployment.update(description="about", importance="critical")
    assert registry.deployment(deployment.id).description == "about"
    deployment.deactivate()
    assert deployment.state == "inactive"
    with pytest.raises(DeploymentInactive):
        deployment.predict({"age": 1.0, "income": 1.0, "visit": "z"})
    assert deployment.activate().state == "active"
    with pytest.raises(InvalidInput, match="importance"):
        deployment.update(importance="huge")
    deployment.archive()
    with pytest.raises(DeploymentNotFound):
        registry.deployment(f"{name} nowhere")


def test_lists_say_how_each_does_and_count(registry: Registry, name: str) -> None:
    deployment, data = deploy(register(registry, name)[0], name), visits(50, 3)
    deployment.predict(data, progress=False)
    model = deployment.package.rpartition("/")[0]
    for sort in ("label", "-importance", "champion"):
        found = registry.deployments(model=model, sort=sort, status=True)
        assert found.total() == len(list(found)) == 1
        assert found[0].status is not None
        assert found[0].status.service.status == "passing"
        assert sum(found[0].predictions_by_day or []) >= len(data)
        assert "service" in repr(found)
        for column in ("accuracy", "7 days"):  # a terminal may be too narrow for them
            assert column in found._repr_html_()
    assert registry.deployments(model=model)[0].status is None
    assert list(registry.deployments(model=model, service="failing")) == []
    assert registry.deployments(model=model, service="passing").total() == 1
    lights = deployment.lights()
    assert lights.status == found[0].status
    assert lights.predictions_by_day == found[0].predictions_by_day
    assert registry.packages(name=model, latest=True).total() == 1


def test_keys_are_shown_once_and_can_be_revoked(deployed: tuple[Deployment, Any]) -> None:
    deployment, _ = deployed
    key = deployment.create_key("shop")
    assert key.key.startswith("jrk_")
    assert key.key not in repr(key)
    listed = deployment.keys()
    assert [(item.name, item.revoked_at) for item in listed] == [("shop", None)]
    assert key.key not in listed._repr_html_()
    deployment.revoke_key(key)
    assert deployment.keys()[0].revoked_at is not None

"""The main job with PostgreSQL behind the server, from DataFrame to accuracy; ONNX files too."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest
from skl2onnx import to_onnx
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, brier_score_loss, log_loss, roc_auc_score

from jupyter_registry.client import Registry
from tests.client import forking

PARQUET = "application/vnd.apache.parquet"
FEATURES = ["age", "income"]


def customers(n: int, seed: int) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    age, income = rng.normal(45, 10, n), rng.normal(50, 10, n)
    odds = (age - 45) / 10 + (income - 50) / 20
    left = rng.random(n) < 1 / (1 + np.exp(-odds))
    return pl.DataFrame({
        "age": age, "income": income, "left": np.where(left, "yes", "no"),
        "customer": [f"c{seed}-{i}" for i in range(n)],
        "when": pd.date_range("2026-03-01", periods=n, freq="30min", tz="UTC"),
    })  # fmt: skip


def trained(data: pl.DataFrame) -> LogisticRegression:
    return LogisticRegression().fit(data[FEATURES].to_numpy(), data["left"].to_numpy())


@pytest.fixture
def server(start: Callable[..., Any], postgres_url: str) -> Any:
    return start(f"--RegistryApp.database_url={postgres_url}")


def test_from_a_polars_frame_to_its_accuracy_on_postgresql(server: Any, tmp_path: Path) -> None:
    train, holdout, asked = customers(600, 0), customers(300, 1), customers(500, 2)
    model, better = trained(train), trained(pl.concat([train, holdout]))
    with Registry(server.root, server.token) as registry, server.client() as api:
        sample = {"training": train[[*FEATURES, "left"]], "holdout": holdout[[*FEATURES, "left"]]}
        package = registry.register("churn", model, target="left", progress=False, **sample)
        holdout_auc = package.baseline["metrics"]["auc"]["value"]
        deployment = package.deploy("churn-eu", association_id_column="customer")
        # half of the rows by the client, half as a Parquet file over HTTP
        first, second = asked[:250], asked[250:]
        answer = deployment.predict(first, timestamp_column="when", progress=False)
        assert isinstance(answer, pl.DataFrame)
        assert answer["association_id"].to_list() == first["customer"].to_list()
        second.write_parquet(tmp_path / "second.parquet")
        sent = api.post(
            f"/deployments/{deployment.id}/predictions",
            content=(tmp_path / "second.parquet").read_bytes(),
            headers={"Content-Type": PARQUET, "Accept": PARQUET},
            params={"timestamp_column": "when"},
        )
        assert sent.status_code == 200, sent.text if sent.status_code != 200 else ""
        assert sent.headers["Content-Type"] == PARQUET
        (tmp_path / "answer.parquet").write_bytes(sent.content)
        rest = pq.read_table(tmp_path / "answer.parquet")
        assert rest["association_id"].to_pylist() == second["customer"].to_list()
        scores = np.array(answer["probability_yes"].to_list() + rest["probability_yes"].to_pylist())
        assert scores == pytest.approx(model.predict_proba(asked[FEATURES].to_numpy())[:, 1])
        # two of three actuals, one of them corrected
        known = asked[::3].vstack(asked[1::3])
        turned = known[:1].with_columns(left=pl.lit("no" if known["left"][0] == "yes" else "yes"))
        assert (
            deployment.actuals(turned, association_id_column="customer", progress=False).accepted
            == 1
        )
        found = deployment.actuals(known, association_id_column="customer", progress=False)
        assert (found.matched, found.replaced) == (len(known), 1)
        index = np.concatenate([np.arange(500)[::3], np.arange(500)[1::3]])
        truth, known_scores = known["left"].to_numpy() == "yes", scores[index]
        accuracy = deployment.accuracy(bucket="day")
        metrics = accuracy.overall.metrics
        for name, value in {
            "log_loss": log_loss(truth, known_scores),
            "accuracy": accuracy_score(truth, known_scores >= 0.5),
            "brier": brier_score_loss(truth, known_scores),
        }.items():
            assert metrics[name].value == pytest.approx(value, rel=1e-9), name
        assert metrics["auc"].value == pytest.approx(roc_auc_score(truth, known_scores), abs=1e-3)
        assert metrics["auc"].baseline == pytest.approx(holdout_auc)
        assert sum(bucket.n for bucket in accuracy.buckets) == len(known)
        # another champion, back again, and all of it as rebuilt and after a restart
        successor = registry.register("churn", better, target="left", progress=False, **sample)
        deployment.replace(successor, reason="accuracy")
        assert deployment.predict(first[:1], progress=False)["package"].to_list() == ["churn/2"]
        deployment.rollback()
        assert [period.package for period in deployment.history()] == [
            "churn/1", "churn/2", "churn/1"
        ]  # fmt: skip
        kept = api.get(f"/deployments/{deployment.id}/accuracy").json()
        assert deployment.rebuild_accuracy()["matched"] == len(known)
        assert api.get(f"/deployments/{deployment.id}/accuracy").json() == kept
        server.stop()
        server.start()
        assert api.get(f"/deployments/{deployment.id}/accuracy").json() == kept
        assert api.get("/packages", params={"q": "churn"}).json()["items"][0]["version"] == 2


def test_an_onnx_file_by_client_and_by_command_line(server: Any, tmp_path: Path) -> None:
    data = customers(400, 4)
    graph = to_onnx(
        trained(data), np.zeros((1, 2), np.float32), options={"zipmap": False}, target_opset=15
    )
    file = tmp_path / "churn.onnx"
    file.write_bytes(graph.SerializeToString())
    session = onnxruntime.InferenceSession(str(file))
    inputs = {session.get_inputs()[0].name: data[FEATURES].to_numpy().astype(np.float32)}
    wanted = session.run(None, inputs)[1][:, 1]
    data.write_parquet(tmp_path / "rows.parquet")
    data[[*FEATURES, "left"]].write_csv(tmp_path / "train.csv")

    told = {"JUPYTER_REGISTRY_URL": server.root, "JUPYTER_REGISTRY_TOKEN": server.token}

    def run(*arguments: str) -> Any:
        code, out, err = forking.run([*arguments, "--json"], tmp_path, os.environ | told)
        assert code == 0, err
        return json.loads(out)

    with Registry(server.root, server.token) as registry:
        package = registry.register(
            "onnx", file, target="left", training=data[[*FEATURES, "left"]],
            holdout=data[[*FEATURES, "left"]], progress=False,
        )  # fmt: skip
        assert (package.format, package.target_type) == ("onnx", "binary")
        truth = data["left"].to_numpy() == "yes"
        assert package.baseline["metrics"]["auc"]["value"] == pytest.approx(
            roc_auc_score(truth, wanted), abs=1e-3
        )
        answer = package.deploy("by-client").predict(data, progress=False)
        assert answer["probability_yes"].to_numpy() == pytest.approx(wanted, rel=1e-6)
    made = run("register", "onnx", "churn.onnx", "--target", "left", "--training", "train.csv")
    assert (made["version"], made["format"], made["digest"]) == (2, "onnx", package.digest)
    run("deploy", "onnx/2", "by-shell", "--association-id-column", "customer")
    printed = run("predict", "by-shell", "rows.parquet", "--timestamp-column", "when")
    assert [row["probability_yes"] for row in printed] == pytest.approx(wanted.tolist(), rel=1e-6)
    sent = run("actuals", "by-shell", "rows.parquet")
    assert sent["matched"] == len(data)
    assert run("accuracy", "by-shell")["overall"]["n"] == len(data)

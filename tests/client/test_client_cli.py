"""The command line against a real server: tables, JSON, exit codes."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from .shell import Shell

COMMANDS = [
    "serve", "list", "models", "deployments", "leaderboards", "leaderboard", "train", "rerun",
    "compare", "delete-leaderboard", "show", "register", "deploy", "update", "replace", "rollback",
    "predict", "report", "actuals", "accuracy", "segments", "drift", "health", "rebuild-accuracy",
    "key", "keys", "upgrade",
]  # fmt: skip


@pytest.fixture
def data(tmp_path: Path) -> pd.DataFrame:
    """A model in model.joblib and its rows in train.csv."""
    import joblib

    random = np.random.default_rng(0)
    frame = pd.DataFrame({"age": random.normal(45, 10, 200), "income": random.normal(50, 10, 200)})
    frame["left"] = np.where(frame["age"] + random.normal(0, 5, 200) > 45, "yes", "no")
    frame["visit"] = [f"v{i}" for i in range(len(frame))]
    model = LogisticRegression().fit(frame[["age", "income"]], frame["left"])
    joblib.dump(model, tmp_path / "model.joblib")
    frame.to_csv(tmp_path / "train.csv", index=False)
    frame.to_parquet(tmp_path / "train.parquet", index=False)
    return frame


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, forked: Shell) -> None:
    shown = forked(command, "--help")
    assert shown.startswith(f"usage: jupyter registry {command}")
    assert len(shown.splitlines()) > 4


def test_help_lists_the_commands_and_is_quick(shell: Shell) -> None:
    before = os.times()
    shown = shell("--help")
    after = os.times()
    used = after.children_user + after.children_system
    assert used - before.children_user - before.children_system < 1
    for command in COMMANDS:
        assert f" {command}" in shown
    assert shell("--version").strip()


def test_wrong_usage_ends_with_2(shell: Shell, forked: Shell) -> None:
    assert "invalid choice" in shell("lst", code=2)
    assert "required" in forked("register", code=2)
    assert "COMMAND" in forked(code=2)
    assert "less than 1" in forked("list", "--limit", "0", code=2)
    # choices are named as they are typed
    assert "'data_drift'" in forked("replace", "d", "m", "--reason", "mood", code=2)
    assert "unrecognised" in forked("list", "--nonsense", code=2)
    assert "Did you mean '--training'?" in forked("register", "m", "--trainin", "t.csv", code=2)
    for label in ((), ("one", "--as", "two")):
        assert "--as LABEL" in forked("deploy", "m", *label, code=2).splitlines()[-1]


def test_without_a_server_the_code_is_3(forked: Shell) -> None:
    forked.environment["JUPYTER_REGISTRY_URL"] = "http://127.0.0.1:9/"
    told = forked("list", code=3)
    assert "jupyter registry serve" in told
    del forked.environment["JUPYTER_REGISTRY_URL"]
    forked.environment["JUPYTER_RUNTIME_DIR"] = str(forked.folder)
    assert "No Jupyter server runs here" in forked("list", code=3)


def test_the_running_server_is_found(forked: Shell) -> None:
    del forked.environment["JUPYTER_REGISTRY_URL"]
    del forked.environment["JUPYTER_REGISTRY_TOKEN"]
    assert isinstance(forked.json("list"), list)


def test_packages_are_registered_listed_and_shown(
    forked: Shell, name: str, data: pd.DataFrame
) -> None:
    printed = forked(
        "register", name, "model.joblib", "--target", "left", "--training", "train.csv",
        "--holdout", "train.parquet", "--tag", "team:eu", "--alias", "champion",
    )  # fmt: skip
    assert printed.startswith(f"Registered {name}/1")
    shown = forked.json("show", name)
    assert shown["target_type"] == "binary"
    assert shown["tags"] == {"team": "eu"}
    assert shown["baseline"]["metrics"]["auc"]["value"] > 0.8
    shown = forked("show", f"{name}@champion").splitlines()
    assert shown[0].split() == ["package", f"{name}/1"]
    external = forked.json(
        "register", name, "--target", "left", "--target-type", "binary",
        "--class-labels", "no", "yes", "--location", "elsewhere",
    )  # fmt: skip
    assert (external["version"], external["kind"]) == (2, "external")
    table = forked("list", "--name", name).splitlines()
    assert table[0].split()[:3] == ["package", "kind", "target"]
    assert [line.split()[0] for line in table[1:]] == [f"{name}/2", f"{name}/1"]
    assert [item["version"] for item in forked.json("list", name, "--kind", "custom")] == [1]
    assert "more" in forked("list", name, "--limit", "1")
    assert name in forked("models", name)
    assert [model["name"] for model in forked.json("models", name)] == [name]
    assert "There is no registered model" in forked("show", "nothing-so-called", code=1)
    assert "no file or folder" in forked("register", name, "absent", "--target", "y", code=1)


def test_importances_are_given_by_feature_or_in_a_file(
    forked: Shell, name: str, data: pd.DataFrame
) -> None:
    register = ("register", name, "model.joblib", "--target", "left", "--training", "train.csv")
    data[["age", "income", "left"]].to_csv(forked.folder / "train.csv", index=False)

    def given(*importance: str) -> dict[str, float | None]:
        words = [word for text in importance for word in ("--importance", text)]
        features = forked.json(*register, *words)["baseline"]["features"]
        return {feature: item.get("importance") for feature, item in features.items()}

    assert given("age=2", "income=0.5") == {"age": 1, "income": 0.25}
    (forked.folder / "mattering.json").write_text('{"age": 1, "income": 4}')
    assert given("mattering.json") == {"age": 0.25, "income": 1}
    assert given("mattering.json", "income=2") == {"age": 0.5, "income": 1}
    (forked.folder / "list.json").write_text("[1, 2]")
    (forked.folder / "broken.json").write_text("{")
    for wrong, said in (
        ("aeg=1", "Did you mean 'age'"), ("age=much", "no number from 0 on"),
        ("absent.json", "There is no file"), ("list.json", "no numbers by feature"),
        ("broken.json", "cannot be read as JSON"),
    ):  # fmt: skip
        assert said in forked(*register, "--importance", wrong, code=1)
    assert len(forked.json("list", "--name", name)) == 3


def test_a_folder_with_code_is_registered(forked: Shell, name: str, data: pd.DataFrame) -> None:
    folder = forked.folder / "coded"
    folder.mkdir()
    (forked.folder / "model.joblib").rename(folder / "model.joblib")
    data[["age", "income", "left"]].to_csv(forked.folder / "train.csv", index=False)
    code = "def score(data, model):\n    return model.predict_proba(data)\n"
    (folder / "custom.py").write_text(code)
    register = ("register", name, "coded", "--target", "left", "--training", "train.csv")
    forked(*register, "--holdout", "train.csv")
    shown = forked.json("show", name)
    assert shown["format"] == "custom_code"
    assert shown["baseline"]["metrics"]["auc"]["value"] > 0.8
    forked("deploy", name, name)
    data.to_csv(forked.folder / "rows.csv", index=False)
    assert len(forked.json("predict", name, "rows.csv")) == len(data)
    (folder / "custom.py").write_text("def score(data model):\n    return 1\n")
    told = forked(*register, code=1)
    assert "custom.py, line 1: invalid syntax" in told
    assert len(forked.json("list", "--name", name)) == 1


def test_the_whole_way_from_a_shell(forked: Shell, name: str, data: pd.DataFrame) -> None:
    register = ("register", name, "model.joblib", "--target", "left", "--data", "train.csv")
    signature = ("--holdout", "train.csv")
    data[["age", "income", "left"]].to_csv(forked.folder / "train.csv", index=False)
    data.to_csv(forked.folder / "rows.csv", index=False)
    for _ in range(2):
        forked(*register, *signature)
    deployed = forked(
        "deploy", f"{name}/1", "--as", f"{name} live", "--id", "visit", "--importance", "high",
    )  # fmt: skip
    assert deployed.startswith(f"Deployed {name}/1")
    label = f"{name} live"
    assert name in forked("deployments", "--model", name)
    shown = forked("deployments", "--model", name, "--status", "--sort", "label")
    assert "accuracy" in shown
    assert "unknown" in shown
    assert forked.json("deployments", "--model", name, "--drift", "failing") == []
    (listed,) = forked.json("deployments", "--model", name, "--drift", "unknown", "--status")
    assert listed["status"]["drift"]["reason"] == "Nothing was predicted yet."
    assert [item["version"] for item in forked.json("list", "--name", name, "--latest")] == [2]

    printed = forked("predict", label, "rows.csv")
    assert len(printed.splitlines()) == 201
    forked("predict", label, "rows.csv", "-o", "out.parquet", "--passthrough", "age")
    out = pd.read_parquet(forked.folder / "out.parquet")
    assert out["association_id"].tolist() == data["visit"].tolist()
    assert out["age"].tolist() == data["age"].tolist()
    forked("predict", label, "rows.csv", "-o", "out.csv")
    assert len(pd.read_csv(forked.folder / "out.csv")) == 200
    forked("predict", label, "rows.csv", "-o", "out.json")
    assert len(json.loads((forked.folder / "out.json").read_text())) == 200
    assert "no known kind" in forked("predict", label, "rows.csv", "-o", "out.doc", code=1)
    assert len(forked.json("predict", label, "rows.csv")) == 200

    columns = ("--association-id-column", "visit", "--value-column", "left")
    assert forked.json("actuals", label, "rows.csv", *columns)["matched"] == 200
    wrong = pd.DataFrame({"visit": ["v1"], "left": ["perhaps"]})
    wrong.to_csv(forked.folder / "wrong.csv", index=False)
    assert "row 0" in forked("actuals", label, "wrong.csv", *columns, code=1)

    assert "auc" in forked("accuracy", label)
    assert forked.json("accuracy", label, "--by", "day")["overall"]["n"] == 200
    forked("accuracy", label, "-o", "accuracy.csv")
    assert pd.read_csv(forked.folder / "accuracy.csv")["n"].sum() == 200
    assert label in forked("rebuild-accuracy", label)

    assert "stays in service" in forked("replace", label, f"{name}/2", "--dry-run")
    replaced = forked.json(
        "replace", label, f"{name}/2", "--reason", "accuracy", "--note", "better",
        "--kernelspec", "python3",
    )  # fmt: skip
    assert replaced["replaced"] is True
    assert replaced["deployment"]["kernelspec"] == "python3"
    shown = forked("show", "-d", label)
    assert ["champion", f"{name}/2"] in [line.split() for line in shown.splitlines()]
    assert "better" in shown
    rolled = forked.json("rollback", label, "--note", "worse after all")
    assert rolled["deployment"]["package"] == f"{name}/1"
    assert rolled["deployment"]["kernelspec"] is None
    assert forked("key", label, "host").startswith("jrk_")


def test_reports_of_an_external_model(forked: Shell, name: str, tmp_path: Path) -> None:
    forked(
        "register", name, "--target", "left", "--target-type", "binary",
        "--class-labels", "no", "yes",
    )  # fmt: skip
    forked("deploy", name, name)
    rows = pd.DataFrame({"association_id": ["a", "b"], "probability": [0.2, 0.9]})
    rows.to_parquet(tmp_path / "rows.parquet")
    assert forked.json("report", name, "rows.parquet")["accepted"] == 2
    assert "report" in forked("predict", name, "rows.parquet", code=1)


def run_all(*jobs: Callable[[], Any]) -> list[Any]:
    """Processes that do not wait for one another, at once."""
    with ThreadPoolExecutor(4) as threads:
        return [job.result() for job in [threads.submit(job) for job in jobs]]


def test_settings_and_keys_of_a_deployment(forked: Shell, name: str, data: pd.DataFrame) -> None:
    forked("register", name, "model.joblib", "--target", "left")
    deployed = forked.json("deploy", name, name, "--importance", "low")
    assert (deployed["label"], deployed["importance"]) == (name, "low")
    again, shown, facts, rolled, nothing = run_all(
        lambda: forked("deploy", name, name, code=1),
        lambda: forked("show", name),  # a package goes before a deployment
        lambda: forked.json("show", "-d", name),
        lambda: forked("rollback", name, code=1),
        lambda: forked("update", name, code=1),
    )
    assert "already" in again
    assert shown.startswith("package ")
    assert [period["package"] for period in facts["history"]] == [f"{name}/1"]
    assert "no package before" in rolled
    assert "nothing to change" in nothing
    changed = forked.json(
        "update", name, "--label", f"{name} live", "--association-id-column", "visit",
        "--threshold", "0.7", "--segment", "region", "--state", "inactive",
    )  # fmt: skip
    label = f"{name} live"
    assert (changed["label"], changed["state"]) == (label, "inactive")
    assert (changed["prediction_threshold"], changed["segment_columns"]) == (0.7, ["region"])
    assert "is inactive" in forked("predict", label, "train.csv", code=1)
    assert "Changed" in forked("update", label, "--state", "active", "--description", "of the shop")
    shown, listed, secret, made = run_all(
        lambda: forked("show", label),
        lambda: forked.json("deployments", "--model", name, "--state", "active"),
        lambda: forked("key", label, "till"),
        lambda: forked.json("key", label, "shop"),
    )
    assert ["deployment", *label.split()] == shown.splitlines()[0].split()
    assert [item["description"] for item in listed] == ["of the shop"]
    assert secret.startswith("jrk_")
    found, table = run_all(lambda: forked.json("keys", label), lambda: forked("keys", label))
    assert {key["name"] for key in found} == {"till", "shop"}
    assert made["prefix"] in table
    assert secret.strip() not in table
    revoked, unknown = run_all(
        lambda: forked.json("keys", label, "--revoke", str(made["id"])),
        lambda: forked("keys", label, "--revoke", "999999", code=1),
    )
    assert {key["name"] for key in revoked if key["revoked_at"]} == {"shop"}
    assert "no key with id 999999" in unknown


def test_what_is_refused_ends_with_1_and_a_reason(
    forked: Shell, name: str, data: pd.DataFrame
) -> None:
    (forked.folder / "weights.h5").write_bytes(b"not a model")
    (forked.folder / "cut.joblib").write_bytes((forked.folder / "model.joblib").read_bytes()[:200])
    pd.DataFrame({"association_id": ["a"], "prediction": ["perhaps"]}).to_csv(
        forked.folder / "wrong.csv", index=False
    )
    for version in ("custom", "external"):
        model = ["model.joblib"] if version == "custom" else []
        forked("register", f"{name}-{version}", *model, "--target", "left",
              "--target-type", "binary", "--class-labels", "no", "yes")  # fmt: skip
    forked("deploy", f"{name}-custom", name)
    forked("register", f"{name}-number", "--target", "y", "--target-type", "regression")
    register = ("register", f"{name}-odd", "--target", "left")
    refused = {
        (*register, "weights.h5"): "no known model format",
        (*register, "weights.h5", "--format", "onnx"): "cannot be loaded as onnx",
        (*register, "cut.joblib", "--format", "pickle"): "cut.joblib: a broken pickle",
        (*register, "model.joblib", "--format", "pickel"): "Did you mean 'pickle'",
        ("replace", name, f"{name}-number"): "failing  target_type",
        ("replace", name, f"{name}-number", "--dry-run"): "It would be refused.",
        ("predict", name, "wrong.csv"): "lacks columns",
        ("report", name, "wrong.csv"): "row 0",
        ("report", name, "wrong.csv", "--package", f"{name}-number"): "never in service",
        ("actuals", name, "wrong.csv", "--association-id-column", "visit"): "--value-column",
        ("rebuild-accuracy", f"{name}-odd"): "no deployment",
        ("accuracy", name, "--metric", "aucc"): "auc",
    }
    told = run_all(*(partial(forked, *arguments, code=1) for arguments in refused))
    for said, text in zip(refused.values(), told, strict=True):
        assert said in text
    checked = forked.json("replace", name, f"{name}-external", "--dry-run")
    assert {check["name"]: check["status"] for check in checked["checks"]}["kind"] == "warning"
    assert checked["replaced"] is False
    assert forked.json("rebuild-accuracy", name)[name]["predicted"] == 0
    assert [item["name"] for item in forked.json("list", f"{name}-odd")] == []


def test_a_schema_is_upgraded_without_a_server(shell: Shell, forked: Shell, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    assert "schema" in shell("upgrade", "--database-url", url)
    assert json.loads(forked("upgrade", "--database-url", url, "--json"))["schema"]
    assert (tmp_path / "new.db").is_file()
    assert "not supported" in forked("upgrade", "--database-url", "nonsense://x", code=1)


def test_serve_runs_a_server_until_it_is_stopped(shell: Shell, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [
            sys.executable, "-m", "jupyter_registry.client.cli", "serve", "--port", str(port),
            "--database-url", f"sqlite:///{tmp_path / 'own' / 'r.db'}",
            "--artifact-url", str(tmp_path / "own" / "artifacts"),
            "--allow-root", "--IdentityProvider.token=secret",
        ],
        env=shell.environment | {"JUPYTER_DATA_DIR": str(tmp_path / "own")},
        cwd=tmp_path,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        address = f"http://127.0.0.1:{port}/jupyter-registry/api/v1/info"
        request = urllib.request.Request(address, headers={"Authorization": "token secret"})
        deadline = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(request, timeout=5) as answer:
                    assert answer.status == 200
                break
            except OSError:
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.1)
        assert (tmp_path / "own" / "r.db").is_file()
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) is not None

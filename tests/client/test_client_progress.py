"""Steps of what takes long, told to a function, which may stop it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

from jupyter_registry.client import Registry, rows
from jupyter_registry.client.progress import Step, bar


class Enough(Exception):
    """The one who is told has had enough."""


def told_until(most: int, steps: list[Step], of: str = "") -> Any:
    """Notes the steps of a kind; from so many done on, stops."""

    def progress(step: Step) -> None:
        assert threading.current_thread() is threading.main_thread()
        steps.append(step)
        if step.what.startswith(of) and step.done >= most:
            raise Enough

    return progress


def homes(n: int) -> pd.DataFrame:
    random = np.random.default_rng(0)
    data = pd.DataFrame({"area": random.normal(100, 20, n), "home": [f"h{i}" for i in range(n)]})
    data["price"] = data["area"] * 10
    return data


def deploy(registry: Registry, name: str) -> Any:
    data = homes(50)[["area", "price"]]
    model = LinearRegression().fit(data[["area"]], data["price"])
    package = registry.register(name, model, target="price", training=data, progress=False)
    return package.deploy(name, association_id_column="home")


def test_rows_are_told_batch_by_batch_and_can_be_stopped(
    registry: Registry, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "PREDICTION_ROWS", 40)
    monkeypatch.setattr(rows, "REPORT_ROWS", 60)
    deployment = deploy(registry, name)
    data = homes(100)
    inputs = data[["area", "home"]].copy()
    steps: list[Step] = []
    answer = deployment.predict(inputs, progress=steps.append)
    assert len(answer) == 100
    assert steps == [Step("Predict", n, 100, "rows") for n in (0, 40, 80, 100)]
    assert [step.share for step in steps] == [0, 0.4, 0.8, 1]
    told: list[Step] = []
    deployment.actuals(data[["home", "price"]], progress=told.append)
    assert told == [Step("Actuals", n, 100, "rows") for n in (0, 60, 100)]
    few: list[Step] = []
    deployment.predict(inputs.head(1), progress=few.append)
    assert [step.done for step in few] == [0, 1]

    before = deployment.refresh().rows_predicted
    stopped: list[Step] = []
    with pytest.raises(Enough):
        deployment.predict(
            inputs.assign(home=inputs["home"] + "b"), progress=told_until(40, stopped)
        )
    assert [step.done for step in stopped] == [0, 40]
    assert deployment.refresh().rows_predicted == before + 40
    with pytest.raises(Enough):
        deployment.predict(inputs, progress=told_until(0, []))
    assert deployment.refresh().rows_predicted == before + 40


def test_reports_are_told(registry: Registry, name: str) -> None:
    registry.register(name, target="price", target_type="regression")
    deployment = registry.package(name).deploy(name)
    steps: list[Step] = []
    deployment.report([{"association_id": "a", "prediction": 1.0}], progress=steps.append)
    assert steps == [Step("Report", 0, 1, "rows"), Step("Report", 1, 1, "rows")]


def test_registering_is_told_and_leaves_nothing_when_stopped(
    registry: Registry, name: str, tmp_path: Path
) -> None:
    import joblib

    data = homes(50)[["area", "price"]]
    joblib.dump(LinearRegression().fit(data[["area"]], data["price"]), tmp_path / "m.joblib")
    (tmp_path / "notes.txt").write_bytes(b"x" * 3_000_000)
    given: Any = {"target": "price", "training": data, "holdout": data}
    for of, most in (("Score", 0), ("Upload", 1_000_000), ("Register", 0)):
        steps: list[Step] = []
        with pytest.raises(Enough):
            registry.register(name, tmp_path, **given, progress=told_until(most, steps, of))
        assert steps[-1].what.startswith(of)
        assert not registry.packages(name=name)
    steps = []
    package = registry.register(name, tmp_path, **given, progress=steps.append)
    assert list(dict.fromkeys(step.what for step in steps)) == [
        "Score the holdout", "Upload", "Register",
    ]  # fmt: skip
    sent = [step for step in steps if step.unit == "B"]
    assert sent[0].done == 0
    assert sent[-1].done == sent[-1].total == sum(file.size for file in package.files)
    assert [step.done for step in sent] == sorted(step.done for step in sent)
    steps = []
    package.download(tmp_path / "back", progress=steps.append)
    assert steps[-1].share == 1


def test_a_bar_is_shown_or_not(capsys: pytest.CaptureFixture[str]) -> None:
    for show in (True, False):
        with bar("Work", 2, "rows", show=show) as advance:
            advance(1)
    assert Step("Work", 0, 0, "rows").share == 1
    assert "Work" not in capsys.readouterr().out

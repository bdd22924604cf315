"""What an inspection finds and tells, in this process; over HTTP see the server's tests."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

from jupyter_registry.domain.errors import InvalidInput, ModelFailed
from jupyter_registry.domain.kinds import InspectionStage
from jupyter_registry.formats import save_model
from jupyter_registry.formats.from_data import TargetSaid
from jupyter_registry.formats.inspection import Asked, Found, inspect


@pytest.fixture
def data(tmp_path: Path) -> pd.DataFrame:
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"a": random.normal(size=50_000), "b": random.normal(size=50_000)})
    frame["y"] = (frame["a"] + random.normal(size=50_000) > 0).astype(int)
    return frame


@pytest.fixture
def csv(data: pd.DataFrame, tmp_path: Path) -> Path:
    path = tmp_path / "data.csv"
    data.to_csv(path, index=False)
    return path


def saved(model: Any, tmp_path: Path, format: str = "skops") -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    save_model(model, folder, format)
    return folder


def run(**asked: Any) -> tuple[Found, list[tuple[str, int, int]]]:
    told: list[tuple[str, int, int]] = []
    found = inspect(Asked(**asked), lambda stage, done, rows: told.append((stage, done, rows)))
    return found, told


def test_stages_and_scored_rows_are_told(data: pd.DataFrame, csv: Path, tmp_path: Path) -> None:
    model = LogisticRegression().fit(data[["a", "b"]], data["y"])
    found, told = run(model=saved(model, tmp_path), holdout=csv)
    assert told == [
        (InspectionStage.LOADING, 0, 0),
        (InspectionStage.READING, 0, 0),
        (InspectionStage.SCORING, 0, 50_000),
        (InspectionStage.SCORING, 20_000, 50_000),
        (InspectionStage.SCORING, 40_000, 50_000),
        (InspectionStage.SCORING, 50_000, 50_000),
        (InspectionStage.MEASURING, 0, 0),
    ]
    assert found.package["target_name"] == "y"
    assert found.package["class_labels"] == ["0", "1"]
    assert found.package["baseline"]["metrics"]["auc"]["n"] == 50_000
    assert found.package["baseline"]["features"]["a"]["importance"] == 1.0
    assert len(found.package["input_example"]) == 5


def test_a_model_without_data_needs_no_pyarrow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Few environments of models have it; whether it is a number or a class is then asked."""
    model = saved(lambda rows: rows["a"], tmp_path, "pickle")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    found, _ = run(model=model, target_name="y")
    assert {"target_type", "signature"} <= found.missing.keys()


def test_a_target_that_was_said_wrongly_is_an_error_and_one_unsaid_is_missing(
    csv: Path, data: pd.DataFrame, tmp_path: Path
) -> None:
    found, _ = run(training=csv, target_name="y", target=TargetSaid("multiclass"))
    assert set(found.missing) == {"class_labels"}
    with pytest.raises(InvalidInput, match="Only a binary"):
        run(
            training=csv,
            target_name="y",
            target=TargetSaid("multiclass", ["0", "1", "2"], positive_class="1"),
        )
    with pytest.raises(InvalidInput, match="no classes") as raised:
        run(training=csv, target_name="y", target=TargetSaid("regression", positive_class="1"))
    assert "class_labels" in raised.value.fields
    # the model knows what the target is, but not what it is called
    model = LinearRegression().fit(data[["a"]].to_numpy(), data["b"])
    found, _ = run(model=saved(model, tmp_path), training=csv)
    assert set(found.missing) == {"target_name", "signature"}
    assert found.package["target_type"] == "regression"
    assert "baseline" not in found.package


def test_a_model_that_does_not_take_the_columns_is_refused(csv: Path, tmp_path: Path) -> None:
    model = LinearRegression().fit(np.zeros((3, 3)), [1.0, 2.0, 3.0])
    with pytest.raises(ModelFailed, match="3 columns"):
        run(model=saved(model, tmp_path), training=csv, target_name="y")


class Warns:
    """A model that has something to say when it is loaded."""

    n_features_in_ = 1
    _estimator_type = "regressor"

    def __setstate__(self, state: Any) -> None:
        import warnings

        warnings.warn("made by an older version", UserWarning, stacklevel=1)

    def __getstate__(self) -> Any:
        return {"something": 1}

    def predict(self, table: Any) -> Any:
        return np.asarray(table)[:, 0]


def test_what_libraries_warn_of_is_passed_on(tmp_path: Path) -> None:
    found, _ = run(model=saved(Warns(), tmp_path, "pickle"), target_name="y")
    assert "made by an older version" in found.warnings
    assert [column["name"] for column in found.package["signature"]] == ["x0"]

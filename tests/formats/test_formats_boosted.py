"""XGBoost, LightGBM and CatBoost in their own files: answers are the library's own."""

from __future__ import annotations

import json
import pickle

import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost

from jupyter_registry.domain.errors import InvalidInput, ModelFailed, UnsupportedFormat
from jupyter_registry.domain.frames import conform
from jupyter_registry.domain.signature import Dtype
from jupyter_registry.domain.target import Target
from jupyter_registry.formats import find_model, format_for, format_named, save_model
from jupyter_registry.formats.first_bytes import LENGTH, possible_formats
from jupyter_registry.formats.infer import columns_of, infer_signature, infer_target
from jupyter_registry.formats.inspection import Asked, inspect
from jupyter_registry.formats.scoring import Scorer

N = 300
CLOSE = {"rtol": 0, "atol": 1e-6}
TASKS = ("regression", "binary", "multiclass")


@pytest.fixture(scope="module")
def table():
    """Numbers with gaps, integers, booleans, and texts as categories, with gaps."""
    rng = np.random.default_rng(8)
    city = rng.choice(["Oslo", "Bergen", "Ålesund", None], N)
    return pd.DataFrame(
        {
            "income": np.where(rng.random(N) < 0.2, np.nan, rng.normal(3e4, 1e4, N)),
            "age": rng.integers(18, 90, N),
            "member": rng.random(N) < 0.5,
            "city": pd.Categorical(city),
        }
    )


@pytest.fixture(scope="module")
def targets(table):
    rng = np.random.default_rng(9)
    value = table.age + 40 * (table.city == "Oslo") + rng.normal(0, 3, N)
    value += np.nan_to_num(table.income / 1e3)
    return {
        "regression": value.to_numpy(),
        "binary": (value > value.median()).astype(int).to_numpy(),
        "multiclass": pd.qcut(value, 3, labels=False).to_numpy(),
    }


def plain(table):
    """As rows come to a worker: categories are texts."""
    return pd.DataFrame(
        {
            name: table[name].astype(object).where(table[name].notna(), None)
            if isinstance(table[name].dtype, pd.CategoricalDtype)
            else table[name]
            for name in table
        }
    )


def score(file, table, target=None, like=None):
    """Found by content, loaded, asked; whole and the last row alone. The signature is like's."""
    kind, found = find_model(file.parent)
    assert found == file
    assert kind.name in possible_formats(file.name, file.read_bytes()[:LENGTH])
    predictor = kind.load(file)
    predictor.limit_threads()
    signature = infer_signature(plain(table if like is None else like), predictor)
    scorer = Scorer(predictor, signature, target or infer_target(predictor, "y"))
    scores = scorer.score(conform(signature, columns_of(plain(table)), len(table)))
    one = scorer.score(conform(signature, columns_of(plain(table[-1:])), 1))
    for name in ("values", "probabilities"):
        whole = getattr(scores, name)
        if whole is not None:
            np.testing.assert_allclose(getattr(one, name), whole[-1:], **CLOSE)
    return scores


def agrees(scores, model, table):
    if hasattr(model, "predict_proba"):
        np.testing.assert_allclose(scores.probabilities, model.predict_proba(table), **CLOSE)
    else:
        np.testing.assert_allclose(scores.values, model.predict(table), rtol=1e-6)


# --- XGBoost --------------------------------------------------------------------------------


@pytest.mark.parametrize("task", TASKS)
def test_xgboost_estimators(task, table, targets, tmp_path):
    options = {"n_estimators": 12, "enable_categorical": True, "n_jobs": 1}
    if task == "binary":  # stopped early, an estimator predicts with its best iteration
        options |= {"early_stopping_rounds": 1, "learning_rate": 0.9, "n_estimators": 60}
    make = xgboost.XGBRegressor if task == "regression" else xgboost.XGBClassifier
    model = make(**options)
    shown = {"eval_set": [(table[200:], targets[task][200:])]} if task == "binary" else {}
    model.fit(table[:200], targets[task][:200], verbose=False, **shown)
    if task == "binary":
        assert model.best_iteration < model.get_booster().num_boosted_rounds() - 1
    kind, file = save_model(model, tmp_path)
    assert (kind.name, file.name, format_for(model).name) == ("xgboost", "model.ubj", "xgboost")
    agrees(score(file, table), model, table)
    predictor = kind.load(file)
    described = predictor.describe()
    assert described.target_type == task
    assert described.feature_names == tuple(table.columns)
    assert [column.dtype for column in infer_signature(None, predictor).columns] == [
        Dtype.NUMBER, Dtype.NUMBER, Dtype.NUMBER, Dtype.STRING,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "objective", ["binary:logistic", "binary:logitraw", "multi:softmax", "reg:squarederror"]
)
def test_xgboost_boosters_of_matrices(objective, table, targets, tmp_path):
    numbers = table[["income", "age"]].to_numpy()
    task = {"bin": "binary", "mul": "multiclass", "reg": "regression"}[objective[:3]]
    parameters = {"objective": objective, "nthread": 1}
    if task == "multiclass":
        parameters["num_class"] = 3
    booster = xgboost.train(parameters, xgboost.DMatrix(numbers, targets[task]), 8)
    file = tmp_path / "booster.json"
    booster.save_model(file)
    json.loads(file.read_text())
    scores = score(file, table[["income", "age"]])
    margin = booster.predict(xgboost.DMatrix(numbers), output_margin=True)
    if task == "regression":
        np.testing.assert_allclose(scores.values, margin, rtol=1e-6)
    elif task == "binary":
        np.testing.assert_allclose(scores.probabilities[:, 1], 1 / (1 + np.exp(-margin)), **CLOSE)
    else:
        expected = np.exp(margin) / np.exp(margin).sum(axis=1, keepdims=True)
        np.testing.assert_allclose(scores.probabilities, expected, **CLOSE)
        assert (scores.labels == booster.predict(xgboost.DMatrix(numbers))).all()
    assert infer_signature(None, find_model(file)[0].load(file)).names == ["x0", "x1"]


def test_xgboost_linear_boosters(table, targets, tmp_path):
    rows = table[["age", "member"]].astype(float)
    model = xgboost.XGBRegressor(booster="gblinear", n_estimators=5, n_jobs=1)
    model.fit(rows, targets["regression"])
    _, file = save_model(model, tmp_path)
    agrees(score(file, rows), model, rows)


def test_xgboost_refuses_a_category_it_never_saw_as_the_library_does(table, targets, tmp_path):
    model = xgboost.XGBRegressor(n_estimators=5, enable_categorical=True, n_jobs=1)
    _, file = save_model(model.fit(table, targets["regression"]), tmp_path)
    odd = table.head(3).assign(city=pd.Categorical(["Oslo", "Paris", "Bergen"]))
    with pytest.raises(xgboost.core.XGBoostError, match="not in the training set"):
        model.predict(odd)
    with pytest.raises(ValueError, match="'Paris' is no category of 'city'"):
        score(file, odd)


def test_an_estimator_whose_file_would_predict_otherwise_is_kept_whole(table, targets, tmp_path):
    rows = table[["income", "age"]].fillna(-1)
    model = xgboost.XGBRegressor(n_estimators=5, missing=-1.0, n_jobs=1)
    kind, file = save_model(model.fit(rows, targets["regression"]), tmp_path)
    assert kind.name == "joblib"
    agrees(score(file, rows), model, rows)
    with pytest.raises(UnsupportedFormat, match=r"does not keep missing=-1\.0"):
        save_model(model, tmp_path, "xgboost")

    class Doubled(xgboost.XGBRegressor):
        def predict(self, X, **options):
            return 2 * super().predict(X, **options)

    assert not format_named("xgboost").recognises(Doubled())


# --- LightGBM -------------------------------------------------------------------------------


@pytest.mark.parametrize("task", TASKS)
def test_lightgbm_estimators(task, table, targets, tmp_path):
    options = {"n_estimators": 12, "n_jobs": 1, "verbose": -1, "min_child_samples": 5}
    make = lightgbm.LGBMRegressor if task == "regression" else lightgbm.LGBMClassifier
    model = make(**options).fit(table, targets[task])
    kind, file = save_model(model, tmp_path)
    assert (kind.name, file.name) == ("lightgbm", "model.txt")
    agrees(score(file, table), model, table)
    odd = table.head(3).assign(city=pd.Categorical(["Oslo", "Paris", None]))
    agrees(score(file, odd, like=table), model, odd)  # one it never saw is missing
    described = kind.load(file).describe()
    assert (described.target_type, described.feature_names) == (task, tuple(table.columns))


@pytest.mark.parametrize("objective", ["binary", "multiclassova", "l2"])
def test_lightgbm_boosters_of_matrices(objective, table, targets, tmp_path):
    task = {"b": "binary", "m": "multiclass", "l": "regression"}[objective[0]]
    numbers = table[["income", "age"]].to_numpy()
    parameters = {"objective": objective, "verbose": -1, "num_threads": 1}
    if task == "multiclass":
        parameters["num_class"] = 3
    data = lightgbm.Dataset(numbers, targets[task], categorical_feature=[1])
    booster = lightgbm.train(parameters, data, 8)
    _, file = save_model(booster, tmp_path)
    scores = score(file, table[["income", "age"]])
    expected = booster.predict(numbers)
    if task == "regression":
        np.testing.assert_allclose(scores.values, expected, **CLOSE)
    else:
        got = scores.probabilities
        np.testing.assert_allclose(got[:, 1] if task == "binary" else got, expected, **CLOSE)
    predictor = format_named("lightgbm").load(file)
    assert infer_signature(None, predictor).names == ["x0", "x1"]


def test_lightgbm_labels_that_its_file_does_not_keep(table, targets, tmp_path):
    labels = np.array(["no", "yes"])[targets["binary"]]
    model = lightgbm.LGBMClassifier(n_estimators=5, n_jobs=1, verbose=-1).fit(table, labels)
    kind, file = save_model(model, tmp_path)
    assert kind.name == "skops"  # which has them
    assert kind.load(file).describe().class_labels == ("no", "yes")
    with pytest.raises(UnsupportedFormat, match="does not keep the class labels"):
        save_model(model, tmp_path, "lightgbm")
    # a booster's classes get the data's labels in their order, or those that are said
    file.unlink()
    file = tmp_path / "booster.txt"
    model.booster_.save_model(file)
    data = tmp_path / "data.csv"
    plain(table).assign(left=labels).to_csv(data, index=False)
    found = inspect(Asked(model=tmp_path / "booster.txt", holdout=data), lambda *_: None)
    assert found.package["class_labels"] == ["no", "yes"]
    assert found.package["format"] == "lightgbm"
    assert found.package["baseline"]["metrics"]["auc"]["value"] > 0.9
    said = Target.make("left", "binary", ["stays", "leaves"], positive_class="stays")
    scores = score(file, table, said).probabilities
    np.testing.assert_allclose(scores, model.predict_proba(table), **CLOSE)
    with pytest.raises(ModelFailed, match="predicts 2 classes, the target 'y' has 3"):
        score(file, table, Target.make("y", "multiclass", ["a", "b", "c"]))


def test_numbered_classes_and_data_that_lacks_one(table, targets, tmp_path):
    model = lightgbm.LGBMClassifier(n_estimators=5, n_jobs=1, verbose=-1)
    _, file = save_model(model.fit(table, targets["multiclass"]), tmp_path)
    few = plain(table).assign(y=targets["multiclass"])
    few[few.y < 2].to_csv(tmp_path / "few.csv", index=False)
    found = inspect(Asked(model=file, holdout=tmp_path / "few.csv"), lambda *_: None)
    assert found.package["class_labels"] == ["0", "1", "2"]
    named = few[few.y < 2].assign(y=few.y.map({0: "low", 1: "high"}))
    named.to_csv(tmp_path / "named.csv", index=False)
    found = inspect(Asked(model=file, holdout=tmp_path / "named.csv"), lambda *_: None)
    assert "in the order in which the model numbers them" in found.missing["class_labels"]
    with pytest.raises(InvalidInput, match="two"):
        infer_target(format_named("lightgbm").load(file), "y", type="binary")


# --- CatBoost -------------------------------------------------------------------------------


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("named", [True, False])
def test_catboost(task, named, table, targets, tmp_path):
    catboost = pytest.importorskip("catboost")
    options = {"iterations": 12, "thread_count": 1, "verbose": False, "allow_writing_files": False}
    rows = table.assign(city=table.city.astype(object).fillna("nowhere"), member=table.member * 1)
    labels = targets[task]
    if task == "multiclass":
        labels = np.array(["low", "middle", "high"])[labels]
    make = catboost.CatBoostRegressor if task == "regression" else catboost.CatBoostClassifier
    if not named:
        rows = rows[["income", "age"]]
    model = make(**options, cat_features=["city"] if named else None)
    model.fit(rows if named else rows.to_numpy(), labels)
    kind, file = save_model(model, tmp_path)
    assert (kind.name, file.name) == ("catboost", "model.cbm")
    agrees(score(file, rows), model, rows)
    described = kind.load(file).describe()
    assert described.target_type == task
    assert described.feature_names == (tuple(rows.columns) if named else None)
    if task == "multiclass":
        assert described.class_labels == ("high", "low", "middle")
    if named:
        columns = infer_signature(None, kind.load(file)).columns
        assert [(c.dtype, c.nullable) for c in columns][-1] == (Dtype.STRING, False)


# --- all ------------------------------------------------------------------------------------


def test_columns_that_do_not_fit_are_refused(table, targets, tmp_path):
    model = lightgbm.LGBMRegressor(n_estimators=3, verbose=-1)
    rows = table[["age", "income"]]
    _, file = save_model(model.fit(rows, targets["regression"]), tmp_path)
    target = Target.make("y", "regression")
    predictor = format_named("lightgbm").load(file)
    with pytest.raises(ModelFailed, match="columns the signature lacks: income"):
        Scorer(predictor, infer_signature(table[["age"]]), target)
    with pytest.raises(ModelFailed, match="number in the column 'income', the signature says str"):
        Scorer(predictor, infer_signature(rows.assign(income="much")), target)


def test_boosters_in_pickles_are_models_too(table, targets, tmp_path):
    rows = table[["age", "income"]]
    data = xgboost.DMatrix(rows, targets["regression"])
    booster = xgboost.train({"nthread": 1}, data, 5)
    (tmp_path / "m.pkl").write_bytes(pickle.dumps(booster))
    scores = score(tmp_path / "m.pkl", rows)
    np.testing.assert_allclose(scores.values, booster.predict(data), rtol=1e-6)

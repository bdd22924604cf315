"""Plain functions and classes, and results of statsmodels: whatever a pickle may hold."""

from __future__ import annotations

import importlib
import sys

import numpy as np
import pandas as pd
import pytest

from jupyter_registry.domain.errors import ModelFailed, UnsupportedFormat
from jupyter_registry.domain.frames import conform
from jupyter_registry.domain.target import Target
from jupyter_registry.formats import find_model, save_model
from jupyter_registry.formats.infer import columns_of, infer_signature, infer_target
from jupyter_registry.formats.scoring import Scorer

N = 90
REGRESSION = Target.make("y", "regression")
BINARY = Target.make("y", "binary", ["no", "yes"])
THREE = Target.make("y", "multiclass", ["a", "b", "c"])


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(11)
    return pd.DataFrame(
        {
            "a": rng.normal(size=N),
            "b": rng.normal(size=N),
            "my city": rng.choice(["Oslo", "Bergen", "Bodø"], N),
        }
    )


def score(model, table, folder, target=None):
    """Saved, found, loaded, asked."""
    kind, file = save_model(model, folder)
    assert find_model(folder) == (kind, file)
    predictor = kind.load(file)
    signature = infer_signature(table, predictor)
    scorer = Scorer(predictor, signature, target or infer_target(predictor, "y"))
    return scorer.score(conform(signature, columns_of(table), len(table)))


class Threshold:
    """A class of the user's own, with nothing but predict."""

    def __init__(self, at=0.0):
        self.at = at

    def predict(self, table):
        return np.where(table["a"] > self.at, "yes", "no")


class Odds(Threshold):
    """One that tells probabilities, too."""

    def predict_proba(self, table):
        positive = np.where(table["a"] > self.at, 0.75, 0.5)
        return np.column_stack([1.0 - positive, positive])


@pytest.fixture(autouse=True, scope="module")
def _as_in_a_notebook():
    import cloudpickle

    cloudpickle.register_pickle_by_value(sys.modules[__name__])


@pytest.mark.parametrize(
    ("answer", "target", "expected"),
    [
        (lambda t: t["a"] * 2, REGRESSION, lambda t: t.a * 2),
        (lambda t: (t[["a"]] * 2).to_numpy(), REGRESSION, lambda t: t.a * 2),
        (lambda t: np.where(t["a"] > 0, 0.9, 0.25), BINARY, lambda t: np.where(t.a > 0, 0.9, 0.25)),
        (lambda t: ["yes" if a > 0 else "no" for a in t["a"]], BINARY, lambda t: t.a > 0),
        (lambda t: pd.DataFrame({"yes": t["a"] > 0, "no": t["a"] <= 0}), BINARY, lambda t: t.a > 0),
        (Threshold(), BINARY, lambda t: t.a > 0),
        (Threshold, BINARY, lambda t: t.a > 0),
        (Odds(), BINARY, lambda t: np.where(t.a > 0, 0.75, 0.5)),
        (Odds, BINARY, lambda t: np.where(t.a > 0, 0.75, 0.5)),
    ],
)
def test_functions_and_classes(answer, target, expected, table, tmp_path):
    scores = score(answer, table, tmp_path, target)
    got = scores.values if scores.probabilities is None else scores.probabilities[:, 1]
    np.testing.assert_allclose(got, expected(table))


def test_labels_of_several_classes_and_of_numbers(table, tmp_path):
    cut = [-0.5, 0.5]
    labels = score(lambda t: np.array(["a", "b", "c"])[np.digitize(t["a"], cut)], table, tmp_path,
                   THREE).labels  # fmt: skip
    assert labels.tolist() == np.digitize(table.a, cut).tolist()
    numbers = Target.make("y", "binary", [0, 1], positive_class=0)
    whole = score(lambda t: (t["a"] > 0).astype(int), table, tmp_path, numbers).probabilities
    assert (whole[:, 1] == (table.a > 0)).all()
    fractions = score(lambda t: t["a"] * 0 + 1.0, table, tmp_path, numbers).probabilities
    assert (fractions[:, 0] == 1.0).all()  # the probability of the positive class


@pytest.mark.parametrize(
    ("answer", "target", "told"),
    [
        (lambda t: None, REGRESSION, "returned None; expected was a DataFrame of 90 rows"),
        (lambda t: t["a"].head(3), REGRESSION, "of shape (3,)"),
        (lambda t: ["maybe"] * len(t), BINARY, "'maybe', which is no class"),
        (lambda t: t["a"] * 0 + 7.0, BINARY, "outside 0 to 1"),
    ],
)
def test_what_is_no_prediction_is_told(answer, target, told, table, tmp_path):
    with pytest.raises(ModelFailed) as refused:
        score(answer, table, tmp_path, target)
    assert told in str(refused.value)


def test_a_function_of_a_file_beside_the_notebook_goes_whole_into_its_pickle(
    table, tmp_path, monkeypatch
):
    beside = tmp_path / "beside"
    beside.mkdir()
    (beside / "my_scoring.py").write_text(
        "FACTOR = 3\n\ndef predict(t):\n    return t.a * FACTOR\n"
    )
    monkeypatch.syspath_prepend(str(beside))
    function = importlib.import_module("my_scoring").predict
    (tmp_path / "kept").mkdir()
    kind, file = save_model(function, tmp_path / "kept")
    del sys.modules["my_scoring"]
    monkeypatch.setattr(sys, "path", [path for path in sys.path if path != str(beside)])
    signature = infer_signature(table)
    scorer = Scorer(kind.load(file), signature, REGRESSION)
    got = scorer.score(conform(signature, columns_of(table), N)).values
    np.testing.assert_allclose(got, table.a * 3)


def test_what_is_neither_function_nor_fitted_is_refused(tmp_path):
    from sklearn.linear_model import LinearRegression

    class NeedsMore:
        def __init__(self, path):
            pass

        def predict(self, table):
            return table

    for thing in (LinearRegression, int, [], "text"):
        with pytest.raises(UnsupportedFormat):
            save_model(thing, tmp_path)
    kind, file = save_model(NeedsMore, tmp_path)
    with pytest.raises(ModelFailed, match="made without arguments"):
        kind.load(file)


# --- statsmodels ----------------------------------------------------------------------------

sm = pytest.importorskip("statsmodels.api")


def test_statsmodels_arrays(table, tmp_path):
    inputs = table[["a", "b"]]
    rng = np.random.default_rng(1)
    y = inputs.a * 2 + rng.normal(size=N)
    with_constant = sm.add_constant(inputs)
    fits = {
        "regression": [
            sm.OLS(y, with_constant).fit(),
            sm.OLS(y, inputs).fit(),
            sm.RLM(y, sm.add_constant(inputs, prepend=False)).fit(),
            sm.GLM(y.abs().round(), with_constant, family=sm.families.Poisson()).fit(),
        ],
        "binary": [
            sm.Logit((y > 0) * 1, with_constant).fit(disp=0),
            sm.GLM((y > 0) * 1, with_constant, family=sm.families.Binomial()).fit(),
        ],
        "multiclass": [
            sm.MNLogit(pd.qcut(y, 3, labels=["l", "m", "h"]), with_constant).fit(disp=0),
        ],
    }
    for task, results in fits.items():
        for result in results:
            scores = score(result, inputs, tmp_path)  # the constant is not asked for
            expected = np.asarray(result.predict(result.model.exog))
            if task == "regression":
                np.testing.assert_allclose(scores.values, expected, rtol=1e-9)
            elif task == "binary":
                np.testing.assert_allclose(scores.probabilities[:, 1], expected, rtol=1e-9)
            else:
                np.testing.assert_allclose(scores.probabilities, expected, rtol=1e-9)
    kind, file = save_model(fits["multiclass"][0], tmp_path)
    described = kind.load(file).describe()
    assert described.class_labels == ("l", "m", "h")
    assert (described.framework, described.feature_names) == ("statsmodels", ("a", "b"))
    matrix = sm.OLS(y.to_numpy(), with_constant.to_numpy()).fit()
    scores = score(matrix, inputs, tmp_path)  # whose columns have no names
    np.testing.assert_allclose(scores.values, matrix.predict(with_constant.to_numpy()))


def test_statsmodels_ordered_and_formulas(table, tmp_path):
    import statsmodels.formula.api as smf
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    y = table.a + np.random.default_rng(1).normal(size=N)
    ordered = OrderedModel(pd.qcut(y, 3, labels=["l", "m", "h"]), table[["a", "b"]])
    ordered = ordered.fit(disp=0, method="bfgs")
    scores = score(ordered, table[["b", "a"]], tmp_path)
    np.testing.assert_allclose(scores.probabilities, ordered.predict(table[["a", "b"]]), rtol=1e-9)
    data = table.assign(y=y, z=(y > 0) * 1, unused=1.0)
    formula = smf.ols('y ~ np.log(a**2) + C(Q("my city")) + a:b', data).fit()
    scores = score(formula, data.drop(columns="y"), tmp_path)
    np.testing.assert_allclose(scores.values, formula.predict(table), rtol=1e-9)
    kind, file = save_model(smf.logit('z ~ a + Q("my city")', data).fit(disp=0), tmp_path)
    signature = infer_signature(None, kind.load(file))
    assert [(c.name, c.dtype.value) for c in signature.columns] == [
        ("a", "number"), ("my city", "string"),
    ]  # fmt: skip


def test_a_time_series_is_told_to_score_no_rows(tmp_path):
    result = sm.tsa.AutoReg(np.arange(30.0) + np.random.default_rng(0).normal(size=30), 1).fit()
    kind, file = save_model(result, tmp_path)
    with pytest.raises(ModelFailed, match="AutoReg forecasts a time series"):
        kind.load(file)

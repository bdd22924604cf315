"""Every saved scikit-learn model predicts what the library predicts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor, make_column_transformer
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    VotingRegressor,
)
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge, SGDClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier

from jupyter_registry.domain.errors import ModelFailed, UnsupportedFormat
from jupyter_registry.domain.frames import conform
from jupyter_registry.domain.signature import Column, Dtype, Signature
from jupyter_registry.domain.target import Target
from jupyter_registry.formats import find_model, format_named, save_model
from jupyter_registry.formats.infer import columns_of, infer_signature, infer_target
from jupyter_registry.formats.scoring import Scorer

N = 240


@pytest.fixture(scope="module")
def numbers():
    rng = np.random.default_rng(5)
    table = pd.DataFrame(rng.normal(size=(N, 5)), columns=list("abcde"))
    return table, table.a + 0.5 * table.b + 0.1 * rng.normal(size=N)


@pytest.fixture(scope="module")
def mixed():
    """Numbers, integers, booleans, texts and times, with gaps."""
    rng = np.random.default_rng(6)
    table = pd.DataFrame(
        {
            "age": rng.integers(18, 90, N),
            "income": np.where(rng.random(N) < 0.1, np.nan, rng.normal(3e4, 1e4, N)),
            "member": rng.random(N) < 0.5,
            "city": rng.choice(["Oslo", "Bergen", None], N),
            "when": pd.date_range("2024-01-01", periods=N, freq="7h"),
        }
    )
    return table, (table.age + 30 * table.member + rng.normal(0, 5, N)) > 70


def scorer_of(model, table, tmp_path, name=None, target=None):
    """Save, find again by content, load, and bind."""
    _, file = save_model(model, tmp_path, name)
    kind, found = find_model(tmp_path)
    assert found == file
    predictor = kind.load(found)
    signature = infer_signature(table, predictor)
    return Scorer(predictor, signature, target or infer_target(predictor, "y")), signature


def score(scorer, signature, table):
    return scorer.score(conform(signature, columns_of(table), len(table)))


CLASSIFIERS = [
    make_pipeline(StandardScaler(), LogisticRegression()),
    DecisionTreeClassifier(max_depth=4),
    RandomForestClassifier(30, n_jobs=2, random_state=0),
    ExtraTreesClassifier(20, random_state=0),
    make_pipeline(StandardScaler(), RandomForestClassifier(20, random_state=0)),
    HistGradientBoostingClassifier(max_iter=20),
    GradientBoostingClassifier(n_estimators=10),
    KNeighborsClassifier(n_jobs=2),
    GaussianNB(),
    SVC(probability=False),
    MLPClassifier((5,), max_iter=50),
    CalibratedClassifierCV(LinearSVC()),
    StackingClassifier([("t", DecisionTreeClassifier()), ("n", GaussianNB())]),
    SGDClassifier(),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["skops", "joblib", "pickle"])
@pytest.mark.parametrize("model", CLASSIFIERS, ids=lambda model: type(model).__name__)
@pytest.mark.parametrize("classes", [2, 3])
def test_classifiers_agree_with_the_library(model, classes, name, numbers, tmp_path):
    table, values = numbers
    labels = pd.qcut(values, classes, labels=False).to_numpy()
    model.fit(table, labels)
    scorer, signature = scorer_of(model, table, tmp_path, name)
    for rows in (table, table[7:8]):
        scores = score(scorer, signature, rows)
        if hasattr(model, "predict_proba"):
            expected = model.predict_proba(rows)
        else:
            expected = np.eye(classes)[model.predict(rows)]
        np.testing.assert_allclose(scores.probabilities, expected, rtol=1e-9, atol=1e-12)
        np.testing.assert_array_equal(scores.labels, expected.argmax(axis=1))
        assert scores.values is None


REGRESSORS = [
    LinearRegression(),
    RandomForestRegressor(30, random_state=0),
    make_pipeline(StandardScaler(), ExtraTreesRegressor(20, random_state=0)),
    HistGradientBoostingRegressor(max_iter=20),
    TransformedTargetRegressor(Ridge(), func=np.arcsinh, inverse_func=np.sinh),
    VotingRegressor([("r", Ridge()), ("l", LinearRegression())]),
]


@pytest.mark.parametrize("model", REGRESSORS, ids=lambda model: type(model).__name__)
@pytest.mark.parametrize("named", [True, False])
def test_regressors_agree_with_the_library(model, named, numbers, tmp_path):
    table, values = numbers
    model.fit(table if named else table.to_numpy(), values)
    scorer, signature = scorer_of(model, table, tmp_path)
    scores = score(scorer, signature, table)
    expected = model.predict(table if named else table.to_numpy())
    np.testing.assert_allclose(scores.values, expected, rtol=1e-9)
    assert scores.probabilities is None


def transformer():
    return make_column_transformer(
        (SimpleImputer(), ["age", "income"]),
        (OneHotEncoder(handle_unknown="ignore"), ["city", "member"]),
        (FunctionTransformer(hour), ["when"]),
    )


def hour(times):
    return times.apply(lambda column: column.dt.hour)


def test_columns_of_every_dtype_through_a_column_transformer(mixed, tmp_path):
    table, late = mixed
    model = make_pipeline(transformer(), LogisticRegression(max_iter=2000)).fit(table, late)
    scorer = Scorer(
        format_named("pickle").wrap(model),
        infer_signature(table),
        Target.make("late", "binary", [False, True]),
    )
    signature = infer_signature(table)
    assert [column.dtype for column in signature.columns] == [
        Dtype.INTEGER,
        Dtype.NUMBER,
        Dtype.BOOLEAN,
        Dtype.STRING,
        Dtype.DATETIME,
    ]
    assert [column.nullable for column in signature.columns] == [False, True, False, True, False]
    for rows in (table, table[3:4], table[table.city.isna()]):
        scores = score(scorer, signature, rows)
        np.testing.assert_allclose(
            scores.probabilities, model.predict_proba(rows), rtol=1e-9, atol=1e-12
        )


@pytest.mark.parametrize("gap", [None, np.nan])
def test_missing_texts_are_given_as_the_model_met_them(gap, tmp_path):
    cities = np.array(["Oslo", "Bergen", gap] * 40, dtype=object)
    table = pd.DataFrame({"city": pd.Series(cities, dtype=object), "n": np.arange(120.0)})
    late = np.array([0, 1, 1] * 40)
    model = make_pipeline(
        ColumnTransformer([("c", OneHotEncoder(), ["city"]), ("n", StandardScaler(), ["n"])]),
        LogisticRegression(),
    ).fit(table, late)
    scorer, signature = scorer_of(model, table, tmp_path)
    np.testing.assert_allclose(
        score(scorer, signature, table[:9]).probabilities, model.predict_proba(table[:9]), rtol=1e-9
    )


def test_pandas_categories_of_a_boosting(numbers, tmp_path):
    table, values = numbers
    table = table.assign(kind=pd.Categorical(np.where(table.c > 0, "up", "down")))
    model = HistGradientBoostingRegressor(max_iter=30).fit(table, values)
    scorer, signature = scorer_of(model, table, tmp_path)
    np.testing.assert_allclose(
        score(scorer, signature, table).values, model.predict(table), rtol=1e-9
    )


def test_texts_go_to_a_vectoriser(tmp_path):
    texts = ["good fine", "bad poor", "fine good good", "poor bad"] * 10
    model = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(texts, [1, 0, 1, 0] * 10)
    table = pd.DataFrame({"text": texts})
    scorer, signature = scorer_of(model, table, tmp_path)
    np.testing.assert_allclose(
        score(scorer, signature, table).probabilities, model.predict_proba(texts), rtol=1e-9
    )


@pytest.mark.parametrize(
    ("labels", "texts"),
    [
        ([False, True], ("False", "True")),
        ([0, 1], ("0", "1")),
        ([0.0, 1.0], ("0", "1")),
        (["no", "yes"], ("no", "yes")),
        ([3, 1, 2], ("1", "2", "3")),
        (["z", "m", "a"], ("a", "m", "z")),
    ],
)
@pytest.mark.parametrize("model", [LogisticRegression(), LinearSVC()], ids=str)
def test_class_labels_in_the_order_of_the_target(model, labels, texts, numbers, tmp_path):
    table, values = numbers
    cut = pd.qcut(values, len(labels), labels=False).to_numpy()
    model.fit(table, np.array(labels)[cut])
    described = format_named("skops").wrap(model).describe()
    assert described.class_labels == texts
    kind = "binary" if len(labels) == 2 else "multiclass"
    turned = Target.make("y", kind, list(reversed(labels)))
    scorer, signature = scorer_of(model, table, tmp_path, target=turned)
    scores = score(scorer, signature, table)
    order = [texts.index(label) for label in turned.class_labels]
    predicted = [texts[order[i]] for i in scores.labels]
    own = [list(texts)[list(model.classes_).index(label)] for label in model.predict(table)]
    assert predicted == own
    if hasattr(model, "predict_proba"):
        np.testing.assert_allclose(
            scores.probabilities, model.predict_proba(table)[:, order], rtol=1e-9
        )


def test_a_class_the_model_never_saw_has_probability_zero(numbers, tmp_path):
    table, values = numbers
    model = LogisticRegression().fit(table, np.where(values > 0, "c", "a"))
    target = Target.make("y", "multiclass", ["a", "b", "c"])
    scorer, signature = scorer_of(model, table, tmp_path, target=target)
    scores = score(scorer, signature, table)
    assert (scores.probabilities[:, 1] == 0).all()
    np.testing.assert_allclose(
        scores.probabilities[:, [0, 2]], model.predict_proba(table), rtol=1e-9
    )


@pytest.mark.parametrize(
    ("target", "word"),
    [
        (Target.make("y", "regression"), "binary"),
        (Target.make("y", "binary", ["no", "yes"]), "class"),
    ],
)
def test_a_target_that_is_not_the_models_is_refused(target, word, numbers, tmp_path):
    table, values = numbers
    model = LogisticRegression().fit(table, values > 0)
    with pytest.raises(ModelFailed, match=word):
        scorer_of(model, table, tmp_path, target=target)


def test_a_signature_that_is_not_the_models_is_refused(numbers):
    table, values = numbers
    named = format_named("skops").wrap(LinearRegression().fit(table, values))
    bare = format_named("skops").wrap(LinearRegression().fit(table.to_numpy(), values))
    short = Signature(tuple(Column(name, Dtype.NUMBER) for name in "abc"))
    target = Target.make("y", "regression")
    with pytest.raises(ModelFailed, match="d, e") as caught:
        Scorer(named, short, target)
    assert caught.value.fields["missing"] == ["d", "e"]
    with pytest.raises(ModelFailed, match="5 columns"):
        Scorer(bare, short, target)


def test_columns_in_another_order_reach_the_model_in_its_own(numbers):
    table, values = numbers
    model = make_pipeline(StandardScaler(), LinearRegression()).fit(table, values)
    signature = Signature(tuple(Column(name, Dtype.NUMBER) for name in ["x", *"edcba"]))
    scorer = Scorer(format_named("skops").wrap(model), signature, Target.make("y", "regression"))
    scores = score(scorer, signature, table.assign(x=1.0)[["x", *"edcba"]])
    np.testing.assert_allclose(scores.values, model.predict(table), rtol=1e-9)


def test_output_set_to_pandas_still_gets_names(numbers, tmp_path):
    table, values = numbers
    model = make_pipeline(StandardScaler(), LinearRegression()).set_output(transform="pandas")
    model.fit(table, values)
    scorer, signature = scorer_of(model, table, tmp_path, "joblib")
    np.testing.assert_allclose(score(scorer, signature, table).values, model.predict(table))


def test_a_model_of_several_targets_is_refused(numbers):
    table, values = numbers
    both = np.column_stack([values > 0, values > 1])
    predictor = format_named("joblib").wrap(RandomForestClassifier(5).fit(table, both))
    with pytest.raises(ModelFailed, match="2 targets"):
        predictor.describe()
    regressor = format_named("joblib").wrap(
        LinearRegression().fit(table, np.column_stack([values, values]))
    )
    scorer = Scorer(regressor, infer_signature(table), Target.make("y", "regression"))
    with pytest.raises(ModelFailed, match="shape"):
        score(scorer, infer_signature(table), table)


def test_code_of_a_notebook_travels_in_a_pickle(tmp_path):
    namespace = {"__name__": "__main__"}
    exec(
        "from sklearn.base import BaseEstimator, RegressorMixin\n"
        "class Twice(RegressorMixin, BaseEstimator):\n"
        "    def fit(self, X, y):\n        return self\n"
        "    def predict(self, X):\n        return 2.0 * X['a'].to_numpy()\n",
        namespace,
    )
    kind, file = save_model(namespace["Twice"]().fit(None, None), tmp_path)
    assert (kind.name, file.name) == ("pickle", "model.pkl")
    assert [found.name for found in tmp_path.iterdir()] == ["model.pkl"]
    table = pd.DataFrame({"a": [1.0, 2.5]})
    signature = infer_signature(table)
    scorer = Scorer(kind.load(file), signature, Target.make("y", "regression"))
    assert score(scorer, signature, table).values.tolist() == [2.0, 5.0]


def test_untrusted_types_in_skops_are_named(tmp_path, numbers):
    table, values = numbers

    class Own(LinearRegression):
        pass

    model = Own().fit(table, values)
    with pytest.raises(UnsupportedFormat, match="Own"):
        save_model(model, tmp_path, "skops")
    assert not list(tmp_path.iterdir())
    skops.io.dump(model, tmp_path / "model.skops")
    with pytest.raises(ModelFailed, match="Own") as caught:
        format_named("skops").load(tmp_path / "model.skops")
    assert len(caught.value.fields["untrusted"]) == 1


def test_wrapping_does_not_change_the_users_model(numbers):
    table, values = numbers
    model = RandomForestRegressor(5, n_jobs=2).fit(table, values)
    predictor = format_named("joblib").wrap(model)
    predictor.prepare(infer_signature(table))
    assert model.n_jobs == 2
    predictor.limit_threads()
    assert model.n_jobs == 1


@pytest.mark.parametrize("kind", [RandomForestClassifier, ExtraTreesRegressor])
def test_forests_take_gaps_as_the_library_does(kind, numbers):
    table, values = numbers
    gaps = table.mask(np.random.default_rng(1).random(table.shape) < 0.2)
    labels = values > 0 if kind is RandomForestClassifier else values
    model = kind(25, random_state=0).fit(gaps, labels)
    signature = infer_signature(gaps)
    predictor = format_named("joblib").wrap(model)
    scorer = Scorer(predictor, signature, infer_target(predictor, "y"))
    assert predictor._quick is not None
    scores = score(scorer, signature, gaps)
    if kind is RandomForestClassifier:
        np.testing.assert_array_equal(scores.probabilities, model.predict_proba(gaps))
    else:
        np.testing.assert_array_equal(scores.values, model.predict(gaps))


@pytest.mark.parametrize("classes", [0, 2, 3])
@pytest.mark.parametrize("scaled", [False, True])
def test_linear_models_answer_quickly_what_the_library_answers(classes, scaled, numbers):
    table, values = numbers
    table = 5 + 3 * table
    wanted = values if not classes else pd.qcut(values, classes, labels=False)
    final = LogisticRegression() if classes else Ridge()
    model = make_pipeline(StandardScaler(), final) if scaled else final
    model.fit(table, wanted)
    signature = infer_signature(table)
    predictor = format_named("joblib").wrap(model)
    scorer = Scorer(predictor, signature, infer_target(predictor, "y"))
    assert predictor._quick is not None
    for n in (1, 2, 5, 33, len(table)):
        rows = table[:n]
        scores = score(scorer, signature, rows)
        if classes:
            np.testing.assert_array_equal(scores.probabilities, model.predict_proba(rows))
        else:
            np.testing.assert_array_equal(scores.values, model.predict(rows))


def test_a_model_that_cannot_take_gaps_still_refuses_them():
    table = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0]})
    model = make_pipeline(StandardScaler(), LinearRegression()).fit(table, table.a)
    signature = Signature((Column("a", Dtype.NUMBER, True),))
    scorer = Scorer(format_named("skops").wrap(model), signature, Target.make("y", "regression"))
    with pytest.raises(ValueError, match="NaN"):
        score(scorer, signature, pd.DataFrame({"a": [1.0, np.nan]}))

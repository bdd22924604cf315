"""The baseline: holdout metrics as scikit-learn's, histograms that add up."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from jupyter_registry.domain.baseline import (
    BINS,
    CATEGORIES,
    compute_baseline,
    encode_outcomes,
    histogram,
    holdout_metrics,
    predicted_labels,
)
from jupyter_registry.domain.errors import InvalidInput
from jupyter_registry.domain.signature import Column, Dtype, Signature
from jupyter_registry.domain.target import Target

LEFT = Target.make("left", "binary", ["no", "yes"], threshold=0.3)
PRICE = Target.make("price", "regression")
KIND = Target.make("kind", "multiclass", ["a", "b", "c"])


def values_of(found):
    return {name: item["value"] for name, item in found.items()}


def test_metrics_of_a_binary_holdout_are_exact_at_any_size():
    rng = np.random.default_rng(0)
    p = rng.random(60_000)  # far more distinct scores than a stored sketch keeps
    hit = rng.random(60_000) < p
    outcomes = np.where(hit, "yes", "no").astype(object)
    outcomes[:100] = None
    outcomes[100:110] = "maybe"
    found = holdout_metrics(LEFT, outcomes, values=p)
    y, q = hit[110:], p[110:]
    assert found["auc"]["value"] == pytest.approx(sk.roc_auc_score(y, q), rel=1e-9)
    fpr, tpr, _ = sk.roc_curve(y, q, drop_intermediate=False)
    assert found["ks"]["value"] == pytest.approx(np.max(tpr - fpr), rel=1e-9)
    assert found["accuracy"]["value"] == pytest.approx(sk.accuracy_score(y, q >= 0.3), rel=1e-12)
    assert {item["n"] for item in found.values()} == {len(y)}


def test_rows_the_model_gave_nothing_for_do_not_count():
    y = np.array([1.0, 2.0, 3.0, 4.0])
    found = holdout_metrics(PRICE, y, values=np.array([1.5, np.nan, np.inf, 4.5]))
    assert found["mae"] == {"value": 0.5, "n": 2}
    scores = np.array([0.9, np.nan, 0.1, 0.8])
    found = holdout_metrics(LEFT, ["yes", "no", "no", "yes"], values=scores)
    assert found["auc"] == {"value": 1.0, "n": 3}
    matrix = np.array([[1.0, 0, 0], [np.nan, 0, 0], [0, 0.2, 0.8]])
    found = holdout_metrics(KIND, ["a", "b", "c"], probabilities=matrix)
    assert found["accuracy"] == {"value": 1.0, "n": 2}


def test_metrics_of_numbers_and_of_classes():
    rng = np.random.default_rng(1)
    y, p = rng.normal(size=200), rng.normal(size=200)
    found = values_of(holdout_metrics(PRICE, y.tolist(), values=p))
    assert found["rmse"] == pytest.approx(sk.root_mean_squared_error(y, p), rel=1e-12)
    assert found["r2"] == pytest.approx(sk.r2_score(y, p), rel=1e-12)
    matrix = rng.dirichlet(np.ones(3), 200)
    codes = rng.integers(0, 3, 200)
    labels = np.array(["a", "b", "c"])[codes]
    found = values_of(holdout_metrics(KIND, labels, probabilities=matrix))
    assert found["log_loss"] == pytest.approx(sk.log_loss(codes, matrix), rel=1e-12)
    predicted = matrix.argmax(axis=1)
    assert found["macro_f1"] == pytest.approx(
        sk.f1_score(codes, predicted, average="macro"), rel=1e-12
    )


def test_outcomes_are_told_from_unknown_ones():
    numbers, known = encode_outcomes(PRICE, [1, None, float("inf"), True, "3", np.float32(2.5)])
    assert known.tolist() == [True, False, False, True, False, True]
    assert numbers[known].tolist() == [1.0, 1.0, 2.5]
    target = Target.make("y", "binary", [0, 1])
    codes, known = encode_outcomes(target, [1, 0.0, True, "1", None, np.int64(0), 2])
    assert known.tolist() == [True, True, False, True, False, True, False]
    assert codes[known].tolist() == [1.0, 0.0, 1.0, 0.0]


def test_predicted_labels():
    p = np.array([0.29, 0.3, 0.9])
    assert predicted_labels(LEFT, p, None).tolist() == [0, 1, 1]
    assert predicted_labels(LEFT, p, None, threshold=0.5).tolist() == [0, 0, 1]
    other = Target.make("left", "binary", ["no", "yes"], "no", 0.3)
    assert predicted_labels(other, p, None).tolist() == [1, 0, 0]
    ties = np.array([[0.4, 0.4, 0.2], [0.1, 0.3, 0.6]])
    assert predicted_labels(KIND, None, ties).tolist() == [0, 2]
    assert predicted_labels(PRICE, p, None) is None


@given(st.lists(st.none() | st.floats(allow_infinity=False), max_size=80))
def test_numbers_are_all_in_some_bin(values):
    found = histogram(Dtype.NUMBER, values)
    known = sorted(v for v in values if v is not None and v == v)
    assert found["n"] == len(values)
    assert found["missing"] == len(values) - len(known)
    assert sum(found["counts"]) == len(known)
    if known:
        assert (found["edges"][0], found["edges"][-1]) == (known[0], known[-1])
        assert len(found["counts"]) == len(found["edges"]) - 1 <= BINS
        assert (found["min"], found["max"]) == (known[0], known[-1])
    else:
        assert found["edges"] == []
    json.dumps(found, allow_nan=False)


def test_bins_lie_on_the_quantiles():
    values = np.random.default_rng(2).lognormal(size=10_000)
    found = histogram(Dtype.NUMBER, values)
    assert found["edges"] == pytest.approx(np.quantile(values, np.linspace(0, 1, 11)))
    assert found["counts"] == pytest.approx([1000] * 10, abs=2)
    assert found["mean"] == pytest.approx(values.mean())
    assert found["std"] == pytest.approx(values.std())
    assert histogram(Dtype.INTEGER, np.array([7, 7, 7]))["counts"] == [3]


def test_times_are_seconds_since_1970():
    times = [dt.datetime(2024, 1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=1))), None]
    second = dt.datetime(2024, 1, 1, 0, 0, 10, tzinfo=dt.UTC)
    found = histogram(Dtype.DATETIME, [*times, "2024-01-01T00:00:10Z", second])
    start = dt.datetime(2024, 1, 1, tzinfo=dt.UTC).timestamp()
    assert (found["min"], found["max"]) == (start, start + 10)
    assert (found["n"], found["missing"]) == (4, 1)
    array = np.array(["2024-01-01T00:00:10", "NaT"], "datetime64[ns]")
    assert histogram(Dtype.DATETIME, array)["max"] == start + 10
    with pytest.raises(InvalidInput, match="Row 1"):
        histogram(Dtype.DATETIME, ["2024-01-01", "soon"])


def test_categories_beyond_the_first_are_other():
    values = ["common"] * 9 + [f"c{i:03d}" for i in range(100)] + [None]
    found = histogram(Dtype.STRING, values)
    assert found["categories"][:2] == ["common", "c000"]
    assert len(found["categories"]) == len(found["counts"]) == CATEGORIES
    assert sum(found["counts"]) + found["other"] + found["missing"] == found["n"] == 110
    assert histogram(Dtype.BOOLEAN, [True, False, True])["categories"] == ["True", "False"]


def test_the_whole_baseline():
    rng = np.random.default_rng(3)
    signature = Signature((Column("age", Dtype.INTEGER), Column("city", Dtype.STRING, True)))
    training = {
        "age": rng.integers(18, 90, 50),
        "city": ["Oslo", None] * 25,
        "left": ["yes"] * 20 + ["no"] * 30,
        "unused": range(50),
    }
    holdout = {"age": rng.integers(18, 90, 10), "left": ["yes", "no"] * 5}
    scores = rng.random(10)
    found = compute_baseline(LEFT, signature, training=training, holdout=holdout, values=scores)
    assert found["rows"] == {"training": 50, "holdout": 10}
    assert list(found["features"]) == ["age", "city"]
    assert found["features"]["city"]["missing"] == 25
    assert found["target"]["categories"] == ["no", "yes"]
    assert found["target"]["counts"] == [30, 20]
    assert found["metrics"]["auc"]["value"] == pytest.approx(
        sk.roc_auc_score([1, 0] * 5, scores), rel=1e-12
    )
    json.dumps(found, allow_nan=False)


def test_a_baseline_of_what_there_is():
    signature = Signature((Column("x", Dtype.NUMBER),))
    nothing = compute_baseline(PRICE, signature)
    assert (nothing["metrics"], nothing["features"], nothing["target"]) == ({}, {}, None)
    holdout = {"x": [1.0, 2.0], "price": [3.0, 4.0]}
    only = compute_baseline(PRICE, signature, holdout=holdout)
    assert only["metrics"] == {}
    assert only["features"]["x"]["max"] == 2.0
    assert only["target"]["mean"] == 3.5
    unlabelled = compute_baseline(PRICE, signature, holdout={"x": [1.0]}, values=np.ones(1))
    assert unlabelled["metrics"] == {}

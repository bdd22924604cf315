"""ONNX models: exported from scikit-learn and made by hand."""

from __future__ import annotations

import json

import numpy as np
import onnx
import pandas as pd
import pytest
from onnx import TensorProto, helper
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from jupyter_registry.domain.errors import ModelFailed
from jupyter_registry.domain.frames import conform
from jupyter_registry.domain.kinds import TargetType
from jupyter_registry.domain.signature import Column, Dtype, Signature
from jupyter_registry.domain.target import Target
from jupyter_registry.formats import find_model, format_for, format_named, save_model
from jupyter_registry.formats.infer import columns_of, infer_signature, infer_target
from jupyter_registry.formats.scoring import Scorer


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(3)
    return pd.DataFrame(rng.normal(size=(150, 4)), columns=list("abcd")).astype("float32")


def scored(file, table, target=None):
    predictor = format_named("onnx").load(file)
    signature = infer_signature(table)
    scorer = Scorer(predictor, signature, target or infer_target(predictor, "y"))
    return scorer.score(conform(signature, columns_of(table), len(table)))


@pytest.mark.parametrize("zipmap", [True, False])
@pytest.mark.parametrize("labels", [(0, 1), ("no", "yes"), ("a", "b", "c"), (-1, 5, 7)])
def test_classifiers(labels, zipmap, table, tmp_path):
    cut = pd.qcut(table.a + table.b, len(labels), labels=False).to_numpy()
    model = make_pipeline(StandardScaler(), LogisticRegression())
    model.fit(table.to_numpy(), np.array(labels)[cut])
    proto = to_onnx(model, table.to_numpy()[:1], options={"zipmap": zipmap})
    assert format_for(proto).name == "onnx"
    save_model(proto, tmp_path)
    kind, file = find_model(tmp_path)
    assert kind.name == "onnx"
    described = kind.load(file).describe()
    assert described.class_labels == tuple(map(str, labels))
    assert described.n_features == 4
    scores = scored(file, table)
    np.testing.assert_allclose(
        scores.probabilities, model.predict_proba(table.to_numpy()), atol=1e-5
    )


def test_forest_in_another_class_order(table, tmp_path):
    model = RandomForestClassifier(20, random_state=0).fit(table.to_numpy(), table.a > 0)
    _, file = save_model(to_onnx(model, table.to_numpy()[:1]), tmp_path)
    target = Target.make("y", "binary", ["1", "0"])
    scores = scored(file, table, target)
    np.testing.assert_allclose(
        scores.probabilities, model.predict_proba(table.to_numpy())[:, ::-1], atol=1e-5
    )


def test_regression(table, tmp_path):
    model = LinearRegression().fit(table.to_numpy(), 3 * table.a - table.b)
    _, file = save_model(to_onnx(model, table.to_numpy()[:1]), tmp_path)
    assert format_named("onnx").load(file).describe().target_type is TargetType.REGRESSION
    np.testing.assert_allclose(
        scored(file, table).values, model.predict(table.to_numpy()), atol=1e-5
    )


def test_one_input_per_column(tmp_path):
    rng = np.random.default_rng(4)
    table = pd.DataFrame(
        {
            "x": rng.normal(size=90).astype("float32"),
            "n": rng.integers(0, 9, 90),
            "city": rng.choice(["Oslo", "Bergen"], 90),
        }
    )
    model = make_pipeline(
        make_column_transformer((OneHotEncoder(), ["city"]), (StandardScaler(), ["x", "n"])),
        LogisticRegression(),
    ).fit(table, table.x > 0)
    proto = to_onnx(
        model,
        initial_types=[
            ("x", FloatTensorType([None, 1])),
            ("n", Int64TensorType([None, 1])),
            ("city", StringTensorType([None, 1])),
        ],
    )
    _, file = save_model(proto, tmp_path)
    predictor = format_named("onnx").load(file)
    assert infer_signature(None, predictor) == Signature(
        (Column("x", Dtype.NUMBER), Column("n", Dtype.INTEGER), Column("city", Dtype.STRING))
    )
    scores = scored(file, table[["city", "x", "n"]], Target.make("y", "binary", [0, 1]))
    np.testing.assert_allclose(scores.probabilities, model.predict_proba(table), atol=1e-5)
    short = Signature((Column("x", Dtype.NUMBER),))
    with pytest.raises(ModelFailed, match="n, city"):
        Scorer(predictor, short, Target.make("y", "binary", [0, 1]))


def logistic_by_hand(labels=None):
    """``sigmoid(x @ w)`` with one output column, as deep learning libraries export it."""
    weights = helper.make_tensor("w", TensorProto.FLOAT, [2, 1], [1.0, -2.0])
    graph = helper.make_graph(
        [
            helper.make_node("MatMul", ["x", "w"], ["logit"]),
            helper.make_node("Sigmoid", ["logit"], ["p"]),
        ],
        "net",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 2])],
        [helper.make_tensor_value_info("p", TensorProto.FLOAT, ["n", 1])],
        [weights],
    )
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    if labels:
        helper.set_model_props(proto, {"class_labels": json.dumps(labels)})
    onnx.checker.check_model(proto)
    return proto


def test_a_single_column_is_the_positive_class_or_the_value(tmp_path):
    _, file = save_model(logistic_by_hand(), tmp_path)
    table = pd.DataFrame({"one": [0.5, -1.0, 2.0], "two": [0.0, 1.0, 0.25]})
    expected = 1 / (1 + np.exp(-(table.one - 2 * table.two)))
    first = scored(file, table, Target.make("y", "binary", ["yes", "no"], positive_class="yes"))
    np.testing.assert_allclose(first.probabilities[:, 0], expected, atol=1e-5)
    np.testing.assert_allclose(first.probabilities.sum(axis=1), 1.0)
    value = scored(file, table, Target.make("y", "regression"))
    np.testing.assert_allclose(value.values, expected, atol=1e-5)


def test_labels_in_the_metadata(tmp_path):
    _, file = save_model(logistic_by_hand(["no", "yes"]), tmp_path)
    assert format_named("onnx").load(file).describe().class_labels == ("no", "yes")
    table = pd.DataFrame({"one": [0.5, -1.0], "two": [0.0, 1.0]})
    expected = 1 / (1 + np.exp(-(table.one - 2 * table.two)))
    np.testing.assert_allclose(scored(file, table).probabilities[:, 1], expected, atol=1e-5)


def test_a_signature_of_another_width_is_refused(tmp_path):
    _, file = save_model(logistic_by_hand(), tmp_path)
    signature = Signature(tuple(Column(name, Dtype.NUMBER) for name in "abc"))
    with pytest.raises(ModelFailed, match="takes 2 columns"):
        Scorer(format_named("onnx").load(file), signature, Target.make("y", "regression"))


@pytest.mark.parametrize("values", [[1, None], [None, None]])
def test_a_null_is_never_turned_into_some_integer(values, tmp_path):
    graph = helper.make_graph(
        [helper.make_node("Cast", ["n"], ["y"], to=TensorProto.FLOAT)],
        "net",
        [helper.make_tensor_value_info("n", TensorProto.INT64, ["rows", 1])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["rows", 1])],
    )
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    _, file = save_model(proto, tmp_path)
    signature = Signature((Column("n", Dtype.INTEGER, True),))
    scorer = Scorer(format_named("onnx").load(file), signature, Target.make("y", "regression"))
    assert scorer.score(conform(signature, {"n": [3, 4]}, 2)).values.tolist() == [3.0, 4.0]
    with pytest.raises(ValueError, match="int64 takes no null"):
        scorer.score(conform(signature, {"n": values}, 2))


def test_scores_that_are_no_probabilities_are_refused(tmp_path):
    graph = helper.make_graph(
        [helper.make_node("Identity", ["x"], ["margin"])],
        "net",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 1])],
        [helper.make_tensor_value_info("margin", TensorProto.FLOAT, ["n", 1])],
    )
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    _, file = save_model(proto, tmp_path)
    target = Target.make("y", "binary", ["no", "yes"])
    rounded = scored(file, pd.DataFrame({"x": [1.0000001, -1e-7, 0.5]}), target).probabilities
    assert rounded.min() == 0.0
    assert rounded.max() == 1.0
    with pytest.raises(ModelFailed, match="at row 1; these are no probabilities") as refused:
        scored(file, pd.DataFrame({"x": [0.5, 3.5, -2.0]}), target)
    assert refused.value.fields["row"] == 1

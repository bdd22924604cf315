"""Signature and target from a model and a sample."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.cluster import KMeans
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from jupyter_registry.domain.errors import InvalidInput
from jupyter_registry.domain.kinds import TargetType
from jupyter_registry.domain.signature import Column, Dtype
from jupyter_registry.formats import format_named
from jupyter_registry.formats.infer import columns_of, infer_signature, infer_target


@pytest.fixture
def table():
    return pd.DataFrame(
        {
            "y": [0, 1, 1, 0],
            "text": ["a", None, "b", "a"],
            "number": [1.5, 2.0, np.nan, 3.0],
            "flag": [True, False, True, True],
            "kind": pd.Categorical(["u", "v", "u", "u"]),
            "day": pd.to_datetime(["2024-01-01", "2024-01-02", None, "2024-01-03"]),
            "count": pd.array([1, None, 3, 4], dtype="Int64"),
        }
    )


def dtypes(signature):
    return {column.name: (column.dtype.value, column.nullable) for column in signature.columns}


def test_from_a_dataframe(table):
    assert dtypes(infer_signature(table, leave_out=["y"])) == {
        "text": ("string", True),
        "number": ("number", True),
        "flag": ("boolean", False),
        "kind": ("string", False),
        "day": ("datetime", True),
        "count": ("number", True),
    }


def test_from_polars():
    table = pl.DataFrame({"a": [1, 2], "b": ["x", None], "c": [True, False], "d": [0.5, 1.5]})
    assert dtypes(infer_signature(table)) == {
        "a": ("integer", False),
        "b": ("string", True),
        "c": ("boolean", False),
        "d": ("number", False),
    }


def test_from_arrays_and_mappings():
    assert list(columns_of(np.zeros((3, 2)))) == ["x0", "x1"]
    assert dtypes(infer_signature({"a": [1, 2]})) == {"a": ("integer", False)}
    with pytest.raises(InvalidInput, match="no columns"):
        columns_of(np.zeros(3))


def test_the_models_columns_choose_and_order(table):
    model = LinearRegression().fit(table[["flag", "y"]], [1.0, 2.0, 3.0, 4.0])
    predictor = format_named("skops").wrap(model)
    assert infer_signature(table, predictor).names == ["flag", "y"]
    with pytest.raises(InvalidInput, match=r"lacks columns.*flag"):
        infer_signature(table[["y"]], predictor)


def test_from_the_model_alone():
    rows = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [0.0, 1.0, 1.0]})
    named = format_named("skops").wrap(LinearRegression().fit(rows, [1.0, 2.0, 3.0]))
    assert infer_signature(None, named).columns == (
        Column("a", Dtype.NUMBER, True),
        Column("b", Dtype.NUMBER, True),
    )
    bare = format_named("skops").wrap(LinearRegression().fit(rows.to_numpy(), [1.0, 2.0, 3.0]))
    assert infer_signature(None, bare).names == ["x0", "x1"]
    choosy = make_pipeline(
        make_column_transformer((OneHotEncoder(), ["a"])), LinearRegression()
    ).fit(rows, [1.0, 2.0, 3.0])
    assert infer_signature(None, format_named("skops").wrap(choosy)) is None


def test_targets():
    rows = np.arange(12.0).reshape(6, 2)
    wrap = format_named("skops").wrap
    binary = infer_target(wrap(LogisticRegression().fit(rows, [0, 1] * 3)), "late")
    assert (binary.type, binary.class_labels, binary.positive_class) == (
        TargetType.BINARY,
        ("0", "1"),
        "1",
    )
    three = infer_target(wrap(LogisticRegression().fit(rows, [0, 1, 2] * 2)), "kind")
    assert (three.type, three.class_labels) == (TargetType.MULTICLASS, ("0", "1", "2"))
    number = infer_target(wrap(LinearRegression().fit(rows, np.arange(6.0))), "cost")
    assert number.type is TargetType.REGRESSION
    given = infer_target(
        wrap(LogisticRegression().fit(rows, [0, 1] * 3)), "late", positive_class=0, threshold=0.3
    )
    assert (given.positive_class, given.threshold) == ("0", 0.3)
    with pytest.raises(InvalidInput, match="does not say"):
        infer_target(wrap(KMeans(2).fit(rows)), "group")

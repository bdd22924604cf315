"""The parameters of an estimator, as a package keeps them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from jupyter_registry.formats.parameters import parameters


def test_plain_values_stay_and_parts_are_told_by_their_class():
    model = make_pipeline(
        SimpleImputer(missing_values=np.nan),
        FunctionTransformer(np.log1p),
        LogisticRegression(C=np.float64(0.5), max_iter=np.int64(50)),
    )
    found = parameters(model)
    assert found["logisticregression__C"] == 0.5
    assert found["logisticregression__max_iter"] == 50
    assert found["logisticregression"] == "LogisticRegression"
    assert found["functiontransformer__func"] == "log1p"
    assert found["simpleimputer__missing_values"] == "nan"
    assert found["steps"].startswith("[[simpleimputer, SimpleImputer], ")
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_long_values_are_shortened():
    found = parameters(LogisticRegression(class_weight=dict.fromkeys(range(1000), 1)))
    assert len(found["class_weight"]) == 200


def test_of_what_has_none_there_are_none():
    class Broken:
        def get_params(self, deep: bool = True) -> Any:
            raise ValueError("no")

    for model in (None, "model.joblib", LogisticRegression, Broken(), object()):
        assert parameters(model) == {}

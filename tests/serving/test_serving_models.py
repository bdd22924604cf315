"""Models of every format, through a worker: the answers are the library's."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from jupyter_registry.domain.frames import conform
from jupyter_registry.domain.signature import Column, Dtype, Signature
from jupyter_registry.domain.target import Target
from jupyter_registry.formats.infer import infer_signature

N = 300


def hour(table):
    return np.column_stack([table[name].dt.hour for name in table.columns])


@pytest.fixture(scope="module")
def mixed():
    """A table with a column of every dtype, gaps in some, and labels that are booleans."""
    rng = np.random.default_rng(3)
    number = rng.normal(size=N)
    number[::7] = np.nan
    carrier = rng.choice(["AA", "UA", "Ü"], N).astype(object)
    carrier[::11] = None
    when = np.datetime64("2013-01-01") + rng.integers(0, 10**6, N).astype("timedelta64[s]")
    table = pd.DataFrame(
        {
            "number": number,
            "count": rng.integers(0, 9, N),
            "flag": rng.random(N) < 0.5,
            "carrier": carrier,
            "when": when,
        }
    )
    return table, (table["count"] + table["flag"] * 3 > 5).to_numpy()


@pytest.mark.parametrize("format", ["joblib", "skops", "pickle"])
def test_columns_of_every_dtype(format, mixed, make_spec, with_pool):
    table, labels = mixed
    steps = [
        ("numbers", make_pipeline(SimpleImputer(), StandardScaler()), ["number", "count"]),
        ("flags", "passthrough", ["flag"]),
        ("texts", OneHotEncoder(handle_unknown="ignore"), ["carrier"]),
    ]
    if format == "pickle":
        import sys

        import cloudpickle

        cloudpickle.register_pickle_by_value(sys.modules[__name__])
        steps.append(("times", FunctionTransformer(hour), ["when"]))
    model = make_pipeline(ColumnTransformer(steps), LogisticRegression()).fit(table, labels)
    signature = infer_signature(table)
    assert signature is not None
    target = Target.make("late", "binary", [False, True])
    spec = make_spec(model, signature=signature, target=target, format=format)
    columns = {
        name: [None if pd.isna(value) else value for value in table[name].tolist()]
        for name in reversed(table.columns)
    }
    frame = conform(signature, columns, N)

    async def job(pool):
        whole = await pool.predict(spec, frame)
        single = [
            await pool.predict(spec, {name: frame[name][i : i + 1] for name in frame})
            for i in range(25)
        ]
        return whole, single

    whole, single = with_pool(job)
    expected = model.predict_proba(table)
    np.testing.assert_allclose(whole.probabilities, expected, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(
        np.concatenate([one.probabilities for one in single]), expected[:25], rtol=1e-9, atol=1e-12
    )
    assert np.array_equal(whole.labels, model.predict(table).astype(int))


@pytest.mark.parametrize("labels", [[0, 1, 2], ["low", "mid", "high"]])
@pytest.mark.parametrize("format", ["onnx", "joblib"])
def test_classes_come_in_the_order_of_the_target(labels, format, make_spec, with_pool):
    rng = np.random.default_rng(0)
    features = rng.normal(size=(N, 4))
    named = np.array(labels)[np.digitize(features[:, 0], [-0.5, 0.5])]
    model = LogisticRegression().fit(features, named)
    expected = model.predict_proba(features)
    order = [2, 0, 1]
    target = Target.make("level", "multiclass", [model.classes_[i] for i in order])
    saved = model
    if format == "onnx":
        import skl2onnx

        saved = skl2onnx.to_onnx(model, features[:1].astype(np.float32))
    names = [f"x{i}" for i in range(4)]
    signature = Signature(tuple(Column(name, Dtype.NUMBER) for name in names))
    spec = make_spec(saved, signature=signature, target=target, format=format)
    frame = dict(zip(names, features.T, strict=True))
    scores = with_pool(lambda pool: pool.predict(spec, frame))
    tolerance = 1e-5 if format == "onnx" else 1e-9
    np.testing.assert_allclose(scores.probabilities, expected[:, order], atol=tolerance, rtol=0)
    assert [target.class_labels[i] for i in scores.labels] == [
        str(label) for label in model.predict(features)
    ]

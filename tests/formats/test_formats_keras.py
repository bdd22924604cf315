"""Keras models in their own files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import cloudpickle
import numpy as np
import pandas as pd
import pytest

pytest.importorskip("jax")
os.environ.setdefault("KERAS_BACKEND", "jax")
keras = pytest.importorskip("keras")

from jupyter_registry.domain.errors import ModelFailed, UnsupportedFormat  # noqa: E402
from jupyter_registry.domain.frames import conform  # noqa: E402
from jupyter_registry.domain.target import Target  # noqa: E402
from jupyter_registry.formats import find_model, save_model  # noqa: E402
from jupyter_registry.formats.first_bytes import LENGTH, possible_formats  # noqa: E402
from jupyter_registry.formats.infer import columns_of, infer_signature, infer_target  # noqa: E402
from jupyter_registry.formats.scoring import Scorer  # noqa: E402

CLOSE = {"rtol": 0, "atol": 1e-6}


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(6)
    return pd.DataFrame({"a": rng.normal(size=1100), "b": rng.normal(size=1100)})


def score(model, table, folder, target=None):
    kind, file = save_model(model, folder)
    assert (kind.name, file.name) == ("keras", "model.keras")
    assert find_model(folder) == (kind, file)
    assert possible_formats("model.keras", file.read_bytes()[:LENGTH]) == ("keras",)
    predictor = kind.load(file)
    signature = infer_signature(table, predictor)
    scorer = Scorer(predictor, signature, target or infer_target(predictor, "y"))
    scores = [
        scorer.score(conform(signature, columns_of(rows), len(rows))) for rows in (table, table[:1])
    ]
    return scores[0], scores[1]


@pytest.mark.parametrize(
    ("units", "activation", "labels"),
    [(1, "linear", None), (1, "sigmoid", ["0", "1"]), (3, "softmax", ["0", "1", "2"])],
)
def test_one_matrix(units, activation, labels, table, tmp_path):
    model = keras.Sequential(
        [
            keras.layers.Input((2,)),
            keras.layers.Dense(4, activation="relu"),
            keras.layers.Dense(units, activation=activation),
        ]
    )
    rows = table.to_numpy("float32")
    if activation == "sigmoid":
        model.compile(loss="mse", optimizer="adam")
        model.fit(rows[:64], rows[:64, :1] > 0, epochs=1, verbose=0)
    expected = model.predict(rows, verbose=0)
    for scores in score(model, table, tmp_path):
        n = len(scores)
        if labels is None:
            np.testing.assert_allclose(scores.values, expected[:n, 0], **CLOSE)
        elif units == 1:
            np.testing.assert_allclose(scores.probabilities[:, 1], expected[:n, 0], **CLOSE)
        else:
            np.testing.assert_allclose(scores.probabilities, expected[:n], **CLOSE)
    kind, file = find_model(tmp_path)
    predictor = kind.load(file)
    assert infer_target(predictor, "y").class_labels == tuple(labels or ())
    assert infer_signature(None, predictor).names == ["x0", "x1"]


def test_one_input_per_column(table, tmp_path):
    inputs = [keras.Input((1,), name="b"), keras.Input((1,), name="code", dtype="int32")]
    coded = keras.layers.Flatten()(keras.layers.Embedding(5, 2)(inputs[1]))
    hidden = keras.layers.Concatenate()([inputs[0], coded])
    model = keras.Model(inputs, keras.layers.Dense(1)(hidden))
    few = table[:50].assign(code=np.arange(50) % 5)
    scores, _ = score(model, few, tmp_path)
    given = {"b": few[["b"]].to_numpy("float32"), "code": few[["code"]].to_numpy()}
    np.testing.assert_allclose(scores.values, model.predict(given, verbose=0)[:, 0], **CLOSE)
    kind, file = find_model(tmp_path)
    columns = infer_signature(None, kind.load(file)).columns
    assert [(c.name, c.dtype.value) for c in columns] == [("b", "number"), ("code", "integer")]
    with pytest.raises(ModelFailed, match="no columns of the signature: code"):
        Scorer(kind.load(file), infer_signature(table), Target.make("y", "regression"))


def test_code_in_a_file_is_not_run(tmp_path):
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Lambda(lambda x: x[:, :1])])
    with pytest.raises(UnsupportedFormat, match="cannot be saved as keras"):
        save_model(model, tmp_path, "keras")
    model.save(tmp_path / "m.keras")
    with pytest.raises(ModelFailed, match="Keras cannot load the model"):
        find_model(tmp_path)[0].load(tmp_path / "m.keras")


class Doubled(keras.layers.Layer):
    """A layer of one's own, which Keras' pickles have by name alone."""

    def call(self, rows):
        return rows * 2.0


class Derived(keras.Model):
    """A model of one's own."""

    def __init__(self):
        super().__init__()
        self.line = keras.layers.Dense(1)

    def call(self, rows):
        return self.line(rows)


def test_what_no_worker_could_load_is_not_kept(tmp_path):
    own = keras.Sequential([keras.layers.Input((2,)), Doubled(), keras.layers.Dense(1)])
    with pytest.raises(UnsupportedFormat, match=r"saved as keras.* custom\.py that defines your"):
        save_model(own, tmp_path)
    derived = Derived()
    derived(np.zeros((1, 2)))
    with pytest.raises(UnsupportedFormat, match="Derived cannot be saved as pickle"):
        save_model(derived, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_pickled_model_finds_what_keras_computes_with(tmp_path):
    layers = [keras.layers.Input((2,)), keras.layers.Lambda(lambda x: x[:, :1] * 2.0)]
    kind, file = save_model(keras.Sequential(layers), tmp_path)
    assert kind.name == "pickle"
    code = (
        "import sys; from pathlib import Path; from jupyter_registry.formats import format_named; "
        "print(format_named('pickle').load(Path(sys.argv[1])).describe().framework)"
    )
    assert _alone(code, file) == "keras"


def test_another_pickle_changes_nothing_for_its_reader(tmp_path):
    """What a kernel computes with is its user's choice, also where Keras is installed."""
    file = tmp_path / "model.pkl"
    file.write_bytes(cloudpickle.dumps(lambda a: a))
    code = (
        "import os, sys; from pathlib import Path; from jupyter_registry.formats import "
        "format_named; format_named('pickle').load(Path(sys.argv[1])); "
        "print(os.environ.get('KERAS_BACKEND'), 'keras' in sys.modules)"
    )
    assert _alone(code, file) == "None False"


def _alone(code: str, file: Path) -> str:
    """What code prints in a process that has no KERAS_BACKEND; the file is its argument."""
    variables = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    told = subprocess.run(
        [sys.executable, "-c", code, file], env=variables, capture_output=True, text=True
    )
    assert told.returncode == 0, told.stderr
    return told.stdout.strip()

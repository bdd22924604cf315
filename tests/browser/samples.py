"""Data and models for the walks: one of each target type, made alike here and in the kernels."""

from __future__ import annotations

import functools
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:  # a kernel that makes no model need not import it, which takes seconds
    from sklearn.linear_model import LinearRegression, LogisticRegression

#: What a model sees of a visit.
FEATURES = ["age", "income"]
#: A cell that has all of it, and the widgets.
PREPARE = """
from jupyter_registry.notebook.widgets import *
from tests.browser.samples import *
"""


def visits(n: int, seed: int) -> pd.DataFrame:
    """``n`` visits over ten days of March 2025: features, three outcomes, id and time."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame({"age": random.normal(45, 10, n), "income": random.normal(50, 10, n)})
    odds = (frame["age"] - 45) / 10 + (frame["income"] - 50) / 20
    frame["left"] = np.where(random.random(n) < 1 / (1 + np.exp(-odds)), "yes", "no")
    frame["amount"] = 2 * frame["age"] + frame["income"] + random.normal(0, 15, n)
    liking = odds + random.normal(0, 0.5, n)
    frame["choice"] = np.select([liking < -0.5, liking > 0.5], ["bus", "car"], "rail")
    frame["visit"] = [f"v{seed}-{number}" for number in range(n)]
    frame["at"] = pd.date_range("2025-03-03", periods=n, freq=pd.Timedelta(days=10) / n, tz="UTC")
    return frame


def churn_model(strength: float = 1.0) -> LogisticRegression:
    """A binary model; another strength makes another model."""
    from sklearn.linear_model import LogisticRegression

    rows = visits(400, 0)
    return LogisticRegression(C=strength).fit(rows[FEATURES], rows["left"])


def choice_model() -> LogisticRegression:
    """A model of three classes."""
    from sklearn.linear_model import LogisticRegression

    rows = visits(400, 0)
    return LogisticRegression().fit(rows[FEATURES], rows["choice"])


def amount_model() -> LinearRegression:
    """A regression."""
    from sklearn.linear_model import LinearRegression

    rows = visits(400, 0)
    return LinearRegression().fit(rows[FEATURES], rows["amount"])


#: A linear model that NumPy alone computes.
_CODE = """
import json
from pathlib import Path

import numpy as np


class Linear:
    def __init__(self, coefficients, intercepts):
        self.coefficients, self.intercepts = np.array(coefficients), np.array(intercepts)
        self.n_features_in_ = self.coefficients.shape[1]

    def predict(self, rows):
        return (np.asarray(rows, float) @ self.coefficients.T + self.intercepts)[:, 0]


class Classes(Linear):
    def __init__(self, classes, **known):
        super().__init__(**known)
        self.classes_ = np.array(classes)

    def predict_proba(self, rows):
        odds = np.asarray(rows, float) @ self.coefficients.T + self.intercepts
        if odds.shape[1] == 1:
            odds = np.hstack([np.zeros_like(odds), odds])
        shares = np.exp(odds - odds.max(axis=1, keepdims=True))
        return shares / shares.sum(axis=1, keepdims=True)

    def predict(self, rows):
        return self.classes_[self.predict_proba(rows).argmax(axis=1)]


def load_model(code_dir):
    known = json.loads((Path(code_dir) / "known.json").read_text())
    return (Classes if "classes" in known else Linear)(**known)
"""


def as_code(model: Any) -> Path:
    """One of the models above as a folder of code, with the same predictions.

    Its worker imports NumPy alone, and is there in a fifth of the time that scikit-learn takes.
    """
    folder = Path(tempfile.mkdtemp(dir=_shelf().name))
    known = {
        "coefficients": np.atleast_2d(model.coef_).tolist(),
        "intercepts": np.atleast_1d(model.intercept_).tolist(),
    }
    if hasattr(model, "classes_"):
        known["classes"] = model.classes_.tolist()
    (folder / "known.json").write_text(json.dumps(known))
    (folder / "custom.py").write_text(_CODE)
    return folder


@functools.cache
def _shelf() -> tempfile.TemporaryDirectory[str]:
    """Where the folders of code are until the process ends."""
    return tempfile.TemporaryDirectory(prefix="models-")


__all__ = ["FEATURES", "amount_model", "as_code", "choice_model", "churn_model", "visits"]

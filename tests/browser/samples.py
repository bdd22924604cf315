"""Data and models for the walks: one of each target type, made alike here and in the kernels."""

from __future__ import annotations

import numpy as np
import pandas as pd
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
    rows = visits(400, 0)
    return LogisticRegression(C=strength).fit(rows[FEATURES], rows["left"])


def choice_model() -> LogisticRegression:
    """A model of three classes."""
    rows = visits(400, 0)
    return LogisticRegression().fit(rows[FEATURES], rows["choice"])


def amount_model() -> LinearRegression:
    """A regression."""
    rows = visits(400, 0)
    return LinearRegression().fit(rows[FEATURES], rows["amount"])


__all__ = ["FEATURES", "amount_model", "choice_model", "churn_model", "visits"]

"""A linear model's answer without the library's fixed cost per call.

For one row, nearly all of the time of scikit-learn's scalers and linear models goes into looking
at the input again and again. The same arithmetic in the same order (`sklearn.preprocessing.
StandardScaler.transform`, `sklearn.linear_model.LogisticRegression.predict_proba` and the
regressors' `predict`) gives the same numbers, bit for bit; that is tried out before it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Answer = Callable[[Any], Floats]

_REGRESSORS = ("LinearRegression", "Ridge", "RidgeCV", "Lasso", "LassoCV", "ElasticNet")
_PROBE_ROWS = (1, 2, 7, 24)
#: Near the middle of the scores, and far out where they saturate.
_PROBE_SPREADS = (0.1, 1.0, 10.0)


def quick_linear(model: Any) -> Answer | None:
    """A function from input to probabilities or values; ``None`` where it does not apply.

    It applies to scikit-learn's logistic regression and linear regressors, alone or behind
    standard scalers. Input that is not a matrix of finite numbers goes to the library.
    """
    if not type(model).__module__.startswith("sklearn."):
        return None  # where it runs there may be no scikit-learn
    steps = _steps(model)
    if not steps or not all(type(step).__module__.startswith("sklearn.") for step in steps):
        return None
    *before, final = steps
    scalers = [_scaler(step) for step in before]
    if any(scaler is None for scaler in scalers):
        return None
    library = getattr(model, "predict_proba", None) or model.predict
    features = getattr(model, "n_features_in_", None)
    for last in _last_steps(final):
        answer = _whole([scaler for scaler in scalers if scaler], last, library, features)
        if _agrees(answer, library, features, getattr(steps[0], "mean_", None)):
            return answer
    return None


def _steps(model: Any) -> list[Any]:
    from sklearn.pipeline import Pipeline

    return [step for _, step in model.steps] if type(model) is Pipeline else [model]


def _whole(
    scalers: Sequence[Answer], last: Answer, library: Callable[[Any], Any], features: Any
) -> Answer:
    def answer(table: Any) -> Floats:
        plain = (
            isinstance(table, np.ndarray)
            and table.dtype == np.float64
            and table.ndim == 2
            and table.shape[1] == features
            and len(table) > 0
            and bool(np.isfinite(table).all())
        )
        if not plain:
            result: Floats = library(table)
            return result
        for scaler in scalers:
            table = scaler(table)
        return last(table)

    return answer


def _scaler(step: Any) -> Answer | None:
    if type(step).__name__ != "StandardScaler":
        return None
    mean = step.mean_ if step.with_mean else None
    scale = step.scale_ if step.with_std else None

    def transform(rows: Floats) -> Floats:
        if mean is not None:
            rows = rows - mean
        return rows if scale is None else rows / scale

    return transform


def _last_steps(final: Any) -> list[Answer]:
    """The ways in which versions of the library compute it; the first that agrees is taken."""
    name = type(final).__name__
    coefficients, intercept = getattr(final, "coef_", None), getattr(final, "intercept_", None)
    if not isinstance(coefficients, np.ndarray) or intercept is None:
        return []
    if name in _REGRESSORS and coefficients.ndim == 1:
        return [lambda rows: rows @ coefficients + intercept]
    if name not in ("LogisticRegression", "LogisticRegressionCV"):
        return []
    from scipy.special import expit
    from sklearn.utils.extmath import softmax

    turned = coefficients.T

    def sigmoid(rows: Floats) -> Floats:
        positive = expit((rows @ turned + intercept).ravel())
        return np.vstack([1 - positive, positive]).T

    def two_sided(rows: Floats) -> Floats:
        score = (rows @ turned + intercept).ravel()
        return np.asarray(softmax(np.c_[-score, score], copy=False))

    def many(rows: Floats) -> Floats:
        return np.asarray(softmax(rows @ turned + intercept, copy=False))

    return [sigmoid, two_sided] if len(coefficients) == 1 else [many]


def _agrees(answer: Answer, library: Callable[[Any], Any], features: Any, middle: Any) -> bool:
    """Whether both give the same for few rows and more, in either order in memory."""
    if not isinstance(features, int) or features < 1:
        return False
    rng = np.random.default_rng(0)
    try:
        for n, spread in product(_PROBE_ROWS, _PROBE_SPREADS):
            rows = rng.normal(0.0, spread, (n, features)) + (0.0 if middle is None else middle)
            for probe in (rows, np.asfortranarray(rows)):
                if not np.array_equal(library(probe), answer(probe)):
                    return False
    except (AttributeError, TypeError, ValueError):
        return False  # another version of the library keeps what it learned otherwise
    return True

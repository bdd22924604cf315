"""A forest's answer without the library's fixed cost per tree.

For one row, scikit-learn's forests spend nearly all of their time scheduling one small task per
tree. Asking the fitted trees in turn gives the same sums in the same order (`sklearn.ensemble.
RandomForestClassifier.predict_proba`, `RandomForestRegressor.predict`), bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Answer = Callable[[Any], NDArray[np.float64]]

_CLASSIFIERS = ("RandomForestClassifier", "ExtraTreesClassifier")
_REGRESSORS = ("RandomForestRegressor", "ExtraTreesRegressor")


def quick_forest(model: Any) -> Answer | None:
    """A function from input to probabilities or values; ``None`` where it does not apply.

    It applies to scikit-learn's own forests with one output, alone or at the end of a pipeline,
    and only when it gives what the library gives on probe rows.
    """
    if not type(model).__module__.startswith("sklearn."):
        return None
    from sklearn.pipeline import Pipeline

    if type(model) is Pipeline:
        forest, before = model.steps[-1][1], model[:-1] if len(model.steps) > 1 else None
    else:
        forest, before = model, None
    answer = _trees(forest)
    if answer is None or not _agrees(forest, answer):
        return None
    if before is None:
        return answer
    return lambda table: answer(before.transform(table))


def _trees(forest: Any) -> Answer | None:
    name = type(forest).__name__
    if not type(forest).__module__.startswith("sklearn.ensemble."):
        return None
    if name not in _CLASSIFIERS + _REGRESSORS or getattr(forest, "n_outputs_", 0) != 1:
        return None
    validate = getattr(forest, "_validate_X_predict", None)
    if validate is None:
        return None
    predicts = [estimator.tree_.predict for estimator in forest.estimators_]
    count = len(predicts)
    classes = forest.n_classes_ if name in _CLASSIFIERS else 0

    def answer(table: Any) -> NDArray[np.float64]:
        rows = validate(table)
        shape = (rows.shape[0], classes) if classes else (rows.shape[0],)
        total = np.zeros(shape)
        for predict in predicts:
            total += predict(rows).reshape(shape)
        total /= count
        return total

    return answer


def _agrees(forest: Any, answer: Answer) -> bool:
    """Whether the two answers are the same on rows spread around every tree's first cut."""
    features = int(forest.n_features_in_)
    rng = np.random.default_rng(0)
    cuts = np.array([estimator.tree_.threshold[0] for estimator in forest.estimators_[:16]])
    scale = float(np.abs(cuts).max(initial=1.0)) + 1.0
    probe = rng.normal(0.0, 1.0, (24, features)) * scale
    library = forest.predict_proba if hasattr(forest, "predict_proba") else forest.predict
    try:
        return bool(np.array_equal(library(probe), answer(probe)))
    except (AttributeError, TypeError, ValueError):
        # another version of the library keeps its trees otherwise
        return False

"""The predictor of an object in memory, such as one that came out of a pickle."""

from __future__ import annotations

import inspect
from typing import Any

from .base import Predictor
from .functions import FunctionPredictor, is_plain, object_of
from .sklearn_predictor import SklearnPredictor
from .statsmodels_results import StatsmodelsPredictor, is_results

#: Formats whose objects are asked in a way of their own, however they are kept.
_OWN_WAYS = ("xgboost", "lightgbm", "catboost", "keras", "torch")


def predictor_of(model: Any) -> Predictor:
    """How the object is asked: as its library has it, as a function, else as an estimator is.

    Of a class an object is made, without arguments.

    Raises
    ------
    ModelFailed
        when it is no model.

    """
    from . import format_named

    for name in _OWN_WAYS:
        kind = format_named(name)
        if kind.recognises(model):
            return kind.wrap(model)
    if is_results(model):
        return StatsmodelsPredictor(model)
    if is_plain(model):
        if inspect.isclass(model):
            return predictor_of(object_of(model))
        return FunctionPredictor(model)
    return SklearnPredictor(model)

"""Plain Python functions and classes as models: what they are given is a DataFrame."""

from __future__ import annotations

import inspect
import platform
from collections.abc import Callable
from typing import Any

from ..domain.errors import ModelFailed
from ..domain.frames import Frame
from ..domain.signature import Signature
from ..domain.target import Target
from .base import ModelDescription, Prediction
from .dataframes import dataframes_for
from .plain_answers import read_plain, read_untold

#: What estimators have, and by which they tell of themselves.
_OF_ESTIMATORS = (
    "n_features_in_", "feature_names_in_", "classes_", "predict_proba", "_estimator_type",
    "get_params",
)  # fmt: skip


def is_plain(model: Any) -> bool:
    """Whether it is a function, a class with ``predict``, or an object that has only that."""
    if callable(getattr(model, "predict", None)):
        # a class is not what was fitted
        names = ("fit", "get_params") if inspect.isclass(model) else _OF_ESTIMATORS
        return not any(hasattr(model, name) for name in names)
    return is_function(model)


def is_function(model: Any) -> bool:
    """Whether it is a function of one table: a class is none, nor an object of a library's."""
    return inspect.isfunction(model) or inspect.isbuiltin(model) or inspect.ismethod(model)


class FunctionPredictor:
    """A function ``f(DataFrame)``, or the ``predict`` of an object of the user's own."""

    def __init__(self, model: Any) -> None:
        self.native = model
        self._function, self._name = _ask(model)
        self._table: Callable[[Frame], Any] | None = None
        self._target: Target | None = None

    def describe(self) -> ModelDescription:
        """Only that it is Python: columns and classes are for the data to tell."""
        return ModelDescription("Python", platform.python_version())

    def prepare(self, signature: Signature, target: Target | None = None) -> None:
        """Learn columns and target; raises `MissingExtra` where pandas is absent."""
        self._target = target
        self._table = dataframes_for(signature.names, "A function as a model")

    def limit_threads(self) -> None:
        """What it does is its own."""

    def predict(self, frame: Frame) -> Prediction:
        """Score the rows; what it raises passes through.

        Raises
        ------
        ModelFailed
            when it returns what is no prediction.

        """
        assert self._table is not None, "prepare(signature, target) comes first"
        return self.predict_table(self._table(frame))

    def predict_table(self, table: Any) -> Prediction:
        """Score a DataFrame."""
        answer = self._function(table)
        if self._target is None:
            return read_untold(answer)
        return read_plain(answer, len(table), self._target, self._name)


def _ask(model: Any) -> tuple[Callable[[Any], Any], str]:
    """What is called with a table, and its name for messages."""
    if is_function(model):
        return model, getattr(model, "__name__", "The function")
    return model.predict, f"{type(model).__qualname__}.predict"


def object_of(model: type) -> Any:
    """An object of a class, made without arguments; raises `ModelFailed` where that cannot be."""
    try:
        return model()
    except Exception as error:
        raise ModelFailed(
            f"No object of the class {model.__qualname__} can be made: {error}",
            advice="Let it be made without arguments, or register an object of it.",
        ) from error

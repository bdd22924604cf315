"""Scoring with whatever follows scikit-learn's estimator conventions.

An outlier detector's score is ``-score_samples``, the higher the more anomalous: it does not
depend on ``contamination``, and an isolation forest's is the anomaly score of its paper. Where
there is no ``score_samples`` it is ``-decision_function``.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from ..domain.errors import ModelFailed
from ..domain.frames import Frame
from ..domain.kinds import TargetType
from ..domain.signature import Signature
from ..domain.target import Target, label_text
from . import sklearn_parts
from .base import Libraries, ModelDescription, Prediction
from .sklearn_forest import Answer, quick_forest
from .sklearn_inputs import Convert, converter
from .sklearn_linear import quick_linear

LIBRARIES = Libraries("sklearn", frozenset({"sklearn", "skops", "joblib", "pandas"}))

#: Said of a matrix given to a model fitted on names; `sklearn_parts.ignores_names` answers it.
_NAMES_WARNING = "X does not have valid feature names"


class SklearnPredictor:
    """An estimator or pipeline in memory."""

    def __init__(self, model: Any) -> None:
        if isinstance(model, type) or not callable(getattr(model, "predict", None)):
            raise ModelFailed(
                f"The file holds a {type(model).__name__}, which has no predict method.",
                advice="Save the fitted estimator or pipeline itself.",
            )
        self.model = model
        self._convert: Convert | None = None
        self._answer: Callable[[Any], Prediction] = self._how_to_answer()
        self._quick: Answer | None = None

    @property
    def native(self) -> Any:
        """The estimator."""
        return self.model

    def describe(self) -> ModelDescription:
        """What the estimator says of itself."""
        model = self.model
        names = getattr(model, "feature_names_in_", None)
        features = getattr(model, "n_features_in_", None)
        labels = self._class_labels()
        framework, its_version = framework_of(model)
        return ModelDescription(
            framework,
            its_version,
            self._target_type(labels),
            labels,
            None if names is None else tuple(str(name) for name in names),
            None if features is None else int(features),
        )

    def _class_labels(self) -> tuple[str, ...] | None:
        classes = _classes(self.model)
        if classes is None:
            return None
        if isinstance(classes, list) and classes and isinstance(classes[0], np.ndarray):
            raise ModelFailed(
                f"The model predicts {len(classes)} targets at once.",
                advice="Register a model of one target.",
            )
        return tuple(label_text(label) for label in classes)

    def _target_type(self, labels: tuple[str, ...] | None) -> TargetType | None:
        if labels is not None:
            return TargetType.MULTICLASS if len(labels) > 2 else TargetType.BINARY
        kind = _estimator_type(self.model)
        if kind == "outlier_detector":
            return TargetType.ANOMALY
        return TargetType.REGRESSION if kind == "regressor" else None

    def prepare(self, signature: Signature, target: Target | None = None) -> None:
        """Choose how frames are handed over; raises `ModelFailed` where columns do not fit."""
        self._convert = converter(self.model, signature)
        asked_otherwise = target is not None and target.type is not TargetType.ANOMALY
        if asked_otherwise and self._answer == self._anomalies:
            self._answer = self._values  # whoever asks for numbers is given its -1 and 1
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._quick = quick_forest(self.model) or quick_linear(self.model)

    def limit_threads(self) -> None:
        """Set every ``n_jobs`` to 1."""
        sklearn_parts.limit_threads(self.model)

    def predict(self, frame: Frame) -> Prediction:
        """Score the rows; whatever the estimator raises passes through."""
        assert self._convert is not None, "prepare(signature) comes first"
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=_NAMES_WARNING)
            return self._answer(self._convert(frame))

    def predict_table(self, table: Any) -> Prediction:
        """Score what the estimator itself takes: a DataFrame, a matrix, a sequence of texts."""
        return self._answer(table)

    def _how_to_answer(self) -> Callable[[Any], Prediction]:
        if callable(getattr(self.model, "predict_proba", None)):
            return self._probabilities
        if _classes(self.model) is not None:
            return self._labels
        kind = _estimator_type(self.model)
        if kind == "classifier":
            return self._labels
        return self._anomalies if kind == "outlier_detector" else self._values

    def _probabilities(self, table: Any) -> Prediction:
        answer = self.model.predict_proba if self._quick is None else self._quick
        return Prediction(probabilities=np.asarray(answer(table), dtype=np.float64))

    def _labels(self, table: Any) -> Prediction:
        predicted = self.model.predict(table)
        return Prediction(labels=[label_text(label) for label in np.ravel(predicted)])

    def _anomalies(self, table: Any) -> Prediction:
        samples = getattr(self.model, "score_samples", None)
        score = self.model.decision_function if samples is None else samples
        return Prediction(values=-np.asarray(score(table), dtype=np.float64))

    def _values(self, table: Any) -> Prediction:
        answer = self.model.predict if self._quick is None else self._quick
        predicted = np.asarray(answer(table))
        if predicted.dtype.kind not in "fiub":
            return Prediction(labels=[label_text(label) for label in predicted.ravel()])
        return Prediction(values=predicted.astype(np.float64, copy=False))


def _classes(model: Any) -> Any:
    """The classes of a classifier; CatBoost's regressors have them, too, of none."""
    classes = getattr(model, "classes_", None)
    return None if hasattr(classes, "__len__") and len(classes) == 0 else classes


def _estimator_type(model: Any) -> str | None:
    kind = getattr(model, "_estimator_type", None)
    # what has no tags of scikit-learn's may need none of it, and its import takes seconds
    if kind is None and hasattr(model, "__sklearn_tags__"):
        try:
            from sklearn.utils import get_tags

            kind = get_tags(model).estimator_type
        except (ImportError, AttributeError, TypeError, ValueError):
            return None
    return None if kind is None else str(kind)


def framework_of(model: Any) -> tuple[str, str]:
    """The library of the final estimator; scikit-learn for its own and for pipelines of it."""
    steps = getattr(model, "steps", None)
    final = steps[-1][1] if steps else model
    final = getattr(final, "wrapped", final)  # of `training.steps`
    module = type(final).__module__.partition(".")[0]
    if module in ("sklearn", "__main__", "builtins"):
        return "scikit-learn", _version("scikit-learn")
    return module, _version(module)


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "unknown"


def is_estimator(model: Any) -> bool:
    """Whether the object follows scikit-learn's conventions: parameters, fit and predict."""
    return not isinstance(model, type) and all(
        callable(getattr(model, name, None)) for name in ("get_params", "fit", "predict")
    )

"""What boosters of XGBoost and LightGBM have in common: their columns, classes and answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..domain.errors import ModelFailed
from ..domain.frames import Frame
from ..domain.kinds import TargetType
from ..domain.signature import Column, Dtype, Signature
from ..domain.target import Target
from .base import ModelDescription, Prediction
from .feature_matrix import Codes, FeatureMatrix, Matrix


@dataclass(frozen=True)
class BoosterFacts:
    """What a booster says of itself.

    ``n_classes`` is 0 for numbers; ``None`` where an objective of the user's own leaves it open.
    ``class_labels`` are of an estimator in memory. ``categories``: see `FeatureMatrix`.
    """

    framework: str
    framework_version: str
    objective: str
    n_classes: int | None
    feature_names: tuple[str, ...] | None
    n_features: int
    categories: Mapping[int, Codes] = field(default_factory=dict)
    class_labels: tuple[str, ...] | None = None

    @property
    def target_type(self) -> TargetType | None:
        """What it predicts."""
        if self.n_classes is None:
            return None
        if not self.n_classes:
            return TargetType.REGRESSION
        return TargetType.BINARY if self.n_classes == 2 else TargetType.MULTICLASS


class BoosterPredictor:
    """A booster in memory. Its classes are numbered; what their labels are is not in its file.

    ``native``: the library's booster, or the estimator that it is of.
    """

    #: Whether the library refuses a category that it was not trained on.
    refuses_unseen = False

    def __init__(self, booster: Any, facts: BoosterFacts, native: Any = None) -> None:
        self.booster = booster
        self.native = booster if native is None else native
        self.facts = facts
        self._matrix: FeatureMatrix | None = None

    def describe(self) -> ModelDescription:
        """What the booster says of itself."""
        facts = self.facts
        return ModelDescription(
            facts.framework,
            facts.framework_version,
            facts.target_type,
            facts.class_labels,
            facts.feature_names,
            facts.n_features,
            facts.n_classes or None,
        )

    def input_columns(self) -> list[Column]:
        """Its columns: all may be missing; those of categories are as these are."""
        names = self.facts.feature_names or [f"x{i}" for i in range(self.facts.n_features)]
        return [
            Column(name, _dtype(self.facts.categories.get(position)), True)
            for position, name in enumerate(names)
        ]

    def prepare(self, signature: Signature, target: Target | None = None) -> None:
        """Match its columns with the signature's; raises `ModelFailed` where they do not fit."""
        self._matrix = FeatureMatrix(
            signature,
            self.facts.feature_names,
            self.facts.n_features,
            self.facts.categories,
            refuses_unseen=self.refuses_unseen,
        )

    def limit_threads(self) -> None:
        """To be said by each library."""
        raise NotImplementedError

    def predict(self, frame: Frame) -> Prediction:
        """Score the rows; what the library raises passes through."""
        assert self._matrix is not None, "prepare(signature) comes first"
        return self._prediction(self._answer(self._matrix(frame)))

    def predict_table(self, table: Any) -> Prediction:
        """Score a DataFrame, a mapping of columns or a matrix."""
        from .infer import predict_by_columns

        return predict_by_columns(self, table)

    def _answer(self, matrix: Matrix) -> Matrix:
        """Values (n,), probabilities of class 1 (n,), or of all classes (n, K)."""
        raise NotImplementedError

    def _prediction(self, answer: Matrix) -> Prediction:
        answer = np.asarray(answer, dtype=np.float64)
        n_classes = self.facts.n_classes
        if n_classes == 2 and answer.ndim == 1:
            return Prediction(probabilities=np.column_stack((1.0 - answer, answer)))
        if n_classes:
            return Prediction(probabilities=answer)
        if n_classes is None:  # whether a number is a value or a probability is the target's
            return Prediction(values=answer, probabilities=answer)
        return Prediction(values=answer)


def _dtype(categories: Codes | None) -> Dtype:
    if categories is None:
        return Dtype.NUMBER
    if all(isinstance(value, str) for value in categories):
        return Dtype.STRING
    if all(isinstance(value, bool) for value in categories):
        return Dtype.BOOLEAN
    return Dtype.NUMBER


def several_targets(count: int) -> ModelFailed:
    """The error for a booster of several targets."""
    return ModelFailed(
        f"The model predicts {count} targets at once.",
        advice="Register a model of one target.",
    )


def is_of_library(model: Any, library: str, class_name: str) -> bool:
    """Whether an object is of a library's own class, or of one that this library derives of it.

    A class of the user's own may predict otherwise than what the library would write to a file.
    """
    kind = type(model)
    return kind.__module__.partition(".")[0] == library and any(
        base.__name__ == class_name and base.__module__.partition(".")[0] == library
        for base in kind.__mro__
    )

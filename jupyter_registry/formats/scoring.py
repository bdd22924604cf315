"""From a model's own answer to scores in the order of a target's class labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..domain.errors import ModelFailed
from ..domain.frames import Frame
from ..domain.kinds import TargetType
from ..domain.signature import Signature
from ..domain.target import Target
from ..domain.unstructured import Body
from .base import Prediction, Predictor

#: How far float32 arithmetic may put a probability outside 0 to 1.
_ROUNDING = 1e-5


@dataclass(frozen=True)
class Scores:
    """The scores of n rows, in input order.

    ``values`` (n,) float64 for numbers; for classes ``probabilities`` (n, K) float64 in
    the order of the target's class labels and ``labels`` (n,) int32, the index of the most
    probable class (for a binary target the caller applies its own threshold).
    """

    values: NDArray[np.float64] | None = None
    probabilities: NDArray[np.float64] | None = None
    labels: NDArray[np.int32] | None = None

    def __len__(self) -> int:
        held = self.values if self.values is not None else self.probabilities
        return 0 if held is None else len(held)


class Scorer:
    """A predictor bound to a signature and a target.

    Raises
    ------
    ModelFailed
        when the model cannot serve them: other classes, other columns, another target type.

    """

    def __init__(self, predictor: Predictor, signature: Signature, target: Target) -> None:
        self.predictor = predictor
        self.target = target
        self.description = predictor.describe()
        predictor.prepare(signature, target)
        self._positions = {label: i for i, label in enumerate(target.class_labels)}
        self._order: NDArray[np.intp] | None = None
        self._bind()

    def _bind(self) -> None:
        described, target = self.description, self.target
        of_model, of_target = described.target_type, target.type
        if not of_target.has_rows or of_model is TargetType.UNSTRUCTURED:
            raise ModelFailed(
                "An unstructured model answers whole requests, and scores no rows.",
                advice="Register it with the target type of what it scores, or send it requests.",
                fields={"target_type": TargetType.UNSTRUCTURED.value},
            )
        if of_model is not None and (of_model.is_classification != of_target.is_classification):
            raise ModelFailed(
                f"The model is for {of_model}, the target {target.name!r} is {of_target}.",
                advice="Give the target the type the model was trained for.",
                fields={"target_type": of_model.value},
            )
        labels = described.class_labels
        count, wanted = described.n_classes, len(target.class_labels)
        if labels is None and count is not None and of_target.is_classification and count != wanted:
            raise ModelFailed(
                f"The model predicts {count} classes, the target {target.name!r} has {wanted}.",
                advice="Give the target one class label for each, in the model's order.",
                fields={"class_labels": f"{count} needed"},
            )
        if not of_target.is_classification or labels is None:
            return
        unknown = [label for label in labels if label not in self._positions]
        if unknown:
            raise ModelFailed(
                f"The model predicts the classes {list(labels)}, but the target has "
                f"{list(target.class_labels)}.",
                advice="Give the target the model's class labels.",
                fields={"class_labels": list(labels)},
            )
        order = np.array([self._positions[label] for label in labels], dtype=np.intp)
        if len(order) != len(target.class_labels) or (order != np.arange(len(order))).any():
            self._order = order

    def score(self, frame: Frame) -> Scores:
        """Score the rows; the model's own exceptions pass through.

        Raises
        ------
        ModelFailed
            when the answer does not have one score per row and class, or scores of classes are no
        probabilities.

        """
        n = len(next(iter(frame.values())))
        return self._scores(self.predictor.predict(frame), n)

    def score_body(self, body: Body, n: int | None) -> Scores:
        """Score the rows of a request's body, n where that is known; raises as `score`.

        Of a predictor alone that reads bodies.
        """
        reads: Any = self.predictor
        return self._scores(*reads.predict_body(body, n))

    def _scores(self, prediction: Prediction, n: int) -> Scores:
        if not self.target.type.is_classification:
            return Scores(values=_numbers(prediction, n))
        probabilities = _in_unit_range(self._probabilities(prediction, n))
        return Scores(
            probabilities=probabilities, labels=probabilities.argmax(axis=1).astype(np.int32)
        )

    def _probabilities(self, prediction: Prediction, n: int) -> NDArray[np.float64]:
        k = len(self.target.class_labels)
        if prediction.probabilities is None:
            return self._one_hot(prediction, n, k)
        given = prediction.probabilities
        if given.ndim == 2 and given.shape[1] == 1:
            given = given[:, 0]
        if given.ndim == 1 and k == 2 and self._order is None:
            # one column: the probability of the positive class
            pair = np.empty((len(given), 2))
            pair[:, self.target.positive_index] = given
            pair[:, 1 - self.target.positive_index] = 1.0 - given
            given = pair
        elif given.ndim == 1:
            given = given[:, None]
        columns = k if self._order is None else len(self._order)
        if given.shape != (n, columns):
            raise _wrong_shape(given.shape, (n, columns))
        if self._order is None:
            return np.ascontiguousarray(given, dtype=np.float64)
        # classes the model never saw have probability 0
        result = np.zeros((n, k))
        result[:, self._order] = given
        return result

    def _one_hot(self, prediction: Prediction, n: int, k: int) -> NDArray[np.float64]:
        labels = prediction.labels
        if labels is None or len(labels) != n:
            raise _wrong_shape((0 if labels is None else len(labels),), (n,))
        result = np.zeros((n, k))
        for row, label in enumerate(labels):
            position = self._positions.get(label)
            if position is None:
                raise ModelFailed(
                    f"The model predicted {label!r}, which is no class of the target: "
                    f"{list(self.target.class_labels)}.",
                    advice="Give the target the model's class labels.",
                    fields={"row": row},
                )
            result[row, position] = 1.0
        return result


def _numbers(prediction: Prediction, n: int) -> NDArray[np.float64]:
    values = prediction.values
    if values is None or values.size != n:
        raise _wrong_shape(() if values is None else values.shape, (n,))
    return np.ascontiguousarray(values, dtype=np.float64).reshape(n)


def _in_unit_range(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities with rounding errors taken off; NaN is left for the caller to judge."""
    if not probabilities.size:
        return probabilities
    low, high = probabilities.min(), probabilities.max()
    if low < -_ROUNDING or high > 1.0 + _ROUNDING:
        wrong = (probabilities < -_ROUNDING) | (probabilities > 1.0 + _ROUNDING)
        row = int(np.argmax(wrong.any(axis=1)))
        raise ModelFailed(
            f"The model answered {probabilities[row].tolist()} at row {row}; these are no "
            "probabilities.",
            advice="Export the model so that it gives the probability of every class.",
            fields={"row": row},
        )
    if low < 0.0 or high > 1.0:
        return np.clip(probabilities, 0.0, 1.0)
    return probabilities


def _wrong_shape(got: tuple[int, ...], wanted: tuple[int, ...]) -> ModelFailed:
    return ModelFailed(
        f"The model answered an array of shape {got}; {wanted} was expected.",
        advice="One score per row is needed, or one probability per row and class.",
    )

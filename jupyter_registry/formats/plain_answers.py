"""What a plain ``predict`` returns, as a prediction: numbers, labels, or probabilities."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..domain.kinds import TargetType
from ..domain.target import Target, label_text
from .base import Prediction
from .custom_output import read_answer


def read_plain(answer: Any, n: int, target: Target, who: str) -> Prediction:
    """The prediction that an answer for n rows means.

    For classes, n texts, integers or booleans are labels, and n fractions the probabilities of the
    positive class, or labels where there are more than two; anything else is read as
    `custom_output.read_answer` does.

    Raises
    ------
    ModelFailed
        saying what was returned and what was expected.

    """
    if target.type.is_classification:
        given = _only_column(answer)
        labels = None if given is None else _labels(given, target)
        if labels is not None:
            return Prediction(labels=labels)
        if given is not None:
            answer = given
    return read_answer(answer, n, target, target.class_labels, who)


def read_untold(answer: Any) -> Prediction:
    """The prediction that an answer means where the target is not known."""
    array = np.asarray(answer)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.dtype.kind not in "fiub":
        return Prediction(labels=[label_text(value) for value in array.ravel().tolist()])
    numbers = array.astype(np.float64)
    # whether a number is a value or a probability is for the target to say
    return Prediction(values=numbers, probabilities=numbers)


def _only_column(answer: Any) -> Any | None:
    """The values of an answer with one value per row; ``None`` for any other."""
    shape = getattr(answer, "shape", None)
    if isinstance(answer, list | tuple):
        return answer if not any(hasattr(value, "__len__") and not isinstance(value, str)
                                 for value in answer) else None  # fmt: skip
    if shape is None or len(shape) > 2 or (len(shape) == 2 and shape[1] != 1):
        return None
    return np.asarray(answer).reshape(-1)


def _labels(values: Any, target: Target) -> list[str] | None:
    array = np.asarray(values, dtype=object)
    items = [value.item() if isinstance(value, np.generic) else value for value in array]
    if any(isinstance(value, float) for value in items) and target.type is TargetType.BINARY:
        return None
    texts = [label_text(value) for value in items]
    # whether a text is a class is for the scorer to say
    known = set(texts) <= set(target.class_labels)
    return texts if known or any(isinstance(value, str) for value in items) else None

"""Inferring signature and target from a model and a sample of its training data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..domain.errors import InvalidInput
from ..domain.frames import Values, conform
from ..domain.frames import infer_signature as signature_of_columns
from ..domain.kinds import TargetType
from ..domain.signature import Column, Dtype, Signature
from ..domain.target import Target, label_text
from .base import ModelDescription, Prediction, Predictor
from .sklearn_parts import ignores_names


def columns_of(data: Any) -> dict[str, Values]:
    """The columns of a DataFrame (pandas or polars), a mapping, or a two-dimensional array.

    Columns of an array without names are called ``x0``, ``x1`` …, as scikit-learn does.

    Raises
    ------
    InvalidInput
        when it is none of these.

    """
    if isinstance(data, Mapping):
        return {str(name): _values(values) for name, values in data.items()}
    if hasattr(data, "columns") and hasattr(data, "__getitem__"):
        return {str(name): _values(data[name]) for name in data.columns}
    array = np.asarray(data)
    if array.ndim != 2:
        raise InvalidInput(
            f"A sample of type {type(data).__name__} has no columns.",
            advice="Give a DataFrame, a mapping of columns, or a two-dimensional array.",
            fields={"training": "not a table"},
        )
    return {f"x{position}": array[:, position] for position in range(array.shape[1])}


def _values(values: Any) -> Values:
    if isinstance(values, np.ndarray | list | tuple):
        return values
    dtype = getattr(values, "dtype", None)
    if isinstance(dtype, np.dtype) and dtype.kind in "biufM":
        return np.asarray(values)
    items = values.to_list() if hasattr(values, "to_list") else list(values)
    # pandas' own null for nullable columns
    return [None if type(item).__name__ in ("NAType", "NaTType") else item for item in items]


def infer_signature(
    data: Any | None, predictor: Predictor | None = None, *, leave_out: Sequence[str] = ()
) -> Signature | None:
    """The signature of the model's input; ``None`` where neither sample nor model tells it.

    A model's own columns, where it names them, decide which of the sample's are used and in
    what order; ``leave_out`` names columns that are no input (the target).

    Raises
    ------
    InvalidInput
        when the sample lacks a column that the model was fitted on.

    """
    names = predictor.describe().feature_names if predictor is not None else None
    if data is None:
        return None if predictor is None else _from_model(predictor)
    columns = {name: values for name, values in columns_of(data).items() if name not in leave_out}
    if names is not None:
        missing = [name for name in names if name not in columns]
        if missing:
            raise InvalidInput(
                f"The sample lacks columns the model was fitted on: {', '.join(missing[:20])}.",
                advice="Give rows of the training data, or the signature itself.",
                fields={"training": f"missing: {', '.join(missing)}"},
            )
        columns = {name: columns[name] for name in names}
    return signature_of_columns(columns)


def _from_model(predictor: Predictor) -> Signature | None:
    declared = getattr(predictor, "input_columns", None)
    if callable(declared) and (columns := declared()):
        return Signature(tuple(columns))
    description = predictor.describe()
    names = description.feature_names
    if names is None and description.n_features is not None:
        names = tuple(f"x{position}" for position in range(description.n_features))
    model = getattr(predictor, "model", None)
    if names is None or (model is not None and not ignores_names(model)):
        return None
    # a model that takes a plain matrix takes numbers
    return Signature(tuple(Column(name, Dtype.NUMBER, True) for name in names))


def predict_by_columns(predictor: Any, table: Any) -> Prediction:
    """What a predictor, which it makes ready, answers to a table, by the names of its columns.

    Parameters
    ----------
    predictor:
        One that `prepare` makes ready without a target.
    table:
        As `columns_of` takes it.

    """
    columns = columns_of(table)
    signature = signature_of_columns(columns)
    predictor.prepare(signature)
    frame = conform(signature, columns, len(next(iter(columns.values()), ())))
    answer: Prediction = predictor.predict(frame)
    return answer


def infer_target(
    predictor: Predictor,
    name: str,
    *,
    type: TargetType | str | None = None,
    class_labels: Sequence[object] | None = None,
    positive_class: object | None = None,
    threshold: float | None = None,
) -> Target:
    """The target of a model; what is given goes before what the model says.

    Raises
    ------
    InvalidInput
        when the model does not say its target type and none is given, or they do not fit.

    """
    description = predictor.describe()
    kind = type or description.target_type
    if kind is None:
        raise InvalidInput(
            "The model does not say whether it predicts numbers or classes.",
            advice=f"Give the target type, one of: {', '.join(TargetType)}.",
            fields={"target_type": "missing"},
        )
    labels = class_labels
    if labels is None and str(kind) in list(TargetType) and TargetType(kind).is_classification:
        labels = description.class_labels or numbered_labels(description, None)
    return Target.make(name, kind, labels, positive_class, threshold)


def numbered_labels(
    says: ModelDescription, found: Sequence[object] | None
) -> Sequence[object] | None:
    """The labels of classes that a model only numbers (``n_classes``), in its order.

    They are those found in the data, which are sorted as whoever numbers them sorts them, if they
    are as many; else the numbers themselves, if the data has no others.

    Raises
    ------
    InvalidInput
        when the data has other labels than the model can have meant.

    """
    count = says.n_classes
    if count is None or (found is not None and len(found) == count):
        return found
    numbers = [str(number) for number in range(count)]
    if found is None or {label_text(label) for label in found} <= set(numbers):
        return numbers
    raise InvalidInput(
        f"The model predicts {count} classes without saying their labels, and the data has "
        f"{len(found)}: {', '.join(map(str, found[:10]))}.",
        advice="Give class_labels, in the order in which the model numbers them.",
        fields={"class_labels": "missing"},
    )

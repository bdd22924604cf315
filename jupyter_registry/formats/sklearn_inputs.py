"""From a frame to what a scikit-learn model was fitted on: a matrix, a DataFrame, or texts."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..domain.errors import ModelFailed, missing_extra
from ..domain.frames import Frame, NumberFrame
from ..domain.signature import Dtype, Signature
from . import sklearn_parts
from .dataframes import to_dataframe, without_none

Convert = Callable[[Frame], Any]

_NUMERIC = frozenset({Dtype.NUMBER, Dtype.INTEGER})


def converter(model: Any, signature: Signature) -> Convert:
    """How frames of this signature are handed to this model.

    Raises
    ------
    ModelFailed
        when the signature lacks columns the model was fitted on.
    MissingExtra
        when the model needs a DataFrame and pandas is absent.

    """
    names = getattr(model, "feature_names_in_", None)
    if names is not None:
        return _by_name(model, signature, [str(name) for name in names])
    if sklearn_parts.reads_text(model) and len(signature) == 1:
        return _texts(signature.names[0])
    expected = getattr(model, "n_features_in_", None)
    if expected is None and not _single_array(model):
        # the first step does not say what it was fitted on
        return _frames(model, signature.names) if _has_pandas() else _matrix(signature.names)
    if expected is not None and expected != len(signature):
        raise ModelFailed(
            f"The model was fitted on {expected} columns, the signature has {len(signature)}.",
            advice="Give the signature the columns of the training data, in their order.",
            fields={"n_features": int(expected)},
        )
    return _matrix(signature.names)


def _by_name(model: Any, signature: Signature, names: list[str]) -> Convert:
    dtypes = {column.name: column.dtype for column in signature.columns}
    missing = [name for name in names if name not in dtypes]
    if missing:
        raise ModelFailed(
            f"The model was fitted on columns the signature lacks: {', '.join(missing[:20])}.",
            advice="Give the signature the columns of the training data.",
            fields={"missing": missing},
        )
    if all(dtypes[name] in _NUMERIC for name in names) and sklearn_parts.ignores_names(model):
        return _matrix(names)
    if not _has_pandas():
        raise missing_extra("pandas", "sklearn", "A model fitted on a DataFrame")
    return _frames(model, names)


def _single_array(model: Any) -> bool:
    """Whether nothing in the model is foreign, so that a matrix is what it was fitted on."""
    return not hasattr(model, "steps") and type(model).__module__.startswith("sklearn.")


def _has_pandas() -> bool:
    return importlib.util.find_spec("pandas") is not None


def _texts(name: str) -> Convert:
    def convert(frame: Frame) -> NDArray[Any]:
        return frame[name]

    return convert


def _matrix(names: Sequence[str]) -> Convert:
    names = list(names)

    def convert(frame: Frame) -> NDArray[Any]:
        if isinstance(frame, NumberFrame) and list(frame) == names:
            return frame.matrix.copy().T
        columns = [frame[name] for name in names]
        kinds = {column.dtype.kind for column in columns}
        if kinds == {"f"} or kinds == {"i"} or kinds == {"b"}:
            return np.array(columns).T
        if kinds <= {"f", "i", "b"}:
            return np.array(columns, dtype=np.float64).T
        matrix = np.empty((len(columns[0]), len(columns)), dtype=object)
        for position, column in enumerate(columns):
            matrix[:, position] = without_none(column) if column.dtype.kind == "O" else column
        return matrix

    return convert


def _frames(model: Any, names: list[str]) -> Convert:
    return to_dataframe(names, keep_none=sklearn_parts.learned_none(model))

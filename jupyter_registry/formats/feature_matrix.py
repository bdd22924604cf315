"""From a frame to a float64 matrix in a model's order of columns, categories as their codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..domain.errors import ModelFailed
from ..domain.frames import Frame, NumberFrame, is_null
from ..domain.signature import Dtype, Signature
from .base import nones

Matrix = NDArray[np.float64]
#: From a category to its code.
Codes = Mapping[Any, int]


def numbered(categories: Sequence[Any]) -> dict[Any, int]:
    """The codes of categories in their order."""
    return {category: code for code, category in enumerate(categories)}


class FeatureMatrix:
    """Makes matrices of shape (n, columns) of frames of one signature; missing is NaN.

    Parameters
    ----------
    names:
        The model's columns in its order; ``None`` where it knows their number alone, so that the
        signature's order is its own.
    categories:
        Of columns whose values are categories, by position: category → code.
    refuses_unseen:
        Whether a value that is no category is an error, as it is to some libraries; it is missing
        otherwise.

    Raises
    ------
    ModelFailed
        when the signature has other columns, or ones that are neither numbers nor categories.

    """

    def __init__(
        self,
        signature: Signature,
        names: Sequence[str] | None,
        n_features: int,
        categories: Mapping[int, Codes],
        *,
        refuses_unseen: bool = False,
    ) -> None:
        self.names = _order(signature, names, n_features)
        self._codes = categories
        self._refuses = refuses_unseen
        dtypes = {column.name: column.dtype for column in signature.columns}
        for position, name in enumerate(self.names):
            if position in categories:
                continue
            if dtypes[name] in (Dtype.STRING, Dtype.DATETIME):
                raise ModelFailed(
                    f"The model takes a number in the column {name!r}, the signature says "
                    f"{dtypes[name].value}.",
                    advice="Give the column as the model was trained on it. Where it was trained "
                    "on texts as categories, its file must keep them: save it with a newer "
                    "version of the library, or as joblib.",
                    fields={"column": name},
                )

    def __call__(self, frame: Frame) -> Matrix:
        """The matrix, in rows; the caller's own.

        Raises
        ------
        ValueError
            for a value that is no category, where that is an error.

        """
        if not self._codes and isinstance(frame, NumberFrame) and list(frame) == self.names:
            return np.ascontiguousarray(frame.matrix.T)
        n = len(next(iter(frame.values())))
        matrix = np.empty((n, len(self.names)))
        for position, name in enumerate(self.names):
            codes = self._codes.get(position)
            column = frame[name]
            if codes is not None:
                matrix[:, position] = self._coded(name, column, codes)
            elif column.dtype.kind == "O":  # booleans with nulls
                matrix[:, position] = np.where(nones(column), np.nan, column).astype(float)
            else:
                matrix[:, position] = column
        return matrix

    def _coded(self, name: str, column: NDArray[Any], codes: Codes) -> Matrix:
        values = column.tolist()
        found = np.array([codes.get(value, np.nan) for value in values])
        if self._refuses and np.isnan(found).any():
            for value in values:
                if not is_null(value) and codes.get(value) is None:
                    raise ValueError(f"{value!r} is no category of {name!r} that was trained on")
        return found


def _order(signature: Signature, names: Sequence[str] | None, n_features: int) -> list[str]:
    if names is None:
        if len(signature) != n_features:
            raise ModelFailed(
                f"The model takes {n_features} columns, the signature has {len(signature)}.",
                advice="Give the signature the columns of the training data, in their order.",
                fields={"n_features": n_features},
            )
        return signature.names
    missing = [name for name in names if name not in set(signature.names)]
    if missing:
        raise ModelFailed(
            f"The model was trained on columns the signature lacks: {', '.join(missing[:20])}.",
            advice="Give the signature the columns of the training data.",
            fields={"missing": missing},
        )
    return list(names)

"""From a frame's columns to arrays of the dtypes that a model declares for its inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..domain.errors import ModelFailed
from .base import nones


def check_inputs(inputs: Sequence[str], columns: Sequence[str]) -> None:
    """Refuse, as `ModelFailed`, a signature without the columns that a model's inputs name."""
    missing = [name for name in inputs if name not in columns]
    if missing:
        raise ModelFailed(
            f"The model's inputs are no columns of the signature: {', '.join(missing)}.",
            advice="Name the signature's columns after the model's inputs.",
            fields={"missing": missing},
        )


def cast(column: NDArray[Any], dtype: Any) -> NDArray[Any]:
    """The column in the dtype; a missing text becomes an empty one.

    Raises
    ------
    ValueError
        for a null where the dtype has none: it would silently become some number.

    """
    if dtype is np.object_:
        null = nones(column)
        if null.any():
            column = column.copy()
            column[null] = ""
        return column
    if np.dtype(dtype).kind in "ib":
        null = np.isnan(column) if column.dtype.kind == "f" else _nones(column)
        if null.any():
            raise ValueError(f"an input of {np.dtype(dtype).name} takes no null")
    return column.astype(dtype)


def _nones(column: NDArray[Any]) -> NDArray[np.bool_]:
    return nones(column) if column.dtype.kind == "O" else np.zeros(len(column), np.bool_)

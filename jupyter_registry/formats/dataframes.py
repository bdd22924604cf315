"""From a frame to a pandas DataFrame, for models and code that take one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..domain.errors import missing_extra
from ..domain.frames import Frame
from .base import nones


def to_dataframe(names: Sequence[str], *, keep_none: bool = False) -> Callable[[Frame], Any]:
    """How frames become DataFrames of these columns, whose values are the caller's to change.

    Parameters
    ----------
    keep_none:
        Whether missing texts stay ``None``; they are NaN otherwise, as pandas reads them.

    Raises
    ------
    ModuleNotFoundError
        where pandas is absent.

    """
    import pandas as pd

    names = list(names)
    labels = pd.Index(names)
    # the resolution pandas gives to dates it reads: nanoseconds before version 3
    resolution = pd.to_datetime(["2020-01-01"]).dtype

    def convert(frame: Frame) -> Any:
        columns: dict[str, Any] = {}
        floats = True
        for name in names:
            column = frame[name]
            kind = column.dtype.kind
            if kind != "f":
                floats = False
                if kind == "O":
                    column = pd.Series(column, dtype=object) if keep_none else without_none(column)
                elif kind == "M":
                    column = column.astype(resolution)
            columns[name] = column
        if floats:
            return pd.DataFrame(np.array(list(columns.values())).T, columns=labels, copy=False)
        # columns of the frame may be read-only, and a step of the model may change its input
        own = {name: column.copy() for name, column in columns.items()}
        return pd.DataFrame(own, copy=False)

    return convert


def dataframes_for(names: Sequence[str], purpose: str) -> Callable[[Frame], Any]:
    """As `to_dataframe`; raises `MissingExtra`, saying what needs it, where pandas is absent."""
    try:
        return to_dataframe(names)
    except ModuleNotFoundError as error:
        raise missing_extra("pandas", "pandas", purpose) from error


def as_csv(rows: Any) -> bytes:
    """A DataFrame as a CSV file: a header, no index, UTF-8, nothing for what is missing."""
    text: str = rows.to_csv(index=False, lineterminator="\n")
    return text.encode()


def without_none(column: NDArray[Any]) -> NDArray[Any]:
    """An object column with NaN in place of ``None``; itself where it has none."""
    null = nones(column)
    if not null.any():
        return column
    copy = column.copy()
    copy[null] = np.nan
    return copy

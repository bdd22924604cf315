"""How a table is divided: as its recipe says, or by a group, a date, or at random."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..domain.errors import InvalidInput
from ..domain.signature import Dtype, Signature
from .data import TrainingTable
from .options import wrong
from .partition import Partition, divide

#: A date column of fewer different values does not divide by time unless it is named.
_LEAST_TIMES = 20


def divided(
    data: TrainingTable, columns: Mapping[str, NDArray[Any]], recipe: Mapping[str, Any]
) -> Partition:
    """The partition that the recipe asks for, or that the data's columns suggest.

    Raises
    ------
    InvalidInput
        when the column that divides has missing values, or too few different ones.

    """
    kind, column = _how_to_divide(data.signature, columns, recipe)
    by_class = data.target.type.is_classification and kind == "random"
    if kind == "time":
        data.warnings.append(
            f"The rows are divided by time, by {column!r}: the latest are the holdout."
        )
    values = None if column is None else columns[column]

    def by(folds: int | None) -> Partition:
        return divide(
            data.rows,
            recipe["seed"],
            classes=data.outcomes.astype(np.int64) if by_class else None,
            times=values if kind == "time" else None,
            groups=None if kind != "group" or values is None else _keys(values),
            column=column,
            folds=folds,
            holdout_share=recipe["holdout_share"],
        )

    partition = by(recipe["folds"])
    if kind == "time" and recipe["folds"] is None:
        is_classification = data.target.type.is_classification
        # early windows may not have seen all that there is to learn
        for folds in range(len(partition.splits) - 1, 0, -1):
            if not lacking(partition, data.outcomes, every=is_classification):
                break
            partition = by(folds)
    return partition


def _how_to_divide(
    signature: Signature, columns: Mapping[str, NDArray[Any]], recipe: Mapping[str, Any]
) -> tuple[str, str | None]:
    asked = recipe["partition"]
    if recipe["group_column"] is not None and asked in ("auto", "group"):
        return "group", recipe["group_column"]
    if asked == "random":
        return "random", None
    if recipe["date_column"] is not None:
        return "time", _checked_date(recipe["date_column"], columns)
    dates = [c.name for c in signature.columns if c.dtype is Dtype.DATETIME]
    fit = [name for name in dates if _divides(columns[name])]
    if fit:
        # the finest: a day's rows are known one after the other
        return "time", max(fit, key=lambda name: len(np.unique(columns[name])))
    if asked == "time":
        raise wrong("partition", "time", "given with a date column that has no missing value")
    return "random", None


def _divides(values: NDArray[Any]) -> bool:
    return (
        values.dtype.kind == "M"
        and not np.isnat(values).any()
        and (len(np.unique(values)) >= _LEAST_TIMES)
    )


def _checked_date(name: str, columns: Mapping[str, NDArray[Any]]) -> str:
    values = columns[name]
    if values.dtype.kind not in "Miuf":
        raise wrong("date_column", name, "a column of dates, or of numbers that grow in time")
    missing = np.isnat(values) if values.dtype.kind == "M" else ~np.isfinite(values)
    if missing.any():
        raise InvalidInput(
            f"The date column {name!r} is missing in {int(missing.sum()):,} rows.",
            advice="Leave these rows out, or choose another column.",
            fields={"date_column": "missing values"},
        )
    return name


def check_parts(partition: Partition, outcomes: NDArray[np.float64]) -> None:
    """Each training part has something to learn, each other part something to tell; else
    `InvalidInput`.
    """
    part = lacking(partition, outcomes)
    if part is not None:
        raise InvalidInput(
            f"Divided by {partition.kind}, the {part} rows all have the same outcome.",
            advice="Divide otherwise: partition='random', fewer folds, or another column.",
            fields={"partition": f"one outcome in {part}"},
        )


def lacking(
    partition: Partition, outcomes: NDArray[np.float64], *, every: bool = False
) -> str | None:
    """The first part with no two outcomes; ``every``: or training part without all of them."""
    parts = [("training", one) for one, _ in partition.splits]
    parts += [("validation", two) for _, two in partition.splits]
    parts.append(("holdout", partition.holdout))
    for part, rows in parts:
        if not len(rows) or (outcomes[rows] == outcomes[rows[0]]).all():
            return part
    different = len(np.unique(outcomes[partition.modelling]))
    for rows, _ in partition.splits:
        if every and len(np.unique(outcomes[rows])) < different:
            return "training"
    return None


def _keys(values: Any) -> Any:
    """Groups as texts, so that any column can be one; missing ones are a group too."""
    if values.dtype.kind != "O":
        return values
    return np.array(["" if value is None else f"={value}" for value in values.tolist()])

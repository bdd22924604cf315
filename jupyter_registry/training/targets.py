"""What is predicted: its type and classes, as said or by its values, which must match."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..client import tables
from ..domain.baseline import encode_outcomes
from ..domain.errors import InvalidInput
from ..domain.kinds import LEARNED, TargetType
from ..domain.target import Target, label_text
from ..formats.from_data import outcomes

if TYPE_CHECKING:
    import pyarrow as pa

#: An integer target of more values than this is a number unless said otherwise.
MOST_INTEGER_CLASSES = 20
#: More classes than this are refused, and each needs so many rows.
MOST_CLASSES, LEAST_PER_CLASS = 100, 5


def find_target(
    table: pa.Table,
    name: str,
    target_type: TargetType | str | None,
    class_labels: Sequence[object] | None,
    positive_class: object | None,
) -> Target:
    """The target: as it was said, else by its values; they must match.

    Raises
    ------
    InvalidInput
        when the target is constant, or its values are not what was said of it.

    """
    if target_type is not None and str(target_type) not in list(LEARNED):
        raise InvalidInput(
            f"Training makes no models of the target type {str(target_type)!r}.",
            advice=f"Use one of: {', '.join(LEARNED)}.",
            fields={"target_type": f"unknown: {target_type}"},
        )
    kind = None if target_type is None else TargetType(target_type)
    distinct = _distinct(table, name)
    if len(distinct) == 1:
        raise InvalidInput(
            f"The target {name!r} is {distinct[0]!r} in every row, so there is nothing to learn.",
            advice="Give rows with different outcomes, or choose another target.",
            fields={"target": "constant"},
        )
    if kind is TargetType.REGRESSION:
        _check_numbers(table, name)
        return Target.make(name, kind, class_labels, positive_class)
    if kind is None and class_labels is None:
        found, _ = outcomes(name, [table], None)
        if found is None:  # integers, more than two
            few = len(distinct) <= MOST_INTEGER_CLASSES
            found = TargetType.MULTICLASS if few else TargetType.REGRESSION
        if found is TargetType.REGRESSION:
            return Target.make(name, found, None, positive_class)
        kind = found
    _check_classes(name, kind, distinct, class_labels)
    labels = sorted(distinct, key=_order) if class_labels is None else list(class_labels)
    if kind is None:
        kind = TargetType.BINARY if len(labels) == 2 else TargetType.MULTICLASS
    return Target.make(name, kind, labels, positive_class)


def _check_numbers(table: pa.Table, name: str) -> None:
    import pyarrow as pa

    kind = table.column(name).type
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        raise InvalidInput(
            f"The target {name!r} has values of type {kind}, a regression needs numbers.",
            advice="Leave target_type out, or make the column numbers.",
            fields={"target_type": "not numbers"},
        )


def _check_classes(
    name: str,
    kind: TargetType | None,
    distinct: list[Any],
    class_labels: Sequence[object] | None,
) -> None:
    found = {label_text(value) for value in distinct}
    if class_labels is not None:
        declared = [label_text(label) for label in class_labels]
        unknown = sorted(found - set(declared))
        absent = sorted(set(declared) - found)
        if unknown or absent:
            parts = [
                f"the data have {', '.join(unknown[:10])} besides" if unknown else "",
                f"no row has {', '.join(absent[:10])}" if absent else "",
            ]
            raise InvalidInput(
                f"The labels of {name!r} do not match: {'; '.join(p for p in parts if p)}.",
                advice="Give the class labels that the data have, or leave them out.",
                fields={"class_labels": {"unknown": unknown[:100], "absent": absent[:100]}},
            )
    if kind is TargetType.BINARY and len(found) != 2:
        raise InvalidInput(
            f"The target {name!r} has {len(found)} different values; a binary one has two.",
            advice="Leave target_type out, or give 'multiclass' or 'regression'.",
            fields={"target_type": f"{len(found)} classes"},
        )
    if kind is TargetType.MULTICLASS and len(found) < 3:
        raise InvalidInput(
            f"The target {name!r} has {len(found)} different values; a multiclass one has three "
            "or more.",
            advice="Leave target_type out, or give 'binary'.",
            fields={"target_type": f"{len(found)} classes"},
        )
    if len(found) > MOST_CLASSES:
        raise InvalidInput(
            f"The target {name!r} has {len(found)} different values, more than {MOST_CLASSES} "
            "classes.",
            advice="Give target_type='regression' if they are numbers, or join rare classes.",
            fields={"target_type": f"{len(found)} classes"},
        )


def encoded(table: pa.Table, target: Target) -> NDArray[np.float64]:
    """The outcomes as numbers or class indices; every class has rows enough for each part."""
    codes, _ = encode_outcomes(target, tables.columns_of(table.select([target.name]))[target.name])
    if target.type.is_classification:
        counts = np.bincount(codes.astype(np.int64), minlength=len(target.class_labels))
        rare = [
            f"{label} ({n})"
            for label, n in zip(target.class_labels, counts, strict=True)
            if n < LEAST_PER_CLASS
        ]
        if rare:
            raise InvalidInput(
                f"Classes of {target.name!r} have fewer than {LEAST_PER_CLASS} rows: "
                f"{', '.join(rare[:10])}.",
                advice="Training, validation and holdout each need one: leave these rows out, or "
                "join rare classes.",
                fields={"target": {"rare": rare[:100]}},
            )
    return codes


def _distinct(table: pa.Table, name: str) -> list[Any]:
    import pyarrow.compute as pc

    return [value for value in pc.unique(table.column(name)).to_pylist() if value is not None]


def _order(value: Any) -> tuple[bool, Any]:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return (False, value) if number else (True, str(value))

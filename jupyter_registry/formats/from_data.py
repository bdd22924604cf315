"""Target, signature and input example of a package, from its model and tables of its data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..domain.errors import InvalidInput
from ..domain.kinds import TargetType
from ..domain.signature import Column, Dtype, Signature
from ..domain.target import DEFAULT_NAMES, Target
from .arrow_tables import columns_of, records_of

if TYPE_CHECKING:
    import pyarrow as pa

    from .base import ModelDescription, Predictor

#: Input rows kept with a package, for trying it out.
EXAMPLE_ROWS = 5


@dataclass(frozen=True)
class TargetSaid:
    """What a caller says of a target beside its name; ``None`` where nothing is said."""

    type: TargetType | str | None = None
    class_labels: Any = None
    positive_class: object | None = None
    threshold: float | None = None
    #: Its name, where a model's files say it.
    name: str | None = None

    def or_else(self, other: TargetSaid) -> TargetSaid:
        """What is said here; of positive class and threshold else what the other says."""
        kind = self.type or other.type
        if kind is not None and str(kind) != TargetType.BINARY:
            return self
        positive = self.positive_class if self.positive_class is not None else other.positive_class
        threshold = self.threshold if self.threshold is not None else other.threshold
        return replace(self, positive_class=positive, threshold=threshold)


def find_target(
    name: str,
    said: TargetSaid,
    predictor: Callable[[], Predictor] | None,
    tables: Sequence[pa.Table],
) -> Target:
    """The target: as it was said, else as the model says, else by the values in the tables.

    Parameters
    ----------
    predictor:
        Loads the model, when it must be asked; ``None`` where there is none.

    Raises
    ------
    InvalidInput
        naming what is wrong, or ``target_type`` as missing where nothing tells it.

    """
    kind, labels = said.type, said.class_labels
    if labels is not None and not isinstance(labels, str):
        labels = list(labels)
    known = kind is not None and (_has_no_classes(kind) or labels is not None)
    is_unnamed = not name and str(kind) not in DEFAULT_NAMES
    if (is_unnamed or not known) and predictor is not None:
        from .infer import infer_target, numbered_labels

        loaded = predictor()
        says = loaded.describe()
        own = getattr(loaded, "target_said", TargetSaid())
        name, said = name or own.name or "", said.or_else(own)
        if kind is not None or says.target_type is not None:
            if labels is None and says.class_labels is None:
                found = outcomes(name, tables, kind or says.target_type)[1]
                classes = not _has_no_classes(kind or says.target_type)
                labels = numbered_labels(says, found) if classes else found
            return infer_target(
                loaded,
                name,
                type=kind,
                class_labels=labels,
                positive_class=said.positive_class,
                threshold=said.threshold,
            )
    if not known:
        found_kind, found_labels = outcomes(name, tables, kind)
        kind = kind or found_kind
        labels = labels if labels is not None else found_labels
    if kind is None:
        raise InvalidInput(
            f"It is not clear whether {name!r} is a number or a class.",
            advice=f"Give target_type, one of: {', '.join(TargetType)}.",
            fields={"target_type": "missing"},
        )
    return Target.make(name, kind, labels, said.positive_class, said.threshold)


def _has_no_classes(kind: TargetType | str | None) -> bool:
    """Whether it is a target type without classes; one that is unknown is refused later."""
    return str(kind) in list(TargetType) and not TargetType(str(kind)).is_classification


def outcomes(
    name: str, tables: Sequence[pa.Table], kind: TargetType | str | None
) -> tuple[TargetType | None, list[Any] | None]:
    """Type and sorted labels of a target by its values: texts and booleans are classes,
    fractions are numbers, two different integers are two classes; other integers may be either.
    """
    columns = [table.column(name) for table in tables if name in table.column_names]
    if not columns or (kind is not None and _has_no_classes(kind)):
        return None, None
    import pyarrow as pa  # which an environment needs for data alone
    import pyarrow.compute as pc

    distinct = {value for c in columns for value in pc.unique(c).to_pylist() if value is not None}
    types = [column.type for column in columns]
    numbers = all(pa.types.is_integer(t) or pa.types.is_floating(t) for t in types)
    if numbers and kind is None:
        if any(isinstance(value, float) and not value.is_integer() for value in distinct):
            return TargetType.REGRESSION, None
        if len(distinct) != 2:
            return None, None
    labels = sorted(distinct) if numbers else sorted(distinct, key=str)
    return (TargetType.BINARY if len(labels) == 2 else TargetType.MULTICLASS), labels


def spare_column(says: ModelDescription | None, columns: Sequence[str]) -> str | None:
    """The one column of the data that the model was not fitted on; ``None`` if not just one."""
    if says is None or says.feature_names is None:
        return None
    spare = [name for name in columns if name not in set(says.feature_names)]
    return spare[0] if len(spare) == 1 else None


def find_signature(
    predictor: Predictor | None, tables: Sequence[pa.Table], leave_out: Sequence[str]
) -> Signature | None:
    """The signature that takes the rows of all tables; ``None`` where nothing tells it.

    Raises
    ------
    InvalidInput
        when a table lacks a column that the model was fitted on.

    """
    from .infer import infer_signature

    if not tables:
        return infer_signature(None, predictor)
    found = [infer_signature(columns_of(t), predictor, leave_out=leave_out) for t in tables]
    first = found[0]
    for other in found[1:]:
        if first is not None and other is not None:
            first = _wider(first, other)
    return first


def _wider(one: Signature, other: Signature) -> Signature:
    """What takes the rows of both: nullable where either is, numbers where one has integers."""
    others = {column.name: column for column in other.columns}
    columns = []
    for column in one.columns:
        second = others.get(column.name, column)
        dtypes = {column.dtype, second.dtype}
        dtype = Dtype.NUMBER if dtypes == {Dtype.INTEGER, Dtype.NUMBER} else column.dtype
        columns.append(Column(column.name, dtype, column.nullable or second.nullable))
    return Signature(tuple(columns))


def example_of(table: pa.Table | None, signature: Signature | None) -> list[dict[str, Any]] | None:
    """The table's rows as records of the signature's columns; ``None`` without rows.

    Raises
    ------
    InvalidInput
        when the table lacks columns of the signature.

    """
    if table is None or not table.num_rows:
        return None
    if signature is not None:
        missing = [name for name in signature.names if name not in table.column_names]
        if missing:
            raise InvalidInput(
                f"The data lacks columns of the signature: {', '.join(missing)}.",
                advice="Give data with all input columns, or another signature.",
                fields={"signature": f"not in the data: {', '.join(missing)}"},
            )
        table = table.select(signature.names)
    return records_of(table)


def example_kept(predictor: Predictor | None, signature: Signature) -> list[dict[str, Any]] | None:
    """The input example that a model's files hold, if it has all columns of the signature."""
    kept = getattr(predictor, "input_example", None)
    rows = kept() if callable(kept) else None
    if not rows or not all(set(signature.names) <= set(row) for row in rows):
        return None
    return [{name: row[name] for name in signature.names} for row in rows[:EXAMPLE_ROWS]]


def said_provenance(predictor: Predictor | None) -> dict[str, Any]:
    """What a model's files say of where it is from, as fields of the provenance."""
    said = getattr(predictor, "provenance", None)
    return dict(said()) if callable(said) else {}

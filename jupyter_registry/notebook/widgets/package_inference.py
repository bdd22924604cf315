"""What a form can tell of a model and its data before anything is registered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...domain.kinds import TargetType
from ...domain.signature import Dtype, Signature
from .. import namespace

if TYPE_CHECKING:
    from ...formats.base import Predictor

#: Rows that the signature is guessed from; registering looks at all.
SAMPLE_ROWS = 1_000


@dataclass(frozen=True)
class Inferred:
    """What is known; ``None`` where nothing is."""

    target: str | None = None
    target_type: TargetType | None = None
    class_labels: tuple[str, ...] | None = None
    signature: Signature | None = None


def infer(model: Any, training: Any, holdout: Any, target: str | None) -> Inferred:
    """Target, labels and signature, of a model in memory (or none) and tables (or none).

    Raises
    ------
    RegistryError
        when model and data do not fit each other.

    """
    from ...domain.target import DEFAULT_NAMES, label_text
    from ...formats.from_data import spare_column
    from ...formats.infer import infer_signature, numbered_labels

    predictor = _predictor(model)
    says = predictor.describe() if predictor is not None else None
    tables = [table for table in (training, holdout) if table is not None]
    columns = namespace.columns_of(tables[0]) if tables else []
    target = target if target is not None else spare_column(says, columns)
    kind = says.target_type if says is not None else None
    if target is None and kind is not None:
        target = DEFAULT_NAMES.get(kind)
    labels = says.class_labels if says is not None else None
    if target is not None and (kind is None or (kind.is_classification and labels is None)):
        told, found = _outcomes(target, tables, kind)
        kind = kind or told
        if says is not None and kind is not None and kind.is_classification:
            found = numbered_labels(says, found)
        labels = None if found is None else tuple(label_text(label) for label in found)
    signature = None
    if predictor is not None or (tables and target is not None):
        sample = _sample(tables[0]) if tables else None
        signature = infer_signature(sample, predictor, leave_out=[target] if target else [])
    return Inferred(target, kind, labels, signature)


def _predictor(model: Any) -> Predictor | None:
    if model is None:
        return None
    from ... import formats

    return formats.format_for(model).wrap(model)


def _sample(table: Any) -> Any:
    from ...client import tables

    first = table.head(SAMPLE_ROWS) if hasattr(table, "head") else table.slice(0, SAMPLE_ROWS)
    return tables.columns_of(tables.read(first, "training").table)


def _outcomes(
    target: str, tables: list[Any], kind: TargetType | None
) -> tuple[TargetType | None, Sequence[object] | None]:
    """Type and labels by the target's values, as registering would find them."""
    from ...client.tables import read
    from ...formats.from_data import outcomes

    columns = [
        read(_column(table, target), "training").table
        for table in tables
        if target in namespace.columns_of(table)
    ]
    return outcomes(target, columns, kind)


def _column(table: Any, name: str) -> Any:
    select = getattr(table, "select", None)
    return select([name]) if callable(select) else table[[name]]


def signature_text(signature: Signature | None) -> str:
    """A signature as people edit it: a column per line, ``name: dtype``, ``?`` if nullable."""
    if signature is None:
        return ""
    return "\n".join(
        f"{column.name}: {column.dtype.value}{'?' if column.nullable else ''}"
        for column in signature.columns
    )


def read_signature(text: str) -> dict[str, str]:
    """The columns of such a text: name → dtype; raises `InvalidInput` naming the line."""
    from ...domain.errors import InvalidInput

    columns: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        name, colon, dtype = (part.strip() for part in line.rpartition(":"))
        if not colon or not name or dtype.removesuffix("?") not in set(Dtype):
            raise InvalidInput(
                f"Line {number} of the signature, {line.strip()!r}, is not understood.",
                advice=f"Write name: dtype, the dtype one of {', '.join(Dtype)}; ? if nullable.",
                fields={"signature": f"line {number}"},
            )
        if name in columns:
            raise InvalidInput(
                f"The column {name!r} is in the signature twice.",
                advice="Give each column once.",
                fields={"signature": "not distinct"},
            )
        columns[name] = dtype
    return columns

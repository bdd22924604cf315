"""The signature: a model's input columns with dtype and nullability."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from .errors import InvalidInput


class Dtype(StrEnum):
    """Column types, as wide as JSON, CSV and Arrow agree on."""

    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    STRING = "string"
    DATETIME = "datetime"


#: What a column of the key type may be given where the value types are asked for.
ACCEPTS: Mapping[Dtype, frozenset[Dtype]] = {
    Dtype.INTEGER: frozenset({Dtype.INTEGER}),
    Dtype.NUMBER: frozenset({Dtype.NUMBER, Dtype.INTEGER}),
    Dtype.BOOLEAN: frozenset({Dtype.BOOLEAN}),
    Dtype.STRING: frozenset({Dtype.STRING}),
    Dtype.DATETIME: frozenset({Dtype.DATETIME}),
}


@dataclass(frozen=True)
class Column:
    """One input column."""

    name: str
    dtype: Dtype
    nullable: bool = False


@dataclass(frozen=True)
class Signature:
    """The input columns, in the model's order."""

    columns: tuple[Column, ...]

    @classmethod
    def from_json(cls, items: Iterable[Mapping[str, Any]]) -> Signature:
        """Read ``[{"name", "dtype", "nullable"}, …]``; raises `InvalidInput`."""
        columns = []
        for position, item in enumerate(items):
            try:
                column = _column(item)
            except (KeyError, ValueError, TypeError, AttributeError) as error:
                raise InvalidInput(
                    f"Signature column {position} is not understood: {error}.",
                    advice=f"Give name, dtype (one of {', '.join(Dtype)}) and nullable.",
                    fields={f"signature.{position}": str(error)},
                ) from None
            columns.append(column)
        names = [column.name for column in columns]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise InvalidInput(
                f"Signature columns repeat: {repeated}.",
                advice="Give each column once.",
                fields={"signature": "not distinct"},
            )
        return cls(tuple(columns))

    def to_json(self) -> list[dict[str, Any]]:
        """The JSON form read by `from_json`."""
        return [asdict(column) | {"dtype": column.dtype.value} for column in self.columns]

    @property
    def names(self) -> list[str]:
        """Column names in order."""
        return [column.name for column in self.columns]

    def __len__(self) -> int:
        return len(self.columns)


def _column(item: Mapping[str, Any]) -> Column:
    name, nullable = item["name"], item.get("nullable", False)
    if not isinstance(name, str) or not name:
        raise ValueError(f"the name {name!r} is no text, or empty")
    if not isinstance(nullable, bool):
        raise ValueError(f"nullable is {nullable!r}, not true or false")
    return Column(name, Dtype(item["dtype"]), nullable)

"""What entities' fields share: which texts may be, and how an enumeration is stored."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import StringConstraints
from sqlmodel import Enum

from .names import ALIAS_PATTERN as ALIAS_PATTERN
from .names import NAME_PATTERN as NAME_PATTERN

Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN)]
Alias = Annotated[str, StringConstraints(pattern=ALIAS_PATTERN)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
TagKey = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
TagValue = Annotated[str, StringConstraints(max_length=500)]
Text = Annotated[str, StringConstraints(max_length=20_000)]


def stored(kind: type[StrEnum]) -> Any:
    """The column type of an enumeration: its values in a VARCHAR."""
    return Enum(
        kind, native_enum=False, length=40, values_callable=lambda e: [item.value for item in e]
    )

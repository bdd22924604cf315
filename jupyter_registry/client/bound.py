"""Results that know the registry they came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from pydantic import PrivateAttr
from sqlmodel import SQLModel

if TYPE_CHECKING:
    from .registry import Registry


class Bound(SQLModel):
    """A result with a way back to the server."""

    _registry: Any = PrivateAttr(default=None)

    @classmethod
    def of(cls, registry: Registry, document: Mapping[str, Any]) -> Self:
        """The result that a JSON document is."""
        made = cls.model_validate(document)
        made._registry = registry
        return made

    def _become(self, document: Mapping[str, Any]) -> None:
        """Take over what the server says now."""
        for name, value in self.__class__.model_validate(document):
            setattr(self, name, value)

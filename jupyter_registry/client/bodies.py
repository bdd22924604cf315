"""Request bodies: checked by the entity's own class before they are sent."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from sqlmodel import SQLModel

from ..domain.errors import InvalidInput


def body(entity: type[SQLModel], /, **values: Any) -> dict[str, Any]:
    """The JSON of a request body; raises `InvalidInput` naming the fields that are wrong."""
    try:
        made = entity.model_validate(values)
    except ValidationError as error:
        fields = {
            ".".join(str(part) for part in item["loc"]): item["msg"] for item in error.errors()
        }
        listed = "; ".join(f"{name}: {message}" for name, message in fields.items())
        raise InvalidInput(
            f"Not understood: {listed}.", advice="Correct what is named.", fields=fields
        ) from None
    return made.model_dump(mode="json", exclude_unset=True)

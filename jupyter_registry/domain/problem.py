"""The shape of an error, as the API answers it."""

from __future__ import annotations

from typing import Any

from sqlmodel import SQLModel


class Problem(SQLModel):
    """An error, as RFC 9457 ``application/problem+json``."""

    type: str
    title: str
    status: int
    detail: str
    advice: str = ""
    fields: dict[str, Any] = {}

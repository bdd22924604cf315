"""What the caller of ``Registry.register`` says of a package."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..domain.kinds import PackageKind, TargetType
from ..domain.signature import Signature
from .progress import Progress

SignatureLike = Signature | Iterable[Mapping[str, Any]] | Mapping[str, str]


@dataclass(frozen=True)
class Described:
    """What the caller of ``Registry.register`` said."""

    name: str
    model: Any
    kind: PackageKind | str | None
    target: str | None
    target_type: TargetType | str | None
    class_labels: Any
    positive_class: object | None
    threshold: float | None
    training: Any
    holdout: Any
    predictions: Any
    importance: Mapping[str, float] | None
    signature: SignatureLike | None
    input_example: Any
    description: str
    tags: Mapping[str, Any] | None
    aliases: tuple[str, ...]
    format: str | None
    location: str | None
    build_environment: str | None
    own_code: bool
    sign_with: str | os.PathLike[str] | None
    try_rows: int
    progress: Progress

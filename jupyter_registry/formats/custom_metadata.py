"""What ``model-metadata.yaml`` beside a `custom.py` says of the model: its ``targetType``."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from ..domain.errors import UnsupportedFormat
from ..domain.kinds import TargetType

METADATA_FILE = "model-metadata.yaml"


def read_target_type(folder: Path) -> TargetType | None:
    """The target type that the file says; ``None`` where it says none that is known.

    A type of other systems is warned of. Where YAML cannot be read (no PyYAML) nothing is said: a
    package that was registered knows its type.

    Raises
    ------
    UnsupportedFormat
        when the file is no YAML, or no mapping.

    """
    path = folder / METADATA_FILE
    if not path.is_file():
        return None
    try:
        import yaml  # type: ignore[import-untyped]
    except ModuleNotFoundError:
        return None
    try:
        said: Any = yaml.safe_load(path.read_text("utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _unread(str(error)) from error
    if said is None:
        return None
    if not isinstance(said, dict):
        raise _unread(f"it is a {type(said).__name__}, no mapping")
    given = said.get("targetType")
    if given is None:
        return None
    name = str(given).strip().lower()
    if name not in list(TargetType):
        warnings.warn(
            f"{METADATA_FILE} says targetType {given!r}, which is not one of "
            f"{', '.join(TargetType)}; choose one.",
            stacklevel=3,
        )
        return None
    return TargetType(name)


def _unread(why: str) -> UnsupportedFormat:
    return UnsupportedFormat(
        f"{METADATA_FILE} cannot be read: {why[:400]}.",
        advice="Correct it, or leave it out: all that it says can be said when registering.",
        fields={"path": METADATA_FILE},
    )

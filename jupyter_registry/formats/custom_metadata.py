"""What ``model-metadata.yaml`` beside a `custom.py` says of what is predicted.

``targetType``, and below ``inferenceModel`` or beside it ``targetName``, ``classLabels`` (a list),
``positiveClassLabel``, ``negativeClassLabel`` and ``predictionThreshold``. What is said when the
model is registered goes before it.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from ..domain.errors import UnsupportedFormat
from ..domain.kinds import TargetType
from .from_data import TargetSaid

METADATA_FILE = "model-metadata.yaml"
_NOTHING = ("", "~", "null")


def read_target(folder: Path) -> TargetSaid:
    """What the file says of the target; nothing where there is none.

    A type of other systems is warned of. Where YAML cannot be read (no PyYAML) nothing is said: a
    package that was registered knows its target.

    Raises
    ------
    UnsupportedFormat
        when the file is no YAML, or no mapping, or a value is not of its kind.

    """
    path = folder / METADATA_FILE
    if not path.is_file():
        return TargetSaid()
    try:
        import yaml  # type: ignore[import-untyped]
    except ModuleNotFoundError:
        return TargetSaid()
    try:
        # all scalars as they are written: a label ``yes`` is no truth, ``1.0`` is not ``1``
        said: Any = yaml.load(path.read_text("utf-8-sig"), yaml.BaseLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _unread(str(error)) from error
    if said is None:
        return TargetSaid()
    if not isinstance(said, dict):
        raise _unread(f"it is a {type(said).__name__}, no mapping")
    inner = said.get("inferenceModel")
    both = {**said, **inner} if isinstance(inner, dict) else said
    positive, negative = _text(both, "positiveClassLabel"), _text(both, "negativeClassLabel")
    labels = both.get("classLabels")
    if labels is not None and not (
        isinstance(labels, list) and all(isinstance(label, str) for label in labels)
    ):
        raise _unread("classLabels is no list of labels")
    if not labels and positive is not None and negative is not None:
        labels = [negative, positive]
    return TargetSaid(
        _type(_text(said, "targetType")),
        labels or None,
        positive,
        _number(_text(both, "predictionThreshold")),
        _text(both, "targetName"),
    )


def _text(said: dict[str, Any], name: str) -> str | None:
    value = said.get(name)
    if value is not None and not isinstance(value, str):
        raise _unread(f"{name} is a {type(value).__name__}, no single value")
    return None if value is None or value.strip().lower() in _NOTHING else value.strip()


def _type(given: str | None) -> TargetType | None:
    if given is None:
        return None
    if given.lower() not in list(TargetType):
        warnings.warn(
            f"{METADATA_FILE} says targetType {given!r}, which is not one of "
            f"{', '.join(TargetType)}; choose one.",
            stacklevel=4,
        )
        return None
    return TargetType(given.lower())


def _number(given: str | None) -> float | None:
    try:
        return None if given is None else float(given)
    except ValueError:
        raise _unread(f"predictionThreshold is {given!r}, no number") from None


def _unread(why: str) -> UnsupportedFormat:
    return UnsupportedFormat(
        f"{METADATA_FILE} cannot be read: {why[:400]}.",
        advice="Correct it, or leave it out: all that it says can be said when registering.",
        fields={"path": METADATA_FILE},
    )

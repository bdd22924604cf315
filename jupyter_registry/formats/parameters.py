"""What an estimator was made with: its parameters, as JSON-able data for the provenance."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

#: Parameters that are kept, and characters of a value's text.
_PARAMETERS = 300
_CHARACTERS = 200


def parameters(model: Any) -> dict[str, Any]:
    """The parameters of an estimator in memory, those of its parts as ``part__name``.

    Numbers, texts and ``None`` stay as they are; an estimator among them is told by its class,
    anything else by its ``repr``, shortened. Of models without ``get_params`` there are none.
    """
    if isinstance(model, type) or not callable(getattr(model, "get_params", None)):
        return {}
    try:
        found = model.get_params(deep=True)
        if not isinstance(found, Mapping):
            return {}
        return {str(name): _plain(found[name]) for name in list(found)[:_PARAMETERS]}
    except Exception:  # of somebody's class; a package is not refused for it
        return {}


def _plain(value: Any) -> Any:
    if hasattr(type(value), "item") and not getattr(value, "shape", (1,)):
        value = value.item()  # NumPy's scalar
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return _text(value)[:_CHARACTERS]


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if hasattr(value, "get_params"):
        return type(value).__name__
    if isinstance(value, list | tuple):  # the steps of a pipeline, for one
        return f"[{', '.join(_text(item) for item in value[:_PARAMETERS])}]"
    if callable(value):
        return str(getattr(value, "__qualname__", value))
    return repr(value)

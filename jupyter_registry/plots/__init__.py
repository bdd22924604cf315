"""Matplotlib figures from plain results: no requests, no files, no global state.

Each function takes a result (`accuracy`, `accuracy_details`, `history` of a deployment) and
returns a figure that pyplot does not know; with ``ax`` it draws in axes of one's own. They
follow the style sheet in use, light or dark. ``alt_text(figure)`` says in words what is shown.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .accuracy import accuracy_over_time as accuracy_over_time
    from .alternative import alt_text as alt_text
    from .alternative import to_html as to_html
    from .curves import lift as lift
    from .curves import precision_recall as precision_recall
    from .curves import roc as roc
    from .matrix import confusion as confusion
    from .over_time import predicted_vs_actual as predicted_vs_actual
    from .regression import predicted_against_actual as predicted_against_actual
    from .regression import residuals as residuals
    from .reliability import calibration as calibration
    from .timeline import deployment_timeline as deployment_timeline

_HOMES = {
    "accuracy_over_time": "accuracy",
    "alt_text": "alternative",
    "calibration": "reliability",
    "confusion": "matrix",
    "deployment_timeline": "timeline",
    "lift": "curves",
    "precision_recall": "curves",
    "predicted_against_actual": "regression",
    "predicted_vs_actual": "over_time",
    "residuals": "regression",
    "roc": "curves",
    "to_html": "alternative",
}

__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f".{_HOMES[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(_HOMES)

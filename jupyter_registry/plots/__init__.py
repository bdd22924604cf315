"""Matplotlib figures from plain results: no requests, no files, no global state.

Each function takes a result (`accuracy`, `accuracy_details`, `drift`, `health`, `history` of a
deployment; a leaderboard, or one of its models) and returns a figure that pyplot does not know.
They follow the style sheet in use, light or dark. ``alt_text(figure)`` says in words what is
shown. Where a result has nothing to draw, the axes are empty but for a sentence that says what is
missing.

What most of them take:

ax
    axes to draw in; without it, a new figure is made. The figure of ``ax``, or the new one, is
    returned.
title
    the title of the axes, or of a figure of several.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .accuracy import accuracy_over_time as accuracy_over_time
    from .alternative import alt_text as alt_text
    from .alternative import to_html as to_html
    from .bins import feature_bins as feature_bins
    from .curves import lift as lift
    from .curves import precision_recall as precision_recall
    from .curves import roc as roc
    from .dependence import partial_dependence as partial_dependence
    from .drift import drift_importance as drift_importance
    from .drift import drift_over_time as drift_over_time
    from .health import service_health as service_health
    from .importance import permutation_importance as permutation_importance
    from .learning import learning_curve as learning_curve
    from .matrix import confusion as confusion
    from .over_time import predicted_vs_actual as predicted_vs_actual
    from .pipeline import blueprint as blueprint
    from .ranking import leaderboard as leaderboard
    from .regression import predicted_against_actual as predicted_against_actual
    from .regression import residuals as residuals
    from .reliability import calibration as calibration
    from .timeline import deployment_timeline as deployment_timeline
    from .validation import validation_confusion as validation_confusion
    from .validation import validation_lift as validation_lift
    from .validation import validation_residuals as validation_residuals
    from .validation import validation_roc as validation_roc

_HOMES = {
    "accuracy_over_time": "accuracy",
    "alt_text": "alternative",
    "blueprint": "pipeline",
    "calibration": "reliability",
    "confusion": "matrix",
    "deployment_timeline": "timeline",
    "drift_importance": "drift",
    "drift_over_time": "drift",
    "feature_bins": "bins",
    "leaderboard": "ranking",
    "learning_curve": "learning",
    "lift": "curves",
    "partial_dependence": "dependence",
    "permutation_importance": "importance",
    "precision_recall": "curves",
    "predicted_against_actual": "regression",
    "predicted_vs_actual": "over_time",
    "residuals": "regression",
    "roc": "curves",
    "service_health": "health",
    "to_html": "alternative",
    "validation_confusion": "validation",
    "validation_lift": "validation",
    "validation_residuals": "validation",
    "validation_roc": "validation",
}

__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f".{_HOMES[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(_HOMES)

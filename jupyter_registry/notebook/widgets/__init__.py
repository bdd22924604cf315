"""The registry by clicking: ipywidgets over the Python client, each loaded when it is first used.

`RegistryBrowser` and `PackageForm` for packages; `DeployForm`, `ReplaceForm` and
`DeploymentCard` for deployments; `PredictPanel`, `ReportPanel` and `ActualsPanel` for rows;
`AccuracyView`; `LeaderboardForm` and `LeaderboardView` train models and show them.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

#: The widgets, each with the module that has it.
WIDGETS = {
    "RegistryBrowser": "packages",
    "PackageCard": "package_card",
    "PackageForm": "package_form",
    "DeployForm": "deploy_form",
    "ReplaceForm": "replace_form",
    "DeploymentCard": "deployment_card",
    "PredictPanel": "rows_panels",
    "ReportPanel": "rows_panels",
    "ActualsPanel": "rows_panels",
    "AccuracyView": "accuracy_view",
    "LeaderboardForm": "leaderboard_form",
    "LeaderboardView": "leaderboard_view",
}

__all__ = list(WIDGETS)


def __getattr__(name: str) -> Any:
    if name in WIDGETS:
        return getattr(import_module(f".{WIDGETS[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *WIDGETS])

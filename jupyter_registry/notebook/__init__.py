"""The registry inside a notebook: magics and displays, in the kernel, over the Python client."""

from __future__ import annotations

from typing import Any

__all__ = [
    "AccuracyView", "ActualsPanel", "DeployForm", "DeploymentCard", "LeaderboardForm",
    "LeaderboardView", "PackageCard", "PackageForm", "PredictPanel", "RegistryBrowser",
    "ReplaceForm", "ReportPanel",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in __all__:
        from . import widgets

        return getattr(widgets, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])

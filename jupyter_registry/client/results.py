"""What the registry answers, as objects that can be asked further and show as tables."""

from __future__ import annotations

from .accuracy import Accuracy
from .accuracy_details import AccuracyDetails
from .deployments import Deployment, DeploymentList, History, Key, KeyList, Replacement
from .drift import Drift
from .health import Health
from .packages import Model, ModelList, Package, PackageItem, PackageList
from .rows import ActualsResult, ReportResult
from .segments import Segments

__all__ = [
    "Accuracy",
    "AccuracyDetails",
    "ActualsResult",
    "Deployment",
    "DeploymentList",
    "Drift",
    "Health",
    "History",
    "Key",
    "KeyList",
    "Model",
    "ModelList",
    "Package",
    "PackageItem",
    "PackageList",
    "Replacement",
    "ReportResult",
    "Segments",
]

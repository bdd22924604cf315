"""What the registry answers, as objects that can be asked further and show as tables."""

from __future__ import annotations

from .accuracy import Accuracy
from .accuracy_details import AccuracyDetails
from .deployments import Deployment, DeploymentList, History, Key, KeyList, Replacement
from .drift import Drift
from .packages import Model, ModelList, Package, PackageItem, PackageList
from .segments import Segments

__all__ = [
    "Accuracy",
    "AccuracyDetails",
    "Deployment",
    "DeploymentList",
    "Drift",
    "History",
    "Key",
    "KeyList",
    "Model",
    "ModelList",
    "Package",
    "PackageItem",
    "PackageList",
    "Replacement",
    "Segments",
]

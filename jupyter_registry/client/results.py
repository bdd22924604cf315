"""What the registry answers, as objects that can be asked further and show as tables."""

from __future__ import annotations

from .accuracy import Accuracy
from .accuracy_details import AccuracyDetails
from .board_models import BoardModel, Ranking, WholeBoardModel
from .deployments import Deployment, DeploymentList, History, Key, KeyList, Replacement
from .drift import Drift
from .health import Health
from .leaderboards import Board, BoardList
from .models import Model, ModelList
from .packages import Package, PackageItem, PackageList
from .rows import ActualsResult, ReportResult
from .segments import Segments

__all__ = [
    "Accuracy",
    "AccuracyDetails",
    "ActualsResult",
    "Board",
    "BoardList",
    "BoardModel",
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
    "Ranking",
    "Replacement",
    "ReportResult",
    "Segments",
    "WholeBoardModel",
]

"""The fields of registry entities, declared once as SQLModel classes.

``store/tables.py`` adds keys and columns to the ``…Base`` classes; the API's bodies are the
``…Create``, ``…Update`` and ``…Public`` classes; the client's results extend the public ones.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import SQLModel

from .accuracy_fields import AccuracyBucket as AccuracyBucket
from .accuracy_fields import AccuracyOfRows as AccuracyOfRows
from .accuracy_fields import MetricValue as MetricValue
from .accuracy_fields import SegmentColumn as SegmentColumn
from .accuracy_fields import Segments as Segments
from .accuracy_fields import SegmentValue as SegmentValue
from .bodies import AliasSet as AliasSet
from .bodies import ArchiveTake as ArchiveTake
from .bodies import ContentsTake as ContentsTake
from .bodies import DeploymentCheck as DeploymentCheck
from .bodies import DeploymentCreate as DeploymentCreate
from .bodies import DeploymentSettings as DeploymentSettings
from .bodies import DeploymentUpdate as DeploymentUpdate
from .bodies import InspectionCreate as InspectionCreate
from .bodies import KeyCreate as KeyCreate
from .bodies import ModelUpdate as ModelUpdate
from .bodies import PackageCreate as PackageCreate
from .bodies import PackageUpdate as PackageUpdate
from .bodies import ReplacementCreate as ReplacementCreate
from .bodies import ReplacementSettings as ReplacementSettings
from .bodies import RollbackCreate as RollbackCreate
from .bodies import Strict as Strict
from .deployment_fields import ActualsResult as ActualsResult
from .deployment_fields import Check as Check
from .deployment_fields import DeploymentBase as DeploymentBase
from .deployment_fields import DeploymentLights as DeploymentLights
from .deployment_fields import DeploymentListed as DeploymentListed
from .deployment_fields import DeploymentPage as DeploymentPage
from .deployment_fields import DeploymentPublic as DeploymentPublic
from .deployment_fields import DeploymentStatus as DeploymentStatus
from .deployment_fields import Judged as Judged
from .deployment_fields import KeyCreated as KeyCreated
from .deployment_fields import KeyPublic as KeyPublic
from .deployment_fields import ReplacementPublic as ReplacementPublic
from .deployment_fields import ReportResult as ReportResult
from .deployment_fields import RowRejected as RowRejected
from .deployment_fields import ServicePeriod as ServicePeriod
from .details import AccuracyDetails as AccuracyDetails
from .details import SampledRow as SampledRow
from .details import ScoreBin as ScoreBin
from .environment_fields import EnvironmentPublic as EnvironmentPublic
from .fields import ALIAS_PATTERN as ALIAS_PATTERN
from .fields import NAME_PATTERN as NAME_PATTERN
from .fields import Alias as Alias
from .fields import Label as Label
from .fields import Name as Name
from .fields import TagKey as TagKey
from .fields import TagValue as TagValue
from .fields import Text as Text
from .fields import stored as stored
from .kinds import PicklePolicy, TargetType
from .leaderboards import BlueprintStep as BlueprintStep
from .leaderboards import BoardDeploymentCreate as BoardDeploymentCreate
from .leaderboards import BoardModelCreate as BoardModelCreate
from .leaderboards import BoardModelPublic as BoardModelPublic
from .leaderboards import BoardModelSummary as BoardModelSummary
from .leaderboards import BoardPackageCreate as BoardPackageCreate
from .leaderboards import BoardReplacementCreate as BoardReplacementCreate
from .leaderboards import Incumbent as Incumbent
from .leaderboards import LeaderboardCreate as LeaderboardCreate
from .leaderboards import LeaderboardJobCreate as LeaderboardJobCreate
from .leaderboards import LeaderboardJobPublic as LeaderboardJobPublic
from .leaderboards import LeaderboardLog as LeaderboardLog
from .leaderboards import LeaderboardPage as LeaderboardPage
from .leaderboards import LeaderboardPublic as LeaderboardPublic
from .leaderboards import LeaderboardSummary as LeaderboardSummary
from .leaderboards import LeaderboardUpdate as LeaderboardUpdate
from .leaderboards import LeaderboardWhole as LeaderboardWhole
from .leaderboards import Progress as Progress
from .leaderboards import ValidationScore as ValidationScore
from .marks import ReplacementMark as ReplacementMark
from .monitoring import Drift as Drift
from .monitoring import DriftBin as DriftBin
from .monitoring import DriftBucket as DriftBucket
from .monitoring import FeatureDrift as FeatureDrift
from .monitoring import Health as Health
from .monitoring import HealthBucket as HealthBucket
from .package_fields import ModelBase as ModelBase
from .package_fields import ModelPage as ModelPage
from .package_fields import ModelPublic as ModelPublic
from .package_fields import PackageBase as PackageBase
from .package_fields import PackagePage as PackagePage
from .package_fields import PackagePublic as PackagePublic
from .package_fields import PackageRegistered as PackageRegistered
from .package_fields import PackageSummary as PackageSummary
from .problem import Problem as Problem
from .rules import MonitoringRules as MonitoringRules
from .uploads import ContentsTaken as ContentsTaken
from .uploads import FilePublic as FilePublic
from .uploads import InspectionPublic as InspectionPublic
from .uploads import ParquetStart as ParquetStart
from .uploads import UploadPublic as UploadPublic


class Accuracy(SQLModel):
    """Accuracy overall and over time."""

    deployment_id: int
    package_id: int | None = None
    segment: str | None = None
    segment_value: str | None = None
    """The segment column, and the value whose rows alone are counted."""
    bucket: str
    start: datetime | None = None
    end: datetime | None = None
    overall: AccuracyBucket | None = None
    buckets: list[AccuracyBucket] = []
    confusion_matrix: list[list[int]] | None = None
    """Rows are actual classes, columns predicted ones, in the order of ``class_labels``."""
    class_labels: list[str] = []
    target_type: TargetType | None = None
    history: list[ServicePeriod] = []
    replacements: list[ReplacementMark] = []
    """Those of the history in the time of the buckets, where their predictions begin."""


class ServerInfo(SQLModel):
    """What a client needs to know of the server."""

    version: str
    user: str
    schema_revision: str
    limits: dict[str, Any] = {}
    monitoring: MonitoringRules
    pickle_policy: PicklePolicy = PicklePolicy.BLOCK
    trusted_types: list[str] = []
    """Types that models may be made of beside those of known libraries."""

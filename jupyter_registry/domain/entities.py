"""The fields of registry entities, declared once as SQLModel classes.

``store/tables.py`` adds keys and columns to the ``…Base`` classes; the API's bodies are the
``…Create``, ``…Update`` and ``…Public`` classes; the client's results extend the public ones.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import StringConstraints
from sqlmodel import JSON, BigInteger, Enum, Field, SQLModel

from .accuracy_fields import AccuracyBucket as AccuracyBucket
from .accuracy_fields import AccuracyOfRows as AccuracyOfRows
from .accuracy_fields import MetricValue as MetricValue
from .accuracy_fields import SegmentColumn as SegmentColumn
from .accuracy_fields import Segments as Segments
from .accuracy_fields import SegmentValue as SegmentValue
from .details import AccuracyDetails as AccuracyDetails
from .details import SampledRow as SampledRow
from .details import ScoreBin as ScoreBin
from .kinds import (
    CheckStatus,
    DeploymentState,
    Importance,
    PackageKind,
    ReplacementReason,
    TargetType,
)
from .monitoring import Drift as Drift
from .monitoring import DriftBin as DriftBin
from .monitoring import DriftBucket as DriftBucket
from .monitoring import FeatureDrift as FeatureDrift
from .monitoring import Health as Health
from .monitoring import HealthBucket as HealthBucket
from .problem import Problem as Problem
from .uploads import ContentsTaken as ContentsTaken
from .uploads import FilePublic as FilePublic
from .uploads import InspectionPublic as InspectionPublic
from .uploads import UploadPublic as UploadPublic

#: Names of registered models: no slash, ``@`` or leading dot, so they stand in a URL and a magic.
NAME_PATTERN = r"^[A-Za-z0-9_](?:[A-Za-z0-9_ .\-]{0,198}[A-Za-z0-9_\-.])?$"
#: Aliases start with a letter, so that ``latest`` and version numbers cannot be taken for one.
ALIAS_PATTERN = r"^[A-Za-z][A-Za-z0-9_\-]{0,99}$"

Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN)]
Alias = Annotated[str, StringConstraints(pattern=ALIAS_PATTERN)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
TagKey = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
TagValue = Annotated[str, StringConstraints(max_length=500)]
Text = Annotated[str, StringConstraints(max_length=20_000)]


def stored(kind: type[StrEnum]) -> Any:
    """The column type of an enumeration: its values in a VARCHAR."""
    return Enum(
        kind, native_enum=False, length=40, values_callable=lambda e: [item.value for item in e]
    )


class Strict(SQLModel):
    """A request body that refuses fields it does not know."""

    model_config = {"extra": "forbid"}


# --- registered models and packages -------------------------------------------------------


class ModelBase(SQLModel):
    """A name that groups versions."""

    name: str = Field(max_length=200)
    description: str = Field(default="", max_length=20_000)


class ModelPublic(ModelBase):
    """A registered model as the API answers it."""

    id: int
    created_at: datetime
    created_by: str
    updated_at: datetime
    latest_version: int | None = None
    aliases: dict[str, int] = {}


class ModelUpdate(Strict):
    """What may change of a registered model."""

    description: Text | None = None


class PackageBase(SQLModel):
    """What is fixed about a model package when it is registered."""

    name: str = Field(max_length=200)
    version: int
    kind: PackageKind = Field(sa_type=stored(PackageKind))
    description: str = Field(default="", max_length=20_000)
    target_name: str = Field(max_length=500)
    target_type: TargetType = Field(sa_type=stored(TargetType))
    class_labels: list[str] = Field(default_factory=list, sa_type=JSON)
    positive_class: str | None = Field(default=None, max_length=500)
    prediction_threshold: float | None = None
    signature: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    format: str | None = Field(default=None, max_length=50)
    location: str | None = Field(default=None, max_length=2_000)
    build_environment: str | None = Field(default=None, max_length=200)
    digest: str | None = Field(default=None, max_length=64)
    size: int = Field(default=0, sa_type=BigInteger)


class PackageSummary(PackageBase):
    """A row of a list of packages."""

    id: int
    created_at: datetime
    created_by: str
    archived_at: datetime | None = None
    tags: dict[str, str] = {}
    aliases: list[str] = []
    deployed: bool = False


class PackagePublic(PackageSummary):
    """One package, whole."""

    baseline: dict[str, Any] | None = None
    provenance: dict[str, Any] = {}
    input_example: list[dict[str, Any]] | None = None
    files: list[FilePublic] = []
    deployments: list[dict[str, Any]] = []


class PackageCreate(Strict):
    """Register a package: a new version under ``name``.

    ``upload`` names a finished upload (custom and native kinds), of which ``files`` become the
    package's, all of them unless given; the upload ends, and with it the rest. ``baseline`` is
    what ``domain.baseline`` computes; ``input_example`` is a list of at most 20 input records.
    """

    name: Name
    kind: PackageKind
    description: Text = ""
    target_name: str
    target_type: TargetType
    class_labels: list[str] = []
    positive_class: str | None = None
    prediction_threshold: float | None = None
    signature: list[dict[str, Any]] = []
    format: str | None = None
    location: str | None = None
    build_environment: str | None = None
    upload: str | None = None
    files: list[str] | None = None
    baseline: dict[str, Any] | None = None
    provenance: dict[str, Any] = {}
    input_example: list[dict[str, Any]] | None = None
    tags: dict[TagKey, TagValue] = {}
    aliases: list[Alias] = []


class PackageUpdate(Strict):
    """What may change of a package; ``tags`` replaces all tags, ``None`` leaves as is."""

    description: Text | None = None
    tags: dict[TagKey, TagValue] | None = None
    archived: bool | None = None


class AliasSet(Strict):
    """Point an alias of a registered model at a version."""

    version: int


class PackagePage(SQLModel):
    """One page of packages; ``next_cursor`` is ``None`` on the last."""

    items: list[PackageSummary]
    next_cursor: str | None = None


class ModelPage(SQLModel):
    """One page of registered models."""

    items: list[ModelPublic]
    next_cursor: str | None = None


# --- uploads ------------------------------------------------------------------------------


class ContentsTake(Strict):
    """Take a file or a folder of those that Jupyter's file browser shows into an upload."""

    path: str
    """As the file browser has it: relative to the server's root, with ``/``."""
    as_: str | None = Field(default=None, alias="as")
    """The file's path in the upload, or the folder's; without it a file keeps its name, and what
    is in a folder comes to the upload's root."""


class InspectionCreate(Strict):
    """Inspect an upload's model and data; what is known already is taken as it is said."""

    kind: PackageKind = PackageKind.CUSTOM
    files: list[str] | None = None
    """The files that are the model's; all but ``training`` and ``holdout`` unless given."""
    training: str | None = None
    holdout: str | None = None
    """Files of the upload: CSV, Parquet or Arrow."""
    format: str | None = None
    target_name: str | None = None
    target_type: TargetType | None = None
    class_labels: list[str] | None = None
    positive_class: str | None = None
    prediction_threshold: float | None = None
    predictions: str | None = None
    """The holdout's column with predictions, where the model is not to be asked for them."""
    kernelspec: str | None = None
    """In whose environment it runs; the registry's default one unless given."""


# --- deployments --------------------------------------------------------------------------


class DeploymentBase(SQLModel):
    """What is settable about a deployment."""

    label: str = Field(max_length=200)
    description: str = Field(default="", max_length=20_000)
    importance: Importance = Field(default=Importance.MODERATE, sa_type=stored(Importance))
    association_id_column: str | None = Field(default=None, max_length=500)
    association_id_required: bool = False
    prediction_threshold: float | None = None
    store_features: bool = False
    kernelspec: str | None = Field(default=None, max_length=200)
    segment_columns: list[str] = Field(default_factory=list, sa_type=JSON, nullable=True)
    """Accuracy is kept by the values of these columns too; null in rows older than segments."""


class DeploymentCreate(Strict):
    """Create a deployment from a package; names a package by ``package_id``."""

    package_id: int
    label: Label
    description: Text = ""
    importance: Importance = Importance.MODERATE
    association_id_column: str | None = None
    association_id_required: bool = False
    prediction_threshold: float | None = None
    store_features: bool = False
    kernelspec: str | None = None
    segment_columns: list[str] = []


class DeploymentUpdate(Strict):
    """What may change of a deployment; absent fields stay."""

    label: Label | None = None
    description: Text | None = None
    importance: Importance | None = None
    association_id_column: str | None = None
    association_id_required: bool | None = None
    prediction_threshold: float | None = None
    store_features: bool | None = None
    segment_columns: list[str] | None = None
    """All of them; applies to predictions from then on, and what was counted stays."""
    state: DeploymentState | None = None


class DeploymentPublic(DeploymentBase):
    """A deployment as the API answers it."""

    id: int
    state: DeploymentState
    package_id: int
    package: str
    """The champion as ``name/version``."""
    kind: PackageKind
    target_name: str
    target_type: TargetType
    class_labels: list[str] = []
    positive_class: str | None = None
    created_at: datetime
    created_by: str
    updated_at: datetime
    rows_predicted: int = 0
    rows_matched: int = 0
    rows_waiting: int = 0
    """Predictions that still wait for their actual."""


class DeploymentPage(SQLModel):
    """One page of deployments."""

    items: list[DeploymentPublic]
    next_cursor: str | None = None


class ServicePeriod(SQLModel):
    """Which package was in service from when to when; ``end`` is ``None`` for the champion."""

    package_id: int
    package: str
    start: datetime
    end: datetime | None = None
    reason: ReplacementReason | None = None
    note: str = ""
    user: str = ""


class ReplacementCreate(Strict):
    """Replace the champion, or with ``dry_run`` only check."""

    package_id: int
    reason: ReplacementReason = ReplacementReason.OTHER
    note: Text = ""
    dry_run: bool = False


class RollbackCreate(Strict):
    """Put the previous package back in service."""

    note: Text = ""


class Check(SQLModel):
    """One validation check of a replacement."""

    name: str
    status: CheckStatus
    message: str


class ReplacementPublic(SQLModel):
    """The checks of a replacement and, when it was carried out, the deployment after it."""

    checks: list[Check]
    replaced: bool
    deployment: DeploymentPublic


class KeyCreate(Strict):
    """Make a prediction key."""

    name: str = ""


class KeyPublic(SQLModel):
    """A prediction key as listed; the secret is never shown again."""

    id: int
    name: str
    prefix: str
    created_at: datetime
    created_by: str
    revoked_at: datetime | None = None


class KeyCreated(KeyPublic):
    """A prediction key just made, with its secret."""

    key: str


# --- predictions, reports, actuals --------------------------------------------------------


class RowRejected(SQLModel):
    """Why a row was not taken; ``row`` is 0-based."""

    row: int
    reason: str


class ReportResult(SQLModel):
    """What became of reported predictions."""

    accepted: int
    replaced: int
    matched: int
    """How many met an actual that was waiting, or that the replaced row had."""


class ActualsResult(SQLModel):
    """What became of uploaded actuals."""

    accepted: int
    matched: int
    replaced: int
    waiting: int
    rejected: int
    rejections: list[RowRejected] = []


# --- accuracy -----------------------------------------------------------------------------


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
    history: list[ServicePeriod] = []


class ServerInfo(SQLModel):
    """What a client needs to know of the server."""

    version: str
    user: str
    schema_revision: str
    limits: dict[str, Any] = {}

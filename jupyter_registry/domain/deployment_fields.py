"""The fields of deployments, their replacements and keys, and of the rows that they take."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import JSON, Field, SQLModel

from .fields import stored
from .kinds import (
    CheckStatus,
    DeploymentState,
    Importance,
    ModelEnvironment,
    PackageKind,
    ReplacementReason,
    Status,
    TargetType,
)


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
    environment: ModelEnvironment = Field(
        default=ModelEnvironment.KERNELSPEC,
        sa_type=stored(ModelEnvironment),
        sa_column_kwargs={"server_default": ModelEnvironment.KERNELSPEC.value},
    )
    """Whether the kernelspec's libraries are used, or an environment built from the package's
    requirements with the kernelspec's Python."""
    segment_columns: list[str] = Field(default_factory=list, sa_type=JSON, nullable=True)
    """Accuracy is kept by the values of these columns too; null in rows older than segments."""
    predict_seconds: float | None = None
    """That one call of the model may take; ``None`` for what the server allows."""


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


class Judged(SQLModel):
    """How a deployment does in one respect, and why, in a sentence."""

    status: Status = Status.UNKNOWN
    reason: str = ""


class DeploymentStatus(SQLModel):
    """How a deployment does, see `domain.deployment_status`."""

    service: Judged
    drift: Judged
    accuracy: Judged


class DeploymentLights(SQLModel):
    """A deployment's status with its predictions of the last days."""

    status: DeploymentStatus | None = None
    predictions_by_day: list[int] | None = None
    """Of the last 7 days in UTC, by the time of the prediction; today is the last."""


class DeploymentListed(DeploymentPublic, DeploymentLights):
    """A deployment in a list, with its status where that was asked for."""


class DeploymentPage(SQLModel):
    """One page of deployments."""

    items: list[DeploymentListed]
    next_cursor: str | None = None
    total: int | None = None
    """How many there are on all pages, where it was asked for."""


class ServicePeriod(SQLModel):
    """Which package was in service from when to when; ``end`` is ``None`` for the champion."""

    package_id: int
    package: str
    start: datetime
    end: datetime | None = None
    reason: ReplacementReason | None = None
    environment: ModelEnvironment | None = None
    """Whose libraries it ran with; ``None`` where that was not kept."""
    kernelspec: str | None = None
    """Whose interpreter it was; ``None`` for the registry's default one, or hosted elsewhere."""
    note: str = ""
    user: str = ""


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

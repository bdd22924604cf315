"""The registry's tables: registered models, packages, deployments, uploads, keys.

Leaderboards are in `store.leaderboard_tables`, rows in `store.log_tables`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Index,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    event,
    false,
    insert,
    text,
)
from sqlmodel import JSON, Field, SQLModel, UTCDateTime

from ..domain.entities import DeploymentBase, FilePublic, ModelBase, PackageBase, stored
from ..domain.kinds import DeploymentState, ModelEnvironment, ReplacementReason
from .clock import now as now
from .leaderboard_tables import BoardModel as BoardModel
from .leaderboard_tables import BoardModelFile as BoardModelFile
from .leaderboard_tables import Leaderboard as Leaderboard
from .log_tables import deployment_totals


class RegisteredModel(ModelBase, table=True):
    """A name that groups package versions."""

    __tablename__ = "registered_model"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=200, unique=True)
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    created_by: str = Field(default="", max_length=200)
    updated_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    last_version: int = 0
    """The highest version number ever given; never reused after a deletion."""


#: At the end of the indexes that lists of packages are read from.
_SHOWN = ("archived_at", "latest")


class ModelPackage(PackageBase, table=True):
    """One immutable version of a registered model."""

    __tablename__ = "model_package"
    __table_args__ = (
        UniqueConstraint("model_id", "version"),
        # with what a list nearly always asks, so that far pages and counts need no rows
        Index("ix_model_package_created", "created_at", "id", *_SHOWN),
        Index("ix_model_package_name", "name", "id", *_SHOWN),
        Index("ix_model_package_version", "version", "id", *_SHOWN),
        Index("ix_model_package_kind", "kind", "created_at", "id", *_SHOWN),
        Index("ix_model_package_target_type", "target_type", "created_at", "id", *_SHOWN),
        Index("ix_model_package_target_name", "target_name", "created_at", "id", *_SHOWN),
        Index("ix_model_package_creator", "created_by", "created_at", "id", *_SHOWN),
        *(
            Index(
                f"ix_model_package_latest_{name}",
                *columns,
                sqlite_where=text("latest = 1"),
                postgresql_where=text("latest"),
            )
            for name, columns in (("created", ("created_at", "id")), ("name", ("name", "id")))
        ),
        Index(
            "ix_model_package_archived",
            "archived_at",
            "id",
            sqlite_where=text("archived_at IS NOT NULL"),
            postgresql_where=text("archived_at IS NOT NULL"),
        ),
        {"sqlite_autoincrement": True},  # caches are keyed by id: a deleted one is never reused
    )

    id: int | None = Field(default=None, primary_key=True)
    model_id: int = Field(foreign_key="registered_model.id")
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    created_by: str = Field(default="", max_length=200)
    archived_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    latest: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Whether it is the newest version of its model that is not archived."""
    baseline: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    provenance: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    input_example: list[dict[str, Any]] | None = Field(default=None, sa_type=JSON)
    search_text: str = Field(default="", sa_type=Text)
    """Name, target, description and tags in lower case, for free-text search."""


class PackageFile(FilePublic, table=True):
    """A file of a package; its bytes are the artifact with that SHA-256."""

    __tablename__ = "package_file"
    __table_args__ = (PrimaryKeyConstraint("package_id", "path"),)

    package_id: int = Field(foreign_key="model_package.id", primary_key=True, ondelete="CASCADE")
    path: str = Field(primary_key=True, max_length=1_000)
    sha256: str = Field(max_length=64, index=True)


class PackageTag(SQLModel, table=True):
    """A tag of a package."""

    __tablename__ = "package_tag"
    __table_args__ = (Index("ix_package_tag_key", "key", "value", "package_id"),)

    package_id: int = Field(foreign_key="model_package.id", primary_key=True, ondelete="CASCADE")
    key: str = Field(primary_key=True, max_length=100)
    value: str = Field(default="", max_length=500)


class ModelAlias(SQLModel, table=True):
    """A name for a version of a registered model that can be moved."""

    __tablename__ = "model_alias"

    model_id: int = Field(foreign_key="registered_model.id", primary_key=True, ondelete="CASCADE")
    alias: str = Field(primary_key=True, max_length=100, index=True)
    package_id: int = Field(foreign_key="model_package.id", index=True, ondelete="CASCADE")


class Upload(SQLModel, table=True):
    """Files on their way into a package; swept when idle for too long."""

    __tablename__ = "upload"

    id: str = Field(primary_key=True, max_length=32)
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    touched_at: datetime = Field(default_factory=now, sa_type=UTCDateTime, index=True)
    created_by: str = Field(default="", max_length=200)


class UploadFile(FilePublic, table=True):
    """A file of an upload."""

    __tablename__ = "upload_file"
    __table_args__ = (PrimaryKeyConstraint("upload_id", "path"),)

    upload_id: str = Field(
        foreign_key="upload.id", primary_key=True, max_length=32, ondelete="CASCADE"
    )
    path: str = Field(primary_key=True, max_length=1_000)
    sha256: str = Field(max_length=64, index=True)


class Deployment(DeploymentBase, table=True):
    """Serves or tracks one champion package at a time."""

    __tablename__ = "deployment"
    __table_args__ = (
        Index(
            "uq_deployment_label",
            "label",
            unique=True,
            sqlite_where=text("state != 'archived'"),
            postgresql_where=text("state != 'archived'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    state: DeploymentState = Field(default=DeploymentState.ACTIVE, sa_type=stored(DeploymentState))
    package_id: int = Field(foreign_key="model_package.id", index=True)
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    created_by: str = Field(default="", max_length=200)
    updated_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)


@event.listens_for(Deployment, "after_insert")
def _count_from_zero(_mapper: Any, connection: Connection, deployment: Deployment) -> None:
    """Make the row of totals with its deployment, in the same transaction."""
    connection.execute(
        insert(deployment_totals).values(
            deployment_id=deployment.id, predicted=0, matched=0, actuals=0, revision=0, segments=0
        )
    )


class DeploymentPeriod(SQLModel, table=True):
    """Which package a deployment had in service, from when to when, and why."""

    __tablename__ = "deployment_period"

    id: int | None = Field(default=None, primary_key=True)
    deployment_id: int = Field(foreign_key="deployment.id", index=True)
    package_id: int = Field(foreign_key="model_package.id", index=True)
    start: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    end: datetime | None = Field(default=None, sa_type=UTCDateTime)
    reason: ReplacementReason | None = Field(default=None, sa_type=stored(ReplacementReason))
    environment: ModelEnvironment | None = Field(default=None, sa_type=stored(ModelEnvironment))
    """What the package ran in, for rolling back; null in rows older than environments."""
    kernelspec: str | None = Field(default=None, max_length=200)
    """Whose interpreter; null for the registry's default one, and for what is hosted elsewhere."""
    note: str = Field(default="", max_length=20_000)
    user: str = Field(default="", max_length=200)


class PredictionKey(SQLModel, table=True):
    """A secret that opens one deployment's predictions, reports and actuals; stored hashed."""

    __tablename__ = "prediction_key"

    id: int | None = Field(default=None, primary_key=True)
    deployment_id: int = Field(foreign_key="deployment.id", index=True)
    name: str = Field(default="", max_length=200)
    prefix: str = Field(max_length=16)
    sha256: str = Field(max_length=64, unique=True)
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    created_by: str = Field(default="", max_length=200)
    revoked_at: datetime | None = Field(default=None, sa_type=UTCDateTime)

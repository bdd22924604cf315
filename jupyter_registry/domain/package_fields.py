"""The fields of registered models, packages and uploads."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import JSON, BigInteger, Field, SQLModel

from .fields import stored
from .kinds import PackageKind, TargetType
from .uploads import FilePublic


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
    model_aliases: dict[str, int] = {}
    """Where only the latest version of each model is listed: the aliases of all its versions."""
    deployed: bool = False
    model_deployed: list[int] = []
    """Where only the latest version of each model is listed: all its versions in service."""


class PackagePublic(PackageSummary):
    """One package, whole."""

    baseline: dict[str, Any] | None = None
    provenance: dict[str, Any] = {}
    input_example: list[dict[str, Any]] | None = None
    files: list[FilePublic] = []
    deployments: list[dict[str, Any]] = []


class PackageRegistered(PackagePublic):
    """A package just registered; ``warnings`` say what will keep its model from serving."""

    warnings: list[str] = []


class PackagePage(SQLModel):
    """One page of packages; ``next_cursor`` is ``None`` on the last."""

    items: list[PackageSummary]
    next_cursor: str | None = None
    total: int | None = None
    """How many there are on all pages, where it was asked for."""


class ModelPage(SQLModel):
    """One page of registered models."""

    items: list[ModelPublic]
    next_cursor: str | None = None

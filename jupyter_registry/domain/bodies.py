"""The bodies of requests: what is given to make or change something; no other field may be."""

from __future__ import annotations

from typing import Any

from sqlmodel import Field, SQLModel

from .fields import Alias, Label, Name, TagKey, TagValue, Text
from .kinds import (
    DeploymentState,
    Importance,
    ModelEnvironment,
    PackageKind,
    ReplacementReason,
    TargetType,
)


class Strict(SQLModel):
    """A request body that refuses fields it does not know."""

    model_config = {"extra": "forbid"}


class ModelUpdate(Strict):
    """What may change of a registered model."""

    description: Text | None = None


class PackageCreate(Strict):
    """Register a package: a new version under ``name``.

    ``upload`` names a finished upload (custom and native kinds), of which ``files`` become the
    package's, all of them unless given; the upload ends, and with it the rest. ``format`` is told
    by the files where it is not given; ``baseline`` is what ``domain.baseline`` computes;
    ``input_example`` is a list of at most 20 input records. ``own_code``: the caller says that the
    code in the files' pickles (cloudpickle of a notebook's class, a module of their own) is theirs.
    ``target_name`` may be left out of an anomaly, which is then called ``anomaly`` as the column of
    actuals, and of an unstructured model, whose is ``response``.
    """

    name: Name
    kind: PackageKind
    description: Text = ""
    target_name: str = ""
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
    own_code: bool = False
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


class ContentsTake(Strict):
    """Take a file or a folder of those that Jupyter's file browser shows into an upload."""

    path: str
    """As the file browser has it: relative to the server's root, with ``/``."""
    as_: str | None = Field(default=None, alias="as")
    """The file's path in the upload, or the folder's; without it a file keeps its name, and what
    is in a folder comes to the upload's root."""


class ArchiveTake(Strict):
    """Take an archive of an upload apart: its files take its place."""

    path: str
    """Of the archive in the upload; in its folder its files will be."""


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


class DeploymentSettings(Strict):
    """What a deployment is created with, whatever it is created from."""

    label: Label
    description: Text = ""
    importance: Importance = Importance.MODERATE
    association_id_column: str | None = None
    association_id_required: bool = False
    prediction_threshold: float | None = None
    store_features: bool = False
    kernelspec: str | None = None
    environment: ModelEnvironment = ModelEnvironment.KERNELSPEC
    """Whether the model runs with the kernelspec's libraries, or in an environment that is built
    from what its package needs, with the kernelspec's Python."""
    segment_columns: list[str] = []
    predict_seconds: float | None = None


class DeploymentCreate(DeploymentSettings):
    """Create a deployment from a package; names a package by ``package_id``."""

    package_id: int


class DeploymentCheck(Strict):
    """Check how a package could be deployed; nothing is loaded, built or made."""

    kernelspec: str | None = None
    environment: ModelEnvironment = ModelEnvironment.KERNELSPEC


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
    predict_seconds: float | None = None
    state: DeploymentState | None = None


class ReplacementSettings(Strict):
    """How a champion is replaced, whatever it is replaced by; with ``dry_run`` only checked."""

    reason: ReplacementReason = ReplacementReason.OTHER
    note: Text = ""
    dry_run: bool = False
    environment: ModelEnvironment | None = None
    """As it is unless given."""
    kernelspec: str | None = None
    """As it is unless given; an empty one is the registry's default one."""


class ReplacementCreate(ReplacementSettings):
    """Replace the champion, or with ``dry_run`` only check."""

    package_id: int


class RollbackCreate(Strict):
    """Put the previous package back in service."""

    note: Text = ""


class KeyCreate(Strict):
    """Make a prediction key."""

    name: str = ""

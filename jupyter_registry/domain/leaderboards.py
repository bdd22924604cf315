"""The fields of leaderboards and their models: what training tells, what is stored and answered.

A leaderboard is the models that one automated training made, ranked on a validation metric (see
`domain.ranking`). The holdout is sealed: what was measured on it is stored with each model, and
shown once the model is unlocked, which registering and deploying it do too.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import BigInteger, Field, SQLModel

from .bodies import DeploymentSettings, ReplacementSettings, Strict
from .fields import Alias, Name, TagKey, TagValue, Text, stored
from .kinds import BoardModelState, JobState, LeaderboardState, TargetType
from .problem import Problem
from .uploads import FilePublic

# --- parts --------------------------------------------------------------------------------


class Engine(SQLModel):
    """What searched for the models."""

    model_config = {"extra": "allow"}

    name: str
    version: str = ""


class PartitionRows(SQLModel):
    """How many rows each part of the data has."""

    model_config = {"extra": "allow"}

    training: int = 0
    validation: int = 0
    """With cross-validation the rows of all folds: those of ``training``."""
    holdout: int = 0


class Partition(SQLModel):
    """How the data were divided."""

    model_config = {"extra": "allow"}

    kind: str
    """``random``, ``stratified``, ``time`` or ``group``."""
    column: str | None = None
    """Of the time or the group."""
    folds: int | None = None
    """Of cross-validation, or …"""
    validation_share: float | None = None
    """… the share of the training data that is set aside."""
    rows: PartitionRows = PartitionRows()


class TrainingData(SQLModel):
    """What the models were trained on."""

    model_config = {"extra": "allow"}

    digest: str
    """SHA-256 of the content as Arrow, in hex."""
    rows: int
    columns: int
    source: str = ""
    """A file's name, or what it was in the kernel."""


class Progress(Strict):
    """How far the training is."""

    stage: str = ""
    done: int = 0
    total: int = 0
    """Models finished of those planned; 0 where that is not known."""
    seconds_left: float | None = None
    text: str = ""
    """One sentence for people."""


class ValidationScore(Strict):
    """A metric of one model on the validation data."""

    mean: float | None
    """Over the folds, or the value of the one validation part."""
    spread: float | None = None
    """The standard deviation over the folds; null where there is one part."""
    n: int = 0
    """Rows that it was measured on."""


class BlueprintStep(Strict):
    """One step of a model's pipeline, for the diagram."""

    step: str
    kind: str
    columns: list[str] = Field(default_factory=list)
    text: str = ""


# --- leaderboards -------------------------------------------------------------------------


class LeaderboardBase(SQLModel):
    """What is fixed about a leaderboard when its training begins."""

    name: str = Field(max_length=200)
    """Of the registered model that its models become packages of."""
    description: str = Field(default="", max_length=20_000)
    target_name: str = Field(max_length=500)
    target_type: TargetType = Field(sa_type=stored(TargetType))
    positive_class: str | None = Field(default=None, max_length=500)
    metric: str = Field(max_length=40)
    """The metric that ranks, one of `domain.metrics` of the target's type."""
    seed: int | None = Field(default=None, sa_type=BigInteger)
    time_budget: float | None = None
    """Seconds."""


class LeaderboardFacts(LeaderboardBase):
    """A leaderboard's fixed facts with their structure."""

    class_labels: list[str] = []
    signature: list[dict[str, Any]] = []
    engine: Engine
    partition: Partition
    data: TrainingData
    warnings: list[str] = []
    """Of leakage, dropped columns and the like; a sentence each."""


class Trainer(Strict):
    """The process that tells of a leaderboard, so that it is known at once when it is gone."""

    place: str = Field(max_length=500)
    """Its machine, as `processes.place` has it."""
    pid: int = Field(gt=0, lt=2**31)
    began: str = Field(max_length=100)


class LeaderboardCreate(LeaderboardFacts, Strict):
    """Begin a leaderboard, as soon as the data are checked and before anything is trained."""

    name: Name
    description: Text = ""
    recipe: dict[str, Any] = {}
    """All that training again with other data needs."""
    provenance: dict[str, Any] = {}
    predecessor_id: int | None = None
    """The leaderboard whose recipe was used again."""
    trainer: Trainer | None = None


class Incumbent(Strict):
    """A model of a leaderboard's predecessor, as it did on the newer one's holdout."""

    leaderboard_id: int
    number: int
    label: str = Field(max_length=200)
    package: str | None = Field(default=None, max_length=250)
    """The package that it was then, as ``name/version``."""
    metrics: dict[str, Any] = Field(default_factory=dict)
    """Metric → ``{"value", "n"}``; empty where it could not be measured."""
    reason: str | None = Field(default=None, max_length=2_000)
    """Why it could not be measured."""


class LeaderboardUpdate(Strict):
    """What its training tells of a leaderboard; an empty one says that it is still at work."""

    state: LeaderboardState | None = None
    """``done``, ``stopped`` or ``failed`` ends it."""
    progress: Progress | None = None
    error: Text | None = None
    """Why it failed."""
    incumbents: list[Incumbent] | None = None
    """The predecessor's models on this leaderboard's holdout."""


class LeaderboardSummary(LeaderboardFacts):
    """A row of a list of leaderboards."""

    id: int
    state: LeaderboardState
    progress: Progress = Progress()
    error: str | None = None
    is_job: bool = False
    """Whether a job of the server trains it, so that it has a log."""
    stop_requested: bool = False
    """Whether its training was asked to stop."""
    created_at: datetime
    created_by: str
    updated_at: datetime
    ended_at: datetime | None = None
    predecessor_id: int | None = None
    models_done: int = 0
    models_failed: int = 0
    packages: list[str] = []
    """The packages made from it, as ``name/version``."""
    leader: str | None = None
    """The best model's label, by ``metric``."""
    leader_number: int | None = None
    leader_score: float | None = None


class LeaderboardPage(SQLModel):
    """One page of leaderboards; ``next_cursor`` is ``None`` on the last."""

    items: list[LeaderboardSummary]
    next_cursor: str | None = None
    total: int | None = None
    """How many there are on all pages, where it was asked for."""


class LeaderboardWhole(LeaderboardSummary):
    """One leaderboard, whole but for its models."""

    recipe: dict[str, Any] = {}
    provenance: dict[str, Any] = {}
    successors: list[int] = []
    """The leaderboards that used its recipe again."""
    incumbents: list[Incumbent] = []
    """Where there is a predecessor: its models, measured on this leaderboard's holdout."""


class LeaderboardPublic(LeaderboardWhole):
    """One leaderboard, whole, with its models as far as a table shows them."""

    models: list[BoardModelSummary] = []
    """In the order in which they were finished."""


class LeaderboardLog(SQLModel):
    """What the job that trains a leaderboard has written, the last of it."""

    text: str = ""


# --- models -------------------------------------------------------------------------------


class BoardModelBase(SQLModel):
    """What is fixed about a leaderboard's model."""

    label: str = Field(max_length=200)
    family: str = Field(default="", max_length=200)
    state: BoardModelState = Field(default=BoardModelState.DONE, sa_type=stored(BoardModelState))
    reason: str | None = Field(default=None, max_length=20_000)
    """Why it failed."""
    training_seconds: float | None = None
    scoring_ms: float | None = None
    """Per 1,000 rows."""
    format: str | None = Field(default=None, max_length=50)


class BoardModelFacts(BoardModelBase):
    """A model's fixed facts with their structure, as far as a table shows them."""

    parameters: dict[str, Any] = {}
    validation: dict[str, ValidationScore] = {}
    """Every metric of the target's type."""


class BoardModelCreate(BoardModelFacts, Strict):
    """Add a candidate to a running leaderboard.

    One that is done names an upload, whose files (those in ``files``, or all) become the model's.
    """

    blueprint: list[BlueprintStep] = []
    details: dict[str, Any] = {}
    """``importance``, ``roc``, ``confusion``, ``learning_curve``, ``partial_dependence`` …; of
    validation data, never of the holdout."""
    upload: str | None = None
    files: list[str] | None = None
    baseline: dict[str, Any] | None = None
    """As `domain.baseline.compute_baseline` makes it, from training data and holdout; sealed."""
    input_example: list[dict[str, Any]] | None = None
    provenance: dict[str, Any] = {}


class BoardModelSummary(BoardModelFacts):
    """A row of a leaderboard's table."""

    number: int
    """1, 2, 3 … in the order in which they were finished."""
    size: int = 0
    """Bytes of its files."""
    digest: str | None = None
    created_at: datetime
    holdout: dict[str, Any] | None = None
    """Metric → ``{"value", "n"}`` on the holdout; null until it is unlocked."""
    unlocked_at: datetime | None = None
    unlocked_by: str | None = None
    package_id: int | None = None
    package: str | None = None
    """The package that it became, as ``name/version``."""


class BoardModelPublic(BoardModelSummary):
    """One model of a leaderboard, whole."""

    leaderboard_id: int
    blueprint: list[BlueprintStep] = []
    details: dict[str, Any] = {}
    files: list[FilePublic] = []
    baseline: dict[str, Any] | None = None
    """Null until it is unlocked."""
    input_example: list[dict[str, Any]] | None = None
    provenance: dict[str, Any] = {}


class BoardPackageCreate(Strict):
    """Make a package of a leaderboard's model; what was made already is given again.

    Tags and aliases are then added to it.
    """

    name: Name | None = None
    """The leaderboard's unless given."""
    description: Text = ""
    tags: dict[TagKey, TagValue] = Field(default_factory=dict)
    aliases: list[Alias] = Field(default_factory=list)


class BoardDeploymentCreate(DeploymentSettings):
    """Deploy a leaderboard's model: package and deployment are made together, or neither is."""

    package: BoardPackageCreate = BoardPackageCreate()


class BoardReplacementCreate(ReplacementSettings):
    """Replace a deployment's champion by a leaderboard's model, or with ``dry_run`` only check.

    Package and replacement are made together, or neither is.
    """

    deployment: str
    """Label or id."""
    package: BoardPackageCreate = BoardPackageCreate()


# --- jobs ---------------------------------------------------------------------------------


class LeaderboardJobCreate(Strict):
    """Train a leaderboard in a worker process of the server.

    The data are a file of an upload, or one that Jupyter's file browser shows: CSV, Parquet or
    Arrow.
    """

    upload: str | None = None
    file: str | None = None
    """The upload's file; its only one unless given."""
    contents: str | None = None
    """The path as the file browser has it."""
    target_name: str
    time_budget: float | None = None
    """Seconds; the trainer's own default unless given."""
    name: Name | None = None
    options: dict[str, Any] = Field(default_factory=dict)
    """What else `training.Leaderboard` takes, by name."""
    kernelspec: str | None = None
    """In whose environment it runs; the registry's default one unless given."""
    predecessor_id: int | None = None
    """The leaderboard that is trained again: what ``options`` leave out is as in its recipe, and
    its models in use are measured on the new holdout."""
    token: str | None = None
    """Given by who begins it, to find it again in the list where the answer was lost."""


class LeaderboardJobPublic(SQLModel):
    """How a training job stands."""

    id: str
    state: JobState
    leaderboard_id: int | None = None
    """Once the data are checked and training has begun."""
    progress: Progress = Progress()
    created_at: datetime
    created_by: str
    ended_at: datetime | None = None
    kernelspec: str | None = None
    source: str = ""
    target_name: str
    predecessor_id: int | None = None
    token: str | None = None
    log: str = ""
    """The last of what it has written."""
    problem: Problem | None = None
    """Why it failed."""


LeaderboardPublic.model_rebuild()

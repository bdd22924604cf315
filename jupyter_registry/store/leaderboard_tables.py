"""The tables of leaderboards: what was trained on, the models, and their files."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, PrimaryKeyConstraint, Text, UniqueConstraint, false, text
from sqlmodel import JSON, BigInteger, Field, UTCDateTime

from ..domain.fields import stored
from ..domain.kinds import LeaderboardState
from ..domain.leaderboards import BoardModelBase, LeaderboardBase
from ..domain.uploads import FilePublic
from .clock import now


class Leaderboard(LeaderboardBase, table=True):
    """The models of one automated training."""

    __tablename__ = "leaderboard"
    __table_args__ = (
        Index("ix_leaderboard_created", "created_at", "id"),
        # asked with every look: whose trainer has fallen silent
        Index(
            "ix_leaderboard_running",
            "heard_at",
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
        {"sqlite_autoincrement": True},  # packages name it: a deleted one's id is never reused
    )

    id: int | None = Field(default=None, primary_key=True)
    class_labels: list[str] = Field(default_factory=list, sa_type=JSON)
    signature: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    engine: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    partition: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    warnings: list[str] = Field(default_factory=list, sa_type=JSON)
    recipe: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    provenance: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    progress: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    state: LeaderboardState = Field(
        default=LeaderboardState.RUNNING, sa_type=stored(LeaderboardState)
    )
    error: str | None = Field(default=None, sa_type=Text)
    job: str | None = Field(default=None, max_length=40)
    """Of the server's job that trains it; null where a kernel does."""
    trainer: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    """The process that tells of it, a kernel or a server, as `processes.identity` has it."""
    log: str | None = Field(default=None, sa_type=Text)
    """The last of what the job has written."""
    stop_requested_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    heard_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    """When its training last said anything."""
    lost: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Whether it was ended because its training said nothing for too long."""
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    created_by: str = Field(default="", max_length=200)
    updated_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    predecessor_id: int | None = Field(
        default=None, foreign_key="leaderboard.id", index=True, ondelete="SET NULL"
    )
    last_number: int = 0
    """The number of the model that came last."""
    search_text: str = Field(default="", sa_type=Text)
    """Name, target and description in lower case, for free-text search."""


class BoardModel(BoardModelBase, table=True):
    """A model of a leaderboard."""

    __tablename__ = "board_model"
    __table_args__ = (
        UniqueConstraint("leaderboard_id", "number"),
        {"sqlite_autoincrement": True},  # workers are keyed by it while it has no package
    )

    id: int | None = Field(default=None, primary_key=True)
    leaderboard_id: int = Field(foreign_key="leaderboard.id", ondelete="CASCADE")
    number: int
    parameters: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    validation: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    blueprint: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    baseline: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    """Sealed: shown once the model is unlocked."""
    input_example: list[dict[str, Any]] | None = Field(default=None, sa_type=JSON)
    provenance: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    digest: str | None = Field(default=None, max_length=64)
    size: int = Field(default=0, sa_type=BigInteger)
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    unlocked_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    unlocked_by: str | None = Field(default=None, max_length=200)
    package_id: int | None = Field(
        default=None, foreign_key="model_package.id", index=True, ondelete="SET NULL"
    )


class BoardModelFile(FilePublic, table=True):
    """A file of a leaderboard's model; its bytes are the artifact with that SHA-256."""

    __tablename__ = "board_model_file"
    __table_args__ = (PrimaryKeyConstraint("model_id", "path"),)

    model_id: int = Field(foreign_key="board_model.id", primary_key=True, ondelete="CASCADE")
    path: str = Field(primary_key=True, max_length=1_000)
    sha256: str = Field(max_length=64, index=True)

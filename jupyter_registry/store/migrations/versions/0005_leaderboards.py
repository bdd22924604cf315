"""Leaderboards: what automated training made, with its models and their files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _json(*names: str, nullable: bool = False) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.JSON(), nullable=nullable) for name in names]


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, UTCDateTime(), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "leaderboard",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("description", sa.String(20_000), nullable=False),
        sa.Column("target_name", sa.String(500), nullable=False),
        sa.Column("target_type", sa.String(40), nullable=False),
        sa.Column("positive_class", sa.String(500), nullable=True),
        sa.Column("metric", sa.String(40), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=True),
        sa.Column("time_budget", sa.Float(), nullable=True),
        *_json("class_labels", "signature", "engine", "partition", "data", "warnings"),
        *_json("recipe", "provenance", "progress"),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("job", sa.String(40), nullable=True),
        sa.Column("log", sa.Text(), nullable=True),
        _time("stop_requested_at", nullable=True),
        _time("heard_at"),
        sa.Column("lost", sa.Boolean(), nullable=False, server_default=sa.false()),
        _time("created_at"),
        sa.Column("created_by", sa.String(200), nullable=False),
        _time("updated_at"),
        _time("ended_at", nullable=True),
        sa.Column("predecessor_id", sa.Integer(), nullable=True),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["predecessor_id"], ["leaderboard.id"], ondelete="SET NULL"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_leaderboard_created", "leaderboard", ["created_at", "id"])
    op.create_index("ix_leaderboard_predecessor_id", "leaderboard", ["predecessor_id"])
    op.create_index(
        "ix_leaderboard_running",
        "leaderboard",
        ["heard_at"],
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_table(
        "board_model",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("leaderboard_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(200), nullable=False),
        sa.Column("family", sa.String(200), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(20_000), nullable=True),
        sa.Column("training_seconds", sa.Float(), nullable=True),
        sa.Column("scoring_ms", sa.Float(), nullable=True),
        sa.Column("format", sa.String(50), nullable=True),
        *_json("parameters", "validation", "blueprint", "details"),
        *_json("baseline", "input_example", nullable=True),
        *_json("provenance"),
        sa.Column("digest", sa.String(64), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        _time("created_at"),
        _time("unlocked_at", nullable=True),
        sa.Column("unlocked_by", sa.String(200), nullable=True),
        sa.Column("package_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("leaderboard_id", "number"),
        sa.ForeignKeyConstraint(["leaderboard_id"], ["leaderboard.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["package_id"], ["model_package.id"], ondelete="SET NULL"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_board_model_package_id", "board_model", ["package_id"])
    op.create_table(
        "board_model_file",
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(1_000), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("model_id", "path"),
        sa.ForeignKeyConstraint(["model_id"], ["board_model.id"], ondelete="CASCADE"),
    )
    op.create_index("ix_board_model_file_sha256", "board_model_file", ["sha256"])


def downgrade() -> None:
    for name in ("board_model_file", "board_model", "leaderboard"):
        op.drop_table(name)

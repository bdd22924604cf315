"""Trainers: which process tells of a leaderboard, so that its end is known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("leaderboard", sa.Column("trainer", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("leaderboard", "trainer")

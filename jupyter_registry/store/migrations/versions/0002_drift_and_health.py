"""Drift and service health: accumulated beside accuracy."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("drift_bucket", "health_bucket"):
        op.create_table(
            name,
            sa.Column("deployment_id", sa.Integer(), nullable=False),
            sa.Column("package_id", sa.Integer(), nullable=False),
            sa.Column("level", sa.SmallInteger(), nullable=False),
            sa.Column("start", sa.BigInteger(), nullable=False),
            sa.Column("n", sa.BigInteger(), nullable=False),
            sa.Column("data", sa.LargeBinary(), nullable=False),
            sa.PrimaryKeyConstraint("deployment_id", "package_id", "level", "start"),
            sqlite_with_rowid=False,
        )


def downgrade() -> None:
    for name in ("drift_bucket", "health_bucket"):
        op.drop_table(name)

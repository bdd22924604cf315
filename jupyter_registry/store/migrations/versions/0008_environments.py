"""Environments: whether a deployment's model runs in one that is built from its package's needs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "deployment",
        sa.Column("environment", sa.String(40), nullable=False, server_default="kernelspec"),
    )
    op.add_column("deployment_period", sa.Column("environment", sa.String(40), nullable=True))


def downgrade() -> None:
    op.drop_column("deployment_period", "environment")
    op.drop_column("deployment", "environment")

"""Time limits: how long a deployment's model may take for a call."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deployment", sa.Column("predict_seconds", sa.Float(), nullable=True))


def downgrade() -> None:
    op.drop_column("deployment", "predict_seconds")

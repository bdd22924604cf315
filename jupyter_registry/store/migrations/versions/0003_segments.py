"""Segments: rows by the values of a deployment's chosen columns, accumulated beside the whole."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BUCKETS = ("segment_usage_bucket", "segment_accuracy_bucket")


def upgrade() -> None:
    op.add_column("deployment", sa.Column("segment_columns", sa.JSON(), nullable=True))
    op.add_column(
        "deployment_totals",
        sa.Column("segments", sa.Integer(), nullable=False, server_default=sa.text("0")),
    )
    op.add_column("prediction", sa.Column("segments", sa.LargeBinary(), nullable=True))
    op.create_table(
        "segment",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("column_name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("predicted", sa.BigInteger(), nullable=False),
        sa.Column("matched", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "uq_segment_value", "segment", ["deployment_id", "column_name", "value"], unique=True
    )
    for name in _BUCKETS:
        op.create_table(
            name,
            sa.Column("deployment_id", sa.Integer(), nullable=False),
            sa.Column("segment_id", sa.BigInteger(), nullable=False),
            sa.Column("package_id", sa.Integer(), nullable=False),
            sa.Column("level", sa.SmallInteger(), nullable=False),
            sa.Column("start", sa.BigInteger(), nullable=False),
            sa.Column("n", sa.BigInteger(), nullable=False),
            sa.Column("data", sa.LargeBinary(), nullable=False),
            sa.PrimaryKeyConstraint("deployment_id", "segment_id", "package_id", "level", "start"),
            sqlite_with_rowid=False,
        )


def downgrade() -> None:
    for name in (*_BUCKETS, "segment"):
        op.drop_table(name)
    op.drop_column("prediction", "segments")
    op.drop_column("deployment_totals", "segments")
    op.drop_column("deployment", "segment_columns")

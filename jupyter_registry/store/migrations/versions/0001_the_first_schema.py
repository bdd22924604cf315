"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

from jupyter_registry.store import text_index

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_tables()
    text_index.create(op.get_bind())


def _create_tables() -> None:
    op.create_table(
        "accuracy_bucket",
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("deployment_id", "package_id", "level", "start"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "actual",
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("association_id", sa.String(), nullable=False),
        sa.Column("value", sa.Float(precision=53), nullable=False),
        sa.Column("timestamp", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("deployment_id", "association_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "prediction",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("association_id", sa.String(), nullable=True),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Float(precision=53), nullable=True),
        sa.Column("label", sa.Integer(), nullable=True),
        sa.Column("probabilities", sa.LargeBinary(), nullable=True),
        sa.Column("latency_ms", sa.Float(precision=53), nullable=True),
        sa.Column("features", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "uq_prediction_association", "prediction", ["deployment_id", "association_id"], unique=True
    )

    op.create_table(
        "registered_model",
        sa.Column("description", sa.String(length=20000), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("last_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "upload",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("touched_at", UTCDateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_upload_touched_at", "upload", ["touched_at"])

    op.create_table(
        "usage_bucket",
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("deployment_id", "package_id", "level", "start"),
        sqlite_with_rowid=False,
    )
    # Short columns first: SQLite reads a row from its start, and searches read only these.
    op.create_table(
        "model_package",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "native", "custom", "external", name="packagekind", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "target_type",
            sa.Enum(
                "regression",
                "binary",
                "multiclass",
                name="targettype",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("archived_at", UTCDateTime(), nullable=True),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("target_name", sa.String(length=500), nullable=False),
        sa.Column("positive_class", sa.String(length=500), nullable=True),
        sa.Column("prediction_threshold", sa.Float(), nullable=True),
        sa.Column("format", sa.String(length=50), nullable=True),
        sa.Column("location", sa.String(length=2000), nullable=True),
        sa.Column("build_environment", sa.String(length=200), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("description", sa.String(length=20000), nullable=False),
        sa.Column("class_labels", sa.JSON(), nullable=False),
        sa.Column("signature", sa.JSON(), nullable=False),
        sa.Column("provenance", sa.JSON(), nullable=False),
        sa.Column("input_example", sa.JSON(), nullable=True),
        sa.Column("baseline", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["model_id"],
            ["registered_model.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("model_id", "version"),
        sqlite_autoincrement=True,
    )
    for name, columns in {
        "created": ["created_at", "id"],
        "name": ["name", "id"],
        "version": ["version", "id"],
        "kind": ["kind", "created_at", "id"],
        "target_type": ["target_type", "created_at", "id"],
        "target_name": ["target_name", "created_at", "id"],
        "creator": ["created_by", "created_at", "id"],
    }.items():
        op.create_index(f"ix_model_package_{name}", "model_package", columns)
    op.create_index(
        "ix_model_package_archived",
        "model_package",
        ["archived_at", "id"],
        sqlite_where=sa.text("archived_at IS NOT NULL"),
        postgresql_where=sa.text("archived_at IS NOT NULL"),
    )

    op.create_table(
        "upload_file",
        sa.Column("path", sa.String(length=1000), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("upload_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("upload_id", "path"),
    )
    op.create_index("ix_upload_file_sha256", "upload_file", ["sha256"])

    op.create_table(
        "deployment",
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("description", sa.String(length=20000), nullable=False),
        sa.Column(
            "importance",
            sa.Enum(
                "low",
                "moderate",
                "high",
                "critical",
                name="importance",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("association_id_column", sa.String(length=500), nullable=True),
        sa.Column("association_id_required", sa.Boolean(), nullable=False),
        sa.Column("prediction_threshold", sa.Float(), nullable=True),
        sa.Column("store_features", sa.Boolean(), nullable=False),
        sa.Column("kernelspec", sa.String(length=200), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "active",
                "inactive",
                "archived",
                name="deploymentstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["package_id"],
            ["model_package.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_deployment_package_id", "deployment", ["package_id"])
    op.create_index(
        "uq_deployment_label",
        "deployment",
        ["label"],
        unique=True,
        sqlite_where=sa.text("state != 'archived'"),
        postgresql_where=sa.text("state != 'archived'"),
    )

    op.create_table(
        "model_alias",
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("alias", sa.String(length=100), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["registered_model.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["package_id"], ["model_package.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("model_id", "alias"),
    )
    op.create_index("ix_model_alias_alias", "model_alias", ["alias"])
    op.create_index("ix_model_alias_package_id", "model_alias", ["package_id"])

    op.create_table(
        "package_file",
        sa.Column("path", sa.String(length=1000), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["package_id"], ["model_package.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("package_id", "path"),
    )
    op.create_index("ix_package_file_sha256", "package_file", ["sha256"])

    op.create_table(
        "package_tag",
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("value", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["package_id"], ["model_package.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("package_id", "key"),
    )
    op.create_index("ix_package_tag_key", "package_tag", ["key", "value", "package_id"])

    op.create_table(
        "deployment_period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("start", UTCDateTime(), nullable=False),
        sa.Column("end", UTCDateTime(), nullable=True),
        sa.Column(
            "reason",
            sa.Enum(
                "accuracy",
                "data_drift",
                "errors",
                "scheduled_refresh",
                "scoring_speed",
                "other",
                name="replacementreason",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("note", sa.String(length=20000), nullable=False),
        sa.Column("user", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"],
            ["deployment.id"],
        ),
        sa.ForeignKeyConstraint(
            ["package_id"],
            ["model_package.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_deployment_period_deployment_id", "deployment_period", ["deployment_id"])
    op.create_index("ix_deployment_period_package_id", "deployment_period", ["package_id"])

    op.create_table(
        "deployment_totals",
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("predicted", sa.BigInteger(), nullable=False),
        sa.Column("matched", sa.BigInteger(), nullable=False),
        sa.Column("actuals", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"],
            ["deployment.id"],
        ),
        sa.PrimaryKeyConstraint("deployment_id"),
    )
    op.create_table(
        "prediction_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("prefix", sa.String(length=16), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["deployment_id"],
            ["deployment.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sha256"),
    )
    op.create_index("ix_prediction_key_deployment_id", "prediction_key", ["deployment_id"])


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE IF EXISTS package_search")
    for name in (
        "prediction_key",
        "deployment_totals",
        "deployment_period",
        "package_tag",
        "package_file",
        "model_alias",
        "deployment",
        "upload_file",
        "model_package",
        "usage_bucket",
        "upload",
        "registered_model",
        "prediction",
        "actual",
        "accuracy_bucket",
    ):
        op.drop_table(name)  # indexes and triggers go with their table

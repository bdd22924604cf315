"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_tables()
    _create_search_index()


def _create_search_index() -> None:
    """Free-text search: an FTS5 trigram index on SQLite, kept by triggers; none elsewhere."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    try:
        connection.exec_driver_sql(
            "CREATE VIRTUAL TABLE package_search USING fts5("
            "search_text, content='model_package', content_rowid='id', tokenize='trigram')"
        )
    except sa.exc.OperationalError:
        return  # an SQLite without FTS5 or its trigram tokenizer: search scans instead
    add = "INSERT INTO package_search(rowid, search_text) VALUES (new.id, new.search_text);"
    drop = (
        "INSERT INTO package_search(package_search, rowid, search_text) "
        "VALUES ('delete', old.id, old.search_text);"
    )
    for when, action in (
        ("AFTER INSERT", add),
        ("AFTER DELETE", drop),
        ("AFTER UPDATE OF search_text", drop + add),
    ):
        name = when.split()[1].lower()
        connection.exec_driver_sql(
            f"CREATE TRIGGER package_search_{name} {when} ON model_package BEGIN {action} END"
        )


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
    with op.batch_alter_table("prediction", schema=None) as batch_op:
        batch_op.create_index(
            "uq_prediction_association", ["deployment_id", "association_id"], unique=True
        )

    op.create_table(
        "registered_model",
        sa.Column("description", sqlmodel.sql.sqltypes.AutoString(length=20000), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_by", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("last_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "upload",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("touched_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_by", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_upload_touched_at"), ["touched_at"], unique=False)

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
    op.create_table(
        "model_package",
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "native", "custom", "external", name="packagekind", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("description", sqlmodel.sql.sqltypes.AutoString(length=20000), nullable=False),
        sa.Column("target_name", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
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
        sa.Column("class_labels", sa.JSON(), nullable=False),
        sa.Column("positive_class", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=True),
        sa.Column("prediction_threshold", sa.Float(), nullable=True),
        sa.Column("signature", sa.JSON(), nullable=False),
        sa.Column("format", sqlmodel.sql.sqltypes.AutoString(length=50), nullable=True),
        sa.Column("location", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=True),
        sa.Column("build_environment", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_by", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("archived_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("baseline", sa.JSON(), nullable=True),
        sa.Column("provenance", sa.JSON(), nullable=False),
        sa.Column("input_example", sa.JSON(), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["model_id"],
            ["registered_model.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("model_id", "version"),
    )
    with op.batch_alter_table("model_package", schema=None) as batch_op:
        batch_op.create_index("ix_model_package_created", ["created_at", "id"], unique=False)
        batch_op.create_index(
            "ix_model_package_creator", ["created_by", "created_at", "id"], unique=False
        )
        batch_op.create_index("ix_model_package_kind", ["kind", "created_at", "id"], unique=False)
        batch_op.create_index("ix_model_package_name", ["name", "id"], unique=False)
        batch_op.create_index(
            "ix_model_package_target_name", ["target_name", "created_at", "id"], unique=False
        )
        batch_op.create_index(
            "ix_model_package_target_type", ["target_type", "created_at", "id"], unique=False
        )

    op.create_table(
        "upload_file",
        sa.Column("path", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("upload_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("path", "upload_id"),
    )
    with op.batch_alter_table("upload_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_upload_file_sha256"), ["sha256"], unique=False)

    op.create_table(
        "deployment",
        sa.Column("label", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("description", sqlmodel.sql.sqltypes.AutoString(length=20000), nullable=False),
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
        sa.Column(
            "association_id_column", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=True
        ),
        sa.Column("association_id_required", sa.Boolean(), nullable=False),
        sa.Column("prediction_threshold", sa.Float(), nullable=True),
        sa.Column("store_features", sa.Boolean(), nullable=False),
        sa.Column("kernelspec", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
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
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_by", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["package_id"],
            ["model_package.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("deployment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deployment_package_id"), ["package_id"], unique=False)
        batch_op.create_index(
            "uq_deployment_label",
            ["label"],
            unique=True,
            sqlite_where=sa.text("state != 'archived'"),
            postgresql_where=sa.text("state != 'archived'"),
        )

    op.create_table(
        "model_alias",
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("alias", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["registered_model.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["package_id"], ["model_package.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("model_id", "alias"),
    )
    with op.batch_alter_table("model_alias", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_model_alias_alias"), ["alias"], unique=False)
        batch_op.create_index(batch_op.f("ix_model_alias_package_id"), ["package_id"], unique=False)

    op.create_table(
        "package_file",
        sa.Column("path", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["package_id"], ["model_package.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("path", "package_id"),
    )
    with op.batch_alter_table("package_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_package_file_sha256"), ["sha256"], unique=False)

    op.create_table(
        "package_tag",
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("value", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.ForeignKeyConstraint(["package_id"], ["model_package.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("package_id", "key"),
    )
    with op.batch_alter_table("package_tag", schema=None) as batch_op:
        batch_op.create_index("ix_package_tag_key", ["key", "value", "package_id"], unique=False)

    op.create_table(
        "deployment_period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("start", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("end", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
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
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=20000), nullable=False),
        sa.Column("user", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
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
    with op.batch_alter_table("deployment_period", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_deployment_period_deployment_id"), ["deployment_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_deployment_period_package_id"), ["package_id"], unique=False
        )

    op.create_table(
        "deployment_totals",
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("predicted", sa.BigInteger(), nullable=False),
        sa.Column("matched", sa.BigInteger(), nullable=False),
        sa.Column("actuals", sa.BigInteger(), nullable=False),
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
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("prefix", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_by", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("revoked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["deployment_id"],
            ["deployment.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sha256"),
    )
    with op.batch_alter_table("prediction_key", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_prediction_key_deployment_id"), ["deployment_id"], unique=False
        )


def downgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        for name in ("insert", "delete", "update"):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS package_search_{name}")
        connection.exec_driver_sql("DROP TABLE IF EXISTS package_search")
    with op.batch_alter_table("prediction_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_prediction_key_deployment_id"))

    op.drop_table("prediction_key")
    op.drop_table("deployment_totals")
    with op.batch_alter_table("deployment_period", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deployment_period_package_id"))
        batch_op.drop_index(batch_op.f("ix_deployment_period_deployment_id"))

    op.drop_table("deployment_period")
    with op.batch_alter_table("package_tag", schema=None) as batch_op:
        batch_op.drop_index("ix_package_tag_key")

    op.drop_table("package_tag")
    with op.batch_alter_table("package_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_package_file_sha256"))

    op.drop_table("package_file")
    with op.batch_alter_table("model_alias", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_model_alias_package_id"))
        batch_op.drop_index(batch_op.f("ix_model_alias_alias"))

    op.drop_table("model_alias")
    with op.batch_alter_table("deployment", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_deployment_label",
            sqlite_where=sa.text("state != 'archived'"),
            postgresql_where=sa.text("state != 'archived'"),
        )
        batch_op.drop_index(batch_op.f("ix_deployment_package_id"))

    op.drop_table("deployment")
    with op.batch_alter_table("upload_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_upload_file_sha256"))

    op.drop_table("upload_file")
    with op.batch_alter_table("model_package", schema=None) as batch_op:
        batch_op.drop_index("ix_model_package_target_type")
        batch_op.drop_index("ix_model_package_target_name")
        batch_op.drop_index("ix_model_package_name")
        batch_op.drop_index("ix_model_package_kind")
        batch_op.drop_index("ix_model_package_creator")
        batch_op.drop_index("ix_model_package_created")

    op.drop_table("model_package")
    op.drop_table("usage_bucket")
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_upload_touched_at"))

    op.drop_table("upload")
    op.drop_table("registered_model")
    with op.batch_alter_table("prediction", schema=None) as batch_op:
        batch_op.drop_index("uq_prediction_association")

    op.drop_table("prediction")
    op.drop_table("actual")
    op.drop_table("accuracy_bucket")

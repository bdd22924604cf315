"""Lists: which version of a model is its latest, and indexes that far pages are read from alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_SHOWN = ["archived_at", "latest"]
_SORTS = {
    "created": ["created_at", "id"],
    "name": ["name", "id"],
    "version": ["version", "id"],
    "kind": ["kind", "created_at", "id"],
    "target_type": ["target_type", "created_at", "id"],
    "target_name": ["target_name", "created_at", "id"],
    "creator": ["created_by", "created_at", "id"],
}


def upgrade() -> None:
    op.add_column(
        "model_package",
        sa.Column("latest", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    package = sa.table(
        "model_package",
        *(sa.column(name) for name in ("id", "model_id", "version", "archived_at")),
        sa.column("latest", sa.Boolean()),
    )
    newest = (
        sa.select(package.c.model_id, sa.func.max(package.c.version))
        .where(package.c.archived_at.is_(None))
        .group_by(package.c.model_id)
    )
    op.execute(
        package.update()
        .where(sa.tuple_(package.c.model_id, package.c.version).in_(newest))
        .values(latest=sa.true())
    )
    _index(_SHOWN)
    for name in ("created", "name"):
        op.create_index(
            f"ix_model_package_latest_{name}",
            "model_package",
            _SORTS[name],
            sqlite_where=sa.text("latest = 1"),
            postgresql_where=sa.text("latest"),
        )


def downgrade() -> None:
    for name in ("created", "name"):
        op.drop_index(f"ix_model_package_latest_{name}", "model_package")
    _index([])
    op.drop_column("model_package", "latest")


def _index(more: list[str]) -> None:
    """Make the indexes of the sorts anew, with these columns at their end."""
    for name, columns in _SORTS.items():
        op.drop_index(f"ix_model_package_{name}", "model_package")
        op.create_index(f"ix_model_package_{name}", "model_package", [*columns, *more])

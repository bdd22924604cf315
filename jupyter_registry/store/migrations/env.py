"""Alembic's environment: runs on the engine that the server opened."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

from jupyter_registry.store import log_tables, tables  # noqa: F401  (fill the metadata)
from jupyter_registry.store.schema import is_declared

engine = context.config.attributes["engine"]

with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        include_object=is_declared,
        render_as_batch=connection.dialect.name == "sqlite",
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()

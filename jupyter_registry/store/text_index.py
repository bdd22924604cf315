"""The index for searching packages by free text, which no table's metadata can declare."""

from __future__ import annotations

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError


def create(connection: Connection) -> None:
    """Index ``search_text`` by trigrams: FTS5 kept by triggers on SQLite, pg_trgm on PostgreSQL.

    Where the database has neither, searches scan.
    """
    if connection.dialect.name == "postgresql":
        try:
            with connection.begin_nested():
                connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
                connection.exec_driver_sql(
                    "CREATE INDEX IF NOT EXISTS package_search ON model_package "
                    "USING gin (search_text gin_trgm_ops)"
                )
        except DBAPIError:
            return  # not installed on that server, or not allowed
        return
    try:
        connection.exec_driver_sql(
            "CREATE VIRTUAL TABLE IF NOT EXISTS package_search USING fts5("
            "search_text, content='model_package', content_rowid='id', tokenize='trigram')"
        )
    except OperationalError:
        return  # an SQLite without FTS5 or its trigram tokenizer
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
            f"CREATE TRIGGER IF NOT EXISTS package_search_{name} {when} ON model_package "
            f"BEGIN {action} END"
        )

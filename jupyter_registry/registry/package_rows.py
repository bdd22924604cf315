"""Package rows as JSON-able dictionaries, a page of them in two queries."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    String,
    Text,
    bindparam,
    cast,
    literal_column,
    select,
    type_coerce,
    union_all,
)
from sqlmodel import SQLModel

from ..domain.kinds import DeploymentState
from ..store import tables as _tables  # noqa: F401  (declares the tables named below)

MODEL = SQLModel.metadata.tables["registered_model"]
PACKAGE = SQLModel.metadata.tables["model_package"]
FILE = SQLModel.metadata.tables["package_file"]
TAG = SQLModel.metadata.tables["package_tag"]
ALIAS = SQLModel.metadata.tables["model_alias"]
DEPLOYMENT = SQLModel.metadata.tables["deployment"]
PERIOD = SQLModel.metadata.tables["deployment_period"]

_SUMMARY = (
    "id",
    "name",
    "version",
    "kind",
    "description",
    "target_name",
    "target_type",
    "class_labels",
    "positive_class",
    "prediction_threshold",
    "signature",
    "format",
    "location",
    "build_environment",
    "digest",
    "size",
    "created_at",
    "created_by",
    "archived_at",
)
_WHOLE = (*_SUMMARY, "baseline", "provenance", "input_example")
_JSON = {"class_labels", "signature"}
_LIVING = type_coerce(DEPLOYMENT.c.state, String) != DeploymentState.ARCHIVED.value


def _column(name: str) -> Any:
    column = PACKAGE.c[name]
    if name in {"kind", "target_type"}:
        return type_coerce(column, String).label(name)
    return cast(column, Text).label(name) if name in _JSON else column


_IDS: Any = bindparam("ids", expanding=True)
_SUMMARY_QUERY = select(*map(_column, _SUMMARY)).where(PACKAGE.c.id.in_(_IDS))
_WHOLE_QUERY = select(*map(_column, _WHOLE)).where(PACKAGE.c.id == bindparam("id"))
#: What other tables say of packages: (package, which table, two texts).
_RELATED_QUERY = union_all(
    select(TAG.c.package_id, literal_column("1"), TAG.c.key, TAG.c.value).where(
        TAG.c.package_id.in_(_IDS)
    ),
    select(ALIAS.c.package_id, literal_column("2"), ALIAS.c.alias, literal_column("''")).where(
        ALIAS.c.package_id.in_(_IDS)
    ),
    select(
        DEPLOYMENT.c.package_id, literal_column("3"), literal_column("''"), literal_column("''")
    ).where(DEPLOYMENT.c.package_id.in_(_IDS), _LIVING),
)


def summaries(connection: Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Packages shaped as `PackageSummary`, in the order of ``ids``."""
    if not ids:
        return []
    items = {
        row[0]: _item(_SUMMARY, row)
        for row in connection.execute(_SUMMARY_QUERY, {"ids": ids}).all()
    }
    related = connection.execute(_RELATED_QUERY, {"ids": ids}).all()
    for package_id, which, first, second in sorted(map(tuple, related)):  # rows compare slowly
        item = items[package_id]
        if which == 1:
            item["tags"][first] = second
        elif which == 2:
            item["aliases"].append(first)
        else:
            item["deployed"] = True
    return [items[package_id] for package_id in ids if package_id in items]


def whole(connection: Connection, package_id: int) -> dict[str, Any] | None:
    """One package shaped as `PackagePublic`; ``None`` when it does not exist."""
    row = connection.execute(_WHOLE_QUERY, {"id": package_id}).first()
    if row is None:
        return None
    item = _item(_WHOLE, row)
    for key, value in connection.execute(
        select(TAG.c.key, TAG.c.value).where(TAG.c.package_id == package_id).order_by(TAG.c.key)
    ):
        item["tags"][key] = value
    item["aliases"] = list(
        connection.scalars(
            select(ALIAS.c.alias).where(ALIAS.c.package_id == package_id).order_by(ALIAS.c.alias)
        )
    )
    item["files"] = [
        {"path": path, "sha256": sha256, "size": size}
        for path, sha256, size in connection.execute(
            select(FILE.c.path, FILE.c.sha256, FILE.c.size)
            .where(FILE.c.package_id == package_id)
            .order_by(FILE.c.path)
        )
    ]
    item["deployments"] = deployments_of(connection, [package_id])
    item["deployed"] = any(
        found["champion"] and found["state"] != DeploymentState.ARCHIVED
        for found in item["deployments"]
    )
    return item


def deployments_of(connection: Connection, package_ids: Sequence[int]) -> list[dict[str, Any]]:
    """The deployments that have, or had, one of the packages in service.

    Each as ``id``, ``label``, ``state`` and ``champion``: whether one of them is it now.
    """
    had = select(PERIOD.c.deployment_id).where(PERIOD.c.package_id.in_(package_ids))
    has = select(DEPLOYMENT.c.id).where(DEPLOYMENT.c.package_id.in_(package_ids))
    rows = connection.execute(
        select(
            DEPLOYMENT.c.id,
            DEPLOYMENT.c.label,
            type_coerce(DEPLOYMENT.c.state, String),
            DEPLOYMENT.c.package_id,
        )
        .where(DEPLOYMENT.c.id.in_(had.union(has)))
        .order_by(DEPLOYMENT.c.id)
    )
    return [
        {"id": id_, "label": label, "state": state, "champion": champion in package_ids}
        for id_, label, state, champion in rows
    ]


def search_text(
    name: str, target_name: str, description: str, tags: Mapping[str, str] | None = None
) -> str:
    """What free-text search looks through: folded name, target, tags and description."""
    labels = [f"{key}:{value}" if value else key for key, value in sorted((tags or {}).items())]
    return fold("\n".join([name, target_name, *labels, description]))


def fold(text: str) -> str:
    """Text without differences of case or Unicode form."""
    return unicodedata.normalize("NFKC", text).casefold()


def moment(value: datetime | None) -> str | None:
    """A time in UTC as ISO 8601 with ``Z``, as pydantic writes it."""
    if value is None:
        return None
    if value.tzinfo is not UTC:
        value = value.astimezone(UTC)
    return value.isoformat()[:-6] + "Z"


def _item(names: Sequence[str], row: Row[Any]) -> dict[str, Any]:
    item: dict[str, Any] = dict(zip(names, row, strict=True))
    for name in _JSON:
        item[name] = parse_json(item[name])
    item["created_at"] = moment(item["created_at"])
    item["archived_at"] = moment(item["archived_at"])
    item["tags"] = {}
    item["aliases"] = []
    item["deployed"] = False
    return item


def parse_json(text: str) -> Any:
    """What a JSON text says; equal texts give the same object, which must not be changed.

    Versions of a model have equal signatures, so a page has far fewer than packages.
    """
    return _parsed(text) if len(text) < 50_000 else json.loads(text)


_parsed = lru_cache(maxsize=512)(json.loads)

"""Package rows as JSON-able dictionaries, a page of them in two queries."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Dialect,
    Executable,
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


#: Stands for the ids in the text of a query; see `_rows_of`.
_IDS = "__ids__"


def _among(package_id: ColumnElement[Any]) -> ColumnElement[bool]:
    return package_id.op("IN", is_comparison=True)(literal_column(f"({_IDS})"))


_SUMMARY_QUERY = select(*map(_column, _SUMMARY)).where(_among(PACKAGE.c.id))
_WHOLE_QUERY = select(*map(_column, _WHOLE)).where(PACKAGE.c.id == bindparam("id"))
#: What other tables say of packages: (package, which table, two texts).
_RELATED_QUERY = union_all(
    select(TAG.c.package_id, literal_column("1"), TAG.c.key, TAG.c.value).where(
        _among(TAG.c.package_id)
    ),
    select(ALIAS.c.package_id, literal_column("2"), ALIAS.c.alias, literal_column("''")).where(
        _among(ALIAS.c.package_id)
    ),
    select(
        DEPLOYMENT.c.package_id, literal_column("3"), literal_column("''"), literal_column("''")
    ).where(_among(DEPLOYMENT.c.package_id), _LIVING),
)


#: The aliases of all versions of packages' models: (package, alias, the version that has it).
_NAMED = PACKAGE.alias("named")
_MODEL_ALIASES_QUERY = (
    select(PACKAGE.c.id, ALIAS.c.alias, _NAMED.c.version)
    .join(ALIAS, ALIAS.c.model_id == PACKAGE.c.model_id)
    .join(_NAMED, _NAMED.c.id == ALIAS.c.package_id)
    .where(_among(PACKAGE.c.id))
)
#: The versions of packages' models that are in service: (package, version).
_MODEL_DEPLOYED_QUERY = (
    select(PACKAGE.c.id, _NAMED.c.version)
    .distinct()
    .join(_NAMED, _NAMED.c.model_id == PACKAGE.c.model_id)
    .join(DEPLOYMENT, DEPLOYMENT.c.package_id == _NAMED.c.id)
    .where(_among(PACKAGE.c.id), _LIVING)
)


def summaries(
    connection: Connection, ids: Sequence[int], *, of_models: bool = False
) -> list[dict[str, Any]]:
    """Packages shaped as `PackageSummary`, in the order of ``ids``.

    ``of_models``: with the aliases of all versions of their models, and which are in service.
    """
    if not ids:
        return []
    items = {row[0]: _item(_SUMMARY, row) for row in _rows_of(connection, _SUMMARY_QUERY, ids)}
    for package_id, which, first, second in sorted(_rows_of(connection, _RELATED_QUERY, ids)):
        item = items[package_id]
        if which == 1:
            item["tags"][first] = second
        elif which == 2:
            item["aliases"].append(first)
        else:
            item["deployed"] = True
    if of_models:
        for package_id, alias, version in sorted(_rows_of(connection, _MODEL_ALIASES_QUERY, ids)):
            items[package_id].setdefault("model_aliases", {})[alias] = version
        for package_id, version in sorted(_rows_of(connection, _MODEL_DEPLOYED_QUERY, ids)):
            items[package_id].setdefault("model_deployed", []).append(version)
    return [items[package_id] for package_id in ids if package_id in items]


def _rows_of(
    connection: Connection, query: Executable, ids: Sequence[int]
) -> list[tuple[Any, ...]]:
    """A query's rows as the driver gives them: a page has many, and converting them costs more.

    ``ids`` are integers of our own, so they may stand in the text.
    """
    text = _text(query, connection.dialect).replace(_IDS, ",".join(map(str, ids)))
    found: Any = connection.exec_driver_sql(text).cursor.fetchall()
    return found  # type: ignore[no-any-return]


@lru_cache(maxsize=16)
def _text(query: Executable, dialect: Dialect) -> str:
    compiled = query.compile(dialect=dialect, compile_kwargs={"literal_binds": True})  # type: ignore[attr-defined]
    return str(compiled)


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


def moment(value: datetime | str | None) -> str | None:
    """A time in UTC as ISO 8601 with ``Z``, as pydantic writes it; a text is SQLite's own."""
    if value is None:
        return None
    if isinstance(value, str):
        return f"{value.replace(' ', 'T').removesuffix('.000000')}Z"
    if value.tzinfo is not UTC:
        value = value.astimezone(UTC)
    return value.isoformat()[:-6] + "Z"


def _item(names: Sequence[str], row: Sequence[Any]) -> dict[str, Any]:
    item: dict[str, Any] = dict(zip(names, row, strict=True))
    for name in _JSON:
        item[name] = parse_json(item[name])
    item["created_at"] = moment(item["created_at"])
    item["archived_at"] = moment(item["archived_at"])
    item["tags"] = {}
    item["aliases"] = []
    item["deployed"] = False
    return item


def baseline_metrics(baseline: Mapping[str, Any] | str | None) -> dict[str, float | None]:
    """Metric → value on the holdout, of a package's baseline."""
    document = parse_json(baseline) if isinstance(baseline, str) else baseline
    metrics = (document or {}).get("metrics") or {}
    return {name: item.get("value") for name, item in metrics.items() if isinstance(item, dict)}


def parse_json(text: str) -> Any:
    """What a JSON text says; equal texts give the same object, which must not be changed.

    Versions of a model have equal signatures, so a page has far fewer than packages.
    """
    return _parsed(text) if len(text) < 50_000 else json.loads(text)


_parsed = lru_cache(maxsize=512)(json.loads)

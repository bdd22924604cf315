"""Listing deployments: filtered, sorted, in keyset pages, with their status where it is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, case, func, select
from sqlalchemy import type_coerce as coerce

from ..domain.kinds import DeploymentState, Importance, Status
from ..store.database import Database
from . import deployment_rows, keyset, validation
from .deployment_status import Lights, Statuses
from .package_rows import DEPLOYMENT, PACKAGE

_importance = coerce(DEPLOYMENT.c.importance, String)
_RANK = case({item.value: rank for rank, item in enumerate(Importance)}, value=_importance)
#: What deployments can be sorted by → the sort key.
SORTS: dict[str, tuple[ColumnElement[Any], ...]] = {
    "label": (DEPLOYMENT.c.label, DEPLOYMENT.c.id),
    "created_at": (DEPLOYMENT.c.created_at, DEPLOYMENT.c.id),
    "importance": (_RANK, DEPLOYMENT.c.created_at, DEPLOYMENT.c.id),
    "champion": (PACKAGE.c.name, PACKAGE.c.version, DEPLOYMENT.c.id),
}


@dataclass(frozen=True)
class DeploymentFilter:
    """Which deployments to list; what is ``None`` does not restrict.

    ``q``: words that all occur in label, description or champion's name. ``state``: without
    it, all but archived ones; ``any`` for all. ``model``: the champion's registered model.
    ``service``, ``drift``, ``accuracy``: their status in that respect.
    """

    q: str | None = None
    state: DeploymentState | str | None = None
    importance: Importance | None = None
    package_id: int | None = None
    model: str | None = None
    service: Status | None = None
    drift: Status | None = None
    accuracy: Status | None = None

    @property
    def by_status(self) -> dict[str, Status]:
        """The statuses that are wanted."""
        named = {"service": self.service, "drift": self.drift, "accuracy": self.accuracy}
        return {name: Status(status) for name, status in named.items() if status is not None}


def search(
    database: Database,
    statuses: Statuses,
    wanted: DeploymentFilter | None = None,
    *,
    sort: str = "-created_at",
    limit: int = 100,
    cursor: str | None = None,
    offset: int = 0,
    total: bool = False,
    status: bool = False,
) -> dict[str, Any]:
    """One page of deployments, shaped as `DeploymentPage` and ready for JSON.

    Parameters
    ----------
    sort:
        A key of `SORTS`, descending with a leading ``-``.
    cursor:
        ``next_cursor`` of the page before.
    offset:
        So many deployments more are left out before the page begins.
    total:
        Whether to count all that match, on this page and all others.
    status:
        Whether the items are to have their status and recent predictions.

    Raises
    ------
    InvalidInput
        for an unknown sort, a cursor of another list, a limit outside 1 to 1000, an offset below
        0.

    """
    wanted = wanted or DeploymentFilter()
    key, descending = keyset.chosen(sort, SORTS, "Deployments")
    validation.page_size(limit)
    validation.page_offset(offset)
    query = _matching(wanted)
    page = query.add_columns(*key).order_by(*keyset.ordered(key, descending))
    if cursor:
        values = keyset.decode(cursor, sort, _types(key))
        page = page.where(keyset.after(key, values, descending))
    by_status = wanted.by_status
    with database.connect() as connection:
        if not by_status:
            rows: Sequence[Any] = connection.execute(page.limit(limit + 1).offset(offset)).all()
            counted = _count(connection.scalar, query) if total else None
        else:  # of each must be known how it does
            rows = connection.execute(page).all()
            rest = connection.execute(query).all() if total and cursor else rows
    known: dict[int, Lights] = {}
    if by_status:
        everything = {row.id: deployment_rows.item(row[: -len(key)]) for row in rows}
        everything |= {
            row.id: deployment_rows.item(row) for row in rest if row.id not in everything
        }
        known = statuses.of(list(everything.values()))
        passing = {id_ for id_, lights in known.items() if _passes(lights, by_status)}
        counted = len(passing) if total else None
        rows = [row for row in rows if row.id in passing][offset : offset + limit + 1]
    more, rows = len(rows) > limit, rows[:limit]
    items = [deployment_rows.item(row[: -len(key)]) for row in rows]
    if status:
        known = known or statuses.of(items)
        items = [item | known[item["id"]] for item in items]
    following = keyset.encode(sort, list(rows[-1][-len(key) :])) if more else None
    return {"items": items, "next_cursor": following, "total": counted}


def status_of(database: Database, statuses: Statuses, reference: str | int) -> Lights:
    """One deployment's status, shaped as `DeploymentLights`; raises `DeploymentNotFound`."""
    with database.connect() as connection:
        found = deployment_rows.whole(connection, deployment_rows.identify(connection, reference))
    return statuses.of([found])[found["id"]]


def _matching(wanted: DeploymentFilter) -> Select[Any]:
    validation.text(wanted.q, "q", 1_000)
    validation.text(wanted.model, "model", 1_000)
    query = deployment_rows.query().where(*deployment_rows.matching(wanted.q))
    stated: ColumnElement[str] = coerce(DEPLOYMENT.c.state, String)
    if wanted.state is None:
        query = query.where(stated != DeploymentState.ARCHIVED.value)
    elif wanted.state != "any":
        query = query.where(stated == DeploymentState(wanted.state).value)
    if wanted.importance is not None:
        query = query.where(_importance == wanted.importance.value)
    if wanted.package_id is not None:
        # a number that no column can hold is no package's
        known = wanted.package_id if 0 < wanted.package_id < 2**31 else 0
        query = query.where(DEPLOYMENT.c.package_id == known)
    if wanted.model is not None:
        query = query.where(PACKAGE.c.name == wanted.model)
    return query


def _types(key: Sequence[ColumnElement[Any]]) -> list[type]:
    """What a cursor holds of each part of a sort key."""
    kinds = {"created_at": datetime, "label": str, "name": str}
    return [kinds.get(getattr(column, "name", ""), int) for column in key]


def _count(scalar: Any, query: Select[Any]) -> int:
    return int(scalar(select(func.count()).select_from(query.subquery())))


def _passes(lights: Lights, by_status: dict[str, Status]) -> bool:
    judged = lights["status"]
    return all(judged[name]["status"] == status.value for name, status in by_status.items())

"""Searching packages: free text and filters, sorted, in keyset pages.

A page is found in two steps: the ids of its packages, then their rows. How the ids are found
depends on how many packages each filter leaves. If one leaves few, those few are looked up,
tested against the others and sorted; if all leave many, the sort's index is walked until the
page is full. PostgreSQL decides that by its statistics; SQLite keeps none by itself, so here
the filters are counted first, up to `FEW`, and ``+column`` keeps other indexes out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    and_,
    column,
    exists,
    func,
    literal,
    select,
    table,
    type_coerce,
)
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import custom_op

from ..domain.errors import InvalidInput
from ..domain.kinds import DeploymentState, PackageKind, TargetType
from ..store.database import Database
from . import keyset, validation
from .package_rows import ALIAS, DEPLOYMENT, PACKAGE, TAG, fold, summaries

#: How many matches of one filter are cheaper to look up than an index is to walk.
FEW = 2_500
#: From so many packages on that are left out, testing each of them takes longer than sorting.
FAR = 1_000
#: For so long a choice by counts is kept; the choices kept at most; and the choices.
_COUNT_SECONDS = 10.0
_MOST_CHOSEN = 1_000
_CHOSEN: dict[tuple[str, PackageFilter, str], tuple[float, int | None]] = {}

#: What packages can be sorted by → the columns of the sort key, each an index's prefix.
SORTS: dict[str, tuple[str, ...]] = {
    "created_at": ("created_at", "id"),
    "name": ("name", "id"),
    "version": ("version", "id"),
    "kind": ("kind", "created_at", "id"),
    "target_type": ("target_type", "created_at", "id"),
    "target": ("target_name", "created_at", "id"),
    "creator": ("created_by", "created_at", "id"),
}
_TYPES: dict[str, type] = {"created_at": datetime, "id": int, "version": int}
_SEARCH = table("package_search", column("rowid"), column("package_search", String))

Wrap = Callable[[ColumnElement[Any]], ColumnElement[Any]]


@dataclass(frozen=True)
class PackageFilter:
    """Which packages to find; what is ``None`` or empty does not restrict.

    ``q``: words that all occur in name, target, tags or description, in any case. ``tags``: each
    ``key`` or ``key:value``. ``archived``: ``None`` for archived and others alike. ``latest``:
    of each model only the newest version that is not archived, if that one passes the others;
    ``alias`` and ``deployed`` then look at all versions of the model.
    """

    q: str | None = None
    name: str | None = None
    kind: PackageKind | None = None
    target: str | None = None
    target_type: TargetType | None = None
    tags: Sequence[str] = ()
    alias: str | None = None
    creator: str | None = None
    deployed: bool | None = None
    archived: bool | None = False
    created_after: datetime | None = None
    created_before: datetime | None = None
    latest: bool = False


def search_packages(
    database: Database,
    wanted: PackageFilter | None = None,
    *,
    sort: str = "-created_at",
    limit: int = 100,
    cursor: str | None = None,
    offset: int = 0,
    total: bool = False,
) -> dict[str, Any]:
    """One page of packages, shaped as `PackagePage` and ready for JSON.

    Parameters
    ----------
    sort:
        A key of `SORTS`, descending with a leading ``-``; packages equal in it follow by age.
    cursor:
        ``next_cursor`` of the page before.
    offset:
        So many packages more are left out before the page begins.
    total:
        Whether to count all that match, on this page and all others.

    Raises
    ------
    InvalidInput
        for an unknown sort, a cursor of another list, a limit outside 1 to 1000, an offset below
        0, the latest among archived packages.

    """
    columns, descending = keyset.chosen(sort, SORTS, "Packages")
    validation.page_size(limit)
    validation.page_offset(offset)
    after = (
        keyset.decode(cursor, sort, [_TYPES.get(name, str) for name in columns]) if cursor else None
    )
    wanted = wanted or PackageFilter()
    facets = _facets(wanted, database)
    with database.connect() as connection:
        driver = _driver(database, connection, wanted, facets, columns)
        if driver is None and database.is_sqlite and offset >= FAR:
            driver = next((facet for facet in facets if facet.elsewhere), None)
        query = _plan(facets, driver, columns, descending, after, database.is_sqlite)
        keys = connection.execute(query.limit(limit + 1).offset(offset)).all()
        more = len(keys) > limit
        keys = keys[:limit]
        items = summaries(connection, [key[-1] for key in keys], of_models=wanted.latest)
        counted = _count(connection, facets, driver, database.is_sqlite) if total else None
    following = None
    if more:
        following = keyset.encode(sort, list(map(_read_key, columns, keys[-1])))
    return {"items": items, "next_cursor": following, "total": counted}


# --- filters ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Facet:
    """One filter: a test of a row and, where an index gives them, the ids of all that pass.

    ``exact``: whether only those pass, so that the test need not be made again.
    ``sorts``: the first columns of the sorts in whose order that index has them.
    ``elsewhere``: whether that index is another table's.
    """

    test: Callable[[Wrap], ColumnElement[bool]]
    ids: Select[Any] | None = None
    sorts: frozenset[str] = frozenset()
    exact: bool = True
    elsewhere: bool = False


def _facets(wanted: PackageFilter, database: Database) -> list[_Facet]:
    for field in ("q", "name", "target", "alias", "creator"):
        validation.text(getattr(wanted, field), field, 1_000)
    facets = []
    for name, value in (
        ("name", wanted.name),
        ("kind", wanted.kind and wanted.kind.value),
        ("target_type", wanted.target_type and wanted.target_type.value),
        ("target_name", wanted.target),
        ("created_by", wanted.creator),
    ):
        if value is not None:
            facets.append(_equal(name, value))
    facets += [_tagged(tag) for tag in wanted.tags]
    if wanted.alias is not None:
        facets.append(
            _related(ALIAS.c.package_id, ALIAS.c.alias == wanted.alias, of_models=wanted.latest)
        )
    if wanted.deployed is not None:
        living = type_coerce(DEPLOYMENT.c.state, String) != DeploymentState.ARCHIVED.value
        how = {"negate": not wanted.deployed, "of_models": wanted.latest}
        facets.append(_related(DEPLOYMENT.c.package_id, living, **how))
    if wanted.created_after is not None or wanted.created_before is not None:
        facets.append(_created(wanted.created_after, wanted.created_before))
    if wanted.q is not None and wanted.q.strip():
        facets.append(_containing(fold(wanted.q).split(), database))
    if wanted.latest:
        if wanted.archived:
            raise InvalidInput(
                "No archived package is the latest of its model.",
                advice="Leave out archived, or latest.",
                fields={"latest": "not with archived"},
            )
        latest: ColumnElement[bool] = PACKAGE.c.latest  # as its index has it
        facets.append(_Facet(lambda _: latest, select(PACKAGE.c.id).where(latest)))
    elif wanted.archived is not None:
        facets.append(_archived(wanted.archived))
    return facets


def _equal(name: str, value: str) -> _Facet:
    plain = type_coerce(PACKAGE.c[name], String)
    return _Facet(
        lambda wrap: wrap(plain) == value,
        select(PACKAGE.c.id).where(plain == value),
        sorts=frozenset({name} if name == "name" else {name, "created_at"}),
    )


def _tagged(tag: str) -> _Facet:
    key, colon, value = tag.partition(":")
    validation.text(tag, "tag", 1_000)
    condition = TAG.c.key == key
    if colon:
        condition = and_(condition, TAG.c.value == value)
    return _related(TAG.c.package_id, condition)


def _related(
    package_id: ColumnElement[Any],
    condition: ColumnElement[bool],
    *,
    negate: bool = False,
    of_models: bool = False,
) -> _Facet:
    """Packages with (or without) a row of another table; or whose model has a version with one."""
    found = exists().where(package_id == PACKAGE.c.id, condition).correlate(PACKAGE)
    ids = select(package_id).where(condition)
    if of_models:
        version = PACKAGE.alias()
        found = (
            exists()
            .where(version.c.model_id == PACKAGE.c.model_id, package_id == version.c.id, condition)
            .correlate(PACKAGE)
        )
        models = select(version.c.model_id).where(version.c.id.in_(ids))
        ids = select(PACKAGE.c.id).where(PACKAGE.c.model_id.in_(models))
    if negate:
        return _Facet(lambda _: ~found)
    return _Facet(lambda _: found, ids, elsewhere=True)


def _created(after: datetime | None, before: datetime | None) -> _Facet:
    def test(wrap: Wrap) -> ColumnElement[bool]:
        limits = []
        if after is not None:
            limits.append(wrap(PACKAGE.c.created_at) >= literal(after, PACKAGE.c.created_at.type))
        if before is not None:
            limits.append(wrap(PACKAGE.c.created_at) < literal(before, PACKAGE.c.created_at.type))
        return and_(*limits)

    return _Facet(test, select(PACKAGE.c.id).where(test(_as_is)), frozenset({"created_at"}))


def _archived(archived: bool) -> _Facet:
    if not archived:
        return _Facet(lambda _: PACKAGE.c.archived_at.is_(None))
    test = PACKAGE.c.archived_at.is_not(None)
    return _Facet(lambda _: test, select(PACKAGE.c.id).where(test))


def _containing(words: Sequence[str], database: Database) -> _Facet:
    text = PACKAGE.c.search_text
    if not database.is_sqlite:
        return _Facet(lambda _: and_(*(text.contains(word, autoescape=True) for word in words)))
    test = and_(*(func.instr(text, word) > 0 for word in words))
    indexed = [word for word in words if len(word) >= 3]
    if not (indexed and database.has_text_index):
        return _Facet(lambda _: test)
    phrases = " AND ".join('"' + word.replace('"', '""') + '"' for word in indexed)
    ids = select(_SEARCH.c.rowid).where(_SEARCH.c.package_search.op("MATCH")(phrases))
    if len(indexed) < len(words):
        # it has words of three letters and more
        return _Facet(lambda _: test, ids, exact=False, elsewhere=True)
    return _Facet(lambda _: test, ids, elsewhere=True)


# --- plans --------------------------------------------------------------------------------


def _plan(
    facets: Sequence[_Facet],
    driver: _Facet | None,
    columns: Sequence[str],
    descending: bool,
    after: Sequence[Any] | None,
    is_sqlite: bool,
) -> Select[Any]:
    def wrap_of(facet: _Facet | None) -> Wrap:
        if not is_sqlite or (driver is None and (facet is None or columns[0] in facet.sorts)):
            return _as_is
        return _without_index

    tests = [
        facet.test(wrap_of(facet)) for facet in facets if facet is not driver or not facet.exact
    ]
    if driver is not None and driver.ids is not None:
        tests.append(PACKAGE.c.id.in_(driver.ids))
    wrap = wrap_of(None)
    key = [wrap(_plain(name)) for name in columns]
    if after is not None:
        tests.append(keyset.after(key, after, descending))
    return (
        select(*(_unread(name) for name in columns))
        .where(*tests)
        .order_by(*keyset.ordered(key, descending))
    )


def _count(
    connection: Connection, facets: Sequence[_Facet], driver: _Facet | None, is_sqlite: bool
) -> int:
    """How many packages pass; unlike for a page, any index may be used."""
    if driver is None and is_sqlite:
        # by another table's rows, not by testing every package for them
        driver = next((f for f in facets if f.elsewhere), None)
    wrap = _as_is if driver is None or not is_sqlite else _without_index
    tests = [facet.test(wrap) for facet in facets if facet is not driver or not facet.exact]
    if driver is not None and driver.ids is not None:
        tests.append(PACKAGE.c.id.in_(driver.ids))
    found = connection.scalar(select(func.count()).select_from(PACKAGE).where(*tests))
    return int(found or 0)


def _driver(
    database: Database,
    connection: Connection,
    wanted: PackageFilter,
    facets: Sequence[_Facet],
    columns: Sequence[str],
) -> _Facet | None:
    """The filter whose matches are looked up and sorted; ``None`` where an index is walked.

    It only decides how fast a page is found, so the counts may be some seconds old: the pages
    of one list, and a list that is shown again and again, count once.
    """
    counted = [facet for facet in facets if facet.ids is not None]
    if not database.is_sqlite or not counted:
        return None
    if len(counted) == 1 and columns[0] in counted[0].sorts:
        return None  # its own index has them in the order asked for
    key = (str(database.engine.url), replace(wanted, tags=tuple(wanted.tags)), columns[0])
    known = _CHOSEN.get(key)
    if known is not None and time.monotonic() < known[0]:
        position = known[1]
    else:
        position = _fewest(connection, counted)
        if len(_CHOSEN) >= _MOST_CHOSEN:
            _CHOSEN.clear()
        _CHOSEN[key] = (time.monotonic() + _COUNT_SECONDS, position)
    return None if position is None else counted[position]


def _fewest(connection: Connection, counted: Sequence[_Facet]) -> int | None:
    """Which filter leaves the fewest packages, if they are fewer than `FEW`."""
    counts = connection.execute(
        select(
            *(
                select(func.count()).select_from(facet.ids.limit(FEW).subquery()).scalar_subquery()
                for facet in counted
                if facet.ids is not None
            )
        )
    ).one()
    fewest, position = min((count, position) for position, count in enumerate(counts))
    return position if fewest < FEW else None


def _plain(name: str) -> ColumnElement[Any]:
    chosen: ColumnElement[Any] = PACKAGE.c[name]
    return type_coerce(chosen, String) if name in {"kind", "target_type"} else chosen


def _unread(name: str) -> ColumnElement[Any]:
    """A column as the driver gives it: of a page's keys only the last is ever read."""
    return type_coerce(PACKAGE.c[name], String) if name == "created_at" else _plain(name)


def _read_key(name: str, value: Any) -> Any:
    """A part of a sort key as a cursor has it; SQLite gives times as texts without a zone."""
    if name == "created_at" and isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return value


def _as_is(element: ColumnElement[Any]) -> ColumnElement[Any]:
    return element


def _without_index(element: ColumnElement[Any]) -> ColumnElement[Any]:
    """``+column``: the same value, which SQLite looks up in no index."""
    return UnaryExpression(element, operator=custom_op("+"), type_=element.type)

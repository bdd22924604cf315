"""Listing leaderboards: filtered, sorted, in keyset pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Select, String, func, select, type_coerce

from ..domain.kinds import LeaderboardState
from ..store.database import Database
from . import keyset, validation
from .leaderboard_rows import BOARD, summaries
from .package_rows import fold

#: What leaderboards can be sorted by → the sort key.
SORTS: dict[str, tuple[Column[Any], ...]] = {
    "created_at": (BOARD.c.created_at, BOARD.c.id),
    "name": (BOARD.c.name, BOARD.c.id),
    "target": (BOARD.c.target_name, BOARD.c.id),
}
_TYPES: dict[str, type] = {"created_at": datetime, "id": int}


def search(
    database: Database,
    *,
    q: str | None = None,
    state: LeaderboardState | None = None,
    name: str | None = None,
    sort: str = "-created_at",
    limit: int = 100,
    cursor: str | None = None,
    offset: int = 0,
    total: bool = False,
) -> dict[str, Any]:
    """One page of leaderboards, shaped as `LeaderboardPage` and ready for JSON.

    Parameters
    ----------
    q:
        Words that all occur in name, target or description, in any case.
    name:
        Of the registered model that the leaderboard's models become packages of.
    sort:
        A key of `SORTS`, descending with a leading ``-``.
    cursor, offset, total:
        As in `registry.search.search_packages`.

    Raises
    ------
    InvalidInput
        for an unknown sort, a cursor of another list, a limit outside 1 to 1000, an offset below
        0.

    """
    key, descending = keyset.chosen(sort, SORTS, "Leaderboards")
    validation.page_size(limit)
    validation.page_offset(offset)
    query = _matching(q, state, name)
    page = query.add_columns(*key).order_by(*keyset.ordered(key, descending))
    if cursor:
        values = keyset.decode(cursor, sort, [_TYPES.get(part.name, str) for part in key])
        page = page.where(keyset.after(key, values, descending))
    with database.connect() as connection:
        rows: Sequence[Any] = connection.execute(page.limit(limit + 1).offset(offset)).all()
        more, rows = len(rows) > limit, rows[:limit]
        items = summaries(connection, [row[0] for row in rows])
        counted = None
        if total:
            counted = connection.scalar(select(func.count()).select_from(query.subquery()))
    following = keyset.encode(sort, list(rows[-1][1:])) if more else None
    return {"items": items, "next_cursor": following, "total": counted}


def _matching(q: str | None, state: LeaderboardState | None, name: str | None) -> Select[Any]:
    validation.text(q, "q", 1_000)
    validation.text(name, "name", 1_000)
    query = select(BOARD.c.id)
    for word in fold(q or "").split():
        query = query.where(BOARD.c.search_text.contains(word, autoescape=True))
    if state is not None:
        query = query.where(type_coerce(BOARD.c.state, String) == state.value)
    if name is not None:
        query = query.where(BOARD.c.name == name)
    return query

"""Lists that come from the server page by page, as far as they are looked at."""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, Generic, TypeVar, overload

from .shown import Table

Item = TypeVar("Item")

#: Rows shown in a notebook or a terminal.
_SHOWN_ROWS = 20


class Pages(ABC, Generic[Item]):
    """A list read lazily: iterating, indexing and slicing fetch what they need.

    Parameters
    ----------
    fetch:
        Gives the page that begins at a cursor: ``{"items": [...], "next_cursor": …}``; of
        `Counted` with more parameters of the list, too.
    make:
        Makes an item of its JSON.

    """

    #: What the items are, in the plural.
    what: ClassVar[str] = "items"
    headings: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        fetch: Callable[..., Mapping[str, Any]],
        make: Callable[[Mapping[str, Any]], Item],
    ) -> None:
        self._fetch = fetch
        self._make = make
        self._items: list[Item] = []
        self._cursor: str | None = None
        self._ended = False

    def __iter__(self) -> Iterator[Item]:
        for position in itertools.count():
            if not self._has(position):
                return
            yield self._items[position]

    @overload
    def __getitem__(self, position: int) -> Item: ...
    @overload
    def __getitem__(self, position: slice) -> list[Item]: ...
    def __getitem__(self, position: int | slice) -> Item | list[Item]:
        if isinstance(position, slice):
            ends = (position.start, position.stop)
            if position.stop is None or any(end is not None and end < 0 for end in ends):
                return list(self)[position]
            self._has(position.stop - 1)
            return self._items[position]
        if position < 0:
            return list(self)[position]
        if not self._has(position):
            raise IndexError(f"there are {len(self._items)} items")
        return self._items[position]

    def __bool__(self) -> bool:
        return self._has(0)

    def __repr__(self) -> str:
        return self._table(f"There are no {self.what}.").to_text()

    def _repr_html_(self) -> str:
        return self._table("There are none.").to_html()

    def _table(self, none: str) -> Table:
        """The first items; the note is ``none`` where there is no item."""
        rows = [self.row(item) for item in self[:_SHOWN_ROWS]]
        more = f"The first {_SHOWN_ROWS}; iterate to see more." if self._has(_SHOWN_ROWS) else ""
        return Table(self.headings, rows, note=more if rows else none)

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """What a table of all shows, under `headings`."""
        return map(self.row, self)

    @abstractmethod
    def row(self, item: Item) -> tuple[Any, ...]:
        """An item as a row under `headings`."""

    def _has(self, position: int) -> bool:
        while len(self._items) <= position and not self._ended:
            page = self._fetch(self._cursor)
            self._items += [self._make(item) for item in page["items"]]
            self._cursor = page.get("next_cursor")
            self._ended = self._cursor is None
        return len(self._items) > position


class Counted(Pages[Item]):
    """A list that the server counts."""

    def total(self) -> int:
        """How many items there are, without reading them."""
        return int(self._fetch(None, limit=1, total=True)["total"])

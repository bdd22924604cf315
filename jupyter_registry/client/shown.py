"""Results that show themselves: said once, as tables, and written as HTML or for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import html, terminal

#: Rows of a table in a terminal.
_MOST_LINES = 20


@dataclass(frozen=True)
class Table:
    """A table of a result.

    ``most`` rows are shown, the first ones or the ``last``; ``rest`` says where the others are.
    """

    headings: Sequence[str] = ()
    rows: Sequence[Sequence[Any]] = ()
    title: str = ""
    note: str = ""
    most: int = 1_000
    last: bool = False
    rest: str = ".to_frame()"

    def to_html(self) -> str:
        """For a notebook."""
        rows, note = self._cut(self.most)
        return html.table(self.headings, rows, title=self.title, note=note)

    def to_text(self) -> str:
        """For a terminal, as wide as it is."""
        rows, note = self._cut(min(self.most, _MOST_LINES))
        table = terminal.table(self.headings, rows, fit=terminal.width()) if rows else ""
        if not rows and not note and self.headings:
            note = "There are none."
        lines = (terminal.clean(self.title), table, terminal.clean(note))
        return "\n".join(line for line in lines if line)

    def _cut(self, most: int) -> tuple[Sequence[Sequence[Any]], str]:
        """The rows to be shown, and the note with a word on the others."""
        hidden = len(self.rows) - most
        if hidden <= 0:
            return self.rows, self.note
        if self.last:
            told = f"The last {most}; {hidden:,} before them are in {self.rest}."
            return self.rows[hidden:], f"{self.note} {told}".strip()
        return self.rows[:most], f"{self.note} {hidden:,} more are in {self.rest}.".strip()


@dataclass(frozen=True)
class Facts:
    """Names and values of a result; those without a value are left out."""

    title: str
    items: Mapping[str, Any]

    def to_html(self) -> str:
        """For a notebook."""
        return html.facts(self.title, self.items)

    def to_text(self) -> str:
        """For a terminal."""
        return f"{terminal.clean(self.title)}\n{terminal.facts(self.items)}"


class Shown:
    """A result that says in `_parts` what is to be seen of it."""

    def _parts(self) -> Sequence[Table | Facts]:
        raise NotImplementedError

    def __repr__(self) -> str:
        return "\n\n".join(part.to_text() for part in self._parts())

    def __str__(self) -> str:
        return repr(self)

    def _repr_html_(self) -> str:
        return "".join(part.to_html() for part in self._parts())

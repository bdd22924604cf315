"""Tables and facts as plain text: for the command line, and for results in a terminal.

Values come from others: what a terminal would take for a command is left out.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .html import numeric_columns, text

_GAP = "  "
_MORE = "…"
#: A column of texts is not made narrower to fit.
_LEAST = 24


def width() -> int:
    """The columns of the terminal; 100 where there is none."""
    return max(40, shutil.get_terminal_size((100, 24)).columns)


def table(headings: Sequence[str], rows: Iterable[Sequence[Any]], *, fit: int | None = None) -> str:
    """Aligned columns, numbers to the right.

    Parameters
    ----------
    fit:
        The width not to be exceeded: long texts are cut but for the first column's, then the last
        columns left out, with an ellipsis in their place. Without it all is shown.

    """
    listed = [list(row) for row in rows]
    cells = [[clean(value) for value in row] for row in listed]
    columns = range(len(headings))
    numeric = numeric_columns(listed, len(headings))
    flexible = [
        any(isinstance(row[i], str | Mapping | list | tuple) for row in listed) for i in columns
    ]
    widths = [max([len(headings[i]), *(len(row[i]) for row in cells)]) for i in columns]
    kept = len(widths)
    if fit is not None:
        kept = _fitted(widths, flexible, fit)

    def line(row: Sequence[str]) -> str:
        shown = [_cut(row[i], widths[i]) for i in range(kept)]
        parts = [
            cell.rjust(widths[i]) if numeric[i] else cell.ljust(widths[i])
            for i, cell in enumerate(shown)
        ]
        return _GAP.join([*parts, *([_MORE] if kept < len(widths) else [])]).rstrip()

    return "\n".join([line(headings), *map(line, cells)])


def facts(items: Mapping[str, Any]) -> str:
    """Names and values, a line each; those without a value are left out."""
    shown = {k: clean(v) for k, v in items.items() if v not in (None, "", [], {})}
    longest = max((len(name) for name in shown), default=0)
    return "\n".join(f"{name:<{longest}}{_GAP}{value}" for name, value in shown.items())


def clean(value: Any) -> str:
    """A value on one line, without control characters."""
    line = " ".join(text(value).split())
    return line if line.isprintable() else "".join(c if c.isprintable() else "?" for c in line)


def _fitted(widths: list[int], flexible: Sequence[bool], fit: int) -> int:
    """Narrow the widest texts as far as need be; how many columns then fit."""
    spare = fit - sum(widths) - len(_GAP) * (len(widths) - 1)
    while spare < 0:
        wide = [i for i, is_text in enumerate(flexible) if is_text and i and widths[i] > _LEAST]
        if not wide:
            break
        widths[max(wide, key=widths.__getitem__)] -= 1
        spare += 1
    if spare >= 0:
        return len(widths)
    room = fit - len(_GAP) - len(_MORE)
    kept = len(widths) - 1
    while kept > 1 and sum(widths[:kept]) + len(_GAP) * (kept - 1) > room:
        kept -= 1
    widths[0] = min(widths[0], room) if kept <= 1 else widths[0]
    return max(kept, 1)


def _cut(cell: str, room: int) -> str:
    return cell if len(cell) <= room else cell[: room - len(_MORE)] + _MORE

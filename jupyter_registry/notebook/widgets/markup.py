"""Words and tables in the widgets' style, escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any


def chip(text: object, tone: str = "") -> str:
    """A word in a rounded frame; tone ``ok``, ``warn`` or ``bad`` gives it a dot."""
    return f'<span class="jr-chip{f" jr-chip-{tone}" if tone else ""}">{escape(str(text))}</span>'


def table(
    headings: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    facts: bool = False,
    marked: Sequence[bool] = (),
    right: Sequence[int] = (),
) -> str:
    """A table in the widgets' style, escaped; numbers on the right, marked rows in relief.

    ``right`` names columns of numbers that are written as texts already.
    """
    from ...client.html import numeric_columns, text

    told = numeric_columns(rows, len(headings))
    numeric = [i in right or (one and not facts) for i, one in enumerate(told)]
    parts = [f'<table class="jr-table{" jr-facts" if facts else ""}">']
    if any(headings):
        cells = "".join(
            f'<th{" class=jr-num" if right else ""} scope="col">{escape(heading)}</th>'
            for heading, right in zip(headings, numeric, strict=True)
        )
        parts.append(f"<thead><tr>{cells}</tr></thead>")
    parts.append("<tbody>")
    for position, row in enumerate(rows):
        differs = position < len(marked) and marked[position]
        parts.append('<tr class="jr-differs">' if differs else "<tr>")
        for column, value in enumerate(row):
            shown = escape(text(value))
            if facts and column == 0:
                parts.append(f'<th scope="row">{shown}</th>')
            else:
                parts.append(f"<td{' class=jr-num' if numeric[column] else ''}>{shown}</td>")
        parts.append("</tr>")
    return "".join([*parts, "</tbody></table>"])

"""Small HTML tables for results; every value is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from html import escape
from typing import Any

#: Said of each cell: Jupyter's default is right, VS Code's and a browser's is not.
_LEFT, _RIGHT = ' style="text-align: left"', ' style="text-align: right"'
#: A moment stays in one line where a wide table is squeezed.
_MOMENT = ' style="text-align: left; white-space: nowrap"'


def text(value: Any) -> str:
    """A value as people read it."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime):
        shown = value.astimezone(UTC) if value.tzinfo else value
        return shown.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Mapping):
        return ", ".join(
            f"{key}: {item}" if item != "" else str(key) for key, item in value.items()
        )
    if isinstance(value, list | tuple):
        return ", ".join(text(item) for item in value)
    return str(value)


def size(n_bytes: int) -> str:
    """A size as people read it."""
    amount = float(n_bytes)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} TB"


def table(
    headings: Sequence[str], rows: Iterable[Sequence[Any]], *, title: str = "", note: str = ""
) -> str:
    """A table with a heading row; title above, note below; columns of numbers to the right."""
    listed = list(rows)
    align = [_RIGHT if number else _LEFT for number in numeric_columns(listed, len(headings))]
    parts = [f"<div><strong>{escape(title)}</strong></div>" if title else "", "<table><thead><tr>"]
    parts += [f"<th{side}>{escape(head)}</th>" for side, head in zip(align, headings, strict=True)]
    parts.append("</tr></thead><tbody>")
    for row in listed:
        cells = zip(align, row, strict=True)
        parts.append("<tr>")
        parts += [
            f"<td{_MOMENT if isinstance(value, datetime) else side}>{escape(text(value))}</td>"
            for side, value in cells
        ]
        parts.append("</tr>")
    parts.append("</tbody></table>")
    if note:
        parts.append(f"<div>{escape(note)}</div>")
    return "".join(parts)


def facts(title: str, items: Mapping[str, Any]) -> str:
    """A table of names and values; those without a value are left out."""
    rows = "".join(
        f"<tr><th{_LEFT}>{escape(name)}</th><td{_LEFT}>{escape(text(value))}</td></tr>"
        for name, value in items.items()
        if value not in (None, "", [], {})
    )
    return f"<div><strong>{escape(title)}</strong></div><table><tbody>{rows}</tbody></table>"


def numeric_columns(rows: Sequence[Sequence[Any]], n: int) -> list[bool]:
    """Which of ``n`` columns hold numbers alone, but for what is missing."""
    given = ([row[i] for row in rows if row[i] is not None] for i in range(n))
    return [bool(values) and all(map(_is_number, values)) for values in given]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)

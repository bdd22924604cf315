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
    """A table with a heading row; title above, note below."""
    listed = [list(row) for row in rows]
    known = [
        [row[place] for row in listed if row[place] is not None] for place in range(len(headings))
    ]
    numbers = [bool(values) and all(map(is_number, values)) for values in known]
    parts = [f"<div><strong>{escape(title)}</strong></div>" if title else "", "<table><thead><tr>"]
    parts += [
        f"<th{_RIGHT if number else _LEFT}>{escape(heading)}</th>"
        for heading, number in zip(headings, numbers, strict=True)
    ]
    parts.append("</tr></thead><tbody>")
    for row in listed:
        cells = zip(row, numbers, strict=True)
        parts.append("<tr>")
        parts += [
            f"<td{_side(value, number)}>{escape(text(value))}</td>" for value, number in cells
        ]
        parts.append("</tr>")
    parts.append("</tbody></table>")
    if note:
        parts.append(f"<div>{escape(note)}</div>")
    return "".join(parts)


def _side(value: Any, in_numbers: bool) -> str:
    """Where a cell's text stands, by the value and by whether its column has numbers."""
    if is_number(value) or (value is None and in_numbers):
        return _RIGHT
    return _MOMENT if isinstance(value, datetime) else _LEFT


def facts(title: str, items: Mapping[str, Any]) -> str:
    """A table of names and values; those without a value are left out."""
    rows = "".join(
        f"<tr><th{_LEFT}>{escape(name)}</th><td{_LEFT}>{escape(text(value))}</td></tr>"
        for name, value in items.items()
        if value not in (None, "", [], {})
    )
    return f"<div><strong>{escape(title)}</strong></div><table><tbody>{rows}</tbody></table>"


def is_number(value: Any) -> bool:
    """Whether a value stands to the right."""
    return isinstance(value, int | float) and not isinstance(value, bool)

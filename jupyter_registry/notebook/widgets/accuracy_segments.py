"""The pickers of a segment in `AccuracyView`: a column, and one of its values."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from ...client.segments import segment_params
from ...domain.errors import InvalidInput, nearest
from ...domain.segments import segment_value
from .chooser import renew
from .common import bar, dropdown

if TYPE_CHECKING:
    from ...client.segments import Segments

#: Stands for no segment: a column has a name.
_EVERY = ("all rows", "")
_HOW = (
    "For accuracy by segment choose columns: "
    "<code>deployment.update(segment_columns=[…])</code>; predictions from then on are counted."
)


class SegmentPickers:
    """A segment column and a value; hidden while the deployment has no segments, with a hint."""

    def __init__(self) -> None:
        self.column = dropdown("Segment", [_EVERY], 215)
        self.value = dropdown("Value", [], 260)
        self.hint = widgets.HTML()
        self.box = bar(self.column, self.value, self.hint)
        self._values: dict[str, list[str]] = {}
        self._quiet = False
        self.column.observe(lambda _: self._column_chosen(), "value")
        self.box.layout.display = "none"
        self._arrange()

    @property
    def chosen(self) -> tuple[str, str] | None:
        """The column and the value whose rows are shown; ``None`` for all rows."""
        return (self.column.value, self.value.value) if self.column.value else None

    @property
    def are_offered(self) -> bool:
        """Whether there is a segment to choose, so that more may come."""
        return bool(self._values)

    def offer(self, found: Segments) -> None:
        """Offer the columns and values that there are; what is chosen stays."""
        self._values = {one.name: found.values(one.name) for one in found.columns if one.values}
        waiting = [escape(one.name) for one in found.columns if one.active and not one.values]
        said = _HOW if not found.columns else ""
        if waiting:
            said = f"No prediction was counted by {', '.join(waiting)} yet."
        self.hint.value = f'<span class="jr-muted">{said}</span>' if said else ""
        self._quiet = True
        try:
            renew(self.column, [_EVERY, *((name, name) for name in self._values)])
            renew(self.value, [(one, one) for one in self._values.get(self.column.value, [])])
        finally:
            self._quiet = False
        self._arrange()

    def choose(self, segment: Any) -> None:
        """Choose a segment, given as ``("carrier", "UA")``; raises `InvalidInput`."""
        if not isinstance(segment, tuple | list) or len(segment) != 2:
            raise InvalidInput(
                f"{segment!r} is no segment.",
                advice="Give a column with a value, such as ('carrier', 'UA').",
                fields={"segment": str(segment)},
            )
        column, text = segment_params(tuple(segment)).values()
        value = segment_value(text)
        for wanted, known, what in (
            (column, list(self._values), "segment column of this deployment"),
            (value, self._values.get(str(column), []), f"value of {column!r}"),
        ):
            if wanted not in known:
                listed = ", ".join(known[:20]) or "none yet"
                raise InvalidInput(
                    f"{wanted!r} is no {what}.",
                    advice=nearest(str(wanted), known) or f"Known: {listed}.",
                    fields={"segment": str(segment), "known": known},
                )
        self.column.value = column
        self.value.value = value

    def on_request(self, action: Callable[[], object]) -> None:
        """Have it called when another segment, or all rows, are chosen."""

        def changed(_: Any) -> None:
            if not self._quiet:
                action()

        self.column.observe(changed, "value")
        self.value.observe(changed, "value")

    def _column_chosen(self) -> None:
        """Offer the column's values; the one of most predictions is chosen."""
        if self._quiet:
            return
        self._quiet = True
        try:
            values = self._values.get(self.column.value, [])
            self.value.options = [(one, one) for one in values]
            self.value.value = values[0] if values else None
        finally:
            self._quiet = False
        self._arrange()

    def _arrange(self) -> None:
        self.column.layout.display = None if self._values else "none"
        self.value.layout.display = None if self.column.value else "none"
        self.box.layout.display = None if self._values or self.hint.value else "none"

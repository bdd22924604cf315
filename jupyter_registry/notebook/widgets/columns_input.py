"""`ColumnsInput`: some columns, chosen from those that are known or typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ipywidgets as widgets
import traitlets

from .common import bar
from .fields import LABEL_WIDTH
from .turns import clicked


class ColumnsInput(widgets.HBox):
    """Names of columns, in ``value``: each is a button that takes it away again.

    Parameters
    ----------
    known:
        The columns that are offered; others can be typed.

    """

    value = traitlets.List(traitlets.Unicode())
    #: Stays in the kernel: the page cannot show a box with a tooltip (ipywidgets 8).
    tooltip = traitlets.Unicode(allow_none=True)

    def __init__(self, label: str, known: Sequence[str]) -> None:
        self._known = list(known)
        self.adding = widgets.Combobox(
            options=self._known,
            description=label,
            placeholder="add a column",
            continuous_update=False,
            layout=widgets.Layout(
                width=f"calc({LABEL_WIDTH} + 210px)", margin="2px 6px 2px 2px", flex="0 0 auto"
            ),
            style={"description_width": LABEL_WIDTH},
        )
        self.adding.tooltip = f"{label}: add a column"
        self._chosen = bar()
        super().__init__(
            [self.adding, self._chosen],
            layout=widgets.Layout(overflow="visible", width="auto"),
        )
        self.adding.observe(lambda change: self._add(change["new"]), "value")
        self.observe(lambda _: self._show(), "value")

    def _add(self, text: str) -> None:
        name = text.strip()
        if not name:
            return
        if name not in self.value:
            self.value = [*self.value, name]
        self.adding.value = ""

    def _remove(self, name: str) -> None:
        self.value = [one for one in self.value if one != name]
        self.adding.focus()

    def _show(self) -> None:
        self.adding.options = [name for name in self._known if name not in self.value]
        self._chosen.children = [self._button(name) for name in self.value]

    def _button(self, name: str) -> Any:
        made = widgets.Button(description=f"{name} ✕", tooltip=f"Take {name} away")
        made.on_click(clicked(lambda: self._remove(name)))
        return made

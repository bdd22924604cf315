"""`Segments`: one of a few, as buttons beside each other; some may be shown and not chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ipywidgets as widgets
from traitlets import Unicode

from .fields import LABEL_WIDTH


class Segments(widgets.HBox):
    """A choice by toggle buttons.

    Parameters
    ----------
    options:
        Pairs of what a button says and the value.
    tips:
        Value → what the button's tooltip says.
    disabled:
        Values that cannot be chosen.

    """

    value = Unicode()

    def __init__(
        self,
        label: str,
        options: Sequence[tuple[str, str]],
        *,
        tips: Mapping[str, str] | None = None,
        disabled: Sequence[str] = (),
    ) -> None:
        beside = widgets.Label(label, layout=widgets.Layout(width=LABEL_WIDTH))
        beside.add_class("jr-label")
        self.buttons = {
            value: widgets.ToggleButton(
                description=text,
                disabled=value in disabled,
                tooltip=f"{label}: {(tips or {}).get(value, text)}",
                layout=widgets.Layout(width="auto", margin="2px 2px 2px 0"),
            )
            for text, value in options
        }
        super().__init__(
            [beside, *self.buttons.values()], layout=widgets.Layout(overflow="visible")
        )
        for value, toggle in self.buttons.items():
            toggle.observe(lambda change, value=value: self._pressed(value, change), "value")
        self.observe(lambda _: self._mark(), "value")
        self.value = options[0][1]

    def _pressed(self, value: str, change: Any) -> None:
        if change["new"]:
            self.value = value
        elif self.value == value:
            self._mark()  # what is chosen stays so until another is

    def _mark(self) -> None:
        for value, toggle in self.buttons.items():
            toggle.value = value == self.value

"""Labelled inputs with a hint or what is wrong below, and searches that wait for a pause."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

import ipywidgets as widgets

from .file_drop import FileDrop
from .turns import in_turn, running_loop

#: Width of the labels beside inputs, and of the inputs.
LABEL_WIDTH = "150px"
INPUT_WIDTH = "560px"
#: Seconds without a keystroke after which a search is made.
PAUSE = 0.25


class Field(widgets.VBox):
    """An input with its label, and below it one line: a hint, or what is wrong with it.

    What is written is told when the input is left, unless ``as_typed``: letters told one by one
    may arrive after the click on the button that is to read them.
    """

    def __init__(self, label: str, input: Any, hint: str = "", *, as_typed: bool = False) -> None:
        self.label, self.input, self.hint = label, input, hint
        self._note = widgets.HTML(
            layout=widgets.Layout(margin=f"0 0 2px calc({LABEL_WIDTH} + 10px)")
        )
        shown = input
        if isinstance(input, FileDrop):
            input.label = label
            beside = widgets.Label(label, layout=widgets.Layout(width=LABEL_WIDTH))
            beside.add_class("jr-label")
            shown = widgets.HBox([beside, input])
        elif input.has_trait("description"):
            input.description = label
            input.style.description_width = LABEL_WIDTH
        if input.has_trait("continuous_update"):
            input.continuous_update = as_typed
        if not input.tooltip:
            input.tooltip = f"{label}: {hint}" if hint else label
        if input.layout.width is None:
            input.layout.width = INPUT_WIDTH
        super().__init__([shown, self._note], layout=widgets.Layout(overflow="visible"))
        self.clear()

    @property
    def value(self) -> Any:
        """The input's value; of texts without surrounding spaces, ``None`` when empty."""
        value = self.input.value
        if isinstance(value, str):
            return value.strip() or None
        return value

    def error(self, text: str, *, announced: bool = True) -> None:
        """Say what is wrong, in place of the hint; screen readers say it at once if announced."""
        role = ' role="alert"' if announced else ""
        self._note.value = f'<div class="jr-note jr-wrong"{role}>{escape(text)}</div>'

    def clear(self) -> None:
        """Show the hint again."""
        self._note.value = f'<div class="jr-note">{escape(self.hint)}</div>'

    def say(self, hint: str) -> None:
        """Change the hint."""
        self.hint = hint
        self.clear()


class Fields(dict[str, Field]):
    """Fields by the name that the API has for them; ``also`` gives other names of the same."""

    def __init__(self, also: Mapping[str, str] | None = None, /, **fields: Field) -> None:
        super().__init__(fields)
        self.also = dict(also or {})

    def show(self, error: BaseException) -> bool:
        """Show the parts of an error that concern an input there; whether there were any.

        Of several, screen readers say the first at once, and the others when they come to them.
        """
        named = getattr(error, "fields", {})
        found = False
        for name, message in named.items():
            root = name.partition(".")[0]
            field = self.get(self.also.get(root, root))
            if field is not None:
                # alone, a field's message is short where the detail is a sentence
                whole = len(named) == 1 or not isinstance(message, str)
                text = str(getattr(error, "detail", error)) if whole else message
                field.error(text, announced=not found)
                found = True
        return found

    def clear(self) -> None:  # type: ignore[override]
        """Take the errors away, not the fields."""
        for field in self.values():
            field.clear()


def after_pause(action: Callable[[], object]) -> Callable[..., None]:
    """The action, made when it was not asked for again within `PAUSE`; at once without a loop."""
    waiting: list[asyncio.TimerHandle] = []
    action = in_turn(action)

    def ask(*_: Any) -> None:
        while waiting:
            waiting.pop().cancel()
        loop = running_loop()
        if loop is None:
            action()
        else:
            waiting.append(loop.call_later(PAUSE, action))

    return ask

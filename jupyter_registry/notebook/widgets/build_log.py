"""The log of the building of an environment, as it grows; there only when something is logged."""

from __future__ import annotations

from collections import deque
from html import escape

import ipywidgets as widgets

#: Lines that are shown.
_LINES = 200


class BuildLog:
    """The last lines; ``view`` is the widget."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=_LINES)
        self.view = widgets.HTML(layout=widgets.Layout(width="100%", display="none"))

    @property
    def text(self) -> str:
        """What is shown."""
        return "\n".join(self._lines)

    def add(self, line: str) -> None:
        """Show one more line."""
        self._lines.append(line)
        self.view.value = (
            '<pre role="log" aria-label="Building the environment" tabindex="0" '
            f'style="max-height:200px;overflow:auto;margin:0">{escape(self.text)}</pre>'
        )
        self.view.layout.display = None

    def clear(self) -> None:
        """Begin again."""
        self._lines.clear()
        self.view.value, self.view.layout.display = "", "none"

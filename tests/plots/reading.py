"""What a figure shows, read from its artists."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure


def line(figure: Figure, label: str) -> Any:
    """The one line whose label begins so."""
    found = [
        one
        for ax in figure.get_axes()
        for one in ax.get_lines()
        if str(one.get_label()).startswith(label)
    ]
    assert len(found) == 1, [one.get_label() for one in found]
    return found[0]


def texts(figure: Figure) -> str:
    """All texts within the axes."""
    return " | ".join(text.get_text() for ax in figure.get_axes() for text in ax.texts)

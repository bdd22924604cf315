"""Figures shown in a notebook: as the user configured it, else as PNG, with a text beside."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell
    from matplotlib.figure import Figure


def can_be_shown(shell: InteractiveShell) -> bool:
    """Whether the frontend shows images; a terminal does not."""
    return "image/png" in (shell.display_formatter.active_types or ())


def show(shell: InteractiveShell, figure: Figure, text: str) -> None:
    """Show a figure; ``text`` stands for it where images do not show.

    Formats set by ``%matplotlib inline`` and ``InlineBackend.figure_formats`` are used.
    """
    from IPython.display import display

    data: dict[str, Any]
    data, metadata = shell.display_formatter.format(figure)
    if not any(kind.startswith(("image/", "application/pdf")) for kind in data):
        data["image/png"] = png(figure)
    display({**data, "text/plain": text}, metadata=metadata, raw=True)


def png(figure: Figure) -> str:
    """A figure as PNG in base64."""
    out = io.BytesIO()
    figure.savefig(out, format="png", bbox_inches="tight")
    return base64.b64encode(out.getvalue()).decode("ascii")

"""Text for those who do not see a plot: what it shows and what it comes to.

Every drawing function sets the label of the axes that it drew in (matplotlib's
``Axes.set_label``, which shows nowhere) to such a text; a figure's is that of its axes.
"""

from __future__ import annotations

from base64 import b64encode
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def describe(ax: Axes, text: str) -> None:
    """Set the alternative text of what was drawn in an axes."""
    ax.set_label(text)


def alt_text(figure: Figure) -> str:
    """The alternative text of a figure: those of its axes, one after another.

    Use it as ``alt`` of an image, or ``figure.savefig("roc.svg", metadata={"Description":
    alt_text(figure)})`` to have it in the file. Axes drawn elsewhere take part when they
    have a label (``Axes.set_label``).
    """
    texts = [str(ax.get_label()) for ax in figure.get_axes()]
    return " ".join(text for text in texts if text and not text.startswith(("_", "<")))


def to_html(figure: Figure, *, format: str = "png", dpi: float | None = None) -> str:
    """An ``<img>`` with the alternative text, for ``IPython.display.HTML`` and widgets.

    ``format`` is ``png`` or ``svg``; ``dpi`` is the figure's own unless given.
    """
    buffer = BytesIO()
    text = alt_text(figure)
    metadata = {"Description": text}
    if format == "svg":
        metadata["Date"] = None  # type: ignore[assignment]
    figure.savefig(buffer, format=format, dpi=dpi or "figure", metadata=metadata)
    kind = "image/svg+xml" if format == "svg" else "image/png"
    data = b64encode(buffer.getvalue()).decode()
    width = figure.get_size_inches()[0] * figure.dpi
    return (
        f'<img src="data:{kind};base64,{data}" alt="{escape(text, quote=True)}" '
        f'style="max-width: 100%; width: {width:.0f}px">'
    )

"""Saving from `AccuracyView`: links to the picture as PNG and SVG and to the numbers as CSV."""

from __future__ import annotations

import re
from base64 import b64encode
from html import escape
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from ...domain.errors import InvalidInput
from . import rows_files
from .common import bar, guarded

if TYPE_CHECKING:
    import pyarrow as pa
    from matplotlib.figure import Figure

    from .accuracy_view import AccuracyView

_KINDS = {".png": "image/png", ".svg": "image/svg+xml", ".csv": "text/csv"}
#: Pixels per inch of a PNG that is saved.
_DPI = 160


class Saving:
    """A button that opens the links; they are made when it is open, and anew with the picture."""

    def __init__(self, view: AccuracyView) -> None:
        self._view = view
        self.button = widgets.ToggleButton(description="Save as …", tooltip="Show the links")
        self.links = widgets.HTML()
        self.box = bar(self.button, self.links)
        self.button.observe(lambda _: self._open(), "value")

    def _open(self) -> None:
        with guarded(self._view.notice):
            self.renew()

    def renew(self) -> None:
        """Make the links, if they are shown."""
        if not self.button.value:
            self.links.value = ""
            return
        try:
            figure = self._view.figure
        except InvalidInput as nothing:
            self.links.value = f'<span class="jr-muted">{escape(str(nothing))}</span>'
            return
        contents = {suffix: _rendered(figure, suffix) for suffix in (".png", ".svg")}
        contents[".csv"] = rows_files.csv(numbers(self._view))
        name = file_name(self._view)
        self.links.value = " · ".join(
            rows_files.link(content, f"{name}{suffix}", _KINDS[suffix])
            for suffix, content in contents.items()
        )


def save(view: AccuracyView, path: Path) -> Path:
    """Write a view's figure or numbers into a file of the kernel's machine."""
    if path.suffix == ".csv":
        content = rows_files.csv(numbers(view))
    elif path.suffix in (".png", ".svg", ".pdf"):
        content = _rendered(view.figure, path.suffix)
    else:
        raise InvalidInput(
            f"{path.name!r} does not end as a picture or a table does.",
            advice="End the name in .png, .svg, .pdf or .csv.",
            fields={"path": str(path)},
        )
    path.write_bytes(content)
    return path


def image(figure: Figure, dpi: int) -> str:
    """An ``<img>`` of a figure, on its own background, for who reads without a kernel."""
    from ...plots import alt_text

    data = b64encode(_rendered(figure, ".png", dpi)).decode()
    width = figure.get_size_inches()[0] * 96
    return (
        f'<img src="data:image/png;base64,{data}" alt="{escape(alt_text(figure), quote=True)}" '
        f'style="background: white; max-width: 100%; width: {width:.0f}px">'
    )


def numbers(view: AccuracyView) -> pa.Table:
    """What the tab that is shown is drawn from, as a table."""
    from .accuracy_pictures import Picture

    picture: Picture = view._picture
    if picture.needs_details and view.details is not None:
        return view.details.to_arrow()
    return view.whole.to_arrow(baseline=True)


def file_name(view: AccuracyView) -> str:
    """A name for files of what is shown: deployment and metric or picture."""
    picture: Any = view._picture
    what = view.controls.metric.value if picture.by_metric else picture.title
    part = view._known.segment_words
    name = "-".join(filter(None, [view.deployment.label, part, what]))
    return re.sub(r"[^\w.]+", "-", name.lower()).strip("-")


def _rendered(figure: Figure, suffix: str, dpi: int = _DPI) -> bytes:
    from ...plots import alt_text

    kind = suffix.removeprefix(".")
    # PDF knows other names of facts
    facts: dict[str, Any] = {} if kind == "pdf" else {"Description": alt_text(figure)}
    if kind == "svg":
        facts["Date"] = None
    out = BytesIO()
    figure.savefig(out, format=kind, dpi=dpi, metadata=facts)
    return out.getvalue()

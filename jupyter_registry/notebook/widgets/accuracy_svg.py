"""Figures as SVG in the page itself, in the colours of the page's theme, whichever it is.

A figure is drawn once, in colours that stand for ink, paper and series; here they become CSS
variables. So the same picture is right in a light and in a dark theme, and when that changes.
"""

from __future__ import annotations

import itertools
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from io import StringIO
from typing import TYPE_CHECKING

from ...client.garbage import uncollected
from ...plots.style import COLOURS, COLOURS_ON_DARK

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Stand for the page's text and background. Neither is pure, so that what is meant to be black
#: or white in any theme (numbers in the cells of a matrix) stays so.
INK, PAPER = (0x1E, 0x22, 0x25), (0xFD, 0xFE, 0xFE)
#: Pixels of a page per inch of a figure: ten inches fill a view.
PIXELS = 102

_DARK = (
    '[data-jp-theme-light="false"] .jr, [data-vscode-theme-kind="vscode-dark"] .jr, '
    '[data-vscode-theme-kind="vscode-high-contrast"] .jr, .theme-dark .jr'
)
_SERIES = [
    "; ".join(f"--jr-series{i}: {colour}" for i, colour in enumerate(palette))
    for palette in (COLOURS, COLOURS_ON_DARK)
]
#: What the SVG's variables are; `style_sheet` has ``--jr-ink``.
CSS = f"""
.jr {{ --jr-paper: var(--jp-layout-color0, var(--vscode-editor-background, #ffffff)); {_SERIES[0]}; }}
{_DARK} {{ {_SERIES[1]}; }}
.jr .widget-tab-contents {{ --jr-paper: var(--jp-layout-color1, var(--vscode-editor-background, #ffffff)); }}
.jr .jr-figure {{ width: 100%; overflow: hidden; }}
.jr .jr-figure svg {{ display: block; width: 100%; height: 100%; }}
.jr .jr-empty {{ display: flex; flex-direction: column; align-items: center;
  justify-content: center; text-align: center; border: 1px dashed var(--jr-line);
  border-radius: 4px; gap: 6px; padding: 12px; box-sizing: border-box; }}
"""  # noqa: E501

_lock = threading.Lock()
_numbers = itertools.count(1)


def picture(draw: Callable[[], Figure], size: tuple[float, float] | None = None) -> str:
    """The HTML of a figure that ``draw`` makes; ``size`` in inches overrules the figure's."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    from ...plots import alt_text

    with _lock, uncollected(), _stand_ins():
        figure = draw()
        if size is not None:
            figure.set_size_inches(*size)
        figure.patch.set_visible(False)
        for ax in figure.axes:
            ax.patch.set_visible(False)
            for dots in ax.collections:
                dots.set_rasterized(False)  # pixels would keep one theme's colour
        out = StringIO()
        # of the canvas, for `Figure.savefig` draws everything twice
        FigureCanvasSVG(figure).print_svg(out, metadata={"Date": None})
    width, height = figure.get_size_inches()
    svg = in_page(out.getvalue(), alt_text(figure))
    return f'<div class="jr-figure" style="{box(width, height)}">{svg}</div>'


def box(width: float, height: float) -> str:
    """The style of a box for a figure of this size: the same place before and after it is drawn."""
    return f"max-width: {width * PIXELS:.0f}px; aspect-ratio: {width:g} / {height:g}"


def room(width: float, height: float) -> str:
    """The place of a figure that is not drawn yet."""
    return f'<div class="jr-figure" style="{box(width, height)}"></div>'


def in_page(svg: str, text: str) -> str:
    """Matplotlib's SVG made part of a page: colours as variables, no ids or rules that leak."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'<g id="[^"]*"', "<g", svg)
    unique = f"jr{next(_numbers)}-"
    for before in (' id="', 'href="#', "url(#"):  # a tenth of a regular expression's time
        svg = svg.replace(before, before + unique)
    svg = re.sub(r"(?<=: )#[0-9a-f]{6}(?=[;\"])", lambda found: _variable(found[0]), svg)
    head, rest = svg.split(">", 1)
    head = re.sub(r' (?:width|height|version)="[^"]*"', "", head)
    style = "stroke-linejoin: round; stroke-linecap: butt"
    return f'{head} role="img" aria-label="{escape(text, quote=True)}" style="{style}">{rest}'


def _variable(colour: str) -> str:
    """The CSS of a colour that stands for something; others stay what they are."""
    place = next((i for i, one in enumerate(COLOURS) if one.lower() == colour), None)
    if place is not None:
        return f"var(--jr-series{place})"
    channels = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    # between paper (0) and ink (1), if all three channels agree how far
    shares = [(p - c) / (p - i) for c, p, i in zip(channels, PAPER, INK, strict=True)]
    share = sum(shares) / 3
    if max(shares) - min(shares) > 0.01 or not -0.003 <= share <= 1.003:
        return colour
    if share > 0.995:
        return "var(--jr-ink)"
    if share < 0.005:
        return "var(--jr-paper)"
    return f"color-mix(in srgb, var(--jr-ink) {share:.0%}, var(--jr-paper))"


@contextmanager
def _stand_ins() -> Iterator[None]:
    """Matplotlib's colours as `INK` and `PAPER`; afterwards these settings are as before.

    Only these: `matplotlib.rc_context` would undo what another thread sets meanwhile.
    """
    from matplotlib import rcParams

    ink, paper = (f"#{''.join(f'{c:02x}' for c in rgb)}" for rgb in (INK, PAPER))
    settings = {
        "figure.facecolor": paper,
        "axes.facecolor": paper,
        "axes.edgecolor": ink,
        "axes.labelcolor": ink,
        "axes.titlecolor": "auto",
        "text.color": ink,
        "xtick.color": ink,
        "ytick.color": ink,
        "xtick.labelcolor": "inherit",
        "ytick.labelcolor": "inherit",
        "legend.labelcolor": None,
        "svg.fonttype": "path",
        "svg.image_inline": True,
    }
    before = {name: rcParams[name] for name in settings}
    rcParams.update(settings)
    try:
        yield
    finally:
        rcParams.update(before)

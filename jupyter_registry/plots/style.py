"""What the plots share: colours, light and dark, new figures, empty states, axes of shares.

Sizes, fonts, backgrounds and text colours are those of the user's style sheet. Only the series'
colours are ours, because few styles' colours can be told apart by colour-blind eyes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from textwrap import fill
from typing import TYPE_CHECKING, Any, TypeVar

from .alternative import describe

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

#: Blue, vermilion, green and purple of Okabe and Ito's palette, told apart by colour-blind eyes.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
#: Of the same palette, those that stand out on a dark background: sky blue, orange, green, purple.
COLOURS_ON_DARK = ("#56B4E9", "#E69F00", "#009E73", "#CC79A7")
#: Series differ by marker and by dashes too, so that they are told apart in grey.
MARKERS = ("o", "s", "^", "D")
DASHES: tuple[Any, ...] = ("solid", (0, (5, 1.5)), (0, (3, 1, 1, 1)), (0, (1, 1)))

#: A letter's width as a share of the size of its font, on average.
LETTER = 0.6

NO_ACTUALS = "no actuals yet"
#: From this ratio of the longest to the shortest on, an axis of durations is logarithmic.
_FAR = 8.0
#: Letters of a line in the middle of empty axes.
_WIDEST_LINE = 52

Result = TypeVar("Result")


def is_dark(ax: Axes) -> bool:
    """Whether an axes' background, or the figure's where that is clear, is a dark one."""
    from matplotlib.colors import to_rgba

    background = _background(ax)
    red, green, blue, _ = to_rgba(background)
    return 0.299 * red + 0.587 * green + 0.114 * blue < 0.5


def colours(ax: Axes) -> tuple[str, ...]:
    """The series' colours for the background of an axes."""
    return COLOURS_ON_DARK if is_dark(ax) else COLOURS


def ink(ax: Axes, strength: float = 1.0) -> tuple[float, float, float]:
    """The colour of text, or between it and the background: 0.1 for grids, 0.7 for notes."""
    from matplotlib import rcParams
    from matplotlib.colors import to_rgb

    text, back = to_rgb(rcParams["text.color"]), to_rgb(_background(ax))
    if abs(_light(text) - _light(back)) < 0.3:  # the style's text is not for this background
        text = (0.9, 0.9, 0.9) if _light(back) < 0.5 else (0.1, 0.1, 0.1)
    mixed = [strength * a + (1 - strength) * b for a, b in zip(text, back, strict=True)]
    return (mixed[0], mixed[1], mixed[2])


def shades(ax: Axes) -> Colormap:
    """From the background to the first colour, for what grows from nothing."""
    from matplotlib.colors import LinearSegmentedColormap

    ends: list[Any] = [ink(ax, 0.04), colours(ax)[0]]
    return LinearSegmentedColormap.from_list("registry", ends)


def _background(ax: Axes) -> Any:
    from matplotlib.colors import to_rgba

    figure = ax.get_figure(root=True)
    behind: Any = ax.get_facecolor()
    if to_rgba(behind)[3] < 0.5 and figure is not None:
        behind = figure.get_facecolor()
    return behind if to_rgba(behind)[3] >= 0.5 else _style_background()


def _style_background() -> Any:
    from matplotlib import rcParams
    from matplotlib.colors import to_rgba

    face = rcParams["figure.facecolor"]
    if to_rgba(face)[3] >= 0.5:
        return face
    # clear, as notebooks have it: light, unless the style writes in a light colour
    light = _light(to_rgba(rcParams["text.color"])[:3]) > 0.5
    return "black" if light else "white"


def _light(rgb: tuple[float, ...]) -> float:
    return 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]


def new_axes(ax: Axes | None, width: float = 5.6, height: float = 4.4) -> Axes:
    """The axes given, or those of a new figure of this size in inches, unknown to pyplot."""
    if ax is not None:
        return ax
    return new_figure(width, height).subplots()


def new_figure(width: float, height: float) -> Figure:
    """A figure of this size in inches, unknown to pyplot."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def opened(
    ax: Axes | None,
    x: str,
    y: str,
    title: str | None = None,
    *,
    size: tuple[float, float] = (5.6, 4.4),
    grid: str = "both",
) -> Axes:
    """Axes to draw in, as every plot begins: the ones given, or those of a new figure.

    With a light grid, what the axes say with their units, and the title, if there is one.
    """
    ax = new_axes(ax, *size)
    tidy(ax, grid=grid)
    ax.set_xlabel(x)
    ax.set_ylabel(y)
    if title:
        ax.set_title(title)
    return ax


def opened_shares(
    ax: Axes | None,
    x: str,
    y: str,
    title: str | None = None,
    *,
    size: tuple[float, float] = (4.8, 4.8),
) -> Axes:
    """`opened` with both axes from 0 to 100 %."""
    ax = opened(ax, x, y, title, size=size)
    share_axis(ax, "x")
    share_axis(ax, "y")
    return ax


def panels(
    width: float, height: float, shares: Sequence[float], title: str | None = None
) -> tuple[Figure, list[Axes]]:
    """A new figure of axes one below the other over the same x axis, heights by these shares."""
    figure = new_figure(width, height)
    rows = figure.subplots(len(shares), 1, sharex=True, squeeze=False, height_ratios=list(shares))
    if title:
        figure.suptitle(title)
    return figure, list(rows[:, 0])


def figure_of(ax: Axes) -> Figure:
    """The figure that an axes stands in."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    return figure


def tidy(ax: Axes, *, grid: str = "both") -> None:
    """A light grid behind the data; no frame above and at the right."""
    ax.grid(False)
    if grid:
        ax.grid(True, axis=grid, color=ink(ax, 0.12), linewidth=0.8)  # type: ignore[arg-type]
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)


def note(ax: Axes, text: str, *, x: float = 0.5, y: float = 0.5, **options: Any) -> None:
    """A quiet text at a place of the axes (0 to 1), legible over lines."""
    options = {"ha": "center", "va": "center", "color": ink(ax, 0.75)} | options
    box = {"facecolor": _background(ax), "edgecolor": "none", "alpha": 0.75, "pad": 1.5}
    ax.text(x, y, text, transform=ax.transAxes, bbox=box, **options)


def nothing(ax: Axes, why: str = NO_ACTUALS) -> None:
    """The empty state: why there is nothing, in the middle of the axes."""
    ax.grid(False)
    ax.text(
        0.5,
        0.5,
        fill(why, _WIDEST_LINE),
        transform=ax.transAxes,
        ha="center",
        va="center",
        color=ink(ax, 0.6),
        fontsize="large",
        bbox={"facecolor": ink(ax, 0.0), "edgecolor": "none", "pad": 4},
        zorder=5,
    )


def empty(ax: Axes, what: str, why: str = NO_ACTUALS) -> Figure:
    """Axes of which nothing is known: no ticks, why there is nothing, and the same in words."""
    ax.set_xticks([])
    ax.set_yticks([])
    nothing(ax, why.rstrip("."))
    describe(ax, f"{what}: {why.rstrip('.')}.")
    return figure_of(ax)


def threshold(ax: Axes, value: float, text: str, colour: Any = None, *, at: float = 1.0) -> None:
    """A dashed horizontal line; its text begins above its left end (0), or ends at this share."""
    ax.axhline(
        value, color=colour or ink(ax, 0.55), linestyle=(0, (4, 2)), linewidth=1.1, zorder=1.5
    )
    ax.annotate(
        text,
        (at, value),
        xycoords=("axes fraction", "data"),
        xytext=(3 if at == 0 else -3, 2),
        textcoords="offset points",
        ha="left" if at == 0 else "right",
        va="bottom",
        fontsize="small",
        color=ink(ax, 0.75),
        bbox={"facecolor": _background(ax), "edgecolor": "none", "alpha": 0.75, "pad": 0.5},
        zorder=2.9,
    )


def on(colour: Any) -> str:
    """Black or white, whichever is legible on a colour, by its luminance (WCAG 2.1)."""
    from matplotlib.colors import to_rgb

    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    luminance = 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    return "black" if luminance > 0.2 else "white"


def percent(value: float, _: object = None) -> str:
    """A share for a tick, without needless zeros: ``7.5%``, ``12%``."""
    return f"{100 * value:.4g}%".replace("-", "−")


def number(value: float, unit: str = "") -> str:
    """A number for a text, of three digits: ``−1.64 minutes``."""
    return f"{value:.3g} {unit}".rstrip().replace("-", "−")


def share_axis(ax: Axes, which: str) -> None:
    """An axis of shares from 0 to 1, ticked in percent."""
    from matplotlib.ticker import MultipleLocator, PercentFormatter

    axis = ax.xaxis if which == "x" else ax.yaxis
    axis.set_major_locator(MultipleLocator(0.2))
    axis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    set_limits = ax.set_xlim if which == "x" else ax.set_ylim
    set_limits(-0.02, 1.02)


def count_axis(ax: Axes, which: str = "y") -> None:
    """An axis of counts: whole numbers from 0, thousands with commas, a few ticks."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis = ax.yaxis if which == "y" else ax.xaxis
    if axis.get_data_interval()[1] <= 0:  # no bar is higher than nothing
        (ax.set_ylim if which == "y" else ax.set_xlim)(0, 1)
    axis.set_major_locator(MaxNLocator(nbins=3, integer=True))
    axis.set_major_formatter(FuncFormatter(lambda value, _: short_count(value)))


def duration_axis(ax: Axes, times: Sequence[float], which: str) -> None:
    """An axis of durations: from zero, or logarithmic where they are far apart."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axis, set_limits = (ax.xaxis, ax.set_xlim) if which == "x" else (ax.yaxis, ax.set_ylim)
    shortest, longest = min((one for one in times if one > 0), default=1.0), max(times, default=0)
    if longest < _FAR * shortest:
        set_limits(0, 1.1 * max(longest, 0.001))
        return
    (ax.set_xscale if which == "x" else ax.set_yscale)("log")
    axis.set_major_locator(LogLocator(10, subs=(1.0, 2.0, 5.0), numticks=12))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
    axis.set_minor_formatter(NullFormatter())
    set_limits(shortest / 1.3, 1.3 * longest)


def short_count(value: float) -> str:
    """A count for a tick: ``950``, ``1,200``, ``35k``, ``2.5M``."""
    for size, unit in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= (size if size > 1e3 else 1e4):
            return f"{value / size:.3g}{unit}"
    return f"{value:,.0f}"


def time_axis(ax: Axes, label: str = "time of prediction (UTC)") -> None:
    """An axis of moments in UTC."""
    from .moments import Moments, MomentTexts

    locator = Moments()
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(MomentTexts(locator))
    ax.set_xlabel(label)


def legend(ax: Axes, **options: Any) -> None:
    """A legend without a frame, if there is anything to tell."""
    if ax.get_legend_handles_labels()[0]:
        ax.legend(**({"frameon": False, "fontsize": "small"} | options))


def legend_above(ax: Axes, title: str | None = None, *, most: int = 4) -> None:
    """The legend above the axes, where no data are, at most so many beside each other.

    A title, this one or the one that the axes have, goes above that.
    """
    from matplotlib.font_manager import FontProperties

    labels = ax.get_legend_handles_labels()[1]
    small = FontProperties(size="small").get_size_in_points()
    width = 72 * figure_of(ax).get_size_inches()[0] * ax.get_position().width
    sizes = [small * (LETTER * len(label) + 4.5) for label in labels]  # with line and gaps

    def fits(columns: int) -> bool:
        # as Matplotlib fills them: column by column, the first ones with one more
        rows, longer = divmod(len(sizes), columns)
        ends = [column * rows + min(column, longer) for column in range(columns + 1)]
        return sum(max(sizes[i:j], default=0.0) for i, j in pairwise(ends)) <= width

    balanced = (-(-len(sizes) // rows) for rows in range(1, len(sizes) + 1))
    columns = next((n for n in balanced if n <= most and fits(n)), 1)
    legend(ax, loc="lower left", bbox_to_anchor=(0, 1), ncols=columns, borderaxespad=0.2)
    title = title or ax.get_title()
    if title:
        rows = max(1, -(-len(labels) // columns))
        ax.set_title(title, pad=24 + 1.6 * small * (rows - 1))


def styled(
    ax: Axes, series: Mapping[str, Result]
) -> Iterator[tuple[tuple[str, Result], str, str, Any]]:
    """Each (label, result) with its colour, marker and dashes; no two of sixteen are alike."""
    palette = colours(ax)
    for position, item in enumerate(series.items()):
        at = position % len(palette)
        other = (position + position // len(palette)) % len(palette)
        yield item, palette[at], MARKERS[other], DASHES[other]


def named(result: Result | Mapping[str, Result]) -> dict[str, Result]:
    """One result under no name, or several by the names to show."""
    return dict(result) if isinstance(result, Mapping) else {"": result}


def day(moment: datetime) -> str:
    """A day for a text."""
    return moment.strftime("%Y-%m-%d")


def short(label: str, most: int = 24) -> str:
    """A class label that fits beside others."""
    return label if len(label) <= most else f"{label[: most - 1]}…"

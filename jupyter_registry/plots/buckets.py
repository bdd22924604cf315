"""What is drawn by bucket of time: lines with gaps, bars, and the time in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from . import style

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Moments = NDArray[np.datetime64]

#: Up to so many buckets each has a marker; of more, those without neighbours alone.
_MOST_MARKED = 60
#: More bars than so many are narrower than two dots of a screen: their gaps are not drawn.
_MOST_BARS = 500


class Bucket(Protocol):
    """The time ``[start, end)``."""

    start: datetime
    end: datetime


def middle(bucket: Bucket) -> datetime:
    """The moment halfway through a bucket."""
    return bucket.start + (bucket.end - bucket.start) / 2


def or_gap(value: float | None) -> float:
    """A value, or NaN where there is none: a line has a gap there."""
    return float("nan") if value is None else value


def line(
    ax: Axes, buckets: Sequence[Bucket], values: Sequence[float], marker: str, **options: Any
) -> Line2D:
    """A line through the middles of the buckets, with gaps at NaN; a lonely value is seen too."""
    first, last = moments(buckets)
    marked: dict[str, Any] = {"marker": marker, "markersize": 4}
    if len(values) > _MOST_MARKED:
        marked["markevery"] = _lonely(values)
    (drawn,) = ax.plot(first + (last - first) // 2, values, **(marked | options))
    return drawn


def moments(buckets: Sequence[Bucket]) -> tuple[Moments, Moments]:
    """When the buckets begin and end, in UTC, each shape (n,).

    Matplotlib takes these many times as fast as thousands of datetimes.
    """
    import numpy as np

    sides = ([bucket.start for bucket in buckets], [bucket.end for bucket in buckets])
    first, last = (
        np.array([round(1e6 * moment.timestamp()) for moment in side], "datetime64[us]")
        for side in sides
    )
    return first, last


def _lonely(values: Sequence[float]) -> list[int]:
    """The places of values without a neighbour."""
    known = [False, *(value == value for value in values), False]
    return [
        place
        for place in range(len(values))
        if known[place + 1] and not known[place] and not known[place + 2]
    ]


def bars(
    ax: Axes,
    buckets: Sequence[Bucket],
    heights: Sequence[float],
    label: str,
    *,
    begin: float = 0.05,
    share: float = 0.9,
    **options: Any,
) -> None:
    """A bar per bucket, over counts from 0; it begins and is as wide as these shares of its time.

    All are one path: `Axes.bar` makes an artist of each, which takes as long as all the rest of a
    figure (90 bars: 70 ms, of which 3 remain).
    """
    import numpy as np
    from matplotlib.dates import date2num
    from matplotlib.patches import PathPatch

    from .corners import Corners

    if not buckets:
        return
    first, last = (
        np.asarray(date2num(side))  # type: ignore[no-untyped-call]
        for side in moments(buckets)
    )
    tops = np.array(heights, float)
    if len(buckets) > _MOST_BARS and share > 0.5:
        path = Corners(_outline(first, last, tops))
    else:
        left = first + begin * (last - first)
        right = left + share * (last - first)
        feet = np.zeros(len(tops))
        across = np.stack([left, left, right, right], axis=1)
        up = np.stack([feet, tops, tops, feet], axis=1)
        path = Corners.make_compound_path_from_polys(np.stack([across, up], axis=2))
    drawn = PathPatch(path, label=label, linewidth=0, **options)
    drawn.sticky_edges.y.append(0)
    ax.add_patch(drawn)
    ax.autoscale_view()


def _outline(first: Floats, last: Floats, tops: Floats) -> Floats:
    """The corners of steps, shape (corners, 2): from 0 up, and down to 0 where time is left out.

    Half as many as of bars, and a page takes half as long to get and draw them.
    """
    import numpy as np

    after = np.flatnonzero(first[1:] > last[:-1]) + 1  # begin after what is left out
    across = np.stack([first, last], axis=1).ravel()
    up = np.repeat(tops, 2)
    gaps = np.repeat(2 * after, 2)
    between = np.stack([last[after - 1], first[after]], axis=1).ravel()
    across = np.insert(across, gaps, between)
    up = np.insert(up, gaps, 0.0)
    return np.stack(
        [np.r_[first[0], across, last[-1]], np.r_[0.0, up, 0.0]],
        axis=1,
    )


def span(buckets: Sequence[Bucket], width: str) -> str:
    """The time of the buckets in words: ``by day from 2026-01-05 to 2026-02-02``."""
    return f"by {width} from {style.day(buckets[0].start)} to {style.day(buckets[-1].end)}"


def told(name: str, values: Sequence[float], form: str) -> str:
    """A line in words: between what it lies, and its last value."""
    known = [value for value in values if value == value]
    if not known:
        return f"{name} unknown"
    return f"{name} between {min(known):{form}} and {max(known):{form}}, last {known[-1]:{form}}"

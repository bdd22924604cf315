"""Where replacements lie in the time of the predictions, which need not be the time they were
made at: rows may be replayed with old times, or come late.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from sqlmodel import SQLModel

from .deployment_fields import ServicePeriod
from .kinds import ReplacementReason

#: ``(package_id, start, end)`` → the first hour in ``[start, end)`` that a package predicted for,
#: ``None`` when there is none; an end that is ``None`` is open.
FirstHour = Callable[[int, datetime | None, datetime | None], datetime | None]

_HOUR = timedelta(hours=1)


class ReplacementMark(SQLModel):
    """A package that took over, and where its predictions begin."""

    time: datetime
    package_id: int
    package: str
    reason: ReplacementReason | None = None


def placed(
    history: Sequence[ServicePeriod], first_hour: FirstHour, span: tuple[datetime, datetime]
) -> list[ReplacementMark]:
    """The replacements of a history that lie in a span, its ends too, in the order of their times.

    A package is marked where it was put in service, if the predictions in the range are where
    the history says: some of its own in a period of its own, and the same of the package before
    it, unless they have none at all. Otherwise rows were replayed, and the mark is at the first
    hour of the package's own predictions; for one that was in service before, at the first after
    the last mark. A package that has none of these has no mark.
    """
    periods = sorted(history, key=lambda period: period.start)
    fits = {
        package_id: _fits(
            [one for one in periods if one.package_id == package_id], first_hour, span
        )
        for package_id in {period.package_id for period in periods}
    }
    start, end = span
    found: dict[tuple[datetime, int], ReplacementMark] = {}
    known: set[int] = set()
    last: datetime | None = None
    for before, period in pairwise(periods):
        known.add(before.package_id)
        time: datetime | None = period.start
        if not (fits[before.package_id] and fits[period.package_id]):
            after = last
            if period.package_id in known:
                after = last or first_hour(before.package_id, None, None)
                after = after and after + _HOUR
            time = first_hour(period.package_id, after, None)
            last = time or last
        if time is not None and start <= time <= end:
            found[time, period.package_id] = ReplacementMark(
                time=time,
                package_id=period.package_id,
                package=period.package,
                reason=period.reason,
            )
    return sorted(found.values(), key=lambda mark: mark.time)


def _fits(
    periods: Sequence[ServicePeriod], first_hour: FirstHour, span: tuple[datetime, datetime]
) -> bool:
    """Whether a package predicted in one of its periods, if it predicted in the range."""
    package_id = periods[0].package_id
    start, end = span
    if first_hour(package_id, start, end) is None:
        return True
    for period in periods:
        low = max(start, _hour_of(period.start))
        high = end if period.end is None else min(end, _hour_of(period.end) + _HOUR)
        if low < high and first_hour(package_id, low, high) is not None:
            return True
    return False


def _hour_of(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)

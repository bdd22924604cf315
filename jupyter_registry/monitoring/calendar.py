"""Buckets of time in UTC: hours, days, weeks from Monday, months; moments as microseconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ..domain.errors import InvalidInput
from ..domain.kinds import Bucket
from .buckets import HOUR, HOURS_OF_DAY

#: Points of one series, at most.
MOST_BUCKETS = 10_000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: 1970 began on a Thursday: three days after a Monday.
_DAYS_AFTER_MONDAY = 3
_DAYS_OF_WEEK = 7
#: Until here every bucket has an end.
_LAST_HOUR = (datetime(9999, 12, 1, tzinfo=UTC) - _EPOCH) // timedelta(hours=1)
#: Up to so many days, a series is by this bucket unless another is asked for.
_CHOSEN = ((3, Bucket.HOUR), (120, Bucket.DAY), (3 * 366, Bucket.WEEK))


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970; a naive moment means UTC."""
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(microseconds=1)


def moment_of_hour(hour: int) -> datetime:
    """The moment at which an hour, counted from 1970, begins."""
    return _EPOCH + timedelta(hours=hour)


def hours_around(start: datetime | None, end: datetime | None) -> tuple[int | None, int | None]:
    """A range of moments widened to whole hours, ``[first, last)`` counted from 1970."""
    first = None if start is None else microseconds(start) // HOUR
    last = None if end is None else -(-microseconds(end) // HOUR)
    return first, last


def checked_hours(start: datetime | None, end: datetime | None) -> tuple[int | None, int | None]:
    """`hours_around`; raises `InvalidInput` for a range with no hour in it."""
    first, last = hours_around(start, end)
    if first is not None and last is not None and first >= last:
        raise InvalidInput(
            "The range is empty: its start is not before its end.",
            advice="Give a start before the end.",
            fields={"start": "not before end"},
        )
    return first, last


def filled(
    first: int | None, last: int | None, known: Callable[[], tuple[int, int] | None]
) -> tuple[int, int] | None:
    """A range of hours whose open ends are those of the hours ``known``; ``None`` of none."""
    if first is not None and last is not None:
        return first, last
    there = known()
    if there is None:
        return None
    first = there[0] if first is None else first
    last = max(there[1], first + 1) if last is None else last
    return min(first, last - 1), last


@dataclass(frozen=True)
class Series:
    """Buckets over a range of hours ``[first, last)``; ``edges`` as `starts` gives them."""

    bucket: Bucket
    first: int
    last: int
    edges: list[int]


def series(
    bucket: Bucket | None,
    start: datetime | None,
    end: datetime | None,
    known: Callable[[], tuple[int, int] | None],
) -> Series | None:
    """The buckets of a range, by the one that suits it unless given; ``None`` of no hours.

    The range is widened to whole hours; its open ends are those of the hours ``known``.

    Raises
    ------
    InvalidInput
        for an empty range, or one of too many buckets.

    """
    hours = filled(*checked_hours(start, end), known)
    if hours is None:
        return None
    bucket = bucket or chosen_bucket(*hours)
    return Series(bucket, *hours, starts(bucket, *hours))


def chosen_bucket(first: int, last: int) -> Bucket:
    """The bucket that suits a range of hours."""
    days = (last - first) / HOURS_OF_DAY
    return next((bucket for most, bucket in _CHOSEN if days <= most), Bucket.MONTH)


def bucket_start(bucket: Bucket, hour: int) -> int:
    """The first hour of the bucket that an hour is in."""
    if bucket is Bucket.HOUR:
        return hour
    day = hour // HOURS_OF_DAY
    if bucket is Bucket.WEEK:
        day -= (day + _DAYS_AFTER_MONDAY) % _DAYS_OF_WEEK
    elif bucket is Bucket.MONTH:
        moment = _EPOCH + timedelta(days=day)
        day -= moment.day - 1
    return day * HOURS_OF_DAY


def starts(bucket: Bucket, first: int, last: int) -> list[int]:
    """The first hours of all buckets that a range of hours touches, and of the one after.

    Raises
    ------
    InvalidInput
        when they are more than `MOST_BUCKETS`, or beyond what a datetime can say.

    """
    if last > _LAST_HOUR:
        raise InvalidInput(
            "The range goes beyond the 1st of December 9999.",
            advice="Give an earlier end.",
            fields={"end": "too late"},
        )
    found = []
    for start in _from(bucket, bucket_start(bucket, first)):
        found.append(start)
        if start >= last:
            return found
        if len(found) > MOST_BUCKETS:
            break
    raise InvalidInput(
        f"The range has more than {MOST_BUCKETS:,} buckets of one {bucket.value}.",
        advice="Choose a wider bucket or a shorter range.",
        fields={"bucket": "too narrow for the range"},
    )


def _from(bucket: Bucket, start: int) -> Iterator[int]:
    while True:
        yield start
        if bucket is Bucket.HOUR:
            start += 1
        elif bucket is Bucket.DAY:
            start += HOURS_OF_DAY
        elif bucket is Bucket.WEEK:
            start += HOURS_OF_DAY * _DAYS_OF_WEEK
        else:
            # 32 days after its first day, every month is over
            start = bucket_start(bucket, start + 32 * HOURS_OF_DAY)

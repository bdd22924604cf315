"""Hours, days, weeks from Monday and months in UTC, against the standard library's dates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_registry.domain.errors import InvalidInput
from jupyter_registry.domain.kinds import Bucket
from jupyter_registry.monitoring import calendar

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: From 1900 to 2200.
HOURS = st.integers(-613_000, 2_016_000)


def hour_of(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(hours=1)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@given(hour=HOURS)
def test_the_bucket_of_an_hour(hour) -> None:
    moment = EPOCH + timedelta(hours=hour)
    day = moment.replace(hour=0)
    wanted = {
        Bucket.HOUR: moment,
        Bucket.DAY: day,
        Bucket.WEEK: day - timedelta(days=day.weekday()),
        Bucket.MONTH: day.replace(day=1),
    }
    for bucket, start in wanted.items():
        found = calendar.bucket_start(bucket, hour)
        assert calendar.moment_of_hour(found) == start
        assert calendar.bucket_start(bucket, found) == found


@given(first=HOURS, length=st.integers(1, 9_000), bucket=st.sampled_from(Bucket))
def test_edges_touch_and_cover_the_range(first, length, bucket) -> None:
    last = first + length
    edges = calendar.starts(bucket, first, last)
    assert edges[0] <= first < edges[1]
    assert edges[-2] < last <= edges[-1]
    for edge, after in pairwise(edges):
        assert calendar.bucket_start(bucket, edge) == edge
        assert calendar.bucket_start(bucket, after - 1) == edge


@pytest.mark.parametrize(
    ("bucket", "start", "end", "edges"),
    [
        (
            Bucket.WEEK,
            utc(2024, 2, 28, 23),
            utc(2024, 3, 4, 1),
            [utc(2024, 2, 26), utc(2024, 3, 4), utc(2024, 3, 11)],
        ),
        (
            Bucket.MONTH,
            utc(2024, 1, 31),
            utc(2024, 3, 1, 1),
            [utc(2024, 1, 1), utc(2024, 2, 1), utc(2024, 3, 1), utc(2024, 4, 1)],
        ),
        (
            Bucket.MONTH,
            utc(1899, 12, 31, 23),
            utc(1900, 2, 28),
            [utc(1899, 12, 1), utc(1900, 1, 1), utc(1900, 2, 1), utc(1900, 3, 1)],
        ),
        (
            Bucket.DAY,
            utc(2024, 2, 28, 5),
            utc(2024, 3, 1),
            [utc(2024, 2, 28), utc(2024, 2, 29), utc(2024, 3, 1)],
        ),
        (
            Bucket.HOUR,
            utc(1969, 12, 31, 23),
            utc(1970, 1, 1, 1),
            [utc(1969, 12, 31, 23), utc(1970, 1, 1), utc(1970, 1, 1, 1)],
        ),
    ],
)
def test_edges_by_name(bucket, start, end, edges) -> None:
    found = calendar.starts(bucket, hour_of(start), hour_of(end))
    assert [calendar.moment_of_hour(edge) for edge in found] == edges


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (1 / 24, Bucket.HOUR),
        (3, Bucket.HOUR),
        (3 + 1 / 24, Bucket.DAY),
        (120, Bucket.DAY),
        (121, Bucket.WEEK),
        (3 * 366, Bucket.WEEK),
        (3 * 366 + 1, Bucket.MONTH),
    ],
)
def test_the_bucket_follows_the_span(days, bucket) -> None:
    assert calendar.chosen_bucket(-5, -5 + round(24 * days)) is bucket


def test_too_many_buckets_are_refused() -> None:
    most = calendar.MOST_BUCKETS
    assert len(calendar.starts(Bucket.HOUR, 0, most)) == most + 1
    with pytest.raises(InvalidInput, match="more than 10,000 buckets of one hour") as refused:
        calendar.starts(Bucket.HOUR, 0, most + 1)
    assert "wider bucket" in refused.value.advice
    assert refused.value.fields == {"bucket": "too narrow for the range"}


def test_moments_and_hours() -> None:
    berlin = timezone(timedelta(hours=1))
    assert calendar.microseconds(datetime(1970, 1, 1, 2, tzinfo=berlin)) == 3_600_000_000
    assert calendar.microseconds(datetime(1970, 1, 1)) == 0
    assert calendar.microseconds(datetime(1969, 12, 31, 23, 59, 59, 999_999)) == -1
    second = timedelta(microseconds=1)
    around = calendar.hours_around(utc(1970, 1, 1, 5) + second, utc(1970, 1, 1, 7) + second)
    assert around == (5, 8)
    assert calendar.hours_around(utc(1970, 1, 1, 5), utc(1970, 1, 1, 7)) == (5, 7)
    assert calendar.hours_around(EPOCH - second, EPOCH - second) == (-1, 0)
    assert calendar.hours_around(None, None) == (None, None)


def test_the_first_day_and_what_is_beyond_the_last_year() -> None:
    first, last = calendar.hours_around(datetime.min.replace(tzinfo=UTC), utc(1, 2, 1))
    for bucket in Bucket:
        assert calendar.moment_of_hour(calendar.starts(bucket, first, last)[0]) == utc(1, 1, 1)
    first, last = calendar.hours_around(utc(9999, 11, 30), datetime.max.replace(tzinfo=UTC))
    for bucket in Bucket:
        with pytest.raises(InvalidInput, match="December 9999"):
            calendar.starts(bucket, first, last)

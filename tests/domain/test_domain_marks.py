"""Replacements are marked where the predictions have them: live, replayed, late and mixed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from jupyter_registry.domain.deployment_fields import ServicePeriod
from jupyter_registry.domain.marks import FirstHour, placed

NOW = datetime(2026, 3, 1, tzinfo=UTC)
THEN = datetime(2013, 6, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALWAYS = (THEN - 1000 * HOUR, NOW + 1000 * HOUR)


def history_of(*starts: tuple[int, float]) -> list[ServicePeriod]:
    """Periods of (package, hours after `NOW`)."""
    ends = [NOW + hours * HOUR for _, hours in starts[1:]]
    return [
        ServicePeriod(package_id=package, package=f"m/{package}", start=NOW + hours * HOUR, end=end)
        for (package, hours), end in zip(starts, [*ends, None], strict=True)
    ]


def predicted(hours: Mapping[int, Sequence[datetime]]) -> FirstHour:
    """From the hours that each package predicted for."""

    def first_hour(package: int, start: datetime | None, end: datetime | None) -> datetime | None:
        inside = [
            hour
            for hour in hours.get(package, ())
            if (start is None or hour >= start) and (end is None or hour < end)
        ]
        return min(inside, default=None)

    return first_hour


def hours_from(begin: datetime, *hours: int) -> list[datetime]:
    return [begin + hour * HOUR for hour in hours]


def marked(history, hours, span=ALWAYS) -> list[tuple[int, datetime]]:
    return [(m.package_id, m.time) for m in placed(history, predicted(hours), span)]


LIVE = history_of((1, 0.2), (2, 5.5), (1, 9.25))
#: The same, each put in service within one minute.
AT_ONCE = history_of((1, 0.2), (2, 0.21), (1, 0.22))
TURNS = {1: hours_from(THEN, 0, 1, 2, 7, 8), 2: hours_from(THEN, 3, 4, 6)}


def test_live_predictions_are_marked_at_the_moment_of_the_replacement() -> None:
    hours = {1: hours_from(NOW, 0, 3, 5, 9, 12), 2: hours_from(NOW, 5, 8)}
    starts = [(period.package_id, period.start) for period in LIVE[1:]]
    assert marked(LIVE, hours) == starts
    # also before the new package predicts, and before any did
    assert marked(LIVE, {1: hours_from(NOW, 0, 3), 2: hours_from(NOW, 6)}) == starts
    assert marked(LIVE, {}) == starts
    # and in a part of the time
    assert marked(LIVE, hours, (NOW + 7 * HOUR, NOW + 20 * HOUR)) == starts[1:]


def test_late_rows_of_a_live_deployment_leave_its_marks() -> None:
    hours = {1: hours_from(THEN, 0) + hours_from(NOW, 0, 9), 2: hours_from(NOW, 5)}
    assert marked(LIVE, hours) == [(period.package_id, period.start) for period in LIVE[1:]]


def test_replayed_predictions_are_marked_where_the_package_began() -> None:
    assert marked(AT_ONCE, TURNS) == [(2, THEN + 3 * HOUR), (1, THEN + 7 * HOUR)]
    assert marked(AT_ONCE, TURNS, (THEN + 4 * HOUR, THEN + 9 * HOUR)) == [(1, THEN + 7 * HOUR)]


def test_a_trial_today_does_not_move_the_marks_of_the_replayed_time() -> None:
    hours = {1: [*TURNS[1], NOW], 2: [*TURNS[2], NOW]}
    wanted = [(2, THEN + 3 * HOUR), (1, THEN + 7 * HOUR)]
    assert marked(AT_ONCE, hours, (THEN, THEN + 9 * HOUR)) == wanted


def test_a_package_without_replayed_predictions_has_no_mark() -> None:
    history = history_of((1, 0.2), (2, 0.21), (3, 0.22))
    hours = {1: hours_from(THEN, 0, 1), 3: hours_from(THEN, 2)}
    assert marked(history, hours) == [(3, THEN + 2 * HOUR)]


def test_one_package_has_no_marks() -> None:
    assert marked(history_of((1, 0.2)), {1: [NOW]}) == []
    assert marked([], {}) == []


MOMENTS = st.builds(
    lambda begin, hours: begin + hours * HOUR, st.sampled_from([NOW, THEN]), st.integers(-5, 30)
)


@given(
    st.lists(st.tuples(st.integers(1, 3), st.floats(0.01, 9)), max_size=6),
    st.dictionaries(st.integers(1, 3), st.lists(MOMENTS, max_size=6)),
    st.tuples(MOMENTS, MOMENTS).map(sorted),
)
def test_no_mark_twice_and_marks_in_order(steps, hours, span) -> None:
    starts, clock = [], 0.0
    for package, later in steps:
        clock += later
        if not starts or starts[-1][0] != package:
            starts.append((package, clock))
    history = history_of(*starts) if starts else []
    found = marked(history, hours, tuple(span))
    assert len(set(found)) == len(found) <= max(0, len(history) - 1)
    assert [time for _, time in found] == sorted(time for _, time in found)
    assert all(span[0] <= time <= span[1] for _, time in found)
    began = [(period.package_id, period.start) for period in history]
    assert all(mark in began or mark[1] in hours[mark[0]] for mark in found)

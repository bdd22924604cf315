"""Reading what the status of many deployments is judged by, in one query each.

Days are read whole, which all predictions of a package are in; sums of exact accumulators are
the same however they were split.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from ..domain.accumulators import Accumulator
from ..domain.drift import DriftCounts
from ..domain.health import Requests, counted
from . import calendar
from .buckets import ACCURACY, DAY_LEVEL, HOUR, HOUR_LEVEL, HOURS_OF_DAY, USAGE
from .cursor import Cursor
from .drift_buckets import DRIFT
from .health import HEALTH

#: A deployment and a package that is, or was, in service there.
Pair = tuple[int, int]


def requests_since(cursor: Cursor, pairs: Sequence[Pair], since: datetime) -> dict[int, Requests]:
    """Deployment → its requests from the hour of a moment on, without their durations."""
    first = calendar.microseconds(since) // HOUR
    day = -(-first // HOURS_OF_DAY)
    found: dict[int, list[bytes]] = defaultdict(list)
    for level, where, bounds in (
        (HOUR_LEVEL, "b.start >= ? AND b.start < ?", (first, day * HOURS_OF_DAY)),
        (DAY_LEVEL, "b.start >= ?", (day,)),
    ):
        for deployment, _, data in cursor.all(
            _select("b.data", HEALTH, pairs, level, where), bounds
        ):
            found[deployment].append(data)
    return {deployment: counted(parts) for deployment, parts in found.items()}


def predicted_by_day(
    cursor: Cursor, pairs: Sequence[Pair], until: datetime, days: int
) -> dict[int, list[int]]:
    """Deployment → rows predicted on the last days in UTC, the one of ``until`` being the last."""
    last = calendar.microseconds(until) // HOUR // HOURS_OF_DAY
    found: dict[int, list[int]] = defaultdict(lambda: [0] * days)
    where = "b.start > ? AND b.start <= ?"
    for deployment, _, day, n in cursor.all(
        _select("b.start, b.n", USAGE, pairs, DAY_LEVEL, where), (last - days, last)
    ):
        found[deployment][day - last + days - 1] += n
    return found


def matched(cursor: Cursor, pairs: Sequence[Pair]) -> dict[Pair, list[Accumulator]]:
    """The predictions of packages that have their actual, in parts."""
    found: dict[Pair, list[Accumulator]] = defaultdict(list)
    for deployment, package, data in cursor.all(_select("b.data", ACCURACY, pairs, DAY_LEVEL)):
        found[deployment, package].append(Accumulator.from_bytes(data))
    return found


def drifted(cursor: Cursor, pairs: Sequence[Pair]) -> dict[Pair, list[DriftCounts]]:
    """The predictions of packages in the bins of their baselines, in parts."""
    found: dict[Pair, list[DriftCounts]] = defaultdict(list)
    for deployment, package, n, data in cursor.all(_select("b.n, b.data", DRIFT, pairs, DAY_LEVEL)):
        found[deployment, package].append(DriftCounts.from_bytes(data, n))
    return found


def with_predictions(cursor: Cursor, pairs: Sequence[Pair]) -> set[Pair]:
    """Those of whose predictions any was recorded."""
    found = cursor.all(_select("min(b.start)", USAGE, pairs, HOUR_LEVEL, grouped=True))
    return {(deployment, package) for deployment, package, _ in found}


def _select(
    columns: str,
    table: str,
    pairs: Iterable[Pair],
    level: int,
    where: str = "",
    *,
    grouped: bool = False,
) -> str:
    """A query of buckets of deployments and packages; ids are integers of our own."""
    listed = ", ".join(f"({deployment}, {package})" for deployment, package in pairs)
    return (
        f"WITH pairs (deployment, package) AS (VALUES {listed}) "
        f"SELECT pairs.deployment, pairs.package, {columns} FROM pairs CROSS JOIN {table} AS b "
        "WHERE b.deployment_id = pairs.deployment AND b.package_id = pairs.package "
        f"AND b.level = {level}{f' AND {where}' if where else ''}"
        f"{' GROUP BY pairs.deployment, pairs.package' if grouped else ''}"
    )

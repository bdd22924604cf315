"""A sample of matched rows from the raw log, in a time that does not grow with the log.

The log has no index on time or package, so a range cannot be read. Row ids, though, are cheap
to probe, and rows mostly came in about the order of their times.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..domain.segments import MOST_COLUMNS
from .cursor import Cursor, Row
from .log import newest_id, pack_segment
from .rows import Ints

#: Most rows of a sample.
MOST = 2_000
#: Up to so many rows, a deployment's are all read.
FEW = 5_000
#: Row ids probed to learn where in the log the rows of a range lie, and then to find them.
SCOUTS, PROBES = 2_048, 8_192
#: The same ids for the same log, so that a plot does not flicker.
_SEED = 20_130
_EARLIEST, _LATEST = -(1 << 62), 1 << 62


def sample(
    cursor: Cursor,
    deployment_id: int,
    packages: Sequence[int],
    start: int,
    end: int,
    n: int,
    most: int = MOST,
    segment: int | None = None,
) -> list[Row]:
    """Up to ``most`` matched rows, by time: every one as likely as another, always the same.

    A deployment of few rows is read whole, by its association IDs. Of another, evenly spread
    row ids tell which stretches of the log can hold rows of the range: those between two of
    the deployment's rows, and beside them, whose times do not all lie on one side of it. Row
    ids from these stretches, one at a random place (of a fixed seed) in each of equal parts,
    are looked up; those that hit a matched row of the range are the sample. A row is thus
    found with a probability that depends neither on its values nor on the gaps beside it.
    Where fewer are found than there must be, because the log is in less order of time than
    that, wider stretches are probed, and then the whole log. A narrow range in a large log,
    or a small segment, can give fewer rows than ``most``.

    Parameters
    ----------
    packages:
        The packages whose predictions count.
    start, end:
        The range ``[start, end)`` of prediction times, in microseconds.
    n:
        How many matched rows there are in it, by the accumulators.
    segment:
        The segment whose rows count; all do unless given.

    Returns
    -------
    list
        Rows of (id, association_id, timestamp, predicted, actual).

    """
    if not n or not packages:
        return []
    random = np.random.default_rng(_SEED)
    wanted = _Wanted(cursor, deployment_id, packages, start, end, segment)
    found = wanted.of_few()
    if found is None:
        found = _probed(wanted, random, n, most)
    if len(found) > most:
        chosen = np.sort(random.choice(len(found), most, replace=False))
        found = [found[i] for i in chosen.tolist()]
    return sorted(found, key=lambda row: (row[2], row[0]))


def _probed(wanted: _Wanted, random: np.random.Generator, n: int, most: int) -> list[Row]:
    first, last = wanted.log()
    whole = np.array([[first, last + 1]], np.int64)
    seen = wanted.seen(_spread(random, whole, SCOUTS))
    found: list[Row] = []
    for stretches in (
        _stretches(seen, whole, wanted, 1),
        _stretches(seen, whole, wanted, 8),
        whole,
    ):
        width = _width(stretches)
        # somewhat more than are needed on average
        probes = min(width, PROBES, 64 + 5 * most * width // (4 * n))
        expected = n * probes / max(width, 1)
        if expected > len(found):
            now = wanted.at(_spread(random, stretches, probes))
            found = max(found, now, key=len)
            if len(now) >= min(most, 0.95 * expected - 2 * math.sqrt(expected)):
                break
    return found


def _stretches(seen: Ints, whole: Ints, wanted: _Wanted, around: int) -> Ints:
    """Which stretches of the log can hold rows of a range, shape (n, 2).

    ``seen``: ids and timestamps of some of the deployment's rows, shape (n, 2). ``around``: the
    rows seen on each side of a stretch, beyond the two that it lies between, that count.
    """
    if len(seen) < 2:
        return whole
    places, stamps = seen.T
    low, high = whole[0]
    # beyond the outermost rows seen, twice as far as lies between two of them
    reach = 2 * max(int(places[-1] - places[0]) // (len(places) - 1), (high - low) // SCOUTS)
    ends = np.concatenate([[max(low, places[0] - reach)], places, [min(high, places[-1] + reach)]])
    padded = np.pad(stamps, around + 1, constant_values=(_EARLIEST, _LATEST))
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * around + 2)
    can = (windows.min(axis=1) < wanted.end) & (windows.max(axis=1) >= wanted.start)
    return np.stack([ends[:-1][can], ends[1:][can]], axis=1)


def _width(stretches: Ints) -> int:
    return int((stretches[:, 1] - stretches[:, 0]).sum())


def _spread(random: np.random.Generator, stretches: Ints, n: int) -> Ints:
    """One whole number from each of ``n`` equal parts of ``[from, to)`` stretches, ascending."""
    widths = stretches[:, 1] - stretches[:, 0]
    ends = np.cumsum(widths)
    if not len(ends) or not ends[-1]:
        return np.zeros(0, np.int64)
    total = int(ends[-1])
    places = np.arange(total)
    if n < total:
        parts = (np.arange(n) + random.random(n)) * (total / n)
        places = np.minimum(parts.astype(np.int64), total - 1)
    at = np.searchsorted(ends, places, side="right")
    return np.unique(stretches[at, 0] + places - (ends[at] - widths[at]))


class _Wanted:
    """The rows of a deployment, of some packages, in a range of time."""

    def __init__(
        self,
        cursor: Cursor,
        deployment_id: int,
        packages: Sequence[int],
        start: int,
        end: int,
        segment: int | None,
    ) -> None:
        self._cursor = cursor
        self._deployment_id = deployment_id
        self.start, self.end = start, end
        marks = ", ".join("?" * len(packages))
        self._where = f"p.timestamp >= ? AND p.timestamp < ? AND p.package_id IN ({marks})"
        self._parameters: tuple[Any, ...] = (start, end, *packages)
        if segment is not None:
            places = " OR ".join(
                f"substr(p.segments, {1 + 4 * i}, 4) = ?" for i in range(MOST_COLUMNS)
            )
            self._where += f" AND ({places})"
            self._parameters += (pack_segment(segment),) * MOST_COLUMNS

    def log(self) -> tuple[int, int]:
        """The lowest and the highest row id."""
        row = self._cursor.one("SELECT min(id) FROM prediction")
        return (int(row[0] or 0) if row else 0), newest_id(self._cursor)

    def of_few(self) -> list[Row] | None:
        """All matched rows, where the deployment has few actuals or few predictions."""
        row = self._cursor.one(
            "SELECT predicted, actuals FROM deployment_totals WHERE deployment_id = ?",
            (self._deployment_id,),
        )
        predicted, actuals = (0, 0) if row is None else (int(row[0]), int(row[1]))
        if min(predicted, actuals) > FEW:
            return None
        driving, other = ("actual a", "prediction p")
        if predicted < actuals:
            driving, other = other, driving
        key = driving[-1]
        return self._cursor.all(
            f"SELECT {_COLUMNS} FROM {driving} {self._joined(other, key)} "
            f"WHERE {key}.deployment_id = ? AND {self._where}",
            (self._deployment_id, *self._parameters),
        )

    def seen(self, ids: Ints) -> Ints:
        """Ids and timestamps, shape (n, 2), of the deployment's rows among some ids."""
        rows = self._cursor.all(
            f"SELECT p.id, p.timestamp FROM {self._looked_up} WHERE {self._own} ORDER BY p.id",
            (self._listed(ids), self._deployment_id),
        )
        return np.array(rows, np.int64).reshape(-1, 2)

    def at(self, ids: Ints) -> list[Row]:
        """Those of the rows that have these ids and are matched."""
        if not len(ids):
            return []
        return self._cursor.all(
            f"SELECT {_COLUMNS} FROM {self._looked_up} {self._joined('actual a', 'p')} "
            f"WHERE {self._own} AND {self._where} ORDER BY p.id",
            (self._listed(ids), self._deployment_id, *self._parameters),
        )

    # Each lookup is written so that neither database scans a table for it instead.

    @property
    def _looked_up(self) -> str:
        if self._cursor.sqlite:
            return "json_each(?) j CROSS JOIN prediction p"
        return (
            "unnest(?::bigint[]) j (value) CROSS JOIN LATERAL "
            "(SELECT * FROM prediction WHERE id = j.value LIMIT 1) p"
        )

    @property
    def _own(self) -> str:
        if self._cursor.sqlite:
            return "p.id = j.value AND +p.deployment_id = ?"
        return "p.deployment_id = ?"

    def _joined(self, table: str, key: str) -> str:
        """The row of another table with the association ID of ``key``'s."""
        name, alias = table.split()
        same = (
            f"{{0}}.deployment_id = {key}.deployment_id "
            f"AND {{0}}.association_id = {key}.association_id"
        )
        if self._cursor.sqlite:
            return f"CROSS JOIN {table} ON {same.format(alias)}"
        return (
            f"CROSS JOIN LATERAL (SELECT * FROM {name} x WHERE {same.format('x')} LIMIT 1) {alias}"
        )

    def _listed(self, ids: Ints) -> object:
        listed = ids.tolist()
        return f"[{','.join(map(str, listed))}]" if self._cursor.sqlite else listed


_COLUMNS = "p.id, p.association_id, p.timestamp, p.value, a.value"

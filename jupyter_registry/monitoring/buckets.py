"""The accumulators' tables: what a batch adds and takes away, put there in the batch's transaction.

Every row counts in an hour and in a UTC day, so that long ranges are read from few buckets; a
row with segments counts once more in each of them, in tables of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..domain.accumulators import Accumulator, matched_by_group, usage_by_group
from ..domain.metrics import rows as rows_in
from ..domain.target import Target
from .cursor import Cursor
from .drift_buckets import Drifts, add_counts
from .keys import DAY_LEVEL, HOUR, HOUR_LEVEL, HOURS_OF_DAY, KEYS_AT_ONCE
from .rows import Floats, Ints, PredictionRows
from .segments import Values, add_counts_of_segments

USAGE, ACCURACY = "usage_bucket", "accuracy_bucket"
#: The table with the same of each segment.
OF_SEGMENTS = {USAGE: "segment_usage_bucket", ACCURACY: "segment_accuracy_bucket"}
#: All of a deployment's.
TABLES = (*OF_SEGMENTS, *OF_SEGMENTS.values())
#: The columns of a key.
_OF_ALL = ("package_id", "level", "start")
_COLUMNS = dict.fromkeys(OF_SEGMENTS, _OF_ALL) | dict.fromkeys(
    OF_SEGMENTS.values(), ("segment_id", *_OF_ALL)
)

#: By `keys.Key`, or in the tables of segments by that with the segment before it.
Accumulators = dict[tuple[int, ...], Accumulator]

#: Most deployments, and accumulators of each, of which the last written ones are held.
_RECENT_DEPLOYMENTS, _RECENT_KEYS = 256, 16


@dataclass
class Scored:
    """Predictions as accumulators count them, in columns of length n.

    ``packages`` is one id for all rows, or one per row; ``segments`` are their ids, shape
    (n, columns), 0 where there is none; the rest is as in `PredictionRows`.
    """

    packages: int | Ints
    timestamps: Ints
    values: Floats
    labels: Ints
    probabilities: Floats | None
    segments: Ints | None = None

    def __len__(self) -> int:
        return len(self.timestamps)

    def take(self, rows: Ints) -> Scored:
        """The chosen rows."""
        return Scored(
            self.packages if isinstance(self.packages, int) else self.packages[rows],
            self.timestamps[rows],
            self.values[rows],
            self.labels[rows],
            None if self.probabilities is None else self.probabilities[rows],
            None if self.segments is None else self.segments[rows],
        )

    def groups(self) -> tuple[Ints, list[tuple[int, int]]]:
        """Each row's group, and the groups' (package, hour)."""
        hours = self.timestamps // HOUR
        if isinstance(self.packages, int):
            if len(hours) == 1:
                return np.zeros(1, np.int64), [(self.packages, int(hours[0]))]
            found, groups = np.unique(hours, return_inverse=True)
            return groups, [(self.packages, hour) for hour in found.tolist()]
        pairs = np.stack([self.packages, hours], axis=1)
        both, groups = np.unique(pairs, axis=0, return_inverse=True)
        return groups.reshape(-1), [(package, hour) for package, hour in both.tolist()]

    def in_segments(
        self, groups: Ints, keys: list[tuple[int, int]]
    ) -> Iterator[tuple[Ints, Ints, list[tuple[int, ...]]]]:
        """For every segment column: its rows, their groups, and (segment, package, hour) of these.

        ``groups`` and ``keys`` are what `groups` gave.
        """
        assert self.segments is not None
        for column in self.segments.T:
            rows = np.flatnonzero(column)
            if len(rows):
                codes = column[rows] * len(keys) + groups[rows]
                found, parts = np.unique(codes, return_inverse=True)
                pairs = [divmod(code, len(keys)) for code in found.tolist()]
                yield rows, parts, [(segment, *keys[group]) for segment, group in pairs]


class Recent:
    """The usage and drift of each deployment's last batch, to spare reading them again.

    ``segments`` are the ids of deployments' segments, see `monitoring.segments`. The others are
    valid while the deployment's revision, read under its lock, is the one that they were
    written with. After a transaction that was not committed, everything must be cleared.
    """

    def __init__(self) -> None:
        self._held: dict[int, tuple[int, Accumulators, Drifts]] = {}
        self.segments: dict[int, Values] = {}

    def at(self, deployment_id: int, revision: int) -> tuple[Accumulators, Drifts]:
        """What is known of a deployment that has this revision."""
        held = self._held.get(deployment_id)
        return held[1:] if held is not None and held[0] == revision else ({}, {})

    def keep(
        self, deployment_id: int, revision: int, accumulators: Accumulators, drifts: Drifts
    ) -> None:
        """Hold what a batch wrote; ``revision`` is the one that it leaves behind."""
        self._held.pop(deployment_id, None)
        if len(accumulators) <= _RECENT_KEYS:
            self._held[deployment_id] = (revision, accumulators, drifts)
            if len(self._held) > _RECENT_DEPLOYMENTS:
                del self._held[next(iter(self._held))]  # the one written longest ago

    def clear(self) -> None:
        """Hold nothing."""
        self._held.clear()
        self.segments.clear()


@dataclass
class Changes:
    """What a batch adds to and takes from the accumulators of one deployment."""

    target: Target
    _plus: dict[str, Accumulators] = field(default_factory=lambda: {USAGE: {}, ACCURACY: {}})
    _minus: dict[str, Accumulators] = field(default_factory=lambda: {USAGE: {}, ACCURACY: {}})
    _segmented: bool = False
    _binned: PredictionRows | None = None

    def predicted(self, rows: Scored, *, sign: int = 1) -> None:
        """Count predictions, or with ``sign=-1`` no more."""
        if len(rows):
            groups, keys = rows.groups()
            made = usage_by_group(self.target, rows.values, rows.labels, groups, len(keys))
            self._add(USAGE, keys, made, sign)
            if rows.segments is not None:
                self._segmented = True
                for some, parts, named in rows.in_segments(groups, keys):
                    part = rows.take(some)
                    made = usage_by_group(self.target, part.values, part.labels, parts, len(named))
                    self._add(OF_SEGMENTS[USAGE], named, made, sign)

    def matched(self, rows: Scored, actuals: Floats, *, sign: int = 1) -> None:
        """Count predictions with their actuals, or with ``sign=-1`` no more."""
        if len(rows):
            groups, keys = rows.groups()
            self._add(ACCURACY, keys, self._matched(rows, actuals, groups, len(keys)), sign)
            if rows.segments is not None:
                self._segmented = True
                for some, parts, named in rows.in_segments(groups, keys):
                    made = self._matched(rows.take(some), actuals[some], parts, len(named))
                    self._add(OF_SEGMENTS[ACCURACY], named, made, sign)

    def drifted(self, rows: PredictionRows) -> None:
        """Count the bins of predictions that are recorded for the first time.

        A prediction that replaces an earlier one is not counted again, since the bins of the
        earlier are not known any more; the first stays counted, for its package and hour.
        """
        if rows.bins is not None and len(rows):
            self._binned = rows

    def added(self, table: str) -> Accumulators:
        """What was added to a table, for changes that only ever add."""
        return self._plus.get(table, {})

    def added_by_segment(self) -> tuple[dict[int, int], dict[int, int]]:
        """Segment → how many more rows were predicted, and matched."""
        return self._more(OF_SEGMENTS[USAGE]), self._more(OF_SEGMENTS[ACCURACY])

    def apply(
        self, cursor: Cursor, deployment_id: int, revision: int, recent: Recent | None = None
    ) -> None:
        """Bring the tables up to date, from the deployment's revision to the next."""
        held, drifts = ({}, {}) if recent is None else recent.at(deployment_id, revision)
        used = self._apply(cursor, USAGE, deployment_id, held)
        self._apply(cursor, ACCURACY, deployment_id, {})
        if self._segmented:
            for table in OF_SEGMENTS.values():
                self._apply(cursor, table, deployment_id, {})
            add_counts_of_segments(cursor, *self.added_by_segment())
        if self._binned is not None:
            drifts = add_counts(cursor, deployment_id, self._binned, drifts)
        if recent is not None:
            recent.keep(deployment_id, revision + 1, used, drifts)

    def _apply(
        self, cursor: Cursor, table: str, deployment_id: int, held: Accumulators
    ) -> Accumulators:
        """Bring one table up to date; returns what was written, or if nothing was, ``held``."""
        plus, minus = self._plus.get(table, {}), self._minus.get(table, {})
        keys = list(plus.keys() | minus.keys()) if minus else list(plus)
        if not keys:
            return held
        known = held | load(cursor, table, deployment_id, [key for key in keys if key not in held])
        changed: Accumulators = {}
        emptied: list[tuple[int, ...]] = []
        for key in keys:
            now = _changed(known.get(key), plus.get(key), minus.get(key))
            if now is None or (key in minus and rows_in(self.target, now) == 0):
                emptied.append(key)
            else:
                changed[key] = now
        if changed:
            store(cursor, table, deployment_id, self.target, changed)
        if emptied:
            cursor.run_many(
                f"DELETE FROM {table} WHERE deployment_id = ? AND {_is_key(table)}",
                [(deployment_id, *key) for key in emptied],
            )
        return changed

    def _matched(
        self, rows: Scored, actuals: Floats, groups: Ints, n_groups: int
    ) -> list[Accumulator]:
        columns = (rows.values, rows.labels, rows.probabilities)
        return matched_by_group(self.target, actuals, *columns, groups, n_groups)

    def _more(self, table: str) -> dict[int, int]:
        counted: dict[int, int] = {}
        for held, sign in ((self._plus, 1), (self._minus, -1)):
            for (segment, _, level, _), accumulator in held.get(table, {}).items():
                if level == DAY_LEVEL:
                    n = sign * rows_in(self.target, accumulator)
                    counted[segment] = counted.get(segment, 0) + n
        return counted

    def _add(
        self, table: str, keys: Sequence[tuple[int, ...]], made: list[Accumulator], sign: int
    ) -> None:
        held = (self._plus if sign > 0 else self._minus).setdefault(table, {})
        for (*owner, hour), accumulator in zip(keys, made, strict=True):
            for level, start in ((HOUR_LEVEL, hour), (DAY_LEVEL, hour // HOURS_OF_DAY)):
                key = (*owner, level, start)
                before = held.get(key)
                held[key] = accumulator if before is None else before.merged(accumulator)


def load(
    cursor: Cursor, table: str, deployment_id: int, keys: list[tuple[int, ...]]
) -> Accumulators:
    """Those of the accumulators that exist."""
    found: Accumulators = {}
    columns = ", ".join(_COLUMNS[table])
    for first in range(0, len(keys), KEYS_AT_ONCE):
        part = keys[first : first + KEYS_AT_ONCE]
        where = " OR ".join([f"({_is_key(table)})"] * len(part))
        for *place, data in cursor.all(
            f"SELECT {columns}, data FROM {table} WHERE deployment_id = ? AND ({where})",
            (deployment_id, *(item for key in part for item in key)),
        ):
            found[tuple(place)] = Accumulator.from_bytes(data)
    return found


def store(
    cursor: Cursor, table: str, deployment_id: int, target: Target, accumulators: Accumulators
) -> None:
    """Write accumulators, over those of the same keys."""
    columns = ", ".join(_COLUMNS[table])
    cursor.run_many(
        f"INSERT INTO {table} (deployment_id, {columns}, n, data) "
        f"VALUES (?{', ?' * len(_COLUMNS[table])}, ?, ?) ON CONFLICT (deployment_id, {columns}) "
        "DO UPDATE SET n = excluded.n, data = excluded.data",
        [
            (deployment_id, *key, rows_in(target, accumulator), accumulator.to_bytes())
            for key, accumulator in accumulators.items()
        ],
    )


def _is_key(table: str) -> str:
    return " AND ".join(f"{name} = ?" for name in _COLUMNS[table])


def _changed(
    known: Accumulator | None, plus: Accumulator | None, minus: Accumulator | None
) -> Accumulator | None:
    # what goes is taken away first, so that a sketch never holds more than it must
    if minus is not None:
        assert known is not None, "what is taken away was counted before"
        known = known.merged(minus, sign=-1)
    if plus is None:
        return known
    return plus if known is None else known.merged(plus)

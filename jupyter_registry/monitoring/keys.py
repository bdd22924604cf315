"""Keys of the accumulators' rows: a package, a level of time, and when the hour or day begins."""

from __future__ import annotations

HOUR_LEVEL, DAY_LEVEL = 0, 1
#: Microseconds of an hour; hours of a day.
HOUR = 3_600_000_000
HOURS_OF_DAY = 24

#: (package, level, start in hours or days since 1970).
Key = tuple[int, int, int]

#: Keys looked up by one statement.
KEYS_AT_ONCE = 200

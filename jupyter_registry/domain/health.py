"""Counts and durations of a deployment's requests: mergeable, and judged.

Durations are counted in 128 bins of equal relative width (14 %) from 0.05 ms to 1,000 s; what
is shorter or longer counts in the first or the last bin. Sums are whole microseconds, so merging
commutes to the byte. All of it is plain Python: one request is counted in about a microsecond.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import exp, floor, log

from .kinds import Status

BINS = 128
#: Milliseconds where the first bin begins and where the last one ends.
SHORTEST, LONGEST = 0.05, 1e6
#: From one bin's edge to the next: ``RELATIVE_WIDTH`` is what a quantile may be off by.
_STEP = log(LONGEST / SHORTEST) / BINS
RELATIVE_WIDTH = exp(_STEP) - 1
_BEGIN, _PER_LOG = log(SHORTEST), 1 / _STEP

#: Shares of requests that failed, and that were refused, from which on a deployment is said to.
FAILING_SERVER_ERRORS, WARNING_SERVER_ERRORS = 0.05, 0.01
WARNING_CLIENT_ERRORS = 0.20

#: What is told of durations: the name, and the share of requests that took no longer.
QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}

_VERSION = 1
_HEAD = struct.Struct("<B5q")
_DURATIONS_HEAD = struct.Struct("<qdB")


@dataclass(slots=True)
class Durations:
    """How long requests took: counts by bin, the sum in microseconds, the longest in ms."""

    counts: list[int] = field(default_factory=lambda: [0] * BINS)
    total: int = 0
    longest: float = 0.0

    def add(self, ms: float) -> None:
        """Count one of so many milliseconds."""
        place = int((log(ms) - _BEGIN) * _PER_LOG) if ms > SHORTEST else 0
        self.counts[place if place < BINS else BINS - 1] += 1
        self.total += int(1000 * ms)
        if ms > self.longest:
            self.longest = ms

    @property
    def n(self) -> int:
        """How many were counted."""
        return sum(self.counts)

    def merged(self, other: Durations) -> Durations:
        """Both together."""
        return Durations(
            [a + b for a, b in zip(self.counts, other.counts, strict=True)],
            self.total + other.total,
            max(self.longest, other.longest),
        )

    def quantile(self, share: float) -> float:
        """The milliseconds that a share of the requests took at most.

        As NumPy's linear quantile, from values that lie evenly on a log scale in their bin: off
        by `RELATIVE_WIDTH` at most, for durations that the bins reach. NaN when there are none.
        """
        n = self.n
        if not n:
            return float("nan")
        position = share * (n - 1)
        low = floor(position)
        below = self._in_order(low)
        if position == low:
            return below
        return below + (position - low) * (self._in_order(low + 1) - below)

    def summary(self) -> dict[str, float]:
        """``p50``, ``p95``, ``p99``, ``max`` and ``mean`` in milliseconds; empty of none."""
        n = self.n
        if not n:
            return {}
        found = {name: self.quantile(share) for name, share in QUANTILES.items()}
        return found | {"max": self.longest, "mean": self.total / 1000 / n}

    def _in_order(self, place: int) -> float:
        """About what the duration at a place in ascending order is, places from 0."""
        before = 0
        for position, count in enumerate(self.counts):
            if place < before + count:
                share = (place - before + 0.5) / count
                return min(exp(_BEGIN + _STEP * (position + share)), self.longest)
            before += count
        return self.longest

    def to_bytes(self) -> bytes:
        """Sum, longest, and the bins that are not empty."""
        places = [place for place, count in enumerate(self.counts) if count]
        counts = [self.counts[place] for place in places]
        head = _DURATIONS_HEAD.pack(self.total, self.longest, len(places))
        return head + bytes(places) + struct.pack(f"<{len(counts)}q", *counts)

    @classmethod
    def read(cls, data: bytes, at: int) -> tuple[Durations, int]:
        """What `to_bytes` wrote at a place in ``data``, and where it ends."""
        total, longest, n = _DURATIONS_HEAD.unpack_from(data, at)
        at += _DURATIONS_HEAD.size
        made = cls(total=total, longest=longest)
        numbers = struct.unpack_from(f"<{n}q", data, at + n)
        for place, count in zip(data[at : at + n], numbers, strict=True):
            made.counts[place] = count
        return made, at + 9 * n


@dataclass(slots=True)
class Requests:
    """Requests of a deployment in some time.

    ``last`` is the moment, in microseconds since 1970, of the last one that was answered with
    rows; 0 when none was. ``response`` has every request, ``model`` those that asked a model.
    """

    n: int = 0
    rows: int = 0
    client_errors: int = 0
    server_errors: int = 0
    last: int = 0
    response: Durations = field(default_factory=Durations)
    model: Durations = field(default_factory=Durations)

    def add(
        self, status: int, rows: int, response_ms: float, model_ms: float | None, moment: int
    ) -> None:
        """Count one that was finished at ``moment``; ``rows`` is 0 of what was refused."""
        self.n += 1
        if status >= 500:
            self.server_errors += 1
        elif status >= 400:
            self.client_errors += 1
        elif rows:
            self.rows += rows
            self.last = max(self.last, moment)
        self.response.add(response_ms)
        if model_ms is not None:
            self.model.add(model_ms)

    def merged(self, other: Requests) -> Requests:
        """Both together."""
        return Requests(
            self.n + other.n,
            self.rows + other.rows,
            self.client_errors + other.client_errors,
            self.server_errors + other.server_errors,
            max(self.last, other.last),
            self.response.merged(other.response),
            self.model.merged(other.model),
        )

    def to_bytes(self) -> bytes:
        """All of it; the same content always gives the same bytes."""
        head = _HEAD.pack(
            _VERSION, self.n, self.rows, self.client_errors, self.server_errors, self.last
        )
        return head + self.response.to_bytes() + self.model.to_bytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Requests:
        """Read what `to_bytes` wrote."""
        version, n, rows, client_errors, server_errors, last = _HEAD.unpack_from(data)
        if version != _VERSION:
            raise _of_newer_server(version)
        response, at = Durations.read(data, _HEAD.size)
        model, _ = Durations.read(data, at)
        return cls(n, rows, client_errors, server_errors, last, response, model)

    def judged(self) -> tuple[Status, str]:
        """How the deployment does, and why, in a sentence."""
        if not self.n:
            return Status.UNKNOWN, "No request was counted."
        failed, refused = self.server_errors / self.n, self.client_errors / self.n
        failures = f"{self.server_errors:,} of {_requests(self.n)} failed ({_percent(failed)})"
        if failed >= FAILING_SERVER_ERRORS:
            return Status.FAILING, f"{failures}; {_percent(FAILING_SERVER_ERRORS)} is too many."
        if failed >= WARNING_SERVER_ERRORS:
            return Status.WARNING, f"{failures}; from {_percent(WARNING_SERVER_ERRORS)} on is many."
        if refused >= WARNING_CLIENT_ERRORS:
            return Status.WARNING, (
                f"{self.client_errors:,} of {_requests(self.n)} "
                f"{'was' if self.client_errors == 1 else 'were'} refused "
                f"({_percent(refused)}); from {_percent(WARNING_CLIENT_ERRORS)} on is many."
            )
        if not self.server_errors and not self.client_errors:
            return Status.PASSING, f"{_requests(self.n)}, none refused and none failed."
        return Status.PASSING, (
            f"{_requests(self.n)}: {self.client_errors:,} refused ({_percent(refused)}), "
            f"{self.server_errors:,} failed ({_percent(failed)})."
        )


def counted(parts: Iterable[bytes]) -> Requests:
    """What `Requests.to_bytes` wrote of several together, without their durations."""
    whole = Requests()
    for data in parts:
        version, n, rows, client_errors, server_errors, last = _HEAD.unpack_from(data)
        if version != _VERSION:
            raise _of_newer_server(version)
        whole.n += n
        whole.rows += rows
        whole.client_errors += client_errors
        whole.server_errors += server_errors
        whole.last = max(whole.last, last)
    return whole


def merge(parts: Iterable[Requests]) -> Requests:
    """All parts together; nothing counted of none."""
    whole = Requests()
    for part in parts:
        whole = whole.merged(part)
    return whole


def _of_newer_server(version: int) -> ValueError:
    return ValueError(f"requests of version {version} were written by a newer server")


def _requests(n: int) -> str:
    return f"{n:,} request{'' if n == 1 else 's'}"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"

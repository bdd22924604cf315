"""Mergeable accumulators of predicted and of matched rows, one per hour or day and package.

Counts are integers and sums are exact, so adding, subtracting and merging commute: late, early,
repeated and corrected rows leave the same bytes as if they had come once and in order.

Layouts (``K`` classes)

- usage: counts ``[n]`` (numbers) or ``[n_scored, rows predicted as class 0 … K-1]``;
  sums ``[predicted]`` (numbers and binary: of values, of positive-class probabilities).
- matched, regression: counts ``[n]``; sums ``[squared error, absolute error, absolute
  percentage error, actual, actual squared, predicted]``.
- matched, anomaly: counts ``[n, anomalies]``; sums ``[score]``; a `ScoreSketch` of the scores as
  `score_bins.in_unit` puts them between 0 and 1.
- matched, binary and multiclass: counts ``[n_scored, K × K of actual (rows) by predicted
  class]``; sums ``[log loss]``, for binary also squared error of the probability, and
  probability; binary also a `ScoreSketch`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from .exact import ExactSum, product_sums_by_group, sums_by_group
from .kinds import TargetType
from .score_bins import in_unit
from .scores import ScoreSketch, merge_all
from .target import Target

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

EPSILON = float(np.finfo(np.float64).eps)
_LARGEST = float(np.finfo(np.float64).max)
_VERSION = 1
_HEAD = struct.Struct("<BIIH")


class Accumulator:
    """Integer counts, exact sums and, for matched rows of two outcomes, a score sketch.

    Of one that was stored, sums and sketch are unpacked each time that they are asked for: where
    thousands are read, little of them is, and what is not made need not be collected.
    """

    __slots__ = ("_at", "_end", "_sketch", "_stored", "_sums", "counts")

    def __init__(
        self, counts: Ints, sums: list[ExactSum], sketch: ScoreSketch | None = None
    ) -> None:
        self.counts = counts
        self._sums = sums
        self._sketch = sketch
        #: The bytes, and where in them the sums begin and end; after them comes the sketch.
        self._stored: bytes | None = None
        self._at = self._end = 0

    @property
    def sums(self) -> list[ExactSum]:
        """All sums."""
        if self._stored is None:
            return self._sums
        return [ExactSum.from_bytes(part) for part in self._packed()]

    @property
    def sketch(self) -> ScoreSketch | None:
        """The score sketch, if there is one."""
        if self._stored is None:
            return self._sketch
        data, end = self._stored, self._end
        return ScoreSketch.from_bytes(memoryview(data)[end:]) if end < len(data) else None

    def mean(self, place: int, n: int) -> float:
        """A sum divided by a positive count, correctly rounded."""
        if self._stored is None:
            return self._sums[place].over(n)
        return ExactSum.from_bytes(next(islice(self._packed(), place, None))).over(n)

    def _packed(self) -> Iterator[bytes]:
        """The sums as they are stored."""
        data, at = self._stored, self._at
        assert data is not None
        while at < self._end:
            end = at + 2 + int.from_bytes(data[at : at + 2], "little")
            yield data[at + 2 : end]
            at = end

    def merged(self, other: Accumulator, *, sign: int = 1) -> Accumulator:
        """Both together; with ``sign=-1`` this without the other."""
        mine, theirs = self.sketch, other.sketch
        sketch = None
        if mine is not None and theirs is not None:
            sketch = mine.merged(theirs, sign=sign)
        pairs = zip(self.sums, other.sums, strict=True)
        return Accumulator(
            self.counts + sign * other.counts,
            [a + b for a, b in pairs] if sign > 0 else [a - b for a, b in pairs],
            sketch,
        )

    def to_bytes(self) -> bytes:
        """Non-zero counts, sums and sketch; the same content always gives the same bytes."""
        (places,) = self.counts.nonzero()
        sums, sketch = self.sums, self.sketch
        parts = [
            _HEAD.pack(_VERSION, len(self.counts), len(places), len(sums)),
            places.astype("<u4").tobytes(),
            self.counts[places].astype("<i8").tobytes(),
        ]
        for item in sums:
            data = item.to_bytes()
            parts += [struct.pack("<H", len(data)), data]
        if sketch is not None:
            parts.append(sketch.to_bytes())
        return b"".join(parts)

    @classmethod
    def from_bytes(cls, data: bytes, *, sketched: bool = True) -> Accumulator:
        """Read what `to_bytes` wrote; unless ``sketched``, without the sketch."""
        version, n_counts, n_places, n_sums = _HEAD.unpack_from(data)
        if version != _VERSION:
            raise ValueError(f"accumulator of version {version}; rebuild it from the raw log")
        at = _HEAD.size
        places = np.frombuffer(data, "<u4", n_places, at)
        at += 4 * n_places
        counts: Ints = np.frombuffer(data, "<i8", n_places, at)
        at += 8 * n_places
        if n_places < n_counts:
            known, counts = counts, np.zeros(n_counts, np.int64)
            counts[places] = known
        end = at
        for _ in range(n_sums):
            end += 2 + int.from_bytes(data[end : end + 2], "little")
        found = cls(counts, [])
        found._stored = data if sketched else data[:end]
        found._at, found._end = at, end
        return found


class _Merged(Accumulator):
    """Parts together, for reading: their sums are added when one is asked for."""

    __slots__ = ("_parts",)

    def __init__(self, parts: Sequence[Accumulator]) -> None:
        sketches = [sketch for part in parts if (sketch := part.sketch) is not None]
        counts = np.sum([part.counts for part in parts], axis=0)
        super().__init__(counts, [], merge_all(sketches) if sketches else None)
        self._parts = parts

    @property
    def sums(self) -> list[ExactSum]:
        if self._parts:
            columns = zip(*(part.sums for part in self._parts), strict=True)
            self._sums, self._parts = [sum(column, ExactSum()) for column in columns], ()
        return self._sums

    def mean(self, place: int, n: int) -> float:
        return self.sums[place].over(n)


def merge(parts: Sequence[Accumulator]) -> Accumulator | None:
    """All parts together for reading (the sketch keeps every bin); ``None`` of none."""
    if not parts:
        return None
    if len(parts) == 1:
        return parts[0]
    return _Merged(parts)


def empty_usage(target: Target) -> Accumulator:
    """That of no predicted rows."""
    none = np.zeros(0)
    return usage_by_group(target, none, none.astype(np.int64), none.astype(np.int64), 1)[0]


def empty_matched(target: Target) -> Accumulator:
    """That of no matched rows."""
    none = np.zeros(0)
    whole = none.astype(np.int64)
    return matched_by_group(target, none, none, whole, None, whole, 1)[0]


def usage_by_group(
    target: Target,
    values: Floats | None,
    labels: Ints | None,
    groups: Ints,
    n_groups: int,
) -> list[Accumulator]:
    """Accumulators of predicted rows: ``values`` (NaN: unknown), class ``labels``, shape (n,)."""
    if not target.type.is_classification:
        assert values is not None
        n = np.bincount(groups, minlength=n_groups)
        sums = sums_by_group(values, groups, n_groups)
        return [Accumulator(n[g : g + 1], [sums[g]]) for g in range(n_groups)]
    assert labels is not None
    k = len(target.class_labels)
    if len(labels) == 1 and n_groups == 1:
        return [_usage_of_one(target, values, int(labels[0]))]
    shares = np.bincount(groups * k + labels, minlength=n_groups * k).reshape(n_groups, k)
    scored = np.zeros(n_groups, np.int64)
    totals = [ExactSum()] * n_groups
    if target.type is TargetType.BINARY and values is not None:
        known = ~np.isnan(values)
        scored = np.bincount(groups[known], minlength=n_groups)
        totals = sums_by_group(values[known], groups[known], n_groups)
    return [
        Accumulator(np.concatenate([scored[g : g + 1], shares[g]]), [totals[g]])
        for g in range(n_groups)
    ]


def _usage_of_one(target: Target, values: Floats | None, label: int) -> Accumulator:
    """The same of a single row, which comes most often, in a fifth of the time."""
    counts = [0] * (1 + len(target.class_labels))
    counts[1 + label] = 1
    total = ExactSum()
    if target.type is TargetType.BINARY and values is not None and values[0] == values[0]:
        counts[0] = 1
        total = ExactSum.of(values)
    return Accumulator(np.array(counts, np.int64), [total])


def matched_by_group(
    target: Target,
    actual: Floats,
    values: Floats | None,
    labels: Ints | None,
    probabilities: Floats | None,
    groups: Ints,
    n_groups: int,
) -> list[Accumulator]:
    """Accumulators of matched rows.

    Parameters
    ----------
    actual:
        Shape (n,): the number, or the index of the class that happened; of an anomaly 1 or 0.
    values:
        Shape (n,): the predicted number, or the positive class's probability (NaN: unknown).
    labels:
        Shape (n,): the index of the predicted class (classification).
    probabilities:
        Shape (n, K), rows of NaN where unknown (multiclass).
    groups:
        Shape (n,): which of the ``n_groups`` accumulators each row belongs to.

    """
    if target.type in (TargetType.REGRESSION, TargetType.UNSTRUCTURED):
        assert values is not None  # an unstructured model has no rows: empty ones are of numbers
        return _regression(actual, values, groups, n_groups)
    if target.type is TargetType.ANOMALY:
        assert values is not None
        return _anomaly(actual, values, groups, n_groups)
    assert labels is not None
    k = len(target.class_labels)
    happened = actual.astype(np.int64)
    cells = (groups * k + happened) * k + labels
    confusion = np.bincount(cells, minlength=n_groups * k * k).reshape(n_groups, k * k)
    if target.type is TargetType.BINARY:
        return _binary(target.positive_index, happened, values, groups, confusion)
    return _multiclass(happened, probabilities, groups, confusion)


def _regression(actual: Floats, predicted: Floats, groups: Ints, n: int) -> list[Accumulator]:
    # beyond float64 an error counts as the largest number: a row must leave as it came
    with np.errstate(over="ignore"):
        error = np.clip(predicted - actual, -_LARGEST, _LARGEST)
        share = np.minimum(np.abs(error) / np.maximum(np.abs(actual), EPSILON), _LARGEST)
    columns = [
        product_sums_by_group(error, error, groups, n),
        sums_by_group(np.abs(error), groups, n),
        sums_by_group(share, groups, n),
        sums_by_group(actual, groups, n),
        product_sums_by_group(actual, actual, groups, n),
        sums_by_group(predicted, groups, n),
    ]
    rows = np.bincount(groups, minlength=n)
    return [Accumulator(rows[g : g + 1], [column[g] for column in columns]) for g in range(n)]


def _anomaly(actual: Floats, scores: Floats, groups: Ints, n: int) -> list[Accumulator]:
    hit = actual > 0
    rows, hits = np.bincount(groups, minlength=n), np.bincount(groups[hit], minlength=n)
    sums = sums_by_group(scores, groups, n)
    units = in_unit(scores)
    return [
        Accumulator(
            np.array([rows[g], hits[g]], np.int64),
            [sums[g]],
            ScoreSketch.of(units[chosen], hit[chosen]).capped(),
        )
        for g, chosen in enumerate(_places(groups, n))
    ]


def _places(groups: Ints, n: int) -> list[Ints]:
    """Of each of ``n`` groups the positions of its rows."""
    ends = np.cumsum(np.bincount(groups, minlength=n))
    return np.split(np.argsort(groups, kind="stable"), ends[:-1])


def _binary(
    positive_index: int,
    happened: Ints,
    values: Floats | None,
    groups: Ints,
    confusion: Ints,
) -> list[Accumulator]:
    n = len(confusion)
    if values is None:
        known = np.zeros(len(happened), bool)
        p = np.zeros(0)
    else:
        known = ~np.isnan(values)
        p = values[known]
    where = groups[known]
    hit = happened[known] == positive_index
    right = np.clip(np.where(hit, p, 1.0 - p), EPSILON, 1.0 - EPSILON)
    miss = np.where(hit, 1.0 - p, p)
    columns = [
        sums_by_group(-np.log(right), where, n),
        sums_by_group(miss * miss, where, n),
        sums_by_group(p, where, n),
    ]
    scored = np.bincount(where, minlength=n)
    return [
        Accumulator(
            np.concatenate([scored[g : g + 1], confusion[g]]),
            [column[g] for column in columns],
            ScoreSketch.of(p[rows], hit[rows]).capped(),
        )
        for g, rows in enumerate(_places(where, n))
    ]


def _multiclass(
    happened: Ints, probabilities: Floats | None, groups: Ints, confusion: Ints
) -> list[Accumulator]:
    n = len(confusion)
    scored = np.zeros(n, np.int64)
    losses = [ExactSum()] * n
    if probabilities is not None:
        right = probabilities[np.arange(len(happened)), happened]
        known = ~np.isnan(right)
        loss = -np.log(np.clip(right[known], EPSILON, 1.0 - EPSILON))
        scored = np.bincount(groups[known], minlength=n)
        losses = sums_by_group(loss, groups[known], n)
    return [
        Accumulator(np.concatenate([scored[g : g + 1], confusion[g]]), [losses[g]])
        for g in range(n)
    ]

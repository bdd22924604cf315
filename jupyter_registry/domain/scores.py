"""A mergeable multiset of (score, actual is positive), from which AUC, KS and Gini are read.

While it holds at most `CAP` distinct scores it is exact. Beyond that, neighbouring scores share
a bin: bins are dyadic in the distance of a score to the nearer of 0 and 1 (as in logit space:
fine where scores crowd near either end), and are halved in number only as often as needed, so
the resolution follows the data. Counts are integers: adding and merging in any order give the
same sketch.

A stored sketch of many bins carries its AUC and KS, and a digest: at most `READ` of its bins,
each standing for its neighbours too, with equal shares of the rows. Reading many sketches takes
these and leaves the bins packed.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Most bins of one stored sketch.
CAP = 16_384
#: Most bins of a digest. The share of the positives plus that of the negatives which another
#: score can find on its wrong side, because a bin stands for its neighbours, is 2 / READ.
READ = 1024

_ONE_HALF = int(np.float64(0.5).view(np.int64))
#: Shift and number of bins.
_HEAD = struct.Struct("<BI")
#: Where there are more than `READ` bins: AUC, KS, and the number of bins of the digest.
_DIGEST_HEAD = struct.Struct("<ddI")
#: First key; bytes per step from key to key, per positive and per negative count.
_BINS_HEAD = struct.Struct("<qBBB")
_INTEGERS = {1: "<u1", 2: "<u2", 4: "<u4", 8: "<i8"}


@dataclass(frozen=True)
class Bins:
    """Keys in ascending order with the counts of positive and negative actuals, shape (n,)."""

    keys: Ints
    positives: Ints
    negatives: Ints

    def __len__(self) -> int:
        return len(self.keys)


class ScoreSketch:
    """Counts of positive and negative actuals per score bin.

    ``shift`` is the number of low bits that scores of one bin may differ in.
    """

    __slots__ = ("_bins", "_stored", "shift")

    def __init__(self, shift: int, bins: Bins) -> None:
        self.shift = shift
        self._bins: Bins | None = bins
        self._stored: memoryview = memoryview(b"")

    @classmethod
    def empty(cls) -> ScoreSketch:
        """No scores."""
        none = np.zeros(0, np.int64)
        return cls(0, Bins(none, none, none))

    @classmethod
    def of(cls, scores: Floats, positive: NDArray[np.bool_]) -> ScoreSketch:
        """The sketch of scores in [0, 1], shape (n,), with whether each actual is positive."""
        hit = positive.astype(np.int64)
        return cls(0, _grouped(score_keys(scores), hit, 1 - hit))

    @property
    def bins(self) -> Bins:
        """All bins, in ascending order."""
        if self._bins is None:
            self._bins = _stored_bins(self._stored)
        return self._bins

    def __len__(self) -> int:
        if self._bins is None:
            return int(_HEAD.unpack_from(self._stored)[1])
        return len(self._bins)

    def merged(self, other: ScoreSketch, *, sign: int = 1, cap: int = CAP) -> ScoreSketch:
        """Both together; with ``sign=-1`` this without the other (which it must contain)."""
        shift = max(self.shift, other.shift)
        a, b = self.bins, other.bins
        both = _grouped(
            np.concatenate([a.keys >> (shift - self.shift), b.keys >> (shift - other.shift)]),
            np.concatenate([a.positives, sign * b.positives]),
            np.concatenate([a.negatives, sign * b.negatives]),
        )
        return ScoreSketch(shift, both).capped(cap)

    def capped(self, cap: int = CAP) -> ScoreSketch:
        """The finest sketch of the same scores with at most ``cap`` bins."""
        if len(self) <= cap:
            return self
        shift, keys = self.shift, self.bins.keys
        while len(keys) > cap:
            # the number of distinct keys after one more halving, without building it
            shift += 1
            moved = keys >> 1
            keys = moved[np.concatenate([[True], moved[1:] != moved[:-1]])]
        return ScoreSketch(shift, _coarser(self.bins, shift - self.shift))

    def auc(self) -> float | None:
        """Area under the ROC curve (the Mann-Whitney statistic, ties counted half)."""
        if self._bins is None and len(self) > READ:
            return _defined(_DIGEST_HEAD.unpack_from(self._stored, _HEAD.size)[0])
        return _auc(self.bins)

    def ks(self) -> float | None:
        """Kolmogorov-Smirnov: the largest distance of the two classes' score distributions."""
        if self._bins is None and len(self) > READ:
            return _defined(_DIGEST_HEAD.unpack_from(self._stored, _HEAD.size)[1])
        return _ks(self.bins)

    def digest(self) -> Bins:
        """At most `READ` bins for reading many sketches together: all where there are no more."""
        if self._bins is None and len(self) > READ:
            return _stored_digest(self._stored)
        return _digest(self.bins)

    def to_bytes(self) -> bytes:
        """Shift and number of bins; of many AUC, KS and digest; then the bins.

        Raises
        ------
        ValueError
            when more was taken away than there was.

        """
        bins = self.bins
        if min(bins.positives.min(initial=0), bins.negatives.min(initial=0)) < 0:
            raise ValueError("more scores were taken from a sketch than it had")
        parts = [_HEAD.pack(self.shift, len(bins))]
        if len(bins) > READ:
            digest, auc, ks = _digest(bins), _auc(bins), _ks(bins)
            known = (math.nan if auc is None else auc, math.nan if ks is None else ks)
            parts += [_DIGEST_HEAD.pack(*known, len(digest)), _packed(digest)]
        return b"".join([*parts, _packed(bins)])

    @classmethod
    def from_bytes(cls, data: bytes | memoryview) -> ScoreSketch:
        """Read what `to_bytes` wrote; the bins are unpacked when they are asked for."""
        sketch = cls.empty()
        sketch.shift = _HEAD.unpack_from(data)[0]
        sketch._stored = memoryview(data)
        sketch._bins = None
        return sketch


def merge_all(sketches: Sequence[ScoreSketch]) -> ScoreSketch:
    """All together at the coarsest one's resolution, for reading.

    Few bins are all kept; of many sketches with many bins the digests are merged.
    """
    if not sketches:
        return ScoreSketch.empty()
    if len(sketches) == 1:
        return sketches[0]
    shift = max(sketch.shift for sketch in sketches)
    is_small = sum(len(sketch) for sketch in sketches) <= 2 * CAP
    parts = [sketch.bins if is_small else sketch.digest() for sketch in sketches]
    together = _grouped(
        np.concatenate(
            [
                part.keys >> (shift - sketch.shift)
                for sketch, part in zip(sketches, parts, strict=True)
            ]
        ),
        np.concatenate([part.positives for part in parts]),
        np.concatenate([part.negatives for part in parts]),
    )
    return ScoreSketch(shift, together)


def score_keys(scores: Floats) -> Ints:
    """Integers in the order of the scores, equal only for equal ones.

    Below one half the key is the float's bit pattern; above, it is mirrored through that of
    ``1 - score``, which is exact there. Shifting keys right joins neighbours whose distance is
    in proportion to their distance from 0 or 1.
    """
    clean = np.ascontiguousarray(scores, dtype=np.float64) + 0.0  # -0.0 becomes 0.0
    low = np.minimum(clean, 0.5).view(np.int64)
    high = 2 * _ONE_HALF - (1.0 - np.maximum(clean, 0.5)).view(np.int64)
    return np.where(clean < 0.5, low, high)


def scores_of(keys: Ints, shift: int) -> Floats:
    """The scores that keys of a sketch stand for, shape (n,): the inverse of `score_keys`.

    Exact where ``shift`` is 0; beyond that the middle, by key, of the scores that share a bin.
    Ascending keys give ascending scores, which may be equal next to 1.
    """
    top = 2 * _ONE_HALF
    first = keys.astype(np.int64) << shift
    last = np.minimum(first + ((1 << shift) - 1), top)
    middle = first + (last - first) // 2
    low = np.minimum(middle, _ONE_HALF).view(np.float64)
    high = 1.0 - (top - np.maximum(middle, _ONE_HALF)).view(np.float64)
    scores: Floats = np.where(middle < _ONE_HALF, low, high)
    return scores


def _auc(bins: Bins) -> float | None:
    n_positive, n_negative = int(bins.positives.sum()), int(bins.negatives.sum())
    if not n_positive or not n_negative:
        return None
    below = np.cumsum(bins.negatives) - bins.negatives
    # twice the statistic may be beyond int64, so it is summed as floats
    wins = np.sum(bins.positives.astype(np.float64) * (2 * below + bins.negatives))
    return float(wins) / (2 * n_positive * n_negative)


def _ks(bins: Bins) -> float | None:
    n_positive, n_negative = int(bins.positives.sum()), int(bins.negatives.sum())
    if not n_positive or not n_negative:
        return None
    gap = np.cumsum(bins.positives) / n_positive - np.cumsum(bins.negatives) / n_negative
    return float(np.max(np.abs(gap)))


def _digest(bins: Bins) -> Bins:
    """Runs of bins with 2 / READ of the classes' shares each, at the bin in their middle."""
    if len(bins) <= READ:
        return bins
    share = np.zeros(len(bins))
    for counts in (bins.positives, bins.negatives):
        if total := int(counts.sum()):
            share += counts / total
    end = np.cumsum(share)
    run = ((end - share / 2) * (READ / 2)).astype(np.int64).clip(0, READ - 1)
    first = np.flatnonzero(np.concatenate([[True], run[1:] != run[:-1]]))
    last = np.append(first[1:], len(bins)) - 1
    middle = np.searchsorted(end, (end[first] - share[first] + end[last]) / 2)
    return Bins(
        bins.keys[middle.clip(first, last)],
        np.add.reduceat(bins.positives, first),
        np.add.reduceat(bins.negatives, first),
    )


def _coarser(bins: Bins, shift: int) -> Bins:
    return _grouped(bins.keys >> shift, bins.positives, bins.negatives)


def _grouped(keys: Ints, positives: Ints, negatives: Ints) -> Bins:
    """Sum the counts of equal keys and drop empty bins."""
    if len(keys) == 0:
        return Bins(keys, positives, negatives)
    order = np.argsort(keys, kind="stable")
    keys, positives, negatives = keys[order], positives[order], negatives[order]
    starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    keys = keys[starts]
    positives = np.add.reduceat(positives, starts)
    negatives = np.add.reduceat(negatives, starts)
    kept = (positives != 0) | (negatives != 0)
    return Bins(keys[kept], positives[kept], negatives[kept])


def _packed(bins: Bins) -> bytes:
    """First key, then steps from key to key and counts, each in as few bytes as they need."""
    if len(bins) == 0:
        return b""
    columns = (np.diff(bins.keys), bins.positives, bins.negatives)
    widths = [_width(int(column.max(initial=0))) for column in columns]
    return b"".join(
        [
            _BINS_HEAD.pack(int(bins.keys[0]), *widths),
            *(
                column.astype(_INTEGERS[width]).tobytes()
                for column, width in zip(columns, widths, strict=True)
            ),
        ]
    )


def _width(largest: int) -> int:
    return 1 if largest < 1 << 8 else 2 if largest < 1 << 16 else 4 if largest < 1 << 32 else 8


def _unpacked(data: memoryview, at: int, n: int) -> tuple[Bins, int]:
    """The ``n`` bins that start at a place, and where they end."""
    if n == 0:
        return ScoreSketch.empty().bins, at
    first, *widths = _BINS_HEAD.unpack_from(data, at)
    at += _BINS_HEAD.size
    columns = []
    for size, width in zip((n - 1, n, n), widths, strict=True):
        columns.append(np.frombuffer(data, _INTEGERS[width], size, at).astype(np.int64))
        at += size * width
    keys = np.empty(n, np.int64)
    keys[0] = first
    np.cumsum(columns[0], out=keys[1:])
    keys[1:] += first
    return Bins(keys, columns[1], columns[2]), at


def _stored_digest(data: memoryview) -> Bins:
    n = _DIGEST_HEAD.unpack_from(data, _HEAD.size)[2]
    return _unpacked(data, _HEAD.size + _DIGEST_HEAD.size, n)[0]


def _stored_bins(data: memoryview) -> Bins:
    n, at = int(_HEAD.unpack_from(data)[1]), _HEAD.size
    if n > READ:
        # the digest lies in between
        at = _unpacked(data, at + _DIGEST_HEAD.size, _DIGEST_HEAD.unpack_from(data, at)[2])[1]
    return _unpacked(data, at, n)[0]


def _defined(value: float) -> float | None:
    return None if math.isnan(value) else value

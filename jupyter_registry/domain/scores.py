"""A mergeable multiset of (score, actual is positive), from which AUC, KS and Gini are read.

While it holds at most `CAP` distinct scores it is exact. Beyond that, neighbouring scores share
a bin: bins are dyadic in the distance of a score to the nearer of 0 and 1 (as in logit space:
fine where scores crowd near either end), and are halved in number only as often as needed, so
the resolution follows the data. Counts are integers: adding and merging in any order give the
same sketch.
"""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Most bins of one stored sketch.
CAP = 2048

_ONE_HALF = int(np.float64(0.5).view(np.int64))
_HEAD = struct.Struct("<BI")


class ScoreSketch:
    """Counts of positive and negative actuals per score bin, bins in ascending order."""

    __slots__ = ("keys", "negatives", "positives", "shift")

    def __init__(self, shift: int, keys: Ints, positives: Ints, negatives: Ints) -> None:
        self.shift = shift
        self.keys = keys
        self.positives = positives
        self.negatives = negatives

    @classmethod
    def empty(cls) -> ScoreSketch:
        """No scores."""
        none = np.zeros(0, np.int64)
        return cls(0, none, none, none)

    @classmethod
    def of(cls, scores: Floats, positive: NDArray[np.bool_]) -> ScoreSketch:
        """The sketch of scores in [0, 1], shape (n,), with whether each actual is positive."""
        keys = score_keys(scores)
        hit = positive.astype(np.int64)
        return _grouped(0, keys, hit, 1 - hit)

    def merged(self, other: ScoreSketch, *, sign: int = 1, cap: int | None = CAP) -> ScoreSketch:
        """Both together; with ``sign=-1`` this without the other (which it must contain)."""
        shift = max(self.shift, other.shift)
        result = _grouped(
            shift,
            np.concatenate(
                [self.keys >> (shift - self.shift), other.keys >> (shift - other.shift)]
            ),
            np.concatenate([self.positives, sign * other.positives]),
            np.concatenate([self.negatives, sign * other.negatives]),
        )
        return result if cap is None else result.capped(cap)

    def capped(self, cap: int = CAP) -> ScoreSketch:
        """The finest sketch of the same scores with at most ``cap`` bins."""
        if len(self.keys) <= cap:
            return self
        shift, keys = self.shift, self.keys
        while len(keys) > cap:
            # the number of distinct keys after one more halving, without building it
            shift += 1
            moved = keys >> 1
            keys = moved[np.concatenate([[True], moved[1:] != moved[:-1]])]
        return _grouped(shift, self.keys >> (shift - self.shift), self.positives, self.negatives)

    def auc(self) -> float | None:
        """Area under the ROC curve (the Mann-Whitney statistic, ties counted half)."""
        n_positive, n_negative = int(self.positives.sum()), int(self.negatives.sum())
        if not n_positive or not n_negative:
            return None
        below = np.cumsum(self.negatives) - self.negatives
        # twice the statistic is an integer; Python's integers cannot overflow in the last step
        wins = np.sum(self.positives.astype(np.float64) * (2 * below + self.negatives))
        return float(wins) / (2 * n_positive * n_negative)

    def ks(self) -> float | None:
        """Kolmogorov-Smirnov: the largest distance of the two classes' score distributions."""
        n_positive, n_negative = int(self.positives.sum()), int(self.negatives.sum())
        if not n_positive or not n_negative:
            return None
        gap = np.cumsum(self.positives) / n_positive - np.cumsum(self.negatives) / n_negative
        return float(np.max(np.abs(gap)))

    def to_bytes(self) -> bytes:
        """Shift and size, then keys (int64), positive and negative counts (uint32 or int64)."""
        wide = max(self.positives.max(initial=0), self.negatives.max(initial=0)) >= 1 << 32
        kind = "<i8" if wide else "<u4"
        return b"".join(
            [
                _HEAD.pack(self.shift | (0x80 if wide else 0), len(self.keys)),
                self.keys.astype("<i8").tobytes(),
                self.positives.astype(kind).tobytes(),
                self.negatives.astype(kind).tobytes(),
            ]
        )

    @classmethod
    def from_bytes(cls, data: bytes | memoryview) -> ScoreSketch:
        """Read what `to_bytes` wrote."""
        flags, n = _HEAD.unpack_from(data)
        kind = "<i8" if flags & 0x80 else "<u4"
        width = 8 if flags & 0x80 else 4
        at = _HEAD.size
        keys = np.frombuffer(data, "<i8", n, at)
        counts = np.frombuffer(data, kind, 2 * n, at + 8 * n).astype(np.int64)
        assert len(data) == at + 8 * n + 2 * n * width
        return cls(flags & 0x7F, keys.astype(np.int64), counts[:n], counts[n:])


def merge_all(sketches: list[ScoreSketch]) -> ScoreSketch:
    """All together at the coarsest one's resolution, for reading: no further bins are lost."""
    if not sketches:
        return ScoreSketch.empty()
    if len(sketches) == 1:
        return sketches[0]
    shift = max(sketch.shift for sketch in sketches)
    return _grouped(
        shift,
        np.concatenate([sketch.keys >> (shift - sketch.shift) for sketch in sketches]),
        np.concatenate([sketch.positives for sketch in sketches]),
        np.concatenate([sketch.negatives for sketch in sketches]),
    )


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


def _grouped(shift: int, keys: Ints, positives: Ints, negatives: Ints) -> ScoreSketch:
    """Sum the counts of equal keys and drop empty bins."""
    if len(keys) == 0:
        return ScoreSketch(shift, keys, positives, negatives)
    order = np.argsort(keys, kind="stable")
    keys, positives, negatives = keys[order], positives[order], negatives[order]
    starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    keys = keys[starts]
    positives = np.add.reduceat(positives, starts)
    negatives = np.add.reduceat(negatives, starts)
    kept = (positives != 0) | (negatives != 0)
    return ScoreSketch(shift, keys[kept], positives[kept], negatives[kept])

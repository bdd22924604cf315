"""A mergeable multiset of (score, actual is positive), from which AUC, KS and Gini are read.

While it holds at most `CAP` distinct scores it is exact. Beyond that, neighbouring scores share
a bin: bins are dyadic in the distance of a score to the nearer of 0 and 1 (as in logit space:
fine where scores crowd near either end), and are halved in number only as often as needed, so
the resolution follows the data. A bin that holds more than `HEAVY` of the classes keeps its
scores apart, bin within bin, until each holds less: so a narrow band of many rows beside few
that lie wide is told apart too. Counts are integers: while no bin is heavy, adding and merging
in any order give the same sketch; where one is, the order decides which of its first rows,
those that came before it was heavy, are told apart.

A stored sketch of many bins carries its AUC and KS, and a digest: at most `READ` of its bins,
each standing for its neighbours too, with equal shares of the rows. Reading many sketches takes
these and leaves the bins packed.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from . import separation
from .score_bins import (
    Bins,
    codes_of,
    counts_in,
    digest,
    folded,
    grouped,
    has_low,
    joined,
    level_for,
    packed,
    score_keys,
    unpacked,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Most bins of one stored sketch, but for those within heavy ones.
CAP = 16_384
#: The share of the positives plus that of the negatives which makes a bin heavy. Of two rows in
#: a bin, the one's place before the other is not known: at worst that is HEAVY / 4 of AUC and
#: HEAVY / 2 of KS.
HEAVY = 1 / 1024
#: A class of fewer rows has the shares that it would have with so many: one row is no share.
FEW = 16_384
#: Most bins of a digest. The share of the positives plus that of the negatives which another
#: score can find on its wrong side, because a bin stands for its neighbours, is 2 / READ.
READ = 2048

#: Shift and number of bins.
_HEAD = struct.Struct("<BI")
#: Added to the shift where bins lie within heavy ones, among all and in the digest.
_LOW, _LOW_IN_DIGEST, _SHIFT = 0x80, 0x40, 0x3F
#: Where there are more than `READ` bins: AUC, KS, and the number of bins of the digest.
_DIGEST_HEAD = struct.Struct("<ddI")
_NOTHING = memoryview(b"")


class ScoreSketch:
    """Counts of positive and negative actuals per score bin.

    ``shift`` is the number of low bits that keys of one bin may differ in, but for the bins
    within heavy ones, which are narrower.
    """

    __slots__ = ("_bins", "_stored", "shift")

    def __init__(
        self, shift: int, bins: Bins | None = None, *, stored: memoryview = _NOTHING
    ) -> None:
        self.shift = shift
        #: ``None`` while they are packed in what is stored
        self._bins = bins
        self._stored = stored

    @classmethod
    def empty(cls) -> ScoreSketch:
        """No scores."""
        return cls(0, Bins.none())

    @classmethod
    def of(cls, scores: Floats, positive: NDArray[np.bool_]) -> ScoreSketch:
        """The sketch of scores in [0, 1], shape (n,), with whether each actual is positive."""
        hit = positive.astype(np.int64)
        return cls(0, grouped(codes_of(score_keys(scores)), hit, 1 - hit))

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
        b = other.bins
        taken = Bins(b.codes, sign * b.positives, sign * b.negatives)
        return _settled(max(self.shift, other.shift), joined([self.bins, taken]), cap)

    def capped(self, cap: int = CAP) -> ScoreSketch:
        """The finest sketch of the same scores with at most ``cap`` bins beside heavy ones'."""
        return self if len(self) <= cap else _settled(self.shift, self.bins, cap)

    def auc(self) -> float | None:
        """Area under the ROC curve (the Mann-Whitney statistic, ties counted half)."""
        if self._bins is None and len(self) > READ:
            return _defined(_DIGEST_HEAD.unpack_from(self._stored, _HEAD.size)[0])
        return separation.auc(self.bins.positives, self.bins.negatives)

    def ks(self) -> float | None:
        """Kolmogorov-Smirnov: the largest distance of the two classes' score distributions."""
        if self._bins is None and len(self) > READ:
            return _defined(_DIGEST_HEAD.unpack_from(self._stored, _HEAD.size)[1])
        return separation.ks(self.bins.positives, self.bins.negatives)

    def digest(self) -> Bins:
        """At most `READ` bins for reading many sketches together: all where there are no more."""
        if self._bins is None and len(self) > READ:
            return _stored_digest(self._stored)[0]
        return digest(self.bins, READ)

    def packed_counts(self) -> separation.Counts | None:
        """Positives and negatives by ascending score, where that is all that need be unpacked.

        ``None`` of a sketch that is not packed, carries its AUC and KS, has bins within others
        or none at all.
        """
        if self._bins is not None:
            return None
        flags, n = _HEAD.unpack_from(self._stored)
        if flags & _LOW or not 0 < n <= READ:
            return None
        return counts_in(self._stored, _HEAD.size, n)

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
        flags = _LOW if has_low(bins, self.shift) else 0
        parts = []
        if len(bins) > READ:
            few = digest(bins, READ)
            flags |= _LOW_IN_DIGEST if has_low(few, self.shift) else 0
            read = (of(bins.positives, bins.negatives) for of in (separation.auc, separation.ks))
            known = (math.nan if value is None else value for value in read)
            parts += [_DIGEST_HEAD.pack(*known, len(few)), packed(few, self.shift)]
        head = _HEAD.pack(self.shift | flags, len(bins))
        return b"".join([head, *parts, packed(bins, self.shift)])

    @classmethod
    def from_bytes(cls, data: bytes | memoryview) -> ScoreSketch:
        """Read what `to_bytes` wrote; the bins are unpacked when they are asked for."""
        return cls(_HEAD.unpack_from(data)[0] & _SHIFT, stored=memoryview(data))


def auc_of_all(sketches: Iterable[ScoreSketch | None]) -> list[float | None]:
    """`ScoreSketch.auc` of many; ``None`` where there is none."""
    return _of_all(sketches, ScoreSketch.auc, separation.auc_of_all)


def ks_of_all(sketches: Iterable[ScoreSketch | None]) -> list[float | None]:
    """`ScoreSketch.ks` of many; ``None`` where there is none."""
    return _of_all(sketches, ScoreSketch.ks, separation.ks_of_all)


def _of_all(
    sketches: Iterable[ScoreSketch | None],
    of_one: Callable[[ScoreSketch], float | None],
    of_all: Callable[[Iterable[separation.Counts]], Iterable[float | None]],
) -> list[float | None]:
    """Those that are packed and carry no result are read together, from their counts alone."""
    found: list[float | None] = []
    together: list[int] = []

    def packed() -> Iterator[separation.Counts]:
        for sketch in sketches:
            counts = None if sketch is None else sketch.packed_counts()
            if counts is not None:
                together.append(len(found))
                yield counts
            found.append(None if counts is not None or sketch is None else of_one(sketch))

    values = list(of_all(packed()))
    for place, value in zip(together, values, strict=True):
        found[place] = value
    return found


def merge_all(sketches: Sequence[ScoreSketch]) -> ScoreSketch:
    """All together, for reading.

    Few bins are all kept; of many sketches with many bins the digests are merged.
    """
    if not sketches:
        return ScoreSketch.empty()
    if len(sketches) == 1:
        return sketches[0]
    is_small = sum(len(sketch) for sketch in sketches) <= 2 * CAP
    parts = [sketch.bins if is_small else sketch.digest() for sketch in sketches]
    return ScoreSketch(max(sketch.shift for sketch in sketches), joined(parts))


def _settled(shift: int, bins: Bins, cap: int) -> ScoreSketch:
    """The finest sketch from a shift on with at most ``cap`` bins beside those in heavy ones."""
    level = level_for(bins, shift, cap)
    return ScoreSketch(level, folded(bins, level, HEAVY, FEW) if level else bins)


def _stored_digest(data: memoryview) -> tuple[Bins, int]:
    """The digest of a stored sketch that has one, and where it ends."""
    flags = _HEAD.unpack_from(data)[0]
    n = _DIGEST_HEAD.unpack_from(data, _HEAD.size)[2]
    at = _HEAD.size + _DIGEST_HEAD.size
    return unpacked(data, at, n, flags & _SHIFT, bool(flags & _LOW_IN_DIGEST))


def _stored_bins(data: memoryview) -> Bins:
    flags, n = _HEAD.unpack_from(data)
    at = _stored_digest(data)[1] if n > READ else _HEAD.size
    return unpacked(data, at, n, flags & _SHIFT, bool(flags & _LOW))[0]


def _defined(value: float) -> float | None:
    return None if math.isnan(value) else value

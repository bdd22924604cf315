"""Bins of scores: dyadic intervals with the counts of each class, sorted, folded and packed.

Scores have integer keys in their order (`score_keys`). An interval of ``2 ** level`` keys from
``k * 2 ** level`` on has the code ``(2 k + 1) * 2 ** level``: codes are in the order of the
intervals' middles, all intervals within one lie beside it, and a code tells its level by its
low zeros.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Codes = NDArray[np.uint64]

_ONE_HALF = int(np.float64(0.5).view(np.int64))
_ONE = np.uint64(1)
#: First number; bytes per step from one to the next, per positive and per negative count.
_BINS_HEAD = struct.Struct("<QBBB")
#: How many bins are of lower levels than the others.
_LOW_HEAD = struct.Struct("<I")
_INTEGERS = {1: "<u1", 2: "<u2", 4: "<u4", 8: "<u8"}


@dataclass(frozen=True)
class Bins:
    """Codes in ascending order with the counts of positive and negative actuals, shape (n,)."""

    codes: Codes
    positives: Ints
    negatives: Ints

    @classmethod
    def none(cls) -> Bins:
        """No bins."""
        counts = np.zeros(0, np.int64)
        return cls(np.zeros(0, np.uint64), counts, counts)

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, chosen: NDArray[np.bool_]) -> Bins:
        """The chosen bins."""
        return Bins(self.codes[chosen], self.positives[chosen], self.negatives[chosen])


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


def in_unit(scores: Floats) -> Floats:
    """Scores of any size between 0 and 1, in their order, shape (n,): ``x / (1 + |x|)``, moved.

    Scores closer to each other than about 1e-16 may become one.
    """
    size = 1.0 + np.abs(scores)
    return np.where(scores < 0, 0.5 / size, 1.0 - 0.5 / size)


def out_of_unit(scores: Floats) -> Floats:
    """The inverse of `in_unit`, as exact as floats near 1 are; those at 0 and 1 stay finite."""
    edge = np.nextafter(1.0, 0.0)
    low = 1.0 - 0.5 / np.clip(scores, np.finfo(np.float64).tiny, 0.5)
    high = 0.5 / (1.0 - np.clip(scores, 0.5, edge)) - 1.0
    return np.where(scores < 0.5, low, high)


def codes_of(keys: Ints | Codes, level: int = 0) -> Codes:
    """The codes of the intervals that shifting keys right by a level gives."""
    codes: Codes = ((keys.astype(np.uint64) << _ONE) + _ONE) << np.uint64(level)
    return codes


def scores_of(codes: Codes) -> Floats:
    """The scores that codes stand for, shape (n,): the inverse of `score_keys`.

    Exact at level 0; beyond that the middle, by key, of the interval. Ascending codes give
    ascending scores, which may be equal next to 1.
    """
    middle = np.minimum((codes >> _ONE).astype(np.int64), 2 * _ONE_HALF)
    low = np.minimum(middle, _ONE_HALF).view(np.float64)
    high = 1.0 - (2 * _ONE_HALF - np.maximum(middle, _ONE_HALF)).view(np.float64)
    scores: Floats = np.where(middle < _ONE_HALF, low, high)
    return scores


def grouped(codes: Codes, positives: Ints, negatives: Ints) -> Bins:
    """Sum the counts of equal codes and drop empty bins."""
    if len(codes) == 0:
        return Bins(codes, positives, negatives)
    order = np.argsort(codes, kind="stable")
    codes, positives, negatives = codes[order], positives[order], negatives[order]
    first = _starts(codes)
    positives = np.add.reduceat(positives, first)
    negatives = np.add.reduceat(negatives, first)
    kept = (positives != 0) | (negatives != 0)
    return Bins(codes[first][kept], positives[kept], negatives[kept])


def joined(parts: Sequence[Bins]) -> Bins:
    """The bins of all parts, those of equal codes together."""
    return grouped(
        np.concatenate([part.codes for part in parts]),
        np.concatenate([part.positives for part in parts]),
        np.concatenate([part.negatives for part in parts]),
    )


def level_for(bins: Bins, level: int, most: int) -> int:
    """The lowest level, from ``level`` on, at which the bins are in at most ``most`` intervals."""
    if len(bins) <= most:
        return level
    keys = _distinct(bins.codes >> np.uint64(level + 1))
    while len(keys) > most:
        # the number of distinct keys after one more halving, without building the bins
        level += 1
        keys = _distinct(keys >> _ONE)
    return level


def folded(bins: Bins, level: int, heavy: float, few: int) -> Bins:
    """Bins of one level, and below it those within intervals that are heavy.

    Parameters
    ----------
    bins:
        Of that level or lower ones. A count may be below 0: what is taken from a wider bin.
    heavy:
        The sum of both classes' shares above which what lies within an interval is kept apart.
    few:
        A class of fewer rows has the shares that it would have with so many.

    """
    per_positive = 1 / max(int(bins.positives.sum()), few)
    per_negative = 1 / max(int(bins.negatives.sum()), few)
    done = [Bins.none()]
    settled = False
    while len(bins):
        keys = bins.codes >> np.uint64(level + 1)
        first = _starts(keys)
        positives = np.add.reduceat(bins.positives, first)
        negatives = np.add.reduceat(bins.negatives, first)
        is_heavy = positives * per_positive + negatives * per_negative > heavy
        whole = Bins(codes_of(keys[first], level), positives, negatives)
        done.append(whole.take(~is_heavy))
        bins = bins.take(np.repeat(is_heavy, np.diff(first, append=len(keys))))
        if not settled:
            bins, settled = _settled(bins, level), True
        is_own = bins.codes & np.uint64((1 << level) - 1) == 0
        done.append(bins.take(is_own))
        bins = bins.take(~is_own)
        level -= 1
    return joined(done)


def _settled(bins: Bins, level: int) -> Bins:
    """What is taken from wider bins is taken from the next one around that has it."""
    for at in range(level):
        if min(bins.positives.min(initial=0), bins.negatives.min(initial=0)) >= 0:
            break
        is_here = bins.codes & np.uint64((1 << at) - 1) == 0
        is_here &= bins.codes & np.uint64(1 << at) != 0
        owing = bins.take(is_here & ((bins.positives < 0) | (bins.negatives < 0)))
        wider = codes_of(owing.codes >> np.uint64(at + 2), at + 1)
        debts = np.minimum(owing.positives, 0), np.minimum(owing.negatives, 0)
        bins = joined([bins, Bins(owing.codes, -debts[0], -debts[1]), Bins(wider, *debts)])
    return bins


def digest(bins: Bins, most: int) -> Bins:
    """At most so many runs of bins, of equal shares of the classes, at the bin in their middle."""
    if len(bins) <= most:
        return bins
    share = np.zeros(len(bins))
    for counts in (bins.positives, bins.negatives):
        if total := int(counts.sum()):
            share += counts / total
    end = np.cumsum(share)
    run = ((end - share / 2) * (most / end[-1])).astype(np.int64).clip(0, most - 1)
    first = _starts(run)
    last = np.append(first[1:], len(bins)) - 1
    middle = np.searchsorted(end, (end[first] - share[first] + end[last]) / 2)
    return Bins(
        bins.codes[middle.clip(first, last)],
        np.add.reduceat(bins.positives, first),
        np.add.reduceat(bins.negatives, first),
    )


def packed(bins: Bins, level: int) -> bytes:
    """Bins of a level and, with their number before all, those of lower levels where there are."""
    is_low = bins.codes & np.uint64((1 << level) - 1) != 0
    high = bins.take(~is_low)
    data = _packed(high, high.codes >> np.uint64(level + 1))
    if not is_low.any():
        return data
    low = bins.take(is_low)
    return b"".join([_LOW_HEAD.pack(len(low)), data, _packed(low, low.codes)])


def has_low(bins: Bins, level: int) -> bool:
    """Whether some bins are of a lower level than this one."""
    return bool((bins.codes & np.uint64((1 << level) - 1) != 0).any())


def unpacked(data: memoryview, at: int, n: int, level: int, with_low: bool) -> tuple[Bins, int]:
    """The ``n`` bins that `packed` put at a place, and where they end.

    ``with_low`` says whether there are bins of lower levels among them.
    """
    n_low = 0
    if with_low:
        (n_low,) = _LOW_HEAD.unpack_from(data, at)
        at += _LOW_HEAD.size
    keys, positives, negatives, at = _unpacked(data, at, n - n_low)
    high = Bins(codes_of(keys, level), positives, negatives)
    if not n_low:
        return high, at
    codes, positives, negatives, at = _unpacked(data, at, n_low)
    return joined([high, Bins(codes, positives, negatives)]), at


def counts_in(data: memoryview, at: int, n: int) -> tuple[NDArray[np.integer], NDArray[np.integer]]:
    """Positives and negatives, as they are stored, of ``n`` > 0 bins that `packed` put at a place.

    All of them must be of one level.
    """
    _, *widths = _BINS_HEAD.unpack_from(data, at)
    at += _BINS_HEAD.size + (n - 1) * widths[0]
    positives = np.frombuffer(data, _INTEGERS[widths[1]], n, at)
    return positives, np.frombuffer(data, _INTEGERS[widths[2]], n, at + n * widths[1])


def _packed(bins: Bins, numbers: Codes) -> bytes:
    """The first number, then steps from one to the next and counts, in as few bytes as needed."""
    if len(bins) == 0:
        return b""
    columns = (np.diff(numbers), bins.positives, bins.negatives)
    widths = [_width(int(column.max(initial=0))) for column in columns]
    return b"".join(
        [
            _BINS_HEAD.pack(int(numbers[0]), *widths),
            *(
                column.astype(_INTEGERS[width]).tobytes()
                for column, width in zip(columns, widths, strict=True)
            ),
        ]
    )


def _width(largest: int) -> int:
    return 1 if largest < 1 << 8 else 2 if largest < 1 << 16 else 4 if largest < 1 << 32 else 8


def _unpacked(data: memoryview, at: int, n: int) -> tuple[Codes, Ints, Ints, int]:
    """``n`` numbers and counts that start at a place, and where they end."""
    if n == 0:
        none = Bins.none()
        return none.codes, none.positives, none.negatives, at
    first, *widths = _BINS_HEAD.unpack_from(data, at)
    at += _BINS_HEAD.size
    columns = []
    for size, width in zip((n - 1, n, n), widths, strict=True):
        columns.append(np.frombuffer(data, _INTEGERS[width], size, at).astype(np.int64))
        at += size * width
    numbers = np.empty(n, np.uint64)
    numbers[0] = first
    np.cumsum(columns[0].view(np.uint64), out=numbers[1:])
    numbers[1:] += numbers[0]
    return numbers, columns[1], columns[2], at


def _starts(ascending: Codes | Ints) -> Ints:
    """Where runs of equal numbers begin, shape (runs,)."""
    return np.flatnonzero(np.concatenate([[True], ascending[1:] != ascending[:-1]]))


def _distinct(ascending: Codes) -> Codes:
    return ascending[_starts(ascending)]

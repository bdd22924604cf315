"""Exact sums of floating-point numbers, which can be added, subtracted and merged in any order.

A float64 is an integer times a power of two, so a sum of them is one too. `ExactSum` keeps that
integer whole: adding a row and taking it away again leaves no trace, and two sums of the same
rows are equal bit for bit however they came about. Rounding happens once, when it is read.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Sums are integers in units of 2**-SCALE: fine enough for the product of two subnormals' halves.
_SCALE = 2400
_HALF = float(1 << 27)
_SPLIT = float((1 << 27) + 1)  # Veltkamp's constant for 53-bit significands
#: Exponents of values and of products lie within ±2,300; shifted by it they are table keys.
_OFFSET = 2400
#: Up to so many values are added one by one.
_FEW = 8
_SIGNIFICANDS = float(1 << 53)


class ExactSum:
    """An exact sum of float64 values."""

    __slots__ = ("_units",)

    def __init__(self, units: int = 0) -> None:
        self._units = units

    @classmethod
    def of(cls, values: Floats) -> ExactSum:
        """The exact sum of finite values, shape (n,)."""
        return sums_by_group(values, np.zeros(len(values), np.int64), 1)[0]

    @classmethod
    def of_products(cls, a: Floats, b: Floats) -> ExactSum:
        """The exact sum of the products ``a[i] * b[i]``, each shape (n,)."""
        return product_sums_by_group(a, b, np.zeros(len(a), np.int64), 1)[0]

    def __add__(self, other: ExactSum) -> ExactSum:
        return ExactSum(self._units + other._units)

    def __sub__(self, other: ExactSum) -> ExactSum:
        return ExactSum(self._units - other._units)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ExactSum) and self._units == other._units

    def __hash__(self) -> int:
        return hash(self._units)

    def __bool__(self) -> bool:
        return self._units != 0

    def __float__(self) -> float:
        """The sum, correctly rounded; infinite when beyond float64."""
        try:
            return self._units / (1 << _SCALE)  # int / int is correctly rounded in Python
        except OverflowError:
            return float("inf") if self._units > 0 else float("-inf")

    def __repr__(self) -> str:
        return f"ExactSum({float(self)!r})"

    def fraction(self) -> Fraction:
        """The sum as a rational number, for arithmetic that must not round in between."""
        return Fraction(self._units, 1 << _SCALE)

    @property
    def units(self) -> int:
        """The sum as an integer, for arithmetic that must not round in between."""
        return self._units

    @property
    def units_squared(self) -> int:
        """The sum as an integer in units of a product of two `units`."""
        return self._units << _SCALE

    def over(self, n: int) -> float:
        """The sum divided by a positive count, correctly rounded."""
        try:
            return self._units / (n << _SCALE)
        except OverflowError:
            return float("inf") if self._units > 0 else float("-inf")

    def to_bytes(self) -> bytes:
        """Two bytes of exponent, then the least two's-complement integer, little-endian."""
        if self._units == 0:
            return b""
        zeros = (self._units & -self._units).bit_length() - 1
        small = self._units >> zeros
        return zeros.to_bytes(2, "little") + small.to_bytes(
            small.bit_length() // 8 + 1, "little", signed=True
        )

    @classmethod
    def from_bytes(cls, data: bytes | memoryview) -> ExactSum:
        """Read what `to_bytes` wrote."""
        if not data:
            return cls(0)
        return cls(
            int.from_bytes(data[2:], "little", signed=True) << int.from_bytes(data[:2], "little")
        )


def sums_by_group(values: Floats, groups: NDArray[np.int64], n_groups: int) -> list[ExactSum]:
    """The exact sum of each group's values: ``values`` and ``groups`` have shape (n,).

    Raises
    ------
    ValueError
        when a value is not finite.

    """
    units = [0] * n_groups
    _accumulate(units, values, groups)
    return [ExactSum(item) for item in units]


def product_sums_by_group(
    a: Floats, b: Floats, groups: NDArray[np.int64], n_groups: int
) -> list[ExactSum]:
    """The exact sum of ``a * b`` per group.

    Each product is split without error into two float64s (Dekker 1971, with Veltkamp's split);
    values are scaled by powers of two first so that neither half over- or underflows.
    """
    units = [0] * n_groups
    if len(a) == 0:
        return [ExactSum()] * n_groups
    fraction_a, exponent_a = np.frexp(a)
    fraction_b, exponent_b = np.frexp(b)
    high = fraction_a * fraction_b
    a_high, a_low = _veltkamp(fraction_a)
    b_high, b_low = _veltkamp(fraction_b)
    low = ((a_high * b_high - high) + a_high * b_low + a_low * b_high) + a_low * b_low
    shift = exponent_a.astype(np.int64) + exponent_b.astype(np.int64)
    _accumulate(units, high, groups, shift)
    _accumulate(units, low, groups, shift)
    return [ExactSum(item) for item in units]


def _veltkamp(x: Floats) -> tuple[Floats, Floats]:
    scaled = _SPLIT * x
    high = scaled - (scaled - x)
    return high, x - high


def _accumulate(
    units: list[int],
    values: Floats,
    groups: NDArray[np.int64],
    shift: NDArray[np.int64] | None = None,
) -> None:
    """Add ``values * 2**shift`` to the integers of their groups."""
    if len(values) == 0:
        return
    if shift is None and len(values) <= _FEW:
        for group, value in zip(groups.tolist(), values.tolist(), strict=True):
            if not math.isfinite(value):
                raise ValueError("only finite values can be summed")
            significand, power = math.frexp(value)
            units[group] += int(significand * _SIGNIFICANDS) << (power - 53 + _SCALE)
        return
    fractions, exponents = np.frexp(values)
    if not np.all(np.isfinite(fractions)):
        raise ValueError("only finite values can be summed")
    exponent = exponents.astype(np.int64)
    if shift is not None:
        exponent = exponent + shift
    # value = (high * 2**27 + low) * 2**(exponent - 54), both halves integers below 2**27
    scaled = fractions * _HALF
    high = np.trunc(scaled)
    low = (scaled - high) * _HALF
    if len(values) <= _FEW:
        for g, h, lo, e in zip(
            groups.tolist(), high.tolist(), low.tolist(), exponent.tolist(), strict=True
        ):
            units[g] += ((int(h) << 27) + int(lo)) << (e - 54 + _SCALE)
        return
    key = groups * (2 * _OFFSET) + (exponent + _OFFSET)
    first = int(key.min())
    if int(key.max()) - first <= 4 * len(key) + 10_000:
        places = key - first
        keys = np.arange(first, int(key.max()) + 1)
    else:
        keys, places = np.unique(key, return_inverse=True)
    # fewer than 2**26 values below 2**27 each: bincount's float64 totals are exact integers
    highs: Any = np.bincount(places, weights=high, minlength=len(keys))
    lows: Any = np.bincount(places, weights=low, minlength=len(keys))
    used = np.flatnonzero((highs != 0) | (lows != 0))
    for k, h, lo in zip(
        keys[used].tolist(), highs[used].tolist(), lows[used].tolist(), strict=True
    ):
        group, e = divmod(k, 2 * _OFFSET)
        units[group] += ((int(h) << 27) + int(lo)) << (e - _OFFSET - 54 + _SCALE)

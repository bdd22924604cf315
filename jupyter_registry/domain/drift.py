"""Bins of drift: frozen on a package's baseline, so that counts of different hours add up.

Each feature has a run of bins, the first for missing values:

- numbers, integers and dates: missing, under, the baseline's quantile bins (by `numpy.histogram`'s
  rule: the last one is closed on the right), over;
- texts and booleans: missing, the baseline's categories, other.

What was predicted is one more column: the class labels, or the quantile bins of the baseline's
target.
"""

from __future__ import annotations

import hashlib
import json
import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .frames import Frame, NumberFrame
from .signature import Dtype, Signature
from .target import Target

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bins = NDArray[np.int32]

#: Up to so many rows all columns of numbers are compared with their edges at once.
_FEW_ROWS = 64
_MEASURED = (Dtype.NUMBER, Dtype.INTEGER, Dtype.DATETIME)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_VERSION = 1
#: Version, bytes of a count, the plan's digest.
_HEAD = struct.Struct("<BB8s")
#: Narrow counts keep an hour's row small enough to lie within a page of the database.
_INTEGERS: dict[int, Any] = {2: np.dtype("<u2"), 4: np.dtype("<u4"), 8: np.dtype("<u8")}


@dataclass(frozen=True, eq=False)
class Planned:
    """A column with its bins.

    ``edges`` (numbers, dates in seconds since 1970) or ``categories`` say what falls where;
    ``expected`` has the baseline's count of each bin, ``offset`` is the first one's place among
    those of all columns.
    """

    name: str
    dtype: Dtype
    edges: tuple[float, ...]
    categories: tuple[str, ...]
    expected: Floats
    importance: float | None = None
    offset: int = 0

    def __len__(self) -> int:
        return len(self.expected)

    @property
    def bin_names(self) -> list[str]:
        """What falls into each bin, in words."""
        if self.dtype not in _MEASURED:
            other = ["other"] if len(self) == len(self.categories) + 2 else []
            return ["missing", *self.categories, *other]
        if not self.edges:
            return ["missing", "other"]
        said = [self._said(edge) for edge in self.edges]
        between = [low if low == high else f"{low} to {high}" for low, high in pairwise(said)]
        return ["missing", f"under {said[0]}", *between, f"over {said[-1]}"]

    def _said(self, edge: float) -> str:
        if self.dtype is Dtype.DATETIME:
            try:
                moment = _EPOCH + timedelta(seconds=edge)
            except OverflowError:
                return f"{edge:.6g}"
            return moment.replace(tzinfo=None).isoformat(" ", "seconds")
        return str(int(edge)) if edge.is_integer() and abs(edge) < 1e15 else f"{edge:.6g}"


class DriftPlan:
    """The bins of a package's features and of what it predicts; made once, never changed.

    Attributes
    ----------
    features:
        Those that the baseline knows, numbers first.
    target:
        What was predicted; ``None`` where the baseline says nothing of the target.
    size:
        Bins of all columns together.
    digest:
        8 bytes that differ where bins do.

    """

    def __init__(self, features: Sequence[Planned], target: Planned | None) -> None:
        ordered = sorted(features, key=lambda feature: feature.dtype not in _MEASURED)
        placed: list[Planned] = []
        size = 0
        for column in [*ordered, *([target] if target is not None else [])]:
            placed.append(replace(column, offset=size))
            size += len(column)
        self.size = size
        self.columns = tuple(placed)
        self.target = placed.pop() if target is not None else None
        self.features = tuple(placed)
        self.digest = _digest(self.columns)
        self._measured = tuple(f for f in placed if f.dtype in _MEASURED)
        self._named = placed[len(self._measured) :]
        self._names = tuple(feature.name for feature in self._measured)

    # what rows are placed by is made with the first of them: counts are read without it

    @cached_property
    def _offsets(self) -> Ints:
        return np.array([feature.offset for feature in self._measured], np.int32)

    @cached_property
    def _edges(self) -> Floats:
        return _padded([_bounds(feature.edges) for feature in self._measured])

    @cached_property
    def _places(self) -> list[dict[Any, int]]:
        return [_places(feature) for feature in self._named]

    @classmethod
    def of(
        cls, baseline: Mapping[str, Any] | None, signature: Signature, target: Target
    ) -> DriftPlan | None:
        """The plan of a package, with its target as the deployment has it.

        ``None`` where the baseline has no histogram. Callers write baselines too: a histogram
        that is not one as `domain.baseline.histogram` makes them is left out.
        """
        baseline = baseline if isinstance(baseline, Mapping) else {}
        known = baseline.get("features")
        known = known if isinstance(known, Mapping) else {}
        dtypes: dict[str, Any] = {column.name: column.dtype for column in signature.columns}
        if not dtypes:  # without a signature, as the baseline says and in an order of our own
            dtypes = {
                str(name): histogram.get("dtype")
                for name, histogram in sorted(known.items())
                if isinstance(histogram, Mapping)
            }
        found = (_feature(name, dtype, known.get(name)) for name, dtype in dtypes.items())
        features = [feature for feature in found if feature is not None]
        predicted = _predicted(target, baseline.get("target"))
        return cls(features, predicted) if features or predicted is not None else None

    def bins(self, frame: Frame, n: int, predicted: NDArray[Any] | None) -> Bins:
        """Each row's bin in each column, shape (n, len(columns)); -1 where there is no column.

        Parameters
        ----------
        frame:
            Columns as `domain.frames.conform` makes them; some, or all, may be absent.
        predicted:
            Shape (n,): predicted numbers, or indices of predicted classes.

        """
        bins = np.empty((n, len(self.columns)), np.int32)
        measured = len(self._measured)
        if measured:
            if isinstance(frame, NumberFrame) and tuple(frame) == self._names:
                self._place_numbers(bins, frame.matrix, n)
            else:
                self._place_some(bins, frame, n)
        for column, (feature, places) in enumerate(
            zip(self._named, self._places, strict=True), measured
        ):
            values = frame.get(feature.name)
            if values is None:
                bins[:, column] = -1
            else:
                last = feature.offset + len(feature) - 1
                get = places.get
                bins[:, column] = [get(value, last) for value in values.tolist()]
        if self.target is not None:
            if predicted is None:
                bins[:, -1] = -1
            elif self.target.dtype is Dtype.STRING:
                bins[:, -1] = predicted + (self.target.offset + 1)
            else:
                bins[:, -1] = self.target.offset + _steps(self.target.edges, predicted)
        return bins

    def counts(self, bins: Bins, groups: Ints, n_groups: int) -> Ints:
        """How many rows of each group are in each bin, shape (n_groups, size)."""
        size = self.size + 1  # what there was no column for is counted first, and left out
        if len(bins) == n_groups == 1:
            return np.bincount(bins[0] + 1, minlength=size)[None, 1:]
        flat = (bins + 1).reshape(-1)
        if n_groups > 1:
            flat = flat + np.repeat(groups, bins.shape[1]) * size
        counted = np.bincount(flat, minlength=n_groups * size)
        return counted.reshape(n_groups, size)[:, 1:]

    def _place_numbers(self, bins: Bins, matrix: Floats, n: int) -> None:
        """Fill the columns of numbers from a matrix of shape (columns, n)."""
        measured = len(self._measured)
        if n <= _FEW_ROWS:
            # NaN is at or above nothing, everything else at least above minus infinity
            steps = np.add.reduce(matrix >= self._edges, axis=0, dtype=np.int32)
            np.add(steps.T, self._offsets, out=bins[:, :measured])
            return
        for column, feature in enumerate(self._measured):
            bins[:, column] = feature.offset + _steps(feature.edges, matrix[column])

    def _place_some(self, bins: Bins, frame: Frame, n: int) -> None:
        matrix = np.zeros((len(self._measured), n))
        absent = []
        for column, feature in enumerate(self._measured):
            values = frame.get(feature.name)
            if values is None:
                absent.append(column)
            elif feature.dtype is Dtype.DATETIME:
                matrix[column] = np.where(
                    np.isnat(values), np.nan, values.astype(np.int64, copy=False) / 1e6
                )
            else:
                matrix[column] = values
        self._place_numbers(bins, matrix, n)
        if absent:
            bins[:, absent] = -1


@dataclass(slots=True)
class DriftCounts:
    """Rows in the bins of one hour or day; ``n`` of them, ``counts`` of shape (plan.size,)."""

    digest: bytes
    n: int
    counts: Ints

    def merged(self, other: DriftCounts) -> DriftCounts:
        """Both together; with other bins, the later alone: what this counted has no meaning."""
        if self.digest != other.digest or len(self.counts) != len(other.counts):
            return other
        return DriftCounts(self.digest, self.n + other.n, self.counts + other.counts)

    def and_one(self, counts: Ints) -> DriftCounts:
        """With one more row, counted in the same bins."""
        return DriftCounts(self.digest, self.n + 1, self.counts + counts)

    def to_bytes(self) -> bytes:
        """A version, the plan's digest, and the counts as little-endian unsigned integers."""
        n = self.n
        width = 2 if n < 65_536 else 4 if n < 2**32 else 8
        counts = self.counts.astype(_INTEGERS[width]).tobytes()
        return _HEAD.pack(_VERSION, width, self.digest) + counts

    @classmethod
    def from_bytes(cls, data: bytes, n: int) -> DriftCounts:
        """Read what `to_bytes` wrote; of another version, nothing that merges with anything."""
        version, width, digest = _HEAD.unpack_from(data)
        if version != _VERSION:
            return cls(b"", 0, np.zeros(0, np.int64))
        counts: NDArray[Any] = np.frombuffer(data, _INTEGERS[width], offset=_HEAD.size)
        return cls(digest, n, counts.astype(np.int64))


# --- from the baseline ----------------------------------------------------------------------


def _feature(name: str, dtype: Any, histogram: Any) -> Planned | None:
    try:
        kind = Dtype(dtype)
        importance = histogram.get("importance")
        weight = None if importance is None else float(importance)
        if weight is not None and not 0 <= weight <= 1:
            weight = None
        planned = _measured(name, kind, histogram) if kind in _MEASURED else None
        planned = planned or _categorical(name, kind, histogram)
        _check_counts(planned.expected)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return None
    return replace(planned, importance=weight)


def _measured(name: str, dtype: Dtype, histogram: Mapping[str, Any]) -> Planned:
    edges = tuple(float(edge) for edge in histogram["edges"])
    counts = [float(count) for count in histogram["counts"]]
    if not all(map(math.isfinite, edges)) or any(a > b for a, b in pairwise(edges)):
        raise ValueError("edges are no finite numbers in order")
    if len(counts) != max(len(edges) - 1, 0) or len(edges) == 1:
        raise ValueError("edges and counts do not fit each other")
    outside = [0.0, 0.0] if edges else [0.0]
    expected = [float(histogram["missing"]), outside[0], *counts, *outside[1:]]
    return Planned(name, dtype, edges, (), np.array(expected))


def _categorical(name: str, dtype: Dtype, histogram: Mapping[str, Any]) -> Planned:
    categories = tuple(str(category) for category in histogram["categories"])
    counts = [float(count) for count in histogram["counts"]]
    if len(counts) != len(categories) or len(set(categories)) != len(categories):
        raise ValueError("categories and counts do not fit each other")
    expected = [float(histogram["missing"]), *counts, float(histogram["other"])]
    return Planned(name, dtype, (), categories, np.array(expected))


def _predicted(target: Target, histogram: Any) -> Planned | None:
    """The column of what was predicted. A prediction is never missing, so nothing else is."""
    try:
        if not target.type.is_classification:
            found = _measured(target.name, Dtype.NUMBER, histogram)
            found.expected[0] = 0.0
        else:
            given = dict(zip(histogram["categories"], histogram["counts"], strict=True))
            expected = [0.0, *(float(given.get(label, 0)) for label in target.class_labels)]
            labels = target.class_labels
            found = Planned(target.name, Dtype.STRING, (), labels, np.array(expected))
        _check_counts(found.expected)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return None
    return found


def _check_counts(counts: Floats) -> None:
    listed = counts.tolist()  # few numbers: NumPy takes longer
    if not all(map(math.isfinite, listed)) or min(listed) < 0 or not sum(listed) > 0:
        raise ValueError("no row was counted")


def _bounds(edges: Sequence[float]) -> Floats:
    """What a value must be at or above to come one bin further than missing."""
    bounds = np.array([-math.inf, *edges])
    if edges:  # the last bin has its upper edge, the bin "over" begins after it
        bounds[-1] = np.nextafter(bounds[-1], math.inf)
    return bounds


def _padded(bounds: Sequence[Floats]) -> Floats:
    """Bounds of all columns, shape (most bounds, columns, 1); no value is at or above NaN."""
    padded = np.full((max(map(len, bounds), default=0), len(bounds), 1), np.nan)
    for column, some in enumerate(bounds):
        padded[: len(some), column, 0] = some
    return padded


def _steps(edges: Sequence[float], values: NDArray[Any]) -> Ints:
    """How many bounds each value is at or above: its bin."""
    steps = np.searchsorted(_bounds(edges), values, side="right")
    steps[np.isnan(values)] = 0
    return steps


def _places(feature: Planned) -> dict[Any, int]:
    """The bin of each value that has one of its own."""
    first = feature.offset + 1
    places: dict[Any, int] = {name: first + i for i, name in enumerate(feature.categories)}
    if feature.dtype is Dtype.BOOLEAN:
        places = {name == "True": at for name, at in places.items() if name in ("True", "False")}
    places[None] = feature.offset
    return places


def _digest(columns: Sequence[Planned]) -> bytes:
    layout = [[c.name, c.dtype.value, c.edges, c.categories, len(c)] for c in columns]
    return hashlib.blake2b(json.dumps(layout).encode(), digest_size=8).digest()

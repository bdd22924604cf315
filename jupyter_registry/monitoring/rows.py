"""What goes into the log: columns of predictions and of actuals, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..domain.drift import Bins, DriftPlan
from ..domain.kinds import TargetType
from ..domain.target import Target

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
#: Segment column → each row's value; ``None`` where the row is not counted in it.
Segments = dict[str, list[str | None]]


@dataclass(frozen=True)
class Tracked:
    """What monitoring must know of a deployment."""

    deployment_id: int
    target: Target


@dataclass
class PredictionRows:
    """Predictions of one package, in columns of length n.

    ``timestamps``: UTC microseconds since 1970. ``values``: predicted number, or positive
    class's probability, NaN where unknown. ``labels``: index of the predicted class, 0 for
    regression. ``probabilities``: shape (n, K), multiclass only. ``features``: JSON text.
    ``bins``: shape (n, columns), where the package's ``plan`` puts inputs and predictions.
    ``segments``: by segment column, each row's value (`domain.segments`), ``None`` where it is
    not counted; ``segment_ids``, shape (n, columns), are theirs in the log, filled in when they
    are recorded.
    """

    package_id: int
    timestamps: Ints
    values: Floats
    labels: Ints
    association_ids: list[str | None] | None = None
    probabilities: Floats | None = None
    latency_ms: Floats | None = None
    features: list[str | None] | None = None
    bins: Bins | None = None
    plan: DriftPlan | None = None
    segments: Segments | None = None
    segment_ids: Ints | None = None

    def __len__(self) -> int:
        return len(self.timestamps)

    def take(self, rows: slice | Ints) -> PredictionRows:
        """The rows of a slice or of an index array."""
        return PredictionRows(
            self.package_id,
            self.timestamps[rows],
            self.values[rows],
            self.labels[rows],
            _take(self.association_ids, rows),
            None if self.probabilities is None else self.probabilities[rows],
            None if self.latency_ms is None else self.latency_ms[rows],
            _take(self.features, rows),
            None if self.bins is None else self.bins[rows],
            self.plan,
            None if self.segments is None else _take_segments(self.segments, rows),
            None if self.segment_ids is None else self.segment_ids[rows],
        )

    @classmethod
    def joined(cls, parts: Sequence[PredictionRows]) -> PredictionRows:
        """All rows of parts of the same package, in order."""
        if len(parts) == 1:
            return parts[0]
        n = [len(part) for part in parts]
        return cls(
            parts[0].package_id,
            np.concatenate([part.timestamps for part in parts]),
            np.concatenate([part.values for part in parts]),
            np.concatenate([part.labels for part in parts]),
            _join([part.association_ids for part in parts], n),
            _join_arrays([part.probabilities for part in parts], n),
            _join_arrays([part.latency_ms for part in parts], n),
            _join([part.features for part in parts], n),
            *_join_bins(parts),
            _join_segments(parts, n),
        )


@dataclass
class ActualRows:
    """Outcomes, in columns of length n: ``values`` are numbers or class indices."""

    association_ids: list[str]
    values: Floats
    timestamps: list[int | None] | None = None

    def __len__(self) -> int:
        return len(self.association_ids)

    def take(self, rows: slice | Ints) -> ActualRows:
        """The rows of a slice or of an index array."""
        ids = _take(self.association_ids, rows)
        assert ids is not None
        return ActualRows(ids, self.values[rows], _take(self.timestamps, rows))


@dataclass(frozen=True)
class Outcome:
    """What became of a batch.

    ``accepted`` rows are all of it; ``replaced`` had an association ID that was known before,
    or came earlier in the batch. ``matched``: of predictions, how many IDs have an actual; of
    actuals, how many rows have a prediction, the others (``waiting``) not yet.
    """

    accepted: int
    replaced: int
    matched: int
    waiting: int = 0

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(
            self.accepted + other.accepted,
            self.replaced + other.replaced,
            self.matched + other.matched,
            self.waiting + other.waiting,
        )


NOTHING = Outcome(0, 0, 0)


def has_probabilities(target: Target) -> bool:
    """Whether rows carry one probability per class beside their value."""
    return target.type is TargetType.MULTICLASS


def _take(items: list[Any] | None, rows: slice | Ints) -> list[Any] | None:
    if items is None:
        return None
    if isinstance(rows, slice):
        return items[rows]
    return [items[i] for i in rows.tolist()]


def _join(parts: list[list[Any] | None], n: list[int]) -> list[Any] | None:
    if all(part is None for part in parts):
        return None
    whole: list[Any] = []
    for part, size in zip(parts, n, strict=True):
        whole += [None] * size if part is None else part
    return whole


def _join_bins(parts: Sequence[PredictionRows]) -> tuple[Bins | None, DriftPlan | None]:
    """All bins, by the one plan that the package has; rows without count nowhere."""
    plan = next((part.plan for part in parts if part.bins is not None), None)
    if plan is None:
        return None, None
    width = len(plan.columns)
    bins = [
        np.full((len(part), width), -1, np.int32) if part.bins is None else part.bins
        for part in parts
    ]
    return np.concatenate(bins), plan


def _take_segments(segments: Segments, rows: slice | Ints) -> Segments:
    return {name: _take(values, rows) or [] for name, values in segments.items()}


def _join_segments(parts: Sequence[PredictionRows], n: list[int]) -> Segments | None:
    names = {name: None for part in parts if part.segments for name in part.segments}
    if not names:
        return None
    joined = {name: _join([(part.segments or {}).get(name) for part in parts], n) for name in names}
    return {name: values or [] for name, values in joined.items()}


def _join_arrays(parts: list[Floats | None], n: list[int]) -> Floats | None:
    shapes = [part.shape[1:] for part in parts if part is not None]
    if not shapes:
        return None
    return np.concatenate(
        [
            np.full((size, *shapes[0]), np.nan) if part is None else part
            for part, size in zip(parts, n, strict=True)
        ]
    )

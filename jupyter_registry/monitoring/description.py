"""Accumulators in words: the fields of `domain.entities.AccuracyOfRows`, of many at once.

Over time there are thousands of buckets with a dozen metrics each: what can be computed of all
together is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any

from ..domain import metrics as scoring
from ..domain.accumulators import Accumulator, empty_matched, empty_usage, merge
from ..domain.kinds import TargetType
from ..domain.metrics import Ints
from ..domain.target import Target

#: Metric → value, of one package's holdout.
Baseline = Mapping[str, float | None]


@dataclass(slots=True)
class Point:
    """What lies in one bucket: (package, accumulator) of its hours and days."""

    usage: list[tuple[int, Accumulator]] = field(default_factory=list)
    matched: list[tuple[int, Accumulator]] = field(default_factory=list)

    @classmethod
    def of_all(cls, points: Iterable[Point]) -> Point:
        """What lies in any of several buckets."""
        whole = cls()
        for point in points:
            whole.usage += point.usage
            whole.matched += point.matched
        return whole

    def merge_matched(self) -> Accumulator | None:
        """All that is matched, from now on in one; ``None`` of nothing."""
        whole = merge([accumulator for _, accumulator in self.matched])
        if whole is not None:
            self.matched = [(self.matched[0][0], whole)]
        return whole


class Description:
    """Describes the buckets of a target.

    Parameters
    ----------
    packages:
        Those whose predictions count, with their baselines. A bucket is compared with the
        baseline of the package that made most of its predictions.
    names:
        The metrics wanted; all of the target's type unless given.

    """

    def __init__(
        self, target: Target, packages: Mapping[int, Baseline], names: Sequence[str] = ()
    ) -> None:
        self._target = target
        self._packages = packages
        self._names = list(names) or [metric.name for metric in scoring.METRICS[target.type]]
        self.needs_sketches = not scoring.FROM_SKETCH.isdisjoint(self._names)
        """Whether a metric is read from score sketches."""

    def points(self, points: Sequence[Point]) -> list[dict[str, Any]]:
        """The fields of each bucket but for its times."""
        if not points:
            return []
        target = self._target
        no_usage, no_matched = empty_usage(target), empty_matched(target)
        usage = [merge([part for _, part in point.usage]) or no_usage for point in points]
        matched = [merge([part for _, part in point.matched]) or no_matched for point in points]
        n_predicted = scoring.rows_of_all(target, usage)
        n = scoring.rows_of_all(target, matched)
        metrics = self._metrics(matched, [self._baseline(point) for point in points])
        if target.type.is_classification:
            means = self._of_classes(usage, matched, n_predicted, n)
        else:
            means = _of_numbers(usage, matched, n_predicted, n)
        return [
            {
                "n": matched_rows,
                "n_predicted": predicted_rows,
                "metrics": found if predicted_rows else {},
                "mean_predicted": mean_predicted,
                "mean_actual": mean_actual,
                "predicted_shares": predicted_shares,
                "actual_shares": actual_shares,
            }
            for (
                matched_rows,
                predicted_rows,
                found,
                mean_predicted,
                mean_actual,
                predicted_shares,
                actual_shares,
            ) in zip(n.tolist(), n_predicted.tolist(), metrics, *means, strict=False)
        ]

    def _metrics(
        self, matched: Sequence[Accumulator], baselines: Sequence[Baseline]
    ) -> list[dict[str, Any]]:
        columns = [
            [
                {
                    "value": value,
                    "n": n,
                    "baseline": base,
                    "change_percent": 100 * (value - base) / abs(base)
                    if value is not None and base
                    else None,
                }
                for value, n, base in zip(
                    values, counts, (baseline.get(name) for baseline in baselines), strict=True
                )
            ]
            for name, (values, counts) in scoring.compute_all(
                self._target, matched, self._names
            ).items()
        ]
        return [dict(zip(self._names, row, strict=True)) for row in zip(*columns, strict=True)]

    def _baseline(self, point: Point) -> Baseline:
        made: dict[int, int] = {}
        if len(point.usage) == 1:
            return self._packages[point.usage[0][0]]
        for package, accumulator in point.usage:
            made[package] = made.get(package, 0) + scoring.rows(self._target, accumulator)
        if not made:
            return {}
        return self._packages[max(made, key=lambda package: (made[package], package))]

    def _of_classes(
        self,
        usage: Sequence[Accumulator],
        matched: Sequence[Accumulator],
        n_predicted: Ints,
        n: Ints,
    ) -> tuple[Iterable[Any], ...]:
        """Means predicted and actual of two classes, and shares predicted and actual."""
        labels = self._target.class_labels
        k = len(labels)
        counts = scoring.counts_of_all(usage)
        actual = scoring.counts_of_all(matched)[:, 1:].reshape(-1, k, k).sum(axis=2)
        predicted_shares = _shares(labels, counts[:, 1:], n_predicted)
        actual_shares = _shares(labels, actual, n)
        if self._target.type is not TargetType.BINARY:
            return repeat(None), repeat(None), predicted_shares, actual_shares
        mean_predicted = [
            accumulator.mean(0, scored) if scored else None
            for accumulator, scored in zip(usage, counts[:, 0].tolist(), strict=True)
        ]
        positive = labels[self._target.positive_index]
        mean_actual = [None if shares is None else shares[positive] for shares in actual_shares]
        return mean_predicted, mean_actual, predicted_shares, actual_shares


def _of_numbers(
    usage: Sequence[Accumulator], matched: Sequence[Accumulator], n_predicted: Ints, n: Ints
) -> tuple[Iterable[Any], ...]:
    """Means predicted and actual of numbers; they have no shares."""
    mean_predicted, mean_actual = (
        [
            accumulator.mean(place, rows) if rows else None
            for accumulator, rows in zip(accumulators, counts.tolist(), strict=True)
        ]
        for accumulators, counts, place in ((usage, n_predicted, 0), (matched, n, 3))
    )
    return mean_predicted, mean_actual, repeat(None), repeat(None)


def _shares(labels: Sequence[str], counts: Ints, totals: Ints) -> list[dict[str, float] | None]:
    """Of each row of ``counts``, shape (n, K), the labels' shares; ``None`` where all are 0."""
    shares = (counts / totals.clip(1)[:, None]).tolist()
    return [
        dict(zip(labels, row, strict=True)) if total else None
        for row, total in zip(shares, totals.tolist(), strict=True)
    ]

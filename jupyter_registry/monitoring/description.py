"""Accumulators in words: the fields of `domain.entities.AccuracyBucket`, of many at once.

Over time there are thousands of buckets with a dozen metrics each: what can be computed of all
together is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise, repeat
from typing import Any

from ..domain import metrics as scoring
from ..domain.accumulators import Accumulator, empty_matched, empty_usage, merge
from ..domain.kinds import TargetType
from ..domain.metrics import Ints
from ..domain.target import Target

#: Metric → value, of one package's holdout.
Baseline = Mapping[str, float | None]


@dataclass
class Counted:
    """Stored accumulators with the bucket that each lies in and the package it is of.

    Three lists and not an object for each bucket: the garbage collector looks at every object, and
    by hour there are thousands.
    """

    buckets: list[int] = field(default_factory=list)
    packages: list[int] = field(default_factory=list)
    accumulators: list[Accumulator] = field(default_factory=list)

    def add(self, bucket: int, package: int, accumulator: Accumulator) -> None:
        """One more."""
        self.buckets.append(bucket)
        self.packages.append(package)
        self.accumulators.append(accumulator)

    def together(self) -> Counted:
        """All in one bucket."""
        return Counted([0] * len(self.buckets), self.packages, self.accumulators)

    def merged(self, n: int, empty: Accumulator) -> list[Accumulator]:
        """One for each of ``n`` buckets, ``empty`` where nothing lies."""
        found = [empty] * n
        parts: dict[int, list[Accumulator]] = {}
        for bucket, accumulator in zip(self.buckets, self.accumulators, strict=True):
            if found[bucket] is empty:
                found[bucket] = accumulator
            else:
                parts.setdefault(bucket, [found[bucket]]).append(accumulator)
        for bucket, several in parts.items():
            found[bucket] = merge(several) or empty
        return found

    def main_packages(self, n: int, target: Target) -> list[int | None]:
        """For each of ``n`` buckets the package that has most rows there."""
        found: list[int | None] = [None] * n
        shared = set()
        for bucket, package in zip(self.buckets, self.packages, strict=True):
            if found[bucket] not in (None, package):
                shared.add(bucket)
            found[bucket] = package
        rows: dict[int, dict[int, int]] = {bucket: {} for bucket in shared}
        for bucket, package, accumulator in zip(
            self.buckets, self.packages, self.accumulators, strict=True
        ):
            if bucket in shared:
                made = rows[bucket]
                made[package] = made.get(package, 0) + scoring.rows(target, accumulator)
        for bucket, made in rows.items():
            found[bucket] = max(made, key=lambda package: (made[package], package))
        return found


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

    def buckets(
        self, usage: Counted, matched: Counted, edges: Sequence[datetime]
    ) -> list[dict[str, Any]]:
        """The fields of `domain.entities.AccuracyBucket` between neighbours of ``edges``."""
        described = self.of_each(usage, matched, len(edges) - 1)
        for (start, end), one in zip(pairwise(edges), described, strict=True):
            one["start"], one["end"] = start, end
        return described

    def of_each(self, usage: Counted, matched: Counted, size: int) -> list[dict[str, Any]]:
        """The same of ``size`` buckets, which need not follow each other, without their times."""
        target = self._target
        made = usage.merged(size, empty_usage(target))
        met = matched.merged(size, empty_matched(target))
        n_predicted, n = scoring.rows_of_all(target, made), scoring.rows_of_all(target, met)
        baselines: list[Baseline] = [
            {} if package is None else self._packages[package]
            for package in usage.main_packages(size, target)
        ]
        metrics = metrics_of(target, self._names, met, baselines)
        if target.type.is_classification:
            means = self._of_classes(made, met, n_predicted, n)
        else:
            means = _of_numbers(target, made, met, n_predicted, n)
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


def metrics_of(
    target: Target,
    names: Sequence[str],
    matched: Sequence[Accumulator],
    baselines: Sequence[Baseline],
) -> list[dict[str, Any]]:
    """Metric → the fields of `domain.entities.MetricValue`, of each accumulator."""
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
        for name, (values, counts) in scoring.compute_all(target, matched, names).items()
    ]
    if not columns:
        return [{} for _ in matched]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _of_numbers(
    target: Target,
    usage: Sequence[Accumulator],
    matched: Sequence[Accumulator],
    n_predicted: Ints,
    n: Ints,
) -> tuple[Iterable[Any], ...]:
    """Means predicted and actual of numbers; they have no shares.

    The mean actual of an anomaly is the share of rows that were one.
    """

    def means(accumulators: Sequence[Accumulator], counts: Ints, place: int) -> list[Any]:
        return [
            accumulator.mean(place, rows) if rows else None
            for accumulator, rows in zip(accumulators, counts.tolist(), strict=True)
        ]

    if target.type is TargetType.ANOMALY:
        mean_actual = [
            int(accumulator.counts[1]) / rows if rows else None
            for accumulator, rows in zip(matched, n.tolist(), strict=True)
        ]
    else:
        mean_actual = means(matched, n, 3)
    return means(usage, n_predicted, 0), mean_actual, repeat(None), repeat(None)


def _shares(labels: Sequence[str], counts: Ints, totals: Ints) -> list[dict[str, float] | None]:
    """Of each row of ``counts``, shape (n, K), the labels' shares; ``None`` where all are 0."""
    shares = (counts / totals.clip(1)[:, None]).tolist()
    return [
        dict(zip(labels, row, strict=True)) if total else None
        for row, total in zip(shares, totals.tolist(), strict=True)
    ]

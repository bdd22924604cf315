"""Accuracy as a result: tables overall and over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from ..domain import entities
from . import tables
from .shown import Shown, Table

if TYPE_CHECKING:
    import pandas
    import pyarrow as pa

_SHOWN_BUCKETS = 60


class Accuracy(Shown, entities.Accuracy):
    """Accuracy overall and over time, by prediction time."""

    def to_arrow(self, *, baseline: bool = False) -> pa.Table:
        """One row per bucket: ``start``, ``end``, ``n``, ``n_predicted``, a column per metric.

        Means of prediction and actual follow (``mean_predicted``, ``mean_actual``) or, for
        classes, their shares (``predicted_share_<label>``, ``actual_share_<label>``). With
        ``baseline`` each metric has ``<metric>_baseline`` and ``<metric>_change_percent`` too.
        """
        import pyarrow as pa

        moment = pa.timestamp("us", "UTC")
        columns: dict[str, Any] = {
            "start": pa.array([bucket.start for bucket in self.buckets], moment),
            "end": pa.array([bucket.end for bucket in self.buckets], moment),
            "n": pa.array([bucket.n for bucket in self.buckets], pa.int64()),
            "n_predicted": pa.array([bucket.n_predicted for bucket in self.buckets], pa.int64()),
        }

        def add(name: str, values: list[float | None]) -> None:
            columns[name] = pa.array(values, pa.float64())

        for name in self.metric_names:
            found = [bucket.metrics.get(name) for bucket in self.buckets]
            add(name, [value.value if value else None for value in found])
            if baseline:
                add(f"{name}_baseline", [value.baseline if value else None for value in found])
                add(
                    f"{name}_change_percent",
                    [value.change_percent if value else None for value in found],
                )
        for name in ("mean_predicted", "mean_actual"):
            values = [getattr(bucket, name) for bucket in self.buckets]
            if not self.class_labels or any(value is not None for value in values):
                add(name, values)
        for kind in ("predicted", "actual"):
            shares = [getattr(bucket, f"{kind}_shares") or {} for bucket in self.buckets]
            for label in self.class_labels:
                add(f"{kind}_share_{label}", [share.get(label) for share in shares])
        return pa.table(columns)

    def to_frame(self, *, baseline: bool = False) -> pandas.DataFrame:
        """`to_arrow` as a pandas DataFrame; raises `MissingExtra` without pandas."""
        return tables.to_pandas(self.to_arrow(baseline=baseline))

    @property
    def metric_names(self) -> list[str]:
        """The metrics there are, in their usual order."""
        buckets = [*([self.overall] if self.overall else []), *self.buckets]
        return list(dict.fromkeys(name for bucket in buckets for name in bucket.metrics))

    overall_headings: ClassVar[tuple[str, ...]] = ("metric", "value", "n", "baseline", "change %")

    @property
    def segment_words(self) -> str:
        """``column = value`` of the segment whose rows are counted; empty when all are."""
        return "" if self.segment is None else f"{self.segment} = {self.segment_value}"

    def overall_rows(self) -> list[tuple[Any, ...]]:
        """Metric, value, sample count, baseline and change: under `overall_headings`."""
        if self.overall is None:
            return []
        return [
            (name, value.value, value.n, value.baseline, value.change_percent)
            for name, value in self.overall.metrics.items()
        ]

    def bucket_rows(self) -> list[tuple[Any, ...]]:
        """Start, rows predicted, rows matched, and the metrics of each bucket."""
        return [
            (
                bucket.start,
                bucket.n_predicted,
                bucket.n,
                *(
                    bucket.metrics[name].value if name in bucket.metrics else None
                    for name in self.metric_names
                ),
            )
            for bucket in self.buckets
        ]

    def bucket_headings(self) -> tuple[str, ...]:
        """What the columns of `bucket_rows` are."""
        return (self.bucket, "predicted", "matched", *self.metric_names)

    def _parts(self) -> list[Table]:
        if not self.buckets and not self.overall_rows():
            return [Table(title=self.segment_words, note="No prediction was made in this time.")]
        matched = self.overall.n if self.overall else 0
        part = f" with {self.segment_words}" if self.segment is not None else ""
        return [
            Table(
                self.overall_headings,
                self.overall_rows(),
                title=f"Accuracy of {matched:,} rows{part}",
                note="" if self.overall_rows() else "No prediction has met its actual yet.",
            ),
            Table(
                self.bucket_headings(),
                self.bucket_rows(),
                title=f"By {self.bucket}",
                most=_SHOWN_BUCKETS,
                last=True,
            ),
        ]

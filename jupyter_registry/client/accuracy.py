"""Accuracy as a result: tables overall and over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..domain import entities
from . import html, tables

if TYPE_CHECKING:
    import pandas
    import pyarrow as pa

_SHOWN_BUCKETS = 60


class Accuracy(entities.Accuracy):
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

    @property
    def segment_words(self) -> str:
        """``column = value`` of the segment whose rows are counted; empty when all are."""
        return "" if self.segment is None else f"{self.segment} = {self.segment_value}"

    def overall_rows(self) -> list[tuple[Any, ...]]:
        """Metric, value, sample count, baseline and change in percent."""
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

    def __repr__(self) -> str:
        values = self.overall.metrics if self.overall else {}
        shown = ", ".join(
            f"{name} {html.text(value.value)}" for name, value in list(values.items())[:3]
        )
        matched = self.overall.n if self.overall else 0
        part = f" with {self.segment_words}" if self.segment is not None else ""
        return f"<Accuracy of {matched:,} rows{part}: {shown or 'no actuals yet'}>"

    __str__ = __repr__

    def _repr_html_(self) -> str:
        if not self.buckets and not self.overall_rows():
            none = "No prediction was made in this time."
            return html.table((), (), title=self.segment_words, note=none)
        shown = self.bucket_rows()[-_SHOWN_BUCKETS:]
        hidden = len(self.buckets) - len(shown)
        return html.table(
            ("metric", "value", "n", "baseline", "change %"),
            self.overall_rows(),
            title=f"Overall, {self.segment_words}" if self.segment is not None else "Overall",
        ) + html.table(
            (self.bucket, "predicted", "matched", *self.metric_names),
            shown,
            title=f"By {self.bucket}",
            note=f"The last {len(shown)}; {hidden} before them are in to_frame()."
            if hidden
            else "",
        )

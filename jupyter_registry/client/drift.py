"""Drift as a result: tables by feature and over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from ..domain import entities
from . import tables
from .shown import Shown, Table

if TYPE_CHECKING:
    import pandas
    import pyarrow as pa

_SHOWN_FEATURES = 30
_SHOWN_BUCKETS = 60
#: Features beside the predictions in the table over time.
_SHOWN_OVER_TIME = 5


class Drift(Shown, entities.Drift):
    """Drift of inputs and predictions from the package's baseline, overall and over time."""

    def to_arrow(self) -> pa.Table:
        """One row per bucket: ``start``, ``end``, ``n``, ``target``, a column of PSI per feature.

        ``target`` is the PSI of what was predicted; a feature of one of these names gets
        ``feature_`` before it. Null where nothing was predicted.
        """
        import pyarrow as pa

        moment = pa.timestamp("us", "UTC")
        columns: dict[str, Any] = {
            "start": pa.array([bucket.start for bucket in self.buckets], moment),
            "end": pa.array([bucket.end for bucket in self.buckets], moment),
            "n": pa.array([bucket.n for bucket in self.buckets], pa.int64()),
            "target": pa.array([bucket.target for bucket in self.buckets], pa.float64()),
        }
        for feature in self.features:
            name = feature.name if feature.name not in columns else f"feature_{feature.name}"
            values = [bucket.features.get(feature.name) for bucket in self.buckets]
            columns[name] = pa.array(values, pa.float64())
        return pa.table(columns)

    def to_frame(self) -> pandas.DataFrame:
        """`to_arrow` as a pandas DataFrame; raises `MissingExtra` without pandas."""
        return tables.to_pandas(self.to_arrow())

    feature_headings: ClassVar[tuple[str, ...]] = ("status", "feature", "PSI", "n", "importance")

    def feature_rows(self) -> list[tuple[Any, ...]]:
        """Status, name, PSI, rows and importance: of the predictions first, then by importance."""
        columns = [*([self.target] if self.target else []), *self.features]
        return [
            (
                column.status,
                f"{column.name} (predicted)" if column is self.target else column.name,
                column.psi,
                column.n,
                column.importance,
            )
            for column in columns
        ]

    def bucket_rows(self, features: int | None = None) -> list[tuple[Any, ...]]:
        """Start, rows, PSI of the predictions, and of the first so many features."""
        names = [feature.name for feature in self.features[:features]]
        return [
            (bucket.start, bucket.n, bucket.target, *(bucket.features.get(n) for n in names))
            for bucket in self.buckets
        ]

    def bucket_headings(self, features: int | None = None) -> tuple[str, ...]:
        """What the columns of `bucket_rows` are."""
        names = [feature.name for feature in self.features[:features]]
        return (self.bucket, "rows", "predicted", *names)

    def _parts(self) -> list[Table]:
        status = f"Drift of {self.n:,} rows: {self.status}"
        if not self.feature_rows():
            return [Table(title=status, note=self.reason)]
        parts = [
            Table(
                self.feature_headings,
                self.feature_rows(),
                title=status,
                note=self.reason,
                most=_SHOWN_FEATURES,
                rest=".features",
            )
        ]
        if self.buckets:
            over_time = Table(
                self.bucket_headings(_SHOWN_OVER_TIME),
                self.bucket_rows(_SHOWN_OVER_TIME),
                title=f"PSI by {self.bucket}",
                most=_SHOWN_BUCKETS,
                last=True,
            )
            parts.append(over_time)
        return parts

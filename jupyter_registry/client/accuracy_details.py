"""Accuracy in detail as a result: score bins, confusion and sampled rows as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..domain import entities
from ..domain.kinds import TargetType
from . import html, tables
from .shown import Shown, Table

if TYPE_CHECKING:
    import pandas
    import pyarrow as pa

_SHOWN_ROWS = 10


class AccuracyDetails(Shown, entities.AccuracyDetails):
    """Matched predictions of a range of time, for curves, matrices and scatter plots."""

    def confusion_at(self, threshold: float | None = None) -> list[list[int]]:
        """Counts of actual (rows) by predicted class (columns), in the order of the labels.

        Without ``threshold``, by the classes that were predicted. With one (binary), by the
        probabilities: a row counts as positive when its score bin is at or above it, so that
        the counts are exact but for the rows of one bin, and for rows without probability.

        Raises
        ------
        ValueError
            for a threshold of what is not binary, or a regression's confusion.

        """
        if self.target_type is TargetType.REGRESSION:
            raise ValueError("A regression has no classes to be confused.")
        if not self.target_type.is_classification:
            raise ValueError(f"{self.target_type.capitalize()} targets have no classes.")
        if threshold is None:
            k = len(self.class_labels)
            return self.confusion_matrix or [[0] * k for _ in range(k)]
        from ..domain import curves

        return curves.confusion_at(self, threshold)

    def to_arrow(self) -> pa.Table:
        """What there is, by target type.

        Binary and anomaly: a row per score bin, ``score``, ``positives``, ``negatives``.
        Regression: a row per sampled prediction, ``association_id``, ``timestamp``, ``predicted``,
        ``actual``.
        Multiclass: a row per pair of classes, ``actual``, ``predicted``, ``n``.
        """
        import pyarrow as pa

        if self.target_type.is_ranked:
            bins = self.score_bins or []
            return pa.table(
                {
                    "score": pa.array([one.score for one in bins], pa.float64()),
                    "positives": pa.array([one.positives for one in bins], pa.int64()),
                    "negatives": pa.array([one.negatives for one in bins], pa.int64()),
                }
            )
        if self.target_type is TargetType.REGRESSION:
            rows = self.sample or []
            return pa.table(
                {
                    "association_id": pa.array([row.association_id for row in rows], pa.string()),
                    "timestamp": pa.array(
                        [row.timestamp for row in rows], pa.timestamp("us", "UTC")
                    ),
                    "predicted": pa.array([row.predicted for row in rows], pa.float64()),
                    "actual": pa.array([row.actual for row in rows], pa.float64()),
                }
            )
        cells = [
            (actual, predicted, n)
            for actual, counts in zip(self.class_labels, self.confusion_at(), strict=True)
            for predicted, n in zip(self.class_labels, counts, strict=True)
        ]
        return pa.table(
            {
                "actual": pa.array([cell[0] for cell in cells], pa.string()),
                "predicted": pa.array([cell[1] for cell in cells], pa.string()),
                "n": pa.array([cell[2] for cell in cells], pa.int64()),
            }
        )

    def to_frame(self) -> pandas.DataFrame:
        """`to_arrow` as a pandas DataFrame; raises `MissingExtra` without pandas."""
        return tables.to_pandas(self.to_arrow())

    def _parts(self) -> list[Table]:
        title = f"{self.n:,} predictions with their actual"
        if not self.n:
            return [Table(title=title, note="No actuals yet.")]
        if self.target_type is TargetType.REGRESSION:
            sample = self.sample or []
            shown: list[tuple[Any, ...]] = [
                (row.association_id, row.timestamp, row.predicted, row.actual)
                for row in sample[:_SHOWN_ROWS]
            ]
            return [
                Table(
                    ("association ID", "time", "predicted", "actual"),
                    shown,
                    title=title,
                    note=f"{len(shown)} of {len(sample):,} sampled; all are in .to_frame().",
                )
            ]
        if not self.target_type.is_classification:
            found = self.score_bins or []
            odd = sum(one.positives for one in found)
            note = f"{odd:,} of them were anomalies; the scores of both are in .to_frame()."
            return [Table(title=title, note=note)]
        note = "Rows are what happened, columns what was predicted."
        if self.threshold is not None:
            note += f" The threshold is now {html.text(self.threshold)}."
        counts = zip(self.class_labels, self.confusion_at(), strict=True)
        rows = [(label, *row) for label, row in counts]
        return [Table(("actual", *self.class_labels), rows, title, note, rest=".confusion_at()")]

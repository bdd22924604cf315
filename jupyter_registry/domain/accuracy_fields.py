"""The fields of accuracy: of a metric, of a bucket of time, and of a segment.

Metrics and buckets share no fields with tables, and an answer may have tens of thousands of them,
so they are plain: made seven times as fast as SQLModel's, with less for the garbage collector.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel
from pydantic.dataclasses import dataclass
from sqlmodel import SQLModel

from .segments import MOST_VALUES


@dataclass(slots=True)
class MetricValue:
    """One metric with its sample count, its baseline and the change in percent of the baseline."""

    value: float | None
    n: int
    baseline: float | None = None
    change_percent: float | None = None


class AccuracyOfRows(BaseModel):
    """Accuracy of some predictions; ``n`` of the ``n_predicted`` have an actual."""

    n: int
    n_predicted: int
    metrics: dict[str, MetricValue] = {}
    mean_predicted: float | None = None
    mean_actual: float | None = None
    predicted_shares: dict[str, float] | None = None
    actual_shares: dict[str, float] | None = None


class AccuracyBucket(AccuracyOfRows):
    """Accuracy of the predictions made in ``[start, end)``; ``n`` 0 says there is no data."""

    start: datetime
    end: datetime


class SegmentValue(AccuracyOfRows):
    """The rows with one value of a segment column.

    ``metrics``, means and shares are there when one column was asked for.
    """

    value: str
    """``(missing)``: null, empty, or no such column; ``(other)``: beyond the values kept apart."""


class SegmentColumn(SQLModel):
    """A segment column with its values, those of most predictions first."""

    name: str
    active: bool
    """Whether it is one of the deployment's ``segment_columns`` now."""
    values: list[SegmentValue] = []


class Segments(SQLModel):
    """The segments of a deployment; numbers are of ``[start, end)`` when one column was asked for,
    else of all there is.
    """

    deployment_id: int
    package_id: int | None = None
    start: datetime | None = None
    end: datetime | None = None
    columns: list[SegmentColumn] = []
    most_values: int = MOST_VALUES
    """Values of a column that are kept apart; later ones count as ``(other)``."""

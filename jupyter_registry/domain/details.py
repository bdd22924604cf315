"""The fields of accuracy in detail: what curves, matrices and scatter plots are drawn from."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import SQLModel

from .kinds import TargetType


class ScoreBin(SQLModel):
    """Matched rows whose positive class's probability is near ``score``, by what happened."""

    score: float
    positives: int
    negatives: int


class SampledRow(SQLModel):
    """A prediction of a number with what really came."""

    association_id: str
    timestamp: datetime
    """When it was predicted."""
    predicted: float
    actual: float


class AccuracyDetails(SQLModel):
    """Matched predictions of a range of time, in more detail than metrics tell."""

    deployment_id: int
    package_id: int | None = None
    segment: str | None = None
    segment_value: str | None = None
    """The segment column, and the value whose rows alone are counted."""
    start: datetime | None = None
    end: datetime | None = None
    n: int = 0
    """Matched rows in ``[start, end)``."""
    target_type: TargetType
    class_labels: list[str] = []
    positive_class: str | None = None
    threshold: float | None = None
    """The least probability that predicts the positive class now; earlier rows were predicted
    with the threshold of their time (binary)."""
    confusion_matrix: list[list[int]] | None = None
    """Rows are actual classes, columns predicted ones, in the order of ``class_labels``."""
    score_bins: list[ScoreBin] | None = None
    """Binary: at most 1,024, by ascending score, of the rows with a known probability."""
    sample: list[SampledRow] | None = None
    """Regression: at most 2,000 of the matched rows, by time."""

"""The fields of drift and service health: how inputs move, and how a deployment serves."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import SQLModel

from .kinds import Status
from .marks import ReplacementMark


class DriftBin(SQLModel):
    """A bin of a feature: its share of the baseline's rows and of those predicted since."""

    name: str
    """What falls into it: ``1.5 to 2``, ``under 1.5``, a category, ``other`` or ``missing``."""
    baseline: float
    predicted: float | None = None
    """``None`` while nothing was predicted."""


class FeatureDrift(SQLModel):
    """How far a column's values moved from the baseline."""

    name: str
    dtype: str
    psi: float | None = None
    """Population stability index; ``None`` while nothing was predicted."""
    n: int = 0
    """Predicted rows that had the column."""
    importance: float | None = None
    """0 to 1, the most important feature has 1; ``None`` where the package does not say."""
    status: Status = Status.UNKNOWN
    bins: list[DriftBin] = []


class DriftBucket(SQLModel):
    """Drift of the predictions made in ``[start, end)``; ``n`` 0 says there is no data."""

    start: datetime
    end: datetime
    n: int
    target: float | None = None
    """Population stability index of what was predicted against the baseline's target."""
    features: dict[str, float | None] = {}
    """Population stability index by feature."""


class Drift(SQLModel):
    """Drift of a deployment's inputs and predictions, overall and over time."""

    deployment_id: int
    package_id: int | None = None
    """The package whose baseline and predictions are compared."""
    bucket: str
    start: datetime | None = None
    end: datetime | None = None
    n: int = 0
    status: Status = Status.UNKNOWN
    reason: str = ""
    """Why the status is what it is, or what is missing."""
    target: FeatureDrift | None = None
    features: list[FeatureDrift] = []
    """The most important first, then by name."""
    buckets: list[DriftBucket] = []
    replacements: list[ReplacementMark] = []
    """Those in the time of the buckets, where the predictions of the new package begin."""


class HealthBucket(SQLModel):
    """Requests in ``[start, end)``; ``requests`` 0 says there were none."""

    start: datetime
    end: datetime
    requests: int = 0
    """Requests for predictions, and reports."""
    rows: int = 0
    client_errors: int = 0
    """Requests refused with a status of 400 to 499."""
    server_errors: int = 0
    """Requests that failed with a status of 500 or more."""
    response_ms: dict[str, float] = {}
    """``p50``, ``p95``, ``p99``, ``max``, ``mean``: from the request's arrival to its answer."""
    model_ms: dict[str, float] = {}
    """The same of the time that the model took; empty where none was asked here."""


class Health(SQLModel):
    """Service health of a deployment, overall and over time."""

    deployment_id: int
    package_id: int | None = None
    bucket: str
    start: datetime | None = None
    end: datetime | None = None
    status: Status = Status.UNKNOWN
    reason: str = ""
    """Why the status is what it is."""
    overall: HealthBucket | None = None
    buckets: list[HealthBucket] = []
    last_prediction_at: datetime | None = None
    replacements: list[ReplacementMark] = []
    """Those in the time of the buckets, when they were made."""

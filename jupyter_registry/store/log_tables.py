"""The monitoring tables: the raw log of predictions and actuals, and its accumulators.

They hold bulk rows, so they are declared for SQLAlchemy Core; times are UTC microseconds since
1970 in 64-bit integers.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    text,
)
from sqlmodel import SQLModel

_BIG = BigInteger().with_variant(Integer, "sqlite")

#: One row per prediction. ``value``: predicted number, or the positive class's probability;
#: ``label``: index of the predicted class; ``probabilities``: float64 little-endian, one per
#: class label (multiclass); ``segments``: ids of segments, int32 little-endian, one per segment
#: column of the time.
prediction = Table(
    "prediction",
    SQLModel.metadata,
    Column("id", _BIG, primary_key=True, autoincrement=True),
    Column("deployment_id", Integer, nullable=False),
    Column("package_id", Integer, nullable=False),
    Column("association_id", String, nullable=True),
    Column("timestamp", BigInteger, nullable=False),
    Column("value", Float(53), nullable=True),
    Column("label", Integer, nullable=True),
    Column("probabilities", LargeBinary, nullable=True),
    Column("latency_ms", Float(53), nullable=True),
    Column("features", Text, nullable=True),
    Column("segments", LargeBinary, nullable=True),
    Index("uq_prediction_association", "deployment_id", "association_id", unique=True),
)

#: One row per association ID with a known outcome: the number, or the index of the class.
actual = Table(
    "actual",
    SQLModel.metadata,
    Column("deployment_id", Integer, primary_key=True),
    Column("association_id", String, primary_key=True),
    Column("value", Float(53), nullable=False),
    Column("timestamp", BigInteger, nullable=True),
    sqlite_with_rowid=False,
)

#: Row counts per deployment; the row is also the lock that serialises writers of a deployment.
#: ``revision`` grows with every batch written, so that a reader can tell whether one came between;
#: ``segments`` is how many the deployment has.
deployment_totals = Table(
    "deployment_totals",
    SQLModel.metadata,
    Column("deployment_id", Integer, ForeignKey("deployment.id"), primary_key=True),
    Column("predicted", BigInteger, nullable=False, default=0),
    Column("matched", BigInteger, nullable=False, default=0),
    Column("actuals", BigInteger, nullable=False, default=0),
    Column("revision", BigInteger, nullable=False, default=0),
    Column("segments", Integer, nullable=False, default=0, server_default=text("0")),
)

#: One row per value of a segment column that was ever predicted with, ``(missing)`` and
#: ``(other)`` among them; with its counts of rows.
segment = Table(
    "segment",
    SQLModel.metadata,
    Column("id", _BIG, primary_key=True, autoincrement=True),
    Column("deployment_id", Integer, nullable=False),
    Column("column_name", String, nullable=False),
    Column("value", String, nullable=False),
    Column("predicted", BigInteger, nullable=False),
    Column("matched", BigInteger, nullable=False),
    Index("uq_segment_value", "deployment_id", "column_name", "value", unique=True),
)


def _bucket_table(name: str, *, by_segment: bool = False) -> Table:
    return Table(
        name,
        SQLModel.metadata,
        Column("deployment_id", Integer, primary_key=True),
        *([Column("segment_id", BigInteger, primary_key=True)] if by_segment else []),
        Column("package_id", Integer, primary_key=True),
        Column("level", SmallInteger, primary_key=True),
        Column("start", BigInteger, primary_key=True),
        Column("n", BigInteger, nullable=False),
        Column("data", LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )


#: Accumulated predictions (level 0: hour, level 1: UTC day; ``start`` counts them from 1970).
usage_bucket = _bucket_table("usage_bucket")
#: Accumulated matched predictions, by the hour or day of the prediction.
accuracy_bucket = _bucket_table("accuracy_bucket")
#: Counts of predicted rows in the bins of their package's baseline; ``n`` rows.
drift_bucket = _bucket_table("drift_bucket")
#: Counts and durations of requests; ``n`` requests.
health_bucket = _bucket_table("health_bucket")
#: The same as of usage and of accuracy, for each segment.
segment_usage_bucket = _bucket_table("segment_usage_bucket", by_segment=True)
segment_accuracy_bucket = _bucket_table("segment_accuracy_bucket", by_segment=True)

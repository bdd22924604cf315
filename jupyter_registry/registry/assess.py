"""Assessing a deployment: accuracy overall and over time, and rebuilding what it is read from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from ..domain.errors import InvalidInput
from ..domain.kinds import Bucket, TargetType
from ..domain.segments import MOST_VALUES
from ..monitoring import accuracy as reading
from ..monitoring.details import read_details
from ..monitoring.marks import read_marks
from ..monitoring.rebuild import Rebuilt
from ..monitoring.rebuild import rebuild as rebuild_one
from ..monitoring.rows import Tracked
from ..store.database import Database
from . import deployment_rows, segments
from .package_rows import DEPLOYMENT, PACKAGE, PERIOD, baseline_metrics


def accuracy(
    database: Database,
    reference: str | int,
    *,
    bucket: Bucket | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    package_id: int | None = None,
    metrics: Sequence[str] = (),
    bucket_metrics: Sequence[str] = (),
    segment: str | None = None,
    segment_value: str | None = None,
) -> dict[str, Any]:
    """A deployment's accuracy, shaped as `domain.entities.Accuracy` and ready for JSON.

    Parameters
    ----------
    package_id:
        Count the predictions of this package alone; it is, or was, in service there.
    metrics, bucket_metrics:
        The metrics wanted, and those of the buckets if these are to have others.
    segment, segment_value:
        Count the predictions with this value of a segment column alone.

    Raises
    ------
    DeploymentNotFound, InvalidInput
        for an unknown deployment, package, segment, metric, or a range that cannot be.

    """
    with database.connect() as connection:
        tracked = _tracked(connection, deployment_rows.identify(connection, reference))
        packages = _chosen(_baselines(connection, tracked.deployment_id), package_id)
        active = _segment_columns(connection, tracked.deployment_id)
        history = deployment_rows.history(connection, tracked.deployment_id)
    part = segments.chosen(database, tracked.deployment_id, active, segment, segment_value)
    found = reading.read_accuracy(
        database,
        tracked,
        packages,
        bucket=bucket,
        start=start,
        end=end,
        names=metrics,
        bucket_names=bucket_metrics,
        segment=None if part is None else part.id,
    )
    return found | {
        "deployment_id": tracked.deployment_id,
        "package_id": package_id,
        "segment": part and part.column,
        "segment_value": part and part.value,
        "history": [period.model_dump() for period in history],
        "replacements": read_marks(database, tracked.deployment_id, history, found["buckets"]),
    }


def segments_of(
    database: Database,
    reference: str | int,
    *,
    column: str | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    package_id: int | None = None,
    metrics: Sequence[str] = (),
) -> dict[str, Any]:
    """A deployment's segments, shaped as `domain.entities.Segments` and ready for JSON.

    Parameters
    ----------
    column:
        The segment column whose values are compared, by ``metrics`` in the range of prediction
        times ``[start, end)``; without it all columns are listed with the counts of all rows.
    package_id:
        As in `accuracy`.

    Raises
    ------
    DeploymentNotFound, InvalidInput
        for an unknown deployment, column, package or metric, a range that cannot be, or what
        only a comparison can heed without a column.

    """
    with database.connect() as connection:
        tracked = _tracked(connection, deployment_rows.identify(connection, reference))
        packages = _chosen(_baselines(connection, tracked.deployment_id), package_id)
        active = _segment_columns(connection, tracked.deployment_id)
    if column is None and (start or end or package_id is not None or metrics):
        raise InvalidInput(
            "A range, package or metric needs the segment column whose values are compared.",
            advice="Give column too.",
            fields={"column": "missing"},
        )
    found = segments.read(
        database, tracked, packages, active, column=column, start=start, end=end, metrics=metrics
    )
    return {
        "deployment_id": tracked.deployment_id,
        "package_id": package_id,
        "start": start,
        "end": end,
        "columns": found,
        "most_values": MOST_VALUES,
    }


def accuracy_details(
    database: Database,
    reference: str | int,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    package_id: int | None = None,
    segment: str | None = None,
    segment_value: str | None = None,
) -> dict[str, Any]:
    """A deployment's accuracy in detail: `domain.entities.AccuracyDetails`, ready for JSON.

    Parameters
    ----------
    package_id:
        As in `accuracy`; the threshold is then this package's, unless the deployment has one.
    segment, segment_value:
        As in `accuracy`.

    Raises
    ------
    DeploymentNotFound, InvalidInput
        for an unknown deployment, package or segment, or an empty range.

    """
    with database.connect() as connection:
        tracked = _tracked(connection, deployment_rows.identify(connection, reference))
        packages = _chosen(_baselines(connection, tracked.deployment_id), package_id)
        active = _segment_columns(connection, tracked.deployment_id)
        threshold = None
        if tracked.target.type is TargetType.BINARY:
            threshold = _threshold(connection, tracked.deployment_id, package_id)
    part = segments.chosen(database, tracked.deployment_id, active, segment, segment_value)
    found = read_details(
        database,
        tracked,
        list(packages),
        start=start,
        end=end,
        segment=None if part is None else part.id,
    )
    return found | {
        "deployment_id": tracked.deployment_id,
        "package_id": package_id,
        "segment": part and part.column,
        "segment_value": part and part.value,
        "threshold": threshold,
    }


def rebuild(database: Database, reference: str | int) -> Rebuilt:
    """Compute the accumulators and counts of a deployment anew from its raw log; not drift's."""
    with database.connect() as connection:
        tracked = _tracked(connection, deployment_rows.identify(connection, reference))
    return rebuild_one(database, tracked)


def rebuild_all(database: Database) -> dict[str, Rebuilt]:
    """`rebuild` for every deployment, archived ones included; by label and id."""
    with database.connect() as connection:
        known = connection.execute(select(DEPLOYMENT.c.id, DEPLOYMENT.c.label)).all()
    return {f"{label} ({id_})": rebuild(database, id_) for id_, label in known}


def _tracked(connection: Connection, deployment_id: int) -> Tracked:
    return Tracked(deployment_id, deployment_rows.target_of(connection, deployment_id))


def _segment_columns(connection: Connection, deployment_id: int) -> list[str]:
    """The columns by whose values rows are counted now."""
    found: list[str] = deployment_rows.whole(connection, deployment_id)["segment_columns"]
    return found


def _chosen(
    packages: Mapping[int, dict[str, float | None]], package_id: int | None
) -> Mapping[int, dict[str, float | None]]:
    """The packages of a history, or the one that is asked for."""
    if package_id is None:
        return packages
    deployment_rows.check_served(package_id, packages, otherwise="all")
    return {package_id: packages[package_id]}


def _threshold(connection: Connection, deployment_id: int, package_id: int | None) -> float:
    """The prediction threshold in force: the deployment's, else a package's, else one half."""
    deployment = deployment_rows.whole(connection, deployment_id)
    given = deployment["prediction_threshold"]
    if given is None:
        package = deployment["package_id"] if package_id is None else package_id
        given = connection.scalar(
            select(PACKAGE.c.prediction_threshold).where(PACKAGE.c.id == package)
        )
    return 0.5 if given is None else float(given)


def _baselines(connection: Connection, deployment_id: int) -> dict[int, dict[str, float | None]]:
    """Package → metric → value on its holdout, of every package that was in service."""
    rows = connection.execute(
        select(PACKAGE.c.id, PACKAGE.c.baseline)
        .join(PERIOD, PERIOD.c.package_id == PACKAGE.c.id)
        .where(PERIOD.c.deployment_id == deployment_id)
    ).all()
    found: dict[int, dict[str, float | None]] = {}
    for package_id, baseline in rows:
        found[package_id] = baseline_metrics(baseline)
    return found

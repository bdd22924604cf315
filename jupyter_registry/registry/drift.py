"""Drift of a deployment: how inputs and predictions moved from the package's baseline."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ..domain.accuracy_status import NO_ROWS
from ..domain.drift import DriftPlan
from ..domain.kinds import Bucket
from ..monitoring import drift as reading
from ..monitoring.calendar import checked_hours
from ..monitoring.marks import read_marks
from ..monitoring.rows import Tracked
from ..store.database import Database
from . import deployment_rows
from .packages import get as get_package
from .packages import signature_of

NO_BASELINE = "The package has no baseline: register it with training or holdout data."


def drift(
    database: Database,
    reference: str | int,
    *,
    bucket: Bucket | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    package_id: int | None = None,
) -> dict[str, Any]:
    """A deployment's drift, shaped as `domain.entities.Drift` and ready for JSON.

    A prediction counts when it is first recorded; one that replaces another (the same
    association ID again) is not counted a second time, and leaves what was counted.

    Parameters
    ----------
    bucket:
        The width of a point; chosen by the span unless given.
    start, end:
        The range ``[start, end)`` of prediction times, widened to whole hours.
    package_id:
        The package whose predictions are compared with its baseline; it is, or was, in service
        there. The champion unless given.

    Raises
    ------
    DeploymentNotFound, InvalidInput
        for an unknown deployment or package, or a range that cannot be.

    """
    with database.connect() as connection:
        deployment_id = deployment_rows.identify(connection, reference)
        target = deployment_rows.target_of(connection, deployment_id)
        champion = deployment_rows.whole(connection, deployment_id)["package_id"]
        chosen = champion if package_id is None else package_id
        if package_id is not None:
            served = deployment_rows.packages_of(connection, deployment_id)
            deployment_rows.check_served(chosen, served, otherwise="the champion")
        history = deployment_rows.history(connection, deployment_id)
    package = get_package(database, chosen)
    plan = DriftPlan.of(package.baseline, signature_of(package), target)
    if plan is None:
        checked_hours(start, end)
        found = reading.nothing(bucket, NO_BASELINE if target.type.has_rows else NO_ROWS)
    else:
        found = reading.read_drift(
            database,
            Tracked(deployment_id, target),
            chosen,
            plan,
            bucket=bucket,
            start=start,
            end=end,
        )
    return found | {
        "deployment_id": deployment_id,
        "package_id": chosen,
        "replacements": read_marks(database, deployment_id, history, found["buckets"]),
    }

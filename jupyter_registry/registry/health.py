"""Service health of a deployment: its requests, errors and times, overall and over time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ..domain.kinds import Bucket
from ..domain.marks import placed
from ..monitoring.health import HealthCounter
from ..monitoring.health_reading import read_health
from ..store.database import Database
from . import deployment_rows


def health(
    database: Database,
    counter: HealthCounter,
    reference: str | int,
    *,
    bucket: Bucket | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    package_id: int | None = None,
) -> dict[str, Any]:
    """A deployment's health, shaped as `domain.monitoring.Health` and ready for JSON.

    What this server answered until now is in it; what another one answered, after some seconds.

    Parameters
    ----------
    package_id:
        Count the requests to this package alone; it is, or was, in service there.

    Raises
    ------
    DeploymentNotFound, InvalidInput
        for an unknown deployment or package, or a range that cannot be.

    """
    with database.connect() as connection:
        deployment_id = deployment_rows.identify(connection, reference)
        served = deployment_rows.packages_of(connection, deployment_id)
        history = deployment_rows.history(connection, deployment_id)
    if package_id is not None:
        deployment_rows.check_served(package_id, served, otherwise="all")
    counter.flush()
    packages = served if package_id is None else [package_id]
    found = read_health(database, deployment_id, packages, bucket=bucket, start=start, end=end)
    found |= {"deployment_id": deployment_id, "package_id": package_id, "replacements": []}
    if buckets := found["buckets"]:
        # requests are counted when they are made, as are replacements
        made = placed(history, lambda *_: None, (buckets[0]["start"], buckets[-1]["end"]))
        found["replacements"] = [mark.model_dump() for mark in made]
    return found

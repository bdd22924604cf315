"""Service health of a deployment: its requests, errors and times, overall and over time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from ..domain.errors import InvalidInput
from ..domain.kinds import Bucket
from ..monitoring.health import HealthCounter
from ..monitoring.health_reading import read_health
from ..store.database import Database
from . import deployment_rows
from .package_rows import PERIOD


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
        served = sorted(
            set(
                connection.scalars(
                    select(PERIOD.c.package_id).where(PERIOD.c.deployment_id == deployment_id)
                )
            )
        )
    if package_id is not None and package_id not in served:
        raise InvalidInput(
            f"The package with id {package_id} was never in service of this deployment.",
            advice="Choose one of its history, or leave package_id out for all.",
            fields={"package_id": "not in its history", "known": served},
        )
    counter.flush()
    packages = served if package_id is None else [package_id]
    found = read_health(database, deployment_id, packages, bucket=bucket, start=start, end=end)
    return found | {"deployment_id": deployment_id, "package_id": package_id}

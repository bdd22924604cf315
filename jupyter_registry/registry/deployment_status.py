"""The status of deployments, many at a time: service health, drift, accuracy, recent predictions.

What the whole past is needed for, accuracy and drift, is judged anew only when rows have come
(the deployment's revision has grown) or the champion is another one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from ..domain import accuracy_status, deployment_status
from ..domain.accumulators import Accumulator, empty_matched, merge
from ..domain.drift import DriftCounts, DriftPlan
from ..domain.entities import MetricValue
from ..domain.health import Requests
from ..domain.kinds import Status, TargetType
from ..domain.signature import Signature
from ..domain.target import Target
from ..monitoring import drift as drifting
from ..monitoring import overview
from ..monitoring.cursor import reading
from ..monitoring.description import metrics_of
from ..monitoring.health import HealthCounter
from ..store.database import Database
from ..store.log_tables import deployment_totals as TOTALS
from .drift import NO_BASELINE
from .package_rows import PACKAGE, PERIOD, baseline_metrics

#: Deployments and packages of which something is kept, at most.
_MOST_KEPT = 10_000
_MOST_BASELINES = 500
#: Deployments that one query is about, at most.
_AT_ONCE = 500

#: A status with its reason, ready for JSON.
Judged = dict[str, str]
#: The fields of `domain.entities.DeploymentLights`.
Lights = dict[str, Any]


class Statuses:
    """The status of a database's deployments."""

    def __init__(self, database: Database, health: HealthCounter) -> None:
        self._database = database
        self._health = health
        #: Deployment → (champion, revision), and the drift and accuracy judged by it.
        self._known: dict[int, tuple[tuple[int, int], Judged, Judged]] = {}
        #: Package and target → the drift plan and the baseline's metrics, which never change.
        self._baselines: dict[
            tuple[int, Target], tuple[DriftPlan | None, Mapping[str, float | None]]
        ] = {}

    def of(self, deployments: Sequence[Mapping[str, Any]]) -> dict[int, Lights]:
        """The status of deployments, by id.

        Parameters
        ----------
        deployments:
            Shaped as `domain.entities.DeploymentPublic`.

        """
        if deployments:
            self._health.flush()
        found: dict[int, Lights] = {}
        for first in range(0, len(deployments), _AT_ONCE):
            found |= self._of(deployments[first : first + _AT_ONCE])
        return found

    def _of(self, deployments: Sequence[Mapping[str, Any]]) -> dict[int, Lights]:
        now = datetime.now(UTC)
        ids = [item["id"] for item in deployments]
        with self._database.connect() as connection:
            served = _served(connection, ids)
            revisions = _revisions(connection, ids)
            known = {id_: self._known[id_] for id_ in ids if id_ in self._known}
            changed = [
                item
                for item in deployments
                if item["id"] not in known
                or known[item["id"]][0] != (item["package_id"], revisions[item["id"]])
            ]
            baselines = self._read_baselines(connection, changed)
        champions = [(item["id"], item["package_id"]) for item in changed]
        with reading(self._database.log_engine) as cursor:
            requests = overview.requests_since(cursor, served, deployment_status.service_since(now))
            days = deployment_status.USAGE_DAYS
            usage = overview.predicted_by_day(cursor, served, now, days)
            if changed:
                predicted = overview.with_predictions(cursor, champions)
                drifted = overview.drifted(cursor, champions)
                matched = overview.matched(cursor, champions)
        judged = {}
        for item, pair, (plan, metrics) in zip(changed, champions, baselines, strict=True):
            if item["target_type"] == TargetType.UNSTRUCTURED:
                drift = _said(Status.UNKNOWN, accuracy_status.NO_ROWS)
            else:
                drift = _drift(plan, pair in predicted, drifted.get(pair, []))
            accuracy = _accuracy(_target(item), metrics, matched.get(pair, []))
            key = item["package_id"], revisions[item["id"]]
            judged[item["id"]] = (key, drift, accuracy)
        if len(self._known) > _MOST_KEPT:
            self._known.clear()
        self._known.update(judged)
        return {
            id_: {
                "status": {
                    "service": _service(requests.get(id_, Requests())),
                    "drift": drift,
                    "accuracy": accuracy,
                },
                "predictions_by_day": usage.get(id_, [0] * days),
            }
            for id_ in ids
            for _, drift, accuracy in [judged.get(id_) or known[id_]]
        }

    def _read_baselines(
        self, connection: Connection, deployments: Sequence[Mapping[str, Any]]
    ) -> list[tuple[DriftPlan | None, Mapping[str, float | None]]]:
        """What a champion's predictions are compared with, of each deployment."""
        keys = [(item["package_id"], _target(item)) for item in deployments]
        known = self._baselines if len(self._baselines) < _MOST_BASELINES else {}
        missing = {key for key in keys if key not in known}
        rows = {
            row.id: row
            for row in connection.execute(
                select(PACKAGE.c.id, PACKAGE.c.baseline, PACKAGE.c.signature).where(
                    PACKAGE.c.id.in_({package_id for package_id, _ in missing})
                )
            )
        }
        made = {}
        for package_id, target in missing:
            row = rows[package_id]
            plan = DriftPlan.of(row.baseline, Signature.from_json(row.signature), target)
            made[package_id, target] = plan, baseline_metrics(row.baseline)
        self._baselines = known | made
        return [(known | made)[key] for key in keys]


def _served(connection: Connection, ids: Sequence[int]) -> list[overview.Pair]:
    """The deployments with each package of their histories."""
    rows = connection.execute(
        select(PERIOD.c.deployment_id, PERIOD.c.package_id)
        .where(PERIOD.c.deployment_id.in_(ids))
        .distinct()
    )
    return [(deployment, package) for deployment, package in rows]


def _revisions(connection: Connection, ids: Sequence[int]) -> dict[int, int]:
    rows = connection.execute(
        select(TOTALS.c.deployment_id, TOTALS.c.revision).where(TOTALS.c.deployment_id.in_(ids))
    )
    return {row.deployment_id: row.revision for row in rows}


def _target(deployment: Mapping[str, Any]) -> Target:
    return Target.make(
        deployment["target_name"],
        deployment["target_type"],
        deployment["class_labels"],
        deployment["positive_class"],
    )


def _service(requests: Requests) -> Judged:
    return _said(*deployment_status.service(*requests.judged()))


def _drift(plan: DriftPlan | None, predicted: bool, parts: Sequence[DriftCounts]) -> Judged:
    if plan is None:
        return _said(Status.UNKNOWN, NO_BASELINE)
    if not predicted:
        return _said(Status.UNKNOWN, drifting.NOTHING_PREDICTED)
    return _said(*drifting.judged(plan, parts))


def _accuracy(
    target: Target, baseline: Mapping[str, float | None], parts: Sequence[Accumulator]
) -> Judged:
    names = accuracy_status.MAIN_METRICS[target.type]
    whole = merge(parts) or empty_matched(target)
    (metrics,) = metrics_of(target, names, [whole], [baseline])
    found = {name: MetricValue(**fields) for name, fields in metrics.items()}
    return _said(*accuracy_status.judged(target.type, found))


def _said(status: Status, reason: str) -> Judged:
    return {"status": status.value, "reason": reason}

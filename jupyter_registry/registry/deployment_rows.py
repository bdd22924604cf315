"""Deployment rows as JSON-able dictionaries: with champion, target and counts, in one query."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, String, Text, cast, func, or_, select, type_coerce

from ..domain.entities import ServicePeriod
from ..domain.errors import DeploymentNotFound, InvalidInput, nearest
from ..domain.kinds import DeploymentState
from ..domain.target import Target
from ..store.log_tables import deployment_totals as TOTALS
from . import validation
from .package_rows import DEPLOYMENT, PACKAGE, PERIOD, moment

#: The package a deployment was created from; its target is the deployment's for good.
_FIRST_PERIOD = (
    select(func.min(PERIOD.c.id))
    .where(PERIOD.c.deployment_id == DEPLOYMENT.c.id)
    .correlate(DEPLOYMENT)
    .scalar_subquery()
)
_FIRST = PACKAGE.alias("first_package")
_OPENING = PERIOD.alias("first_period")

_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)

_OWN = (
    "id",
    "label",
    "description",
    "importance",
    "association_id_column",
    "association_id_required",
    "prediction_threshold",
    "store_features",
    "kernelspec",
    "environment",
    "segment_columns",
    "predict_seconds",
    "state",
    "package_id",
    "created_at",
    "created_by",
    "updated_at",
)
_ENUMS = {"importance", "state", "environment"}


def query() -> Select[Any]:
    """All that `item` needs; to be narrowed by conditions on `DEPLOYMENT` and `PACKAGE`."""
    own = [
        type_coerce(DEPLOYMENT.c[name], String).label(name)
        if name in _ENUMS
        else DEPLOYMENT.c[name]
        for name in _OWN
    ]
    return (
        select(
            *own,
            PACKAGE.c.name,
            PACKAGE.c.version,
            type_coerce(PACKAGE.c.kind, String),
            _FIRST.c.target_name,
            type_coerce(_FIRST.c.target_type, String),
            cast(_FIRST.c.class_labels, Text),
            _FIRST.c.positive_class,
            TOTALS.c.predicted,
            TOTALS.c.matched,
        )
        .join(PACKAGE, PACKAGE.c.id == DEPLOYMENT.c.package_id)
        .join(_OPENING, _OPENING.c.id == _FIRST_PERIOD)
        .join(_FIRST, _FIRST.c.id == _OPENING.c.package_id)
        .join(TOTALS, TOTALS.c.deployment_id == DEPLOYMENT.c.id)
    )


def item(row: Sequence[Any]) -> dict[str, Any]:
    """A row of `query` shaped as `DeploymentPublic`."""
    made = dict(zip(_OWN, row[: len(_OWN)], strict=True))
    name, version, kind, target, target_type, labels, positive, predicted, matched = row[
        len(_OWN) :
    ]
    made["created_at"] = moment(made["created_at"])
    made["updated_at"] = moment(made["updated_at"])
    made["association_id_required"] = bool(made["association_id_required"])
    made["store_features"] = bool(made["store_features"])
    made["segment_columns"] = made["segment_columns"] or []
    return made | {
        "package": f"{name}/{version}",
        "kind": kind,
        "target_name": target,
        "target_type": target_type,
        "class_labels": json.loads(labels),
        "positive_class": positive,
        "rows_predicted": predicted,
        "rows_matched": matched,
        "rows_waiting": predicted - matched,
    }


def identify(connection: Connection, reference: str | int) -> int:
    """The id of a deployment by its id or label; raises `DeploymentNotFound`.

    A label means the deployment that is not archived, else the archived one made last.
    """
    text = str(reference)
    validation.text(text, "deployment", 1_000)
    found = None
    if text.isascii() and text.isdigit() and len(text) < 10:
        found = connection.scalar(select(DEPLOYMENT.c.id).where(DEPLOYMENT.c.id == int(text)))
    if found is None:
        archived = type_coerce(DEPLOYMENT.c.state, String) == DeploymentState.ARCHIVED.value
        found = connection.scalar(
            select(DEPLOYMENT.c.id)
            .where(DEPLOYMENT.c.label == text)
            .order_by(archived, DEPLOYMENT.c.id.desc())
            .limit(1)
        )
    if found is None:
        known = connection.scalars(select(DEPLOYMENT.c.label).limit(10_000)).all()
        raise DeploymentNotFound(
            f"There is no deployment {text!r}.",
            advice=nearest(text, known) or "List the deployments.",
            fields={"deployment": text},
        )
    return int(found)


def whole(connection: Connection, deployment_id: int) -> dict[str, Any]:
    """One deployment shaped as `DeploymentPublic`; it exists."""
    return item(connection.execute(query().where(DEPLOYMENT.c.id == deployment_id)).one())


def target_of(connection: Connection, deployment_id: int) -> Target:
    """A deployment's target: that of the package it was created from."""
    found = whole(connection, deployment_id)
    return Target.make(
        found["target_name"],
        found["target_type"],
        found["class_labels"],
        found["positive_class"],
    )


def packages_of(connection: Connection, deployment_id: int) -> list[int]:
    """The packages of its history, in ascending order."""
    known = select(PERIOD.c.package_id).where(PERIOD.c.deployment_id == deployment_id)
    return sorted(set(connection.scalars(known)))


def starts_of(connection: Connection, deployment_id: int) -> list[tuple[int, int]]:
    """When each period of its history starts, in UTC microseconds since 1970, and its package.

    Oldest first. A period never starts before the one before it, whatever servers' clocks said.
    """
    rows = connection.execute(
        select(PERIOD.c.start, PERIOD.c.package_id)
        .where(PERIOD.c.deployment_id == deployment_id)
        .order_by(PERIOD.c.id)
    )
    latest, starts = 0, []
    for start, package_id in rows:
        latest = max(latest, round((start - _EPOCH) / _MICROSECOND))
        starts.append((latest, package_id))
    return starts


def history(connection: Connection, deployment_id: int) -> list[ServicePeriod]:
    """Which package was in service from when to when, why and by whom; oldest first."""
    rows = connection.execute(
        select(
            PERIOD.c.package_id,
            PACKAGE.c.name,
            PACKAGE.c.version,
            PERIOD.c.start,
            PERIOD.c.end,
            type_coerce(PERIOD.c.reason, String),
            type_coerce(PERIOD.c.environment, String),
            PERIOD.c.kernelspec,
            PERIOD.c.note,
            PERIOD.c.user,
        )
        .join(PACKAGE, PACKAGE.c.id == PERIOD.c.package_id)
        .where(PERIOD.c.deployment_id == deployment_id)
        .order_by(PERIOD.c.id)
    ).all()
    return [
        ServicePeriod(
            package_id=package_id,
            package=f"{name}/{version}",
            start=start,
            end=end,
            reason=reason,
            environment=environment,
            kernelspec=kernelspec,
            note=note,
            user=user,
        )
        for (
            package_id,
            name,
            version,
            start,
            end,
            reason,
            environment,
            kernelspec,
            note,
            user,
        ) in rows
    ]


def check_served(package_id: int, known: Collection[int], *, otherwise: str) -> None:
    """Raise `InvalidInput` for a package that is not in the history.

    ``otherwise`` says what is meant where none is named.
    """
    if package_id not in known:
        raise InvalidInput(
            f"The package with id {package_id} was never in service of this deployment.",
            advice=f"Choose one of its history, or leave package_id out for {otherwise}.",
            fields={"package_id": "not in its history", "known": sorted(known)},
        )


def matching(q: str | None) -> list[Any]:
    """Conditions for words that all occur in label, description or champion's name."""
    columns = (DEPLOYMENT.c.label, DEPLOYMENT.c.description, PACKAGE.c.name)
    return [
        or_(*(func.lower(column).contains(word, autoescape=True) for column in columns))
        for word in (q or "").lower().split()
    ]

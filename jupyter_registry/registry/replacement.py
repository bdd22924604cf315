"""Replacing a champion: checks first, then without downtime; rolling back.

The new model is loaded and warmed before the switch, and the old one answers what it was given
before its worker ends. Who asked before the switch is answered, and recorded, by the old one.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from ..domain.entities import (
    Check,
    DeploymentPublic,
    PackagePublic,
    ReplacementCreate,
    ReplacementPublic,
    ReplacementSettings,
    RollbackCreate,
)
from ..domain.errors import (
    Conflict,
    DeploymentInactive,
    IncompatibleReplacement,
    NoPreviousPackage,
    RegistryError,
)
from ..domain.kinds import CheckStatus, DeploymentState, ModelEnvironment, ReplacementReason
from ..domain.signature import ACCEPTS
from ..serving.kernelspecs import environment as kernelspec_known
from ..store.database import Database
from ..store.tables import Deployment, DeploymentPeriod, ModelPackage, now
from . import deployment_rows, deployments, environment_checks, validation
from .environments import Runtime
from .packages import get as get_package
from .packages import signature_of, target_of
from .services import Services

_PASSING, _WARNING, _FAILING = CheckStatus.PASSING, CheckStatus.WARNING, CheckStatus.FAILING


async def replace(
    services: Services,
    reference: str | int,
    body: ReplacementCreate,
    user: str,
    *,
    expected: int | None = None,
) -> ReplacementPublic:
    """Put another package in service, or with ``dry_run`` only say whether it could be.

    Parameters
    ----------
    expected:
        The package that must be in service now, if it matters.

    Raises
    ------
    DeploymentInactive
        when the deployment is archived.
    PackageNotFound
        when there is no such package.
    InvalidInput
        when there is no such kernelspec, or one is named for a model that is hosted elsewhere.
    IncompatibleReplacement
        when a check fails; ``fields["checks"]`` lists all.
    Conflict
        when the champion was replaced by someone else meanwhile.

    """
    package = await services.in_thread(get_package, services.database, body.package_id)
    return await replace_by(
        services, reference, package, body, user, lambda _: body.package_id, expected=expected
    )


async def replace_by(
    services: Services,
    reference: str | int,
    package: PackagePublic,
    body: ReplacementSettings,
    user: str,
    package_of: deployments.PackageOf,
    *,
    expected: int | None = None,
) -> ReplacementPublic:
    """`replace` by a package that may not be there yet: ``package_of`` makes it, see there."""
    validation.text(body.note, "note", 20_000)
    validation.text(body.kernelspec, "kernelspec", 200)
    deployment = await services.in_thread(deployments.get, services.database, reference)
    if deployment.state is DeploymentState.ARCHIVED:
        raise DeploymentInactive(
            f"The deployment {deployment.label!r} is archived.",
            advice="Activate it first.",
            fields={"deployment": deployment.label, "state": deployment.state.value},
        )
    if expected is not None and deployment.package_id != expected:
        raise _replaced_meanwhile(deployment.label)
    champion = await services.in_thread(get_package, services.database, deployment.package_id)
    runtime = _runtime(deployment, package, body)
    if body.kernelspec:
        await services.in_thread(kernelspec_known, body.kernelspec, services.kernelspecs)
    loads = await _loads(services, package, runtime)
    versions = await environment_checks.library_versions_of(services, package, runtime)
    moves = package.kind.is_hosted and runtime != Runtime.of(deployment)
    checks = [*compare(deployment, champion, package, moves=moves), versions, loads]
    failing = [check for check in checks if check.status is _FAILING]
    if body.dry_run:
        return ReplacementPublic(checks=checks, replaced=False, deployment=deployment)
    if failing:
        # a model's traceback is not for the sentence
        told = [check.message.partition("\n") for check in failing]
        traces = [trace for _, _, trace in told if trace]
        raise IncompatibleReplacement(
            f"{package.name}/{package.version} cannot replace {deployment.package} in "
            f"{deployment.label!r}: {' '.join(message for message, _, _ in told)}",
            advice="Choose another package, or create a new deployment from this one.",
            fields={"checks": [check.model_dump(mode="json") for check in checks]}
            | ({"traceback": traces[0]} if traces else {}),
        )
    after = await services.in_thread(
        _switch, services.database, deployment, package, body, runtime, user, package_of
    )
    services.champions.forget()
    await deployments.retire_if_unused(services, deployment.package_id)
    return ReplacementPublic(checks=checks, replaced=True, deployment=after)


async def roll_back(
    services: Services, reference: str | int, body: RollbackCreate, user: str
) -> ReplacementPublic:
    """Put the package back in service that was there before the present one.

    Raises
    ------
    NoPreviousPackage
        when the champion is the first one.

    """
    deployment = await services.in_thread(deployments.get, services.database, reference)
    previous = await services.in_thread(_previous, services.database, deployment)
    return await replace(
        services,
        deployment.id,
        ReplacementCreate(
            package_id=previous.package_id,
            reason=ReplacementReason.OTHER,
            note=body.note or f"Rolled back from {deployment.package}.",
            environment=previous.environment,
            kernelspec=previous.kernelspec,
        ),
        user,
        expected=deployment.package_id,
    )


def compare(
    deployment: DeploymentPublic,
    champion: PackagePublic,
    package: PackagePublic,
    *,
    moves: bool = False,
) -> list[Check]:
    """What can be told without loading the model; one check each, always the same ones.

    ``moves``: what the model runs in changes, so that the champion may stay.
    """
    own, wanted = target_of(package), deployment
    same_target = own.name == wanted.target_name
    same_type = own.type == wanted.target_type
    return [
        _check(
            "not_archived",
            package.archived_at is None,
            "The package is not archived.",
            f"{package.name}/{package.version} is archived; restore it first.",
        ),
        _check(
            "not_champion",
            package.id != champion.id or moves,
            "The package is not in service already."
            if package.id != champion.id
            else "The champion stays; what it runs in changes.",
            f"{package.name}/{package.version} is the champion already.",
        ),
        _check(
            "target_name",
            same_target,
            f"Both predict {own.name!r}.",
            f"It predicts {own.name!r}, not {wanted.target_name!r}.",
        ),
        _check(
            "target_type",
            same_type,
            f"Both targets are {own.type.value}.",
            f"Its target is {own.type.value}, not {wanted.target_type.value}.",
        ),
        _class_labels(deployment, package),
        _columns(champion, package),
        Check(
            name="kind",
            status=_PASSING if package.kind.is_hosted == champion.kind.is_hosted else _WARNING,
            message=_kind_message(champion, package),
        ),
    ]


def _check(name: str, holds: bool, passing: str, failing: str) -> Check:
    return Check(
        name=name,
        status=_PASSING if holds else _FAILING,
        message=passing if holds else failing,
    )


def _class_labels(deployment: DeploymentPublic, package: PackagePublic) -> Check:
    ours, theirs = deployment.class_labels, package.class_labels
    if sorted(ours) != sorted(theirs):
        return _check("class_labels", False, "", f"Its classes are {theirs}, not {ours}.")
    return _check(
        "class_labels",
        package.positive_class == deployment.positive_class,
        f"The classes are the same: {', '.join(ours)}." if ours else "Neither has classes.",
        f"Its positive class is {package.positive_class!r}, not {deployment.positive_class!r}.",
    )


def _columns(champion: PackagePublic, package: PackagePublic) -> Check:
    """Whether the rows that are sent now suit the new model."""
    sent = {column.name: column for column in signature_of(champion).columns}
    needed = signature_of(package).columns
    if not sent or not needed:
        return Check(
            name="required_columns",
            status=_WARNING,
            message="One of the packages has no signature, so columns cannot be compared.",
        )
    problems, doubts = [], []
    for column in needed:
        known = sent.get(column.name)
        if known is None:
            problems.append(f"it needs the column {column.name!r}, which is not sent today")
        elif known.dtype not in ACCEPTS[column.dtype]:
            problems.append(
                f"its column {column.name!r} is {column.dtype.value}, not {known.dtype.value}"
            )
        elif known.nullable and not column.nullable:
            doubts.append(f"its column {column.name!r} takes no nulls, the champion's does")
    if problems:
        return _check("required_columns", False, "", _sentence(problems))
    if doubts:
        return Check(name="required_columns", status=_WARNING, message=_sentence(doubts))
    unused = len(set(sent) - {column.name for column in needed})
    spare = f" Of those that are sent it does not use {unused}." if unused else ""
    return _check("required_columns", True, f"All columns it needs are sent today.{spare}", "")


def _sentence(parts: list[str]) -> str:
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def _kind_message(champion: PackagePublic, package: PackagePublic) -> str:
    if package.kind.is_hosted == champion.kind.is_hosted:
        where = "here" if package.kind.is_hosted else "elsewhere"
        return f"Predictions stay computed {where}."
    if package.kind.is_hosted:
        return "Predictions will be computed here; until now they were reported."
    return "Predictions will be computed elsewhere and must be reported; asking for them fails."


def _runtime(
    deployment: DeploymentPublic, package: PackagePublic, body: ReplacementSettings
) -> Runtime:
    """What the new model is to run in: as before, unless something else is said."""
    if not package.kind.is_hosted:
        deployments.check_runs_nowhere(body.kernelspec, body.environment)
        return Runtime()
    kernelspec = deployment.kernelspec if body.kernelspec is None else body.kernelspec or None
    return Runtime(kernelspec, body.environment or deployment.environment)


async def _loads(services: Services, package: PackagePublic, runtime: Runtime) -> Check:
    name = "model_loads"
    if not package.kind.is_hosted:
        return Check(name=name, status=_PASSING, message="The model is hosted elsewhere.")
    if package.archived_at is not None:
        return Check(name=name, status=_WARNING, message="Not tried: the package is archived.")
    try:
        report = await deployments.load(services, package, runtime)
    except RegistryError as error:
        trace = error.fields.get("traceback")
        text = f"{error}\n{trace}" if trace else str(error)
        return Check(name=name, status=_FAILING, message=text)
    scored = "and scored the sample" if report.scores is not None else "; it has no sample to score"
    return Check(
        name=name,
        status=_PASSING if report.scores is not None else _WARNING,
        message=f"The model loaded in {report.seconds:.1f} s {scored}.".replace(" ;", ";"),
    )


def _switch(
    database: Database,
    before: DeploymentPublic,
    package: PackagePublic,
    body: ReplacementSettings,
    runtime: Runtime,
    user: str,
    package_of: deployments.PackageOf,
) -> DeploymentPublic:
    with database.write() as session:
        deployment = session.get_one(Deployment, before.id, with_for_update=True)
        package_id = package_of(session)
        locked = session.get(ModelPackage, package_id, with_for_update=True)
        if deployment.package_id != before.package_id:
            raise _replaced_meanwhile(before.label)
        if locked is None or locked.archived_at is not None:
            raise Conflict(
                f"{package.name}/{package.version} was archived or deleted meanwhile.",
                advice="Choose another package.",
            )
        moment = now()
        for period in session.scalars(
            select(DeploymentPeriod).where(
                col(DeploymentPeriod.deployment_id) == before.id,
                col(DeploymentPeriod.end).is_(None),
            )
        ):
            period.end = moment
        session.add(
            DeploymentPeriod(
                deployment_id=before.id,
                package_id=package_id,
                start=moment,
                reason=body.reason,
                environment=runtime.environment,
                kernelspec=runtime.kernelspec,
                note=body.note,
                user=user[:200],
            )
        )
        deployment.package_id = package_id
        deployment.environment = runtime.environment
        if locked.kind.is_hosted:  # else the next one that is runs where the last one did
            deployment.kernelspec = runtime.kernelspec
        deployment.updated_at = moment
        session.flush()
        return DeploymentPublic.model_validate(
            deployment_rows.whole(session.connection(), before.id)
        )


def _replaced_meanwhile(label: str) -> Conflict:
    return Conflict(
        f"The champion of {label!r} was replaced by someone else meanwhile.",
        advice="Look at the history, then decide again.",
        fields={"deployment": label},
    )


@dataclass(frozen=True)
class _Previous:
    """The package before the champion, and what it ran in: ``None`` where that stays."""

    package_id: int
    environment: ModelEnvironment | None
    kernelspec: str | None


def _previous(database: Database, deployment: DeploymentPublic) -> _Previous:
    with database.read() as session:
        found = session.execute(
            select(
                col(DeploymentPeriod.package_id),
                col(DeploymentPeriod.environment),
                col(DeploymentPeriod.kernelspec),
                col(ModelPackage.kind),
            )
            .join(ModelPackage, col(ModelPackage.id) == col(DeploymentPeriod.package_id))
            .where(
                col(DeploymentPeriod.deployment_id) == deployment.id,
                col(DeploymentPeriod.end).is_not(None),
            )
            .order_by(col(DeploymentPeriod.id).desc())
            .limit(1)
        ).first()
    if found is None:
        raise NoPreviousPackage(
            f"{deployment.label!r} has had no package before {deployment.package}.",
            advice="Replace it by another package instead.",
            fields={"deployment": deployment.label},
        )
    package_id, environment, kernelspec, kind = found
    return _Previous(package_id, environment, (kernelspec or "") if kind.is_hosted else None)

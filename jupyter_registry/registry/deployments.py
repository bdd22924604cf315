"""Deployments: created from a package, listed, read, changed; their states and history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import String, func, select, type_coerce
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from ..domain.entities import (
    DeploymentCreate,
    DeploymentPublic,
    DeploymentSettings,
    DeploymentUpdate,
    PackagePublic,
    ServicePeriod,
)
from ..domain.errors import AlreadyExists, InvalidInput, PackageArchived
from ..domain.frames import Frame, conform
from ..domain.kinds import DeploymentState, ModelEnvironment, TargetType
from ..serving.specs import LoadReport
from ..store.database import Database
from ..store.tables import Deployment, DeploymentPeriod, ModelPackage, now
from . import deployment_rows, segments, validation
from .environments import Runtime
from .package_rows import DEPLOYMENT
from .packages import get as get_package
from .packages import signature_of
from .services import Services

#: The id of the package to put in service; asked, and perhaps made, in the transaction that does.
PackageOf = Callable[[Session], int]

#: Seconds that one call of a model may be allowed.
LEAST_PREDICT_SECONDS, MOST_PREDICT_SECONDS = 0.1, 3600.0


async def create(services: Services, body: DeploymentCreate, user: str) -> DeploymentPublic:
    """Create a deployment. A model hosted here is loaded and scores the sample first.

    Raises
    ------
    InvalidInput
        naming the setting that is wrong.
    PackageNotFound, PackageArchived
        when the package cannot be deployed.
    AlreadyExists
        when the label is taken by a deployment that is not archived.
    ModelFailed
        when the model cannot be loaded or cannot score; ``fields`` has ``traceback``.
    RequirementsRefused, EnvironmentFailed
        when the environment that it is to run in cannot be built.

    """
    package = await services.in_thread(get_package, services.database, body.package_id)
    return await create_of(services, package, body, user, lambda _: body.package_id)


async def create_of(
    services: Services,
    package: PackagePublic,
    body: DeploymentSettings,
    user: str,
    package_of: PackageOf,
) -> DeploymentPublic:
    """`create` for a package that may not be there yet: ``package_of`` makes it, see there."""
    _check_not_archived(package)
    _check_settings(body, TargetType(package.target_type))
    await services.in_thread(_check_label_is_free, services.database, body.label)
    if package.kind.is_hosted:
        await load(services, package, Runtime.of(body))
    else:
        check_runs_nowhere(body.kernelspec, body.environment)
    made = await services.in_thread(_insert, services.database, body, user, package_of)
    services.champions.forget()
    return made


async def load(services: Services, package: PackagePublic, runtime: Runtime) -> LoadReport:
    """Load a hosted package's model in a worker and let it score its sample; see `create`.

    The environment that it is to run in is built first, unless it is there.
    """
    spec = await services.champions.ready_spec(services, package, runtime)
    return await services.pool.load(spec, _sample(package))


def get(database: Database, reference: str | int) -> DeploymentPublic:
    """A deployment by id or label; raises `DeploymentNotFound`."""
    with database.connect() as connection:
        found = deployment_rows.whole(connection, deployment_rows.identify(connection, reference))
    return DeploymentPublic.model_validate(found)


def label(database: Database, deployment_id: int) -> str:
    """The label of a deployment by its id, which exists."""
    with database.connect() as connection:
        found = select(DEPLOYMENT.c.label).where(DEPLOYMENT.c.id == deployment_id)
        return str(connection.scalar(found))


async def update(
    services: Services, reference: str | int, body: DeploymentUpdate
) -> DeploymentPublic:
    """Change settings or state; fields that were not given stay.

    Raises
    ------
    InvalidInput
        naming the setting that is wrong.
    AlreadyExists
        when the label is taken.

    """
    after = await services.in_thread(_update, services.database, reference, body)
    services.champions.forget()
    if after.state is not DeploymentState.ACTIVE:
        await retire_if_unused(services, after.package_id)
    return after


def history(database: Database, reference: str | int) -> list[ServicePeriod]:
    """Which package was in service from when to when, why and by whom; oldest first."""
    with database.connect() as connection:
        return deployment_rows.history(connection, deployment_rows.identify(connection, reference))


async def retire_if_unused(services: Services, package_id: int) -> None:
    """Stop a package's workers once nothing active has it in service any more."""
    if not await services.in_thread(_is_in_use, services.database, package_id):
        await services.pool.retire(package_id)


# --- helpers ------------------------------------------------------------------------------


def check_runs_nowhere(kernelspec: str | None, environment: ModelEnvironment | None) -> None:
    """Refuse to say what an external package runs in; raises `InvalidInput`."""
    if kernelspec is not None:
        raise InvalidInput(
            "A model hosted elsewhere runs in no kernelspec.",
            advice="Leave kernelspec out.",
            fields={"kernelspec": "not for external packages"},
        )
    if environment is ModelEnvironment.PACKAGE:
        raise InvalidInput(
            "A model hosted elsewhere runs in no environment here.",
            advice="Leave environment out.",
            fields={"environment": "not for external packages"},
        )


def _sample(package: PackagePublic) -> Frame | None:
    """The input example as the worker takes it."""
    records = package.input_example
    if not records:
        return None
    columns = {name: [record.get(name) for record in records] for name in records[0]}
    return conform(signature_of(package), columns, len(records))


def _check_not_archived(package: PackagePublic) -> None:
    if package.archived_at is not None:
        raise PackageArchived(
            f"Package {package.name}/{package.version} is archived.",
            advice="Restore it first, or choose another package.",
            fields={"package_id": package.id},
        )


def _check_settings(
    body: DeploymentSettings | DeploymentUpdate,
    target_type: TargetType,
    before: DeploymentPublic | None = None,
) -> None:
    """Refuse settings that may not be, alone or together."""
    if body.label is not None:
        validation.text(body.label, "label", 200)
        if body.label.isascii() and body.label.isdigit():
            raise InvalidInput(
                f"The label {body.label!r} would be taken for an id.",
                advice="Use at least one character that is not a digit.",
                fields={"label": "only digits"},
            )
    for field in ("description", "association_id_column", "kernelspec"):
        validation.text(getattr(body, field, None), field, 20_000 if field[0] == "d" else 200)
    threshold = body.prediction_threshold
    if threshold is not None:
        if target_type is not TargetType.BINARY:
            raise InvalidInput(
                "Only a binary target has a prediction threshold.",
                advice="Leave it out.",
                fields={"prediction_threshold": "only for binary"},
            )
        if not 0.0 <= threshold <= 1.0:
            raise InvalidInput(
                f"The prediction threshold {threshold} is outside 0 to 1.",
                advice="Give a probability.",
                fields={"prediction_threshold": "outside 0 to 1"},
            )

    if not target_type.has_rows:
        for field in ("association_id_column", "segment_columns", "store_features"):
            if getattr(body, field):
                raise InvalidInput(
                    "An unstructured model takes whole requests, which have no columns.",
                    advice="Leave it out.",
                    fields={field: "not for unstructured"},
                )
    seconds = body.predict_seconds
    if seconds is not None and not LEAST_PREDICT_SECONDS <= seconds <= MOST_PREDICT_SECONDS:
        raise InvalidInput(
            f"A call of the model cannot be given {seconds:g} s.",
            advice=f"Give {LEAST_PREDICT_SECONDS:g} to {MOST_PREDICT_SECONDS:,.0f} seconds, or "
            "none for what the server allows.",
            fields={"predict_seconds": f"{LEAST_PREDICT_SECONDS:g} to {MOST_PREDICT_SECONDS:.0f}"},
        )

    def setting(name: str) -> Any:
        given = name in body.model_fields_set or before is None
        return getattr(body, name) if given else getattr(before, name)

    if setting("association_id_required") and not setting("association_id_column"):
        raise InvalidInput(
            "An association ID cannot be required without a column that holds it.",
            advice="Give association_id_column too.",
            fields={"association_id_column": "missing"},
        )
    segments.check_columns(setting("segment_columns") or [], setting("association_id_column"))


def _check_label_is_free(database: Database, label: str) -> None:
    with database.read() as session:
        _check_label(session, label)


def _check_label(session: Session, label: str, other_than: int | None = None) -> None:
    taken_by = select(col(Deployment.id)).where(
        col(Deployment.label) == label,
        col(Deployment.state) != DeploymentState.ARCHIVED,
        col(Deployment.id) != (other_than or 0),
    )
    with session.no_autoflush:  # what is to be checked is not to be written yet
        taken = session.scalar(taken_by)
    if taken is not None:
        raise _taken(label)


def _taken(label: str) -> AlreadyExists:
    return AlreadyExists(
        f"There is a deployment {label!r} already.",
        advice="Choose another label, or archive that one first.",
        fields={"label": label},
    )


def _insert(
    database: Database, body: DeploymentSettings, user: str, package_of: PackageOf
) -> DeploymentPublic:
    with database.write() as session:
        package_id = package_of(session)
        # locked, so that it is neither archived nor deleted in between
        package = session.get(ModelPackage, package_id, with_for_update=True)
        if package is None or package.archived_at is not None:
            raise PackageArchived(
                "The package was archived or deleted meanwhile.", advice="Choose another package."
            )
        _check_label(session, body.label)
        moment = now()
        deployment = Deployment(
            **body.model_dump(include=set(DeploymentSettings.model_fields)),
            package_id=package_id,
            created_at=moment,
            updated_at=moment,
            created_by=user[:200],
        )
        session.add(deployment)
        _flush(session, body.label)
        assert deployment.id is not None
        session.add(
            DeploymentPeriod(
                deployment_id=deployment.id,
                package_id=package_id,
                start=moment,
                environment=body.environment,
                kernelspec=body.kernelspec or None,
                user=user[:200],
            )
        )
        session.flush()
        return DeploymentPublic.model_validate(
            deployment_rows.whole(session.connection(), deployment.id)
        )


def _update(database: Database, reference: str | int, body: DeploymentUpdate) -> DeploymentPublic:
    never_null = {"label", "description", "importance", "state", "association_id_required"}
    never_null |= {"store_features", "segment_columns"}
    changes = {
        name: value
        for name, value in body.model_dump(exclude_unset=True).items()
        if value is not None or name not in never_null
    }
    with database.write() as session:
        connection = session.connection()
        deployment_id = deployment_rows.identify(connection, reference)
        deployment = session.get_one(Deployment, deployment_id, with_for_update=True)
        before = DeploymentPublic.model_validate(deployment_rows.whole(connection, deployment_id))
        _check_settings(body, TargetType(before.target_type), before)
        for name, value in changes.items():
            setattr(deployment, name, value)
        if deployment.state is not DeploymentState.ARCHIVED:
            _check_label(session, deployment.label, deployment_id)
        if changes:
            deployment.updated_at = now()
        _flush(session, deployment.label)
        return DeploymentPublic.model_validate(deployment_rows.whole(connection, deployment_id))


def _flush(session: Session, label: str) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        if "label" in str(error.orig):  # taken between looking and writing
            raise _taken(label) from None
        raise


def _is_in_use(database: Database, package_id: int) -> bool:
    with database.read() as session:
        found = session.scalar(
            select(func.count())
            .select_from(DEPLOYMENT)
            .where(
                DEPLOYMENT.c.package_id == package_id,
                type_coerce(DEPLOYMENT.c.state, String) == DeploymentState.ACTIVE.value,
            )
        )
    return bool(found)

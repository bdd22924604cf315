"""From a leaderboard's model to a native package, a deployment, a replacement.

The model is loaded and scores its sample in a worker first, on trial, before there is a package.
Then package and deployment (or replacement) are made in one transaction: both exist, or neither.
A model that is a package already stays that one, whoever asks again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from ..domain.entities import (
    BoardDeploymentCreate,
    BoardPackageCreate,
    BoardReplacementCreate,
    DeploymentPublic,
    FilePublic,
    PackageCreate,
    PackagePublic,
    ReplacementPublic,
)
from ..domain.errors import AlreadyExists
from ..domain.kinds import PackageKind
from ..domain.signature import Signature
from ..domain.target import Target
from ..store.database import Database
from ..store.tables import BoardModel, Leaderboard, ModelPackage, RegisteredModel, now
from . import (
    board_models,
    deployments,
    leaderboard_rows,
    leaderboards,
    package_checks,
    packages,
    replacement,
)
from .environments import Runtime
from .package_rows import whole
from .services import Services


@dataclass(frozen=True)
class Packaged:
    """A model's package, and whether it was made just now."""

    package: PackagePublic
    made: bool


@dataclass(frozen=True)
class Deployed(Packaged):
    """The same with the deployment that was made of it."""

    deployment: DeploymentPublic


@dataclass(frozen=True)
class Replaced:
    """What became of a replacement, and the package, if there is one."""

    replacement: ReplacementPublic
    packaged: Packaged | None


def register(
    database: Database, board_id: int, number: int, body: BoardPackageCreate, user: str
) -> Packaged:
    """Make a package of a model, or give the one that it is; either unlocks its holdout.

    Raises
    ------
    LeaderboardNotFound
        when there is no such model.
    InvalidInput
        when it failed, or naming the field that is wrong.
    AlreadyExists
        when it is a package of another name.

    """
    candidate = _candidate(database, board_id, number, body)
    maker = _Maker(candidate, user)
    with database.write() as session:
        package_id = maker.package_of(session)
    return maker.packaged(database, package_id)


async def deploy(
    services: Services, board_id: int, number: int, body: BoardDeploymentCreate, user: str
) -> Deployed:
    """Create a deployment of a model; what it needs of a package is made with it.

    Raises
    ------
    LeaderboardNotFound, InvalidInput, AlreadyExists
        as `register`; or the label is taken. Nothing is made then.
    ModelFailed
        when the model cannot be loaded or cannot score. Nothing is made then.

    """
    candidate = await services.in_thread(
        _candidate, services.database, board_id, number, body.package
    )
    maker = _Maker(candidate, user)
    try:
        made = await deployments.create_of(
            services, candidate.preview, body, user, maker.package_of
        )
        services.champions.adopt(services, candidate.preview, made.package_id, Runtime.of(body))
    finally:
        await _let_go(services, candidate)
    packaged = await services.in_thread(maker.packaged, services.database, made.package_id)
    return Deployed(packaged.package, packaged.made, made)


async def replace(
    services: Services, board_id: int, number: int, body: BoardReplacementCreate, user: str
) -> Replaced:
    """Replace a deployment's champion by a model, or with ``dry_run`` only check.

    Raises
    ------
    LeaderboardNotFound, InvalidInput, AlreadyExists
        as `register`.
    IncompatibleReplacement, DeploymentInactive, Conflict
        as `replacement.replace`. Nothing is made then.

    """
    candidate = await services.in_thread(
        _candidate, services.database, board_id, number, body.package
    )
    maker = _Maker(candidate, user)
    try:
        done = await replacement.replace_by(
            services, body.deployment, candidate.preview, body, user, maker.package_of
        )
        after = done.deployment
        if done.replaced:
            services.champions.adopt(
                services, candidate.preview, after.package_id, Runtime.of(after)
            )
    finally:
        await _let_go(services, candidate)
    if not done.replaced:
        return Replaced(done, None)
    packaged = await services.in_thread(maker.packaged, services.database, after.package_id)
    return Replaced(done, packaged)


def preview(database: Database, board_id: int, number: int) -> PackagePublic:
    """The package that a model is, or would be; that one has an id below 0.

    Raises as `register`.
    """
    return _candidate(database, board_id, number, BoardPackageCreate()).preview


# --- what a package is made of ---------------------------------------------------------------


@dataclass(frozen=True)
class _Candidate:
    """A model with the package that it is, or would be."""

    board_id: int
    number: int
    asked: BoardPackageCreate
    body: PackageCreate
    target: Target
    files: list[FilePublic]
    #: The package; one that is not there yet has an id below 0.
    preview: PackagePublic


class _Maker:
    """Makes the package inside the transaction that needs it, unless it is there."""

    def __init__(self, candidate: _Candidate, user: str) -> None:
        self._candidate = candidate
        self._user = user
        self._made = False

    def package_of(self, session: Session) -> int:
        """The package's id; the model's row is locked, so that no second one is made."""
        of = self._candidate
        model = board_models.find(session, of.board_id, of.number)
        board_models.unseal(model, self._user)
        if model.package_id is None:
            model.package_id = packages.add(
                session,
                of.body,
                of.target,
                Signature.from_json(of.body.signature),
                of.body.format,
                of.files,
                self._user,
            )
            self._made = True
        else:
            _check_same_name(session, model.package_id, of.number, of.asked)
            packages.add_to(session, model.package_id, of.body.tags, of.body.aliases)
        board = session.get_one(Leaderboard, of.board_id)
        board.updated_at = now()
        session.flush()
        return model.package_id

    def packaged(self, database: Database, package_id: int) -> Packaged:
        """The package after the transaction."""
        return Packaged(packages.get(database, package_id), self._made)


def _candidate(
    database: Database, board_id: int, number: int, asked: BoardPackageCreate
) -> _Candidate:
    """Read a model with its sealed baseline, and check what its package would be."""
    with database.read() as session:
        model = board_models.find(session, board_id, number, lock=False)
        board_models.check_done(model)
        board = session.get_one(Leaderboard, model.leaderboard_id)
        assert model.id is not None
        files = [
            FilePublic.model_validate(file)
            for file in leaderboard_rows.files_of(session.connection(), model.id)
        ]
        body = _body(board, model, asked)
        target = package_checks.check(body, has_files=True)
        if model.package_id is None:
            preview = _preview(session, board, model, body, files)
        else:
            _check_same_name(session, model.package_id, number, asked)
            preview = PackagePublic.model_validate(whole(session.connection(), model.package_id))
    return _Candidate(board_id, number, asked, body, target, files, preview)


def _body(board: Leaderboard, model: BoardModel, asked: BoardPackageCreate) -> PackageCreate:
    target = leaderboards.target_of(board)
    return PackageCreate(
        name=asked.name or board.name,
        kind=PackageKind.NATIVE,
        description=asked.description or f"{model.label}, of leaderboard {board.id}.",
        target_name=target.name,
        target_type=target.type,
        class_labels=list(target.class_labels),
        positive_class=target.positive_class,
        signature=board.signature,
        format=model.format,
        baseline=_with_importance(model.baseline, model.details.get("importance")),
        provenance=_provenance(board, model),
        input_example=model.input_example,
        tags=asked.tags,
        aliases=asked.aliases,
    )


def _provenance(board: Leaderboard, model: BoardModel) -> dict[str, Any]:
    """What the training says of itself, and the way back to the leaderboard."""
    return {
        **board.provenance,
        **({"parameters": model.parameters} if model.parameters else {}),
        **model.provenance,
        "leaderboard": {
            "id": board.id,
            "number": model.number,
            "name": board.name,
            "label": model.label,
        },
        "training": {
            "engine": board.engine,
            "data": board.data,
            "partition": board.partition,
            "seed": board.seed,
            "time_budget": board.time_budget,
            "metric": board.metric,
            "validation": model.validation,
            "seconds": model.training_seconds,
        },
    }


def _with_importance(baseline: dict[str, Any] | None, measured: Any) -> dict[str, Any] | None:
    """The baseline with the importance of features (0 to 1, the largest 1) where it has none."""
    features = (baseline or {}).get("features") or {}
    if not isinstance(measured, dict) or any("importance" in one for one in features.values()):
        return baseline
    known = {
        name: max(0.0, float(value))
        for name, value in measured.items()
        if name in features and isinstance(value, int | float)
    }
    most = max(known.values(), default=0.0)
    if most <= 0:
        return baseline
    weighed = {
        name: {**one, "importance": known[name] / most} if name in known else one
        for name, one in features.items()
    }
    return {**(baseline or {}), "features": weighed}


def _preview(
    session: Session,
    board: Leaderboard,
    model: BoardModel,
    body: PackageCreate,
    files: list[FilePublic],
) -> PackagePublic:
    """The package as it would be, with an id that no package has."""
    last = session.scalar(
        select(col(RegisteredModel.last_version)).where(col(RegisteredModel.name) == body.name)
    )
    return PackagePublic(
        **body.model_dump(exclude={"upload", "files", "aliases"}),
        id=-(model.id or 0),
        version=(last or 0) + 1,
        files=files,
        digest=model.digest,
        size=model.size,
        created_at=model.created_at,
        created_by=board.created_by,
    )


def _check_same_name(
    session: Session, package_id: int, number: int, asked: BoardPackageCreate
) -> None:
    """Refuse to make a second package of a model under another name."""
    package = session.get_one(ModelPackage, package_id)
    if asked.name not in (None, package.name):
        raise AlreadyExists(
            f"Model {number} is package {package.name}/{package.version} already, so it becomes "
            "none of another name.",
            advice="Leave the name out.",
            fields={"name": f"already {package.name}", "package_id": package_id},
        )


async def _let_go(services: Services, candidate: _Candidate) -> None:
    """Stop the worker that a model was tried in, unless a package has it now."""
    if candidate.preview.id < 0:
        await services.pool.retire(candidate.preview.id)

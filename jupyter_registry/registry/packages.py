"""Model packages: register, read, update, archive, delete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from ..domain.entities import (
    FilePublic,
    PackageBase,
    PackageCreate,
    PackagePublic,
    PackageRegistered,
    PackageUpdate,
)
from ..domain.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    PackageNotFound,
    StillReferenced,
    nearest,
)
from ..domain.kinds import TargetType
from ..domain.signature import Signature
from ..domain.target import Target
from ..store.artifacts import ArtifactStore, digest
from ..store.database import Database
from ..store.tables import (
    ModelPackage,
    PackageFile,
    PackageTag,
    RegisteredModel,
    now,
)
from . import blobs, package_checks, package_formats, package_names, uploads, validation
from .latest import mark_latest
from .package_rows import deployments_of, search_text, whole

if TYPE_CHECKING:
    from .scans import Scan


def register(
    database: Database,
    artifacts: ArtifactStore,
    body: PackageCreate,
    user: str,
    scan: Scan | None = None,
    signed_by: str | None = None,
) -> PackageRegistered:
    """Register a package: the next version under its name.

    The upload that it names ends here: its files, or those that are named, become the package's
    in the same transaction; the others are thrown away. What will keep a model from being
    deployed is said in ``warnings``, as far as it can be told without loading it; and what a
    ``scan`` of its files has found, which its provenance keeps; and the name of the trusted key
    that it is ``signed_by``.

    Raises
    ------
    InvalidInput
        naming the field that is wrong.
    UploadNotFound
        when the upload does not exist or was taken by another package.
    Conflict
        when its files are not those that were scanned.

    """
    target = package_checks.check(body)
    signature = Signature.from_json(body.signature)
    model_format, warnings = body.format, list[str]()
    # only scan and signature themselves say what was found
    own = ("scan", "signed_by")
    kept = {name: value for name, value in body.provenance.items() if name not in own}
    if scan is not None:
        kept["scan"] = scan.to_json()
    if signed_by is not None:
        kept["signed_by"] = signed_by
    body = body.model_copy(update={"provenance": kept})
    if body.upload:
        sent = uploads.get(database, body.upload).files
        if body.files is not None:
            sent = [file for file in sent if file.path in body.files]
        model_format, warnings = package_formats.settled(artifacts, sent, body)
    with database.write() as session:
        files, others = uploads.take(session, body.upload, body.files) if body.upload else ([], [])
        if body.kind.is_hosted and not files:
            raise InvalidInput(
                "The upload has no files, or none were named.",
                advice="Upload the model's files first.",
                fields={"upload": "no files"},
            )
        if scan is not None and scan.digest != digest(files):
            raise Conflict(
                "The upload's files have changed meanwhile.", advice="Register it again."
            )
        package_id = add(session, body, target, signature, model_format, files, user)
    blobs.collect(database, artifacts, others)
    made = get(database, package_id)
    found = [] if scan is None else scan.warnings
    return PackageRegistered(**made.model_dump(), warnings=[*warnings, *found])


def get(database: Database, package_id: int) -> PackagePublic:
    """One package, whole; raises `PackageNotFound`."""
    with database.connect() as connection:
        found = whole(connection, package_id) if 0 < package_id < 2**31 else None
    if found is None:
        raise _no_package(package_id)
    return PackagePublic.model_validate(found)


def find(database: Database, name: str, reference: str | int = "latest") -> PackagePublic:
    """A package by its model's name and a version number, ``latest`` or an alias.

    ``latest`` is the highest version that is not archived. Raises `PackageNotFound`.
    """
    with database.read() as session:
        package_id = package_names.identify(session, name, reference)
        found = whole(session.connection(), package_id)
    assert found is not None
    return PackagePublic.model_validate(found)


def update(database: Database, package_id: int, body: PackageUpdate) -> PackagePublic:
    """Change description, tags or the archived state; what is ``None`` stays."""
    if body.description is not None:
        validation.text(body.description, "description", 20_000)
    tags = None if body.tags is None else validation.check_tags(body.tags)
    with database.write() as session:
        package, model = _package(session, package_id)
        if body.description is not None:
            package.description = body.description
        if tags is not None:
            session.execute(delete(PackageTag).where(col(PackageTag.package_id) == package_id))
            _tag(session, package_id, tags)
        if body.archived is True and package.archived_at is None:
            package.archived_at = now()
        elif body.archived is False:
            package.archived_at = None
        package.search_text = search_text(
            package.name, package.target_name, package.description, _tags(session, package_id)
        )
        mark_latest(session, _id(model))
        model.updated_at = now()
    return get(database, package_id)


def remove(database: Database, artifacts: ArtifactStore, package_id: int) -> tuple[str, int]:
    """Delete a package, and its files if no other package has equal ones.

    Returns the name and version that it had.

    Raises
    ------
    StillReferenced
        when a deployment has it in service or had it; ``fields["deployments"]`` lists their
        labels.

    """
    with database.write() as session:
        package, model = _package(session, package_id)
        name, version = package.name, package.version
        check_unused(session, [package_id], f"Package {name}/{version}")
        hashes = hashes_of(session, [package_id])
        session.delete(package)
        mark_latest(session, _id(model))
        model.updated_at = now()
    blobs.collect(database, artifacts, hashes)
    return name, version


def read_file(
    database: Database, artifacts: ArtifactStore, package_id: int, path: str
) -> tuple[FilePublic, Iterator[bytes]]:
    """A file of a package and its bytes in pieces, verified; see `ArtifactStore.chunks`.

    Raises
    ------
    PackageNotFound, NotFound
        when the package, or the file in it, does not exist.

    """
    package = get(database, package_id)
    for file in package.files:
        if file.path == path:
            return file, artifacts.chunks(file.sha256)
    raise NotFound(
        f"Package {package.name}/{package.version} has no file {path!r}.",
        advice=nearest(path, [file.path for file in package.files])
        or "Its files are listed with the package.",
        fields={"path": path},
    )


def target_of(package: PackageBase) -> Target:
    """The target of a package."""
    return Target(
        package.target_name,
        TargetType(package.target_type),
        tuple(package.class_labels),
        package.positive_class,
        0.5 if package.prediction_threshold is None else package.prediction_threshold,
    )


def signature_of(package: PackageBase) -> Signature:
    """The signature of a package."""
    return Signature.from_json(package.signature)


# --- shared with the use cases of registered models ---------------------------------------


def check_unused(session: Session, package_ids: Sequence[int], what: str) -> None:
    """Refuse to delete what a deployment has or had in service."""
    found = deployments_of(session.connection(), package_ids)
    if found:
        labels = [item["label"] for item in found]
        raise StillReferenced(
            f"{what} is, or was, in service of: {', '.join(labels)}.",
            advice="Archive it instead: predictions made by it refer to it.",
            fields={"deployments": labels},
        )


def hashes_of(session: Session, package_ids: Sequence[int]) -> list[str]:
    """The SHA-256 of all files of the packages."""
    return list(
        session.scalars(
            select(col(PackageFile.sha256)).where(col(PackageFile.package_id).in_(package_ids))
        )
    )


def add(
    session: Session,
    body: PackageCreate,
    target: Target,
    signature: Signature,
    model_format: str | None,
    files: Sequence[FilePublic],
    user: str,
) -> int:
    """Add a package that was checked, in a transaction that has its files named; returns its id."""
    model = _model_to_extend(session, body.name, user)
    package = ModelPackage(
        model_id=_id(model),
        version=model.last_version + 1,
        target_name=target.name,
        class_labels=list(target.class_labels),
        positive_class=target.positive_class,
        prediction_threshold=target.threshold if target.type is TargetType.BINARY else None,
        signature=signature.to_json(),
        format=model_format,
        digest=digest(files) if files else None,
        size=sum(file.size for file in files),
        created_by=user[:200],
        search_text=search_text(body.name, target.name, body.description, body.tags),
        **body.model_dump(
            include={
                "name",
                "kind",
                "description",
                "target_type",
                "location",
                "build_environment",
                "baseline",
                "provenance",
                "input_example",
            }
        ),
    )
    session.add(package)
    session.flush()
    model.last_version = package.version
    model.updated_at = package.created_at
    package_id = _id(package)
    session.add_all(PackageFile(package_id=package_id, **file.model_dump()) for file in files)
    _tag(session, package_id, body.tags)
    for alias in dict.fromkeys(body.aliases):
        package_names.point(session, _id(model), alias, package_id)
    mark_latest(session, _id(model))
    return package_id


def add_to(
    session: Session, package_id: int, tags: Mapping[str, str], aliases: Sequence[str]
) -> None:
    """Add tags and aliases, which were checked, to a package that is there."""
    if not tags and not aliases:
        return
    package, model = _package(session, package_id)
    known = _tags(session, package_id)
    session.execute(delete(PackageTag).where(col(PackageTag.package_id) == package_id))
    _tag(session, package_id, validation.check_tags({**known, **tags}))
    for alias in dict.fromkeys(aliases):
        package_names.point(session, _id(model), alias, package_id)
    package.search_text = search_text(
        package.name, package.target_name, package.description, {**known, **tags}
    )
    model.updated_at = now()


# --- helpers ------------------------------------------------------------------------------


def _model_to_extend(session: Session, name: str, user: str) -> RegisteredModel:
    """The registered model of that name, made when absent, locked until the transaction ends."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    moment: datetime = now()
    add = (
        insert(RegisteredModel)
        .values(
            name=name,
            description="",
            created_at=moment,
            created_by=user[:200],
            updated_at=moment,
            last_version=0,
        )
        .on_conflict_do_nothing(index_elements=["name"])
    )
    named = select(RegisteredModel).where(col(RegisteredModel.name) == name).with_for_update()
    while True:
        session.execute(add)
        model = session.scalars(named).first()
        if model is not None:  # else it was deleted between the two
            return model


def _package(session: Session, package_id: int) -> tuple[ModelPackage, RegisteredModel]:
    """The rows of a package and its model, locked until the transaction ends.

    The model comes first, as in every transaction that locks both.
    """
    model_id = (
        session.scalar(select(col(ModelPackage.model_id)).where(col(ModelPackage.id) == package_id))
        if 0 < package_id < 2**31
        else None
    )
    model = session.get(RegisteredModel, model_id, with_for_update=True) if model_id else None
    package = session.get(ModelPackage, package_id, with_for_update=True) if model else None
    if package is None or model is None:
        raise _no_package(package_id)
    return package, model


def _no_package(package_id: int) -> PackageNotFound:
    return PackageNotFound(
        f"There is no package with id {package_id}.",
        advice="It may have been deleted; list the packages.",
        fields={"package_id": package_id},
    )


def _tag(session: Session, package_id: int, tags: Mapping[str, str]) -> None:
    session.add_all(
        PackageTag(package_id=package_id, key=key, value=value) for key, value in tags.items()
    )
    session.flush()


def _tags(session: Session, package_id: int) -> dict[str, str]:
    rows = session.execute(
        select(col(PackageTag.key), col(PackageTag.value)).where(
            col(PackageTag.package_id) == package_id
        )
    )
    return {key: value for key, value in rows}  # noqa: C416


def _id(entity: Any) -> int:
    return int(entity.id)

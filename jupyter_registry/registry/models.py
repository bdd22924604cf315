"""Registered models: the names that group package versions, and their aliases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, or_, select
from sqlmodel import Session, col

from ..domain.entities import ModelPublic, ModelUpdate, PackagePublic
from ..domain.errors import PackageArchived, PackageNotFound, nearest
from ..store.artifacts import ArtifactStore
from ..store.database import Database
from ..store.tables import ModelAlias, ModelPackage, RegisteredModel, now
from . import blobs, keyset, package_names, packages, validation
from .package_rows import moment, whole

_SORT = "name"


def search_models(
    database: Database, q: str | None = None, *, limit: int = 100, cursor: str | None = None
) -> dict[str, Any]:
    """One page of registered models by name, shaped as `ModelPage` and ready for JSON.

    ``q``: words that all occur in name or description, in any case.
    """
    validation.page_size(limit)
    validation.text(q, "q", 1_000)
    name, description = col(RegisteredModel.name), col(RegisteredModel.description)
    query = select(col(RegisteredModel.id), name).order_by(name)
    for word in (q or "").lower().split():
        query = query.where(
            or_(
                func.lower(name).contains(word, autoescape=True),
                func.lower(description).contains(word, autoescape=True),
            )
        )
    if cursor:
        (after,) = keyset.decode(cursor, _SORT, [str])
        query = query.where(name > after)
    with database.read() as session:
        found = session.execute(query.limit(limit + 1)).all()
        more, found = len(found) > limit, found[:limit]
        items = _items(session, [row[0] for row in found])
    return {
        "items": items,
        "next_cursor": keyset.encode(_SORT, [found[-1][1]]) if more else None,
    }


def get(database: Database, name: str) -> ModelPublic:
    """A registered model; raises `PackageNotFound`."""
    with database.read() as session:
        (item,) = _items(session, [package_names.model_named(session, name)])
    return ModelPublic.model_validate(item)


def update(database: Database, name: str, body: ModelUpdate) -> ModelPublic:
    """Change a registered model's description; ``None`` leaves it."""
    validation.text(body.description, "description", 20_000)
    with database.write() as session:
        model = _model(session, name)
        if body.description is not None:
            model.description = body.description
            model.updated_at = now()
    return get(database, name)


def remove(database: Database, artifacts: ArtifactStore, name: str) -> int:
    """Delete a registered model with all its packages; returns the id that it had.

    Raises
    ------
    StillReferenced
        when a deployment has, or had, one of them in service; nothing is deleted.

    """
    with database.write() as session:
        model = _model(session, name)
        model_id = int(model.id or 0)
        locked = session.scalars(
            select(col(ModelPackage.id))
            .where(col(ModelPackage.model_id) == model.id)
            .with_for_update()
        )
        ids = [int(id_) for id_ in locked if id_ is not None]
        packages.check_unused(session, ids, f"Model {name!r}")
        hashes = packages.hashes_of(session, ids)
        session.execute(delete(ModelPackage).where(col(ModelPackage.model_id) == model.id))
        session.delete(model)
    blobs.collect(database, artifacts, hashes)
    return model_id


def set_alias(database: Database, name: str, alias: str, version: int) -> PackagePublic:
    """Point an alias at a version, whatever it pointed at before; returns the package.

    Raises
    ------
    InvalidInput
        when the alias may not be.
    PackageNotFound
        when there is no such model or version.
    PackageArchived
        when the version is archived.

    """
    validation.check_alias(alias)
    with database.write() as session:
        model = _model(session, name)
        package_id = package_names.identify(session, name, version)
        package = session.get_one(ModelPackage, package_id)
        if package.archived_at is not None:
            raise PackageArchived(
                f"Package {name}/{version} is archived.",
                advice="Restore it first, or choose another version.",
            )
        package_names.point(session, package.model_id, alias, package_id)
        model.updated_at = now()
    return packages.get(database, package_id)


def remove_alias(database: Database, name: str, alias: str) -> PackagePublic:
    """Take an alias away; returns the package that had it.

    Raises `PackageNotFound` when the model does not have it.
    """
    validation.text(alias, "alias", 1_000)
    with database.write() as session:
        model = _model(session, name)
        found = session.get(ModelAlias, {"model_id": model.id, "alias": alias})
        if found is None:
            known = session.scalars(
                select(col(ModelAlias.alias)).where(col(ModelAlias.model_id) == model.id)
            ).all()
            raise PackageNotFound(
                f"Model {name!r} has no alias {alias!r}.",
                advice=nearest(alias, known),
                fields={"name": name, "alias": alias},
            )
        session.delete(found)
        model.updated_at = now()
        session.flush()
        return PackagePublic.model_validate(whole(session.connection(), found.package_id))


def _model(session: Session, name: str) -> RegisteredModel:
    """The row of a model, locked until the transaction ends."""
    return session.get_one(RegisteredModel, package_names.model_named(session, name, lock=True))


def _items(session: Session, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Models shaped as `ModelPublic`, in the order of ``ids``."""
    rows = session.execute(
        select(
            col(RegisteredModel.id),
            col(RegisteredModel.name),
            col(RegisteredModel.description),
            col(RegisteredModel.created_at),
            col(RegisteredModel.created_by),
            col(RegisteredModel.updated_at),
        ).where(col(RegisteredModel.id).in_(ids))
    )
    items: dict[int, dict[str, Any]] = {
        id_: {
            "id": id_,
            "name": name,
            "description": description,
            "created_at": moment(created_at),
            "created_by": created_by,
            "updated_at": moment(updated_at),
            "latest_version": None,
            "aliases": {},
        }
        for id_, name, description, created_at, created_by, updated_at in rows
    }
    for model_id, version in session.execute(
        select(col(ModelPackage.model_id), func.max(ModelPackage.version))
        .where(col(ModelPackage.model_id).in_(ids), col(ModelPackage.archived_at).is_(None))
        .group_by(col(ModelPackage.model_id))
    ):
        items[model_id]["latest_version"] = version
    for model_id, alias, version in session.execute(
        select(col(ModelAlias.model_id), col(ModelAlias.alias), col(ModelPackage.version))
        .join(ModelPackage, col(ModelPackage.id) == col(ModelAlias.package_id))
        .where(col(ModelAlias.model_id).in_(ids))
        .order_by(col(ModelAlias.alias))
    ):
        items[model_id]["aliases"][alias] = version
    return [items[id_] for id_ in ids if id_ in items]

"""Models and packages by name: by version, ``latest`` or alias."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlmodel import Session, col

from ..domain.errors import PackageNotFound, nearest
from ..store.tables import ModelAlias, ModelPackage, RegisteredModel
from . import validation


def identify(session: Session, name: str, reference: str | int) -> int:
    """The id of a package by name and version, ``latest`` or alias; raises `PackageNotFound`."""
    model_id = model_named(session, name)
    text = str(reference)
    packages = select(col(ModelPackage.id)).where(col(ModelPackage.model_id) == model_id)
    if text == "latest":
        query = packages.where(col(ModelPackage.archived_at).is_(None)).order_by(
            col(ModelPackage.version).desc()
        )
    elif text.isascii() and text.isdigit():
        version = int(text) if len(text) < 10 else 0
        query = packages.where(col(ModelPackage.version) == version)
    else:
        validation.text(text, "alias", 1_000)
        query = select(col(ModelAlias.package_id)).where(
            col(ModelAlias.model_id) == model_id, col(ModelAlias.alias) == text
        )
    found = session.scalar(query.limit(1))
    if found is None:
        aliases = session.scalars(
            select(col(ModelAlias.alias)).where(col(ModelAlias.model_id) == model_id)
        ).all()
        what = "version" if text == "latest" or text.isdigit() else "alias"
        raise PackageNotFound(
            f"Model {name!r} has no {what} {text!r}.",
            advice=(nearest(text, aliases) if what == "alias" else "")
            or "List its versions, archived ones included.",
            fields={"name": name, what: text},
        )
    return int(found)


def model_named(session: Session, name: str, *, lock: bool = False) -> int:
    """The id of a registered model; raises `PackageNotFound` with the nearest name."""
    validation.text(name, "name", 1_000)
    query = select(col(RegisteredModel.id)).where(col(RegisteredModel.name) == name)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        known = session.scalars(select(col(RegisteredModel.name)).limit(10_000)).all()
        raise PackageNotFound(
            f"There is no registered model {name!r}.",
            advice=nearest(name, known) or "List the registered models.",
            fields={"name": name},
        )
    return int(found)


def point(session: Session, model_id: int, alias: str, package_id: int) -> None:
    """Let an alias of a model name a package, whatever it named before."""
    session.execute(
        delete(ModelAlias).where(
            col(ModelAlias.model_id) == model_id, col(ModelAlias.alias) == alias
        )
    )
    session.add(ModelAlias(model_id=model_id, alias=alias, package_id=package_id))
    session.flush()

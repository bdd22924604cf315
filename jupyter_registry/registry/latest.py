"""Which version of a registered model is its latest: noted with each, for lists of them alone."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlmodel import Session, col

from ..store.tables import ModelPackage


def mark_latest(session: Session, model_id: int) -> None:
    """Note which package of a model, whose row is locked, is the newest that is not archived."""
    session.flush()
    own = col(ModelPackage.model_id) == model_id
    newest = session.scalar(
        select(col(ModelPackage.id))
        .where(own, col(ModelPackage.archived_at).is_(None))
        .order_by(col(ModelPackage.version).desc())
        .limit(1)
    )
    for package in session.scalars(
        select(ModelPackage).where(
            own, or_(col(ModelPackage.latest), col(ModelPackage.id) == newest)
        )
    ):
        package.latest = package.id == newest
    session.flush()

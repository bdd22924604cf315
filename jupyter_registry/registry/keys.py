"""Prediction keys: secrets that open one deployment's predictions, reports and actuals alone."""

from __future__ import annotations

import hashlib
import secrets
import time
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlmodel import col

from ..domain.entities import KeyCreate, KeyCreated, KeyPublic
from ..domain.errors import NotFound
from ..store.database import Database
from ..store.tables import Deployment, PredictionKey, now
from . import deployment_rows, validation

if TYPE_CHECKING:
    from .services import Services

#: How every key begins, so that scanners of secrets recognise a leaked one.
PREFIX = "jrk_"
#: Letters of a key that are kept readable.
_SHOWN = 10
#: How long a key revoked by another server may still open.
_FRESH_SECONDS = 1.0


def create(database: Database, reference: str | int, body: KeyCreate, user: str) -> KeyCreated:
    """Make a key for a deployment; its secret is in this answer and nowhere else."""
    validation.text(body.name, "name", 200)
    secret = PREFIX + secrets.token_urlsafe(32)
    with database.write() as session:
        deployment_id = deployment_rows.identify(session.connection(), reference)
        session.get_one(Deployment, deployment_id, with_for_update=True)
        key = PredictionKey(
            deployment_id=deployment_id,
            name=body.name,
            prefix=secret[:_SHOWN],
            sha256=_hash(secret),
            created_by=user[:200],
        )
        session.add(key)
        session.flush()
        return KeyCreated.model_validate({**key.model_dump(), "key": secret})


def find(database: Database, reference: str | int) -> list[KeyPublic]:
    """A deployment's keys, revoked ones included, oldest first."""
    with database.read() as session:
        deployment_id = deployment_rows.identify(session.connection(), reference)
        keys = session.scalars(
            select(PredictionKey)
            .where(col(PredictionKey.deployment_id) == deployment_id)
            .order_by(col(PredictionKey.id))
        )
        return [KeyPublic.model_validate(key.model_dump()) for key in keys]


def revoke(database: Database, reference: str | int, key_id: int) -> None:
    """Make a key useless; doing it again changes nothing. Raises `NotFound`."""
    with database.write() as session:
        deployment_id = deployment_rows.identify(session.connection(), reference)
        key = session.get(PredictionKey, key_id) if 0 < key_id < 2**31 else None
        if key is None or key.deployment_id != deployment_id:
            raise NotFound(
                f"The deployment has no key with id {key_id}.",
                advice="List its keys.",
                fields={"key_id": key_id},
            )
        if key.revoked_at is None:
            key.revoked_at = now()


class KeyRing:
    """Which deployment a presented secret opens; remembered for a moment."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, int | None]] = {}
        self._changes = 0

    async def deployment_of(self, services: Services, secret: str) -> int | None:
        """The id of the deployment that a secret opens; ``None`` if it opens nothing."""
        hashed = _hash(secret)
        known = self._known.get(hashed)
        if known is not None and time.monotonic() < known[0]:
            return known[1]
        changes = self._changes
        found = await services.in_thread(_look_up, services.database, hashed)
        if changes != self._changes:
            # one was revoked while this one was looked up
            return await self.deployment_of(services, secret)
        if len(self._known) > 10_000:
            self._known.clear()  # wrong secrets may be tried without end
        self._known[hashed] = (time.monotonic() + _FRESH_SECONDS, found)
        return found

    def forget(self) -> None:
        """Look all up again: one was revoked."""
        self._known.clear()
        self._changes += 1


def _look_up(database: Database, hashed: str) -> int | None:
    with database.read() as session:
        return session.scalar(
            select(col(PredictionKey.deployment_id)).where(
                col(PredictionKey.sha256) == hashed, col(PredictionKey.revoked_at).is_(None)
            )
        )


def _hash(secret: str) -> str:
    # the secrets are random and long, so a fast hash without salt cannot be turned back
    return hashlib.sha256(secret.encode()).hexdigest()

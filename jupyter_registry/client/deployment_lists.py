"""What deployments answer with: lists of them, their history, replacements and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from ..domain.entities import KeyCreated, KeyPublic, ReplacementPublic, ServicePeriod
from ..domain.kinds import ModelEnvironment
from . import html
from .pages import Counted
from .shown import Shown, Table

if TYPE_CHECKING:
    from .deployments import Deployment


class DeploymentList(Counted["Deployment"]):
    """Deployments, read page by page."""

    what = "deployments"

    headings: ClassVar[tuple[str, ...]] = (
        "deployment", "package", "kind", "state", "importance", "predicted", "matched", "waiting",
        "created",
    )  # fmt: skip

    def row(self, item: Deployment) -> tuple[Any, ...]:
        """A deployment under `headings`."""
        return (
            item.label, item.package, item.kind, item.state, item.importance, item.rows_predicted,
            item.rows_matched, item.rows_waiting, item.created_at,
        )  # fmt: skip


class DeploymentsAndStatus(DeploymentList):
    """Deployments with how they do."""

    headings: ClassVar[tuple[str, ...]] = (
        "deployment", "package", "state", "importance", "service", "drift", "accuracy",
        "7 days",
    )  # fmt: skip

    def row(self, item: Deployment) -> tuple[Any, ...]:
        """A deployment under `headings`."""
        judged = item.status
        assert judged is not None
        return (
            item.label, item.package, item.state, item.importance, judged.service.status,
            judged.drift.status, judged.accuracy.status, sum(item.predictions_by_day or []),
        )  # fmt: skip


class History(Shown, list[ServicePeriod]):
    """The periods of service, oldest first as the server gives them."""

    headings: ClassVar[tuple[str, ...]] = (
        "package", "from", "to", "runs in", "reason", "note", "by",
    )  # fmt: skip

    def rows(self) -> list[tuple[Any, ...]]:
        """What a table shows, under `headings`."""
        return [
            (
                period.package, period.start, period.end, _runs_in(period), period.reason,
                period.note, period.user,
            )
            for period in self
        ]  # fmt: skip

    def _parts(self) -> list[Table]:
        return [Table(self.headings, self.rows(), last=True, rest="the list")]


def _runs_in(period: ServicePeriod) -> str | None:
    """Whose libraries it ran with; ``None`` for the registry's default ones, or elsewhere."""
    if period.environment == ModelEnvironment.PACKAGE:
        return "its own environment"
    return period.kernelspec


class Replacement(Shown, ReplacementPublic):
    """The checks of a replacement, and the deployment after it."""

    deployment: Deployment

    headings: ClassVar[tuple[str, ...]] = ("check", "status", "message")

    def rows(self) -> list[tuple[Any, ...]]:
        """What a table of the checks shows, under `headings`."""
        return [(check.name, check.status, check.message) for check in self.checks]

    def _parts(self) -> list[Table]:
        done = "Replaced" if self.replaced else "Only checked, not replaced"
        title = f"{done}: {self.deployment.package} is in service of {self.deployment.label}"
        return [Table(self.headings, self.rows(), title)]


class Key(KeyCreated):
    """A prediction key just made; ``key`` is its secret."""

    def __repr__(self) -> str:
        return f"<Key {self.name!r} {self.prefix}…: read its secret from .key, once>"

    __str__ = __repr__

    def _repr_html_(self) -> str:
        return html.facts(
            f"Key {self.name}",
            {"key": self.key, "keep it": "It is not shown again.", "created": self.created_at},
        )


class KeyList(Shown, list[KeyPublic]):
    """Prediction keys."""

    headings: ClassVar[tuple[str, ...]] = ("id", "name", "prefix", "created", "by", "revoked")

    def rows(self) -> list[tuple[Any, ...]]:
        """What a table shows, under `headings`."""
        return [
            (key.id, key.name, key.prefix, key.created_at, key.created_by, key.revoked_at)
            for key in self
        ]

    def _parts(self) -> list[Table]:
        none = "" if self else "There are no keys."
        return [Table(self.headings, self.rows(), note=none, last=True, rest="the list")]

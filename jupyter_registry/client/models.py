"""Registered models as results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from ..domain.entities import ModelPublic
from . import html
from .bound import Bound
from .pages import Pages

if TYPE_CHECKING:
    from .packages import Package, PackageList


class Model(Bound, ModelPublic):
    """A registered model: a name that groups versions."""

    def package(self, version: int | str = "latest") -> Package:
        """A version, by number, alias or ``latest``."""
        return self._registry.package(self.name, version)  # type: ignore[no-any-return]

    def versions(self, *, archived: bool | None = False) -> PackageList:
        """Its packages, newest first; ``archived=None`` for archived ones too."""
        return self._registry.packages(  # type: ignore[no-any-return]
            name=self.name, archived=archived, sort="-version"
        )

    def update(self, *, description: str) -> Model:
        """Change the description."""
        path = f"/models/{quote(self.name, safe='')}"
        answer = self._registry.connection.call("PATCH", path, json={"description": description})
        self._become(answer)
        return self

    def delete(self) -> None:
        """Delete it with all versions; raises `StillReferenced` if a deployment has or had one."""
        self._registry.connection.call("DELETE", f"/models/{quote(self.name, safe='')}")

    def __repr__(self) -> str:
        return f"<Model {self.name}: latest version {self.latest_version}>"

    __str__ = __repr__

    def _repr_html_(self) -> str:
        return html.facts(
            f"Model {self.name}",
            {
                "description": self.description,
                "latest version": self.latest_version,
                "aliases": self.aliases,
                "created": self.created_at,
                "by": self.created_by,
            },
        )


class ModelList(Pages[Model]):
    """Registered models, read page by page."""

    what = "registered models"

    headings: ClassVar[tuple[str, ...]] = (
        "model", "latest", "aliases", "description", "created", "by",
    )  # fmt: skip

    def row(self, item: Model) -> tuple[Any, ...]:
        """A model under `headings`."""
        return (
            item.name, item.latest_version, item.aliases, item.description, item.created_at,
            item.created_by,
        )  # fmt: skip

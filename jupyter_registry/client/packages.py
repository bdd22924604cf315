"""Packages as results."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from ..domain.entities import (
    DeploymentCreate,
    PackagePublic,
    PackageSummary,
)
from ..domain.kinds import CheckStatus, Importance, ModelEnvironment
from ..domain.signature import Signature
from . import html
from .bodies import body
from .downloads import download
from .environments import OtherLibraries, Runnable, TellLine, log_followed
from .pages import Counted
from .progress import Progress
from .segments import names_of

if TYPE_CHECKING:
    from .deployments import Deployment
    from .leaderboards import Board


class _PackageActions(Runnable):
    """What can be done with a package, whether it came whole or as a row of a list."""

    if TYPE_CHECKING:
        id: int
        name: str
        version: int

    @property
    def reference(self) -> str:
        """``name/version``."""
        return f"{self.name}/{self.version}"

    @property
    def _path(self) -> str:
        return f"/packages/{self.id}"

    def deploy(
        self,
        label: str,
        *,
        description: str = "",
        importance: Importance | str = Importance.MODERATE,
        association_id_column: str | None = None,
        association_id_required: bool = False,
        prediction_threshold: float | None = None,
        store_features: bool = False,
        kernelspec: str | None = None,
        environment: ModelEnvironment | str = ModelEnvironment.KERNELSPEC,
        segment_columns: Sequence[str] = (),
        predict_seconds: float | None = None,
        log: TellLine | None = print,
    ) -> Deployment:
        """Create a deployment; a model hosted here is loaded and scores a sample first.

        Warns (`OtherLibraries`) where it will meet other versions than it was made with; `checks`
        tells that without deploying.

        Parameters
        ----------
        label:
            The deployment's name; unique among those not archived.
        importance:
            ``low``, ``moderate``, ``high`` or ``critical``.
        association_id_column:
            The input column that ties a prediction to what later happened.
        association_id_required:
            Whether predictions without one are refused.
        prediction_threshold:
            The least probability that predicts the positive class (default: the package's).
        store_features:
            Whether input values are kept with the predictions.
        kernelspec:
            Whose Python the model runs in (default: the server's own setting).
        environment:
            ``kernelspec``: with the kernelspec's libraries. ``package``: in an environment that
            is built from what the package needs (its ``requirements.txt``, an MLflow or conda
            file, else the versions that were captured), and kept for others that need the same.
        segment_columns:
            Up to 5 columns, of the signature or sent along, by whose values accuracy is kept
            too; of at most 100 values each, later ones count as ``(other)``.
        predict_seconds:
            That the model may take for one call, 0.1 to 3,600 (default: what the server allows);
            a request that takes longer is answered 504, and others are not harmed.
        log:
            Called with each line that the building of an environment logs, in another thread.

        Raises
        ------
        ModelFailed
            when the model cannot be loaded or cannot predict; ``fields["traceback"]``.
        RequirementsRefused
            when what the package needs is not said in names and versions; ``fields["lines"]``.
        EnvironmentFailed
            when its environment cannot be built; ``fields["traceback"]`` has the end of the log.

        """
        from .deployments import Deployment

        wanted = body(
            DeploymentCreate,
            package_id=self.id,
            label=label,
            description=description,
            importance=importance,
            association_id_column=association_id_column,
            association_id_required=association_id_required,
            prediction_threshold=prediction_threshold,
            store_features=store_features,
            kernelspec=kernelspec,
            environment=environment,
            segment_columns=names_of(segment_columns),
            predict_seconds=predict_seconds,
        )
        connection = self._registry.connection
        if self.kind.is_hosted:
            for check in self.checks(kernelspec=kernelspec, environment=environment):
                if check.status is CheckStatus.WARNING:
                    told = f"{self.reference}: {check.message}"
                    warnings.warn(told, OtherLibraries, stacklevel=2)
        built = wanted.get("environment") == ModelEnvironment.PACKAGE
        with log_followed(connection, self._path, kernelspec, log if built else None):
            answer = connection.call("POST", "/deployments", json=wanted)
        return Deployment.of(self._registry, answer)

    def update(
        self, *, description: str | None = None, tags: Mapping[str, Any] | None = None
    ) -> Package:
        """Change the description or all tags; what is ``None`` stays."""
        changes = {
            "description": description,
            "tags": None if tags is None else {str(k): str(v) for k, v in tags.items()},
        }
        return self._patch({name: value for name, value in changes.items() if value is not None})

    def archive(self) -> Package:
        """Take it out of lists and of use for new deployments; `restore` undoes it."""
        return self._patch({"archived": True})

    def restore(self) -> Package:
        """Undo `archive`."""
        return self._patch({"archived": False})

    def delete(self) -> None:
        """Delete it and its files; raises `StillReferenced` if a deployment has or had it."""
        self._registry.connection.call("DELETE", f"/packages/{self.id}")

    def set_alias(self, alias: str) -> Package:
        """Let an alias of the model name this version, whichever it named before."""
        path = f"/models/{quote(self.name, safe='')}/aliases/{quote(alias, safe='')}"
        self._registry.connection.call("PUT", path, json={"version": self.version})
        return self._again()

    def remove_alias(self, alias: str) -> Package:
        """Remove an alias of the model."""
        path = f"/models/{quote(self.name, safe='')}/aliases/{quote(alias, safe='')}"
        self._registry.connection.call("DELETE", path)
        return self._again()

    def download(
        self, folder: str | os.PathLike[str], *, overwrite: bool = False, progress: Progress = True
    ) -> Path:
        """Write the package's files into a folder, verified; returns the folder.

        Raises
        ------
        AlreadyExists
            when a file is there and ``overwrite`` is not set; nothing is written.
        IntegrityFailure
            when what arrives does not have the recorded SHA-256.

        """
        whole = self._again()
        return download(
            self._registry.connection,
            f"/packages/{self.id}/files",
            whole.files,
            Path(folder),
            title=self.reference,
            overwrite=overwrite,
            progress=progress,
        )

    def sbom(self) -> dict[str, Any]:
        """Its software bill of materials: libraries at their versions and files, CycloneDX 1.6."""
        found: dict[str, Any] = self._registry.connection.call("GET", f"/packages/{self.id}/sbom")
        return found

    def _again(self) -> Package:
        found = self._registry.package_by_id(self.id)
        if isinstance(self, Package):
            self._become(found.model_dump())
            return self
        return found  # type: ignore[no-any-return]

    def _patch(self, changes: Mapping[str, Any]) -> Package:
        answer = self._registry.connection.call("PATCH", f"/packages/{self.id}", json=changes)
        if isinstance(self, Package):
            self._become(answer)
            return self
        return Package.of(self._registry, answer)


class PackageItem(_PackageActions, PackageSummary):
    """A package as a row of a list; `whole` has baseline, provenance and files too."""

    def whole(self) -> Package:
        """All that the registry knows of it."""
        return self._again()

    def __repr__(self) -> str:
        return f"<Package {self.reference}: {self.kind}, {self.target_type} {self.target_name!r}>"

    __str__ = __repr__

    def _repr_html_(self) -> str:
        return html.facts(f"Package {self.reference}", _summary_facts(self))


class Package(_PackageActions, PackagePublic):
    """A model package: one version of a registered model."""

    @property
    def input_signature(self) -> Signature:
        """The input columns with dtype and nullability."""
        return Signature.from_json(self.signature)

    def leaderboard(self) -> Board | None:
        """The leaderboard that it comes from; ``None`` for a package that comes from none.

        Raises `LeaderboardNotFound` when that was deleted.
        """
        origin = self.provenance.get("leaderboard")
        return self._registry.leaderboard(origin["id"]) if origin else None

    def refresh(self) -> Package:
        """Ask the server for the present state."""
        return self._again()

    def __repr__(self) -> str:
        return f"<Package {self.reference}: {self.kind}, {self.target_type} {self.target_name!r}>"

    __str__ = __repr__

    def _repr_html_(self) -> str:
        origin = self.provenance
        board = origin.get("leaderboard") or {}
        shown = html.facts(
            f"Package {self.reference}",
            _summary_facts(self)
            | {
                "files": [f"{file.path} ({html.size(file.size)})" for file in self.files],
                "notebook": origin.get("notebook"),
                "python": origin.get("python"),
                "scan": "; ".join((origin.get("scan") or {}).get("findings") or ()) or None,
                "signed by": origin.get("signed_by"),
                "git": (origin.get("git") or {}).get("commit"),
                "leaderboard": f"{board['id']}, model {board['number']}" if board else None,
                "deployments": [str(item.get("label", item)) for item in self.deployments],
            },
        )
        metrics = (self.baseline or {}).get("metrics") or {}
        if metrics:
            shown += html.table(
                ("metric", "value", "n"),
                [(name, item.get("value"), item.get("n")) for name, item in metrics.items()],
                title="Baseline",
            )
        if self.signature:
            shown += html.table(
                ("input column", "dtype", "nullable"),
                [(c["name"], c["dtype"], bool(c.get("nullable"))) for c in self.signature],
                title="Signature",
            )
        return shown


class PackageList(Counted[PackageItem]):
    """Packages, read page by page."""

    what = "packages"

    headings: ClassVar[tuple[str, ...]] = (
        "package", "kind", "target", "type", "aliases", "tags", "deployed", "created", "by",
    )  # fmt: skip

    def row(self, item: PackageItem) -> tuple[Any, ...]:
        """A package under `headings`."""
        return (
            item.reference, item.kind, item.target_name, item.target_type, item.aliases,
            item.tags, item.deployed, item.created_at, item.created_by,
        )  # fmt: skip


def _summary_facts(package: PackageSummary) -> dict[str, Any]:
    return {
        "kind": package.kind,
        "target": package.target_name,
        "target type": package.target_type,
        "class labels": package.class_labels,
        "positive class": package.positive_class,
        "threshold": package.prediction_threshold,
        "format": package.format,
        "location": package.location,
        "build environment": package.build_environment,
        "size": html.size(package.size) if package.size else None,
        "description": package.description,
        "tags": package.tags,
        "aliases": package.aliases,
        "created": package.created_at,
        "by": package.created_by,
        "archived": package.archived_at,
    }

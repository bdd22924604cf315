"""`Registry`: the whole registry from a kernel or a script, over HTTP."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ..domain.entities import ServerInfo
from ..domain.kinds import (
    DeploymentState,
    Importance,
    LeaderboardState,
    PackageKind,
    Status,
    TargetType,
)
from .connection import Connection
from .deployment_lists import DeploymentsAndStatus
from .deployments import Deployment, DeploymentList
from .discovery import find_server
from .leaderboards import Board, BoardItem, BoardList
from .models import Model, ModelList
from .packages import Package, PackageItem, PackageList
from .progress import Progress
from .references import resolve, split_reference
from .shown import Facts, Shown

if TYPE_CHECKING:
    from .described import SignatureLike


class Info(Shown, ServerInfo):
    """What there is to know of the server."""

    def _parts(self) -> list[Facts]:
        return [Facts("Jupyter Registry", self.model_dump(exclude={"monitoring"}))]


class Registry:
    """The registry of one Jupyter server.

    Parameters
    ----------
    url:
        The server's address, its base URL included. Without it the server is found: see
        `client.discovery.find_server`. In a notebook it is the notebook's own server.
    token:
        The server's token; found as well where it can be.

    Raises
    ------
    CannotConnect
        when no server is found.

    """

    def __init__(self, url: str | None = None, token: str | None = None) -> None:
        found = find_server(url, token)
        self.connection = Connection(found.url, found.token)

    @property
    def url(self) -> str:
        """The server's address."""
        return self.connection.url

    def info(self) -> Info:
        """Version, user and limits; also tells whether the server answers."""
        return Info.model_validate(self.connection.get("/info"))

    # --- packages and models --------------------------------------------------------------

    def register(
        self,
        name: str,
        model: Any = None,
        *,
        target: str | None = None,
        kind: PackageKind | str | None = None,
        target_type: TargetType | str | None = None,
        class_labels: Sequence[object] | None = None,
        positive_class: object | None = None,
        threshold: float | None = None,
        training: Any = None,
        holdout: Any = None,
        predictions: Any = None,
        importance: Mapping[str, float] | None = None,
        signature: SignatureLike | None = None,
        input_example: Any = None,
        description: str = "",
        tags: Mapping[str, Any] | None = None,
        aliases: Iterable[str] = (),
        format: str | None = None,
        location: str | None = None,
        build_environment: str | None = None,
        own_code: bool = False,
        sign_with: str | os.PathLike[str] | None = None,
        try_rows: int = 0,
        progress: Progress = True,
    ) -> Package:
        """Register a model package: the next version under a name.

        Parameters
        ----------
        name:
            The registered model's name; a new one is made.
        model:
            An object (an estimator, a booster, results of statsmodels, an ONNX model, a function
            of a DataFrame or a class with such a ``predict``), saved here; the path of a file or
            folder, or a list of several, uploaded as they are; ``module:name`` or
            ``path/file.py:name``, a function or class with its source; nothing for a model hosted
            elsewhere. A folder with ``custom.py`` is a model with hooks in that code, one with
            ``MLmodel`` as MLflow wrote it. An archive (zip, tar, compressed tar)
            stands for the folder that was packed into it.
            Of a folder, links to files count as files; hidden files, links to folders and empty
            folders are left out with a warning; ``__pycache__``, ``.ipynb_checkpoints`` and
            ``.git`` without.
        target:
            The name of what is predicted: the target's column in the data. Of an anomaly it is
            the column that says whether a row was one (``anomaly`` unless given; there need be
            none); an unstructured model needs none.
        kind:
            ``custom`` (default with a model), ``external`` (default without), ``native``.
        target_type, class_labels, positive_class, threshold:
            ``regression``, ``binary``, ``multiclass``, ``anomaly`` (a score for each row, the
            higher the more anomalous) or ``unstructured`` (a folder with ``custom.py`` whose
            ``score_unstructured`` answers whole requests), and the classes in the order of the
            model's probabilities; asked from the model, else read from the data's target column.
        training, holdout:
            Data with the target's column, for the baseline: DataFrame (pandas, polars), Arrow
            table, or the path of a CSV or Parquet file.
        predictions:
            Predictions on the holdout, where the model cannot be asked: a column of it by name,
            or an array of numbers or of the positive class's probabilities; for several classes
            a table with a column per label, or an array of shape (n, K).
        importance:
            How much each feature matters, in numbers from 0 on: drift of what matters little
            does not alarm. A hosted model's is measured on the data unless given.
        signature:
            The input columns; inferred from model and data unless given.
        input_example:
            Up to 20 input rows; the first five of the data unless given.
        format:
            One of `jupyter_registry.formats.format_names`; for an object the first that can keep
            it, for files told by content.
        location, build_environment:
            Where an external model is, and what built it.
        own_code:
            Whether you say that the code in the files' pickles is your own: classes of a notebook,
            modules of yours. Of an object that is saved here it is taken for granted. What runs
            commands is refused all the same; see ``RegistryApp.pickle_policy``.
        sign_with:
            A file with a private key (PEM; ``formats.signing.make_key`` makes one), or with a key
            and its certificates (``formats.signing.make_certificate``): the model's files are
            signed with it, by OpenSSF model signing. Needs the extra ``signing``.
        try_rows:
            So many of the data's first rows the model scores here before anything is uploaded.
        progress:
            Whether to show bars, or a function that is called with a `Step` as the holdout is
            scored, the files are sent and the package is registered; what it raises ends that,
            and nothing is registered.

        Raises
        ------
        InvalidInput
            when something does not fit or must be given; nothing is registered.
        UnsupportedFormat
            when model or file is of no known format.
        ModelFailed
            when the model, or the code around it, cannot score the holdout or those rows.
        UnsafeContent
            when a file's pickles would run code outside known libraries; nothing is loaded.
        MissingExtra
            when a library for it is not installed.

        """
        from .described import Described
        from .packaging import register

        return register(
            self,
            Described(
                name=name,
                model=model,
                kind=kind,
                target=target,
                target_type=target_type,
                class_labels=class_labels,
                positive_class=positive_class,
                threshold=threshold,
                training=training,
                holdout=holdout,
                predictions=predictions,
                importance=importance,
                signature=signature,
                input_example=input_example,
                description=description,
                tags=tags,
                aliases=tuple(aliases),
                format=format,
                location=location,
                build_environment=build_environment,
                own_code=own_code,
                sign_with=sign_with,
                try_rows=try_rows,
                progress=progress,
            ),
        )

    def packages(
        self,
        q: str | None = None,
        *,
        name: str | None = None,
        kind: PackageKind | str | None = None,
        target: str | None = None,
        target_type: TargetType | str | None = None,
        tag: str | Sequence[str] | None = None,
        alias: str | None = None,
        creator: str | None = None,
        deployed: bool | None = None,
        archived: bool | None = False,
        created_after: datetime | str | None = None,
        created_before: datetime | str | None = None,
        latest: bool = False,
        sort: str = "-created_at",
        page_size: int = 100,
    ) -> PackageList:
        """Search packages: words anywhere (``q``), and filters; read page by page.

        ``tag`` is ``key`` or ``key:value``, or several; ``archived=None`` for archived ones
        too; ``latest``: of each model only its newest version that is not archived; ``sort`` is
        ``created_at``, ``name``, ``version`` …, from last to first with a leading ``-``.
        """
        params = {
            "q": q, "name": name, "kind": kind, "target": target, "target_type": target_type,
            "tag": [tag] if isinstance(tag, str) else tag, "alias": alias, "creator": creator,
            "deployed": deployed, "archived": "any" if archived is None else archived,
            "created_after": created_after, "created_before": created_before,
            "latest": latest or None, "sort": sort, "limit": page_size,
        }  # fmt: skip
        return PackageList(
            self._pages("/packages", params), lambda item: PackageItem.of(self, item)
        )

    def package(self, name: str, version: int | str | None = None) -> Package:
        """A package by name and version number, alias, or ``latest`` (the default).

        ``"name/3"`` and ``"name@alias"`` do in one. Raises `PackageNotFound`.
        """
        if version is None:
            name, version = split_reference(name)
        reference = str(version).removeprefix("@")
        word = "versions" if reference == "latest" or reference.isdigit() else "aliases"
        path = f"/models/{quote(name, safe='')}/{word}/{quote(reference, safe='')}"
        return Package.of(self, self.connection.get(path))

    def package_by_id(self, package_id: int) -> Package:
        """A package by its id; raises `PackageNotFound`."""
        return Package.of(self, self.connection.get(f"/packages/{package_id}"))

    def package_id(self, package: Package | PackageItem | int | str) -> int:
        """The id of a package given as itself, its id, ``"name/version"`` or ``"name@alias"``."""
        return resolve(self, package)

    def models(self, q: str | None = None, *, page_size: int = 100) -> ModelList:
        """Registered models; read page by page."""
        return ModelList(
            self._pages("/models", {"q": q, "limit": page_size}),
            lambda item: Model.of(self, item),
        )

    def model(self, name: str) -> Model:
        """A registered model by name; raises `PackageNotFound`."""
        return Model.of(self, self.connection.get(f"/models/{quote(name, safe='')}"))

    # --- deployments ----------------------------------------------------------------------

    def deployments(
        self,
        q: str | None = None,
        *,
        state: DeploymentState | str | None = None,
        importance: Importance | str | None = None,
        package: Package | PackageItem | int | str | None = None,
        model: str | None = None,
        service: Status | str | None = None,
        drift: Status | str | None = None,
        accuracy: Status | str | None = None,
        sort: str = "-created_at",
        status: bool = False,
        page_size: int = 100,
    ) -> DeploymentList:
        """Deployments, filtered; read page by page.

        Parameters
        ----------
        service, drift, accuracy:
            With this status of service health, drift or accuracy.
        sort:
            ``created_at``, ``label``, ``importance`` or ``champion``; from last to first with a
            leading ``-``.
        status:
            Whether each has its `status` and `predictions_by_day`.

        """
        params = {
            "q": q,
            "state": state,
            "importance": importance,
            "package_id": None if package is None else self.package_id(package),
            "model": model,
            "service": service,
            "drift": drift,
            "accuracy": accuracy,
            "sort": sort,
            "status": status or None,
            "limit": page_size,
        }
        kind = DeploymentsAndStatus if status else DeploymentList
        return kind(self._pages("/deployments", params), lambda item: Deployment.of(self, item))

    def deployment(self, reference: int | str) -> Deployment:
        """A deployment by label or id; raises `DeploymentNotFound`."""
        path = f"/deployments/{quote(str(reference), safe='')}"
        return Deployment.of(self, self.connection.get(path))

    # --- leaderboards ---------------------------------------------------------------------

    def leaderboards(
        self,
        q: str | None = None,
        *,
        state: LeaderboardState | str | None = None,
        name: str | None = None,
        sort: str = "-created_at",
        page_size: int = 100,
    ) -> BoardList:
        """Leaderboards, filtered; read page by page.

        ``name``: of the packages that their models become; ``state``: ``running``, ``done``,
        ``stopped`` or ``failed``; ``sort``: ``created_at``, ``name`` or ``target``, from last to
        first with a leading ``-``.
        """
        params = {"q": q, "state": state, "name": name, "sort": sort, "limit": page_size}
        return BoardList(
            self._pages("/leaderboards", params), lambda item: BoardItem.of(self, item)
        )

    def leaderboard(self, leaderboard_id: int) -> Board:
        """A leaderboard by its id; raises `LeaderboardNotFound`."""
        return Board.of(self, self.connection.get(f"/leaderboards/{leaderboard_id}"))

    # --- the connection -------------------------------------------------------------------

    def close(self) -> None:
        """Close the connections; the registry can then not be asked any more."""
        self.connection.close()

    def __enter__(self) -> Registry:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Registry at {self.url}>"

    def _pages(self, path: str, params: Mapping[str, Any]) -> Callable[..., Mapping[str, Any]]:
        def fetch(cursor: str | None, **more: Any) -> Mapping[str, Any]:
            wanted = {**params, "cursor": cursor, **more}
            page: Mapping[str, Any] = self.connection.get(path, wanted)
            return page

        return fetch


__all__ = ["Info", "Registry"]

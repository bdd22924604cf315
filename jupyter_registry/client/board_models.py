"""Models of a leaderboard as results: ranked, looked into, registered, deployed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..domain.entities import (
    BoardDeploymentCreate,
    BoardModelPublic,
    BoardModelSummary,
    BoardPackageCreate,
    BoardReplacementCreate,
)
from ..domain.kinds import BoardModelState, ModelEnvironment, ReplacementReason, TargetType
from ..domain.ranking import ranked, score_of
from . import html
from .bodies import body
from .downloads import download
from .environments import Runnable, TellLine, log_followed
from .progress import Progress
from .segments import names_of
from .shown import Shown, Table

if TYPE_CHECKING:
    import pandas
    import pyarrow as pa

    from .deployments import Deployment, Replacement
    from .packages import Package


class _ModelActions(Runnable):
    """What can be done with a model, whether it came whole or as a row of a table."""

    leaderboard_id: int

    if TYPE_CHECKING:
        number: int
        label: str

    def register(
        self,
        name: str | None = None,
        *,
        description: str = "",
        tags: Mapping[str, Any] | None = None,
        aliases: Iterable[str] = (),
    ) -> Package:
        """Make a native package of it, without a deployment; its holdout is unlocked.

        A model that is a package already stays that one: tags and aliases are added to it.

        Parameters
        ----------
        name:
            The registered model's name; the leaderboard's unless given.

        Raises
        ------
        AlreadyExists
            when it is a package of another name.

        """
        from .packages import Package

        wanted = _package(name, description, tags, aliases)
        answer = self._registry.connection.call("POST", f"{self._path}/package", json=wanted)
        self._again()
        return Package.of(self._registry, answer)

    def deploy(
        self,
        label: str,
        *,
        name: str | None = None,
        tags: Mapping[str, Any] | None = None,
        aliases: Iterable[str] = (),
        log: TellLine | None = print,
        **settings: Any,
    ) -> Deployment:
        """Deploy it: package and deployment are made together, or neither is.

        The model is loaded and scores a sample first. One that is a package already is deployed
        as that.

        Parameters
        ----------
        name, tags, aliases:
            Of the package, as in `register`.
        log:
            Called with each line that the building of an environment logs, in another thread.
        settings:
            Of the deployment, as in `Package.deploy`.

        Raises
        ------
        AlreadyExists
            when the label is taken.
        ModelFailed
            when the model cannot be loaded or cannot predict.

        """
        from .deployments import Deployment

        if settings.get("segment_columns") is not None:
            settings["segment_columns"] = names_of(settings["segment_columns"])
        wanted = body(BoardDeploymentCreate, label=label, **settings)
        wanted["package"] = _package(name, "", tags, aliases)
        built = wanted.get("environment") == ModelEnvironment.PACKAGE
        connection = self._registry.connection
        with log_followed(
            connection, self._path, settings.get("kernelspec"), log if built else None
        ):
            answer = connection.call("POST", f"{self._path}/deployment", json=wanted)
        self._again()
        return Deployment.of(self._registry, answer)

    def replace(
        self,
        deployment: Deployment | int | str,
        reason: ReplacementReason | str = ReplacementReason.OTHER,
        note: str = "",
        dry_run: bool = False,
        *,
        name: str | None = None,
        tags: Mapping[str, Any] | None = None,
        aliases: Iterable[str] = (),
        environment: ModelEnvironment | str | None = None,
        kernelspec: str | None = None,
        log: TellLine | None = print,
    ) -> Replacement:
        """Put it in service of a deployment that there is, as `Deployment.replace` does.

        Package and replacement are made together, or neither is; with ``dry_run`` only checked.
        ``environment``, ``kernelspec`` and ``log`` are as there.
        """
        from .deployments import Deployment, Replacement

        known = deployment if isinstance(deployment, Deployment) else None
        if environment is not None and known is None:
            known = self._registry.deployment(deployment)
        wanted = body(
            BoardReplacementCreate,
            deployment=str(deployment if known is None else known.id),
            reason=reason,
            note=note,
            dry_run=dry_run,
            environment=environment,
            **({} if kernelspec is None else {"kernelspec": kernelspec}),
        )
        wanted["package"] = _package(name, "", tags, aliases)
        connection = self._registry.connection
        before = None if known is None else known.kernelspec
        where = before if kernelspec is None else kernelspec or None
        built = environment == ModelEnvironment.PACKAGE
        with log_followed(connection, self._path, where, log if built else None):
            answer = connection.call("POST", f"{self._path}/replacement", json=wanted)
        self._again()
        result = Replacement.model_validate(answer)
        result.deployment._registry = self._registry
        if known is not None:
            known._become(answer["deployment"])
        return result

    def unlock(self) -> WholeBoardModel:
        """Show what was measured on the holdout, for good: who did so, and when, is kept."""
        answer = self._registry.connection.call("POST", f"{self._path}/unlock")
        return self._taken(answer)

    def whole(self) -> WholeBoardModel:
        """All that is known of it: importance, curves, blueprint, files."""
        return self._again()

    def download(
        self, folder: str | os.PathLike[str], *, overwrite: bool = False, progress: Progress = True
    ) -> Path:
        """Write its files into a folder, verified; returns the folder. As `Package.download`."""
        whole = self._again()
        return download(
            self._registry.connection,
            f"{self._path}/files",
            whole.files,
            Path(folder),
            title=f"model {self.number} ({self.label})",
            overwrite=overwrite,
            progress=progress,
        )

    @property
    def _path(self) -> str:
        return f"/leaderboards/{self.leaderboard_id}/models/{self.number}"

    def _again(self) -> WholeBoardModel:
        return self._taken(self._registry.connection.get(self._path))

    def _taken(self, answer: Mapping[str, Any]) -> WholeBoardModel:
        self._become(answer)
        return WholeBoardModel.of(self._registry, answer)


class BoardModel(_ModelActions, BoardModelSummary):
    """A model as a row of a leaderboard."""

    def __repr__(self) -> str:
        became = f", {self.package}" if self.package else ""
        return f"<BoardModel {self.number}: {self.label}, {self.state}{became}>"

    __str__ = __repr__

    def _repr_html_(self) -> str:
        return html.facts(f"Model {self.number}: {self.label}", _facts(self))


class WholeBoardModel(_ModelActions, BoardModelPublic):
    """A model of a leaderboard, whole."""

    def __repr__(self) -> str:
        became = f", {self.package}" if self.package else ""
        return f"<BoardModel {self.number}: {self.label}, {self.state}{became}>"

    __str__ = __repr__

    def _repr_html_(self) -> str:
        scores = [
            (metric, found.mean, found.spread, (self.holdout or {}).get(metric, {}).get("value"))
            for metric, found in self.validation.items()
        ]
        shown = html.facts(f"Model {self.number}: {self.label}", _facts(self))
        if scores:
            note = "" if self.holdout else "The holdout is sealed: .unlock() shows it."
            shown += html.table(
                ("metric", "validation", "spread", "holdout"), scores, title="Scores", note=note
            )
        if self.blueprint:
            steps = [(step.step, step.kind, step.columns, step.text) for step in self.blueprint]
            shown += html.table(("step", "kind", "columns", ""), steps, title="Blueprint")
        return shown


class Ranking(Shown, Sequence[BoardModel]):
    """A leaderboard's models from best to worst, then those without a score, then the failed.

    It counts from 0, as lists do; ranks count from 1.
    """

    def __init__(
        self, models: Sequence[BoardModel], target_type: TargetType, metric: str, title: str = ""
    ) -> None:
        done = [model for model in models if model.state is BoardModelState.DONE]
        self.metric = metric
        self.failed = [model for model in models if model.state is not BoardModelState.DONE]
        order = ranked(((model, model.validation) for model in done), target_type, metric)
        self.ranked = [model for model, _ in order]
        self.title = title

    @property
    def headings(self) -> tuple[str, ...]:
        """Of the table."""
        return (
            "rank", "number", "model", self.metric, "spread", "holdout", "training s",
            "ms/1,000 rows", "size", "package",
        )  # fmt: skip

    def rows(self) -> list[tuple[Any, ...]]:
        """What a table shows of the ranked models, under `headings`."""
        return [
            (
                rank, model.number, model.label, score_of(model.validation, self.metric),
                self._spread(model), self._holdout(model), model.training_seconds,
                model.scoring_ms, html.size(model.size), model.package,
            )
            for rank, model in enumerate(self.ranked, 1)
        ]  # fmt: skip

    def to_arrow(self) -> pa.Table:
        """A row per model, the failed ones too: numbers, every metric's mean, parameters' JSON."""
        import json

        import pyarrow as pa

        models = [*self.ranked, *self.failed]
        ranks = [*range(1, len(self.ranked) + 1), *([None] * len(self.failed))]
        metrics = sorted({metric for model in models for metric in model.validation})
        columns: dict[str, Any] = {
            "rank": pa.array(ranks, pa.int64()),
            "number": pa.array([model.number for model in models], pa.int64()),
            "model": pa.array([model.label for model in models], pa.string()),
            "family": pa.array([model.family for model in models], pa.string()),
            "state": pa.array([model.state.value for model in models], pa.string()),
        }
        for metric in metrics:
            scores = [score_of(model.validation, metric) for model in models]
            columns[metric] = pa.array(scores, pa.float64())
        columns |= {
            "spread": pa.array([self._spread(model) for model in models], pa.float64()),
            "holdout": pa.array([self._holdout(model) for model in models], pa.float64()),
            "training_seconds": pa.array([m.training_seconds for m in models], pa.float64()),
            "scoring_ms": pa.array([m.scoring_ms for m in models], pa.float64()),
            "size": pa.array([model.size for model in models], pa.int64()),
            "package": pa.array([model.package for model in models], pa.string()),
            "reason": pa.array([model.reason for model in models], pa.string()),
            "parameters": pa.array([json.dumps(m.parameters) for m in models], pa.string()),
        }
        return pa.table(columns)

    def to_frame(self) -> pandas.DataFrame:
        """`to_arrow` as a pandas DataFrame."""
        return self.to_arrow().to_pandas()

    def scored(self) -> list[dict[str, Any]]:
        """What `plots.leaderboard` draws of the ranked models."""
        return [
            {
                "name": model.label,
                "score": score_of(model.validation, self.metric),
                "spread": self._spread(model),
                "holdout": self._holdout(model),
                "scoring_ms": model.scoring_ms or None,  # 0: too fast to be measured
            }
            for model in self.ranked
        ]

    def __len__(self) -> int:
        return len(self.ranked)

    def __getitem__(self, position: Any) -> Any:
        return self.ranked[position]

    def _parts(self) -> list[Table]:
        none = "" if self.ranked else "There are no models yet."
        parts = [Table(self.headings, self.rows(), self.title, none)]
        if self.failed:
            rows = [(model.number, model.label, model.reason) for model in self.failed]
            parts.append(Table(("number", "failed", "reason"), rows))
        return parts

    def _spread(self, model: BoardModel) -> float | None:
        found = model.validation.get(self.metric)
        return None if found is None else found.spread

    def _holdout(self, model: BoardModel) -> float | None:
        found = (model.holdout or {}).get(self.metric) or {}
        value: float | None = found.get("value")
        return value


def _package(
    name: str | None, description: str, tags: Mapping[str, Any] | None, aliases: Iterable[str]
) -> dict[str, Any]:
    given: dict[str, Any] = {"name": name, "description": description}
    return body(
        BoardPackageCreate,
        **{field: value for field, value in given.items() if value},
        tags={str(key): str(value) for key, value in (tags or {}).items()},
        aliases=list(aliases),
    )


def _facts(model: BoardModelSummary) -> dict[str, Any]:
    return {
        "family": model.family,
        "state": model.state,
        "reason": model.reason,
        "parameters": model.parameters,
        "training s": model.training_seconds,
        "ms per 1,000 rows": model.scoring_ms,
        "format": model.format,
        "size": html.size(model.size) if model.size else None,
        "package": model.package,
        "unlocked": model.unlocked_at,
        "unlocked by": model.unlocked_by,
    }


__all__ = ["BoardModel", "Ranking", "WholeBoardModel"]

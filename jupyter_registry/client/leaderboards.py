"""Leaderboards as results: ranked on any metric, deployed from, stopped, deleted."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import PrivateAttr

from ..domain.entities import Incumbent, LeaderboardSummary, LeaderboardWhole
from ..domain.errors import InvalidInput, nearest
from ..domain.kinds import TargetType
from . import html
from .board_models import BoardModel, Ranking, WholeBoardModel
from .bound import Bound
from .comparison import Comparison
from .pages import Counted
from .progress import Progress

if TYPE_CHECKING:
    import pandas
    import pyarrow as pa

    from .deployments import Deployment, Replacement
    from .packages import Package
    from .registry import Registry
    from .training_jobs import TrainingJob

#: A rank (1 is the best), a model, or its label.
RankOrModel = int | str | BoardModel | WholeBoardModel


class _BoardActions(Bound):
    """What can be done with a leaderboard, whether it came whole or as a row of a list."""

    if TYPE_CHECKING:
        id: int

    def stop(self) -> Board:
        """Ask its training to stop; the models that are there are kept.

        A training that has not been heard of for two minutes is taken to have ended.
        """
        answer = self._registry.connection.call("POST", f"{self._path}/stop")
        return self._taken(answer)

    def delete(self) -> None:
        """Delete it with its models; packages made of them stay.

        Raises `LeaderboardRunning` while it is trained.
        """
        self._registry.connection.call("DELETE", self._path)

    def log(self) -> str:
        """The last of what the server's job that trains it has written.

        Raises `NotFound` where a kernel trains it.
        """
        return str(self._registry.connection.get(f"{self._path}/log")["text"])

    @property
    def registry(self) -> Registry:
        """Where it is kept."""
        known: Registry = self._registry
        return known

    @property
    def _path(self) -> str:
        return f"/leaderboards/{self.id}"

    def _taken(self, answer: Mapping[str, Any]) -> Board:
        self._become(answer)
        return self if isinstance(self, Board) else Board.of(self._registry, answer)


class BoardItem(_BoardActions, LeaderboardSummary):
    """A leaderboard as a row of a list; `whole` has its models too."""

    def whole(self) -> Board:
        """All that the registry knows of it."""
        return self._registry.leaderboard(self.id)  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        return f"<Leaderboard {self.id}: {self.name}, {self.state}, {self.models_done} models>"

    __str__ = __repr__


class Board(_BoardActions, LeaderboardWhole):
    """The models of one automated training, ranked."""

    _models: list[BoardModel] = PrivateAttr(default_factory=list)

    @classmethod
    def of(cls, registry: Registry, document: Mapping[str, Any]) -> Self:
        """The leaderboard that a JSON document is."""
        made = super().of(registry, document)
        made._take_models(document)
        return made

    def models(self, metric: str | None = None) -> Ranking:
        """Its models from best to worst, on the metric that ranked them or any other.

        Raises `InvalidInput` for a metric that its target's type has not.
        """
        chosen = metric or self.metric
        title = f"Leaderboard {self.id}: {self.name}, {self.state}"
        return Ranking(self._models, TargetType(self.target_type), chosen, title)

    def model(self, model: RankOrModel, metric: str | None = None) -> WholeBoardModel:
        """One model, whole: by its rank (1 is the best), or by itself or its label."""
        return self._chosen(model, metric).whole()

    def register(
        self, model: RankOrModel, name: str | None = None, *, metric: str | None = None, **of: Any
    ) -> Package:
        """Make a native package of a model, without a deployment; see `BoardModel.register`."""
        return self._done(self._chosen(model, metric).register(name, **of))  # type: ignore[no-any-return]

    def deploy(
        self, model: RankOrModel, label: str, *, metric: str | None = None, **settings: Any
    ) -> Deployment:
        """Deploy a model: package and deployment are made together; see `BoardModel.deploy`.

        Parameters
        ----------
        model:
            Its rank (1 is the best), itself, or its label.
        metric:
            What a rank is by, if not by the leaderboard's metric.
        settings:
            As in `Package.deploy`; ``name``, ``tags`` and ``aliases`` are the package's.

        """
        return self._done(self._chosen(model, metric).deploy(label, **settings))  # type: ignore[no-any-return]

    def replace(
        self,
        deployment: Deployment | int | str,
        model: RankOrModel,
        reason: str = "other",
        note: str = "",
        dry_run: bool = False,
        *,
        metric: str | None = None,
        **of: Any,
    ) -> Replacement:
        """Put a model in service of a deployment that there is; see `BoardModel.replace`."""
        chosen = self._chosen(model, metric)
        return self._done(chosen.replace(deployment, reason, note, dry_run, **of))  # type: ignore[no-any-return]

    def unlock(self, model: RankOrModel, *, metric: str | None = None) -> WholeBoardModel:
        """Show what a model scored on the holdout; who asked, and when, is kept."""
        return self._done(self._chosen(model, metric).unlock())  # type: ignore[no-any-return]

    def compare(
        self,
        model: RankOrModel = 1,
        old: int | str | None = None,
        *,
        metric: str | None = None,
    ) -> Comparison:
        """One of its models beside one of its predecessor's, both on this board's holdout.

        The predecessor's were measured when this one was trained; the holdout of ``model`` is
        unlocked. The older model may have been trained on some of the rows, where its data went
        as far: then it looks better than it is.

        Parameters
        ----------
        model:
            Of this board: its rank (1 is the best), itself, or its label.
        old:
            Of the predecessor: the number or label in ``incumbents``; the first that could be
            measured unless given.
        metric:
            What a rank is by, if not by the leaderboard's metric.

        Raises
        ------
        InvalidInput
            saying why there is no comparison: it has no predecessor, or why that one's models
            could not be measured.

        """
        beside = self._incumbent(old)
        new = self._chosen(model, metric)
        whole = self.unlock(new) if new.holdout is None else new
        names = (
            f"{beside.label} (board {beside.leaderboard_id})",
            f"{whole.label} (board {self.id})",
        )
        rows = max((int(one.get("n") or 0) for one in beside.metrics.values()), default=0)
        found = whole.holdout or {}
        return Comparison(names, rows, TargetType(self.target_type), beside.metrics, found)

    def rerun(
        self,
        data: str | os.PathLike[str],
        *,
        time_budget: float | None = None,
        name: str | None = None,
        kernelspec: str | None = None,
        progress: Progress = True,
        **changes: Any,
    ) -> TrainingJob:
        """Have the server do what made it again with a new file: same recipe and seed, linked.

        Its models that are packages, and its best, are measured on the new holdout: `compare` of
        the new leaderboard sets any of its models beside them. ``Leaderboard.rerun`` does the
        same here, with a DataFrame.

        Parameters
        ----------
        data:
            A CSV, Parquet or Arrow file.
        time_budget:
            In seconds; as this one's unless given.
        kernelspec:
            In whose environment it runs; the registry's default one unless given.
        changes:
            Options of the recipe that shall differ.

        Returns
        -------
        TrainingJob
            at once; its ``wait()`` gives the new leaderboard.

        """
        from .training_jobs import begin

        return begin(
            self._registry,
            data,
            self.target_name,
            predecessor=self.id,
            time_budget=time_budget,
            name=name,
            kernelspec=kernelspec,
            options=changes,
            progress=progress,
        )

    def refresh(self) -> Board:
        """Ask the server for the present state and models."""
        self._become(self._registry.connection.get(self._path))
        return self

    def to_arrow(self, metric: str | None = None) -> pa.Table:
        """A row per model, ranked."""
        return self.models(metric).to_arrow()

    def to_frame(self, metric: str | None = None) -> pandas.DataFrame:
        """`to_arrow` as a pandas DataFrame."""
        return self.models(metric).to_frame()

    def _incumbent(self, old: int | str | None) -> Incumbent:
        """The predecessor's model that is asked for, measured."""
        if not self.incumbents:
            why = (
                f"Leaderboard {self.id} was not trained as another's successor, so no older model "
                "was measured on its holdout."
                if self.predecessor_id is None
                else f"No model of leaderboard {self.predecessor_id} was measured on the holdout "
                f"of leaderboard {self.id}."
            )
            raise InvalidInput(
                why,
                advice="Train the older one again on new data (rerun), or compare "
                "on a table: jupyter_registry.training.compare(old, new, table).",
                fields={"incumbents": "none"},
            )
        fit = [one for one in self.incumbents if old is None or old in (one.number, one.label)]
        if not fit:
            known = ", ".join(f"{one.number} ({one.label})" for one in self.incumbents)
            raise InvalidInput(
                f"No model {old!r} of the predecessor was measured.",
                advice=f"There is {known}.",
                fields={"old": "unknown"},
            )
        measured = [one for one in fit if one.metrics]
        if not measured:
            raise InvalidInput(
                f"{fit[0].label} could not be measured on the holdout of leaderboard {self.id}: "
                f"{fit[0].reason or 'nobody knows why.'}",
                advice="Compare on a table: jupyter_registry.training.compare(old, new, table).",
                fields={"old": "not measured"},
            )
        return measured[0]

    def _become(self, document: Mapping[str, Any]) -> None:
        super()._become(document)
        self._take_models(document)

    def _take_models(self, document: Mapping[str, Any]) -> None:
        self._models = [
            BoardModel.of(self._registry, {**model, "leaderboard_id": self.id})
            for model in document.get("models") or ()
        ]

    def _done(self, result: Any) -> Any:
        """A result, after which the table has something new to show."""
        self.refresh()
        return result

    def _chosen(self, model: RankOrModel, metric: str | None) -> BoardModel | WholeBoardModel:
        if isinstance(model, BoardModel | WholeBoardModel):
            if model.leaderboard_id != self.id:
                raise InvalidInput(
                    f"{model.label!r} is a model of leaderboard {model.leaderboard_id}.",
                    advice="Use that leaderboard, or a rank of this one.",
                    fields={"model": "of another leaderboard"},
                )
            return model
        ranking = self.models(metric)
        if isinstance(model, str):
            found = [one for one in ranking if one.label == model]
            if len(found) == 1:
                return found[0]  # type: ignore[no-any-return]
            labels = [one.label for one in ranking]
            what = f"{len(found)} models" if found else "no model"
            raise InvalidInput(
                f"Leaderboard {self.id} has {what} {model!r}.",
                advice=nearest(model, labels) or "Give its rank: 1 is the best.",
                fields={"model": f"not one: {model}"},
            )
        if not 1 <= model <= len(ranking):
            raise InvalidInput(
                f"Leaderboard {self.id} has no model of rank {model}.",
                advice=f"Ranks go from 1 to {len(ranking)}." if ranking else "It has none yet.",
                fields={"model": f"no rank {model}"},
            )
        return ranking[model - 1]  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        return repr(self.models())

    __str__ = __repr__

    def _repr_html_(self) -> str:
        facts = html.facts(
            f"Leaderboard {self.id}: {self.name}",
            {
                "state": self.state,
                "error": self.error,
                "progress": self.progress.text if self.ended_at is None else None,
                "target": f"{self.target_name} ({self.target_type})",
                "data": f"{self.data.source} {self.data.rows:,} rows, {self.data.columns} columns",
                "partition": self.partition.kind,
                "time budget s": self.time_budget,
                "seed": self.seed,
                "engine": f"{self.engine.name} {self.engine.version}".strip(),
                "warnings": self.warnings,
                "packages": self.packages,
                "predecessor": self.predecessor_id,
                "successors": self.successors,
                "began": self.created_at,
                "by": self.created_by,
            },
        )
        return facts + self.models()._repr_html_()


class BoardList(Counted[BoardItem]):
    """Leaderboards, read page by page."""

    what = "leaderboards"

    headings: ClassVar[tuple[str, ...]] = (
        "leaderboard", "name", "target", "type", "state", "models", "best", "score", "metric",
        "packages", "began", "by",
    )  # fmt: skip

    def row(self, item: BoardItem) -> tuple[Any, ...]:
        """A leaderboard under `headings`."""
        return (
            item.id, item.name, item.target_name, item.target_type, item.state, item.models_done,
            item.leader, item.leader_score, item.metric, item.packages, item.created_at,
            item.created_by,
        )  # fmt: skip


__all__ = ["Board", "BoardItem", "BoardList"]

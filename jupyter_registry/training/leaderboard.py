"""`Leaderboard`: from a table to ranked models, in one call."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from .. import __version__
from ..client import provenance, tables
from ..domain.errors import InvalidInput, missing_extra
from ..domain.kinds import TargetType
from ..domain.metrics import check_names
from ..domain.target import label_text
from . import handover, incumbents
from .child import Child, available, processors
from .data import TrainingTable, prepare
from .dividing import check_parts, divided
from .families import can_tune, chosen
from .leakage import leaks
from .options import check_options, listed, name_of
from .partition import HOLDOUT_SHARE, Partition
from .plan import Plan
from .room import work_folder
from .run import Run
from .sink import Sink
from .telling import Both, Lines

if TYPE_CHECKING:
    import pyarrow as pa

    from ..client.registry import Registry

#: Seconds that a run takes unless told otherwise.
DEFAULT_BUDGET = 60.0
#: Fewer seconds are refused; and so many cells need one more.
_LEAST_BUDGET, _CELLS_PER_SECOND = 5.0, 4_000_000
#: The metric that ranks unless another is chosen.
_METRIC = {
    TargetType.REGRESSION: "rmse",
    TargetType.BINARY: "auc",
    TargetType.MULTICLASS: "log_loss",
}
#: The share of the memory that is free which models may use.
_MEMORY_SHARE = 0.8


class Leaderboard:
    """Models of a table, trained automatically and ranked on data that they have not seen.

    The table is checked and divided when the object is made; `run` trains. Training, validation
    (or folds) choose; the holdout is measured once per model, and stays sealed in the registry
    until a model is deployed, registered or unlocked.

    Parameters
    ----------
    data:
        A DataFrame (pandas, polars), an Arrow table, a mapping of columns, or the path of a CSV,
        Parquet or Arrow file.
    target:
        The column to predict.
    target_type:
        ``"regression"``, ``"binary"`` or ``"multiclass"``; by the values unless given.
    class_labels, positive_class:
        Of classes; the labels that the data have, and the second of two, unless given.
    metric:
        What ranks: one of `domain.metrics`; AUC, log loss (several classes) or RMSE unless given.
    partition:
        ``"random"`` (classes keep their shares), ``"time"`` (the latest rows are the holdout) or
        ``"group"``; ``"auto"`` takes the group column, else a date column, else random.
    date_column, group_column:
        What divides; naming one chooses the partition.
    folds:
        Of cross-validation (divided by time, each is validated on by what was trained on all rows
        before it); 1 for one validation part; by the number of rows unless given.
    holdout_share:
        The share of the rows that is held out, 0.05 to 0.5.
    drop:
        Columns that are not trained on.
    families:
        Names of `training.families.FAMILIES`; all that are installed unless given.
    tune:
        Whether FLAML searches for good settings; where it is installed unless said.
    trials:
        The most trials of that search, beside its time.
    seed:
        The same seed, data and options divide alike and train untuned models alike. A search is
        as long as its time, so it repeats only as far as the machine is as fast.
    memory_limit_mb:
        What models may use; a candidate beyond it fails alone. 80 % of what is free unless given.
    threads:
        Processors to use; all unless given.
    name, description:
        Of the packages that models become; the target's name unless given.
    source:
        What the data are called; the file's name unless given.

    Raises
    ------
    InvalidInput
        saying the first thing that is wrong with the data or an option; nothing is trained then.

    """

    def __init__(
        self,
        data: Any,
        target: str,
        *,
        target_type: TargetType | str | None = None,
        class_labels: Sequence[object] | None = None,
        positive_class: object | None = None,
        metric: str | None = None,
        partition: str = "auto",
        date_column: str | None = None,
        group_column: str | None = None,
        folds: int | None = None,
        holdout_share: float = HOLDOUT_SHARE,
        drop: Sequence[str] = (),
        families: Sequence[str] | None = None,
        tune: bool | None = None,
        trials: int | None = None,
        seed: int = 0,
        memory_limit_mb: float | None = None,
        threads: int | None = None,
        name: str | None = None,
        description: str = "",
        source: str | None = None,
    ) -> None:
        drop = listed("drop", drop)
        families = None if families is None else listed("families", families)
        if class_labels is not None:
            class_labels = listed("class_labels", class_labels, texts=False)
        #: All that `rerun` needs to do the same with other data.
        self.recipe: dict[str, Any] = {
            "target": target,
            "target_type": None if target_type is None else str(target_type),
            "class_labels": None
            if class_labels is None
            else [label_text(one) for one in class_labels],
            "positive_class": None if positive_class is None else label_text(positive_class),
            "metric": metric,
            "partition": partition,
            "date_column": date_column,
            "group_column": group_column,
            "folds": folds,
            "holdout_share": holdout_share,
            "drop": drop,
            "families": families,
            "tune": tune,
            "trials": trials,
            "seed": seed,
            "memory_limit_mb": memory_limit_mb,
            "threads": threads,
            "name": name,
            "description": description,
        }
        check_options(self.recipe)
        self.families = [family for family in chosen(families) if family.is_plain]
        self.tunes = can_tune() if tune is None else tune
        if self.tunes and not can_tune():
            raise missing_extra("flaml", "leaderboard", "Searching for good settings")
        self.data: TrainingTable = prepare(
            data,
            target,
            target_type=target_type,
            class_labels=class_labels,
            positive_class=positive_class,
            drop=drop,
            keep=[column for column in (date_column, group_column) if column is not None],
            source=source,
        )
        self.metric = metric or _METRIC[self.data.target.type]
        check_names(self.data.target.type, [self.metric])
        self._columns = tables.columns_of(self.data.table)
        self.partition: Partition = divided(self.data, self._columns, self.recipe)
        check_parts(self.partition, self.data.outcomes)
        self.warnings = self.data.warnings
        """Sentences about the data: rows and columns left out, columns that leak."""
        self._warn_of_leaks()
        self.models: list[dict[str, Any]] = []
        """What the sink was told of each model, in the order in which they were finished."""
        self.state: str | None = None
        """``done``, ``stopped`` or ``failed``, once it has run."""
        self.measured: dict[str, float] = {}
        """Of the run: ``seconds`` in all, ``model_seconds`` of them with models, and ``peak_mb``
        of memory."""
        self._predecessor: int | None = None
        self._incumbents: list[incumbents.Incumbent] = []

    # --- running ----------------------------------------------------------------------------

    def run(
        self,
        time_budget: float = DEFAULT_BUDGET,
        *,
        registry: Registry | None = None,
        sink: Sink | None = None,
        progress: bool | Callable[[dict[str, Any]], object] | TextIO = True,
    ) -> Any:
        """Train within so many seconds, and put the models on a board of the registry.

        An interrupt (of the kernel, or ``board.stop()``) ends it early: what is finished stays.

        Parameters
        ----------
        time_budget:
            Seconds for all: checks, models, search.
        registry:
            Where the board is kept; the one of this kernel's server unless given.
        sink:
            Who is told instead of a registry.
        progress:
            Whether to print a line per model, or the stream to print to; or what is called with
            each progress (``stage``, ``done``, ``total``, ``seconds_left``, ``text``).

        Returns
        -------
        Board | None
            the registry's board; ``None`` with a sink of one's own.

        Raises
        ------
        InvalidInput
            when the budget is too short, before anything is begun where that can be known.
        StorageUnavailable
            when the disk has no room for training.

        """
        began = time.monotonic()
        self._check_budget(time_budget)
        http = None
        if sink is None:
            from .http_sink import HttpSink

            http = HttpSink(registry)
            sink = http
        told = Both(sink, Lines(progress, self.metric, self.models))
        with work_folder() as folder:
            threads = self.recipe["threads"] or processors()
            place = Path(folder)
            child = Child(place, memory=self._memory(), threads=threads)
            try:
                child.start()  # it imports meanwhile
                plan = Plan(
                    board=self._board(time_budget),
                    target_type=self.data.target.type,
                    metric=self.metric,
                    families=self.families,
                    tunes=self.tunes,
                    blends=self.recipe["families"] is None or "blend" in self.recipe["families"],
                    trials=self.recipe["trials"],
                    budget=float(time_budget),
                    began=began,
                    incumbents=[
                        (one, one.place or place / "incumbents" / str(one.number))
                        for one in self._incumbents
                    ],
                )
                handover.save(
                    place, self.data, self.partition, self.metric, self.recipe["seed"], threads
                )
                self._go(Run(plan, child, told))
            finally:
                child.end()
        return None if http is None else http.board()

    def _go(self, run: Run) -> None:
        self.models.clear()
        try:
            run.go()
        finally:
            self.state = run.state
            self.measured = {
                "seconds": time.monotonic() - run.plan.began,
                "model_seconds": run.model_seconds,
                "peak_mb": run.child.peak / 1e6,
            }

    @classmethod
    def rerun(
        cls,
        board: Any,
        data: Any,
        *,
        time_budget: float | None = None,
        registry: Registry | None = None,
        sink: Sink | None = None,
        progress: bool | Callable[[dict[str, Any]], object] | TextIO = True,
        **changes: Any,
    ) -> Any:
        """Do what made a board again with other data: same recipe and seed, linked to the first.

        The first one's models that are packages, and its best, are measured on the new holdout:
        ``compare`` of the new board then sets any of its models beside them.

        Parameters
        ----------
        board:
            The client's board, or anything with its ``recipe`` and ``id``.
        data:
            The new table.
        time_budget:
            As the board's unless given.
        changes:
            Options of the recipe that shall differ.

        Returns
        -------
        Board | None
            as `run`.

        """
        again = cls.like(board, data, **changes)
        budget = time_budget if time_budget is not None else board.recipe["time_budget"]
        if registry is None and sink is None:
            registry = getattr(board, "registry", None)
        return again.run(budget, registry=registry, sink=sink, progress=progress)

    @classmethod
    def like(cls, board: Any, data: Any, **changes: Any) -> Leaderboard:
        """The leaderboard that `rerun` runs: a board's recipe with other data."""
        recipe = {name: value for name, value in board.recipe.items() if name != "time_budget"}
        again = cls(data, **(recipe | changes))
        again.follow(board.id, incumbents.of_board(board))
        return again

    def follow(self, predecessor: int, models: Sequence[incumbents.Incumbent]) -> None:
        """Be the successor of a leaderboard, whose models are measured on this one's holdout."""
        self._predecessor, self._incumbents = predecessor, list(models)

    @property
    def holdout(self) -> pa.Table:
        """The held-out rows with their outcomes, as an Arrow table."""
        return self.data.table.take(self.partition.holdout)

    # --- checks -----------------------------------------------------------------------------

    def _check_budget(self, budget: float) -> None:
        if not isinstance(budget, int | float) or isinstance(budget, bool):
            raise InvalidInput(
                f"The time budget is {budget!r}, no number of seconds.",
                advice="Give one: time_budget=60.",
                fields={"time_budget": "not a number"},
            )
        cells = self.data.rows * len(self.data.signature)
        least = _LEAST_BUDGET + cells / _CELLS_PER_SECOND
        if not budget >= least:
            raise InvalidInput(
                f"A time budget of {budget!r} s is too short for one model of {self.data.rows:,} "
                f"rows and {len(self.data.signature)} columns.",
                advice=f"Give at least {least:.0f} s: time_budget={max(60, round(3 * least))}.",
                fields={"time_budget": f"at least {least:.1f}"},
            )

    def _warn_of_leaks(self) -> None:
        columns = {name: self._columns[name] for name in self.data.signature.names}
        found = leaks(
            columns,
            self.data.outcomes,
            len(self.data.target.class_labels),
            self.partition.modelling,
            self.recipe["seed"],
        )
        measure = "AUC" if self.data.target.type.is_classification else "R²"
        self.warnings.extend(
            f"The column {name!r} predicts {self.data.target.name!r} alone ({measure} "
            f"{power:.3f}): if it is known only afterwards, leave it out with drop=[{name!r}]."
            for name, power in found.items()
        )

    # --- what is handed on ------------------------------------------------------------------

    def _memory(self) -> int | None:
        limit = self.recipe["memory_limit_mb"]
        if limit is not None:
            return int(limit * 1e6)
        free = available()
        return None if free is None else int(free * _MEMORY_SHARE)

    def _board(self, budget: float) -> dict[str, Any]:
        data, target = self.data, self.data.target
        engine = {"name": "scikit-learn", "version": _version("scikit-learn")}
        if self.tunes:
            engine = {"name": "FLAML", "version": _version("flaml")}
        return {
            "name": self.recipe["name"] or name_of(target.name),
            "description": self.recipe["description"],
            "target_name": target.name,
            "target_type": target.type.value,
            "class_labels": list(target.class_labels),
            "positive_class": target.positive_class,
            "signature": data.signature.to_json(),
            "metric": self.metric,
            "engine": engine,
            "seed": self.recipe["seed"],
            "time_budget": float(budget),
            "partition": self.partition.to_json(),
            "data": {
                "digest": data.digest,
                "rows": data.rows_given,
                "columns": data.columns_given,
                "source": data.source,
            },
            "recipe": self.recipe | {"time_budget": float(budget)},
            "warnings": self.warnings,
            "provenance": provenance.capture() | {"trained_by": f"jupyter_registry {__version__}"},
            "predecessor_id": self._predecessor,
        }

    def __repr__(self) -> str:
        target = self.data.target
        return (
            f"Leaderboard(target={target.name!r}, {target.type}, {self.data.rows:,} rows, "
            f"{len(self.data.signature)} columns, metric={self.metric!r})"
        )


def _version(distribution: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(distribution)
    except PackageNotFoundError:
        raise missing_extra(distribution, "sklearn", "Training models") from None

"""Two models on the same rows: the champion in service and the one that would follow it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..client import tables
from ..client.shown import Shown, Table
from ..domain.baseline import holdout_metrics
from ..domain.errors import InvalidInput
from ..domain.frames import conform
from ..domain.kinds import TargetType
from ..domain.metrics import METRICS
from ..domain.signature import Signature
from ..domain.target import Target

if TYPE_CHECKING:
    import pandas
    import pyarrow as pa


@dataclass(frozen=True)
class _Compared:
    """A model with what is needed to ask it."""

    name: str
    target: Target
    signature: Signature
    source: Any
    """What has ``download(folder)``."""
    format: str | None


class Comparison(Shown):
    """Every metric of two models on the same rows."""

    def __init__(
        self, names: tuple[str, str], rows: int, target: Target, old: Any, new: Any
    ) -> None:
        self.names = names
        self.rows = rows
        self.old: Mapping[str, float | None] = {name: m["value"] for name, m in old.items()}
        """Metric → value of the first model."""
        self.new: Mapping[str, float | None] = {name: m["value"] for name, m in new.items()}
        """Metric → value of the second model."""
        self._metrics = METRICS[target.type]

    def better(self, metric: str) -> str | None:
        """``"old"``, ``"new"``, or ``None`` where they are equal or one is not known."""
        old, new = self.old[metric], self.new[metric]
        if old is None or new is None or old == new:
            return None
        greater = next(m.greater_is_better for m in self._metrics if m.name == metric)
        return "new" if (new > old) == greater else "old"

    def to_arrow(self) -> pa.Table:
        """A row per metric: ``metric``, ``old``, ``new``, ``better``."""
        import pyarrow as pa

        names = [metric.name for metric in self._metrics]
        return pa.table(
            {
                "metric": pa.array(names, pa.string()),
                "old": pa.array([self.old[name] for name in names], pa.float64()),
                "new": pa.array([self.new[name] for name in names], pa.float64()),
                "better": pa.array([self.better(name) for name in names], pa.string()),
            }
        )

    def to_frame(self) -> pandas.DataFrame:
        """The same as a DataFrame."""
        return tables.to_pandas(self.to_arrow())

    def _parts(self) -> list[Table]:
        rows = [
            (metric.title, self.old[metric.name], self.new[metric.name], self.better(metric.name))
            for metric in self._metrics
        ]
        title = f"Both on the same {self.rows:,} rows"
        return [Table(("metric", *self.names, "better"), rows, title=title)]


def compare(old: Any, new: Any, holdout: Any) -> Comparison:
    """Score the same rows with two models, in this process, and measure both.

    Parameters
    ----------
    old, new:
        A board (its best model), a model of a board, or a package with files.
    holdout:
        A table with the inputs of both and the outcomes, such as the held-out rows of the new
        leaderboard: ``leaderboard.holdout``. The older model may have been trained on some of
        them, where its data went as far; then it looks better than it is.

    Raises
    ------
    InvalidInput
        when the models have not the same target, the table lacks columns or outcomes.

    """
    table = tables.read(holdout, "holdout").table
    models = [_compared(old), _compared(new)]
    first, second = (model.target for model in models)
    if (first.name, first.type, set(first.class_labels)) != (
        second.name,
        second.type,
        set(second.class_labels),
    ):
        raise InvalidInput(
            f"The models predict different things: {first.name!r} ({first.type}) and "
            f"{second.name!r} ({second.type}), or other classes.",
            advice="Compare models of one target.",
            fields={"target": "different"},
        )
    if first.name not in table.column_names:
        raise InvalidInput(
            f"The holdout has no column {first.name!r}, so nothing can be measured on it.",
            advice="Give the rows with their outcomes.",
            fields={"holdout": f"missing: {first.name}"},
        )
    measured = [_measured(model, table) for model in models]
    names = (models[0].name, models[1].name)
    return Comparison(names, int(table.num_rows), first, *measured)


def _compared(given: Any) -> _Compared:
    """From a board, a model of one, or a package."""
    if hasattr(given, "models"):
        ranked = given.models()
        if not len(ranked):
            raise InvalidInput(
                f"Leaderboard {given.id} has no model.",
                advice="Give a board with models.",
                fields={"model": "none"},
            )
        return _of_board(given, ranked[0])
    if hasattr(given, "leaderboard_id"):
        return _of_board(given._registry.leaderboard(given.leaderboard_id), given)
    if hasattr(given, "input_signature"):
        return _Compared(
            given.reference, _target(given), given.input_signature, given, given.format
        )
    raise InvalidInput(
        f"{type(given).__name__} is no board, no model of one and no package.",
        advice="Give registry.leaderboard(…), a model of it, or registry.package(…).",
        fields={"model": "unknown"},
    )


def _of_board(board: Any, model: Any) -> _Compared:
    name = f"{model.label} (board {board.id})"
    return _Compared(
        name, _target(board), Signature.from_json(board.signature), model, model.format
    )


def _target(of: Any) -> Target:
    kind = TargetType(of.target_type)
    return Target.make(of.target_name, kind, list(of.class_labels or ()), of.positive_class)


def _measured(model: _Compared, table: pa.Table) -> dict[str, Any]:
    from ..formats import find_model
    from ..formats.scoring import Scorer

    columns = tables.columns_of(table)
    frame = conform(model.signature, columns, table.num_rows)
    with tempfile.TemporaryDirectory() as folder:
        model.source.download(folder, progress=False)
        kind, file = find_model(Path(folder), model.format)
        scores = Scorer(kind.load(file), model.signature, model.target).score(frame)
    values, probabilities = scores.values, scores.probabilities
    if model.target.type is TargetType.BINARY:
        assert probabilities is not None
        values, probabilities = probabilities[:, model.target.positive_index], None
    return holdout_metrics(
        model.target, columns[model.target.name], values=values, probabilities=probabilities
    )

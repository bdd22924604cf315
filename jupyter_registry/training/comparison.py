"""Two models on the same rows: the champion in service and the one that would follow it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..client import tables
from ..client.comparison import Comparison
from ..domain.errors import InvalidInput
from ..domain.kinds import TargetType
from ..domain.signature import Signature
from ..domain.target import Target
from . import incumbents

if TYPE_CHECKING:
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
    first, second = _compared(old), _compared(new)
    different = incumbents.differs(first.target, second.target)
    if different is not None:
        raise InvalidInput(
            different, advice="Compare models of one target.", fields={"target": "different"}
        )
    measured = [_measured(model, table) for model in (first, second)]
    names = (first.name, second.name)
    return Comparison(names, int(table.num_rows), first.target.type, *measured)


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
    with tempfile.TemporaryDirectory() as folder:
        model.source.download(folder, progress=False)
        return incumbents.measured(Path(folder), model.format, model.signature, model.target, table)

"""A leaderboard that a job trains again: its recipe, and its models that are measured beside."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..domain.entities import BoardModelPublic, LeaderboardJobCreate, LeaderboardPublic
from ..domain.kinds import BoardModelState, TargetType
from ..domain.ranking import in_use
from ..store.artifacts import ArtifactStore
from ..store.database import Database
from . import board_models, leaderboards

#: What a recipe has that a job is told otherwise.
_NOT_OPTIONS = ("target", "time_budget", "name")


@dataclass(frozen=True)
class Predecessor:
    """One, as it was when the job was begun."""

    board: LeaderboardPublic
    models: list[BoardModelPublic]
    """Those that are measured on the new holdout."""


def of_job(database: Database, body: LeaderboardJobCreate) -> Predecessor | None:
    """What a job trains again, if it does; raises `LeaderboardNotFound`."""
    if body.predecessor_id is None:
        return None
    board = leaderboards.get(database, body.predecessor_id)
    done = [model for model in board.models if model.state is BoardModelState.DONE]
    chosen = in_use(
        [(model, model.model_dump()["validation"], model.package is not None) for model in done],
        TargetType(board.target_type),
        board.metric,
    )
    return Predecessor(
        board, [board_models.get(database, board.id, model.number) for model in chosen]
    )


def completed(body: LeaderboardJobCreate, predecessor: Predecessor | None) -> LeaderboardJobCreate:
    """A job's order with what it leaves to the recipe of its predecessor."""
    if predecessor is None:
        return body
    recipe = predecessor.board.recipe
    options = {name: value for name, value in recipe.items() if name not in _NOT_OPTIONS}
    return body.model_copy(
        update={
            "options": options | body.options,
            "name": body.name or recipe.get("name") or predecessor.board.name,
            "time_budget": recipe.get("time_budget")
            if body.time_budget is None
            else body.time_budget,
        }
    )


def incumbents(
    predecessor: Predecessor, artifacts: ArtifactStore, folder: Path
) -> list[dict[str, Any]]:
    """Its models with their files in the folder, as the job is told of them."""
    board = predecessor.board
    target = {
        "name": board.target_name,
        "type": board.target_type.value,
        "class_labels": board.class_labels,
        "positive_class": board.positive_class,
    }
    return [
        {
            "leaderboard_id": board.id,
            "number": model.number,
            "label": model.label,
            "package": model.package,
            "format": model.format,
            "target": target,
            "signature": board.signature,
            "place": str(artifacts.materialise(model.files, folder)),
        }
        for model in predecessor.models
    ]

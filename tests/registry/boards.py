"""Short ways to leaderboards with models, by the use cases alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyter_registry.domain.entities import (
    BoardModelCreate,
    LeaderboardCreate,
    LeaderboardPublic,
    LeaderboardUpdate,
)
from jupyter_registry.registry import board_models, leaderboards
from jupyter_registry.store.artifacts import ArtifactStore
from jupyter_registry.store.database import Database
from tests.board_samples import board_body, model_body

Upload = Callable[[dict[str, bytes]], str]


def begin(database: Database, **fields: Any) -> LeaderboardPublic:
    body = LeaderboardCreate.model_validate(board_body(**fields))
    return leaderboards.create(database, body, "ada")


def add(
    database: Database, artifacts: ArtifactStore, upload: Upload, board_id: int, kind: str, at: Path
) -> int:
    """Add a real model to a leaderboard; returns its number."""
    body, files = model_body(kind, at / kind)
    sent = upload({path: file.read_bytes() for path, file in files.items()})
    wanted = BoardModelCreate.model_validate(body | {"upload": sent})
    return board_models.add(database, artifacts, board_id, wanted).number


def done(database: Database, board_id: int) -> None:
    leaderboards.update(database, board_id, LeaderboardUpdate.model_validate({"state": "done"}))

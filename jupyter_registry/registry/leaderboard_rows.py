"""Leaderboard rows as JSON-able dictionaries, with their models; the holdout stays sealed.

What was measured on the holdout is left out by the queries themselves until a model is unlocked,
so that nothing above can tell it by accident.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON, Connection, String, case, func, null, select, type_coerce
from sqlmodel import SQLModel

from ..domain.errors import LeaderboardNotFound
from ..domain.kinds import BoardModelState, TargetType
from ..domain.ranking import ranked
from ..store import tables as _tables  # noqa: F401  (declares the tables named below)
from .package_rows import PACKAGE, moment

BOARD = SQLModel.metadata.tables["leaderboard"]
MODEL = SQLModel.metadata.tables["board_model"]
FILE = SQLModel.metadata.tables["board_model_file"]

_SUMMARY = (
    "id",
    "name",
    "description",
    "target_name",
    "target_type",
    "class_labels",
    "positive_class",
    "signature",
    "metric",
    "engine",
    "seed",
    "time_budget",
    "partition",
    "data",
    "warnings",
    "state",
    "progress",
    "error",
    "created_by",
    "predecessor_id",
)
_WHOLE = (*_SUMMARY, "recipe", "provenance")
_TIMES = ("created_at", "updated_at", "ended_at")
_ROW = (
    "number",
    "label",
    "family",
    "state",
    "reason",
    "parameters",
    "validation",
    "training_seconds",
    "scoring_ms",
    "format",
    "size",
    "digest",
    "unlocked_by",
    "package_id",
)
_MODEL = (*_ROW, "leaderboard_id", "blueprint", "details", "input_example", "provenance")
_MODEL_TIMES = ("created_at", "unlocked_at")
_ENUMS = {"target_type", "state"}

#: Where a leaderboard's provenance keeps how its predecessor's models did on its holdout.
INCUMBENTS = "incumbents"

#: The baseline, once it may be seen.
_UNSEALED = type_coerce(
    case((MODEL.c.unlocked_at.is_not(None), MODEL.c.baseline), else_=null()), JSON
).label("baseline")


def _columns(table: Any, *names: str) -> list[Any]:
    return [
        type_coerce(table.c[name], String).label(name) if name in _ENUMS else table.c[name]
        for name in names
    ]


_BOARD_FLAGS = [
    BOARD.c.job.is_not(None).label("is_job"),
    BOARD.c.stop_requested_at.is_not(None).label("stop_requested"),
]
_REFERENCE = [PACKAGE.c.name.label("package_name"), PACKAGE.c.version.label("package_version")]


def summaries(connection: Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Leaderboards shaped as `LeaderboardSummary`, in the order of ``ids``."""
    query = select(*_columns(BOARD, *_SUMMARY, *_TIMES), *_BOARD_FLAGS)
    found = {
        row["id"]: _board(row)
        for row in connection.execute(query.where(BOARD.c.id.in_(ids))).mappings()
    }
    models: dict[int, list[Any]] = {id_: [] for id_ in found}
    wanted = _columns(MODEL, "leaderboard_id", "number", "label", "state", "validation")
    query = select(*wanted, *_REFERENCE).outerjoin(PACKAGE, PACKAGE.c.id == MODEL.c.package_id)
    for model in connection.execute(
        query.where(MODEL.c.leaderboard_id.in_(found)).order_by(MODEL.c.number)
    ).mappings():
        models[model["leaderboard_id"]].append(model)
    for id_, board in found.items():
        board.update(_counts(board, models[id_]))
    return [found[id_] for id_ in ids if id_ in found]


def whole(connection: Connection, board_id: int) -> dict[str, Any] | None:
    """One leaderboard shaped as `LeaderboardPublic`; ``None`` when it does not exist."""
    query = select(*_columns(BOARD, *_WHOLE, *_TIMES), *_BOARD_FLAGS)
    row = connection.execute(query.where(BOARD.c.id == board_id)).mappings().first()
    if row is None:
        return None
    board = _board(row)
    models = (
        select(*_columns(MODEL, *_ROW, *_MODEL_TIMES), _UNSEALED, *_REFERENCE)
        .outerjoin(PACKAGE, PACKAGE.c.id == MODEL.c.package_id)
        .where(MODEL.c.leaderboard_id == board_id)
        .order_by(MODEL.c.number)
    )
    rows = list(connection.execute(models).mappings())
    board.update(_counts(board, rows))
    board["models"] = [_model(row, with_baseline=False) for row in rows]
    successors = select(BOARD.c.id).where(BOARD.c.predecessor_id == board_id).order_by(BOARD.c.id)
    board["successors"] = list(connection.scalars(successors))
    known = dict(board["provenance"])
    board |= {"incumbents": known.pop(INCUMBENTS, []), "provenance": known}
    return board


def model(connection: Connection, board_id: int, number: int) -> dict[str, Any] | None:
    """One model shaped as `BoardModelPublic`; ``None`` when it does not exist."""
    query = (
        select(
            *_columns(MODEL, "id", *_MODEL, *_MODEL_TIMES),
            _UNSEALED,
            *_REFERENCE,
        )
        .outerjoin(PACKAGE, PACKAGE.c.id == MODEL.c.package_id)
        .where(MODEL.c.leaderboard_id == board_id, MODEL.c.number == number)
    )
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    made = _model(row, with_baseline=True)
    made["files"] = files_of(connection, made.pop("id"))
    return made


def files_of(connection: Connection, model_id: int) -> list[dict[str, Any]]:
    """The files of a model by its row's id, shaped as `FilePublic`, by path."""
    rows = connection.execute(
        select(FILE.c.path, FILE.c.sha256, FILE.c.size)
        .where(FILE.c.model_id == model_id)
        .order_by(FILE.c.path)
    )
    return [{"path": path, "sha256": sha256, "size": size} for path, sha256, size in rows]


def ids_of(board_id: int, number: int = 1) -> tuple[int, int]:
    """Both as a column can hold them: 0, which none has, for what it cannot."""
    return (
        board_id if 0 < board_id < 2**31 else 0,
        number if 0 < number < 2**31 else 0,
    )


def no_board(board_id: int) -> LeaderboardNotFound:
    """That there is no such leaderboard."""
    return LeaderboardNotFound(
        f"There is no leaderboard with id {board_id}.",
        advice="It may have been deleted; list the leaderboards.",
        fields={"leaderboard_id": board_id},
    )


def no_model(connection: Connection, board_id: int, number: int) -> LeaderboardNotFound:
    """That there is no such model, or no such leaderboard."""
    if connection.scalar(select(BOARD.c.id).where(BOARD.c.id == board_id)) is None:
        return no_board(board_id)
    count = connection.scalar(
        select(func.count()).select_from(MODEL).where(MODEL.c.leaderboard_id == board_id)
    )
    return LeaderboardNotFound(
        f"Leaderboard {board_id} has no model {number}.",
        advice=f"It has {count} models, numbered from 1." if count else "It has no models yet.",
        fields={"leaderboard_id": board_id, "number": number},
    )


def _board(row: Any) -> dict[str, Any]:
    board = dict(row)
    for name in _TIMES:
        board[name] = moment(board[name])
    for name in ("is_job", "stop_requested"):
        board[name] = bool(board[name])
    return board


def _counts(board: dict[str, Any], models: Sequence[Any]) -> dict[str, Any]:
    """What a summary tells of a leaderboard's models."""
    done = [model for model in models if model["state"] == BoardModelState.DONE.value]
    found: dict[str, Any] = {
        "models_done": len(done),
        "models_failed": len(models) - len(done),
        "packages": [ref for ref in map(_reference, models) if ref is not None],
    }
    order = ranked(
        ((model, model["validation"]) for model in done),
        TargetType(board["target_type"]),
        board["metric"],
    )
    if order:
        best, score = order[0]
        found |= {"leader": best["label"], "leader_number": best["number"], "leader_score": score}
    return found


def _model(row: Any, *, with_baseline: bool) -> dict[str, Any]:
    made = dict(row)
    baseline = made.pop("baseline")
    for name in _MODEL_TIMES:
        made[name] = moment(made[name])
    made["holdout"] = None if baseline is None else baseline.get("metrics") or {}
    made["package"] = _reference(row)
    del made["package_name"], made["package_version"]
    if with_baseline:
        made["baseline"] = baseline
    return made


def _reference(row: Any) -> str | None:
    name = row["package_name"]
    return None if name is None else f"{name}/{row['package_version']}"

"""The models of a leaderboard: added as training finishes them, read, unlocked, downloaded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from ..domain.entities import BoardModelCreate, BoardModelPublic, FilePublic
from ..domain.errors import InvalidInput, NotFound, nearest
from ..domain.kinds import BoardModelState
from ..domain.metrics import check_names
from ..store.artifacts import ArtifactStore, digest
from ..store.database import Database
from ..store.tables import BoardModel, BoardModelFile, now
from . import blobs, leaderboard_rows, leaderboards, package_formats, uploads, validation


def add(
    database: Database, artifacts: ArtifactStore, board_id: int, body: BoardModelCreate
) -> BoardModelPublic:
    """Add a candidate to a running leaderboard; its upload ends, and its files become the model's.

    Raises
    ------
    InvalidInput
        naming the field that is wrong.
    LeaderboardNotFound, LeaderboardEnded
        when there is no such leaderboard, or its training has ended.
    UploadNotFound
        when the upload does not exist or was taken already.

    """
    _check(body)
    with database.write() as session:
        board = leaderboards.find_running(session, board_id)
        check_names(board.target_type, list(body.validation))
        files: list[FilePublic] = []
        others: list[str] = []
        if body.upload is not None:
            files, others = uploads.take(session, body.upload, body.files)
            if not files:
                raise InvalidInput(
                    "The upload has no files, or none were named.",
                    advice="Upload the model's files first.",
                    fields={"upload": "no files"},
                )
        board.last_number += 1
        number = board.last_number
        plain = body.model_dump(mode="json", include={"validation", "blueprint"})
        model = BoardModel(
            leaderboard_id=board_id,
            number=number,
            **plain,
            digest=digest(files) if files else None,
            size=sum(file.size for file in files),
            **body.model_dump(exclude={"validation", "blueprint", "upload", "files"}),
        )
        session.add(model)
        session.flush()
        assert model.id is not None
        for file in files:
            session.add(BoardModelFile(model_id=model.id, **file.model_dump()))
        session.flush()
        made = leaderboard_rows.model(session.connection(), board_id, number)
    blobs.collect(database, artifacts, others)
    return BoardModelPublic.model_validate(made)


def get(database: Database, board_id: int, number: int) -> BoardModelPublic:
    """One model, whole; raises `LeaderboardNotFound`."""
    board_id, number = leaderboard_rows.ids_of(board_id, number)
    with database.connect() as connection:
        found = leaderboard_rows.model(connection, board_id, number)
        if found is None:
            raise leaderboard_rows.no_model(connection, board_id, number)
    return BoardModelPublic.model_validate(found)


def unlock(database: Database, board_id: int, number: int, user: str) -> BoardModelPublic:
    """Show what was measured on the holdout, for good; who did so first, and when, is kept.

    Raises
    ------
    LeaderboardNotFound
        when there is no such model.
    InvalidInput
        when it failed, so that nothing was measured.

    """
    with database.write() as session:
        model = find(session, board_id, number)
        check_done(model)
        unseal(model, user)
    return get(database, board_id, number)


def read_file(
    database: Database, artifacts: ArtifactStore, board_id: int, number: int, path: str
) -> tuple[FilePublic, Iterator[bytes]]:
    """A file of a model and its bytes in pieces, verified; see `ArtifactStore.chunks`."""
    model = get(database, board_id, number)
    for file in model.files:
        if file.path == path:
            return file, artifacts.chunks(file.sha256)
    raise NotFound(
        f"Model {number} of leaderboard {board_id} has no file {path[:200]!r}.",
        advice=nearest(path[:200], [file.path for file in model.files])
        or "Its files are listed with the model.",
        fields={"path": path[:200]},
    )


# --- shared with the use cases that make packages ------------------------------------------


def find(session: Session, board_id: int, number: int, *, lock: bool = True) -> BoardModel:
    """The row of a model, locked until the transaction ends; raises `LeaderboardNotFound`."""
    board_id, number = leaderboard_rows.ids_of(board_id, number)
    query = select(BoardModel).where(
        col(BoardModel.leaderboard_id) == board_id, col(BoardModel.number) == number
    )
    found = session.scalars(query.with_for_update() if lock else query).first()
    if found is None:
        raise leaderboard_rows.no_model(session.connection(), board_id, number)
    return found


def check_done(model: BoardModel) -> None:
    """Refuse a model that failed."""
    if model.state is not BoardModelState.DONE:
        raise InvalidInput(
            f"Model {model.number} ({model.label}) failed, so there is nothing to use: "
            f"{model.reason}",
            advice="Choose a model that is done.",
            fields={"number": "failed"},
        )


def unseal(model: BoardModel, user: str) -> None:
    """Let what was measured on the holdout be seen, unless it is already."""
    if model.unlocked_at is None:
        moment: datetime = now()
        model.unlocked_at, model.unlocked_by = moment, user[:200]


# --- helpers ------------------------------------------------------------------------------


def _check(body: BoardModelCreate) -> None:
    for field, most in (("label", 200), ("family", 200), ("reason", 20_000), ("format", 50)):
        validation.text(getattr(body, field), field, most)
    if not body.label.strip():
        raise InvalidInput(
            "A model needs a label.",
            advice="Say what it is, such as 'LightGBM, tuned'.",
            fields={"label": "missing"},
        )
    # not as JSON, which makes null of NaN
    plain = body.model_dump(include={"parameters", "validation", "blueprint", "details"})
    plain |= {"baseline": body.baseline, "provenance": body.provenance}
    plain |= {"training_seconds": body.training_seconds, "scoring_ms": body.scoring_ms}
    for field, value in plain.items():
        validation.document(value, field)
    validation.examples(body.input_example)
    package_formats.check_name(body.format)
    if body.state is BoardModelState.DONE:
        needed = {"upload": body.upload, "format": body.format, "baseline": body.baseline}
        for field, value in needed.items():
            if value is None:
                raise InvalidInput(
                    f"A model that is done needs {field}.",
                    advice="Upload its files first, and give upload, format and baseline.",
                    fields={field: "missing"},
                )
    elif body.upload is not None or body.files or body.baseline is not None:
        raise InvalidInput(
            "A candidate that failed has no files and no baseline.",
            advice="Leave them out, or say state done.",
            fields={"state": "failed"},
        )
    elif not body.reason:
        raise InvalidInput(
            "A candidate that failed needs a reason.",
            advice="Say in a sentence why it failed.",
            fields={"reason": "missing"},
        )

"""Leaderboards: begun and told of by what trains them, read, stopped, deleted.

A leaderboard is `running` until its training says how it ended. One whose training is lost is
ended in its place (`lost_boards`); should the training go on after all (a computer that slept), the
next thing that it says sets the leaderboard running again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from ..domain.entities import (
    LeaderboardCreate,
    LeaderboardLog,
    LeaderboardPublic,
    LeaderboardUpdate,
    Progress,
)
from ..domain.errors import InvalidInput, LeaderboardEnded, LeaderboardRunning, NotFound
from ..domain.kinds import LEARNED, LeaderboardState
from ..domain.metrics import check_names
from ..domain.signature import Signature
from ..domain.target import Target
from ..store.artifacts import ArtifactStore
from ..store.database import Database
from ..store.tables import BoardModel, BoardModelFile, Leaderboard, now
from . import blobs, leaderboard_rows, validation
from .package_rows import search_text

#: A job says so often at least that it is at work, in seconds.
JOB_BEAT_SECONDS = 10.0
#: Who asks a training to stop that has said nothing for so long does not wait for it.
STOP_SILENT_SECONDS = 120.0

_RUNNING = LeaderboardState.RUNNING


def create(
    database: Database, body: LeaderboardCreate, user: str, *, job: str | None = None
) -> LeaderboardPublic:
    """Begin a leaderboard; ``job`` names the server's job that trains it.

    Raises
    ------
    InvalidInput
        naming the field that is wrong.
    LeaderboardNotFound
        when there is no such predecessor.

    """
    target = _check(body)
    with database.write() as session:
        predecessor = body.predecessor_id
        if predecessor is not None:
            _find(session, predecessor)
        moment = now()
        body.provenance.pop(leaderboard_rows.INCUMBENTS, None)  # they are told of by an update
        board = Leaderboard(
            **body.model_dump(exclude={"class_labels", "positive_class"}),
            class_labels=list(target.class_labels),
            positive_class=target.positive_class,
            job=job,
            created_at=moment,
            updated_at=moment,
            heard_at=moment,
            created_by=user[:200],
            search_text=search_text(body.name, body.target_name, body.description),
        )
        session.add(board)
        session.flush()
        assert board.id is not None
        return _public(session, board.id)


def get(database: Database, board_id: int) -> LeaderboardPublic:
    """One leaderboard with its models; raises `LeaderboardNotFound`."""
    board_id, _ = leaderboard_rows.ids_of(board_id)
    with database.connect() as connection:
        found = leaderboard_rows.whole(connection, board_id)
    if found is None:
        raise leaderboard_rows.no_board(board_id)
    return LeaderboardPublic.model_validate(found)


def name_of(database: Database, board_id: int) -> str:
    """The name of a leaderboard; raises `LeaderboardNotFound`."""
    with database.read() as session:
        return _find(session, board_id).name


def update(database: Database, board_id: int, body: LeaderboardUpdate) -> LeaderboardPublic:
    """Take down what the training says; an end that was said already may be said again.

    Raises
    ------
    InvalidInput
        when a running leaderboard shall have an error, or is to be set running.
    LeaderboardEnded
        when it has ended otherwise.

    """
    _check_update(body)
    with database.write() as session:
        board = _find(session, board_id, lock=True)
        if board.state is body.state:
            return _public(session, board_id)
        hear(board)
        if body.progress is not None:
            board.progress = body.progress.model_dump()
        if body.incumbents is not None:
            # beside where it comes from: only what was trained again has any
            found = [one.model_dump(mode="json") for one in body.incumbents]
            board.provenance = {**board.provenance, leaderboard_rows.INCUMBENTS: found}
        if body.state is not None:
            end(board, body.state, body.error)
        session.flush()
        return _public(session, board_id)


def stop(database: Database, board_id: int) -> LeaderboardPublic:
    """Ask the training to stop; the models that are there are kept.

    Where nothing has been heard of it for two minutes the leaderboard ends at once. One that has
    ended stays as it is.
    """
    with database.write() as session:
        board = _find(session, board_id, lock=True)
        if board.state is _RUNNING:
            moment = now()
            board.stop_requested_at = board.stop_requested_at or moment
            board.updated_at = moment
            if moment - board.heard_at > timedelta(seconds=STOP_SILENT_SECONDS):
                end(board, LeaderboardState.STOPPED, None)
                board.lost = True
        session.flush()
        return _public(session, board_id)


def remove(database: Database, artifacts: ArtifactStore, board_id: int) -> str:
    """Delete a leaderboard with its models; the packages made of them stay. Returns its name.

    Raises
    ------
    LeaderboardRunning
        when its training has not ended: stop it first.

    """
    with database.write() as session:
        board = _find(session, board_id, lock=True)
        name = board.name
        if board.state is _RUNNING:
            raise LeaderboardRunning(
                f"Leaderboard {board_id} ({name}) is still running.",
                advice="Stop it first.",
                fields={"leaderboard_id": board_id},
            )
        hashes = session.scalars(
            select(col(BoardModelFile.sha256))
            .join(BoardModel, col(BoardModel.id) == col(BoardModelFile.model_id))
            .where(col(BoardModel.leaderboard_id) == board_id)
        ).all()
        session.delete(board)
    blobs.collect(database, artifacts, hashes)
    return name


def log(database: Database, board_id: int) -> LeaderboardLog:
    """What the job that trains it has written, the last of it; a few seconds old at most.

    Raises `NotFound` where a kernel trains it, whose log is in its notebook.
    """
    with database.read() as session:
        board = _find(session, board_id)
        if board.job is None:
            raise NotFound(
                f"Leaderboard {board_id} is trained by a kernel, which keeps no log here.",
                advice="Look into the notebook that began it.",
                fields={"leaderboard_id": board_id},
            )
        return LeaderboardLog(text=board.log or "")


def beat(database: Database, board_id: int, log: str, progress: Progress | None) -> bool:
    """Take down that a job is at work, what it has written and how far it is.

    Returns whether it was asked to stop, perhaps on another server.
    """
    with database.write() as session:
        board = _find(session, board_id, lock=True)
        board.log = log
        if progress is not None:
            board.progress = progress.model_dump()
        if board.state is _RUNNING or board.lost:
            hear(board)
        return board.stop_requested_at is not None


# --- shared with the use cases of models, and of lost trainings ----------------------------


def find_running(session: Session, board_id: int) -> Leaderboard:
    """The row of a leaderboard that its training says something of, locked.

    Raises `LeaderboardNotFound`, and `LeaderboardEnded` when it has ended.
    """
    board = _find(session, board_id, lock=True)
    hear(board)
    return board


def hear(board: Leaderboard) -> None:
    """Note that the training has said something; raises `LeaderboardEnded` when it had ended."""
    if board.state is not _RUNNING:
        if not board.lost:
            raise LeaderboardEnded(
                f"Leaderboard {board.id} ({board.name}) has ended: {board.state.value}.",
                advice="Begin another one.",
                fields={"leaderboard_id": board.id, "state": board.state.value},
            )
        board.state, board.lost, board.error, board.ended_at = _RUNNING, False, None, None
    board.heard_at = board.updated_at = now()


def end(board: Leaderboard, state: LeaderboardState, error: str | None) -> None:
    """Note that the training has ended, and why it failed."""
    board.state, board.error = state, error
    board.ended_at = board.updated_at = now()


def target_of(board: Leaderboard) -> Target:
    """The target of a leaderboard's models."""
    return Target.make(
        board.target_name, board.target_type, board.class_labels, board.positive_class
    )


# --- helpers ------------------------------------------------------------------------------


def _check(body: LeaderboardCreate) -> Target:
    """Refuse what cannot be a leaderboard; returns the target."""
    validation.check_name(body.name)
    for field, most in (
        ("description", 20_000),
        ("target_name", 500),
        ("positive_class", 500),
        ("metric", 40),
    ):
        validation.text(getattr(body, field), field, most)
    if not body.target_type.is_learned:
        raise InvalidInput(
            f"Training makes no models of the target type {body.target_type.value!r}.",
            advice=f"Use one of: {', '.join(LEARNED)}.",
            fields={"target_type": f"unknown: {body.target_type.value}"},
        )
    check_names(body.target_type, [body.metric])
    plain = body.model_dump()  # not as JSON, which makes null of NaN
    for field in ("engine", "partition", "data", "recipe", "provenance", "warnings", "signature"):
        validation.document(plain[field], field)
    if body.trainer is not None:
        for field in ("place", "began"):
            validation.text(getattr(body.trainer, field), f"trainer.{field}", 500)
    if not Signature.from_json(body.signature).columns:
        raise InvalidInput(
            "A leaderboard needs a signature: its models could not be served without.",
            advice="Give the input columns with their dtypes.",
            fields={"signature": "missing"},
        )
    validation.time_budget(body.time_budget)
    if body.seed is not None and not -(2**63) <= body.seed < 2**63:
        raise InvalidInput(
            "The seed is beyond 64 bits.",
            advice="Give a smaller one.",
            fields={"seed": "too large"},
        )
    return Target.make(body.target_name, body.target_type, body.class_labels, body.positive_class)


def _check_update(body: LeaderboardUpdate) -> None:
    if body.state is _RUNNING:
        raise InvalidInput(
            "A leaderboard runs from its beginning on.",
            advice="Say done, stopped or failed when its training ends.",
            fields={"state": "cannot be set to running"},
        )
    if body.error is not None and body.state is not LeaderboardState.FAILED:
        raise InvalidInput(
            "Only a leaderboard that failed has an error.",
            advice="Say state failed too, or leave error out.",
            fields={"error": "only with state failed"},
        )
    validation.text(body.error, "error", 20_000)
    if body.incumbents is not None:
        validation.document([one.model_dump() for one in body.incumbents], "incumbents")
    if body.progress is not None:
        validation.document(body.progress.model_dump(), "progress")
        for field in ("stage", "text"):
            validation.text(getattr(body.progress, field), f"progress.{field}", 2_000)


def _find(session: Session, board_id: int, *, lock: bool = False) -> Leaderboard:
    known, _ = leaderboard_rows.ids_of(board_id)
    found = session.get(Leaderboard, known, with_for_update=lock or None)
    if found is None:
        raise leaderboard_rows.no_board(board_id)
    return found


def _public(session: Session, board_id: int) -> LeaderboardPublic:
    found: Any = leaderboard_rows.whole(session.connection(), board_id)
    return LeaderboardPublic.model_validate(found)

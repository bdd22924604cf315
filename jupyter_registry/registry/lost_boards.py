"""Leaderboards whose training was lost, with its process or without a word: ended in its place.

Which process trains is written down with the leaderboard. A server on the same machine sees at
once that it is gone; for any other, and where a process is there but says nothing, time tells.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from .. import processes
from ..domain.kinds import LeaderboardState
from ..store.database import Database
from ..store.tables import Leaderboard, now
from . import leaderboards

#: Seconds without a word after which a training is taken for dead: the server's job says one
#: every `leaderboards.JOB_BEAT_SECONDS`, a kernel every two seconds, but while it sends a model.
JOB_SILENT_SECONDS = 45.0
KERNEL_SILENT_SECONDS = 180.0

#: Why such a leaderboard ended.
SERVER_STOPPED = "The server was stopped while it trained; the models that were there are kept."
KERNEL_GONE = (
    "Its kernel ended (killed, restarted or shut down) while it trained; the models that were "
    "there are kept."
)
KERNEL_SILENT = (
    "Its kernel has not been heard of for 3 minutes, so its training is taken to have ended."
)


def settle(database: Database, jobs: Collection[str] = ()) -> list[tuple[int, str]]:
    """End the leaderboards whose training is lost; their ids and names.

    One that was asked to stop has stopped, any other has failed.

    Parameters
    ----------
    jobs:
        The ids of jobs that are known to be lost.

    """
    running = col(Leaderboard.state) == LeaderboardState.RUNNING
    wanted = select(*map(col, (Leaderboard.id, Leaderboard.job, Leaderboard.heard_at,
                               Leaderboard.trainer))).where(running)  # fmt: skip
    moment = now()
    with database.connect() as connection:
        lost = [row.id for row in connection.execute(wanted) if _why_lost(row, moment, jobs)]
    if not lost:
        return []
    ended = []
    with database.write() as session:
        query = select(Leaderboard).where(running, col(Leaderboard.id).in_(lost))
        for board in session.scalars(query.with_for_update()):
            reason = _why_lost(board, moment, jobs)
            if reason is None:
                continue  # it spoke meanwhile
            if board.stop_requested_at is not None:
                leaderboards.end(board, LeaderboardState.STOPPED, None)
            else:
                leaderboards.end(board, LeaderboardState.FAILED, reason)
            board.lost = True
            ended.append((int(board.id or 0), board.name))
    return ended


def _why_lost(board: Any, moment: datetime, jobs: Collection[str]) -> str | None:
    """Why a running leaderboard's training is taken for dead; ``None`` where it is not."""
    silent = (moment - board.heard_at).total_seconds()
    is_gone = processes.is_gone(board.trainer)
    if board.job is not None:
        is_gone = is_gone or board.job in jobs
        return SERVER_STOPPED if is_gone or silent > JOB_SILENT_SECONDS else None
    if is_gone:
        return KERNEL_GONE
    return KERNEL_SILENT if silent > KERNEL_SILENT_SECONDS else None

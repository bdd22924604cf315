"""One training job as the server that runs it knows it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO

from ..domain.entities import (
    LeaderboardJobCreate,
    LeaderboardJobPublic,
    LeaderboardUpdate,
    Problem,
    Progress,
)
from ..domain.errors import ModelFailed, RegistryError
from ..domain.kinds import JobState, LeaderboardState
from ..serving.training import TrainingProcess
from ..store.tables import now
from .predecessors import Predecessor

#: Seconds that a job has to end after it was asked to stop.
STOP_SECONDS = 60.0
#: Characters of the log in an answer, and of an error that is written down.
_LOG_SHOWN, ERROR_KEPT = 20_000, 20_000

#: From an exception to the problem document that tells of it.
Describe = Callable[[RegistryError], Problem]


@dataclass
class Job:
    """One job, from its beginning on."""

    id: str
    user: str
    body: LeaderboardJobCreate
    source: str
    kernelspec: str | None
    folder: Path
    created_at: datetime = field(default_factory=now)
    ended_at: datetime | None = None
    state: JobState = JobState.STARTING
    board_id: int | None = None
    name: str = ""
    progress: Progress = field(default_factory=Progress)
    #: When progress was written down last, on the monotonic clock.
    written: float = 0.0
    error: RegistryError | None = None
    log: str = ""
    process: TrainingProcess | None = None
    #: Open while this server works in the folder.
    claim: IO[str] | None = None
    task: asyncio.Task[None] | None = None
    stopping: asyncio.TimerHandle | None = None
    predecessor: Predecessor | None = None
    #: Why it is ended from here.
    ending: LeaderboardState | None = None
    reason: str = ""
    #: How its leaderboard ended, until that is written down.
    unwritten: LeaderboardUpdate | None = None

    @property
    def has_ended(self) -> bool:
        """Whether it is over, and its process gone."""
        return self.ended_at is not None

    def said(self) -> str:
        """The last of its log."""
        return self.log if self.process is None or self.has_ended else self.process.said()

    def ask_to_stop(self) -> None:
        """Let it end soon, keeping what it has made; later it is ended."""
        if self.stopping is None:
            if self.process is not None:
                self.process.ask_to_stop()
            loop = asyncio.get_running_loop()
            self.stopping = loop.call_later(STOP_SECONDS, self._cut_off)

    def _cut_off(self) -> None:
        self.ending = self.ending or LeaderboardState.STOPPED
        if self.task is not None:
            self.task.cancel()

    def settle(self) -> None:
        """Decide how it ended, unless it has said that itself."""
        if self.state not in (JobState.STARTING, JobState.RUNNING):
            return
        state = LeaderboardState.FAILED
        if self.error is None and self.ending is not None:
            state = self.ending
            if state is LeaderboardState.FAILED:
                self.error = ModelFailed(self.reason)
        self.state = JobState(state.value)
        if self.board_id is not None:
            error = str(self.error)[:ERROR_KEPT] if state is LeaderboardState.FAILED else None
            self.unwritten = LeaderboardUpdate(state=state, error=error)

    def public(self, describe: Describe | None = None) -> LeaderboardJobPublic:
        """As it is answered."""
        problem = None
        if self.error is not None and describe is not None:
            problem = describe(self.error)
        return LeaderboardJobPublic(
            id=self.id,
            state=self.state,
            leaderboard_id=self.board_id,
            progress=self.progress,
            created_at=self.created_at,
            created_by=self.user,
            ended_at=self.ended_at,
            kernelspec=self.kernelspec,
            source=self.source,
            target_name=self.body.target_name,
            predecessor_id=self.body.predecessor_id,
            token=self.body.token,
            log=self.said()[-_LOG_SHOWN:],
            problem=problem,
        )

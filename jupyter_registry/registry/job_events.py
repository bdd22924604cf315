"""What a training job tells, done: its leaderboard, its progress, its models, its end.

What trains runs other people's code, so what comes out of it is checked as any request is.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from logging import getLogger
from typing import TYPE_CHECKING

from .. import processes
from ..domain.entities import BoardModelCreate, LeaderboardCreate, LeaderboardUpdate, Progress
from ..domain.errors import LeaderboardEnded, ModelFailed, StorageUnavailable
from ..domain.kinds import JobState, LeaderboardState
from ..serving.training import Event
from . import job_files, leaderboards
from .job_state import ERROR_KEPT, Job

if TYPE_CHECKING:
    from .services import Services

#: Seconds between two changes of progress that are written down.
_PROGRESS_SECONDS = 1.0

#: Told of what a job changes of its leaderboard: ``created`` or ``updated``.
Changed = Callable[[Job, str], None]


async def take(services: Services, job: Job, event: Event, changed: Changed) -> bool:
    """Do what an event tells; whether the job shall go on.

    Raises
    ------
    RegistryError
        when it cannot be done, or the job refuses its data.
    ModelFailed
        when the event is not understood.

    """
    from pydantic import ValidationError

    kind = event.get("event")
    try:
        if kind == "begin":
            await _begin(services, job, event)
            changed(job, "created")
        elif kind == "incumbents":
            update = LeaderboardUpdate.model_validate({"incumbents": event["incumbents"]})
            await services.in_thread(
                leaderboards.update, services.database, job.board_id or 0, update
            )
        elif kind == "progress":
            job.progress = Progress.model_validate(event["progress"])
            await _progress(services, job, changed)
        elif kind == "model":
            body = BoardModelCreate.model_validate(event["model"])
            place = (job.folder, job.board_id or 0, job.user)
            files = dict(event["files"])
            await asyncio.to_thread(job_files.add_model, services, *place, body, files)
            changed(job, "updated")
        elif kind == "end":
            _end(job, event)
        elif kind == "refused":
            raise job_files.refusal(event["error"])
    except (ValidationError, KeyError, TypeError, ValueError, OSError) as error:
        raise ModelFailed(
            "What the training job told is not understood.",
            advice="See its log.",
            fields={"traceback": str(error)[:2_000], "event": str(kind)[:100]},
        ) from error
    return kind != "end"


async def _begin(services: Services, job: Job, event: Event) -> None:
    if job.board_id is not None:
        raise ModelFailed("The training job began a second leaderboard.")
    board = {**event["board"], "trainer": processes.identity()}
    if job.kernelspec:
        board["provenance"] = {**(board.get("provenance") or {}), "kernelspec": job.kernelspec}
    body = LeaderboardCreate.model_validate(board)
    making = asyncio.ensure_future(
        services.in_thread(
            lambda: leaderboards.create(services.database, body, job.user, job=job.id)
        )
    )
    try:
        await asyncio.wait([making])
    finally:  # what was begun is known, though the job be cancelled meanwhile
        made = await making
        job.board_id, job.name, job.state = made.id, made.name, JobState.RUNNING


async def _progress(services: Services, job: Job, changed: Changed) -> None:
    if job.board_id is None or time.monotonic() < job.written + _PROGRESS_SECONDS:
        return  # the next one, or the next beat, says more
    job.written = time.monotonic()
    update = LeaderboardUpdate(progress=job.progress)
    try:
        found = await services.in_thread(
            leaderboards.update, services.database, job.board_id, update
        )
    except LeaderboardEnded:  # somebody ended it: what comes now is for nothing
        job.ask_to_stop()
        return
    except StorageUnavailable as error:  # the next one may be written down
        getLogger(__name__).warning("The progress of a training was not noted: %s", error)
        return
    if found.stop_requested:  # perhaps on another server
        job.ask_to_stop()
    changed(job, "updated")


def _end(job: Job, event: Event) -> None:
    if job.board_id is None:
        raise ModelFailed("The training job ended a leaderboard that it had not begun.")
    state = LeaderboardState(event["state"])
    error = None
    if state is LeaderboardState.FAILED:
        error = str(event.get("error"))[:ERROR_KEPT]
        job.error = ModelFailed(error, advice="See its log.")
    update = LeaderboardUpdate(state=state, error=error)
    job.state, job.unwritten = JobState(state.value), update

"""Training jobs: leaderboards trained in a process of the server's, never in its own.

A job reads its data, checks them, and only then begins a leaderboard; from there on what it tells
goes through the same use cases as what a kernel tells. A job is known to the server that runs it,
its leaderboard to all.
"""

from __future__ import annotations

import asyncio
import secrets
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from logging import getLogger
from pathlib import Path
from typing import TYPE_CHECKING

from ..domain.entities import (
    BoardModelCreate,
    FilePublic,
    LeaderboardCreate,
    LeaderboardJobCreate,
    LeaderboardJobPublic,
    LeaderboardUpdate,
    Problem,
    Progress,
)
from ..domain.errors import (
    JobNotFound,
    LeaderboardEnded,
    ModelFailed,
    RegistryError,
)
from ..domain.kinds import JobState, LeaderboardState
from ..serving.kernelspecs import Environment, environment
from ..serving.specs import TrainingSpec
from ..serving.training import Event, TrainingProcess
from ..store.tables import now
from . import job_files, leaderboards, predecessors, uploads

if TYPE_CHECKING:
    from .services import Services

#: Jobs that train at once; others wait for their turn.
_AT_ONCE = 2
#: Seconds that a job has to end after it was asked to stop.
STOP_SECONDS = 60.0
#: How long ended jobs are held, and how many, in seconds.
_HELD_SECONDS, _HELD = 24 * 3600.0, 100
#: Seconds between two changes of progress that are written down.
_PROGRESS_SECONDS = 1.0
#: Characters of the log in an answer.
_LOG_SHOWN = 20_000

#: From an exception to the problem document that tells of it.
Describe = Callable[[RegistryError], Problem]
#: Told of what a job changes: action, entity, id, name, user.
Tell = Callable[[str, str, int, str, str], None]


@dataclass
class _Job:
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
    written: float = 0.0
    error: RegistryError | None = None
    log: str = ""
    process: TrainingProcess | None = None
    task: asyncio.Task[None] | None = None
    stopping: asyncio.TimerHandle | None = None
    predecessor: predecessors.Predecessor | None = None
    #: Why it is ended from here.
    ending: LeaderboardState | None = None
    reason: str = ""

    @property
    def has_ended(self) -> bool:
        return self.ended_at is not None


class TrainingJobs:
    """The jobs of this server; on the event loop."""

    def __init__(self, tell: Tell | None = None) -> None:
        self._tell = tell or (lambda *_: None)
        self._known: dict[str, _Job] = {}
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def begin(
        self, services: Services, body: LeaderboardJobCreate, user: str, shown: Path | None
    ) -> LeaderboardJobPublic:
        """Begin a job.

        Parameters
        ----------
        shown:
            The file that ``body.contents`` names.

        Raises
        ------
        InvalidInput
            when a field is wrong, the file is none of the upload's, the kernelspec is unknown.
        UploadNotFound
            when there is no such upload.
        LeaderboardNotFound
            when the leaderboard that is to be trained again is not there.

        """
        job_files.check(body)
        data: FilePublic | Path | None = shown
        if body.upload is not None:
            held = await services.in_thread(uploads.get, services.database, body.upload)
            data = job_files.file_of(held.files, body.file)
        assert data is not None
        predecessor = await services.in_thread(predecessors.of_job, services.database, body)
        body = predecessors.completed(body, predecessor)
        name = body.kernelspec or services.settings.default_kernelspec
        where = await services.in_thread(environment, name, services.kernelspecs)
        identity = secrets.token_hex(8)
        job = _Job(
            id=identity,
            user=user,
            body=body,
            source=str(body.contents) if isinstance(data, Path) else data.path,
            kernelspec=name,
            folder=services.settings.model_folder / f".training-{identity}",
            predecessor=predecessor,
        )
        self._forget_old()
        self._known[job.id] = job
        job.task = asyncio.get_running_loop().create_task(self._run(services, job, where, data))
        return _public(job)

    def get(self, job_id: str, describe: Describe) -> LeaderboardJobPublic:
        """How a job stands; raises `JobNotFound`."""
        return _public(self._find(job_id), describe)

    def all(self, describe: Describe) -> list[LeaderboardJobPublic]:
        """The jobs of this server without their logs, the newest first."""
        found = [_public(job, describe) for job in reversed(self._known.values())]
        return [job.model_copy(update={"log": ""}) for job in found]

    def folders_in_use(self) -> set[Path]:
        """Where jobs are at work."""
        return {job.folder for job in self._known.values() if not job.has_ended}

    async def cancel(self, job_id: str) -> None:
        """End a job at once, its process too; what it has made is kept. Raises `JobNotFound`."""
        job = self._find(job_id)
        await self._end(job, LeaderboardState.STOPPED, "")

    def stop(self, board_id: int) -> None:
        """Ask the job that trains a leaderboard to stop, if it runs here; later it is ended."""
        for job in self._known.values():
            if job.board_id == board_id and not job.has_ended:
                self._ask_to_stop(job)

    def log_of(self, board_id: int) -> str | None:
        """What the job of a leaderboard has written by now, if it runs here."""
        for job in self._known.values():
            if job.board_id == board_id and job.process is not None and not job.has_ended:
                return job.process.said()
        return None

    async def close(self) -> None:
        """End all of them: the server stops."""
        ends = [
            self._end(job, LeaderboardState.FAILED, leaderboards.SERVER_STOPPED)
            for job in self._known.values()
            if not job.has_ended
        ]
        await asyncio.gather(*ends)

    # --- one of them ------------------------------------------------------------------------

    async def _run(
        self,
        services: Services,
        job: _Job,
        where: Environment,
        data: FilePublic | Path,
    ) -> None:
        try:
            async with self._turns:
                await self._train(services, job, where, data)
        except RegistryError as error:
            job.error = error
        except asyncio.CancelledError:
            pass  # by `_end`, which waits for what follows
        except Exception:
            getLogger(__name__).exception("A training job failed unexpectedly")
            job.error = RegistryError(
                "The server failed at this; nothing is known to be wrong with the request.",
                advice="Look into the server's log, and report it with what is there.",
            )
        finally:
            await self._finish(services, job)

    async def _train(
        self,
        services: Services,
        job: _Job,
        where: Environment,
        data: FilePublic | Path,
    ) -> None:
        # not in the registry's own threads: a large file must not keep requests from them
        order = (services.artifacts, job.folder, job.body, data, job.predecessor)
        await asyncio.to_thread(job_files.prepare, *order)
        spec = TrainingSpec(f"training {job.id}", job.folder, where.interpreter, where.env)
        process = job.process = await services.pool.train(spec)
        if job.stopping is not None:
            process.ask_to_stop()
        beating = asyncio.get_running_loop().create_task(self._beat(services, job))
        try:
            told_end = False
            async for event in process.events():
                told_end = await self._take(services, job, event) or told_end
            how = await process.end(grace=2.0)
            if not told_end:
                said = process.said().strip().splitlines()[-1:] or [""]
                raise ModelFailed(
                    f"The training ended before its time: {how}. {said[0][:500]}".strip(),
                    advice="See its log.",
                    fields={"traceback": process.said()[-8_000:]},
                )
        finally:
            beating.cancel()
            await asyncio.shield(process.end())
            job.log = process.said()

    async def _take(self, services: Services, job: _Job, event: Event) -> bool:
        """Do what an event tells; whether it was the last.

        What trains runs other people's code, so what comes out of it is checked as any request is.
        """
        from pydantic import ValidationError

        database, kind = services.database, event.get("event")
        try:
            if kind == "begin":
                board = dict(event["board"])
                if job.kernelspec:
                    known = board.get("provenance") or {}
                    board["provenance"] = {**known, "kernelspec": job.kernelspec}
                await self._begin(services, job, LeaderboardCreate.model_validate(board))
            elif kind == "incumbents":
                update = LeaderboardUpdate.model_validate({"incumbents": event["incumbents"]})
                await services.in_thread(leaderboards.update, database, job.board_id or 0, update)
            elif kind == "progress":
                job.progress = Progress.model_validate(event["progress"])
                await self._progress(services, job)
            elif kind == "model":
                body = BoardModelCreate.model_validate(event["model"])
                place = (job.folder, job.board_id or 0, job.user)
                files = dict(event["files"])
                await asyncio.to_thread(job_files.add_model, services, *place, body, files)
                self._changed(job, "updated")
            elif kind == "end":
                state = LeaderboardState(event["state"])
                update = LeaderboardUpdate(state=state, error=event.get("error"))
                if state is LeaderboardState.FAILED:
                    job.error = ModelFailed(str(update.error), advice="See its log.")
                await services.in_thread(leaderboards.update, database, job.board_id or 0, update)
                job.state = JobState(state.value)
                return True
            elif kind == "refused":
                raise job_files.refusal(event["error"])
            return False
        except (ValidationError, KeyError, TypeError, ValueError, OSError) as error:
            raise ModelFailed(
                "What the training job told is not understood.",
                advice="See its log.",
                fields={"traceback": str(error)[:2_000], "event": str(kind)[:100]},
            ) from error

    async def _begin(self, services: Services, job: _Job, body: LeaderboardCreate) -> None:
        if job.board_id is not None:
            raise ModelFailed("The training job began a second leaderboard.")
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
        self._changed(job, "created")

    async def _progress(self, services: Services, job: _Job) -> None:
        if job.board_id is None or time.monotonic() < job.written + _PROGRESS_SECONDS:
            return  # the next one, or the next beat, says more
        job.written = time.monotonic()
        update = LeaderboardUpdate(progress=job.progress)
        with suppress(LeaderboardEnded):  # its end is heard of by the next beat
            await services.in_thread(leaderboards.update, services.database, job.board_id, update)
        self._changed(job, "updated")

    async def _beat(self, services: Services, job: _Job) -> None:
        """Say now and then that it is at work, and hear whether it is to stop."""
        while True:
            await asyncio.sleep(leaderboards.JOB_BEAT_SECONDS)
            if job.process is not None:
                job.log = job.process.said()
            if job.board_id is None:
                continue
            try:
                asked = await services.in_thread(
                    leaderboards.beat, services.database, job.board_id, job.log, job.progress
                )
            except RegistryError as error:  # the next time may do better
                getLogger(__name__).warning("A training job was not noted: %s", error)
            else:
                if asked:
                    self._ask_to_stop(job)

    def _ask_to_stop(self, job: _Job) -> None:
        if job.stopping is None:
            if job.process is not None:
                job.process.ask_to_stop()
            job.stopping = asyncio.get_running_loop().call_later(STOP_SECONDS, self._cut_off, job)

    def _cut_off(self, job: _Job) -> None:
        """End a job that was asked to stop and does not."""
        job.ending = job.ending or LeaderboardState.STOPPED
        if job.task is not None:
            job.task.cancel()

    async def _end(self, job: _Job, state: LeaderboardState, reason: str) -> None:
        """End a job from here, and wait until its process and its files are gone."""
        if job.has_ended or job.task is None:
            return
        job.ending, job.reason = job.ending or state, job.reason or reason
        job.task.cancel()
        await asyncio.wait([job.task])

    async def _finish(self, services: Services, job: _Job) -> None:
        """Write down how a job ended."""
        if job.stopping is not None:
            job.stopping.cancel()
        state = LeaderboardState.FAILED
        if job.state in (JobState.STARTING, JobState.RUNNING):
            if job.error is None and job.ending is not None:
                state = job.ending
                if state is LeaderboardState.FAILED:
                    job.error = ModelFailed(job.reason)
            job.state = JobState(state.value)
            if job.board_id is not None:
                failed = state is LeaderboardState.FAILED
                update = LeaderboardUpdate(
                    state=state, error=str(job.error)[:20_000] if failed else None
                )
                with suppress(RegistryError):
                    await services.in_thread(
                        leaderboards.update, services.database, job.board_id, update
                    )
        if job.board_id is not None:
            with suppress(RegistryError):
                await services.in_thread(
                    leaderboards.beat, services.database, job.board_id, job.log, job.progress
                )
            self._changed(job, "updated")
        job.ended_at = now()
        await asyncio.to_thread(shutil.rmtree, job.folder, ignore_errors=True)

    def _changed(self, job: _Job, action: str) -> None:
        self._tell(action, "leaderboard", job.board_id or 0, job.name, job.user)

    def _find(self, job_id: str) -> _Job:
        found = self._known.get(job_id)
        if found is None:
            raise JobNotFound(
                f"There is no training job {job_id[:40]!r} on this server.",
                advice="A job is known to the server that runs it, until that stops; its "
                "leaderboard stays.",
            )
        return found

    def _forget_old(self) -> None:
        ended = [job for job in self._known.values() if job.ended_at is not None]
        for position, job in enumerate(reversed(ended)):
            assert job.ended_at is not None
            if position >= _HELD or (now() - job.ended_at).total_seconds() > _HELD_SECONDS:
                del self._known[job.id]


def _public(job: _Job, describe: Describe | None = None) -> LeaderboardJobPublic:
    log = job.log if job.process is None or job.has_ended else job.process.said()
    problem = None
    if job.error is not None and describe is not None:
        problem = describe(job.error)
    return LeaderboardJobPublic(
        id=job.id,
        state=job.state,
        leaderboard_id=job.board_id,
        progress=job.progress,
        created_at=job.created_at,
        created_by=job.user,
        ended_at=job.ended_at,
        kernelspec=job.kernelspec,
        source=job.source,
        target_name=job.body.target_name,
        predecessor_id=job.body.predecessor_id,
        token=job.body.token,
        log=log[-_LOG_SHOWN:],
        problem=problem,
    )

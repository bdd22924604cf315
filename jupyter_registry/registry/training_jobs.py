"""Training jobs: leaderboards trained in a process of the server's, never in its own.

A job reads its data, checks them, and only then begins a leaderboard; from there on what it tells
goes through the same use cases as what a kernel tells. A job is known to the server that runs it,
its leaderboard to all.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from logging import getLogger
from pathlib import Path
from typing import TYPE_CHECKING

from ..domain.entities import FilePublic, LeaderboardJobCreate, LeaderboardJobPublic
from ..domain.errors import JobNotFound, ModelFailed, RegistryError, StorageUnavailable
from ..domain.kinds import LeaderboardState
from ..serving.kernelspecs import Environment, environment
from ..serving.specs import TrainingSpec
from ..store.tables import now
from . import job_events, job_files, leaderboards, lost_boards, predecessors, uploads
from .job_state import Describe, Job

if TYPE_CHECKING:
    from .services import Services

#: Jobs that train at once; others wait for their turn.
_AT_ONCE = 2
#: How long ended jobs are held, and how many, in seconds.
_HELD_SECONDS, _HELD = 24 * 3600.0, 100

#: Told of what a job changes: action, entity, id, name, user.
Tell = Callable[[str, str, int, str, str], None]


class TrainingJobs:
    """The jobs of this server; on the event loop."""

    def __init__(self, tell: Tell | None = None) -> None:
        self._tell = tell or (lambda *_: None)
        self._known: dict[str, Job] = {}
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
        job = Job(
            id=identity,
            user=user,
            body=body,
            source=str(body.contents) if isinstance(data, Path) else data.path,
            kernelspec=name,
            folder=services.settings.model_folder / f"{job_files.PREFIX}{identity}",
            predecessor=predecessor,
        )
        self._forget_old()
        self._known[job.id] = job
        job.task = asyncio.get_running_loop().create_task(self._run(services, job, where, data))
        return job.public()

    def get(self, job_id: str, describe: Describe) -> LeaderboardJobPublic:
        """How a job stands; raises `JobNotFound`."""
        return self._find(job_id).public(describe)

    def all(self, describe: Describe) -> list[LeaderboardJobPublic]:
        """The jobs of this server without their logs, the newest first."""
        found = [job.public(describe) for job in reversed(self._known.values())]
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
                job.ask_to_stop()

    def log_of(self, board_id: int) -> str | None:
        """What the job of a leaderboard has written by now, if it runs here."""
        for job in self._known.values():
            if job.board_id == board_id and job.process is not None and not job.has_ended:
                return job.said()
        return None

    async def write_ends(self, services: Services) -> None:
        """Write down how jobs ended, where the database could not be used then."""
        for job in list(self._known.values()):
            if job.has_ended and job.unwritten is not None:
                await self._write_end(services, job)

    async def close(self) -> None:
        """End all of them: the server stops."""
        ends = [
            self._end(job, LeaderboardState.FAILED, lost_boards.SERVER_STOPPED)
            for job in self._known.values()
            if not job.has_ended
        ]
        await asyncio.gather(*ends)

    # --- one of them ------------------------------------------------------------------------

    async def _run(
        self,
        services: Services,
        job: Job,
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
        job: Job,
        where: Environment,
        data: FilePublic | Path,
    ) -> None:
        job.claim = await asyncio.to_thread(job_files.claim, job.folder)
        # not in the registry's own threads: a large file must not keep requests from them
        order = (services.artifacts, job.folder, job.body, data, job.predecessor)
        await asyncio.to_thread(job_files.prepare, *order)
        env = {**where.env, "TMPDIR": str(job_files.scratch_of(job.folder))}
        spec = TrainingSpec(f"training {job.id}", job.folder, where.interpreter, env)
        process = job.process = await services.pool.train(spec)
        if job.stopping is not None:
            process.ask_to_stop()
        beating = asyncio.get_running_loop().create_task(self._beat(services, job))
        try:
            async for event in process.events():
                if not await job_events.take(services, job, event, self._changed):
                    break
            how = await process.end(grace=2.0)
            if job.unwritten is None:
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

    async def _beat(self, services: Services, job: Job) -> None:
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
                    job.ask_to_stop()

    async def _end(self, job: Job, state: LeaderboardState, reason: str) -> None:
        """End a job from here, and wait until its process and its files are gone."""
        if job.has_ended or job.task is None:
            return
        job.ending, job.reason = job.ending or state, job.reason or reason
        job.task.cancel()
        await asyncio.wait([job.task])

    async def _finish(self, services: Services, job: Job) -> None:
        """Write down how a job ended."""
        if job.stopping is not None:
            job.stopping.cancel()
        job.settle()
        if job.board_id is not None:
            await self._write_end(services, job)
        else:
            job.unwritten = None
        await asyncio.to_thread(job_files.remove, job.folder)
        if job.claim is not None:
            job.claim.close()
        job.ended_at = now()

    async def _write_end(self, services: Services, job: Job) -> None:
        """Write down how a leaderboard ended, and the log; later where that cannot be done now."""
        database, board_id = services.database, job.board_id or 0
        try:
            if job.unwritten is not None:
                await services.in_thread(leaderboards.update, database, board_id, job.unwritten)
            await services.in_thread(leaderboards.beat, database, board_id, job.log, job.progress)
        except StorageUnavailable as error:
            getLogger(__name__).warning("The end of a training was not noted yet: %s", error)
            return
        except RegistryError as error:  # it was ended otherwise, or deleted
            getLogger(__name__).info("The end of a training was not noted: %s", error)
        job.unwritten = None
        self._changed(job, "updated")

    def _changed(self, job: Job, action: str) -> None:
        self._tell(action, "leaderboard", job.board_id or 0, job.name, job.user)

    def _find(self, job_id: str) -> Job:
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

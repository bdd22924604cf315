"""Opening the stores and the workers when they are first needed, and closing them at the end.

SQLAlchemy and its kin take longer to import than a Jupyter server may be kept from starting, so
the registry opens in a thread shortly after, or with the first request.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import time
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from logging import Logger
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..domain.errors import RegistryError, StorageUnavailable
from .events import RecordedRows

if TYPE_CHECKING:
    from ..registry.keys import KeyRing
    from ..registry.services import Services
    from ..serving.environment_folder import Wanted
    from ..store.database import Database
    from ..store.notices import Notices
    from .events import ChangeEvents

#: Threads for what blocks: database, files, conversions.
THREADS = 8
#: Threads for large bodies of rows, which must neither keep the others from theirs nor, many at
#: a time, keep the event loop from Python's lock.
BULK_THREADS = 2
#: After a failure, how long it is told again before it is tried again.
_RETRY_SECONDS = 2.0
#: How often left-overs are swept.
_SWEEP_SECONDS = 3600.0
#: How often it is looked for leaderboards whose training was lost.
_WATCH_SECONDS = 5.0
#: What handlers import when they are first used: imported in a thread, not on the event loop.
_USED_BY_HANDLERS = (
    *(
        f"jupyter_registry.registry.{name}"
        for name in (
            "actuals", "archives", "assess", "blobs", "board_models", "board_packages",
            "champions", "contents", "deployment_search", "deployments", "environment_checks",
            "environments", "health", "inspections", "keys", "leaderboard_search", "leaderboards",
            "lost_boards", "models", "packages", "predict", "replacement", "reports", "sbom",
            "scans", "search", "services", "signatures", "training_jobs", "uploads", "validation",
        )
    ),
    "jupyter_registry.server.tabular",
    "jupyter_registry.serving.pool",
)  # fmt: skip


@dataclass(frozen=True)
class Options:
    """All that opening needs, as configured."""

    database_url: str
    artifact_url: str
    model_folder: Path
    durable_log: bool = False
    artifact_options: dict[str, Any] | None = None
    default_kernelspec: str | None = None
    max_upload_bytes: int = 64 * 1024**3
    max_upload_files: int = 10_000
    max_archive_ratio: float = 200.0
    max_archive_depth: int = 20
    pickle_policy: str = "block"
    allow_own_code: bool = True
    trusted_types: tuple[str, ...] = ()
    trusted_keys: tuple[str, ...] = ()
    require_signature: bool = False
    upload_idle_seconds: float = 24 * 3600.0
    upload_resume_seconds: float = 3600.0
    worker_idle_seconds: float = 900.0
    worker_start_seconds: float = 120.0
    predict_seconds: float = 600.0
    inspect_seconds: float = 600.0
    max_workers: int = 16
    worker_memory_mb: float = 0.0
    worker_processors: int = 0
    worker_open_files: int = 1024
    #: Beside the models unless given.
    environment_folder: Path | None = None
    environment_index_url: str = ""
    environment_seconds: float = 900.0
    environment_mb: float = 8000.0
    environment_days: float = 14.0
    environment_sources: bool = False
    allow_requirement_links: bool = False


class Opening:
    """The registry's parts, opened once."""

    def __init__(
        self,
        options: Options,
        log: Logger,
        kernelspecs: Any = None,
        events: ChangeEvents | None = None,
    ) -> None:
        self.options = options
        self.events = events
        self.services: Services | None = None
        self._log = log
        self._kernelspecs = kernelspecs
        self._task: asyncio.Task[Services] | None = None
        self._sweeping: asyncio.Task[None] | None = None
        self._watching: asyncio.Task[None] | None = None
        self._failed: tuple[float, RegistryError] | None = None
        self._closed = False
        self._keys: KeyRing | None = None
        self._notices: Notices | None = None

    @property
    def is_closed(self) -> bool:
        """Whether the server ends: nothing can be asked of it any more."""
        return self._closed

    @property
    def keys(self) -> KeyRing:
        """Which prediction keys open what; there once the services are."""
        assert self._keys is not None
        return self._keys

    async def open(self) -> Services:
        """The parts; opened at the first call.

        Raises
        ------
        RegistryError
            when the database or the artifact store cannot be used; tried again after a moment.

        """
        if self.services is not None:
            return self.services
        if self._failed is not None and time.monotonic() < self._failed[0]:
            raise self._failed[1]
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._open())
        # shielded: a caller that goes away must not stop the opening for others
        return await asyncio.shield(self._task)

    async def open_early(self, delay: float) -> None:
        """Open soon, without being asked; a failure is logged and told to those who ask."""
        await asyncio.sleep(delay)
        with contextlib.suppress(RegistryError):
            await self.open()

    async def close(self) -> None:
        """Write what waits, end the workers, close the stores."""
        self._closed = True
        for task in (self._sweeping, self._watching, self._task):
            if task is not None and not task.done():
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, RegistryError):
                    await task
        services, self.services = self.services, None
        if services is not None:
            gc.unfreeze()
            if self._notices is not None:
                await services.in_thread(self._notices.close)
            await services.inspections.close()
            await services.in_thread(services.arrivals.close)
            await services.jobs.close()
            await services.environments.close()
            await services.pool.close()
            await services.in_thread(services.recorder.close)
            await services.in_thread(services.health.close)
            services.database.close()
            for threads in (services.executor, services.bulk):
                threads.shutdown(wait=False)

    async def _open(self) -> Services:
        executor = ThreadPoolExecutor(THREADS, thread_name_prefix="registry")
        loop = asyncio.get_running_loop()
        try:
            services = await loop.run_in_executor(executor, self._stores, loop)
        except RegistryError as error:
            executor.shutdown(wait=False)
            self._failed = (time.monotonic() + _RETRY_SECONDS, error)
            self._task = None
            self._log.error("The registry cannot open: %s %s", error.detail, error.advice)
            raise
        except BaseException:
            executor.shutdown(wait=False)
            self._task = None
            raise
        self._failed = None
        self.services = services = self._with_workers(services, executor)
        self._sweeping = loop.create_task(self._sweep(services))
        self._watching = loop.create_task(self._watch_boards(services))
        if self.events is not None and not services.database.is_sqlite:
            self._notices = self._with_notices(services.database, self.events, loop)
        # what is there now stays until the end: to look for garbage among it, as Python does every
        # few long answers, holds up all requests for 0.1 s
        gc.freeze()
        self._log.info("The registry is open: %s", services.database.engine.url)
        return services

    def _stores(self, loop: asyncio.AbstractEventLoop) -> dict[str, Any]:
        """Open what blocks, in a thread; the heavy imports happen here too."""
        for module in _USED_BY_HANDLERS:
            import_module(module)
        from ..monitoring.health import HealthCounter
        from ..monitoring.recorder import Recorder
        from ..store.artifacts import ArtifactStore
        from ..store.database import open_database

        options = self.options
        try:
            options.model_folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageUnavailable(
                f"The folder {options.model_folder} cannot be made: {error.strerror}.",
                advice="Set RegistryApp.model_folder to a place that can be written.",
                fields={"model_folder": str(options.model_folder)},
            ) from error
        artifacts = ArtifactStore(options.artifact_url, **(options.artifact_options or {}))
        database = open_database(options.database_url, durable_log=options.durable_log)
        rows = RecordedRows(loop, self._tell_of_rows)
        return {
            "database": database,
            "artifacts": artifacts,
            "recorder": Recorder(database, None if self.events is None else rows.add),
            "health": HealthCounter(database, self._log),
        }

    def _with_workers(self, stores: dict[str, Any], executor: ThreadPoolExecutor) -> Services:
        from ..domain.kinds import PicklePolicy
        from ..registry.arrivals import Arrivals
        from ..registry.champions import Champions
        from ..registry.keys import KeyRing
        from ..registry.scans import ScanRules
        from ..registry.services import Services, Settings
        from ..registry.signatures import SigningRules
        from ..registry.training_jobs import TrainingJobs
        from ..registry.upload_rows import UploadLimits
        from ..serving.confinement import Limits
        from ..serving.environments import BuildLimits, Environments
        from ..serving.pool import WorkerPool
        from ..serving.uv import UvRules

        options = self.options
        self._keys = KeyRing()
        return Services(
            **stores,
            pool=WorkerPool(
                options.worker_idle_seconds,
                options.worker_start_seconds,
                options.max_workers,
                self._log,
                predict_timeout=options.predict_seconds,
                inspect_timeout=options.inspect_seconds,
                limits=Limits(
                    options.worker_memory_mb, options.worker_processors, options.worker_open_files
                ),
            ),
            settings=Settings(
                model_folder=options.model_folder,
                default_kernelspec=options.default_kernelspec,
                upload_limits=UploadLimits(
                    file_bytes=options.max_upload_bytes,
                    total_bytes=options.max_upload_bytes,
                    files=options.max_upload_files,
                    archive_ratio=options.max_archive_ratio,
                    archive_depth=options.max_archive_depth,
                ),
                scan_rules=ScanRules(
                    policy=PicklePolicy(options.pickle_policy),
                    own_code=options.allow_own_code,
                    trusted=options.trusted_types,
                ),
                signing_rules=SigningRules(
                    keys=tuple(Path(key).expanduser().absolute() for key in options.trusted_keys),
                    required=options.require_signature,
                ),
                allow_requirement_links=options.allow_requirement_links,
                keep_environments_seconds=options.environment_days * 24 * 3600.0,
            ),
            executor=executor,
            bulk=ThreadPoolExecutor(BULK_THREADS, thread_name_prefix="registry-bulk"),
            champions=Champions(),
            environments=Environments(
                options.environment_folder or options.model_folder.with_name("environments"),
                UvRules(options.environment_index_url, options.environment_sources),
                BuildLimits(options.environment_seconds, options.environment_mb * 1e6),
                self._tell_of_environment,
                self._log,
            ),
            kernelspecs=self._kernelspecs,
            jobs=TrainingJobs(self._tell_of_job),
            arrivals=Arrivals(
                min(options.upload_idle_seconds, options.upload_resume_seconds),
                stores["artifacts"],
            ),
        )

    def _with_notices(
        self, database: Database, events: ChangeEvents, loop: asyncio.AbstractEventLoop
    ) -> Notices:
        """What other servers on the same database change is told here too, and the reverse."""
        from ..store.notices import Notices

        def heard(change: dict[str, Any]) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: no one listens any more
                loop.call_soon_threadsafe(events.emit, change)

        notices = Notices(database, heard, self._log)
        events.also = notices.send
        return notices

    def _tell_of_job(self, action: str, entity: str, id: int, name: str, user: str) -> None:
        if self.events is not None:
            self.events.changed(action, entity, id, name, user=user)

    def _tell_of_environment(self, action: str, wanted: Wanted) -> None:
        if self.events is not None and wanted.package_id:
            self.events.changed(
                action, "environment", wanted.package_id, wanted.package, version=wanted.version
            )

    async def _tell_of_rows(self, deployment_id: int, predicted: int, matched: int) -> None:
        from ..registry import deployments

        services, events = self.services, self.events
        if services is None or events is None:
            return  # it closes
        try:
            label = await services.in_thread(deployments.label, services.database, deployment_id)
        except (RegistryError, RuntimeError) as error:
            self._log.warning("Recorded rows were not told of: %s", error)
            return
        counts = {"predicted": predicted, "matched": matched}
        events.changed("recorded", "rows", deployment_id, label, **counts)

    async def settle_boards(self, services: Services, jobs: Collection[str] = ()) -> None:
        """End the leaderboards whose training was lost, as that of jobs is, and tell of it."""
        from ..registry import lost_boards

        ended = await services.in_thread(lost_boards.settle, services.database, jobs)
        for board_id, name in ended:
            self._log.warning("The training of leaderboard %s (%s) was lost", board_id, name)
            if self.events is not None:
                self.events.changed("updated", "leaderboard", board_id, name)

    async def _watch_boards(self, services: Services) -> None:
        """Look now and then whose training was lost, and what a job could not write down."""
        from ..registry import job_files

        folder = services.settings.model_folder
        lost: list[str] | None = None
        while True:
            try:
                if lost is None:  # left behind by a server before this one
                    lost = await services.in_thread(job_files.sweep, folder)
                await services.jobs.write_ends(services)
                await self.settle_boards(services, lost)
            except Exception as error:  # the next time may do better
                self._log.warning("Leaderboards were not looked after: %s", error)
            await asyncio.sleep(_WATCH_SECONDS)

    async def _sweep(self, services: Services) -> None:
        """Remove, now and then, what was left behind: uploads, artifacts, local copies."""
        from ..registry import blobs, environments, uploads
        from ..registry.champions import sweep_copies

        with contextlib.suppress(RegistryError):  # what servers that have ended left too long ago
            await services.in_thread(services.arrivals.sweep)
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            try:
                await services.in_thread(
                    uploads.sweep,
                    services.database,
                    services.artifacts,
                    self.options.upload_idle_seconds,
                )
                await services.in_thread(
                    blobs.collect_orphans, services.database, services.artifacts
                )
                await services.in_thread(services.arrivals.sweep)
                await services.in_thread(sweep_copies, services)
                await services.in_thread(environments.sweep, services)
            except Exception as error:  # the next time may do better
                self._log.warning("Sweeping was put off: %s", error)

"""What the use cases work with: the open stores, the workers, the recorder, the settings."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from ..monitoring.health import HealthCounter
from ..monitoring.recorder import Recorder
from ..serving.environments import Environments
from ..serving.interpreters import Interpreters
from ..serving.pool import WorkerPool
from ..store.artifacts import ArtifactStore
from ..store.database import Database
from .arrivals import Arrivals
from .contents import Takings
from .deployment_status import Statuses
from .inspections import Inspections
from .scans import ScanRules, Scans
from .signatures import Signatures, SigningRules
from .training_jobs import TrainingJobs
from .upload_rows import UploadLimits

if TYPE_CHECKING:
    from jupyter_client.kernelspec import KernelSpecManager

    from .champions import Champions

#: Bytes from which on a body of rows is large.
_LARGE = 1 << 20

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Settings:
    """What an administrator decides."""

    #: Local copies of the packages in service, for workers to load.
    model_folder: Path
    #: The kernelspec that models run in; ``None`` for the server's own Python.
    default_kernelspec: str | None = None
    upload_limits: UploadLimits = field(default_factory=UploadLimits)
    scan_rules: ScanRules = field(default_factory=ScanRules)
    signing_rules: SigningRules = field(default_factory=SigningRules)
    #: Whether what a package needs may be an address, a path or an option of the installer.
    allow_requirement_links: bool = False
    #: How long an environment is kept that no deployment uses.
    keep_environments_seconds: float = 14 * 24 * 3600.0


@dataclass
class Services:
    """One server's parts; made by the server, used by the use cases."""

    database: Database
    artifacts: ArtifactStore
    recorder: Recorder
    health: HealthCounter
    pool: WorkerPool
    settings: Settings
    executor: Executor
    #: For large bodies of rows: few threads, so that small ones need not wait for them.
    bulk: Executor
    champions: Champions
    #: Built from what packages need.
    environments: Environments
    kernelspecs: KernelSpecManager | None = None
    interpreters: Interpreters = field(default_factory=Interpreters)
    inspections: Inspections = field(default_factory=Inspections)
    jobs: TrainingJobs = field(default_factory=TrainingJobs)
    scans: Scans = field(default_factory=Scans)
    signatures: Signatures = field(default_factory=Signatures)
    arrivals: Arrivals = field(default_factory=Arrivals)
    takings: Takings = field(default_factory=Takings)
    statuses: Statuses = field(init=False)

    def __post_init__(self) -> None:
        self.statuses = Statuses(self.database, self.health)

    async def in_bulk(
        self, size: int, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """`in_thread` for work on a body of so many bytes, or rows of about a hundred each."""
        executor = self.bulk if size > _LARGE else self.executor
        return await _run(executor, lambda: function(*args, **kwargs))

    async def in_thread(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run what blocks (database, files, large conversions) beside the event loop."""
        return await _run(self.executor, lambda: function(*args, **kwargs))


async def _run(executor: Executor, call: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(executor, call)

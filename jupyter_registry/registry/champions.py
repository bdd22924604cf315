"""What each deployment serves now: looked up once, kept for a moment, forgotten when it changes.

A change made by this server counts at once; one made by another server on the same database
within `FRESH_SECONDS`. Whatever a request was given, its predictions are attributed to it.
"""

from __future__ import annotations

import asyncio
import shutil
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..domain.drift import DriftPlan
from ..domain.entities import DeploymentPublic, PackagePublic
from ..domain.errors import (
    DeploymentInactive,
    IntegrityFailure,
    InvalidInput,
    StorageUnavailable,
    WrongTargetType,
)
from ..domain.kinds import DeploymentState, PackageKind
from ..domain.signature import Signature
from ..domain.target import Target
from ..formats import FORMAT_NAMES
from ..formats.custom_hooks import CODE_FORMAT, FILE_NAME, hooks_of
from ..monitoring.rows import Tracked
from ..serving.specs import WorkerSpec
from . import deployment_rows, environments, scans, signatures
from .environments import Runtime
from .packages import get as get_package
from .packages import signature_of, target_of

if TYPE_CHECKING:
    from .services import Services

#: How long what another server changed may go unseen.
FRESH_SECONDS = 1.0
#: How long a local copy that nothing runs from is kept.
KEEP_COPIES_SECONDS = 7 * 24 * 3600.0
UNFINISHED_SECONDS = 24 * 3600.0
#: Drift plans that are held.
_PLANS = 256


@dataclass(frozen=True)
class Champion:
    """A deployment and its package in service, as a request needs them."""

    deployment_id: int
    label: str
    state: DeploymentState
    package_id: int
    package: str
    kind: PackageKind
    #: The deployment's target, with the threshold in force.
    target: Target
    signature: Signature
    association_id_column: str | None
    association_id_required: bool
    store_features: bool
    tracked: Tracked
    #: The package to serve; ``None`` when its model is hosted elsewhere.
    served: PackagePublic | None
    runtime: Runtime
    #: Where the target's classes are among the package's, if they stand in another order.
    order: NDArray[np.intp] | None
    #: Where drift is counted; ``None`` when the package's baseline has no histogram.
    plan: DriftPlan | None = None
    #: Columns by whose values rows are counted once more.
    segment_columns: tuple[str, ...] = ()
    #: The threshold that the deployment was given; ``None`` for each package's own.
    prediction_threshold: float | None = None
    #: From when on the package is in service, UTC microseconds since 1970.
    since: int = 0
    #: Seconds that one call of the model may take; ``None`` for what the server allows.
    predict_seconds: float | None = None

    def check_rows(self) -> None:
        """Refuse rows where whole requests are answered; raises `WrongTargetType`."""
        if not self.target.type.has_rows:
            raise WrongTargetType(
                f"The model of {self.label!r} is unstructured: it answers whole requests, and "
                "takes neither rows nor actuals.",
                advice=f"Send the request to deployments/{self.deployment_id}/predictions/"
                "unstructured, or with Deployment.predict_unstructured().",
                fields={"deployment": self.label, "target_type": self.target.type.value},
            )

    def check_active(self) -> None:
        """Refuse rows for a deployment that takes none; raises `DeploymentInactive`."""
        if self.state is not DeploymentState.ACTIVE:
            raise DeploymentInactive(
                f"The deployment {self.label!r} is {self.state.value}.",
                advice="Activate it first, or use another deployment.",
                fields={"deployment": self.label, "state": self.state.value},
            )


class Champions:
    """The champions of this server's deployments."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, Champion]] = {}
        self._looking: dict[str, asyncio.Task[Champion]] = {}
        self._specs: dict[tuple[int, Runtime], WorkerSpec] = {}
        self._plans: dict[tuple[int, Target], DriftPlan | None] = {}
        #: Of packages with code of their own: whether it reads bodies as they were sent.
        self._reads: dict[int, bool] = {}

    async def get(self, services: Services, reference: str) -> Champion:
        """The champion of a deployment given by label or id; raises `DeploymentNotFound`."""
        known = self._known.get(reference)
        if known is not None and time.monotonic() < known[0]:
            return known[1]
        looking = self._looking.get(reference)
        if looking is None:
            looking = asyncio.get_running_loop().create_task(self._look_up(services, reference))
            self._looking[reference] = looking
            looking.add_done_callback(lambda done: self._looked_up(reference, done))
        # shielded: others may wait for it too
        return await asyncio.shield(looking)

    def forget(self) -> None:
        """Look everything up again: something was changed here."""
        self._known.clear()
        # what is being looked up may have been read before the change
        self._looking.clear()

    async def spec_of(self, services: Services, champion: Champion) -> WorkerSpec | None:
        """How to serve a champion, ``None`` if it is hosted elsewhere; raises as `ready_spec`."""
        if champion.served is None:
            return None
        return await self.ready_spec(services, champion.served, champion.runtime, again=False)

    async def reader_of(self, services: Services, champion: Champion) -> WorkerSpec | None:
        """How to serve a champion whose code reads bodies as they were sent; ``None`` for others.

        Raises as `spec_of`, and `WrongTargetType` as `Champion.check_rows`.
        """
        served = champion.served
        if served is None or served.format != CODE_FORMAT or self._reads.get(served.id) is False:
            return None
        champion.check_rows()
        spec = await self.spec_of(services, champion)
        return spec if spec is not None and spec.reads_bodies else None

    async def ready_spec(
        self, services: Services, package: PackagePublic, runtime: Runtime, *, again: bool = True
    ) -> WorkerSpec:
        """How to serve a package; what it runs in is built unless it is there.

        Raises as `spec` and `environments.ensure`.
        """
        known = self._specs.get(self._key(services, package, runtime))
        if known is not None and services.pool.is_running(known):
            return known
        _servable(package)
        await environments.ensure(services, package, runtime, again=again)
        return await services.in_thread(self.spec, services, package, runtime)

    def spec(self, services: Services, package: PackagePublic, runtime: Runtime) -> WorkerSpec:
        """How to serve a package; its files are put on this disk and verified.

        Raises
        ------
        InvalidInput
            when the kernelspec is unknown, or the package has no signature or format.
        EnvironmentFailed
            when it is to run in an environment that is not there.
        IntegrityFailure, StorageUnavailable
            when its files are damaged or cannot be had.
        UnsafeContent
            when its pickles would run what the policy does not let pass.
        SignatureRefused
            when it must be signed and is not.

        """
        key = self._key(services, package, runtime)
        known = self._specs.get(key)
        if known is not None and services.pool.is_running(known):
            return known
        model_format = _servable(package)
        where = environments.interpreter(services, package, runtime)
        folder = _local_copy(services, package)
        signatures.before_loading(services, package, folder)
        scans.before_loading(services, package, folder)
        made = WorkerSpec(
            package_id=package.id,
            files=folder,
            hashes={file.path: file.sha256 for file in package.files},
            trusted=services.settings.scan_rules.trusted,
            format=model_format,
            target=target_of(package),
            signature=signature_of(package),
            interpreter=where.interpreter,
            env=where.env,
            reads_bodies=_reads_bodies(model_format, folder),
        )
        self._specs[key] = made
        self._reads[package.id] = made.reads_bodies
        return made

    def adopt(
        self, services: Services, trial: PackagePublic, package_id: int, runtime: Runtime
    ) -> None:
        """Let the worker that a model was tried in serve the package that the model became."""
        spec = self._specs.pop(self._key(services, trial, runtime), None)
        if spec is not None:
            package = replace(spec, package_id=package_id)
            services.pool.rename(spec, package)
            self._specs.setdefault((package_id, runtime.with_defaults(services)), package)

    def plan_of(self, package: PackagePublic, target: Target) -> DriftPlan | None:
        """The drift plan of a package, which never changes, for a deployment's target."""
        key = (package.id, target)
        if key not in self._plans:
            if len(self._plans) >= _PLANS:
                self._plans.clear()
            self._plans[key] = DriftPlan.of(package.baseline, signature_of(package), target)
        return self._plans[key]

    def folders_in_use(self, services: Services) -> set[Path]:
        """The local copies that workers run from."""
        return {spec.files for spec in self._specs.values() if services.pool.is_running(spec)}

    @staticmethod
    def _key(services: Services, package: PackagePublic, runtime: Runtime) -> tuple[int, Runtime]:
        return (package.id, runtime.with_defaults(services))

    async def _look_up(self, services: Services, reference: str) -> Champion:
        return await services.in_thread(_read, services, reference)

    def _looked_up(self, reference: str, task: asyncio.Task[Champion]) -> None:
        """Keep what was found, unless something was changed meanwhile."""
        current = self._looking.get(reference) is task
        if current:
            del self._looking[reference]
        if task.cancelled() or task.exception() is not None or not current:
            return
        if len(self._known) > 10_000:
            self._known.clear()
        self._known[reference] = (time.monotonic() + FRESH_SECONDS, task.result())


def _read(services: Services, reference: str) -> Champion:
    with services.database.connect() as connection:
        deployment_id = deployment_rows.identify(connection, reference)
        found = deployment_rows.whole(connection, deployment_id)
        since, _ = deployment_rows.starts_of(connection, deployment_id)[-1]
    deployment = DeploymentPublic.model_validate(found)
    package = get_package(services.database, deployment.package_id)
    own = target_of(package)
    labels = tuple(deployment.class_labels)
    tracked = Target(deployment.target_name, own.type, labels, deployment.positive_class)
    given = deployment.prediction_threshold
    order = None
    if labels != own.class_labels:
        order = np.array([own.class_labels.index(label) for label in labels], np.intp)
    return Champion(
        deployment_id=deployment.id,
        label=deployment.label,
        state=deployment.state,
        package_id=package.id,
        package=deployment.package,
        kind=package.kind,
        target=replace(tracked, threshold=own.threshold if given is None else given),
        signature=signature_of(package),
        association_id_column=deployment.association_id_column,
        association_id_required=deployment.association_id_required,
        store_features=deployment.store_features,
        tracked=Tracked(deployment.id, tracked),
        served=package if package.kind.is_hosted else None,
        runtime=Runtime.of(deployment),
        order=order,
        plan=services.champions.plan_of(package, tracked),
        segment_columns=tuple(deployment.segment_columns),
        prediction_threshold=given,
        since=since,
        predict_seconds=deployment.predict_seconds,
    )


def _servable(package: PackagePublic) -> str:
    """The format of a package that can be served; raises `InvalidInput` for another."""
    needs_signature = package.target_type.has_rows and not package.signature
    if needs_signature or not package.format:
        lacks = "signature" if needs_signature else "format"
        raise InvalidInput(
            f"Package {package.name}/{package.version} has no {lacks}, so it cannot be served.",
            advice="Register it again with one: signature lists the input columns, format is "
            f"one of {', '.join(FORMAT_NAMES)}.",
            fields={lacks: "missing"},
        )
    return package.format


def _reads_bodies(model_format: str, folder: Path) -> bool:
    """Whether a package's code has a hook for bodies as they were sent, by its own text."""
    if model_format != CODE_FORMAT:
        return False
    try:
        return "read_input_data" in hooks_of(folder / FILE_NAME)
    except (OSError, InvalidInput):
        return False  # its worker says what is wrong with it


def _local_copy(services: Services, package: PackagePublic) -> Path:
    try:
        return services.artifacts.materialise(package.files, services.settings.model_folder)
    except (IntegrityFailure, StorageUnavailable) as error:
        sha256 = str(error.fields.get("sha256", ""))
        path = next((f.path for f in package.files if sha256 == f.sha256), None)
        which = "" if path is None else f" ({path})"
        raise type(error)(
            f"The files of {package.name}/{package.version}{which} cannot be had: {error.detail}",
            advice=error.advice,
            fields=error.fields,
        ) from error


def sweep_copies(services: Services, older_than: float = KEEP_COPIES_SECONDS) -> int:
    """Remove local copies of packages that no worker was started from for so long.

    Those that a killed server was still making, inspecting or training in, go after a day.
    """
    removed = 0
    in_use = services.champions.folders_in_use(services) | services.jobs.folders_in_use()
    for folder in services.settings.model_folder.iterdir():
        kept = min(older_than, UNFINISHED_SECONDS) if folder.name[0] == "." else older_than
        try:
            age = time.time() - folder.stat().st_mtime
        except FileNotFoundError:
            continue  # an inspection has ended
        if folder in in_use or age < kept:
            continue
        shutil.rmtree(folder, ignore_errors=True)
        removed += 1
    return removed

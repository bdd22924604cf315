"""Which libraries a model runs with: a kernelspec's, or those that its package asks for."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import String, select, type_coerce

from ..domain import requirements
from ..domain.entities import DeploymentPublic, DeploymentSettings, EnvironmentPublic, PackagePublic
from ..domain.errors import InvalidInput, RegistryError, RequirementsRefused
from ..domain.kinds import BuildState, DeploymentState, ModelEnvironment
from ..domain.requirements import Requirements
from ..serving.environment_folder import Wanted
from ..serving.interpreters import Told
from ..serving.kernelspecs import Environment, environment
from .job_state import Describe
from .package_rows import DEPLOYMENT
from .packages import get as get_package

if TYPE_CHECKING:
    from .services import Services


@dataclass(frozen=True)
class Runtime:
    """Where a model runs: a kernelspec (``None`` for the registry's default), and whose libraries.

    With the package's own, the kernelspec's is the Python below them.
    """

    kernelspec: str | None = None
    environment: ModelEnvironment = ModelEnvironment.KERNELSPEC

    @classmethod
    def of(cls, settings: DeploymentPublic | DeploymentSettings) -> Runtime:
        """As a deployment has it."""
        return cls(settings.kernelspec, settings.environment)

    @property
    def is_built(self) -> bool:
        """Whether it is an environment of the package's own."""
        return self.environment is ModelEnvironment.PACKAGE

    def with_defaults(self, services: Services) -> Runtime:
        """The same with the kernelspec that counts where none is named."""
        name = self.kernelspec or services.settings.default_kernelspec or ""
        return Runtime(name, self.environment)


def requirements_of(services: Services, package: PackagePublic) -> Requirements:
    """What a package says that it needs; blocks.

    Raises
    ------
    RequirementsRefused
        see `domain.requirements.read`.
    InvalidInput
        when the model is hosted elsewhere.
    StorageUnavailable, IntegrityFailure
        when its file cannot be had.

    """
    if not package.kind.is_hosted:
        raise InvalidInput(
            "A model hosted elsewhere runs in no environment here.",
            advice="Leave environment out.",
            fields={"environment": "not for external packages"},
        )
    texts = {}
    # at the root, or in the one folder that was packed
    shallow = [file for file in package.files if file.path.count("/") <= 1]
    for file in sorted(shallow, key=lambda file: (file.path.count("/"), file.path)):
        name = file.path.rpartition("/")[2]
        if name not in (*requirements.FILES, requirements.CODE) or name in texts:
            continue
        if file.size > requirements.MOST_BYTES:
            raise RequirementsRefused(
                f"{file.path} has {file.size:,} bytes; {requirements.MOST_BYTES:,} are read.",
                advice="List what the model needs, one a line.",
                fields={"source": name},
            )
        texts[name] = b"".join(services.artifacts.chunks(file.sha256)).decode("utf-8", "replace")
    return requirements.read(
        texts,
        package.provenance,
        package.format,
        allow_links=services.settings.allow_requirement_links,
    )


def told_by(services: Services, runtime: Runtime) -> tuple[Environment, Told]:
    """The kernelspec's interpreter, and what it is and has; blocks.

    Raises `InvalidInput` for an unknown kernelspec, `EnvironmentFailed` for a broken one.
    """
    where = environment(runtime.with_defaults(services).kernelspec, services.kernelspecs)
    return where, services.interpreters.ask(where)


def wanted(services: Services, package: PackagePublic, kernelspec: str | None) -> Wanted:
    """The environment that a package asks for, with a kernelspec's Python; blocks.

    Raises as `requirements_of` and `told_by`.
    """
    needs = requirements_of(services, package)
    where, base = told_by(services, Runtime(kernelspec))
    about = (max(package.id, 0), package.name, package.version)
    return Wanted(needs, base, *about, where.env)


async def ensure(
    services: Services, package: PackagePublic, runtime: Runtime, *, again: bool = True
) -> None:
    """Have a package's environment built if the model is to run in it, and it is not there.

    Raises as `wanted` and `serving.environments.Environments.ensure`.
    """
    if runtime.is_built and package.kind.is_hosted:
        asked = await services.in_thread(wanted, services, package, runtime.kernelspec)
        await services.environments.ensure(asked, again=again)


def interpreter(services: Services, package: PackagePublic, runtime: Runtime) -> Environment:
    """What a model is run by; one that is built is there already. Blocks.

    Raises
    ------
    EnvironmentFailed
        when it is not there.

    """
    if runtime.is_built:
        asked = wanted(services, package, runtime.kernelspec)
        return services.environments.files.interpreter(asked)
    return environment(runtime.with_defaults(services).kernelspec, services.kernelspecs)


def is_there(services: Services, package: PackagePublic, runtime: Runtime) -> Environment | None:
    """How to run in the environment of a package's own, if it is built; blocks.

    Raises as `wanted`.
    """
    if not runtime.is_built:
        return None
    asked = wanted(services, package, runtime.kernelspec)
    if services.environments.files.about(asked.key) is None:
        return None
    return services.environments.files.interpreter(asked)


def describe(
    services: Services,
    package_id: int,
    kernelspec: str | None,
    log_offset: int,
    describe_problem: Describe,
) -> EnvironmentPublic:
    """How the environment of a package stands, with its log from a byte on; blocks.

    Raises
    ------
    PackageNotFound
        when there is no such package.
    RegistryError
        as `wanted`.

    """
    package = get_package(services.database, package_id)
    return describe_of(services, package, kernelspec, log_offset, describe_problem)


def describe_of(
    services: Services,
    package: PackagePublic,
    kernelspec: str | None,
    log_offset: int,
    describe_problem: Describe,
) -> EnvironmentPublic:
    """`describe` of a package that may not be there yet; blocks."""
    asked = wanted(services, package, kernelspec)
    built = services.environments
    about: dict[str, Any] = built.files.about(asked.key) or {}
    problem = None
    if about:
        state = BuildState.READY
    elif built.is_building(asked.key):
        state = BuildState.BUILDING
    else:
        failure = built.failure(asked.key)
        state = BuildState.ABSENT if failure is None else BuildState.FAILED
        problem = None if failure is None else describe_problem(failure)
    log, log_offset = built.files.log(asked.key, log_offset)
    return EnvironmentPublic(
        package_id=package.id if package.id > 0 else None,
        state=state,
        source=asked.requirements.source,
        requirements=list(asked.requirements.lines),
        added=list(asked.requirements.added),
        notes=list(asked.requirements.notes),
        python=asked.base.python,
        python_wanted=asked.requirements.python,
        key=asked.key,
        size=about.get("size"),
        seconds=about.get("seconds"),
        log=log,
        log_offset=log_offset,
        problem=problem,
    )


def sweep(services: Services) -> int:
    """Remove the environments that no deployment has used for so long; how many. Blocks."""
    return services.environments.files.sweep(
        _in_use(services),
        services.settings.keep_environments_seconds,
    )


def _in_use(services: Services) -> set[str]:
    """The keys of what deployments that are not archived run in."""
    with services.database.connect() as connection:
        rows = connection.execute(
            select(DEPLOYMENT.c.package_id, DEPLOYMENT.c.kernelspec).where(
                type_coerce(DEPLOYMENT.c.environment, String) == ModelEnvironment.PACKAGE.value,
                type_coerce(DEPLOYMENT.c.state, String) != DeploymentState.ARCHIVED.value,
            )
        ).all()
    keys = set()
    for package_id, kernelspec in set(rows):
        # of a kernelspec that is gone there is nothing to keep
        with suppress(RegistryError):
            package = get_package(services.database, package_id)
            keys.add(wanted(services, package, kernelspec).key)
    return keys

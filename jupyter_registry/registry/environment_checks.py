"""Checks of what a model would run in, before it does: nothing is loaded or built for them."""

from __future__ import annotations

from ..domain import library_versions
from ..domain.entities import Check, DeploymentCheck, PackagePublic
from ..domain.errors import RegistryError
from ..domain.kinds import CheckStatus
from ..domain.requirements import CAPTURED, Requirements, captured
from ..serving import uv
from . import environments
from .environments import Runtime
from .packages import get as get_package
from .services import Services

_PASSING, _WARNING, _FAILING = CheckStatus.PASSING, CheckStatus.WARNING, CheckStatus.FAILING
_ELSEWHERE = "The model is hosted elsewhere."


async def check(services: Services, package_id: int, body: DeploymentCheck) -> list[Check]:
    """Whether a package could be deployed so, as far as can be told without trying.

    Always the same checks: ``not_archived``, ``environment``, ``library_versions``.

    Raises
    ------
    PackageNotFound
        when there is no such package.

    """
    package = await services.in_thread(get_package, services.database, package_id)
    return await check_of(services, package, body)


async def check_of(
    services: Services, package: PackagePublic, body: DeploymentCheck
) -> list[Check]:
    """`check` of a package that may not be there yet."""
    runtime = Runtime(body.kernelspec, body.environment)
    kept = package.archived_at is None
    archived = Check(
        name="not_archived",
        status=_PASSING if kept else _FAILING,
        message="The package is not archived." if kept else "It is archived; restore it first.",
    )
    environment = await services.in_thread(_environment, services, package, runtime)
    return [archived, environment, await library_versions_of(services, package, runtime)]


async def library_versions_of(
    services: Services, package: PackagePublic, runtime: Runtime
) -> Check:
    """Whether the libraries that the model would meet are those that it was made with.

    The interpreter is asked; of an environment that is still to be built, the requirements are.
    """
    return await services.in_thread(_versions, services, package, runtime)


def _environment(services: Services, package: PackagePublic, runtime: Runtime) -> Check:
    name = "environment"
    if not package.kind.is_hosted:
        return Check(name=name, status=_PASSING, message=_ELSEWHERE)
    try:
        if not runtime.is_built:
            where, told = environments.told_by(services, runtime)
            return Check(
                name=name,
                status=_PASSING,
                message=f"It runs with {where.display_name or where.name}: Python {told.python}.",
            )
        asked = environments.wanted(services, package, runtime.kernelspec)
    except RegistryError as error:
        return Check(name=name, status=_FAILING, message=str(error))
    needs = asked.requirements
    if services.environments.files.about(asked.key) is not None:
        text = f"Its environment, by {needs.source}, is there."
    elif (missing := uv.is_there()) is not None:
        return Check(name=name, status=_FAILING, message=str(missing))
    else:
        count = len(needs.lines)
        plural = "" if count == 1 else "s"
        text = f"Its environment is built from {needs.source}: {count} requirement{plural}."
    if needs.added:
        text += f" Added to them: {', '.join(needs.added)}."
    doubts = list(needs.notes)
    if needs.python and needs.python.split(".")[:2] != asked.base.python.split(".")[:2]:
        doubts.append(
            f"It asks for Python {needs.python}; the kernelspec's is {asked.base.python}, and "
            "that is what it gets."
        )
    return Check(
        name=name, status=_WARNING if doubts else _PASSING, message=" ".join((*doubts, text))
    )


def _versions(services: Services, package: PackagePublic, runtime: Runtime) -> Check:
    name = "library_versions"
    if not package.kind.is_hosted:
        return Check(name=name, status=_PASSING, message=_ELSEWHERE)
    provenance, format = package.provenance, package.format
    needs = None if runtime.is_built else _listed(services, package)
    if not captured(provenance) and needs is None:
        return Check(
            name=name,
            status=_PASSING,
            message="No versions of libraries were captured of it, so none can be compared.",
        )
    try:
        built = environments.is_there(services, package, runtime)
        if runtime.is_built and built is None:
            return _of_requirements(services, package, runtime)
        told = environments.told_by(services, runtime)[1]
        told = told if built is None else services.interpreters.ask(built)
    except RegistryError as error:
        return Check(name=name, status=_WARNING, message=f"Not compared: {error}")
    hint = ""
    if not runtime.is_built:
        hint = " It may answer otherwise, or fail to load; environment='package' builds what it "
        hint += "was made with." if needs is None else "asks for."
    # its own list says what it was made with; it may be registered from elsewhere
    lacking = [] if needs is None else library_versions.lacking(told.libraries, needs.lines)
    if needs is not None and lacking:
        text = f"{needs.source} asks for other versions: {'; '.join(lacking)}.{hint}"
        return Check(name=name, status=_WARNING, message=text)
    found = library_versions.differences(provenance, format, told.libraries, told.python)
    if found:
        return Check(
            name=name,
            status=_WARNING,
            message=f"Versions differ: {'; '.join(map(str, found))}.{hint}",
        )
    same = library_versions.compared(provenance, format, told.libraries)
    listed = ", ".join(f"{one} {version}" for one, version in same.items())
    text = f"As it was made with: {listed}." if listed else "None of its libraries matters here."
    return Check(name=name, status=_PASSING, message=text)


def _listed(services: Services, package: PackagePublic) -> Requirements | None:
    """What a list of its own says that it needs; ``None`` where it has none that can be read."""
    try:
        needs = environments.requirements_of(services, package)
    except RegistryError:  # told where it is to be installed from
        return None
    return None if needs.source == CAPTURED else needs


def _of_requirements(services: Services, package: PackagePublic, runtime: Runtime) -> Check:
    needs = environments.requirements_of(services, package)
    bad = library_versions.unmet(package.provenance, package.format, needs.lines)
    if bad:
        text = f"{needs.source} asks for other versions: {'; '.join(bad)}."
        return Check(name="library_versions", status=_WARNING, message=text)
    return Check(
        name="library_versions",
        status=_PASSING,
        message=f"{needs.source} asks for nothing but what it was made with.",
    )

"""What a package would run in: checks before it is deployed, its environment, the build's log."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from ..domain.entities import Check, DeploymentCheck, EnvironmentPublic
from ..domain.errors import RegistryError
from ..domain.kinds import ModelEnvironment
from . import html
from .bodies import body
from .bound import Bound
from .shown import Facts, Shown, Table

if TYPE_CHECKING:
    from .connection import Connection

#: Seconds between two looks at the log of a build.
_LOOK_SECONDS = 0.3

#: Told each line of a build's log as it comes, in a thread of its own.
TellLine = Callable[[str], object]


class OtherLibraries(UserWarning):
    """A model will meet other libraries, or another Python, than it was made with."""


class Checks(Shown, list[Check]):
    """Whether a package could be deployed so."""

    headings: ClassVar[tuple[str, ...]] = ("check", "status", "message")

    def rows(self) -> list[tuple[Any, ...]]:
        """What a table shows, under `headings`."""
        return [(check.name, check.status, check.message) for check in self]

    def _parts(self) -> list[Table]:
        return [Table(self.headings, self.rows())]


class PackageEnvironment(Shown, EnvironmentPublic):
    """The environment that a package asks for."""

    def _parts(self) -> list[Facts]:
        facts = {
            "state": self.state,
            "from": self.source,
            "requirements": self.requirements,
            "added": self.added,
            "cannot be had": self.notes,
            "Python": self.python,
            "Python asked for": self.python_wanted,
            "size": None if self.size is None else html.size(self.size),
            "seconds": self.seconds,
            "failed because": None if self.problem is None else self.problem.detail,
        }
        return [Facts("Environment", facts)]


class Runnable(Bound):
    """What can be asked of a model about where it would run, before it does."""

    @property
    def _path(self) -> str:
        """Its address below the API's."""
        raise NotImplementedError

    def checks(
        self,
        *,
        kernelspec: str | None = None,
        environment: ModelEnvironment | str = ModelEnvironment.KERNELSPEC,
    ) -> Checks:
        """Whether it could be deployed so, without trying: is what it runs in as when it was made?

        The parameters are as in `Package.deploy`.
        """
        wanted = body(DeploymentCheck, kernelspec=kernelspec, environment=environment)
        answer = self._registry.connection.call("POST", f"{self._path}/checks", json=wanted)
        return Checks(Check.model_validate(item) for item in answer)

    def environment(self, *, kernelspec: str | None = None) -> PackageEnvironment:
        """The environment that it asks for: of what it is built, and whether it is there.

        Raises
        ------
        RequirementsRefused
            when what it needs is not said in names and versions.

        """
        return environment_of(self._registry.connection, self._path, kernelspec)


def environment_of(
    connection: Connection, path: str, kernelspec: str | None, log_offset: int = 0
) -> PackageEnvironment:
    """How the environment of what is at a path (a package, a leaderboard's model) stands.

    With the log from a byte on.
    """
    params = {"kernelspec": kernelspec, "log_offset": log_offset or None}
    answer = connection.call("GET", f"{path}/environment", params=params)
    return PackageEnvironment.model_validate(answer)


@contextmanager
def log_followed(
    connection: Connection, path: str, kernelspec: str | None, tell: TellLine | None
) -> Iterator[None]:
    """While something is done, tell the lines that the building of an environment logs.

    Of one that is there already, nothing is told.
    """
    if tell is None:
        yield
        return
    ended = threading.Event()
    thread = threading.Thread(
        target=_follow, args=(connection, path, kernelspec, tell, ended), daemon=True,
        name="registry-build-log",
    )  # fmt: skip
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _follow(
    connection: Connection,
    path: str,
    kernelspec: str | None,
    tell: TellLine,
    ended: threading.Event,
) -> None:
    offset, rest, begun, last = 0, "", False, False
    while True:
        try:
            found = environment_of(connection, path, kernelspec, offset)
        except RegistryError:
            return  # who waits for the deployment is told what is wrong
        ready = found.state == "ready"
        if ready and not begun:
            return  # it was there before
        begun = True
        offset = found.log_offset
        *lines, rest = (rest + found.log).split("\n")
        for line in lines:
            tell(line)
        if ready or last:
            return
        last = ended.wait(_LOOK_SECONDS)

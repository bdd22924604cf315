"""What a package would run in: checks before it is deployed, its environment, the build's log."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from ..domain.entities import Check, EnvironmentPublic
from ..domain.errors import RegistryError
from . import html
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


def environment_of(
    connection: Connection, package_id: int, kernelspec: str | None, log_offset: int = 0
) -> PackageEnvironment:
    """How the environment of a package stands, with the log from a byte on."""
    params = {"kernelspec": kernelspec, "log_offset": log_offset or None}
    answer = connection.call("GET", f"/packages/{package_id}/environment", params=params)
    return PackageEnvironment.model_validate(answer)


@contextmanager
def log_followed(
    connection: Connection, package_id: int, kernelspec: str | None, tell: TellLine | None
) -> Iterator[None]:
    """While something is done, tell the lines that the building of an environment logs.

    Of one that is there already, nothing is told.
    """
    if tell is None:
        yield
        return
    ended = threading.Event()
    thread = threading.Thread(
        target=_follow, args=(connection, package_id, kernelspec, tell, ended), daemon=True,
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
    package_id: int,
    kernelspec: str | None,
    tell: TellLine,
    ended: threading.Event,
) -> None:
    offset, rest, begun, last = 0, "", False, False
    while True:
        try:
            found = environment_of(connection, package_id, kernelspec, offset)
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

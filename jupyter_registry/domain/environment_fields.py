"""The environment of a package: what it is built of, how its building stands, its log."""

from __future__ import annotations

from sqlmodel import SQLModel

from .kinds import BuildState
from .problem import Problem


class EnvironmentPublic(SQLModel):
    """The environment that a deployment of a package would run in, by its requirements."""

    package_id: int | None
    """Null of a leaderboard's model that is no package yet."""
    state: BuildState
    source: str
    """The file that says what is needed, or ``captured versions``."""
    requirements: list[str]
    """Normalised, one a line, as they are installed."""
    added: list[str] = []
    """Those of them that the package does not name, but a worker needs."""
    notes: list[str] = []
    """What it asks for and cannot be had."""
    python: str
    """The version that it has, or will have: the kernelspec's."""
    python_wanted: str | None = None
    """The version that the package was made with, or asks for."""
    key: str
    """The same for all packages that need the same."""
    size: int | None = None
    """Bytes on disk, once it is ready."""
    seconds: float | None = None
    """That building it took."""
    log: str = ""
    """Of its build, from the offset that was asked for on."""
    log_offset: int = 0
    """Where the log ends now: to be asked for next."""
    problem: Problem | None = None
    """Why its last build failed."""

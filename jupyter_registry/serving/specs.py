"""What the pool is told about a model, and what it tells back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from ..domain.signature import Signature
from ..domain.target import Target
from ..formats.scoring import Scores

__all__ = ["InspectionSpec", "Launch", "LoadReport", "Scores", "TrainingSpec", "WorkerSpec"]


class Launch(Protocol):
    """What starting a worker's interpreter takes."""

    @property
    def name(self) -> str:
        """Whose model it is, for the log."""

    @property
    def interpreter(self) -> tuple[str, ...]:
        """The command that runs Python."""

    @property
    def env(self) -> Mapping[str, str]:
        """Variables to set."""


@dataclass(frozen=True)
class InspectionSpec:
    """What a worker is to inspect, and with which interpreter."""

    name: str
    #: Fields of the order; see `worker.inspection`.
    order: Mapping[str, Any]
    interpreter: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TrainingSpec:
    """What a process is to train, and with which interpreter."""

    name: str
    #: With ``job.json``, see `training.job`; what it makes is put there, too.
    folder: Path
    interpreter: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class WorkerSpec:
    """A model to serve: its files on this disk, and the interpreter to serve it with."""

    #: Below 0 for one on trial, which is no package yet.
    package_id: int
    files: Path
    format: str
    target: Target
    signature: Signature
    #: The command that runs Python, such as ``("/opt/env/bin/python",)``.
    interpreter: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    #: Each file's SHA-256 by its path, which the worker checks before it loads anything.
    hashes: Mapping[str, str] = field(default_factory=dict)
    #: Types that skops files may hold beside those of known libraries.
    trusted: tuple[str, ...] = ()
    #: Whether it can be given bodies as they were sent: `Pool.predict_body`.
    reads_bodies: bool = False

    @property
    def name(self) -> str:
        """Whose model it is, for the log."""
        return f"package {self.package_id}" if self.package_id > 0 else "a model on trial"

    @property
    def key(self) -> tuple[object, ...]:
        """What tells workers apart: the package, and the environment it runs in."""
        return (self.package_id, self.interpreter, *sorted(self.env.items()))


@dataclass(frozen=True)
class LoadReport:
    """A worker that has loaded its model, and scored the sample if one was given."""

    framework: str
    framework_version: str
    class_labels: tuple[str, ...] | None
    #: The interpreter's version and ``sys.prefix``.
    python: str
    prefix: str
    pid: int
    #: Seconds from the start of the process until the model was in memory.
    seconds: float
    scores: Scores | None = None

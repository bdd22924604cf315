"""Files on their way into a package: what has arrived, and what inspecting it found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import BigInteger, Field, SQLModel

from .kinds import InspectionStage, InspectionState
from .problem import Problem

#: Folders that tools leave beside a model; they are no part of it.
LEFT_BY_TOOLS = frozenset({"__pycache__", ".ipynb_checkpoints", ".git"})
#: The same of tools that pack archives.
_LEFT_BY_PACKERS = frozenset({"__MACOSX", ".DS_Store"})


def is_left_out(path: str) -> str:
    """Why a file of an archive is no part of the package; the empty string if it is one."""
    parts = path.split("/")
    if not (LEFT_BY_TOOLS | _LEFT_BY_PACKERS).isdisjoint(parts):
        return "left by a tool"
    return "hidden" if any(part.startswith(".") for part in parts) else ""


@dataclass(frozen=True)
class ArchiveLimits:
    """How far an archive may go when it is taken apart.

    ``ratio``: how many times its own size it may unpack to; up to ``free_bytes`` that is not
    asked, as small files of zeros pack well. ``depth``: folders within each other.
    """

    total_bytes: int = 64 * 1024**3
    files: int = 10_000
    ratio: float = 200.0
    free_bytes: int = 64 * 1024**2
    depth: int = 20


class FilePublic(SQLModel):
    """One file of a package: path with ``/``, SHA-256 in hex, size in bytes."""

    path: str = Field(max_length=1_000)
    sha256: str = Field(max_length=64)
    size: int = Field(sa_type=BigInteger)


class Taking(SQLModel):
    """How far files of Jupyter's contents are on their way into an upload; bytes."""

    done: int
    size: int


class UploadPublic(SQLModel):
    """An upload in progress: files received so far."""

    id: str
    created_at: datetime
    files: list[FilePublic] = []
    arriving: dict[str, int] = {}
    """Of files that are not whole, at the server that is asked: path → bytes that have arrived."""
    taking: Taking | None = None
    """Of what is being taken from Jupyter's contents now, by the server that is asked."""


class ContentsTaken(SQLModel):
    """What was taken of it, and what was not, with the reason."""

    files: list[FilePublic] = []
    left_out: dict[str, str] = {}


class ParquetStart(SQLModel):
    """What is known of a Parquet file of which pieces were sent.

    ``first``: the first rows, a text for each column; ``…`` where a value is not known.
    ``wanted``: further pieces that would tell more, as first byte and the byte after the last.
    """

    columns: list[str] = []
    rows: int | None = None
    first: list[list[str]] = []
    wanted: list[tuple[int, int]] = []


class InspectionPublic(SQLModel):
    """How an inspection stands, and what it has found."""

    state: InspectionState
    stage: InspectionStage | None = None
    """What it is at, or was when it failed."""
    rows_done: int = 0
    rows: int = 0
    """Of the holdout, while it is scored."""
    created_at: datetime
    seconds: float = 0.0
    kernelspec: str | None = None
    size: int = 0
    """Bytes of the model's files."""
    framework: str | None = None
    framework_version: str | None = None
    feature_names: list[str] | None = None
    """The columns that the model says it was fitted on."""
    columns: list[str] = []
    """The columns of the data."""
    package: dict[str, Any] = {}
    """What is known, as the body that registers a package has it; only a name is added, and what
    is missing."""
    missing: dict[str, str] = {}
    """Field of the package → why it is not known."""
    warnings: list[str] = []
    findings: list[dict[str, str]] = []
    """What the scan of its pickles found and let pass: file, level, what, why."""
    problem: Problem | None = None
    """Why it failed."""

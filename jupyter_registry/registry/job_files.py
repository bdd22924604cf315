"""What a training job is given, and what it hands over: its folder, its data, its models' files."""

from __future__ import annotations

import json
import platform
import shutil
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from .. import processes
from ..domain import errors
from ..domain.entities import BoardModelCreate, FilePublic, LeaderboardJobCreate
from ..domain.errors import InvalidInput, NotFound, RegistryError
from ..store import file_locks
from ..store.artifacts import CHUNK, ArtifactStore, storage_errors
from . import board_models, predecessors, receiving, uploads, validation

if TYPE_CHECKING:
    from .services import Services

#: How the folders of jobs are called, and the file in them that says which server works there,
#: which that server holds locked.
PREFIX, _OWNER = ".training-", "server.json"
#: How they are called while they are removed, whoever does that.
_REMOVED = ".removed-"


def check(body: LeaderboardJobCreate) -> None:
    """Refuse what cannot be a job, as far as it can be told without the data."""
    for name in ("target_name", "file", "kernelspec", "name"):
        validation.text(getattr(body, name), name, 1_000)
    validation.text(body.token, "token", 100)
    validation.document(body.options, "options")
    if (body.upload is None) == (body.contents is None):
        raise InvalidInput(
            "Training needs data from one place.",
            advice="Give upload (and its file), or contents: a path of the file browser.",
            fields={"upload": "either this or contents", "contents": "either this or upload"},
        )
    if body.file is not None and body.upload is None:
        raise InvalidInput(
            "A file was named without the upload that it is in.",
            advice="Give upload too.",
            fields={"file": "no upload"},
        )
    if not body.target_name.strip():
        raise InvalidInput(
            "A target needs a name.",
            advice="Give the name of the predicted column.",
            fields={"target_name": "missing"},
        )
    validation.time_budget(body.time_budget)


def file_of(files: list[FilePublic], path: str | None) -> FilePublic:
    """The upload's file with the data: the one named, or the only one."""
    if path is not None:
        return uploads.file_named({file.path: file for file in files}, path, "file")
    if len(files) != 1:
        raise InvalidInput(
            f"The upload has {len(files)} files.",
            advice="Send one, or say with file which one has the data.",
            fields={"file": "missing"},
        )
    return files[0]


def claim(folder: Path) -> IO[str]:
    """Make the job's folder; what comes back is open, and locked, while this server works there."""
    with storage_errors(f"The folder {folder.parent}"):
        folder.mkdir(mode=0o700)
        owner = (folder / _OWNER).open("w+", encoding="utf-8")
        try:
            with suppress(OSError):  # a disk without locks
                file_locks.lock(owner, wait=False)
            json.dump({"host": platform.node(), "server": processes.identity()}, owner)
            owner.flush()
        except BaseException:
            owner.close()
            raise
        return owner


def prepare(
    artifacts: ArtifactStore,
    folder: Path,
    body: LeaderboardJobCreate,
    data: FilePublic | Path,
    predecessor: predecessors.Predecessor | None = None,
) -> None:
    """Fill the job's folder: its order, its data where they were uploaded, older models."""
    with storage_errors(f"The folder {folder.parent}"):
        scratch_of(folder).mkdir()
        source = str(body.contents)
        if not isinstance(data, Path):
            source = data.path
            (folder / "data").mkdir()
            data = artifacts.materialise([data], folder / "data") / data.path
        order: dict[str, Any] = {
            "data": str(data),
            "source": source,
            "target": body.target_name,
            "time_budget": body.time_budget,
            "name": body.name,
            "options": body.options,
        }
        if predecessor is not None:
            order["predecessor"] = predecessor.board.id
            order["incumbents"] = predecessors.incumbents(
                predecessor, artifacts, folder / "incumbents"
            )
        (folder / "job.json").write_text(json.dumps(order))


def scratch_of(folder: Path) -> Path:
    """Where a job puts what is temporary."""
    return folder / "tmp"


def remove(folder: Path) -> None:
    """Remove a job's folder; blocks.

    Under another name, as the last of its processes may still write there: what a removal leaves
    behind is nobody's, and goes with the next `sweep`.
    """
    away = folder.with_name(_REMOVED + folder.name.removeprefix(PREFIX))
    try:
        folder.rename(away)
    except OSError:  # gone already, or a disk that cannot
        away = folder
    shutil.rmtree(away, ignore_errors=True)


def sweep(models: Path) -> list[str]:
    """Remove the folders of jobs whose server is gone, as far as that can be told at once.

    Returns the ids of the jobs.
    """
    lost = []
    for folder in models.glob(f"{_REMOVED}*"):
        shutil.rmtree(folder, ignore_errors=True)
    for folder in models.glob(f"{PREFIX}*"):
        with suppress(OSError, ValueError, KeyError, TypeError):
            if _is_abandoned(folder / _OWNER):
                remove(folder)
                lost.append(folder.name.removeprefix(PREFIX))
    return lost


def _is_abandoned(owner: Path) -> bool:
    """Whether a folder's server is gone: its process, or its lock as in a container's new start.

    The lock says nothing of another machine: not all shared disks tell one of another's locks.
    """
    with owner.open("r+", encoding="utf-8") as file:
        known = json.load(file)
        if processes.is_gone(known["server"]):
            return True
        return known["host"] == platform.node() and file_locks.lock(file, wait=False)


def add_model(
    services: Services,
    folder: Path,
    board_id: int,
    user: str,
    body: BoardModelCreate,
    files: dict[str, str],
) -> None:
    """Take a model with its files, which are gone from the job's folder then."""
    database, artifacts = services.database, services.artifacts
    upload = None
    taken: list[Path] = []
    try:
        if files:
            upload = uploads.create(database, user).id
            for path, place in files.items():
                taken.append(_inside(folder, place))
                with taken[-1].open("rb") as opened:
                    chunks = iter(lambda opened=opened: opened.read(CHUNK), b"")  # type: ignore[misc]
                    receiving.add_file(
                        database, artifacts, upload, path, chunks,
                        limits=services.settings.upload_limits,
                    )  # fmt: skip
        body = body.model_copy(update={"upload": upload, "files": None})
        board_models.add(database, artifacts, board_id, body)
    except BaseException:
        if upload is not None:
            with suppress(NotFound):
                uploads.abort(database, artifacts, upload)
        raise
    for file in taken:
        file.unlink(missing_ok=True)


def _inside(folder: Path, place: str) -> Path:
    """A file that the job named, if it is in the job's folder."""
    file = (folder / place).resolve()
    if not file.is_relative_to(folder.resolve()):
        raise ValueError(f"{place!r} is not in the job's folder")
    return file


def refusal(error: dict[str, Any]) -> RegistryError:
    """The exception that the job's refusal stands for."""
    kind: Any = getattr(errors, str(error["type"]), None)
    if not (isinstance(kind, type) and issubclass(kind, RegistryError)):
        kind = InvalidInput
    made: RegistryError = kind(
        str(error["detail"]), advice=str(error["advice"]), fields=dict(error["fields"])
    )
    return made

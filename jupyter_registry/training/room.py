"""Room on the disk that training writes to: looked at before, and a clear error where it ends."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..domain.errors import StorageUnavailable, is_full

#: Bytes that the models of a run may need, beside twice the data.
_ROOM = 200_000_000


def check_room(folder: Path, size: int) -> None:
    """Refuse to train where data of so many bytes and models may not fit.

    Raises
    ------
    StorageUnavailable
        when the disk has not enough room.

    """
    free = shutil.disk_usage(folder).free
    needed = 2 * size + _ROOM
    if free < needed:
        why = f"{free / 1e6:,.0f} MB are free, {needed / 1e6:,.0f} MB are needed for training"
        raise no_room(folder, why)


@contextmanager
def in_room(folder: Path, what: str) -> Iterator[None]:
    """Turn what the disk of a folder refuses into `StorageUnavailable`; ``what`` cannot be done."""
    try:
        yield
    except OSError as error:
        if is_full(error):
            raise no_room(folder, what) from error
        raise StorageUnavailable(
            f"{what}: {folder} cannot be used ({error.strerror or error}).",
            advice="Check the folder and its permissions.",
            fields={"folder": str(folder)},
        ) from error


def work_folder() -> tempfile.TemporaryDirectory[str]:
    """Where a run works; should its process be killed, the child that trains removes it."""
    with in_room(Path(tempfile.gettempdir()), "There is no room for training"):
        return tempfile.TemporaryDirectory(prefix="leaderboard-", ignore_cleanup_errors=True)


def no_room(folder: Path, what: str) -> StorageUnavailable:
    """That there is no room left."""
    return StorageUnavailable(
        f"The disk of {folder} is full: {what[:1].lower()}{what[1:]}.",
        advice="Free some room there, or train elsewhere: TMPDIR names the folder of a kernel, "
        "RegistryApp.model_folder that of the server's jobs.",
        fields={"folder": str(folder)},
    )

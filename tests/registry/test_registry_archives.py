"""Archives taken apart in databases of both kinds: all files, or as it was."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from jupyter_registry.domain.entities import ArchiveTake
from jupyter_registry.domain.errors import InvalidInput, NotFound, TooLarge
from jupyter_registry.registry import archives, upload_rows, uploads
from jupyter_registry.registry.upload_rows import UploadLimits
from jupyter_registry.store.artifacts import ArtifactStore
from jupyter_registry.store.database import Database
from tests.formats.test_formats_archives import zipped


def test_many_files_arrive_together_or_not_at_all(
    database: Database, artifacts: ArtifactStore, upload: Callable[[dict[str, bytes]], str],
    stored_files: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    files = {f"m/{number}.txt": str(number % 7).encode() for number in range(450)}
    made = upload({"m.zip": zipped(files), "beside": b"b"})

    def paths() -> list[str]:
        return [file.path for file in uploads.get(database, made).files]

    def take(**limits: int) -> None:
        archives.take_apart(
            database, artifacts, made, ArchiveTake(path="m.zip"), UploadLimits(**limits),
            threading.Event(),
        )  # fmt: skip

    before = stored_files()
    with pytest.raises(TooLarge):
        take(files=400)
    with monkeypatch.context() as patched:  # the second of three transactions fails
        calls = iter(range(10))
        check = upload_rows.check_room_for

        def failing(*args: object) -> None:
            if next(calls) == 1:
                raise InvalidInput("on purpose")
            check(*args)  # type: ignore[arg-type]

        patched.setattr(upload_rows, "check_room_for", failing)
        with pytest.raises(InvalidInput, match="on purpose"):
            take()
    assert paths() == ["beside", "m.zip"]
    assert stored_files() == before
    take()
    assert len(paths()) == 451
    assert len(stored_files()) == 8  # seven contents, and the other file's
    with pytest.raises((InvalidInput, NotFound)):
        take()

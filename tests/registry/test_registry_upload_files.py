"""Which files of an upload a package takes, and files taken out again; on every database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from jupyter_registry.domain.entities import PackageCreate
from jupyter_registry.domain.errors import InvalidInput, NotFound, UploadNotFound
from jupyter_registry.registry import packages, uploads
from jupyter_registry.store.artifacts import ArtifactStore
from jupyter_registry.store.database import Database

Upload = Callable[[dict[str, bytes]], str]
Stored = Callable[[], list[str]]
FILES = {"m.bin": b"model", "same.bin": b"model", "d.csv": b"data"}


def body(upload: str, **fields: Any) -> PackageCreate:
    said = {"name": "m", "kind": "custom", "target_name": "y", "target_type": "regression"}
    return PackageCreate.model_validate(said | {"upload": upload} | fields)


def test_the_files_named_are_the_packages_and_the_others_go(
    database: Database, artifacts: ArtifactStore, upload: Upload, stored_files: Stored
) -> None:
    made = upload(FILES)
    with pytest.raises(InvalidInput, match=r"no file 'd\.cvs'") as raised:
        packages.register(database, artifacts, body(made, files=["m.bin", "d.cvs"]), "ada")
    assert raised.value.fields == {"files": "no such file: d.cvs"}
    assert "d.csv" in raised.value.advice
    with pytest.raises(InvalidInput, match="none were named"):
        packages.register(database, artifacts, body(made, files=[]), "ada")
    assert len(uploads.get(database, made).files) == 3
    package = packages.register(database, artifacts, body(made, files=["m.bin", "m.bin"]), "ada")
    assert [file.path for file in package.files] == ["m.bin"]
    assert package.size == 5
    # one of equal content is still needed
    assert stored_files() == [package.files[0].sha256]
    with pytest.raises(UploadNotFound):
        uploads.get(database, made)


def test_without_names_all_are_the_packages(
    database: Database, artifacts: ArtifactStore, upload: Upload, stored_files: Stored
) -> None:
    package = packages.register(database, artifacts, body(upload(FILES)), "ada")
    assert [file.path for file in package.files] == sorted(FILES)
    assert len(stored_files()) == 2


def test_a_file_is_taken_out_of_an_upload(
    database: Database, artifacts: ArtifactStore, upload: Upload, stored_files: Stored
) -> None:
    made = upload(FILES)
    uploads.remove_file(database, artifacts, made, "same.bin")
    assert len(stored_files()) == 2
    uploads.remove_file(database, artifacts, made, "m.bin")
    assert len(stored_files()) == 1
    for gone, kind in (("m.bin", NotFound), ("never", NotFound), ("\0", InvalidInput)):
        with pytest.raises(kind):
            uploads.remove_file(database, artifacts, made, gone)
    with pytest.raises(UploadNotFound):
        uploads.remove_file(database, artifacts, "0" * 32, "m.bin")
    assert [file.path for file in uploads.get(database, made).files] == ["d.csv"]

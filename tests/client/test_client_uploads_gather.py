"""Which files of a folder become a package's."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from jupyter_registry.client.uploads import NotUploaded, gather, unpacked, warn_left_out
from jupyter_registry.domain.errors import InvalidInput


def test_a_file_is_itself(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"1")
    assert gather(tmp_path / "model.bin").files == {"model.bin": tmp_path / "model.bin"}


def test_a_folder_gives_its_files_and_says_what_it_leaves_out(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    for path in (
        "model.bin", "code/helper.py", "code/__pycache__/helper.pyc", ".git/HEAD",
        ".ipynb_checkpoints/a.ipynb", ".env", "code/.hidden/secret",
    ):  # fmt: skip
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path)
    (folder / "empty").mkdir()
    (tmp_path / "outside.txt").write_text("linked")
    (folder / "link.txt").symlink_to(tmp_path / "outside.txt")
    (folder / "loop").symlink_to(folder)
    (folder / "broken").symlink_to(tmp_path / "absent")
    gathered = gather(folder)
    assert list(gathered.files) == ["code/helper.py", "link.txt", "model.bin"]
    assert gathered.left_out == {
        ".env": "hidden",
        "broken": "a broken link",
        "code/.hidden": "hidden",
        "empty/": "an empty folder",
        "loop": "a link to a folder",
    }
    with pytest.warns(NotUploaded, match=r"\.env \(hidden\), broken \(a broken link\)"):
        warn_left_out(gathered)


def test_what_cannot_be_uploaded_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no file or folder"):
        gather(tmp_path / "absent")
    (tmp_path / ".hidden").write_text("")
    with pytest.raises(InvalidInput, match="no files"):
        gather(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InvalidInput, match="neither a file nor a folder"):
        gather(tmp_path)


def test_an_archive_without_files_is_refused_by_its_name(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "none.zip", "w") as archive:
        archive.writestr(".hidden", "a")
    with pytest.raises(InvalidInput, match=r"archive 'none\.zip' has no files"):
        unpacked(tmp_path / "none.zip", tmp_path)

"""`FileDrop` on the kernel's side, told what the browser tells: order, cancel, paths, the end."""

from __future__ import annotations

import errno
import gc
import hashlib
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from jupyter_registry.domain.errors import InvalidInput
from jupyter_registry.notebook.widgets import arrival
from jupyter_registry.notebook.widgets.file_drop import FileDrop
from jupyter_registry.notebook.widgets.turns import TURN
from tests.notebook.browser_sends import begin, piece, send, tell


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made, so that what stays is seen."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def left(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_file_comes_in_pieces() -> None:
    drop = FileDrop(piece=1000)
    told: list[Any] = []
    drop.observe(lambda change: told.append(change["new"]), "files")
    seen: list[int] = []
    drop.observe(lambda change: seen.append(change["new"][1]), "progress")
    content = os.urandom(4321)
    send(drop, {"model.bin": content})
    assert seen == [0, 1000, 2000, 3000, 4000, 4321]
    assert drop.state == "here"
    assert drop.names == ["model.bin"]
    assert drop.folder is not None
    assert drop.value == drop.files == (drop.folder / "model.bin",)
    assert told == [drop.files]
    assert hashlib.sha256(drop.files[0].read_bytes()).digest() == hashlib.sha256(content).digest()
    assert (drop.total, drop.n_files, drop.listed) == (4321, 1, [["model.bin", 4321]])


def test_two_files_an_empty_one_and_a_folder(temporary: Path) -> None:
    drop = FileDrop(multiple=True, folders=True, piece=4)
    send(drop, {"a": b"first", "empty": b"", "b": b"second"})
    assert [path.read_bytes() for path in drop.files] == [b"first", b"", b"second"]
    with drop.hold() as path:
        assert path == drop.folder
    first = drop.folder
    send(drop, {"model/custom.py": b"", "model/data/w.bin": b"123456789", "model/last": b""})
    assert not first.exists()  # a new choice takes the place of the one before
    assert drop.names == ["model/custom.py", "model/data/w.bin", "model/last"]
    with drop.hold() as path:
        assert path == drop.folder / "model"
        assert left(path) == ["custom.py", "data/w.bin", "last"]
    send(drop, {"nothing.txt": b""})
    assert drop.state == "here"
    assert drop.files[0].read_bytes() == b""
    drop.clear()
    assert (drop.state, drop.files, drop.folder, drop.hold()) == ("empty", (), None, None)
    assert not list(temporary.iterdir())


def test_one_of_several_is_removed(temporary: Path) -> None:
    drop = FileDrop(multiple=True, folders=True)
    told: list[Any] = []
    drop.observe(lambda change: told.append(change["new"]), "files")
    transfer = begin(drop, {"a": 1, "m/b": 2})
    tell(drop, {"do": "remove", "path": "a"})  # not while they are coming
    assert drop.is_coming
    piece(drop, transfer, 0, 0, b"a")
    piece(drop, transfer, 1, 0, b"bb")
    held = drop.hold()
    tell(drop, {"do": "remove", "path": "none"})
    tell(drop, {"do": "remove", "path": 7})
    assert len(told) == 1
    tell(drop, {"do": "remove", "path": "a"})
    assert (drop.state, drop.names, drop.problem) == ("here", ["m/b"], "")
    assert (drop.total, drop.n_files, drop.listed) == (2, 1, [["m/b", 2]])
    assert drop.progress == [transfer, 2]
    assert told[-1] == drop.files
    with drop.hold() as path:
        assert path == drop.folder / "m"
        assert left(path) == ["b"]
        assert (path / "b").read_bytes() == b"bb"
    assert left(held.path) == ["a", "m/b"]  # who uses them has all of them still
    held.release()
    assert len(list(temporary.iterdir())) == 1
    tell(drop, {"do": "remove", "path": "m/b"})
    assert (drop.state, drop.files) == ("empty", ())
    assert not list(temporary.iterdir())


def test_files_are_copied_where_they_cannot_be_linked(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(Path, "hardlink_to", fails)
    drop = FileDrop(multiple=True)
    send(drop, {"a": b"first", "b": b"second"})
    tell(drop, {"do": "remove", "path": "b"})
    assert [path.read_bytes() for path in drop.files] == [b"first"]
    assert len(list(temporary.iterdir())) == 1


@pytest.mark.parametrize(
    ("file", "at", "content"),
    [(0, 4, b"efgh"), (1, 0, b"abcd"), (0, 0, b"abcdefghi"), (0, 0, b""), (None, None, b"abcd")],
)
def test_pieces_in_another_order_are_refused(
    temporary: Path, file: Any, at: Any, content: bytes
) -> None:
    drop = FileDrop(multiple=True)
    transfer = begin(drop, {"a": 8, "b": 4})
    piece(drop, transfer, file, at, content)
    assert "came in another order" in drop.problem
    assert drop.state == "empty"
    assert not list(temporary.iterdir())
    piece(drop, transfer, 0, 0, b"abcdefgh")  # of a transfer that is over
    assert drop.state == "empty"
    send(drop, {"a": b"right"})
    assert drop.problem == ""
    assert drop.state == "here"


@pytest.mark.parametrize("order", ["begun", "a piece", "a file"])
def test_cancelling_leaves_nothing(temporary: Path, order: str) -> None:
    drop = FileDrop(multiple=True)
    transfer = begin(drop, {"a": 8, "b": 4})
    assert drop.is_coming
    with pytest.raises(InvalidInput, match="still coming: 0 B of 12 B") as caught:
        drop.check_complete("upload")
    assert caught.value.fields == {"upload": "still coming"}
    if order != "begun":
        piece(drop, transfer, 0, 0, b"abcd" if order == "a piece" else b"abcdefgh")
    tell(drop, {"do": "cancel", "transfer": "another"})
    assert drop.is_coming
    assert drop.hold() is None
    tell(drop, {"do": "cancel", "transfer": transfer})
    assert (drop.state, drop.files, drop.problem, drop.progress) == ("empty", (), "", ["", 0])
    assert not list(temporary.iterdir())
    drop.check_complete("upload")


def test_a_new_choice_replaces_what_is_half_there(temporary: Path) -> None:
    drop = FileDrop()
    transfer = begin(drop, {"a": 8})
    piece(drop, transfer, 0, 0, b"abcd")
    send(drop, {"b": b"whole"})
    piece(drop, transfer, 0, 4, b"efgh")
    assert drop.names == ["b"]
    assert [path.rpartition("/")[2] for path in left(temporary)] == ["b"]


def test_closing_leaves_nothing(temporary: Path) -> None:
    complete, half = FileDrop(), FileDrop()
    send(complete, {"a": b"whole"})
    piece(half, begin(half, {"a": 8}), 0, 0, b"abcd")
    assert len(list(temporary.iterdir())) == 2
    complete.close()
    half.close()
    assert not list(temporary.iterdir())


def test_what_is_used_stays_until_it_was(temporary: Path) -> None:
    drop = FileDrop()
    send(drop, {"a": b"whole"})
    held, forgotten = drop.hold(), drop.hold()
    send(drop, {"b": b"other"})
    assert held.path.read_bytes() == b"whole"
    held.release()
    held.release()
    assert held.path.exists()
    del forgotten
    gc.collect()
    assert not held.path.exists()
    assert [path.rpartition("/")[2] for path in left(temporary)] == ["b"]


def test_the_end_of_the_process_leaves_nothing(temporary: Path) -> None:
    code = (
        "from jupyter_registry.notebook.widgets.file_drop import FileDrop\n"
        "from tests.notebook.browser_sends import begin, piece, send\n"
        "one, two = FileDrop(), FileDrop()\n"
        "send(one, {'a': b'whole'})\n"
        "piece(two, begin(two, {'a': 8}), 0, 0, b'abcd')\n"
        "print(one.folder.exists() and two.folder.exists())\n"
    )
    environment = os.environ | {"TMPDIR": str(temporary)}
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert ran.stdout.strip() == "True", ran.stderr
    assert not list(temporary.iterdir())


BAD = [
    "/etc/passwd", "../a", "a/../../b", "a/..", ".", "./a", "", "a//b", "a/", "C:/a", "C:a",
    "\\\\host\\share\\a", "..\\a", "a\0b", "\ud800", None, 7,
]  # fmt: skip


@pytest.mark.parametrize("path", BAD)
def test_paths_that_lead_elsewhere_are_refused(temporary: Path, path: Any) -> None:
    drop = FileDrop(multiple=True, folders=True)
    begin(drop, {"good": 1, path: 1})
    assert "no path within a folder" in drop.problem
    assert drop.state == "empty"
    assert not list(temporary.iterdir())


def test_names_that_are_unusual_are_taken() -> None:
    drop = FileDrop(folders=True, multiple=True)
    files = {"ä ö/日本.txt": b"1", "ä ö/..a": b"2", "ä ö/a b#?%.csv": b"3"}
    send(drop, files)
    assert drop.problem == ""
    assert drop.names == list(files)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ({"files": []}, "no files in it"),
        ({"files": None}, "no files in it"),
        ({}, "no files in it"),
        ({"files": [{"path": "a", "size": -1}]}, "size of 'a'"),
        ({"files": [{"path": "a", "size": True}]}, "size of 'a'"),
        ({"files": [{"path": "a", "size": 1}] * 2}, "Two of the files"),
        ({"files": ["a"]}, "no path"),
        ({"files": [{"path": f"{n}", "size": 0} for n in range(10_001)]}, "more than 10,000"),
        ({"files": [{"path": "a", "size": 1 << 60}]}, "has room for"),
        ({"files": [{"path": "a" * 300, "size": 1}]}, "Rename it"),
        ({"files": [{"path": "a", "size": 0}, {"path": "a/b", "size": 0}]}, "Rename it"),
    ],
)
def test_what_cannot_be_taken_is_said(temporary: Path, content: Any, why: str) -> None:
    drop = FileDrop(multiple=True, folders=True)
    tell(drop, {"do": "begin", "transfer": "t", **content})
    assert why in drop.problem
    assert (drop.state, drop.files) == ("empty", ())
    assert not list(temporary.iterdir())


def test_one_file_is_one_file() -> None:
    drop = FileDrop()
    send(drop, {"a": b"1"})
    begin(drop, {"a": 1, "b": 1})
    assert "several files" in drop.problem
    begin(drop, {"folder/a": 1})
    assert "This is a folder" in drop.problem
    tell(drop, {"do": "what"})
    tell(drop, {"do": "piece"}, b"abc")
    assert drop.state == "empty"


def test_a_full_disk_is_said(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drop = FileDrop()
    transfer = begin(drop, {"a": 8})
    piece(drop, transfer, 0, 0, b"abcd")

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(arrival.Arrival, "write", full)
    piece(drop, transfer, 0, 4, b"efgh")
    assert "disk of the kernel's machine is full" in drop.problem
    assert drop.state == "empty"
    assert not list(temporary.iterdir())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a system without /dev/full")
def test_a_disk_that_is_full_is_noticed(temporary: Path) -> None:
    drop = FileDrop(piece=100)
    transfer = begin(drop, {"a": 100})
    assert drop._arrival is not None
    drop._arrival._file.close()
    drop._arrival._file = Path("/dev/full").open("wb")  # noqa: SIM115
    piece(drop, transfer, 0, 0, b"x" * 100)
    assert "disk of the kernel's machine is full" in drop.problem
    assert not list(temporary.iterdir())


def test_a_file_that_vanishes_in_the_browser_is_said(temporary: Path) -> None:
    drop = FileDrop()
    transfer = begin(drop, {"a": 8})
    tell(
        drop,
        {"do": "failed", "transfer": transfer, "path": "a", "why": "it is not there any more."},
    )
    assert drop.problem == "a cannot be read: it is not there any more. Choose it again."
    assert not list(temporary.iterdir())


def test_messages_wait_for_their_turn() -> None:
    drop = FileDrop()
    transfer = begin(drop, {"a": 4})
    with TURN:
        other = threading.Thread(target=piece, args=(drop, transfer, 0, 0, b"abcd"))
        other.start()
        other.join(0.2)
        assert other.is_alive()
        assert drop.is_coming
    other.join(10)
    assert drop.state == "here"


def test_from_several_threads_at_once_one_transfer_is_left(temporary: Path) -> None:
    drop = FileDrop(multiple=True, piece=64)
    contents = [bytes([n]) * 640 for n in range(8)]

    def choose(content: bytes) -> None:
        transfer = begin(drop, {"a": len(content)})
        for at in range(0, len(content), 64):
            piece(drop, transfer, 0, at, content[at : at + 64])

    threads = [threading.Thread(target=choose, args=(content,)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert drop.state == "here"
    assert drop.files[0].read_bytes() in contents
    assert len(list(temporary.iterdir())) == 1

"""Uploads: checked paths, limits and hashes; whole or gone; safe against collection."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from jupyter_registry.domain.entities import PackageCreate
from jupyter_registry.domain.errors import (
    IntegrityFailure,
    InvalidInput,
    StorageUnavailable,
    TooLarge,
    UploadNotFound,
)
from jupyter_registry.domain.upload_paths import check_path
from jupyter_registry.registry import blobs, packages, receiving, uploads
from jupyter_registry.registry.upload_rows import UploadLimits
from jupyter_registry.store.artifacts import ArtifactStore
from jupyter_registry.store.database import Database
from jupyter_registry.store.tables import Upload, UploadFile, now
from tests.small_disks import small_disk


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def counts(database: Database) -> tuple[int, int]:
    with database.read() as session:
        return (
            session.scalar(select(func.count()).select_from(Upload)),
            session.scalar(select(func.count()).select_from(UploadFile)),
        )


def test_files_arrive_in_pieces(database: Database, artifacts: ArtifactStore) -> None:
    upload = uploads.create(database, "ada")
    first = receiving.add_file(database, artifacts, upload.id, "code/b.py", [b"im", b"", b"port"])
    assert first.model_dump() == {"path": "code/b.py", "sha256": sha(b"import"), "size": 6}
    receiving.add_file(database, artifacts, upload.id, "a", [], declared_sha256=sha(b"").upper())
    got = uploads.get(database, upload.id)
    assert got.created_at == upload.created_at
    assert [file.path for file in got.files] == ["a", "code/b.py"]


def test_the_same_path_again_replaces_and_collects(
    database: Database, artifacts: ArtifactStore, stored_files: Callable[[], list[str]]
) -> None:
    upload = uploads.create(database, "ada")
    for content in (b"one", b"two", b"two"):
        receiving.add_file(database, artifacts, upload.id, "model", [content])
    assert [file.sha256 for file in uploads.get(database, upload.id).files] == [sha(b"two")]
    assert stored_files() == [sha(b"two")]


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("", "empty"),
        ("../x", "'..'"),
        ("a/../../x", "'..'"),
        ("a/..", "'..'"),
        ("./a", "'.'"),
        ("a//b", "''"),
        ("a/", "''"),
        ("/etc/passwd", "absolute"),
        ("C:/x", "absolute"),
        ("C:x", "absolute"),
        ("a\\b", "backslash"),
        ("..\\x", "backslash"),
        ("a\0b", "control"),
        ("a\nb", "control"),
        ("a" * 256, "255"),
        ("/".join(["abcdefgh"] * 112), "1000"),
        ("\ud800", "Unicode"),
    ],
)
def test_paths_that_may_not_be(path: str, problem: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_path(path)
    assert problem in caught.value.fields["path"]


@pytest.mark.parametrize("path", ["a", "a b/ü.py", "..a", "a..", "x" * 255, ".hidden/...b"])
def test_paths_that_may_be(path: str) -> None:
    assert check_path(path) == path


def test_an_upload_checks_its_paths(database: Database, artifacts: ArtifactStore) -> None:
    upload = uploads.create(database, "ada")
    with pytest.raises(InvalidInput):
        receiving.receive(database, artifacts, upload.id, "../x")
    assert artifacts.sweep(0) == 0


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Model.bin", "model.BIN"),
        ("é", "e\u0301"),
        ("straße", "STRASSE"),
        ("code", "code/a.py"),
        ("code/a.py", "Code"),
    ],
)
def test_paths_that_clash_on_some_system(
    database: Database, artifacts: ArtifactStore, first: str, second: str
) -> None:
    upload = uploads.create(database, "ada")
    receiving.add_file(database, artifacts, upload.id, first, [b"x"])
    with pytest.raises(InvalidInput, match="cannot have the path"):
        receiving.add_file(database, artifacts, upload.id, second, [b"y"])


def test_clashing_paths_that_arrive_at_once(database: Database, artifacts: ArtifactStore) -> None:
    upload = uploads.create(database, "ada")
    one = receiving.receive(database, artifacts, upload.id, "model")
    other = receiving.receive(database, artifacts, upload.id, "MODEL")
    one.write(b"1")
    other.write(b"2")
    one.finish()
    with pytest.raises(InvalidInput):
        other.finish()
    assert list(artifacts.hashes()) == [sha(b"1")]


def test_a_wrong_declared_hash_leaves_nothing(
    database: Database, artifacts: ArtifactStore, stored_files: Callable[[], list[str]]
) -> None:
    upload = uploads.create(database, "ada")
    with pytest.raises(IntegrityFailure) as caught:
        receiving.add_file(
            database, artifacts, upload.id, "m", [b"abc"], declared_sha256=sha(b"abd")
        )
    assert caught.value.fields == {"path": "m", "sha256": sha(b"abc")}
    with pytest.raises(InvalidInput):
        receiving.add_file(database, artifacts, upload.id, "m", [b"abc"], declared_sha256="abc")
    assert uploads.get(database, upload.id).files == []
    assert stored_files() == []


def test_limits(
    database: Database, artifacts: ArtifactStore, stored_files: Callable[[], list[str]]
) -> None:
    limits = UploadLimits(file_bytes=10, total_bytes=15, files=2)

    def add(path: str, size: int) -> None:
        receiving.add_file(database, artifacts, upload.id, path, [b"x" * size], limits=limits)

    upload = uploads.create(database, "ada")
    with pytest.raises(TooLarge, match="more than 10 bytes"):
        add("a", 11)
    add("a", 10)
    with pytest.raises(TooLarge, match="more than 15 bytes"):
        add("b", 6)
    add("b", 5)
    add("a", 9)  # replaces, so there is room and no third file
    with pytest.raises(TooLarge, match="2 files"):
        add("c", 0)
    assert stored_files() == sorted([sha(b"x" * 9), sha(b"x" * 5)])


def test_a_stream_stops_as_soon_as_it_is_too_large(
    database: Database, artifacts: ArtifactStore, stored_files: Callable[[], list[str]]
) -> None:
    upload = uploads.create(database, "ada")
    receiver = receiving.receive(
        database, artifacts, upload.id, "m", UploadLimits(total_bytes=1_000_000)
    )
    receiver.write(b"x" * 900_000)
    with pytest.raises(TooLarge):
        receiver.write(b"x" * 200_000)
    assert stored_files() == []


def test_streams_that_are_too_large_together(
    database: Database, artifacts: ArtifactStore, stored_files: Callable[[], list[str]]
) -> None:
    upload = uploads.create(database, "ada")
    limits = UploadLimits(total_bytes=10)
    receivers = [receiving.receive(database, artifacts, upload.id, p, limits) for p in "ab"]
    for number, receiver in enumerate(receivers):
        receiver.write(bytes([number]) * 6)
    receivers[0].finish()
    with pytest.raises(TooLarge):
        receivers[1].finish()
    assert stored_files() == [sha(b"\0" * 6)]


def test_abort_leaves_nothing(
    database: Database, artifacts: ArtifactStore, stored_files: Callable[[], list[str]]
) -> None:
    upload = uploads.create(database, "ada")
    receiving.add_file(database, artifacts, upload.id, "a", [b"a"])
    uploads.abort(database, artifacts, upload.id)
    assert stored_files() == []
    assert counts(database) == (0, 0)
    with pytest.raises(UploadNotFound):
        uploads.get(database, upload.id)
    with pytest.raises(UploadNotFound):
        uploads.abort(database, artifacts, upload.id)


@pytest.mark.parametrize("upload_id", ["", "x", "0" * 32, "a\0", "\ud800", "1' OR 1=1"])
def test_unknown_uploads(database: Database, artifacts: ArtifactStore, upload_id: str) -> None:
    with pytest.raises(UploadNotFound):
        uploads.get(database, upload_id)
    with pytest.raises(UploadNotFound):
        receiving.receive(database, artifacts, upload_id, "m")


def test_a_cut_connection_discards_the_whole_upload(
    database: Database, artifacts: ArtifactStore, stored_files: Callable[[], list[str]]
) -> None:
    upload = uploads.create(database, "ada")
    receiving.add_file(database, artifacts, upload.id, "a", [b"a"])
    receiver = receiving.receive(database, artifacts, upload.id, "b")
    receiver.write(b"half")
    receiver.cut()
    receiver.cut()
    assert stored_files() == []
    assert counts(database) == (0, 0)


def test_an_upload_aborted_while_a_file_arrives(
    database: Database, artifacts: ArtifactStore, stored_files: Callable[[], list[str]]
) -> None:
    upload = uploads.create(database, "ada")
    receiver = receiving.receive(database, artifacts, upload.id, "b")
    receiver.write(b"all")
    uploads.abort(database, artifacts, upload.id)
    with pytest.raises(UploadNotFound):
        receiver.finish()
    assert stored_files() == []


def test_a_failing_source_leaves_nothing(
    database: Database, artifacts: ArtifactStore, stored_files: Callable[[], list[str]]
) -> None:
    def source():
        yield b"half"
        raise ConnectionResetError

    upload = uploads.create(database, "ada")
    with pytest.raises(ConnectionResetError):
        receiving.add_file(database, artifacts, upload.id, "m", source())
    assert stored_files() == []
    assert uploads.get(database, upload.id).files == []


def test_sweep_takes_idle_uploads_alone(
    database: Database, artifacts: ArtifactStore, stored_files: Callable[[], list[str]]
) -> None:
    idle = uploads.create(database, "ada")
    receiving.add_file(database, artifacts, idle.id, "a", [b"shared"])
    receiving.add_file(database, artifacts, idle.id, "b", [b"idle's own"])
    fresh = uploads.create(database, "ada")
    receiving.add_file(database, artifacts, fresh.id, "a", [b"shared"])
    assert uploads.sweep(database, artifacts, 3600) == 0
    from datetime import timedelta

    with database.write() as session:
        old = now() - timedelta(hours=2)
        session.execute(update(Upload).where(Upload.id == idle.id).values(touched_at=old))
    assert uploads.sweep(database, artifacts, 3600) == 1
    assert stored_files() == [sha(b"shared")]
    assert counts(database) == (1, 1)


def test_orphans_of_a_crash_are_collected(
    database: Database, artifacts: ArtifactStore, stored_files: Callable[[], list[str]], register
) -> None:
    register(files={"m": b"kept"})
    artifacts.put(b"placed, but the server died before the row")
    assert blobs.collect_orphans(database, artifacts) == 1
    assert stored_files() == [sha(b"kept")]


def test_disk_full_leaves_nothing(database: Database, tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", 2**20) as disk:
        mounted = disk.folder
        artifacts = ArtifactStore(str(mounted / "artifacts"))
        upload = uploads.create(database, "ada")
        with pytest.raises(StorageUnavailable, match="full"):
            receiving.add_file(database, artifacts, upload.id, "m", [os.urandom(300_000)] * 5)
        assert uploads.get(database, upload.id).files == []
        assert disk.files() == []
        receiving.add_file(database, artifacts, upload.id, "m", [b"fits"])


def test_collection_waits_for_one_who_names_the_artifact(
    database: Database, artifacts: ArtifactStore
) -> None:
    artifacts.put(b"x")
    upload = uploads.create(database, "ada")
    removed: list[int] = []
    collector = threading.Thread(
        target=lambda: removed.append(blobs.collect(database, artifacts, [sha(b"x")]))
    )
    with database.write() as session:
        blobs.lock(session, sha(b"x"))
        collector.start()
        collector.join(0.3)
        assert collector.is_alive()
        session.add(UploadFile(upload_id=upload.id, path="m", sha256=sha(b"x"), size=1))
    collector.join()
    assert removed == [0]
    assert artifacts.exists(sha(b"x"))


def test_one_who_names_an_artifact_waits_for_its_collection_and_places_it_again(
    database: Database, artifacts: ArtifactStore
) -> None:
    upload = uploads.create(database, "ada")
    receiver = receiving.receive(database, artifacts, upload.id, "m")
    receiver.write(b"x")
    namer = threading.Thread(target=receiver.finish)
    with database.write() as session:
        blobs.lock(session, sha(b"x"))
        namer.start()
        namer.join(0.3)
        assert namer.is_alive()
        assert artifacts.exists(sha(b"x"))
        artifacts.delete(sha(b"x"))
    namer.join()
    assert artifacts.exists(sha(b"x"))
    assert len(uploads.get(database, upload.id).files) == 1


def test_collection_never_takes_what_an_upload_is_about_to_name(
    database: Database, artifacts: ArtifactStore
) -> None:
    """Equal content comes and goes in several threads; what is registered is always there."""
    content = b"the same in all"
    problems: list[BaseException] = []
    stop = time.monotonic() + 4

    def come_and_go() -> None:
        try:
            while time.monotonic() < stop:
                upload = uploads.create(database, "ada")
                receiving.add_file(database, artifacts, upload.id, "m", [content])
                assert artifacts.exists(sha(content))
                uploads.abort(database, artifacts, upload.id)
        except BaseException as error:
            problems.append(error)

    def register_and_delete() -> None:
        try:
            while time.monotonic() < stop:
                upload = uploads.create(database, "ada")
                receiving.add_file(database, artifacts, upload.id, "m", [content])
                body = PackageCreate(
                    name="m",
                    kind="custom",
                    target_name="y",
                    target_type="regression",
                    upload=upload.id,
                )
                package = packages.register(database, artifacts, body, "ada")
                _, chunks = packages.read_file(database, artifacts, package.id, "m")
                assert b"".join(chunks) == content
                packages.remove(database, artifacts, package.id)
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=t) for t in (come_and_go, register_and_delete) * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert counts(database) == (0, 0)
    assert list(artifacts.hashes()) == []
    assert artifacts.sweep(0) == 0

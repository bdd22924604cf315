"""The artifact store: addressed by content, whole or not at all, verified, nothing left behind."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import subprocess
import sys
import threading
import time
import tracemalloc
import uuid
from pathlib import Path

import pytest

from jupyter_registry.domain.entities import FilePublic
from jupyter_registry.domain.errors import (
    IntegrityFailure,
    InvalidInput,
    StorageUnavailable,
)
from jupyter_registry.store.artifacts import ArtifactStore, digest
from tests.small_disks import small_disk


@pytest.fixture(params=["local", "file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(
        {
            "local": str(tmp_path / "artifacts"),
            "file": f"file://{tmp_path}/artifacts",
            "memory": f"memory://{uuid.uuid4().hex}",
        }[request.param]
    )


def temporary_files(store: ArtifactStore) -> list[str]:
    store._fs.invalidate_cache()
    return store._fs.ls(f"{store._root}/tmp", detail=False)


def all_files(store: ArtifactStore) -> list[str]:
    store._fs.invalidate_cache()
    return store._fs.find(store._root)


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_what_is_put_is_read_back(store: ArtifactStore) -> None:
    content = os.urandom(3_000_000)
    put = store.put(io.BytesIO(content))
    assert (put.sha256, put.size) == (sha(content), len(content))
    assert store.exists(put.sha256)
    assert store.size(put.sha256) == len(content)
    with store.open(put.sha256) as file:
        assert file.read() == content
    assert b"".join(store.chunks(put.sha256)) == content
    assert temporary_files(store) == []


def test_the_empty_file(store: ArtifactStore) -> None:
    put = store.put(b"")
    assert put.sha256 == sha(b"")
    assert b"".join(store.chunks(put.sha256)) == b""


def test_equal_content_is_stored_once(store: ArtifactStore) -> None:
    assert store.put(b"same").sha256 == store.put(b"same").sha256
    assert len(all_files(store)) == 1
    assert list(store.hashes()) == [sha(b"same")]


def test_equal_content_from_many_threads(store: ArtifactStore) -> None:
    content = os.urandom(100_000)
    threads = [threading.Thread(target=store.put, args=(content,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(all_files(store)) == 1
    assert b"".join(store.chunks(sha(content))) == content


def test_a_discarded_writer_leaves_nothing(store: ArtifactStore) -> None:
    writer = store.writer()
    writer.write(b"half of it")
    writer.discard()
    assert all_files(store) == []
    with contextlib.suppress(InterruptedError), store.writer() as writer:
        writer.write(b"half of it")
        raise InterruptedError
    assert all_files(store) == []


def test_nothing_is_visible_under_the_hash_before_it_is_placed(store: ArtifactStore) -> None:
    with store.writer() as writer:
        writer.write(b"content")
        assert not store.exists(sha(b"content"))
        writer.place()
        assert store.exists(sha(b"content"))


def test_placing_again_brings_a_collected_artifact_back(store: ArtifactStore) -> None:
    with store.writer() as writer:
        writer.write(b"content")
        writer.place()
        store.delete(writer.sha256)
        assert not store.exists(writer.sha256)
        writer.place()
    assert b"".join(store.chunks(sha(b"content"))) == b"content"
    assert temporary_files(store) == []


def test_a_truncated_artifact_is_healed_by_the_next_equal_content(store: ArtifactStore) -> None:
    put = store.put(b"content")
    path = store._path(put.sha256)
    store._fs.rm_file(path)
    store._fs.pipe_file(path, b"cont")
    store.put(b"content")
    assert b"".join(store.chunks(put.sha256)) == b"content"


def test_damage_is_found_and_the_last_piece_withheld(store: ArtifactStore) -> None:
    put = store.put(b"content")
    path = store._path(put.sha256)
    store._fs.rm_file(path)
    store._fs.pipe_file(path, b"CONTENT")
    chunks = store.chunks(put.sha256)
    with pytest.raises(IntegrityFailure, match="damaged"):
        next(chunks)


def test_a_missing_artifact(store: ArtifactStore) -> None:
    with pytest.raises(StorageUnavailable, match="missing"):
        store.open("0" * 64)
    store.delete("0" * 64)


def test_sweep_removes_only_stale_temporary_files(store: ArtifactStore) -> None:
    store.put(b"kept")
    stale = store.writer()
    stale.write(b"stale")
    if store.is_local:
        stale._file.flush()
    else:
        stale._file.close()  # what a crash of the process would leave in the store
    assert store.sweep(older_than=60) == 0
    time.sleep(0.05)
    assert store.sweep(older_than=0.01) == 1
    assert list(store.hashes()) == [sha(b"kept")]
    assert temporary_files(store) == []


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    store = ArtifactStore(str(tmp_path / "artifacts"))

    class Zeros(io.RawIOBase):
        left = 200_000_000

        def read(self, size: int = -1) -> bytes:
            size = min(size, self.left)
            self.left -= size
            return b"\0" * size

    tracemalloc.start()
    put = store.put(Zeros())
    for _ in store.chunks(put.sha256):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert put.size == 200_000_000
    assert peak < 8_000_000


def files_of(store: ArtifactStore, **contents: bytes) -> list[FilePublic]:
    return [
        FilePublic(path=path.replace("__", "/"), sha256=put.sha256, size=put.size)
        for path, content in contents.items()
        for put in [store.put(content)]
    ]


def test_materialise_makes_the_folder_once_and_verifies_it(
    store: ArtifactStore, tmp_path: Path
) -> None:
    files = files_of(store, model=b"model", code__helper=b"helper")
    folder = store.materialise(files, tmp_path / "cache")
    assert (folder / "model").read_bytes() == b"model"
    assert (folder / "code/helper").read_bytes() == b"helper"
    assert folder.name == digest(files)
    before = (folder / "model").stat().st_ino
    assert store.materialise(reversed(files), tmp_path / "cache") == folder
    assert (folder / "model").stat().st_ino == before

    (folder / "model").write_bytes(b"MODEL")  # a model that writes in its own folder
    assert store.materialise(files, tmp_path / "cache") == folder
    assert (folder / "model").read_bytes() == b"model"
    assert b"".join(store.chunks(sha(b"model"))) == b"model"
    assert [p.name for p in (tmp_path / "cache").iterdir()] == [digest(files)]


def test_materialise_refuses_damaged_artifacts_and_leaves_no_folder(
    store: ArtifactStore, tmp_path: Path
) -> None:
    files = files_of(store, first=b"first", second=b"second")
    path = store._path(sha(b"second"))
    store._fs.rm_file(path)
    store._fs.pipe_file(path, b"SECOND")
    with pytest.raises(IntegrityFailure):
        store.materialise(files, tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_materialise_from_many_threads(store: ArtifactStore, tmp_path: Path) -> None:
    files = files_of(store, **{f"f{i}": os.urandom(10_000) for i in range(10)})
    made: list[Path] = []
    threads = [
        threading.Thread(target=lambda: made.append(store.materialise(files, tmp_path / "cache")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(made) == {tmp_path / "cache" / digest(files)}
    assert len(made) == 8
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_digest_is_what_sha256sum_prints(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    (tmp_path / "b").write_bytes(b"2")
    printed = subprocess.run(
        ["sha256sum", "a", "b"], cwd=tmp_path, capture_output=True, check=True
    ).stdout
    files = [
        FilePublic(path="b", sha256=sha(b"2"), size=1),
        FilePublic(path="a", sha256=sha(b"1"), size=1),
    ]
    assert digest(files) == hashlib.sha256(printed).hexdigest()


def test_unknown_protocol_and_missing_library() -> None:
    with pytest.raises(InvalidInput, match="nonsense"):
        ArtifactStore("nonsense://bucket")
    code = """
import sys
for name in ("s3fs", "gcsfs", "adlfs"):
    sys.modules[name] = None
from jupyter_registry.domain.errors import MissingExtra
from jupyter_registry.store.artifacts import ArtifactStore
for protocol in ("s3", "gs", "az"):
    try:
        ArtifactStore(f"{protocol}://bucket/x")
    except MissingExtra as error:
        print(error.fields["extra"], end=" ")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["s3", "gcs", "azure"]


def test_a_place_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageUnavailable):
        ArtifactStore(str(tmp_path / "file" / "artifacts"))


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", 2**20) as disk:
        mounted = disk.folder
        store = ArtifactStore(str(mounted / "artifacts"))
        store.put(b"kept")
        with pytest.raises(StorageUnavailable, match="full"):
            store.put(os.urandom(2_000_000))
        assert [Path(path).name for path in all_files(store)] == [sha(b"kept")]
        # Room for the artifact alone, not for two copies of it.
        content = os.urandom(700_000)
        store.put(content)
        cache = mounted / "cache"
        with pytest.raises(StorageUnavailable, match="full"):
            store.materialise([FilePublic(path="m", sha256=sha(content), size=700_000)], cache)
        assert list(cache.iterdir()) == []


_LIMITED = """
import os, resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
from jupyter_registry.domain.errors import StorageUnavailable
from jupyter_registry.store.artifacts import ArtifactStore
store = ArtifactStore(sys.argv[1])
try:
    store.put(os.urandom(5_000_000))
except StorageUnavailable as error:
    print(error.detail)
"""


def test_a_file_size_quota_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, str(tmp_path / "artifacts")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "is full" in done.stdout
    assert all_files(ArtifactStore(str(tmp_path / "artifacts"))) == []


_KILLED = """
import os, signal, sys
from jupyter_registry.store.artifacts import ArtifactStore
store = ArtifactStore(sys.argv[1])
store.put(b"kept")
writer = store.writer()
writer.write(b"x" * 3_000_000)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_killed_while_writing_leaves_only_what_a_sweep_removes(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _KILLED, str(tmp_path / "artifacts")]
    assert subprocess.run(command, check=False).returncode == -9
    store = ArtifactStore(str(tmp_path / "artifacts"))
    assert list(store.hashes()) == [sha(b"kept")]
    assert store.sweep(older_than=0) == 1
    assert len(all_files(store)) == 1

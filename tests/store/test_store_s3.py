"""Artifacts in object storage, on a real S3 server."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import pytest

from jupyter_registry.domain.entities import FilePublic
from jupyter_registry.domain.errors import IntegrityFailure, StorageUnavailable
from jupyter_registry.store.artifacts import ArtifactStore
from tests.s3_server import S3Server

_numbers = itertools.count(1)
#: More than one part of a multipart upload.
LARGE = 12_000_000


@pytest.fixture
def bucket(s3: S3Server) -> str:
    return s3.make_bucket(f"bucket-{next(_numbers)}")


@pytest.fixture
def store(s3: S3Server, bucket: str) -> ArtifactStore:
    return ArtifactStore(f"s3://{bucket}/models/here", **s3.options())


def test_what_is_put_is_read_back_once(
    store: ArtifactStore, s3: S3Server, bucket: str, tmp_path: Path
) -> None:
    contents = [b"", b"small", os.urandom(LARGE)]
    files = []
    for name, content in zip("abc", contents, strict=True):
        for _ in range(2):
            made = store.put(content)
        assert store.size(made.sha256) == len(content)
        assert b"".join(store.chunks(made.sha256)) == content
        files.append(FilePublic(path=name, sha256=made.sha256, size=made.size))
    assert sorted(store.hashes()) == sorted(file.sha256 for file in files)
    # nothing else is left, and all of it below the folder that was named
    found = s3.filesystem().find(bucket)
    assert sorted(path.rsplit("/", 1)[-1] for path in found) == sorted(store.hashes())
    assert all(path.startswith(f"{bucket}/models/here/") for path in found)
    folder = store.materialise(files, tmp_path)
    assert [(folder / name).read_bytes() for name in "abc"] == contents
    store.delete(files[2].sha256)
    assert not store.exists(files[2].sha256)
    store.delete(files[2].sha256)


def test_a_discarded_writer_leaves_nothing(store: ArtifactStore, s3: S3Server, bucket: str) -> None:
    with store.writer() as writer:
        writer.write(os.urandom(LARGE))
    assert s3.filesystem().find(bucket) == []
    assert list(store.hashes()) == []
    parts = s3.filesystem().call_s3("list_multipart_uploads", Bucket=bucket)
    assert not parts.get("Uploads")


def test_damage_is_found(store: ArtifactStore, s3: S3Server, bucket: str) -> None:
    made = store.put(b"content")
    s3.filesystem().pipe_file(f"{bucket}/models/here/{made.sha256[:2]}/{made.sha256}", b"CONTENT")
    with pytest.raises(IntegrityFailure):
        list(store.chunks(made.sha256))
    with pytest.raises(StorageUnavailable, match="missing from storage"):
        list(store.chunks("0" * 64))


def test_a_place_that_cannot_be_used_is_told_at_once(s3: S3Server, bucket: str) -> None:
    with pytest.raises(StorageUnavailable, match="has no bucket 'not-there'") as refused:
        ArtifactStore("s3://not-there/x", **s3.options())
    assert "Make the bucket" in refused.value.advice
    assert not s3.filesystem().exists("not-there")
    with pytest.raises(StorageUnavailable, match="signature") as refused:
        ArtifactStore(f"s3://{bucket}/x", **s3.options("wrong"))
    assert "credentials" in refused.value.advice
    nowhere = s3.options() | {"endpoint_url": "http://127.0.0.1:9"}
    retries = {"retries": {"max_attempts": 0}}
    with pytest.raises(StorageUnavailable, match="cannot be reached") as refused:
        ArtifactStore(f"s3://{bucket}/x", config_kwargs=retries, **nowhere)
    assert "network" in refused.value.advice

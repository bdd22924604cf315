"""A whole server whose artifacts lie in object storage, and what it says when they cannot."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx

from jupyter_registry.client import Registry
from tests.s3_server import S3Server

Start = Callable[..., Any]


def test_the_way_of_a_model_whose_files_lie_in_a_bucket(
    start: Start, s3: S3Server, register_in: Any
) -> None:
    bucket = s3.make_bucket("team")
    env = s3.environment()
    server = start(f"--RegistryApp.artifact_url=s3://{bucket}/registry", env=env)

    def predicted() -> list[float]:
        with server.client() as api:
            answer = api.post("/deployments/d/predictions", json=[{"x": 3.0}, {"x": 4.5}])
            assert answer.status_code == 200, answer.text
            return [row["prediction"] for row in answer.json()["data"]]

    with Registry(server.root, server.token) as registry:
        package = registry.package_by_id(register_in(registry, "moody"))
        package.deploy("d")
    assert predicted() == [6.0, 9.0]
    [file] = package.files
    stored = f"{bucket}/registry/{file.sha256[:2]}/{file.sha256}"
    assert s3.filesystem().find(bucket) == [stored]
    assert not (server.data / "artifacts").exists()
    # started again without its local copies, it fetches the model from the bucket
    server.stop()
    for copy in (server.data / "models").rglob("*"):
        if copy.is_file():
            copy.unlink()
    server.start()
    assert predicted() == [6.0, 9.0]
    with Registry(server.root, server.token) as registry:
        again = registry.package("moody")
        assert again.digest == package.digest
        register_in(registry, "moody")  # equal content, so nothing new in the bucket
        registry.package("moody/2").delete()
        assert s3.filesystem().find(bucket) == [stored]
    # what is gone from the bucket is told
    s3.filesystem().rm_file(stored)
    with server.client() as api:
        answer = api.get(f"/packages/{package.id}/files/{file.path}")
        assert answer.status_code == 503, answer.text
        assert file.sha256 in answer.json()["detail"]
        assert "artifact_url" in answer.json()["advice"]


def test_a_bucket_that_cannot_be_used_is_said_by_the_server(start: Start, s3: S3Server) -> None:
    bucket = s3.make_bucket("locked")
    for url, secret, said, advice in (
        (f"s3://{bucket}/x", "wrong", "signature", "credentials"),
        ("s3://absent/x", None, "has no bucket 'absent'", "Make the bucket"),
    ):
        env = s3.environment() if secret is None else s3.environment(secret)
        server = start(f"--RegistryApp.artifact_url={url}", status=503, env=env)
        with server.client() as api:
            answer = api.get("/models")
            assert (answer.status_code, answer.headers["Content-Type"]) == (
                503, "application/problem+json",
            )  # fmt: skip
            assert said in answer.json()["detail"]
            assert advice in answer.json()["advice"]
            assert "the-secret-of-the-tests" not in answer.text
            # the rest of the server works, and the log says it once to its keeper
            assert api.get(f"{server.root}api/contents").status_code == 200
        assert said in server.log
        if secret is None:
            s3.make_bucket("absent")
            _until_ready(server)


def _until_ready(server: Any) -> None:
    """A bucket that was made meanwhile is found without a restart."""
    deadline = time.monotonic() + 20
    with server.client() as api:
        while True:
            answer: httpx.Response = api.get("/models")
            if answer.status_code == 200:
                return
            assert time.monotonic() < deadline, answer.text
            time.sleep(0.3)

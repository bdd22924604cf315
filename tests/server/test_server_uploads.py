"""Uploads over HTTP: streamed, whole or gone; and what comes back as a download."""

from __future__ import annotations

import hashlib
import http.client
import os
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest


def stored(server: Any) -> list[str]:
    """Every file of the artifact folder, temporary ones too."""
    return sorted(file for _, _, files in os.walk(server.data / "artifacts") for file in files)


def eventually(holds: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def memory(pid: int, name: str) -> float:
    """MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split(f"{name}:")[1].split()[0]) / 1024


def raw_put(server: Any, path: str, **headers: str) -> socket.socket:
    """A connection on which a PUT has begun."""
    connection = socket.create_connection(("127.0.0.1", server.port))
    lines = {"Host": "localhost", "Authorization": f"token {server.token}"} | headers
    text = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    address = f"/some/prefix/jupyter-registry/api/v1{path}"
    connection.sendall(f"PUT {address} HTTP/1.1\r\n{text}\r\n".encode())
    connection.settimeout(10)
    return connection


@pytest.fixture
def upload(api: httpx.Client) -> Iterator[str]:
    made: str = api.post("/uploads").json()["id"]
    yield made
    api.delete(f"/uploads/{made}")


def test_files_arrive_are_listed_and_become_a_package(api: Any, upload: str, name: str) -> None:
    content = {"model.bin": os.urandom(3_000_000), "a folder/ä.txt": b"", "b/c.txt": b"hello"}
    for path, data in content.items():
        sha = hashlib.sha256(data).hexdigest()
        headers = {"X-Content-SHA256": sha.upper()}
        answer = api.put(f"/uploads/{upload}/files/{path}", content=data, headers=headers)
        assert answer.status_code == 201, answer.text
        assert answer.json() == {"path": path, "sha256": sha, "size": len(data)}
    listed = api.get(f"/uploads/{upload}").json()["files"]
    assert {file["path"]: file["size"] for file in listed} == {
        path: len(data) for path, data in content.items()
    }
    body = {"name": name, "kind": "custom", "target_name": "y", "target_type": "regression"}
    package = api.post("/packages", json=body | {"upload": upload}).json()
    assert package["size"] == 3_000_005
    assert api.get(f"/uploads/{upload}").status_code == 404
    for path, data in content.items():
        answer = api.get(f"/packages/{package['id']}/files/{path}")
        assert answer.content == data
        assert answer.headers["X-Content-SHA256"] == hashlib.sha256(data).hexdigest()
        assert answer.headers["Content-Length"] == str(len(data))
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert "attachment" in answer.headers["Content-Disposition"]
    assert api.get(f"/packages/{package['id']}/files/none").status_code == 404
    assert api.post("/packages", json=body | {"upload": upload}).status_code == 404


def test_the_servers_memory_does_not_grow_with_a_file(server: Any, api: Any, upload: str) -> None:
    piece, pieces = os.urandom(1 << 20), 300
    api.put(f"/uploads/{upload}/files/warm.bin", content=piece)
    before = memory(server.pid, "VmRSS")
    Path(f"/proc/{server.pid}/clear_refs").write_text("5")
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    path = f"/some/prefix/jupyter-registry/api/v1/uploads/{upload}/files/large.bin"
    connection.putrequest("PUT", path)
    connection.putheader("Authorization", f"token {server.token}")
    connection.putheader("Content-Length", str(pieces * len(piece)))
    connection.endheaders()
    for _ in range(pieces):
        connection.send(piece)
    answer = connection.getresponse()
    assert answer.status == 201, answer.read()
    connection.close()
    assert memory(server.pid, "VmHWM") - before < 40
    assert api.get(f"/uploads/{upload}").json()["files"][0]["size"] == 300 << 20


def test_an_upload_cut_off_in_the_middle_leaves_nothing(server: Any, api: Any) -> None:
    before = stored(server)
    upload = api.post("/uploads").json()["id"]
    whole = os.urandom(50_000)
    assert api.put(f"/uploads/{upload}/files/first.bin", content=whole).status_code == 201
    connection = raw_put(server, f"/uploads/{upload}/files/second.bin",
                         **{"Content-Length": str(20_000_000)})  # fmt: skip
    connection.sendall(os.urandom(5_000_000))
    eventually(lambda: len(stored(server)) >= len(before) + 2)
    connection.close()
    eventually(lambda: api.get(f"/uploads/{upload}").status_code == 404)
    eventually(lambda: stored(server) == before)


def test_bytes_that_are_not_the_declared_ones_are_refused(
    server: Any, api: Any, upload: str
) -> None:
    before = stored(server)
    url = f"/uploads/{upload}/files/model.bin"
    for declared, status, kind in (
        (hashlib.sha256(b"other").hexdigest(), 422, "IntegrityFailure"),
        ("abc", 400, "InvalidInput"),
    ):
        answer = api.put(url, content=b"these", headers={"X-Content-SHA256": declared})
        assert answer.status_code == status, answer.text
        assert answer.json()["type"].endswith(f":{kind}")
    assert api.get(f"/uploads/{upload}").json()["files"] == []
    assert stored(server) == before


@pytest.mark.parametrize(
    "path", ["../up", "a/../../up", "..", "/etc/passwd", "a//b", "a/./b", "a%5Cb", "a%00b",
             "%2e%2e/up", "..%2fup", "C:/x", "x" * 2000],
)  # fmt: skip
def test_paths_that_leave_the_folder_are_refused(server: Any, upload: str, path: str) -> None:
    # raw, as clients would resolve some of them
    before = stored(server)
    with raw_put(server, f"/uploads/{upload}/files/{path}", **{"Content-Length": "1"}) as raw:
        raw.sendall(b"x")
        answer = raw.recv(65536)
    assert answer.startswith(b"HTTP/1.1 400"), answer
    assert b"urn:jupyter-registry:InvalidInput" in answer
    assert stored(server) == before


def test_no_byte_is_taken_from_nobody(server: Any, api: Any, upload: str) -> None:
    before = stored(server)
    url = f"/uploads/{upload}/files/model.bin"
    with raw_put(server, url, **{"Content-Length": str(10**9), "Authorization": ""}) as raw:
        answer = raw.recv(65536)  # before anything of it was sent
        assert answer.startswith(b"HTTP/1.1 401"), answer
        assert b"Connection: close" in answer
    size = 30_000_000
    with raw_put(server, url, **{"Content-Length": str(size), "Authorization": ""}) as raw:
        for _ in range(30):
            raw.sendall(b"x" * 1_000_000)
            assert stored(server) == before
        assert raw.recv(65536).startswith(b"HTTP/1.1 401")
    with server.client(**{"X-Deny": "write:jupyter_registry"}) as denied:
        assert denied.put(url, content=b"x" * 100_000).status_code == 403
    assert api.get(f"/uploads/{upload}").json()["files"] == []
    assert stored(server) == before


def test_limits_are_told_and_nothing_is_kept(start: Callable[..., Any]) -> None:
    server = start("--RegistryApp.max_upload_bytes=3000000", "--RegistryApp.max_upload_files=2")
    with server.client() as api:
        assert api.get("/info").json()["limits"]["upload_bytes"] == 3_000_000
        upload = api.post("/uploads").json()["id"]
        url = f"/uploads/{upload}/files"
        answer = api.put(f"{url}/a", content=b"x" * 3_000_001)
        assert answer.status_code == 413, answer.text
        with raw_put(
            server, f"/uploads/{upload}/files/b", **{"Transfer-Encoding": "chunked"}
        ) as raw:
            raw.sendall(b"300000\r\n" + b"x" * 0x300000 + b"\r\n")
            answer = raw.recv(65536)
            assert answer.startswith(b"HTTP/1.1 413"), answer
        # refused, but the upload is there: its other files are as they were
        assert api.put(f"{url}/a", content=b"y" * 2_000_000).status_code == 201
        answer = api.put(f"{url}/b", content=b"z" * 2_000_000)
        assert answer.status_code == 413, answer.text
        assert api.put(f"{url}/b", content=b"z").status_code == 201
        assert api.put(f"{url}/c", content=b"z").status_code == 413
        eventually(lambda: len(stored(server)) == 2)
        assert api.delete(f"/uploads/{upload}").status_code == 204
        eventually(lambda: stored(server) == [])


def test_a_damaged_artifact_does_not_arrive_whole(server: Any, api: Any, name: str) -> None:
    upload = api.post("/uploads").json()["id"]
    data = os.urandom(4_000_000)
    api.put(f"/uploads/{upload}/files/model.bin", content=data)
    body = {"name": name, "kind": "custom", "target_name": "y", "target_type": "regression"}
    package = api.post("/packages", json=body | {"upload": upload}).json()
    sha = hashlib.sha256(data).hexdigest()
    [artifact] = list((server.data / "artifacts").rglob(sha))
    artifact.chmod(0o644)
    with artifact.open("r+b") as file:
        file.seek(3_900_000)
        file.write(b"damaged")
    with pytest.raises(httpx.RemoteProtocolError):
        api.get(f"/packages/{package['id']}/files/model.bin")
    artifact.unlink()
    answer = api.get(f"/packages/{package['id']}/files/model.bin")
    assert answer.status_code in (422, 503)
    assert sha in answer.text

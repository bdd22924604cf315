"""Uploads whose connection breaks go on from what has arrived, and arrive as they are."""

from __future__ import annotations

import hashlib
import os
import socket
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from jupyter_registry.client import Registry
from jupyter_registry.client.connection import CannotConnect
from jupyter_registry.client.progress import Step
from jupyter_registry.client.uploads import upload as uploading

from .test_server_uploads import eventually, memory, raw_put, stored

PIECE = 1 << 20


class Cutting:
    """A way to the server that breaks each of the first connections after so many bytes."""

    def __init__(self, port: int, after: int, times: int) -> None:
        self.port = port
        self.after = after
        self.left = times
        self.sent = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/some/prefix/"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.port))
            threading.Thread(target=self._up, args=(near, far), daemon=True).start()
            threading.Thread(target=self._down, args=(far, near), daemon=True).start()

    def _up(self, near: socket.socket, far: socket.socket) -> None:
        passed = 0
        try:
            while data := near.recv(65536):
                far.sendall(data)
                passed += len(data)
                self.sent += len(data)
                if passed > self.after and self.left > 0:
                    self.left -= 1
                    for end in (near, far):  # reset, as a network that is gone does
                        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    break
        except OSError:
            pass
        near.close()
        far.close()

    @staticmethod
    def _down(far: socket.socket, near: socket.socket) -> None:
        try:
            while data := far.recv(65536):
                near.sendall(data)
        except OSError:
            return


@pytest.fixture
def content(tmp_path: Path) -> tuple[Path, str]:
    """A file of 20 MB, and its SHA-256."""
    file = tmp_path / "large.bin"
    file.write_bytes(os.urandom(20 * PIECE))
    return file, hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.fixture
def upload(api: httpx.Client) -> Iterator[str]:
    made: str = api.post("/uploads").json()["id"]
    yield made
    api.delete(f"/uploads/{made}")


def arriving(api: httpx.Client, upload: str) -> dict[str, int]:
    found: dict[str, int] = api.get(f"/uploads/{upload}").json()["arriving"]
    return found


def test_the_client_goes_on_where_the_connection_broke(
    server: Any, api: httpx.Client, content: tuple[Path, str]
) -> None:
    file, sha256 = content
    way = Cutting(server.port, 6 * PIECE, times=2)
    steps: list[Step] = []
    try:
        with (
            Registry(way.url, server.token) as registry,
            uploading(registry.connection, {"large.bin": file}, progress=steps.append) as made,
        ):
            found = api.get(f"/uploads/{made}").json()
            assert found["files"] == [{"path": "large.bin", "sha256": sha256, "size": 20 * PIECE}]
            assert found["arriving"] == {}
            api.delete(f"/uploads/{made}")
            with pytest.raises(Exception, match="no upload"):
                registry.connection.get(f"/uploads/{made}")
    finally:
        way.close()
    assert way.left == 0
    assert way.sent < 30 * PIECE  # not all of it was sent again
    assert steps[-1].done == 20 * PIECE


def test_the_client_gives_up_in_the_end(
    server: Any, content: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_registry.client.uploads._PAUSES", (0.01, 0.01))
    way = Cutting(server.port, 0, times=10**6)
    way.left = 0
    before = stored(server)
    try:
        with Registry(way.url, server.token) as registry:
            registry.info()
            with (
                pytest.raises(CannotConnect),
                uploading(registry.connection, {"l.bin": content[0]}, progress=_cut(way)),
            ):
                pytest.fail("it cannot have arrived")
    finally:
        way.close()
    way.left = 0
    eventually(lambda: len(stored(server)) <= len(before) + 1)


def _cut(way: Cutting) -> Any:
    """Break every connection from the first piece on."""

    def progress(step: Step) -> None:
        way.left = 10**6

    return progress


def test_what_arrived_is_told_and_gone_on_with(
    server: Any, api: httpx.Client, upload: str, content: tuple[Path, str]
) -> None:
    file, sha256 = content
    data = file.read_bytes()
    url = f"/uploads/{upload}/files/a/large.bin"
    first = raw_put(server, url, **{"Content-Length": str(len(data)), "Upload-Offset": "0"})
    first.sendall(data[: 5 * PIECE])
    eventually(lambda: arriving(api, upload).get("a/large.bin", 0) >= 4 * PIECE)
    first.close()
    time.sleep(0.1)
    at = arriving(api, upload)["a/large.bin"]
    assert 4 * PIECE <= at <= 5 * PIECE
    headers = {"X-Content-SHA256": sha256}
    for offset in ("1", str(at + 1), str(len(data))):
        answer = api.put(url, content=b"x", headers=headers | {"Upload-Offset": offset})
        assert answer.status_code == 409, answer.text
        assert answer.json()["fields"]["offset"] == at
    for offset in ("-1", "1e3", "", "9" * 30):
        answer = api.put(url, content=b"x", headers=headers | {"Upload-Offset": offset})
        assert answer.status_code == 400, offset
    answer = api.put(url, content=data[at:], headers=headers | {"Upload-Offset": str(at)})
    assert answer.status_code == 201, answer.text
    assert answer.json() == {"path": "a/large.bin", "sha256": sha256, "size": len(data)}
    assert arriving(api, upload) == {}
    # nothing of it waits any more
    answer = api.put(url, content=b"x", headers={"Upload-Offset": str(at)})
    assert (answer.status_code, answer.json()["fields"]["offset"]) == (409, 0)


def test_a_dead_connection_loses_its_file_to_the_one_that_goes_on(
    server: Any, api: httpx.Client, upload: str, content: tuple[Path, str]
) -> None:
    file, sha256 = content
    data = file.read_bytes()
    url = f"/uploads/{upload}/files/m.bin"
    dead = raw_put(server, url, **{"Content-Length": str(len(data)), "Upload-Offset": "0"})
    dead.sendall(data[: 3 * PIECE])
    eventually(lambda: arriving(api, upload).get("m.bin", 0) >= 2 * PIECE)
    time.sleep(0.2)
    at = arriving(api, upload)["m.bin"]
    headers = {"X-Content-SHA256": sha256, "Upload-Offset": str(at)}
    assert api.put(url, content=data[at:], headers=headers).status_code == 201
    with dead:
        dead.sendall(data[3 * PIECE : 5 * PIECE])
        assert dead.recv(65536).startswith(b"HTTP/1.1 409")
    [file_] = api.get(f"/uploads/{upload}").json()["files"]
    assert file_["sha256"] == sha256


def test_what_waits_goes_with_its_upload_and_after_its_time(
    start: Any, server: Any, api: Any
) -> None:
    before = stored(server)
    made = api.post("/uploads").json()["id"]
    put = raw_put(server, f"/uploads/{made}/files/m", **{"Content-Length": str(10**7),
                                                         "Upload-Offset": "0"})  # fmt: skip
    put.sendall(bytes(3 * PIECE))
    eventually(lambda: arriving(api, made).get("m", 0) >= 2 * PIECE)
    put.close()
    assert api.delete(f"/uploads/{made}").status_code == 204
    eventually(lambda: stored(server) == before)
    from jupyter_registry.registry.arrivals import Arrivals

    class Receiver:
        size = 0
        discarded = False

        def discard(self) -> None:
            self.discarded = True

        def touch(self) -> None:
            return

    receiver = Receiver()
    known = Arrivals(seconds=0.05)
    known.begin("u", "m", 0, lambda: receiver).cut()  # type: ignore[arg-type,return-value]
    known.sweep()
    assert known.of("u") == {"m": 0}
    time.sleep(0.1)
    known.sweep()
    assert receiver.discarded
    assert known.of("u") == {}


def test_the_servers_memory_does_not_grow_with_what_waits(
    server: Any, api: Any, upload: str
) -> None:
    url = f"/uploads/{upload}/files/large.bin"
    api.put(f"/uploads/{upload}/files/warm.bin", content=bytes(PIECE))
    size = 200 * PIECE
    Path(f"/proc/{server.pid}/clear_refs").write_text("5")
    before = memory(server.pid, "VmRSS")
    at = 0
    while at < size:
        put = raw_put(server, url, **{"Content-Length": str(size - at), "Upload-Offset": str(at)})
        for _ in range(min(60, (size - at) // PIECE)):
            put.sendall(bytes(PIECE))
        if size - at <= 60 * PIECE:
            put.sendall(bytes((size - at) % PIECE))
            assert put.recv(65536).startswith(b"HTTP/1.1 201")
            break
        goal = at + 59 * PIECE
        eventually(lambda goal=goal: arriving(api, upload).get("large.bin", 0) >= goal)
        put.close()
        time.sleep(0.05)
        at = arriving(api, upload)["large.bin"]
    assert memory(server.pid, "VmHWM") - before < 40

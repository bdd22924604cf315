"""What has arrived of a file outlives the server: killed or stopped, the next one goes on."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from jupyter_registry.client import Registry
from jupyter_registry.client.progress import Step
from jupyter_registry.client.uploads import upload as uploading

from .test_server_resume import PIECE, Cutting, arriving
from .test_server_uploads import eventually, memory, raw_put, stored

#: Bytes that may have to come again: since the journal's last line, and on their way.
AGAIN = 5 * PIECE


@pytest.fixture(scope="module")
def mortal(start_for_all: Callable[..., Any]) -> Any:
    """A server whose end does no harm to other tests."""
    return start_for_all()


@pytest.mark.parametrize("end", ["kill", "stop"])
def test_the_client_goes_on_when_the_server_is_there_again(
    mortal: Any, tmp_path: Path, end: str
) -> None:
    data = os.urandom(40 * PIECE)
    file = tmp_path / "large.bin"
    file.write_bytes(data)
    way = Cutting(mortal.port, 0, times=0)
    steps: list[int] = []
    came: list[int] = []
    ended_at: list[int] = []

    def arrived() -> int:
        files = (mortal.data / "artifacts" / "tmp").iterdir()
        return max(file.stat().st_size for file in files)

    def progress(step: Step) -> None:
        steps.append(step.done)
        if step.done >= 25 * PIECE and not ended_at:
            eventually(lambda: arrived() >= 9 * PIECE)  # what is on its way is in buffers
            came.append(arrived())
            ended_at.append(len(steps))
            getattr(mortal, end)()
            mortal.start()

    try:
        with (
            Registry(way.url, mortal.token) as registry,
            uploading(registry.connection, {"large.bin": file}, progress=progress) as made,
        ):
            found = registry.connection.get(f"/uploads/{made}")
            registry.connection.call("DELETE", f"/uploads/{made}")
    finally:
        way.close()
    sha256 = hashlib.sha256(data).hexdigest()
    assert found["files"] == [{"path": "large.bin", "sha256": sha256, "size": len(data)}]
    assert found["arriving"] == {}
    assert min(steps[ended_at[0] :]) >= came[0] - AGAIN
    assert way.sent < len(data) + 25 * PIECE - came[0] + AGAIN + 2 * PIECE
    assert stored(mortal) == []


def begun(server: Any, data: bytes, path: str) -> str:
    """An upload of which the first bytes have arrived when the server is killed."""
    with server.client() as api:
        upload: str = api.post("/uploads").json()["id"]
        headers = {"Content-Length": str(10 * len(data)), "Upload-Offset": "0"}
        with raw_put(server, f"/uploads/{upload}/files/{path}", **headers) as put:
            put.sendall(data)
            eventually(lambda: arriving(api, upload).get(path, 0) >= len(data) - PIECE)
            server.kill()
    return upload


def put(api: httpx.Client, upload: str, path: str, data: bytes, offset: int) -> httpx.Response:
    """As the sidebar does: no hash is declared, the offset is what the upload says."""
    headers = {"Upload-Offset": str(offset)}
    return api.put(f"/uploads/{upload}/files/{path}", content=data[offset:], headers=headers)


def test_the_sidebar_goes_on_with_what_a_killed_server_left(mortal: Any) -> None:
    data = os.urandom(150 * PIECE)
    upload = begun(mortal, data[: 120 * PIECE], "a/large.bin")
    with mortal.start().client() as api:
        # an upload of which nothing was left, and a name that would mean all of them
        assert put(api, "*", "a/large.bin", data, PIECE).json()["fields"]["offset"] == 0
        assert api.delete("/uploads/*").status_code == 404
        other = api.post("/uploads").json()["id"]
        assert put(api, other, "a/large.bin", data, PIECE).json()["fields"]["offset"] == 0
        assert api.delete(f"/uploads/{other}").status_code == 204
        at = arriving(api, upload)["a/large.bin"]
        assert 120 * PIECE - AGAIN <= at <= 120 * PIECE
        wrong = put(api, upload, "a/large.bin", data, at - 1)
        assert (wrong.status_code, wrong.json()["fields"]["offset"]) == (409, at)
        Path(f"/proc/{mortal.pid}/clear_refs").write_text("5")
        before = memory(mortal.pid, "VmRSS")
        done = put(api, upload, "a/large.bin", data, at)
        assert done.status_code == 201, done.text
        sha256 = hashlib.sha256(data).hexdigest()
        assert done.json() == {"path": "a/large.bin", "sha256": sha256, "size": len(data)}
        assert memory(mortal.pid, "VmHWM") - before < 40
        assert arriving(api, upload) == {}
        assert api.delete(f"/uploads/{upload}").status_code == 204
    assert stored(mortal) == []


def test_only_what_the_journal_agrees_with_is_gone_on_with(mortal: Any) -> None:
    data = os.urandom(20 * PIECE)
    upload = begun(mortal, data[: 16 * PIECE], "torn.bin")
    [journal] = (mortal.data / "artifacts" / "tmp").glob(f"{upload}.*")
    left = journal.with_name(journal.name.partition(".")[2])
    with left.open("r+b") as file:  # as a disk does that has lost what was written last
        file.seek(9 * PIECE)
        file.write(bytes(1000))
    with journal.open("ab") as file:
        file.write(b"167772")
    with mortal.start().client() as api:
        said = arriving(api, upload)["torn.bin"]
        assert said > 9 * PIECE
        refused = put(api, upload, "torn.bin", data, said)
        assert refused.status_code == 409, refused.text
        at = refused.json()["fields"]["offset"]
        assert 9 * PIECE - AGAIN <= at <= 9 * PIECE
        assert arriving(api, upload)["torn.bin"] == at
        # and once more: what it has read is journalled as before
        with raw_put(
            mortal, f"/uploads/{upload}/files/torn.bin",
            **{"Content-Length": str(len(data) - at), "Upload-Offset": str(at)},
        ) as more:  # fmt: skip
            more.sendall(data[at : at + 6 * PIECE])
            eventually(lambda: arriving(api, upload)["torn.bin"] >= at + 5 * PIECE)
            mortal.kill()
    with mortal.start().client() as api:
        again = arriving(api, upload)["torn.bin"]
        assert again >= at + PIECE
        done = put(api, upload, "torn.bin", data, again)
        assert done.json()["sha256"] == hashlib.sha256(data).hexdigest()
        api.delete(f"/uploads/{upload}")


def test_what_was_left_goes_after_its_time_or_with_its_upload(
    mortal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = os.urandom(5 * PIECE)
    old = begun(mortal, data, "m.bin")
    young = begun(mortal.start(), data, "m.bin")
    files = mortal.data / "artifacts" / "tmp"
    for journal in files.glob(f"{old}.*"):
        for path in (journal, files / journal.name.partition(".")[2]):
            os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 4000))
    assert len(stored(mortal)) == 4
    with mortal.start().client() as api:
        eventually(lambda: len(stored(mortal)) == 2)
        assert arriving(api, old) == {}
        assert 4 * PIECE <= arriving(api, young)["m.bin"] <= 5 * PIECE
        # begun anew, it is not what was left
        assert put(api, young, "m.bin", data, 0).status_code == 201
        assert len(stored(mortal)) == 1
        for upload in (old, young):
            api.delete(f"/uploads/{upload}")
    assert stored(mortal) == []

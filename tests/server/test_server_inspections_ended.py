"""Inspections that do not end by themselves: limited, cancelled, replaced, ended with the rest."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from .inspecting import (
    code,
    eventually,
    failed,
    files_left,
    finished,
    is_alive,
)

SLEEPS = (
    "import os, time; open(os.environ['HOME'] + '/{}', 'w').write(str(os.getpid())); "
    "time.sleep(600)"
)

SLEEPS_TOO = (
    "import os, time; open(f\"{os.environ['HOME']}/many/{os.getpid()}\", 'w'); time.sleep(600)"
)


def started(note: Path, seconds: float = 30) -> int:
    eventually(lambda: note.exists() and note.read_text() != "", seconds)
    return int(note.read_text())


def test_one_that_loads_for_ever_is_ended_at_the_limit_and_cancelled_before(
    start: Callable[..., Any], tmp_path: Path
) -> None:
    server = start("--RegistryApp.inspect_seconds=20", env={"HOME": str(tmp_path)})
    with server.client() as client:

        def begin(note: str) -> tuple[str, int]:
            upload = client.post("/uploads").json()["id"]
            client.put(f"/uploads/{upload}/files/custom.py", content=code(SLEEPS.format(note)))
            assert client.post(f"/uploads/{upload}/inspection", json={}).status_code == 202
            return upload, started(tmp_path / note)

        upload, pid = begin("limit")
        stage = client.get(f"/uploads/{upload}/inspection").json()
        assert (stage["state"], stage["stage"]) == ("running", "loading")
        problem = failed(finished(client, upload), "ModelFailed", 422)
        assert "after 20 seconds" in problem["detail"]
        assert not is_alive(pid)

        upload, pid = begin("cancelled")
        assert client.delete(f"/uploads/{upload}/inspection").status_code == 204
        assert not is_alive(pid)
        assert client.get(f"/uploads/{upload}/inspection").status_code == 404
        assert client.delete(f"/uploads/{upload}/inspection").status_code == 404
        assert client.get(f"/uploads/{upload}").status_code == 200

        upload, pid = begin("replaced")
        assert client.post(f"/uploads/{upload}/inspection", json={}).status_code == 202
        eventually(lambda: not is_alive(pid))

        ended, pid = begin("aborted")
        assert client.delete(f"/uploads/{ended}").status_code == 204
        assert not is_alive(pid)
        client.delete(f"/uploads/{upload}")
        eventually(lambda: not files_left(server))

        upload = client.post("/uploads").json()["id"]
        client.put(f"/uploads/{upload}/files/custom.py", content=code(SLEEPS_TOO))
        (tmp_path / "many").mkdir()
        with ThreadPoolExecutor(5) as threads:
            posting = [
                threads.submit(client.post, f"/uploads/{upload}/inspection", json={})
                for _ in range(5)
            ]
            assert {job.result().status_code for job in posting} == {202}
        eventually(lambda: any((tmp_path / "many").iterdir()), 30)
        assert client.delete(f"/uploads/{upload}/inspection").status_code == 204
        assert not any(is_alive(int(note.name)) for note in (tmp_path / "many").iterdir())

        _, pid = begin("stopped")
        server.stop()
        eventually(lambda: not is_alive(pid))
        assert not files_left(server)

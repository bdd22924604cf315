"""Files of Jupyter's file browser, taken into an upload over HTTP; what may not be is refused."""

from __future__ import annotations

import hashlib
import os
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from .inspecting import finished, fitted, model_file, register


@pytest.fixture
def shown(server: Any, tmp_path: Path) -> Path:
    """A folder of this test's own that the file browser shows."""
    folder: Path = server.folder / tmp_path.name
    folder.mkdir()
    return folder


@pytest.fixture
def upload(api: httpx.Client) -> Iterator[str]:
    made: str = api.post("/uploads").json()["id"]
    yield made
    api.delete(f"/uploads/{made}")


Take = Callable[..., httpx.Response]


@pytest.fixture
def take(api: httpx.Client, upload: str) -> Take:
    def asked(path: object, **more: Any) -> httpx.Response:
        return api.post(f"/uploads/{upload}/contents", json={"path": str(path)} | more)

    return asked


def arrived(api: httpx.Client, upload: str) -> dict[str, int]:
    listed = api.get(f"/uploads/{upload}").json()["files"]
    return {file["path"]: file["size"] for file in listed}


def test_it_is_told_how_far_it_is(api: Any, take: Take, upload: str, shown: Path) -> None:
    size = 400_000_000
    with (shown / "large.bin").open("wb") as file:
        file.truncate(size)
    seen: list[tuple[int, int]] = []
    with ThreadPoolExecutor(1) as other:
        asked = other.submit(take, f"{shown.name}/large.bin")
        while not asked.done():
            if taking := api.get(f"/uploads/{upload}").json()["taking"]:
                seen.append((taking["done"], taking["size"]))
    assert asked.result().status_code == 201
    assert {whole for _, whole in seen} == {size}
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert any(0 < done < size for done, _ in seen)
    assert api.get(f"/uploads/{upload}").json()["taking"] is None


def test_a_file_is_taken_whole(api: Any, take: Take, upload: str, shown: Path) -> None:
    content = os.urandom(3_000_001)
    (shown / "a model.skops").write_bytes(content)
    answer = take(f"{shown.name}/a model.skops")
    assert answer.status_code == 201, answer.text
    sha256 = hashlib.sha256(content).hexdigest()
    assert answer.json() == {
        "files": [{"path": "a model.skops", "sha256": sha256, "size": len(content)}],
        "left_out": {},
    }
    assert take(f"/{shown.name}//a model.skops/", **{"as": "in/m.skops"}).status_code == 201
    assert arrived(api, upload) == {"a model.skops": 3_000_001, "in/m.skops": 3_000_001}
    package = api.post(
        "/packages",
        json={"name": f"taken-{upload}", "kind": "custom", "target_name": "y",
              "target_type": "regression", "upload": upload, "files": ["in/m.skops"]},
    ).json()  # fmt: skip
    assert api.get(f"/packages/{package['id']}/files/in/m.skops").content == content


def test_from_the_file_browser_to_a_package_that_predicts(
    api: Any, take: Take, upload: str, shown: Path, trained_on: Any, name: str
) -> None:
    """All that a form does; neither model nor data pass through it."""
    data = trained_on(8)[["age", "income", "left"]]
    (shown / "model").mkdir()
    model_file(fitted("binary", data), shown / "model", "joblib")
    code = "def transform(data, model):\n    return data\n"
    (shown / "model" / "custom.py").write_text(code)
    data.to_csv(shown / "holdout.csv", index=False)
    assert take(f"{shown.name}/model").status_code == 201
    assert take(f"{shown.name}/holdout.csv", **{"as": "data/holdout.csv"}).status_code == 201
    body = {"holdout": "data/holdout.csv", "target_name": "left"}
    assert api.post(f"/uploads/{upload}/inspection", json=body).status_code == 202
    found = finished(api, upload)
    assert (found["state"], found["missing"]) == ("done", {}), found["problem"]
    assert found["package"]["format"] == "custom_code"
    package = register(api, name, found)
    assert sorted(file["path"] for file in package["files"]) == ["custom.py", "model.joblib"]
    made = api.post("/deployments", json={"package_id": package["id"], "label": name}).json()
    answer = api.post(f"/deployments/{made['id']}/predictions", json=[{"age": 40, "income": 50}])
    assert answer.status_code == 200, answer.text


def test_a_folder_is_taken_with_what_it_shows(
    api: Any, take: Take, upload: str, shown: Path, tmp_path: Path
) -> None:
    made = shown / "model"
    for path in (
        "custom.py", "code/helper.py", "code/__pycache__/helper.pyc", ".git/config", ".secret",
        ".hidden/x", "ä.bin",
    ):  # fmt: skip
        (made / path).parent.mkdir(parents=True, exist_ok=True)
        (made / path).write_text(path)
    (made / "empty").mkdir()
    (tmp_path / "outside.txt").write_text("not for you")
    (shown / "beside.txt").write_text("beside")
    (made / "in.txt").symlink_to(shown / "beside.txt")
    (made / "out.txt").symlink_to(tmp_path / "outside.txt")
    (made / "broken.txt").symlink_to(shown / "none")
    (made / "to_hidden.txt").symlink_to(made / ".secret")
    (made / "to_folder").symlink_to(made / "code")
    (made / "to_outside").symlink_to(tmp_path)
    answer = take(f"{shown.name}/model")
    assert answer.status_code == 201, answer.text
    assert set(arrived(api, upload)) == {"custom.py", "code/helper.py", "in.txt", "ä.bin"}
    left_out = answer.json()["left_out"]
    assert left_out.keys() == {
        ".secret", ".hidden", "empty/", "out.txt", "broken.txt", "to_hidden.txt", "to_folder",
        "to_outside",
    }  # fmt: skip
    assert "out" in left_out["out.txt"]
    again = take(f"{shown.name}/model", **{"as": "sub/model"})
    assert "sub/model/code/helper.py" in {file["path"] for file in again.json()["files"]}
    api.delete(f"/uploads/{upload}")
    assert take(f"{shown.name}/model").status_code == 404


def test_hostile_paths_take_nothing(
    api: Any, take: Take, upload: str, shown: Path, tmp_path: Path, server: Any
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    (shown / ".hidden").write_text("h")
    (shown / "link").symlink_to(secret)
    (shown / "folder").symlink_to(tmp_path)
    (shown / "round").symlink_to(shown / "round")
    (shown / "shy").symlink_to(shown / ".hidden")
    os.mkfifo(shown / "pipe")
    (shown / "bare").mkdir()
    here = shown.name
    for path, status in (
        ("", 422), ("/", 422), (".", 422), ("..", 422), (f"../{secret.name}", 422),
        (f"{here}/../../{secret.name}", 422), (f"{here}/./link", 422), (f"{here}/link", 422),
        (f"{here}/folder/secret.txt", 422), (f"{here}/folder", 422), (f"{here}/pipe", 422),
        (f"{here}/bare", 422), (f"{here}/a\0b", 422), (f"{here}/\ud800", 422),
        (str(secret), 404), (f"/{secret}", 404), ("/etc/passwd", 404), (f"{here}/.hidden", 404),
        (f"{here}/shy", 404), (f"{here}/round", 404), (f"{here}/none", 404),
        (f"{here}/.hidden/x", 404), ("x" * 5000, 404), (f"{here}/..%2f..%2fsecret.txt", 404),
        (f"RTC:{here}/link", 404), ("~/.ssh", 404), (f"{here}/..\\..\\secret.txt", 404),
    ):  # fmt: skip
        body = '{"path": ' + __import__("json").dumps(path) + "}"
        answer = api.post(f"/uploads/{upload}/contents", content=body)
        wanted = (400, 422) if "\ud800" in path else (status,)
        assert answer.status_code in wanted, (path, answer.text)
        problem = answer.json()
        assert problem["advice"], path
        assert "the secret" not in answer.text
        assert str(server.folder) not in answer.text
    (shown / "fine").write_text("x")
    for name in ("", "../x", "/x", "a//b", "a\\b", "."):
        answer = take(f"{here}/fine", **{"as": name})
        assert answer.status_code == 400, name
        assert "as" in answer.json()["fields"]
    assert take(f"{here}/fine", unknown=1).status_code == 400
    assert api.post(f"/uploads/{upload}/contents", json={}).status_code == 400
    assert arrived(api, upload) == {}


def test_a_folder_with_a_name_that_no_upload_can_have_is_refused_whole(
    api: Any, take: Take, upload: str, shown: Path
) -> None:
    (shown / "a.bin").write_text("fine")
    (shown / "b\\c.bin").write_text("not fine")
    answer = take(shown.name)
    assert answer.status_code == 400
    assert "backslash" in answer.json()["detail"]
    assert arrived(api, upload) == {}


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_what_cannot_be_read_is_said(take: Take, shown: Path) -> None:
    (shown / "closed.bin").write_text("x")
    (shown / "closed.bin").chmod(0)
    assert take(f"{shown.name}/closed.bin").status_code == 422


def test_reading_contents_and_writing_the_registry_can_each_be_denied(
    server: Any, api: Any, upload: str, shown: Path
) -> None:
    (shown / "m.bin").write_text("x")
    body = {"path": f"{shown.name}/m.bin"}
    for denied in ("read:contents", "write:jupyter_registry"):
        with server.client(**{"X-Deny": denied}) as client:
            answer = client.post(f"/uploads/{upload}/contents", json=body)
        assert answer.status_code == 403, denied
        assert answer.json()["type"].endswith("NotAuthorised")
    assert arrived(api, upload) == {}


def test_limits_are_those_of_uploads(start: Callable[..., Any]) -> None:
    server = start(
        "--RegistryApp.max_upload_bytes=1000", "--RegistryApp.max_upload_files=3",
        "--ContentsManager.allow_hidden=True",
    )  # fmt: skip
    (server.folder / "large.bin").write_bytes(b"x" * 1001)
    for number in range(4):
        (server.folder / "many" / f"{number}").mkdir(parents=True)
        (server.folder / "many" / f"{number}" / "f").write_bytes(b"x" * number)
    (server.folder / "together").mkdir()
    for number in range(2):
        (server.folder / "together" / f"{number}").write_bytes(b"x" * 600)
    (server.folder / ".shown").write_text("hidden files are shown here")
    with server.client() as client:
        upload = client.post("/uploads").json()["id"]
        for path in ("large.bin", "many", "together"):
            answer = client.post(f"/uploads/{upload}/contents", json={"path": path})
            assert answer.status_code == 413, (path, answer.text)
            assert "limit" in answer.json()["fields"]
        assert arrived(client, upload) == {}
        answer = client.post(f"/uploads/{upload}/contents", json={"path": "together/0"})
        assert answer.status_code == 201
        # together with what is there already
        answer = client.post(f"/uploads/{upload}/contents", json={"path": "together"})
        assert answer.status_code == 413
        answer = client.post(f"/uploads/{upload}/contents", json={"path": ".shown"})
        assert answer.status_code == 201
        assert arrived(client, upload) == {"0": 600, ".shown": 27}


def test_other_contents_managers_are_told_apart(start: Callable[..., Any]) -> None:
    server = start("--ServerApp.contents_manager_class=server_probe.Elsewhere")
    with server.client() as client:
        upload = client.post("/uploads").json()["id"]
        answer = client.post(f"/uploads/{upload}/contents", json={"path": "m.bin"})
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("ContentsElsewhere")
    assert "Elsewhere" in answer.json()["detail"]


def test_memory_and_event_loop_do_not_feel_a_large_file(
    api: Any, take: Take, server: Any, shown: Path
) -> None:
    with (shown / "large.bin").open("wb") as file:
        for _ in range(300):
            file.write(os.urandom(1_000_000))

    def memory() -> float:
        status = Path(f"/proc/{server.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    api.get(f"{server.root}probe")
    before = memory()
    assert take(f"{shown.name}/large.bin").status_code == 201
    assert memory() - before < 60
    assert api.get(f"{server.root}probe").json()["busy"] < 0.2


def test_who_goes_away_takes_nothing(server: Any, api: Any, upload: str, shown: Path) -> None:
    with (shown / "large.bin").open("wb") as file:
        file.truncate(6_000_000_000)  # a hole: nothing on the disk
    body = f'{{"path": "{shown.name}/large.bin"}}'
    connection = socket.create_connection(("127.0.0.1", server.port))
    connection.sendall(
        f"POST /some/prefix/jupyter-registry/api/v1/uploads/{upload}/contents HTTP/1.1\r\n"
        f"Host: localhost\r\nAuthorization: token {server.token}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
    )
    artifacts = server.data / "artifacts" / "tmp"

    def growing() -> bool:
        return any(file.stat().st_size > 2_000_000 for file in artifacts.iterdir())

    deadline = time.monotonic() + 20
    while not growing():
        assert time.monotonic() < deadline
        time.sleep(0.005)
    connection.close()
    while any(artifacts.iterdir()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert arrived(api, upload) == {}

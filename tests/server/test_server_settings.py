"""What an administrator sets, and databases that cannot be used."""

from __future__ import annotations

import asyncio
import logging
import re
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import make_url
from traitlets import Bool, Dict, Enum, Float, Integer, List, Unicode

from jupyter_registry.domain.errors import StorageUnavailable
from jupyter_registry.server.opening import Opening, Options

Start = Callable[..., Any]


def test_settings_come_from_flags_a_file_and_the_environment(start: Start, tmp_path: Path) -> None:
    config = tmp_path / "own_config.py"
    config.write_text(
        "c.RegistryApp.max_upload_files = 3\n"
        f"c.RegistryApp.model_folder = {str(tmp_path / 'models of file')!r}\n"
    )
    server = start(
        f"--config={config}",
        "--RegistryApp.max_upload_bytes=1000",
        "--RegistryApp.model_folder=" + str(tmp_path / "models of flag"),
        env={
            "JUPYTER_REGISTRY_DATABASE_URL": f"sqlite:///{tmp_path}/of-env/own.db",
            "JUPYTER_REGISTRY_ARTIFACT_URL": f"file://{tmp_path}/artifacts of env",
            "JUPYTER_REGISTRY_MODEL_FOLDER": str(tmp_path / "models of env"),
        },
    )
    with server.client() as api:
        limits = api.get("/info").json()["limits"]
        assert (limits["upload_files"], limits["upload_bytes"]) == (3, 1000)
        upload = api.post("/uploads").json()["id"]
        assert api.put(f"/uploads/{upload}/files/a", content=b"a").status_code == 201
    assert (tmp_path / "of-env/own.db").exists()
    assert [file for file in (tmp_path / "artifacts of env").rglob("*") if file.is_file()]
    assert (tmp_path / "models of flag").is_dir()
    assert not (tmp_path / "models of env").exists()
    assert not server.data.exists()


def test_every_setting_reaches_the_registry() -> None:
    from dataclasses import fields

    from jupyter_registry.server.app import RegistryApp

    names = {field.name for field in fields(Options)}
    traits = RegistryApp.class_own_traits(config=True)
    assert names == set(traits)
    assert all(trait.help for trait in traits.values())
    values: dict[type, Any] = {
        Bool: True, Dict: {"a": 1}, Unicode: "/other", Integer: 7, Float: 7.5, Enum: "warn",
        List: ("a.B",),
    }  # fmt: skip
    other: dict[str, Any] = {name: values[type(trait)] for name, trait in traits.items()}
    options = RegistryApp(**other).options()
    for name in names:
        assert str(getattr(options, name)) == str(other[name])


def refused(api: httpx.Client, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for verb, url in (
        ("GET", "/info"),
        ("GET", "/packages"),
        ("POST", "/uploads"),
        ("POST", "/deployments/1/reports"),
        ("PUT", "/uploads/1/files/a"),
    ):
        answer = api.request(verb, url, content=b"[]")
        assert answer.status_code == 503, answer.text
        assert answer.headers["Retry-After"]
        found = answer.json()
        assert found["type"] == f"urn:jupyter-registry:{kind}"
        assert found["advice"]
    return found


def test_a_newer_schema_is_refused_and_the_server_runs_on(start: Start) -> None:
    server = start()
    server.stop()
    with sqlite3.connect(server.data / "registry.db") as connection:
        [table] = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master")
            if "alembic" in name and "index" not in name and "auto" not in name
        ]  # fmt: skip
        connection.execute(f"UPDATE {table} SET version_num = '9999'")
    server.start(status=503)
    with server.client() as api:
        found = refused(api, "SchemaTooNew")
        assert re.search("newer|upgrade|update", found["advice"].lower())
        assert api.get(f"{server.root}api/contents").status_code == 200


@pytest.mark.parametrize("setting", ["model_folder", "artifact_url", "database_url"])
def test_folders_that_cannot_be_made_are_told_of(tmp_path: Path, setting: str) -> None:
    (tmp_path / "file").write_text("")
    below = tmp_path / "file" / "below"
    settings: dict[str, Any] = {
        "database_url": f"sqlite:///{tmp_path}/registry.db",
        "artifact_url": str(tmp_path / "artifacts"),
        "model_folder": tmp_path / "models",
    }
    settings[setting] = {"database_url": f"sqlite:///{below}/r.db"}.get(setting, below)
    options = Options(**settings | {"artifact_url": str(settings["artifact_url"])})

    async def ask() -> None:
        opening = Opening(options, logging.getLogger("test"))
        for _ in range(2):  # told again to the next who asks
            with pytest.raises(StorageUnavailable, match=str(tmp_path / "file")) as caught:
                await opening.open()
            assert caught.value.advice
        await opening.close()

    asyncio.run(ask())


class Proxy:
    """A TCP port before PostgreSQL's socket, which can be open or closed."""

    def __init__(self, path: str) -> None:
        self._path = path
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._listener: socket.socket | None = None
        self._open: list[socket.socket] = []

    def listen(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def close(self) -> None:
        if self._listener is not None:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        for connection in self._open:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        self._open.clear()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            far.connect(self._path)
            self._open += [near, far]
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=self._copy, args=(source, target), daemon=True).start()

    @staticmethod
    def _copy(source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


@pytest.fixture
def proxy(postgres_url: str) -> Iterator[Proxy]:
    folder = str(make_url(postgres_url).query["host"])
    proxy = Proxy(str(next(Path(folder).glob(".s.PGSQL.*[0-9]"))))
    yield proxy
    proxy.close()


def test_a_database_out_of_reach_is_tried_again(
    start: Start, postgres_url: str, proxy: Proxy
) -> None:
    url = make_url(postgres_url)
    through = url.set(host="127.0.0.1", port=proxy.port, query={})
    text = through.render_as_string(hide_password=False)
    server = start(f"--RegistryApp.database_url={text}", status=503)

    def eventually(api: httpx.Client, status: int) -> None:
        deadline = time.monotonic() + 20
        while api.get("/models").status_code != status:
            assert time.monotonic() < deadline
            time.sleep(0.2)

    with server.client() as api:
        refused(api, "StorageUnavailable")
        proxy.listen()
        eventually(api, 200)
        body = {"name": "m", "kind": "external", "target_name": "y", "target_type": "regression"}
        package = api.post("/packages", json=body).json()["id"]
        made = api.post("/deployments", json={"package_id": package, "label": "d"})
        assert made.status_code == 201, made.text
        row = [{"association_id": "a", "prediction": 1}]
        assert api.post("/deployments/d/reports", json=row).json()["accepted"] == 1
        proxy.close()
        answer = api.post("/deployments/d/reports", json=row)
        assert answer.status_code == 503, answer.text
        assert answer.json()["advice"]
        assert api.get("/models").status_code == 503
        proxy.listen()
        eventually(api, 200)
        assert api.post("/deployments/d/reports", json=row).json()["replaced"] == 1

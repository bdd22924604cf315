"""Archives over HTTP and by the client: a folder's files in their place, or nothing changed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from jupyter_registry.client import Registry
from jupyter_registry.domain.errors import ArchiveRefused
from tests.formats.test_formats_archives import tarred, zipped

from .inspecting import fitted, model_file

CODE = b"def transform(data, model):\n    return data\n"


def stored(server: Any) -> list[str]:
    """Every file of the artifact folder, temporary ones too."""
    return sorted(file for _, _, files in os.walk(server.data / "artifacts") for file in files)


@pytest.fixture
def upload(api: httpx.Client) -> Iterator[str]:
    made: str = api.post("/uploads").json()["id"]
    yield made
    api.delete(f"/uploads/{made}")


def test_an_archives_files_take_its_place(server: Any, api: Any, upload: str) -> None:
    api.put(f"/uploads/{upload}/files/beside.txt", content=b"here before")
    for kind, content in (
        ("zip", zipped({"m/custom.py": CODE, "m/code/a.py": b"", "m/.env": b"s"})),
        ("tar.gz", tarred({"m/custom.py": CODE, "m/code/a.py": b"", "m/.env": b"s"}, "gz")),
    ):
        api.put(f"/uploads/{upload}/files/in/m.{kind}", content=content)
        answer = api.post(f"/uploads/{upload}/archives", json={"path": f"in/m.{kind}"})
        assert answer.status_code == 201, answer.text
        assert [file["path"] for file in answer.json()["files"]] == ["in/custom.py", "in/code/a.py"]
        assert answer.json()["left_out"] == {"m/.env": "hidden"}
        listed = {file["path"] for file in api.get(f"/uploads/{upload}").json()["files"]}
        assert listed == {"beside.txt", "in/custom.py", "in/code/a.py"}
        for path in ("in/custom.py", "in/code/a.py"):
            api.delete(f"/uploads/{upload}/files/{path}")
    again = api.post(f"/uploads/{upload}/archives", json={"path": "beside.txt"}).json()
    assert [file["path"] for file in again["files"]] == ["beside.txt"]  # none: as it is
    many = zipped({f"f/{number}.txt": str(number).encode() for number in range(450)})
    api.put(f"/uploads/{upload}/files/many.zip", content=many)
    assert len(api.post(f"/uploads/{upload}/archives", json={"path": "many.zip"}).json()["files"])
    assert len(api.get(f"/uploads/{upload}").json()["files"]) == 451
    api.delete(f"/uploads/{upload}")


def test_a_refused_archive_changes_nothing(server: Any, api: Any, upload: str) -> None:
    url = f"/uploads/{upload}"
    api.put(f"{url}/files/Taken.txt", content=b"here before")
    before = stored(server)
    for content, status, entry in (
        (zipped({"fine": b"new", "../out": b"x"}), 422, "../out"),
        (tarred({"fine": b"new"}, "gz", odd=b"2"), 422, "odd"),
        (zipped({"fine": b"new", "zeros": bytes(80_000_000)}), 413, "zeros"),
        (zipped({"fine": b"new", "taken.txt": b"x"}), 400, None),
        (b"PK\x05\x06" + bytes(18), 422, None),
    ):
        api.put(f"{url}/files/bad.zip", content=content)
        answer = api.post(f"{url}/archives", json={"path": "bad.zip"})
        assert answer.status_code == status, answer.text
        if entry is not None:
            assert answer.json()["fields"]["entry"] == entry
        assert [f["path"] for f in api.get(url).json()["files"]] == ["Taken.txt", "bad.zip"]
        assert api.delete(f"{url}/files/bad.zip").status_code == 204
        assert stored(server) == before
    assert api.post(f"{url}/archives", json={"path": "none.zip"}).status_code == 400
    assert api.post(f"{url}/archives", json={}).status_code == 400


def test_limits_are_configured(start: Callable[..., Any]) -> None:
    server = start("--RegistryApp.max_archive_depth=1", "--RegistryApp.max_upload_files=2")
    with server.client() as api:
        url = f"/uploads/{api.post('/uploads').json()['id']}"
        for files, status in (({"a/b": b""}, 201), ({"a/b/c": b""}, 422),
                              ({"1": b"", "2": b"", "3": b""}, 413)):  # fmt: skip
            api.put(f"{url}/files/m.zip", content=zipped(files))
            assert api.post(f"{url}/archives", json={"path": "m.zip"}).status_code == status
            for file in api.get(url).json()["files"]:
                api.delete(f"{url}/files/{file['path']}")


def test_the_client_takes_an_archive_for_the_folder_in_it(
    registry: Registry, trained_on: Any, tmp_path: Path, name: str
) -> None:
    data = trained_on(8)[["age", "income", "left"]]
    folder = tmp_path / "churn"
    folder.mkdir()
    model_file(fitted("binary", data), folder, "joblib")
    (folder / "custom.py").write_bytes(CODE)
    packed = shutil.make_archive(str(tmp_path / "m"), "zip", tmp_path, "churn")
    package = registry.register(name, packed, target="left", training=data, progress=False)
    assert (package.format, len(package.files)) == ("custom_code", 2)
    bad = tmp_path / "bad.tar.gz"
    bad.write_bytes(tarred({"../../out.pkl": b"x"}, "gz"))
    with pytest.raises(ArchiveRefused, match=r"\.\./\.\./out\.pkl"):
        registry.register(name, bad, target="left", training=data, progress=False)
    assert not (tmp_path.parent / "out.pkl").exists()

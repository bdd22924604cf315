"""Inspections that fail: each says why, and what to do; the server takes no harm."""

from __future__ import annotations

import json
import sys
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from .inspecting import (
    Inspected,
    Send,
    code,
    failed,
    finished,
    fitted,
    model_file,
)


def test_wrong_columns_labels_and_types(
    send: Send, inspected: Inspected, trained_on: Any, tmp_path: Path
) -> None:
    data = trained_on(7)[["age", "income", "left"]]
    upload = send(
        **{
            "m.pkl": model_file(fitted("binary", data), tmp_path, "pickle"),
            "d.csv": data.to_csv(index=False).encode(),
            "narrow.csv": data[["age", "left"]].to_csv(index=False).encode(),
        }
    )
    files = {"files": ["m.pkl"]}
    problem = failed(
        inspected(upload, **files, training="d.csv", target_name="lefd"), "InvalidInput", 400
    )
    assert "target_name" in problem["fields"]
    assert problem["advice"] == "Did you mean 'left'?"
    problem = failed(
        inspected(upload, **files, training="d.csv", positive_class="maybe"), "InvalidInput", 400
    )
    assert "positive_class" in problem["fields"]
    problem = failed(inspected(upload, **files, training="narrow.csv"), "InvalidInput", 400)
    assert "income" in problem["detail"]
    problem = failed(
        inspected(upload, **files, training="d.csv", target_name="age", target_type="regression"),
        "InvalidInput", 400,
    )  # fmt: skip
    assert "age" in problem["detail"]
    problem = failed(
        inspected(upload, **files, training="d.csv", target_type="regression"), "ModelFailed", 422
    )
    assert "binary" in problem["detail"]


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("d.csv", b"a,b\n1,2\n1,2,3\n"),
        ("d.csv", b""),
        ("d.csv", b"a,left\n"),
        ("d.csv", b"a,a\n1,2\n"),
        ("d.csv", bytes(range(256)) * 4),
        ("d.parquet", b"PAR1 no more"),
        ("d.xlsx", b"PK\x03\x04"),
    ],
)
def test_data_that_cannot_be_read(
    file: str, content: bytes, send: Send, inspected: Inspected, server: Any
) -> None:
    upload = send(**{file: content})
    problem = failed(inspected(upload, kind="external", holdout=file), "InvalidInput", 400)
    assert next(iter(problem["fields"])) in ("holdout", "columns")
    assert str(server.folder) not in problem["detail"] + str(problem["fields"].get("holdout"))


def test_files_that_are_no_model(send: Send, inspected: Inspected, tmp_path: Path) -> None:
    problem = failed(inspected(send(**{"m.bin": b"nonsense"})), "UnsupportedFormat", 422)
    assert "skops" in problem["advice"]
    model = model_file(LinearRegression().fit([[1.0], [2.0]], [1.0, 2.0]), tmp_path, "pickle")
    two = send(**{"a.pkl": model, "b.pkl": model})
    problem = failed(inspected(two), "UnsupportedFormat", 422)
    assert "a.pkl" in problem["detail"]
    assert inspected(two, files=["b.pkl"])["state"] == "done"


@pytest.mark.parametrize(
    ("loading", "said"),
    [
        ("exit(3)", "sys.exit(3)"),
        ("import os; os._exit(3)", "status 3"),
        ("import os; os.kill(os.getpid(), 11)", "SIGSEGV"),
        ("raise ValueError('no such weights')", "no such weights"),
        ("import no_such_library", "no_such_library"),
    ],
)
def test_a_model_that_cannot_be_loaded(
    loading: str, said: str, send: Send, inspected: Inspected, api: Any
) -> None:
    problem = failed(inspected(send(**{"custom.py": code(loading)})), "ModelFailed", 422)
    assert said in problem["detail"]
    assert "traceback" in problem["fields"]
    assert api.get("/info").status_code == 200


def test_a_library_that_is_absent_is_named(
    start: Callable[..., Any], trained_on: Any, tmp_path: Path
) -> None:
    """The environment of a kernelspec has no scikit-learn."""

    venv.create(tmp_path / "bare", with_pip=False)
    python = tmp_path / "bare" / "bin" / "python"
    site = next((tmp_path / "bare" / "lib").glob("*/site-packages"))
    here = Path(np.__file__).parents[1]
    for package in [*here.glob("numpy*"), *here.glob("pyarrow*")]:
        (site / package.name).symlink_to(package)
    server = start()
    spec = server.folder / "data" / "kernels" / "bare"
    spec.mkdir(parents=True)
    argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (spec / "kernel.json").write_text(
        json.dumps({"argv": argv, "display_name": "Bare", "language": "python"})
    )
    assert sys.version_info >= (3, 11)
    model = model_file(fitted("binary", trained_on(1)), tmp_path, "skops")
    with server.client() as client:
        upload = client.post("/uploads").json()["id"]
        client.put(f"/uploads/{upload}/files/m.skops", content=model.read_bytes())
        client.put(f"/uploads/{upload}/files/d.csv", content=b"a,left\n1,yes\n2,no\n")
        client.post(
            f"/uploads/{upload}/inspection", json={"files": ["m.skops"], "kernelspec": "bare"}
        )
        problem = failed(finished(client, upload), "MissingExtra", 422)
        assert problem["fields"]["extra"] == "sklearn"
        assert "pip install" in problem["advice"]
        body = {
            "kind": "external",
            "training": "d.csv",
            "target_name": "left",
            "kernelspec": "bare",
        }
        client.post(f"/uploads/{upload}/inspection", json=body)
        found = finished(client, upload)
        assert found["state"] == "done", found
        assert found["kernelspec"] == "bare"
        assert found["package"]["target_type"] == "binary"


def test_bad_requests_change_nothing(api: Any, send: Send) -> None:
    upload = send(**{"m.bin": b"x", "d.csv": b"a\n1\n"})
    path = f"/uploads/{upload}/inspection"
    for body, field in (
        ({"training": "none.csv"}, "training"),
        ({"holdout": "../d.csv"}, "holdout"),
        ({"files": ["m.bim"]}, "files"),
        ({"files": []}, "files"),
        ({"kind": "external", "files": ["m.bin"]}, "files"),
        ({"kernelspec": "no such"}, "kernelspec"),
        ({"target_type": "guess"}, "target_type"),
        ({"unknown": 1}, "unknown"),
        ({"predictions": "p"}, "predictions"),
        ({"target_name": "a\0"}, "target_name"),
    ):
        answer = api.post(path, json=body)
        assert answer.status_code == 400, (body, answer.text)
        assert field in answer.json()["fields"], body
        assert api.get(path).status_code == 404
    assert api.post("/uploads/0/inspection", json={}).status_code == 404
    assert api.get("/uploads/0/inspection").status_code == 404
    assert (
        api.post(f"/uploads/{api.post('/uploads').json()['id']}/inspection", json={}).status_code
        == 400
    )

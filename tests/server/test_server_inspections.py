"""Inspecting an upload over HTTP, in real workers: what is found is what registers a package."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from jupyter_registry.formats import save_model

TARGETS = {"binary": "left", "multiclass": "grade", "regression": "income"}
FEATURES = {"binary": ["age", "income"], "multiclass": ["age", "income"], "regression": ["age"]}

Send = Callable[..., str]
Inspected = Callable[..., dict[str, Any]]


def fitted(kind: str, data: pd.DataFrame) -> Any:
    estimator = LinearRegression() if kind == "regression" else LogisticRegression()
    return estimator.fit(data[FEATURES[kind]], data[TARGETS[kind]])


def model_file(model: Any, folder: Path, format: str) -> Path:
    folder.mkdir(exist_ok=True)
    return save_model(model, folder, format)[1]


def onnx_file(model: Any, folder: Path) -> Path:
    from skl2onnx import to_onnx

    made = to_onnx(
        model, np.zeros((1, model.n_features_in_), np.float32), options={"zipmap": False}
    )
    return model_file(made, folder, "onnx")


@pytest.fixture
def send(api: httpx.Client) -> Iterator[Send]:
    """Send files, given by their path in the upload; returns the upload's id."""
    made: list[str] = []

    def sent(**files: Path | bytes) -> str:
        upload = api.post("/uploads").json()["id"]
        made.append(upload)
        for path, content in files.items():
            data = content if isinstance(content, bytes) else content.read_bytes()
            answer = api.put(f"/uploads/{upload}/files/{path}", content=data)
            assert answer.status_code == 201, answer.text
        return upload

    yield sent
    for upload in made:
        api.delete(f"/uploads/{upload}")


def finished(client: httpx.Client, upload: str, seconds: float = 60) -> dict[str, Any]:
    deadline = time.monotonic() + seconds
    while True:
        answer = client.get(f"/uploads/{upload}/inspection")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        if found["state"] != "running":
            return found
        assert time.monotonic() < deadline, found
        time.sleep(0.05)


@pytest.fixture
def inspected(api: httpx.Client) -> Inspected:
    """Begin an inspection and wait for what it finds."""

    def asked(upload: str, **body: Any) -> dict[str, Any]:
        answer = api.post(f"/uploads/{upload}/inspection", json=body)
        assert answer.status_code == 202, answer.text
        assert answer.json()["state"] == "running"
        assert answer.headers["Location"].endswith(f"/uploads/{upload}/inspection")
        return finished(api, upload)

    return asked


def register(api: httpx.Client, name: str, found: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = api.post("/packages", json={"name": name, **found["package"], **more})
    assert answer.status_code == 201, answer.text
    package: dict[str, Any] = answer.json()
    return package


def files_left(server: Any) -> list[Path]:
    return list((server.data / "models").glob(".inspection-*"))


def eventually(holds: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("kind", ["binary", "multiclass", "regression"])
def test_what_is_found_registers_deploys_and_predicts(
    kind: str, api: Any, send: Send, inspected: Inspected, name: str, trained_on: Any,
    tmp_path: Path, registry: Any, server: Any,
) -> None:  # fmt: skip
    data = trained_on(3)[[*FEATURES[kind], TARGETS[kind]]]
    model = fitted(kind, data)
    upload = send(
        **{
            "model.skops": model_file(model, tmp_path, "skops"),
            "data/train.csv": data.to_csv(index=False).encode(),
        }
    )
    found = inspected(upload, training="data/train.csv", holdout="data/train.csv")
    assert found["state"] == "done", found["problem"]
    assert (found["missing"], found["warnings"]) == ({}, [])
    assert found["framework"] == "scikit-learn"
    assert found["feature_names"] == FEATURES[kind]
    assert found["columns"] == [*FEATURES[kind], TARGETS[kind]]
    assert found["size"] > 0
    # as the client, which looks in this process, would have it
    expected = registry.register(
        f"{name}-client", model, target=TARGETS[kind], training=data, holdout=data, progress=False
    )
    known = found["package"]
    for field in (
        "format", "target_name", "target_type", "class_labels", "positive_class",
        "prediction_threshold", "signature", "input_example",
    ):  # fmt: skip
        assert known[field] == getattr(expected, field), field
    assert known["baseline"]["features"].keys() == expected.baseline["features"].keys()
    for metric, value in expected.baseline["metrics"].items():
        assert known["baseline"]["metrics"][metric]["value"] == pytest.approx(value["value"])
    assert known["provenance"]["parameters"] == expected.provenance["parameters"]
    assert known["provenance"]["libraries"]["sklearn"]
    package = register(api, name, found, tags={"from": "browser"}, aliases=["champion"])
    # what the model was trained on is not kept
    assert [file["path"] for file in package["files"]] == ["model.skops"]
    deployed = api.post("/deployments", json={"package_id": package["id"], "label": name}).json()
    rows = data[FEATURES[kind]].head(3).to_dict("records")
    predicted = api.post(f"/deployments/{deployed['id']}/predictions", json=rows)
    assert predicted.status_code == 200, predicted.text
    assert api.get(f"/uploads/{upload}/inspection").status_code == 404
    eventually(lambda: not files_left(server))


@pytest.mark.parametrize("format", ["joblib", "pickle", "onnx", "custom_code"])
def test_every_format(
    format: str, api: Any, send: Send, inspected: Inspected, name: str, trained_on: Any,
    tmp_path: Path,
) -> None:  # fmt: skip
    data = trained_on(4)[["age", "income", "left"]]
    model = fitted("binary", data)
    parquet = tmp_path / "holdout.parquet"
    data.to_parquet(parquet)
    if format == "onnx":
        files: dict[str, Any] = {"model.onnx": onnx_file(model, tmp_path)}
    elif format == "custom_code":
        code = b"def post_process(predictions, model):\n    return predictions\n"
        files = {"custom.py": code, "inner/model.skops": model_file(model, tmp_path, "skops")}
    else:
        files = {"some.bin": model_file(model, tmp_path, format)}
    upload = send(**files, **{"holdout.parquet": parquet})
    found = inspected(upload, holdout="holdout.parquet", target_name="left", positive_class="no")
    assert found["state"] == "done", found["problem"]
    assert found["package"]["format"] == format or format == "joblib"  # a dump without arrays
    assert found["package"]["positive_class"] == "no"
    assert found["package"]["baseline"]["metrics"]["auc"]["value"] > 0.5
    assert found["missing"] == {}
    package = register(api, name, found)
    assert sorted(file["path"] for file in package["files"]) == sorted(files)


def test_an_external_model_with_its_data(
    api: Any, send: Send, inspected: Inspected, name: str, trained_on: Any
) -> None:
    data = trained_on(5)[["age", "income", "left"]]
    data["p"] = np.linspace(0, 1, len(data))
    upload = send(**{"holdout.csv": data.to_csv(index=False).encode()})
    found = inspected(
        upload, kind="external", holdout="holdout.csv", target_name="left", predictions="p"
    )
    assert found["state"] == "done", found["problem"]
    assert found["package"]["class_labels"] == ["no", "yes"]
    assert [c["name"] for c in found["package"]["signature"]] == ["age", "income"]
    assert found["package"]["baseline"]["metrics"]["auc"]["n"] == len(data)
    assert (found["missing"], found["framework"], found["size"]) == ({}, None, 0)
    assert "upload" not in found["package"]
    package = register(
        api, name, found, tags={"team": "a"}, aliases=["champion"], description="Elsewhere.",
        location="https://models.example/churn",
    )  # fmt: skip
    assert (package["files"], package["tags"], package["aliases"]) == (
        [],
        {"team": "a"},
        ["champion"],
    )
    assert package["baseline"]["features"]["age"]["counts"]


def test_without_data_it_is_said_what_is_not_known(
    send: Send, inspected: Inspected, trained_on: Any, tmp_path: Path
) -> None:
    data = trained_on(6)
    upload = send(**{"m.skops": model_file(fitted("binary", data), tmp_path, "skops")})
    found = inspected(upload)
    assert found["state"] == "done"
    assert found["package"]["class_labels"] == ["no", "yes"]
    assert found["package"]["signature"] == [
        {"name": name, "dtype": "number", "nullable": True} for name in ("age", "income")
    ]
    assert set(found["missing"]) == {"target_name"}
    assert "no data was given" in found["missing"]["target_name"]
    assert any("no baseline" in told for told in found["warnings"])
    data["plan"] = np.where(data["age"] > 45, "a", "b")
    choosy = make_pipeline(
        make_column_transformer((OneHotEncoder(), ["plan"])), LogisticRegression()
    ).fit(data[["plan", "age"]], data["left"])
    upload = send(**{"m.skops": model_file(choosy, tmp_path, "skops")})
    found = inspected(upload, target_name="left")
    assert found["feature_names"] == ["plan", "age"]
    assert "dtypes are unknown" in found["missing"]["signature"]
    assert "signature" not in found["package"]


def test_what_a_person_must_say_is_asked_for(send: Send, inspected: Inspected) -> None:
    grades = pd.DataFrame({"a": [1.5, 2.0, 3.0, 4.0], "g": [1, 2, 3, 2]})
    upload = send(**{"d.csv": grades.to_csv(index=False).encode()})
    found = inspected(upload, kind="external", training="d.csv")
    assert found["state"] == "done"
    assert {"target_name", "target_type", "signature"} <= set(found["missing"])
    assert found["columns"] == ["a", "g"]
    found = inspected(upload, kind="external", training="d.csv", target_name="g")
    assert set(found["missing"]) == {"target_type"}
    found = inspected(
        upload, kind="external", training="d.csv", target_name="g", target_type="multiclass"
    )
    assert (found["missing"], found["package"]["class_labels"]) == ({}, ["1", "2", "3"])


def failed(found: dict[str, Any], kind: str, status: int) -> dict[str, Any]:
    assert found["state"] == "failed", found
    problem: dict[str, Any] = found["problem"]
    assert problem["type"] == f"urn:jupyter-registry:{kind}"
    assert problem["status"] == status
    assert problem["detail"]
    return problem


def test_wrong_columns_labels_and_types(
    send: Send, inspected: Inspected, trained_on: Any, tmp_path: Path
) -> None:
    data = trained_on(7)[["age", "income", "left"]]
    upload = send(
        **{
            "m.skops": model_file(fitted("binary", data), tmp_path, "skops"),
            "d.csv": data.to_csv(index=False).encode(),
            "narrow.csv": data[["age", "left"]].to_csv(index=False).encode(),
        }
    )
    files = {"files": ["m.skops"]}
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
    model = model_file(LinearRegression().fit([[1.0], [2.0]], [1.0, 2.0]), tmp_path, "skops")
    two = send(**{"a.skops": model, "b.skops": model})
    problem = failed(inspected(two), "UnsupportedFormat", 422)
    assert "a.skops" in problem["detail"]
    assert inspected(two, files=["b.skops"])["state"] == "done"


def code(loading: str) -> bytes:
    return f"def load_model(code_dir):\n    {loading}\n".encode()


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


class Exits:
    """Ends whatever process unpickles it."""

    def __init__(self, how: str) -> None:
        self.how = how

    def __reduce__(self) -> Any:
        return (exec, (self.how,))


@pytest.mark.parametrize(
    ("how", "said"),
    [("import os; os._exit(4)", "status 4"), ("raise SystemExit(4)", "SystemExit: 4")],
)
def test_a_pickle_that_ends_its_process(
    how: str, said: str, send: Send, inspected: Inspected
) -> None:
    import pickle

    problem = failed(inspected(send(**{"m.pkl": pickle.dumps(Exits(how))})), "ModelFailed", 422)
    assert said in problem["detail"]


def test_a_library_that_is_absent_is_named(
    start: Callable[..., Any], trained_on: Any, tmp_path: Path
) -> None:
    """The environment of a kernelspec has no scikit-learn."""
    import json
    import sys
    import venv

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


SLEEPS = (
    "import os, time; open(os.environ['HOME'] + '/{}', 'w').write(str(os.getpid())); "
    "time.sleep(600)"
)

SLEEPS_TOO = (
    "import os, time; open(f\"{os.environ['HOME']}/many/{os.getpid()}\", 'w'); time.sleep(600)"
)


def is_alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


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


def test_a_package_takes_the_files_named_and_the_rest_is_thrown_away(
    api: Any, send: Send, name: str, server: Any
) -> None:
    import hashlib

    upload = send(**{"m.bin": b"the model of it", "d.csv": b"data,of,it\n1,2,3\n"})
    body = {"name": name, "kind": "custom", "target_name": "y", "target_type": "regression",
            "upload": upload}  # fmt: skip
    answer = api.post("/packages", json=body | {"files": ["m.bin", "other"]})
    assert answer.status_code == 400
    assert "files" in answer.json()["fields"]
    assert len(api.get(f"/uploads/{upload}").json()["files"]) == 2
    assert api.post("/packages", json=body | {"files": []}).status_code == 400
    package = api.post("/packages", json=body | {"files": ["m.bin"]}).json()
    assert [file["path"] for file in package["files"]] == ["m.bin"]
    assert package["size"] == 15
    assert api.get(f"/uploads/{upload}").status_code == 404
    gone = hashlib.sha256(b"data,of,it\n1,2,3\n").hexdigest()
    assert not (server.data / "artifacts" / gone[:2] / gone).exists()
    assert api.post(
        "/packages", json={k: v for k, v in body.items() if k != "upload"}
        | {"kind": "external", "files": ["m.bin"]},
    ).status_code == 400  # fmt: skip


def test_a_file_is_taken_out_of_an_upload(api: Any, send: Send) -> None:
    upload = send(**{"a.bin": b"one of two", "b/c.bin": b"two of two"})
    assert api.delete(f"/uploads/{upload}/files/b/c.bin").status_code == 204
    assert [f["path"] for f in api.get(f"/uploads/{upload}").json()["files"]] == ["a.bin"]
    assert api.delete(f"/uploads/{upload}/files/b/c.bin").status_code == 404
    assert api.delete("/uploads/0/files/a.bin").status_code == 404

"""Models to inspect, and waiting for what an inspection finds."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression, LogisticRegression

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


def failed(found: dict[str, Any], kind: str, status: int) -> dict[str, Any]:
    assert found["state"] == "failed", found
    problem: dict[str, Any] = found["problem"]
    assert problem["type"] == f"urn:jupyter-registry:{kind}"
    assert problem["status"] == status
    assert problem["detail"]
    return problem


def code(loading: str) -> bytes:
    return f"def load_model(code_dir):\n    {loading}\n".encode()


def is_alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"

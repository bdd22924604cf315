"""Training jobs over HTTP: data to train on, and waiting for what a job becomes."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

Ready = Callable[[dict[str, Any]], bool]


def cells(folder: Path, name: str = "cells.csv", copies: int = 1) -> Path:
    """A file of the breast cancer data; some times over, so that training takes longer."""
    import pandas as pd

    from tests.board_samples import data

    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    pd.concat([*data()] * copies).to_csv(file, index=False)
    return file


def sent(api: httpx.Client, file: Path) -> str:
    """An upload with a file; returns its id."""
    upload: str = api.post("/uploads").json()["id"]
    answer = api.put(f"/uploads/{upload}/files/{file.name}", content=file.read_bytes())
    assert answer.status_code == 201, answer.text
    return upload


def begun(api: httpx.Client, **body: Any) -> dict[str, Any]:
    """A job that was begun."""
    answer = api.post("/leaderboards/jobs", json={"target_name": "outcome", **body})
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


def until(api: httpx.Client, path: str, ready: Ready, seconds: float = 120.0) -> dict[str, Any]:
    """The answer at a path, once it is as wanted."""
    deadline = time.monotonic() + seconds
    while True:
        answer = api.get(path)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        if ready(found):
            return found
        assert found.get("ended_at") is None, found  # what has ended becomes nothing more
        assert time.monotonic() < deadline, found
        time.sleep(0.1)


def ended(job: dict[str, Any]) -> bool:
    return job["ended_at"] is not None

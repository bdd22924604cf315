"""Inspections beside HTTP: what a worker says is checked; what nobody asks about is ended."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from jupyter_registry.domain.entities import FilePublic, InspectionCreate
from jupyter_registry.domain.errors import ModelFailed
from jupyter_registry.registry import inspections
from jupyter_registry.registry.champions import Champions, sweep_copies
from jupyter_registry.registry.inspections import _checked, _Chosen, _Inspection, _watch
from jupyter_registry.registry.services import Settings
from jupyter_registry.registry.training_jobs import TrainingJobs

FOUND: dict[str, Any] = {
    "framework": "scikit-learn",
    "framework_version": "1",
    "feature_names": ["a"],
    "columns": [],
    "package": {"target_name": "y", "target_type": "regression", "provenance": {}},
    "missing": {},
    "warnings": [],
}
CHOSEN = _Chosen([FilePublic(path="m.skops", sha256="0" * 64, size=1)], {})


def checked(found: Any) -> dict[str, Any]:
    return _checked(found, "upload", InspectionCreate(), CHOSEN, _Inspection(1, "python3"))


def test_what_is_found_gets_the_upload_and_its_files() -> None:
    package = checked(FOUND)["package"]
    assert package["upload"] == "upload"
    assert package["files"] == ["m.skops"]
    assert package["kind"] == "custom"
    assert package["provenance"] == {"kernelspec": "python3"}


@pytest.mark.parametrize(
    "change",
    [
        {"package": {"provenance": {}, "target_type": "guess"}},
        {"package": {"provenance": {}, "name": "another"}},
        {"package": {"provenance": {}, "tags": {"a": 1}}},
        {"package": {"provenance": {}, "baseline": {"rows": float("nan")}}},
        {"package": {"provenance": {}, "unknown": 1}},
        {"package": {}},
        {"package": None},
        {"missing": ["a"]},
        {"warnings": [1]},
        {"feature_names": "a"},
    ],
)
def test_what_a_models_code_put_in_its_place_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ModelFailed, match="not understood"):
        checked(FOUND | change)


def test_what_nobody_asks_about_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspections, "ABANDONED_SECONDS", 0.4)

    async def main() -> None:
        begun = _Inspection(1, None)
        begun.task = asyncio.get_running_loop().create_task(asyncio.sleep(60))
        watching = asyncio.get_running_loop().create_task(_watch(begun))
        for _ in range(8):
            await asyncio.sleep(0.1)
            begun.asked = time.monotonic()
        assert not begun.task.done()
        await watching
        with pytest.raises(asyncio.CancelledError):
            await begun.task
        assert begun.error is not None
        assert "nobody asked" in begun.error.detail

    asyncio.run(main())


def test_what_a_killed_server_left_is_swept_after_a_day(tmp_path: Path) -> None:
    hours = {".inspection-old": 25, ".inspection-new": 23, "package-old": 169, "package-new": 25}
    for name, age in hours.items():
        (tmp_path / name).mkdir()
        moment = time.time() - age * 3600
        os.utime(tmp_path / name, (moment, moment))
    services: Any = SimpleNamespace(
        settings=Settings(tmp_path), champions=Champions(), jobs=TrainingJobs()
    )
    assert sweep_copies(services) == 2
    assert {left.name for left in tmp_path.iterdir()} == {".inspection-new", "package-new"}

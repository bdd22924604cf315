"""Service health through the client: its tables and frame; the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

from jupyter_registry.client import Registry
from jupyter_registry.client.results import Health, Package
from jupyter_registry.domain.errors import InvalidInput, RegistryError

from .shell import Shell

DATA = pd.DataFrame({"area": [40.0, 60.0, 80.0, 100.0], "price": [400.0, 610.0, 790.0, 1000.0]})


@pytest.fixture(scope="module")
def package(registry: Registry) -> Package:
    """One for all tests, and so one worker."""
    model = LinearRegression().fit(DATA[["area"]], DATA["price"])
    return registry.register("health-of-all", model, target="price", training=DATA, progress=False)


def test_tables_and_frame(package: Package, name: str) -> None:
    deployment = package.deploy(name)
    empty = deployment.health()
    assert isinstance(empty, Health)
    assert "No request was counted." in repr(empty)
    assert "No request was counted." in empty._repr_html_()
    assert empty.to_arrow().num_rows == 0
    for _ in range(3):
        deployment.predict(DATA[["area"]], progress=False)
    with pytest.raises(RegistryError):
        deployment.predict({"area": ["much"]}, progress=False)
    found = deployment.health("hour")
    assert (found.status, found.package_id) == ("warning", None)
    assert dict(found.overall_rows()[:4]) == {
        "requests": 4, "rows": 12, "refused": "1 (25 %)", "failed": "0",
    }  # fmt: skip
    assert len(found.bucket_headings()) == len(found.bucket_rows()[0])
    page = found._repr_html_()
    assert page.count("<table>") == 2
    assert "Service health: warning" in page
    assert "Requests by hour" in page
    frame = found.to_frame()
    assert list(frame)[:6] == [
        "start", "end", "requests", "rows", "client_errors", "server_errors",
    ]  # fmt: skip
    assert frame[["requests", "rows", "client_errors"]].sum().tolist() == [4, 12, 1]
    assert (frame["response_p50_ms"] <= frame["response_max_ms"]).all()
    assert (frame["model_mean_ms"] > 0).all()


def test_a_range_and_one_package(package: Package, name: str) -> None:
    deployment = package.deploy(name)
    deployment.predict(DATA[["area"]], progress=False)
    now = datetime.now(UTC)
    before = deployment.health("day", now - timedelta(days=9), (now - timedelta(days=7)))
    assert before.overall is None or before.overall.requests == 0
    assert not before.overall_rows()
    one = deployment.health(package=deployment.package)
    assert one.package_id == deployment.package_id
    assert one.overall is not None
    assert one.overall.requests == 1
    with pytest.raises(InvalidInput, match="never in service"):
        deployment.health(package=deployment.package_id + 10_000)


def test_the_command_line(package: Package, forked: Shell, name: str, tmp_path: Any) -> None:
    deployment = package.deploy(name)

    def shell(*words: str, code: int = 0) -> str:
        return forked("health", name, *words, code=code)

    assert shell().splitlines() == ["unknown: No request was counted."]
    for _ in range(2):
        deployment.predict(DATA[["area"]], progress=False)
    printed = shell("--by", "hour").splitlines()
    assert printed[0] == "passing: 2 requests, none refused and none failed."
    assert printed[2].split() == ["measure", "value"]
    assert ["requests", "2"] in [line.split() for line in printed]
    assert printed[-2].split()[:4] == ["hour", "requests", "rows", "refused"]
    assert printed[-1].split()[2:6] == ["2", "8", "0", "0"]
    found = json.loads(shell("--json", "--package", package.reference))
    assert (found["overall"]["requests"], found["status"]) == (2, "passing")
    shell("-o", "health.csv", "--bucket", "hour")
    assert pd.read_csv(tmp_path / "health.csv")["rows"].sum() == 8
    assert "no known kind" in shell("-o", "health.doc", code=1)
    assert "not before its end" in shell("--start", "2026-02-01", "--end", "2026-01-01", code=1)

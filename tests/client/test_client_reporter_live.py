"""The reporter with a real server that is killed and comes back."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_registry.client import Registry, Reporter

if TYPE_CHECKING:
    from jupyter_registry.client.results import Deployment


def external(registry: Registry, name: str) -> Deployment:
    package = registry.register(
        name, target="left", target_type="binary", class_labels=["no", "yes"]
    )
    return package.deploy(f"{name} / outside")


def rows(start: int, stop: int) -> list[dict[str, Any]]:
    return [{"association_id": f"r{i}", "probability": i % 10 / 10} for i in range(start, stop)]


def test_every_row_arrives_once_though_the_server_is_killed(
    own_server: Any, name: str, tmp_path: Path
) -> None:
    with Registry(own_server.url, own_server.token) as registry:
        deployment = external(registry, name)
        key = deployment.create_key("host").key
    with Reporter(
        own_server.url, key, deployment.label, tmp_path / "spool", batch_rows=50, interval=0.02
    ) as reporter:
        for start in range(0, 1000, 10):
            reporter.report(rows(start, start + 10))
            if start == 500:
                own_server.kill()
        assert not reporter.flush(1)
        own_server.start()
        assert reporter.flush(60)
        reporter.actuals({"association_id": f"r{i}", "value": "yes"} for i in range(400))
        assert reporter.flush(60)
        assert reporter.rejected() == []
    with Registry(own_server.url, own_server.token) as registry:
        deployment = registry.deployment(deployment.label)
    assert deployment.rows_predicted == 1000
    assert deployment.rows_matched == 400
    assert deployment.rows_waiting == 600


def test_bad_rows_are_set_aside_and_a_revoked_key_is_told(
    registry: Registry, live_server: Any, name: str, tmp_path: Path
) -> None:
    deployment = external(registry, name)
    key = deployment.create_key("host")
    with Reporter(live_server.url, key.key, deployment.id, tmp_path, interval=0.02) as reporter:
        given = rows(0, 20)
        given[7]["probability"] = 7.5
        given[12]["timestamp"] = "yesterday"
        reporter.report(given)
        reporter.actuals([{"association_id": "r1", "value": "maybe"}])
        assert reporter.flush(30)
        refused = [item["row"]["association_id"] for item in reporter.rejected()]
        assert refused == ["r7", "r12", "r1"] or refused == ["r12", "r7", "r1"]
        assert deployment.refresh().rows_predicted == 18
        deployment.revoke_key(key)
        reporter.report(rows(30, 32))
        deadline = time.monotonic() + 20
        while len(reporter.rejected()) < 5 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert "key" in reporter.rejected()[-1]["problem"].lower()
    assert deployment.refresh().rows_predicted == 18

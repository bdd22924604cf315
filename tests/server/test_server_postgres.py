"""Two servers on one PostgreSQL database: the whole way, and what one does counts in the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from sqlalchemy import create_engine, text

from jupyter_registry.client import Registry

from .jobs import begun, cells, ended, sent, until
from .listening import listening

Pair = tuple[Any, httpx.Client, httpx.Client]


def two_servers(start: Callable[..., Any], url: str, artifacts: Path) -> Iterator[Pair]:
    flags = (f"--RegistryApp.database_url={url}", f"--RegistryApp.artifact_url={artifacts}")
    with ThreadPoolExecutor() as threads:  # both may bring the schema up to date at once
        first, second = threads.map(lambda _: start(*flags), range(2))
    with first.client() as one, second.client() as two:
        yield first, one, two


@pytest.fixture
def both(start: Callable[..., Any], postgres_url: str, tmp_path: Path) -> Iterator[Pair]:
    """Two servers of this test's own, on an empty database."""
    yield from two_servers(start, postgres_url, tmp_path / "artifacts")


@pytest.fixture(scope="module")
def shared(
    start_for_all: Callable[..., Any],
    postgres_url_for_all: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Pair]:
    """Two servers for the tests that leave them as they are, on a database with the schema."""
    artifacts = tmp_path_factory.mktemp("artifacts")
    yield from two_servers(start_for_all, postgres_url_for_all, artifacts)


def eventually(holds: Callable[[], bool], within: float = 30) -> None:
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_two_servers_work_on_one_database(both: Any, register_in: Any, postgres_url: str) -> None:
    first, one, two = both
    with Registry(first.root, first.token) as registry:
        packages = [register_in(registry, "moody") for _ in range(2)]
    body = {"package_id": packages[0], "label": "shared", "association_id_column": "id"}
    # what one server took in, the other serves
    made = two.post("/deployments", json=body)
    assert made.status_code == 201, made.text
    assert one.post("/deployments", json=body).json()["type"].endswith(":AlreadyExists")
    url = "/deployments/shared"

    def predict(api: httpx.Client, key: str) -> dict[str, Any]:
        answer = api.post(f"{url}/predictions", json=[{"x": 3.0, "id": key}])
        assert answer.status_code == 200, answer.text
        row: dict[str, Any] = answer.json()["data"][0]
        return row

    def work(i: int) -> None:
        api = (one, two)[i % 2]
        assert predict(api, f"k{i // 4}")["prediction"] == 6.0  # each ID four times, at once
        actual = [{"association_id": f"k{i // 3}", "value": float(i % 5)}]
        answer = api.post(f"{url}/actuals", json=actual)
        assert answer.status_code == 200, answer.text
        report = [{"association_id": f"r{i // 2}-{j}", "prediction": j} for j in range(50)]
        assert api.post(f"{url}/reports", json=report).status_code == 200

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(80)))
    engine = create_engine(postgres_url)
    with engine.connect() as connection:

        def number(query: str) -> int:
            return int(connection.execute(text(query)).scalar_one())

        n = number("SELECT count(*) FROM prediction")
        assert n == 20 + 40 * 50
        matched = number("SELECT count(*) FROM prediction JOIN actual USING "
                         "(deployment_id, association_id)")  # fmt: skip
        assert number("SELECT predicted FROM deployment_totals") == n
        assert number("SELECT matched FROM deployment_totals") == matched == 20
    kept = one.get(f"{url}/accuracy").json()
    assert kept["overall"]["n"] == 20
    assert two.post(f"{url}/rebuild-accuracy").status_code == 200
    assert two.get(f"{url}/accuracy").json() == kept
    _lists_say_how_each_does(two)
    # another champion, seen by the other server in a moment
    answer = one.post(f"{url}/replacements", json={"package_id": packages[1]})
    assert answer.status_code == 200, answer.text
    assert predict(one, "after")["package"].endswith("/2")
    eventually(lambda: str(predict(two, "after")["package"]).endswith("/2"))
    with ThreadPoolExecutor() as threads:
        found = list(threads.map(
            lambda api: api.post(f"{url}/rollback", json={}).status_code, (one, two)
        ))  # fmt: skip
    assert found.count(200) >= 1
    history = two.get(f"{url}/history").json()
    assert len(history) == 2 + found.count(200)
    # a key revoked here opens nothing there in a moment
    key = one.post(f"{url}/keys", json={"name": "k"}).json()
    headers = {"Authorization": f"Bearer {key['key']}"}
    row = [{"association_id": "k", "prediction": 1}]

    def status() -> int:
        return two.post(f"{url}/reports", json=row, headers=headers).status_code

    assert status() == 200
    assert one.delete(f"{url}/keys/{key['id']}").status_code == 204
    eventually(lambda: status() == 401)
    engine.dispose()


def _lists_say_how_each_does(api: httpx.Client) -> None:
    def counted() -> bool:  # each server writes down its requests every few seconds
        reason: str = api.get("/deployments/shared/health").json()["reason"]
        return reason.startswith("160 requests,")

    eventually(counted)
    drift = api.get("/deployments/shared/drift").json()
    health = api.get("/deployments/shared/health").json()
    one = api.get("/deployments/shared/status").json()
    assert one["status"]["drift"] == {name: drift[name] for name in ("status", "reason")}
    assert one["status"]["service"]["status"] == health["status"]
    assert one["status"]["accuracy"]["reason"].endswith("to tell; 20 have it.")
    assert one["predictions_by_day"][-1] + one["predictions_by_day"][-2] == 20 + 40 * 50
    for sort in ("label", "-created_at", "importance", "-champion"):
        query = {"sort": sort, "status": True, "total": True, "drift": drift["status"]}
        page = api.get("/deployments", params=query).json()
        assert page["total"] == 1
        (item,) = page["items"]
        assert item["status"] == one["status"]
    packages = {"latest": True, "total": True, "offset": 1}
    assert api.get("/packages", params=packages).json()["total"] >= 1


def test_each_hears_what_the_other_changes(shared: Pair) -> None:
    first, one, two = shared
    second = SimpleNamespace(root=str(two.base_url).split("jupyter-registry")[0], token="")
    second.token = two.headers["Authorization"].removeprefix("token ")
    body = {"name": "heard", "kind": "external", "target_name": "y", "target_type": "regression"}
    with listening(first) as here, listening(second) as there:
        package = one.post("/packages", json=body).json()
        for listener in (here, there):
            assert listener.next()["entity"] == "model"
            told = listener.next()
            created = ("created", "package", package["id"])
            assert (told["action"], told["entity"], told["id"]) == created
        made = two.post("/deployments", json={"package_id": package["id"], "label": "heard"}).json()
        for listener in (there, here):
            assert listener.next()["id"] == made["id"]
        row = [{"association_id": "1", "prediction": 1}]
        assert two.post("/deployments/heard/reports", json=row).status_code == 200
        for listener in (there, here):
            assert listener.next() == {
                "action": "recorded", "entity": "rows", "id": made["id"], "name": "heard",
                "predicted": 1, "matched": 0,
            }  # fmt: skip
        assert here.hears_nothing()
        assert there.hears_nothing()


def test_what_one_server_trains_is_seen_stopped_and_deployed_from_the_other(
    both: Any, tmp_path: Path
) -> None:
    first, one, two = both
    second = SimpleNamespace(root=str(two.base_url).split("jupyter-registry")[0], token="")
    second.token = two.headers["Authorization"].removeprefix("token ")
    upload = sent(one, cells(tmp_path, copies=40))
    options = {"families": ["linear", "hist_gradient_boosting"]}

    def training(name: str) -> tuple[str, str]:
        """A job of the first server that has a model, as the second sees it."""
        job = begun(one, upload=upload, name=name, time_budget=300.0, options=options)
        at = f"/leaderboards/jobs/{job['id']}"
        board_id = until(one, at, lambda job: job["leaderboard_id"] is not None)["leaderboard_id"]
        board = f"/leaderboards/{board_id}"
        until(two, board, lambda board: board["models_done"] >= 1)
        return at, board

    with listening(second) as there:
        at, board = training("shared")
        told = there.next()
        assert (told["action"], told["entity"], told["name"]) == (
            "created", "leaderboard", "shared",
        )  # fmt: skip
        assert two.get("/leaderboards").json()["items"][0]["state"] == "running"
        elsewhere = two.get(at)
        assert elsewhere.status_code == 404
        assert "server that runs it" in elsewhere.json()["advice"]
        assert two.post(f"{board}/stop").json()["stop_requested"]
        assert until(one, at, ended, 60)["state"] == "stopped"
        stopped = two.get(board).json()
        assert (stopped["state"], stopped["error"]) == ("stopped", None)
        assert "Linear model" in two.get(f"{board}/log").json()["text"]
    made = two.post(f"{board}/models/{stopped['leader_number']}/deployment", json={"label": "d"})
    assert made.status_code == 201, made.text
    rows = one.get(f"/packages/{made.json()['package_id']}").json()["input_example"]
    for api in (one, two):
        assert api.post("/deployments/d/predictions", json=rows).status_code == 200
    # the second server sees the first one die
    at, board = training("lost")
    with listening(second) as there:
        first.kill()
        while there.next() != {
            "action": "updated", "entity": "leaderboard", "id": int(board.split("/")[-1]),
            "name": "lost",
        }:  # fmt: skip
            pass
    lost = two.get(board).json()
    assert lost["state"] == "failed"
    assert "server was stopped" in lost["error"]


def test_a_lost_connection_is_made_again(shared: Pair, postgres_url_for_all: str) -> None:
    first, _, two = shared
    engine = create_engine(postgres_url_for_all, isolation_level="AUTOCOMMIT")
    listeners = "FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"
    with engine.connect() as connection:

        def listening_now() -> int:
            return int(connection.execute(text(f"SELECT count(*) {listeners}")).scalar_one())

        eventually(lambda: listening_now() == 2)
        connection.execute(text(f"SELECT pg_terminate_backend(pid) {listeners}"))
        eventually(lambda: "are not heard" in first.log)
        eventually(lambda: listening_now() == 2)
    engine.dispose()
    body = {"name": "lost", "kind": "external", "target_name": "y", "target_type": "regression"}
    with listening(first) as here:
        assert two.post("/packages", json=body).status_code == 201
        assert here.next()["entity"] == "model"


def test_versions_that_two_servers_give_at_once_have_no_gaps(shared: Pair) -> None:
    _, one, two = shared
    body = {"name": "raced", "kind": "external", "target_name": "y", "target_type": "regression",
            "aliases": ["newest"]}  # fmt: skip

    def register(i: int) -> int:
        answer = (one, two)[i % 2].post("/packages", json=body)
        assert answer.status_code == 201, answer.text
        version: int = answer.json()["version"]
        return version

    with ThreadPoolExecutor(8) as threads:
        versions = list(threads.map(register, range(40)))
    assert sorted(versions) == list(range(1, 41))
    for api in (one, two):
        assert api.get("/models/raced/versions/latest").json()["version"] == 40
        newest = api.get("/models/raced/aliases/newest").json()["version"]
        assert (
            api.get("/packages", params={"alias": "newest"}).json()["items"][0]["version"] == newest
        )


def test_what_no_column_of_postgresql_can_hold_is_refused(shared: Pair) -> None:
    _, api, _ = shared
    body = {"name": "m", "kind": "external", "target_name": "y", "target_type": "regression"}
    package = api.post("/packages", json=body).json()["id"]
    assert api.post("/deployments", json={"package_id": package, "label": "d"}).status_code == 201
    for value in ("9" * 30, "99999999999", "2147483648", "-1", "a\0b", "\U0001f600", "0001-01-01"):
        for path in (
            "/packages/{}", "/models/{}", "/models/m/versions/{}", "/models/m/aliases/{}",
            "/deployments/{}", "/deployments/{}/history", "/uploads/{}",
        ):  # fmt: skip
            assert api.get(path.format(value.replace("\0", "%00"))).status_code in (400, 404), path
        for parameter in ("q", "name", "tag", "creator", "created_after", "cursor"):
            answer = api.get("/packages", params={parameter: value})
            assert answer.status_code in (200, 400), (parameter, answer.text)
        for parameter in ("q", "model", "package_id", "cursor"):
            answer = api.get("/deployments", params={parameter: value})
            assert answer.status_code in (200, 400), (parameter, answer.text)
        for column in ("association_id", "prediction", "latency_ms", "timestamp"):
            good = {"association_id": "a", "prediction": 1, "timestamp": "2026-01-01"}
            answer = api.post("/deployments/d/reports", json=[good | {column: value}])
            assert answer.status_code in (200, 422), (column, value, answer.text)
        answer = api.delete(f"/deployments/d/keys/{value.replace(chr(0), '%00')}")
        assert answer.status_code == 404

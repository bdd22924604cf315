"""From a leaderboard's model to package, deployment, replacement: all of it or nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jupyter_registry.domain.entities import (
    BoardDeploymentCreate,
    BoardModelCreate,
    BoardPackageCreate,
    BoardReplacementCreate,
)
from jupyter_registry.domain.errors import (
    AlreadyExists,
    IncompatibleReplacement,
    InvalidInput,
    LeaderboardNotFound,
    ModelFailed,
    PackageArchived,
    UnsupportedFormat,
)
from jupyter_registry.domain.frames import conform
from jupyter_registry.registry import (
    blobs,
    board_models,
    board_packages,
    deployments,
    leaderboards,
    packages,
)
from jupyter_registry.registry.search import search_packages
from jupyter_registry.registry.services import Services
from jupyter_registry.store.artifacts import ArtifactStore
from jupyter_registry.store.database import Database
from tests.board_samples import failed_body, model_body

from .boards import Upload, add, begin, done

Run = Callable[[Callable[[Services], Any]], Any]


@pytest.fixture
def board(database: Database, artifacts: ArtifactStore, upload: Upload, tmp_path: Path) -> int:
    """A leaderboard with a forest (1), a linear model (2) and one that failed (3)."""
    made = begin(database).id
    for kind in ("forest", "linear"):
        add(database, artifacts, upload, made, kind, tmp_path)
    failed = BoardModelCreate.model_validate(failed_body())
    board_models.add(database, artifacts, made, failed)
    done(database, made)
    return made


def wanted(label: str = "d", **fields: Any) -> BoardDeploymentCreate:
    return BoardDeploymentCreate.model_validate({"label": label, **fields})


def names(database: Database) -> list[str]:
    found = search_packages(database, sort="created_at")["items"]
    return [f"{item['name']}/{item['version']}" for item in found]


def test_a_package_is_made_once_and_knows_where_it_comes_from(
    database: Database, board: int, tmp_path: Path
) -> None:
    body, _ = model_body("forest", tmp_path / "again")
    asked = BoardPackageCreate(tags={"team": "red"}, aliases=["first"])
    made = board_packages.register(database, board, 1, asked, "ada")
    package = made.package
    assert made.made
    assert (package.kind, package.name, package.version) == ("native", "cells", 1)
    assert package.aliases == ["first"]
    assert package.tags == {"team": "red"}
    assert package.baseline is not None
    assert package.baseline["metrics"] == body["baseline"]["metrics"]
    assert package.provenance["leaderboard"] == {
        "id": board, "number": 1, "name": "cells", "label": "Random forest",
    }  # fmt: skip
    training = package.provenance["training"]
    assert training["data"]["digest"] == "ab" * 32
    assert (training["seed"], training["time_budget"]) == (7, 10.0)
    assert training["engine"]["name"] == "by hand"
    assert package.provenance["libraries"] == {"scikit-learn": "1"}
    assert package.provenance["parameters"] == {"kind": "forest"}
    importances = [one["importance"] for one in package.baseline["features"].values()]
    assert max(importances) == 1.0
    model = board_models.get(database, board, 1)
    assert (model.package_id, model.package) == (package.id, "cells/1")
    assert (model.unlocked_by, model.holdout) == ("ada", package.baseline["metrics"])
    assert leaderboards.get(database, board).packages == ["cells/1"]

    again = BoardPackageCreate(tags={"tier": "1"}, aliases=["champion"])
    second = board_packages.register(database, board, 1, again, "bob")
    assert (second.made, second.package.id) == (False, package.id)
    assert second.package.tags == {"team": "red", "tier": "1"}
    assert second.package.aliases == ["champion", "first"]
    with pytest.raises(AlreadyExists, match="cells/1 already"):
        board_packages.register(database, board, 1, BoardPackageCreate(name="other"), "bob")
    other = board_packages.register(database, board, 2, BoardPackageCreate(name="other"), "bob")
    assert other.package.name == "other"
    assert names(database) == ["cells/1", "other/1"]


def test_what_cannot_become_a_package(database: Database, board: int) -> None:
    with pytest.raises(InvalidInput, match="failed"):
        board_packages.register(database, board, 3, BoardPackageCreate(), "ada")
    with pytest.raises(LeaderboardNotFound, match="no model 4"):
        board_packages.register(database, board, 4, BoardPackageCreate(), "ada")
    with pytest.raises(LeaderboardNotFound, match="no leaderboard"):
        board_packages.register(database, 10**12, 1, BoardPackageCreate(), "ada")
    with pytest.raises(InvalidInput, match="latest"):
        board_packages.register(
            database, board, 1, BoardPackageCreate.model_construct(
                name=None, description="", tags={}, aliases=["latest"]
            ), "ada",
        )  # fmt: skip
    assert names(database) == []
    assert board_models.get(database, board, 1).unlocked_at is None


def test_a_deployment_comes_with_its_package_and_serves_what_the_pipeline_says(
    run: Run, database: Database, board: int
) -> None:
    from tests.board_samples import columns, data, pipeline

    _, holdout = data()

    async def job(services: Services) -> Any:
        made = await board_packages.deploy(services, board, 1, wanted("first"), "ada")
        assert made.made
        assert made.deployment.package == "cells/1"
        running = [found for found in services.pool.stats() if found["running"]]
        assert [found["package_id"] for found in running] == [made.package.id]
        # the worker that it was tried in serves it
        assert running[0]["restarts"] == 0
        champion = await services.champions.get(services, "first")
        spec = await services.champions.spec_of(services, champion)
        assert spec is not None
        rows = {name: holdout[name].to_numpy() for name in columns()}
        found = await services.pool.predict(spec, conform(spec.signature, rows, len(holdout)))
        second = await board_packages.deploy(services, board, 1, wanted("second"), "ada")
        assert (second.made, second.package.id) == (False, made.package.id)
        return found

    found = run(job)
    scores = pipeline("forest").predict_proba(holdout[columns()])[:, 1]
    assert abs(found.probabilities[:, 1] - scores).max() < 1e-9
    assert names(database) == ["cells/1"]
    assert board_models.get(database, board, 1).unlocked_by == "ada"


def test_a_label_that_is_taken_while_the_model_is_tried_leaves_neither(
    run: Run, database: Database, board: int, register: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = register("external").id
    load = deployments.load

    async def slow(services: Services, package: Any, runtime: Any) -> Any:
        found = await load(services, package, runtime)
        await deployments.create(
            services, deployments.DeploymentCreate(package_id=taken, label="wanted"), "eve"
        )
        return found

    async def job(services: Services) -> None:
        monkeypatch.setattr(deployments, "load", slow)
        with pytest.raises(AlreadyExists, match="'wanted'"):
            await board_packages.deploy(services, board, 1, wanted("wanted"), "ada")
        assert not [found for found in services.pool.stats() if found["running"]]

    run(job)
    assert names(database) == ["external/1"]
    model = board_models.get(database, board, 1)
    assert (model.package_id, model.unlocked_at, model.holdout) == (None, None, None)


def test_a_model_that_cannot_be_loaded_leaves_neither(
    run: Run, database: Database, artifacts: ArtifactStore, upload: Upload, tmp_path: Path
) -> None:
    signature = [{"name": "only", "dtype": "number", "nullable": False}]
    made = begin(database, signature=signature).id
    body, files = model_body("linear", tmp_path / "linear")
    for content in (b"no model at all", *(file.read_bytes() for file in files.values())):
        sent = upload({"model.skops": content})
        changes = {"upload": sent, "input_example": [{"only": 1.0}]}
        board_models.add(database, artifacts, made, BoardModelCreate.model_validate(body | changes))

    async def job(services: Services) -> None:
        with pytest.raises(UnsupportedFormat, match="no skops model"):
            await board_packages.deploy(services, made, 1, wanted(), "ada")
        # it loads, and cannot score what the signature says
        with pytest.raises(ModelFailed) as caught:
            await board_packages.deploy(services, made, 2, wanted(), "ada")
        assert caught.value.fields["traceback"]
        assert not [found for found in services.pool.stats() if found["running"]]
        for bad in (wanted("7"), wanted(prediction_threshold=2.0), wanted(kernelspec="nowhere")):
            with pytest.raises(InvalidInput):
                await board_packages.deploy(services, made, 1, bad, "ada")

    run(job)
    assert names(database) == []
    assert board_models.get(database, made, 1).unlocked_at is None


def test_many_who_deploy_at_once_share_one_package(
    run: Run, database: Database, board: int
) -> None:
    async def job(services: Services) -> list[Any]:
        return await asyncio.gather(
            *(board_packages.deploy(services, board, 2, wanted(f"d{i}"), "ada") for i in range(4)),
            services.in_thread(
                board_packages.register, database, board, 2, BoardPackageCreate(), "bob"
            ),
        )

    found = run(job)
    assert len({one.package.id for one in found}) == 1
    assert sum(one.made for one in found) == 1
    assert names(database) == ["cells/1"]


def test_a_replacement_comes_with_its_package_or_leaves_none(
    run: Run, database: Database, board: int, register: Any
) -> None:
    async def job(services: Services) -> None:
        first = await board_packages.deploy(services, board, 1, wanted("live"), "ada")
        body = {"deployment": "live", "reason": "accuracy", "note": "better"}
        dry = BoardReplacementCreate.model_validate(body | {"dry_run": True})
        checked = await board_packages.replace(services, board, 2, dry, "bob")
        assert (checked.packaged, checked.replacement.replaced) == (None, False)
        assert {check.status for check in checked.replacement.checks} == {"passing"}
        assert names(database) == ["cells/1"]
        other = register("else", target_name="else").id
        await deployments.create(
            services, deployments.DeploymentCreate(package_id=other, label="else"), "ada"
        )
        wrong = BoardReplacementCreate.model_validate(body | {"deployment": "else"})
        with pytest.raises(IncompatibleReplacement, match="cells/2 cannot replace else/1"):
            await board_packages.replace(services, board, 2, wrong, "bob")
        assert names(database) == ["cells/1", "else/1"]
        assert board_models.get(database, board, 2).unlocked_at is None
        done = await board_packages.replace(
            services, board, 2, BoardReplacementCreate.model_validate(body), "bob"
        )
        assert done.packaged is not None
        assert done.packaged.made
        assert done.replacement.deployment.package == "cells/2"
        history = deployments.history(database, "live")
        assert [period.package for period in history] == ["cells/1", "cells/2"]
        assert (history[1].reason, history[1].note) == ("accuracy", "better")
        running = [found["package_id"] for found in services.pool.stats() if found["running"]]
        assert running == [done.packaged.package.id]
        assert first.package.id not in running

    run(job)


def test_packages_outlive_their_leaderboard_and_a_deleted_package_can_be_made_again(
    database: Database, artifacts: ArtifactStore, board: int
) -> None:
    made = board_packages.register(database, board, 1, BoardPackageCreate(), "ada").package
    packages.remove(database, artifacts, made.id)
    again = board_packages.register(database, board, 1, BoardPackageCreate(), "ada")
    assert (again.made, again.package.version) == (True, 2)
    leaderboards.remove(database, artifacts, board)
    assert blobs.collect_orphans(database, artifacts) == 0
    kept = packages.get(database, again.package.id)
    for file in kept.files:
        assert sum(map(len, artifacts.chunks(file.sha256))) == file.size
    packages.remove(database, artifacts, kept.id)
    assert list(artifacts.hashes()) == []


def test_an_archived_package_is_not_deployed(run: Run, database: Database, board: int) -> None:
    from jupyter_registry.domain.entities import PackageUpdate

    made = board_packages.register(database, board, 1, BoardPackageCreate(), "ada").package
    packages.update(database, made.id, PackageUpdate(archived=True))

    async def job(services: Services) -> None:
        with pytest.raises(PackageArchived):
            await board_packages.deploy(services, board, 1, wanted(), "ada")

    run(job)
    assert names(database) == []

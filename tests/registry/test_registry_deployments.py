"""Deployments without HTTP: what happens when several things happen at once, on both databases."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from jupyter_registry.domain.entities import (
    DeploymentCreate,
    DeploymentUpdate,
    KeyCreate,
    ReplacementCreate,
    RollbackCreate,
)
from jupyter_registry.domain.errors import AlreadyExists, Conflict, DeploymentNotFound, InvalidInput
from jupyter_registry.domain.kinds import DeploymentState
from jupyter_registry.registry import actuals, assess, deployments, keys, replacement, reports
from jupyter_registry.registry.environments import Runtime
from jupyter_registry.registry.keys import KeyRing
from jupyter_registry.registry.services import Services
from jupyter_registry.store.database import Database

Run = Callable[[Callable[[Services], Awaitable[Any]]], Any]
Register = Callable[..., Any]


def label(text: str, package_id: int) -> DeploymentCreate:
    return DeploymentCreate(package_id=package_id, label=text)


async def outcomes(*jobs: Awaitable[Any]) -> tuple[list[Any], list[BaseException]]:
    found = await asyncio.gather(*jobs, return_exceptions=True)
    failed = [item for item in found if isinstance(item, BaseException)]
    return [item for item in found if not isinstance(item, BaseException)], failed


def test_of_equal_labels_at_once_one_is_made(run: Run, register: Register) -> None:
    package = register("m").id

    async def job(services: Services) -> None:
        wanted = label("same", package)
        made, failed = await outcomes(
            *(deployments.create(services, wanted, "ada") for _ in range(6))
        )
        assert len(made) == 1
        assert {type(error) for error in failed} == {AlreadyExists}

    run(job)


def test_of_archived_ones_with_a_label_one_comes_back(run: Run, register: Register) -> None:
    package = register("m").id

    async def job(services: Services) -> None:
        made = []
        for _ in range(4):
            made.append(await deployments.create(services, label("same", package), "ada"))
            body = DeploymentUpdate(state=DeploymentState.ARCHIVED)
            await deployments.update(services, made[-1].id, body)
        body = DeploymentUpdate(state=DeploymentState.ACTIVE)
        back, failed = await outcomes(
            *(deployments.update(services, item.id, body) for item in made)
        )
        assert len(back) == 1
        assert {type(error) for error in failed} == {AlreadyExists}

    run(job)


def test_settings_changed_at_once_stay_consistent(run: Run, register: Register) -> None:
    package = register("m").id

    async def job(services: Services) -> None:
        for i in range(5):
            body = DeploymentCreate(package_id=package, label=f"d{i}", association_id_column="id")
            made = await deployments.create(services, body, "ada")
            _, failed = await outcomes(
                deployments.update(services, made.id, DeploymentUpdate(association_id_column=None)),
                deployments.update(
                    services, made.id, DeploymentUpdate(association_id_required=True)
                ),
            )
            after = deployments.get(services.database, made.id)
            assert after.association_id_column or not after.association_id_required
            assert [type(error) for error in failed] == [InvalidInput]

    run(job)


def test_of_replacements_at_once_one_wins(run: Run, register: Register) -> None:
    packages = [register("m").id for _ in range(6)]

    async def job(services: Services) -> None:
        made = await deployments.create(services, label("d", packages[0]), "ada")
        done, failed = await outcomes(
            *(
                replacement.replace(services, made.id, ReplacementCreate(package_id=p), "ada")
                for p in packages[1:]
            )
        )
        assert done
        assert {type(error) for error in failed} <= {Conflict}
        history = deployments.history(services.database, made.id)
        assert len(history) == 1 + len(done)
        assert [p.end for p in history] == [*(p.start for p in history[1:]), None]
        assert history[-1].package_id == deployments.get(services.database, made.id).package_id

    run(job)


def test_a_rollback_undoes_what_it_was_asked_to_undo(
    run: Run, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = (register("m").id for _ in range(3))

    async def job(services: Services) -> None:
        made = await deployments.create(services, label("d", first), "ada")
        await replacement.replace(services, made.id, ReplacementCreate(package_id=second), "ada")
        previous = replacement._previous

        def meanwhile(database: Database, deployment: Any) -> Any:
            found = previous(database, deployment)
            monkeypatch.setattr(replacement, "_previous", previous)
            champion = deployments.get(database, made.id)
            package = SimpleNamespace(id=third, name="m", version=3)
            order = ReplacementCreate(package_id=third)
            parts = (champion, package, order, Runtime(), "bob", lambda _: third)
            replacement._switch(database, *parts)  # type: ignore[arg-type]
            return found

        monkeypatch.setattr(replacement, "_previous", meanwhile)
        with pytest.raises(Conflict, match="meanwhile"):
            await replacement.roll_back(services, made.id, RollbackCreate(), "ada")
        assert deployments.get(services.database, made.id).package_id == third

    run(job)


def test_a_champion_read_before_a_change_is_not_kept_after_it(
    run: Run, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jupyter_registry.registry import champions

    first, second = (register("m").id for _ in range(2))

    async def job(services: Services) -> None:
        made = await deployments.create(services, label("d", first), "ada")
        read, release = champions._read, threading.Event()

        def slow(services: Services, reference: str) -> Any:
            found = read(services, reference)
            release.wait(30)
            return found

        monkeypatch.setattr(champions, "_read", slow)
        early = asyncio.ensure_future(services.champions.get(services, "d"))
        await asyncio.sleep(0.2)
        monkeypatch.setattr(champions, "_read", read)
        await replacement.replace(services, made.id, ReplacementCreate(package_id=second), "ada")
        release.set()
        assert (await early).package_id == first  # it asked before
        assert (await services.champions.get(services, "d")).package_id == second

    run(job)


def test_a_key_looked_up_while_it_is_revoked_opens_nothing(
    run: Run, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = register("m").id

    async def job(services: Services) -> None:
        made = await deployments.create(services, label("d", package), "ada")
        key = keys.create(services.database, "d", KeyCreate(name="k"), "ada")
        ring, look_up, release = KeyRing(), keys._look_up, threading.Event()
        assert await ring.deployment_of(services, key.key) == made.id
        ring.forget()

        def slow(database: Database, hashed: str) -> Any:
            found = look_up(database, hashed)
            release.wait(30)
            return found

        monkeypatch.setattr(keys, "_look_up", slow)
        early = asyncio.ensure_future(ring.deployment_of(services, key.key))
        await asyncio.sleep(0.2)
        keys.revoke(services.database, "d", key.id)
        ring.forget()
        release.set()
        assert await early is None
        assert await ring.deployment_of(services, key.key) is None
        assert await ring.deployment_of(services, "jrk_other") is None

    run(job)


def test_a_label_that_is_not_there_suggests_one_that_is(run: Run, register: Register) -> None:
    package = register("m").id

    async def job(services: Services) -> None:
        await deployments.create(services, label("churn in the shop", package), "ada")
        with pytest.raises(DeploymentNotFound, match="Did you mean 'churn in the shop'"):
            await services.champions.get(services, "churn in the shp")

    run(job)


class Table:
    """Rows in columns, as bodies become."""

    def __init__(self, **columns: list[Any]) -> None:
        self.columns = columns
        self.n = len(next(iter(columns.values()), []))


def test_reports_and_actuals_end_in_accuracy(run: Run, register: Register) -> None:
    package = register("m").id

    async def job(services: Services) -> None:
        await deployments.create(services, label("d", package), "ada")
        champion = await services.champions.get(services, "d")
        n = 3_000
        ids = [f"a{i}" for i in range(n)]
        scores = [i / n for i in range(n)]
        parts = [slice(at, at + 1000) for at in range(0, n, 1000)]
        batches = [Table(association_id=ids[part], probability=scores[part]) for part in parts]
        known = ["yes" if score >= 0.5 else "no" for score in scores[:2000]]
        truth = Table(
            association_id=[*ids[:2000], "early", None],
            value=[*known, "no", "no"],
        )

        def read() -> Iterator[Table]:
            return iter(batches)

        def both() -> tuple[Any, Any, Any]:
            return (
                reports.report(services, champion, read),
                actuals.record(services, champion, lambda: iter([truth])),
                reports.report(services, champion, read),
            )

        first, sent, again = await services.in_thread(both)
        assert (first.accepted, first.replaced, first.matched) == (n, 0, 0)
        assert (sent.accepted, sent.matched, sent.waiting, sent.rejected) == (2001, 2000, 1, 1)
        assert (again.accepted, again.replaced, again.matched) == (n, n, 2000)
        found = await services.in_thread(assess.accuracy, services.database, "d")
        assert found["overall"]["n"] == 2000
        assert found["overall"]["n_predicted"] == n
        assert found["overall"]["metrics"]["accuracy"]["value"] == 1.0
        await services.in_thread(assess.rebuild, services.database, "d")
        assert await services.in_thread(assess.accuracy, services.database, "d") == found

    run(job)

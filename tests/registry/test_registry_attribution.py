"""Whose reported predictions are: by their time in the deployment's history, or as named."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from sqlmodel import col, select

from jupyter_registry.domain.entities import ReplacementCreate
from jupyter_registry.domain.errors import InvalidInput, InvalidRows
from jupyter_registry.monitoring.cursor import reading
from jupyter_registry.registry import actuals, assess, deployments, replacement, reports
from jupyter_registry.registry.services import Services
from jupyter_registry.store.database import Database
from jupyter_registry.store.tables import DeploymentPeriod

from .test_registry_deployments import Table, label

#: When the three periods of `served` start.
STARTS = [datetime(2026, month, 1, tzinfo=UTC) for month in (1, 2, 3)]
INSTANT = timedelta(microseconds=1)


@pytest.fixture
def served(register: Callable[..., Any]) -> Callable[..., Any]:
    """Deploy m/1, replace it by m/2, and by m/1 again, on the first days of three months."""

    async def made(services: Services) -> tuple[int, int]:
        first, second = register("m").id, register("m", prediction_threshold=0.8).id
        await deployments.create(services, label("d", first), "ada")
        for package_id in (second, first):
            await replacement.replace(
                services, "d", ReplacementCreate(package_id=package_id), "ada"
            )
        with services.database.write() as session:
            periods = session.scalars(select(DeploymentPeriod).order_by(col(DeploymentPeriod.id)))
            for period, start, end in zip(periods, STARTS, [*STARTS[1:], None], strict=True):
                period.start, period.end = start, end
        services.champions.forget()
        return first, second

    return made


def rows(ids: Iterable[str], times: Iterable[datetime], score: float = 0.7) -> Table:
    stamps = [moment.isoformat() for moment in times]
    names = list(ids)
    return Table(association_id=names, timestamp=stamps, probability=[score] * len(names))


async def report(services: Services, *tables: Table, **options: Any) -> Any:
    champion = await services.champions.get(services, "d")
    return await services.in_thread(
        lambda: reports.report(services, champion, lambda: iter(tables), **options)
    )


def recorded(database: Database) -> dict[str, tuple[int, int]]:
    """Package and predicted class by association ID."""
    with reading(database.log_engine) as cursor:
        found = cursor.all("SELECT association_id, package_id, label FROM prediction")
    return {name: (package, int(index)) for name, package, index in found}


def test_a_row_is_of_the_package_in_service_at_its_time(run: Any, served: Any) -> None:
    async def job(services: Services) -> None:
        first, second = await served(services)
        times = {
            "long before": datetime(2020, 5, 5, tzinfo=UTC),
            "just before": STARTS[0] - INSTANT,
            "first": STARTS[0],
            "end of first": STARTS[1] - INSTANT,
            "second": STARTS[1],
            "end of second": STARTS[2] - INSTANT,
            "third": STARTS[2],
            "to come": datetime(2100, 1, 1, tzinfo=UTC),
        }
        sent = await report(services, rows(times, times.values()))
        assert (sent.accepted, sent.replaced) == (8, 0)
        # 0.7 is above the first package's threshold and below the second's
        seconds = {"second", "end of second"}
        wanted = {name: (second, 0) if name in seconds else (first, 1) for name in times}
        assert recorded(services.database) == wanted
        # again, in another order: nothing changes
        sent = await report(services, rows(reversed(times), reversed(times.values())))
        assert (sent.accepted, sent.replaced) == (8, 8)
        assert recorded(services.database) == wanted
        # without a time it is now
        await report(services, Table(association_id=["now"], probability=[0.7]))
        assert recorded(services.database)["now"] == (first, 1)
        by_package = [
            assess.accuracy(services.database, "d", package_id=package_id)["overall"]
            for package_id in (first, second)
        ]
        assert [found["n_predicted"] for found in by_package] == [7, 2]

    run(job)


def test_the_package_may_be_named(run: Any, served: Any, register: Any) -> None:
    async def job(services: Services) -> None:
        first, second = await served(services)
        await report(services, rows("a", [STARTS[2]]), package_id=second)
        await report(services, rows("b", [STARTS[1]]), package_id=first)
        assert recorded(services.database) == {"a": (second, 0), "b": (first, 1)}
        other = register("m").id
        for stranger in (other, -1, 10**12):
            with pytest.raises(InvalidInput, match="never in service") as refused:
                await report(services, rows("c", [STARTS[1]]), package_id=stranger)
            assert refused.value.fields["known"] == [first, second]
        assert set(recorded(services.database)) == {"a", "b"}

    run(job)


def test_of_the_same_id_by_several_packages_the_last_row_counts(run: Any, served: Any) -> None:
    async def job(services: Services) -> None:
        first, second = await served(services)
        sent = await report(
            services, rows("abaca", [STARTS[0], STARTS[1], STARTS[1], STARTS[2], STARTS[0]])
        )
        assert (sent.accepted, sent.replaced) == (5, 2)
        assert recorded(services.database) == {
            "a": (first, 1), "b": (second, 0), "c": (first, 1)
        }  # fmt: skip
        sent = await report(services, rows("cac", [STARTS[0], STARTS[1], STARTS[1]]))
        assert (sent.accepted, sent.replaced) == (3, 3)
        assert recorded(services.database)["a"] == recorded(services.database)["c"] == (second, 0)

    run(job)


def test_a_bad_row_is_counted_from_the_first_row_of_all(run: Any, served: Any) -> None:
    async def job(services: Services) -> None:
        await served(services)
        table = rows("abcd", [STARTS[2], STARTS[1], STARTS[0], STARTS[1]])
        table.columns["probability"][3] = 1.5
        with pytest.raises(InvalidRows) as refused:
            await report(services, rows("xy", [STARTS[0]] * 2), table)
        assert [item["row"] for item in refused.value.fields["rejected"]] == [5]
        assert recorded(services.database) == {}

    run(job)


@pytest.mark.parametrize("seed", range(3))
def test_whatever_the_order_it_is_as_rebuilt(run: Any, served: Any, seed: int) -> None:
    """Reports of all periods, some again with other scores, mixed with actuals."""

    async def job(services: Services) -> None:
        first, second = await served(services)
        rng = np.random.default_rng(seed)
        n, wanted = 400, {}
        when = {f"i{i}": STARTS[0] + timedelta(hours=float(rng.uniform(-500, 2000)))
                for i in range(n)}  # fmt: skip
        for _ in range(12):
            ids = [f"i{i}" for i in rng.integers(0, n, 80)]
            if rng.random() < 0.4:
                table = Table(association_id=ids, value=list(rng.choice(["no", "yes"], len(ids))))
                champion = await services.champions.get(services, "d")
                await services.in_thread(
                    actuals.record, services, champion, lambda table=table: iter([table])
                )
                continue
            sent = await report(
                services, rows(ids, [when[name] for name in ids], float(rng.random()))
            )
            assert sent.accepted - sent.replaced == len(set(ids) - set(wanted))
            for name in ids:
                of_second = STARTS[1] <= when[name] < STARTS[2]
                wanted[name] = second if of_second else first
        assert {name: of for name, (of, _) in recorded(services.database).items()} == wanted
        found = [assess.accuracy(services.database, "d", package_id=package_id)
                 for package_id in (None, first, second)]  # fmt: skip
        assert [item["overall"]["n_predicted"] for item in found[1:]] == [
            sum(of == package_id for of in wanted.values()) for package_id in (first, second)
        ]
        assess.rebuild(services.database, "d")
        assert found == [assess.accuracy(services.database, "d", package_id=package_id)
                         for package_id in (None, first, second)]  # fmt: skip

    run(job)

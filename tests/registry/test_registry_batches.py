"""Bodies of many rows whose recording fails on the way: what stays is said."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from sqlalchemy import create_engine, make_url

from jupyter_registry.domain.errors import InvalidInput, StorageUnavailable
from jupyter_registry.monitoring.rows import ActualRows
from jupyter_registry.registry import batches, deployments
from jupyter_registry.registry.services import Services

from .test_registry_deployments import Table, label


def test_a_body_is_read_to_its_end_before_its_first_row_is_given() -> None:
    def small() -> Iterator[Table]:
        yield Table(a=[1, 2])
        yield Table()
        yield Table(a=[3])

    assert [table.columns["a"] for table in batches.in_whole(small)] == [[1, 2], [3]]
    readings = []

    def large() -> Iterator[Table]:
        readings.append(0)
        for _ in range(3):
            readings[-1] += 1
            yield Table(a=[0] * batches.KEPT_ROWS)

    assert sum(table.n for table in batches.in_whole(large)) == 3 * batches.KEPT_ROWS
    assert readings == [3, 3]

    def broken() -> Iterator[Table]:
        yield Table(a=[1])
        raise InvalidInput("row 2 has no end")

    with pytest.raises(InvalidInput, match="no end"):
        next(batches.in_whole(broken))


@pytest.mark.parametrize("migrated_url", ["postgresql"], indirect=True)
def test_a_database_that_fails_on_the_way(
    run: Any, register: Any, migrated_url: str, request: pytest.FixtureRequest
) -> None:
    package = register("m").id
    admin = create_engine(request.getfixturevalue("postgres_server"), isolation_level="AUTOCOMMIT")
    name = make_url(migrated_url).database

    def allow(yes: bool) -> None:
        with admin.connect() as connection:
            connection.exec_driver_sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {yes}")
            if not yes:
                connection.exec_driver_sql(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    f"WHERE datname = '{name}' AND backend_type = 'client backend'"
                )

    async def job(services: Services) -> None:
        await deployments.create(services, label("d", package), "ada")
        champion = await services.champions.get(services, "d")

        def rows(cut: int | None) -> Iterator[ActualRows]:
            for part in range(5):
                if part == cut:
                    # the batch before this one is on its way: let it arrive
                    services.recorder.record(champion.tracked, ActualRows(["x"], np.ones(1)))
                    while not services.recorder._queue.empty():
                        time.sleep(0.01)
                    allow(False)
                yield ActualRows([f"{part}-{i}" for i in range(10)], np.ones(10))

        def failing(cut: int) -> StorageUnavailable:
            try:
                with pytest.raises(StorageUnavailable) as failed:
                    batches.recorded(services, champion, rows(cut))
                return failed.value
            finally:
                allow(True)

        nothing = await services.in_thread(failing, 0)
        assert "recorded" not in nothing.fields
        partly = await services.in_thread(failing, 3)
        assert partly.fields["recorded"] in (20, 30)  # the third may have been cut off
        assert "no row counts twice" in partly.advice
        again = await services.in_thread(lambda: batches.recorded(services, champion, rows(None)))
        assert again.accepted == 50
        assert again.replaced >= partly.fields["recorded"]

    try:
        run(job)
    finally:
        allow(True)
        admin.dispose()

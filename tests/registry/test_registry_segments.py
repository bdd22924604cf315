"""Segment columns of deployments: as they were before there were any, and what is refused."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from jupyter_registry.domain.errors import InvalidInput
from jupyter_registry.monitoring.health import HealthCounter
from jupyter_registry.registry import assess, deployments
from jupyter_registry.registry.deployment_search import search
from jupyter_registry.registry.deployment_status import Statuses
from jupyter_registry.registry.segments import check_columns


def test_a_deployment_older_than_segments(database, register, deploy) -> None:
    number = deploy(register().id)
    with database.write() as session:
        session.execute(text("UPDATE deployment SET segment_columns = NULL"))
    assert deployments.get(database, number).segment_columns == []
    health = HealthCounter(database)
    (item,) = search(database, Statuses(database, health))["items"]
    health.close()
    assert item["segment_columns"] == []
    assert assess.segments_of(database, number)["columns"] == []
    with pytest.raises(InvalidInput, match="not a segment column") as caught:
        assess.accuracy(database, number, segment="city", segment_value="Oslo")
    assert caught.value.fields["known"] == []


@pytest.mark.parametrize("names", [[], ["a"], ["a", "b", "c", "d", "é e"]])
def test_columns_that_may_be(names) -> None:
    check_columns(names, None)
    check_columns(names, "id")


@pytest.mark.parametrize("names", [list("abcdef"), ["a", "a"], [""], ["id"], ["x" * 501], ["\0"]])
def test_columns_that_may_not_be(names) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_columns(names, "id")
    assert caught.value.fields.keys() == {"segment_columns"}
    assert caught.value.advice

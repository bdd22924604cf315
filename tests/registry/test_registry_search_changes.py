"""Search while packages change, and what it refuses: cursors, sorts, sizes."""

from __future__ import annotations

import pytest

from jupyter_registry.domain.entities import PackageUpdate
from jupyter_registry.domain.errors import InvalidInput
from jupyter_registry.registry import packages
from jupyter_registry.registry.search import PackageFilter, search_packages
from jupyter_registry.store.database import Database


def test_pages_are_stable_while_packages_come_and_go(
    database: Database, artifacts, register
) -> None:
    ids = [register(f"m{i}").id for i in range(10)]
    first = search_packages(database, limit=4)
    register("new")
    packages.remove(database, artifacts, first["items"][-1]["id"])
    second = search_packages(database, limit=100, cursor=first["next_cursor"])
    assert [item["id"] for item in second["items"]] == ids[5::-1]


def test_the_text_follows_changes(database: Database, artifacts, register) -> None:
    package = register(description="about turnips", tags={"season": "autumn"})

    def found(q: str) -> bool:
        return bool(search_packages(database, PackageFilter(q=q))["items"])

    assert all(found(q) for q in ("turnips", "TURN", "season:autumn", "churn", "left"))
    packages.update(database, package.id, PackageUpdate(description="about leeks"))
    assert found("leeks")
    assert found("autumn")
    assert not found("turnips")
    packages.update(database, package.id, PackageUpdate(tags={}))
    assert not found("autumn")
    packages.remove(database, artifacts, package.id)
    assert not found("leeks")


@pytest.mark.parametrize(
    "cursor",
    ["x", "", "W10", "bnVsbA", "WyItY3JlYXRlZF9hdCJd", "\ud800", "WyItY3JlYXRlZF9hdCIsMSwyXQ"],
)
def test_what_is_no_cursor(database: Database, cursor: str) -> None:
    if cursor:
        with pytest.raises(InvalidInput) as caught:
            search_packages(database, cursor=cursor)
        assert "cursor" in caught.value.fields


def test_a_cursor_of_another_sort(database: Database, register) -> None:
    register()
    register()
    cursor = search_packages(database, sort="name", limit=1)["next_cursor"]
    with pytest.raises(InvalidInput, match="sorted by 'name'"):
        search_packages(database, sort="-name", cursor=cursor)


def test_unknown_sorts_and_sizes(database: Database) -> None:
    with pytest.raises(InvalidInput, match=r"Did you mean 'created_at'"):
        search_packages(database, sort="-created")
    for limit in (0, -1, 1001):
        with pytest.raises(InvalidInput):
            search_packages(database, limit=limit)
    with pytest.raises(InvalidInput):
        search_packages(database, PackageFilter(q="\0"))

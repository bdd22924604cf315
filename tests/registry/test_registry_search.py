"""Search: every filter, sort and page equals a plain reading of all packages, by every plan."""

from __future__ import annotations

import itertools
import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from jupyter_registry.domain.entities import PackagePage, PackageUpdate
from jupyter_registry.domain.errors import InvalidInput
from jupyter_registry.domain.kinds import PackageKind, TargetType
from jupyter_registry.registry import models, packages, search
from jupyter_registry.registry.latest import mark_latest
from jupyter_registry.registry.package_rows import fold, search_text
from jupyter_registry.registry.search import SORTS, PackageFilter, search_packages
from jupyter_registry.store.database import Database, open_database
from jupyter_registry.store.tables import (
    Deployment,
    ModelAlias,
    ModelPackage,
    PackageTag,
    RegisteredModel,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
WORDS = ["churn", "Fraud", "of", "customers", "Ärger", "50%", "a_b", 'say "hi"', "x1", "straße"]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """300 packages with their facts as dictionaries."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('search')}/registry.db"
    else:
        server = request.getfixturevalue("postgres_server")
        from sqlalchemy import create_engine, make_url

        admin = create_engine(server, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.exec_driver_sql("CREATE DATABASE search")
        url = make_url(server).set(database="search").render_as_string(hide_password=False)
    database = open_database(url)
    facts = list(_fill(database))
    yield database, facts
    database.close()
    if request.param == "postgresql":
        with admin.connect() as connection:
            connection.exec_driver_sql("DROP DATABASE search WITH (FORCE)")
        admin.dispose()


def _fill(database: Database):
    chance = random.Random(7)
    with database.write() as session:
        models = [RegisteredModel(name=f"model {i}") for i in range(12)]
        session.add_all(models)
        session.flush()
        for number in range(300):
            model = chance.choice(models)
            model.last_version += 1
            tags = {}
            if chance.random() < 0.5:
                tags["team"] = chance.choice(["risk", "sales"])
            if chance.random() < 0.1:
                tags["gold"] = ""
            description = " ".join(chance.choices(WORDS, k=3))
            package = ModelPackage(
                model_id=model.id,
                name=model.name,
                version=model.last_version,
                kind=chance.choice(list(PackageKind)),
                target_name=chance.choice(["left", "late"]),
                target_type=chance.choice(list(TargetType)),
                description=description,
                signature=[{"name": "x", "dtype": "number", "nullable": False}],
                created_at=START + timedelta(hours=chance.randrange(100)),
                created_by=chance.choice(["ada", "bob"]),
                archived_at=START if chance.random() < 0.15 else None,
            )
            package.search_text = search_text(model.name, package.target_name, description, tags)
            session.add(package)
            session.flush()
            session.add_all(
                PackageTag(package_id=package.id, key=k, value=v) for k, v in tags.items()
            )
            aliases = ["champion"] if number % 30 == 0 and number < 300 else []
            for alias in aliases:
                alias = f"{alias}{number}" if number % 60 else alias
                if alias == "champion" and number:
                    aliases = []
                    break
                aliases = [alias]
                session.add(ModelAlias(model_id=model.id, alias=alias, package_id=package.id))
            state = chance.choice(["active", "archived", None, None])
            if state:
                session.add(Deployment(label=f"d{number}", package_id=package.id, state=state))
            yield {
                "id": package.id,
                "name": package.name,
                "version": package.version,
                "kind": package.kind,
                "target_name": package.target_name,
                "target_type": package.target_type,
                "created_at": package.created_at,
                "created_by": package.created_by,
                "archived": package.archived_at is not None,
                "tags": tags,
                "aliases": aliases,
                "deployed": state == "active",
                "text": package.search_text,
            }
        for model in models:
            mark_latest(session, model.id)


def expected(facts: list[dict[str, Any]], wanted: PackageFilter, sort: str) -> list[int]:
    newest: dict[str, int] = {}
    for fact in facts:
        if not fact["archived"]:
            newest[fact["name"]] = max(fact["version"], newest.get(fact["name"], 0))

    aliases: dict[str, set[str]] = {}
    deployed: dict[str, bool] = {}
    for fact in facts:
        # with the latest alone, all versions of the model are looked at
        whose = fact["name"] if wanted.latest else fact["id"]
        aliases.setdefault(whose, set()).update(fact["aliases"])
        deployed[whose] = deployed.get(whose, False) or fact["deployed"]

    def passes(fact: dict[str, Any]) -> bool:
        whose = fact["name"] if wanted.latest else fact["id"]
        tests = [
            not wanted.latest or newest.get(fact["name"]) == fact["version"],
            wanted.name in (None, fact["name"]),
            wanted.kind in (None, fact["kind"]),
            wanted.target in (None, fact["target_name"]),
            wanted.target_type in (None, fact["target_type"]),
            wanted.creator in (None, fact["created_by"]),
            wanted.alias is None or wanted.alias in aliases[whose],
            wanted.deployed in (None, deployed[whose]),
            wanted.archived in (None, fact["archived"]),
            wanted.created_after is None or fact["created_at"] >= wanted.created_after,
            wanted.created_before is None or fact["created_at"] < wanted.created_before,
            all(word in fact["text"] for word in fold(wanted.q or "").split()),
        ]
        for tag in wanted.tags:
            key, colon, value = tag.partition(":")
            tests.append(key in fact["tags"] and (not colon or fact["tags"][key] == value))
        return all(tests)

    columns = SORTS[sort.removeprefix("-")]
    kept = sorted(
        (fact for fact in facts if passes(fact)),
        key=lambda fact: tuple(fact[column] for column in columns),
        reverse=sort.startswith("-"),
    )
    return [fact["id"] for fact in kept]


def everything(
    database: Database, wanted: PackageFilter, sort: str, limit: int = 1000
) -> list[dict[str, Any]]:
    items, cursor = [], None
    while True:
        page = search_packages(database, wanted, sort=sort, limit=limit, cursor=cursor)
        assert len(page["items"]) <= limit
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items
        assert len(page["items"]) == limit


FILTERS = {
    "all": PackageFilter(archived=None),
    "default": PackageFilter(),
    "archived": PackageFilter(archived=True),
    "name": PackageFilter(name="model 3"),
    "kind": PackageFilter(kind=PackageKind.CUSTOM),
    "target": PackageFilter(target="late", target_type=TargetType.BINARY),
    "tag": PackageFilter(tags=["team:risk"]),
    "tag key": PackageFilter(tags=["gold"]),
    "tag without value": PackageFilter(tags=["gold:"]),
    "two tags": PackageFilter(tags=["team", "gold"]),
    "no such tag": PackageFilter(tags=["team:ops"]),
    "alias": PackageFilter(alias="champion", archived=None),
    "creator": PackageFilter(creator="bob", kind=PackageKind.NATIVE),
    "deployed": PackageFilter(deployed=True),
    "not deployed": PackageFilter(deployed=False, tags=["gold"]),
    "after": PackageFilter(created_after=START + timedelta(hours=80)),
    "between": PackageFilter(
        created_after=START + timedelta(hours=20),
        created_before=START + timedelta(hours=60),
        kind=PackageKind.EXTERNAL,
    ),
    "word": PackageFilter(q="churn"),
    "part of a word": PackageFilter(q="USTOM"),
    "words": PackageFilter(q=" customers\tFRAUD "),
    "short word": PackageFilter(q="x1"),
    "short and long": PackageFilter(q="of churn"),
    "umlaut": PackageFilter(q="ÄRGER"),
    "decomposed": PackageFilter(q="a\u0308rger"),
    "sharp s": PackageFilter(q="STRASSE"),
    "percent": PackageFilter(q="50%"),
    "underscore": PackageFilter(q="a_b"),
    "quotes": PackageFilter(q='"hi"'),
    "operators": PackageFilter(q="churn AND NOT fraud*"),
    "tag in text": PackageFilter(q="team:risk"),
    "name in text": PackageFilter(q="model 7"),
    "nothing": PackageFilter(q="no such word anywhere"),
    "latest": PackageFilter(latest=True),
    "latest of all": PackageFilter(latest=True, archived=None),
    "latest with words": PackageFilter(latest=True, q="churn", kind=PackageKind.CUSTOM),
    "latest with tag": PackageFilter(latest=True, tags=["team"]),
    "latest with alias": PackageFilter(latest=True, alias="champion"),
    "latest deployed": PackageFilter(latest=True, deployed=True),
    "latest not deployed": PackageFilter(latest=True, deployed=False),
    "many": PackageFilter(
        q="churn", kind=PackageKind.CUSTOM, tags=["team"], creator="ada", deployed=False
    ),
}


@pytest.mark.parametrize("few", [0, 10, 2_500])
@pytest.mark.parametrize("name", FILTERS)
def test_filters_by_every_plan(filled, name: str, few: int, monkeypatch) -> None:
    monkeypatch.setattr(search, "FEW", few)
    database, facts = filled
    for sort in ("-created_at", "created_at", "name", "-version"):
        got = [item["id"] for item in everything(database, FILTERS[name], sort)]
        assert got == expected(facts, FILTERS[name], sort), sort


@pytest.mark.parametrize(
    ("sort", "name"),
    list(
        itertools.product(
            [sign + sort for sort in SORTS for sign in ("", "-")], ["all", "tag", "word", "kind"]
        )
    ),
)
def test_pages_of_every_sort_join_to_the_whole(filled, sort: str, name: str) -> None:
    database, facts = filled
    got = [item["id"] for item in everything(database, FILTERS[name], sort, limit=7)]
    assert got == expected(facts, FILTERS[name], sort)


@pytest.mark.parametrize("far", [0, 1_000])
@pytest.mark.parametrize("name", ["default", "latest", "tag", "short and long", "deployed", "kind"])
def test_items_left_out_and_counted(filled, name: str, far: int, monkeypatch) -> None:
    monkeypatch.setattr(search, "FAR", far)
    monkeypatch.setattr(search, "FEW", 0)
    database, facts = filled
    for sort in ("-created_at", "name"):
        whole = expected(facts, FILTERS[name], sort)
        for offset in (0, 1, 5, len(whole) - 1, len(whole), len(whole) + 50):
            page = search_packages(
                database, FILTERS[name], sort=sort, limit=4, offset=offset, total=True
            )
            assert [item["id"] for item in page["items"]] == whole[offset : offset + 4]
            assert page["total"] == len(whole)
            assert (page["next_cursor"] is None) == (offset + 4 >= len(whole))
        first = search_packages(database, FILTERS[name], sort=sort, limit=3)
        assert first["total"] is None
        if first["next_cursor"]:
            after = search_packages(
                database, FILTERS[name], sort=sort, limit=3, cursor=first["next_cursor"],
                offset=2, total=True,
            )  # fmt: skip
            assert [item["id"] for item in after["items"]] == whole[5:8]
            assert after["total"] == len(whole)


def test_counts_by_every_plan(filled) -> None:
    database, facts = filled
    for name, wanted in FILTERS.items():
        found = search_packages(database, wanted, limit=1, total=True)["total"]
        assert found == len(expected(facts, wanted, "name")), name


def test_latest_follows_what_is_registered_archived_and_deleted(
    database: Database, artifacts, register
) -> None:
    def latest() -> list[tuple[str, int]]:
        page = search_packages(database, PackageFilter(latest=True), sort="name")
        return [(item["name"], item["version"]) for item in page["items"]]

    one, two, three = (register("a") for _ in range(3))
    register("b")
    assert latest() == [("a", 3), ("b", 1)]
    packages.update(database, three.id, PackageUpdate(archived=True))
    assert latest() == [("a", 2), ("b", 1)]
    packages.remove(database, artifacts, two.id)
    assert latest() == [("a", 1), ("b", 1)]
    packages.update(database, three.id, PackageUpdate(archived=False))
    assert latest() == [("a", 3), ("b", 1)]
    packages.remove(database, artifacts, three.id)
    packages.update(database, one.id, PackageUpdate(archived=True))
    assert latest() == [("b", 1)]
    assert register("a").version == 4
    assert latest() == [("a", 4), ("b", 1)]


def test_latest_has_aliases_and_deployments_of_all_versions(
    database: Database, register, deploy
) -> None:
    for version, alias in ((1, "champion"), (2, "challenger"), (3, None)):
        package = register("a")
        if version < 3:
            deploy(package.id, f"{version} of a")
            deploy(package.id, f"{version} again")
        if alias:
            models.set_alias(database, "a", alias, version)
    register("b")
    a, b = search_packages(database, PackageFilter(latest=True), sort="name")["items"]
    assert a["aliases"] == []
    assert a["model_aliases"] == {"champion": 1, "challenger": 2}
    assert (a["deployed"], a["model_deployed"]) == (False, [1, 2])
    b = PackagePage.model_validate({"items": [b]}).items[0]
    assert (b.model_aliases, b.model_deployed) == ({}, [])

    def names(**filters: Any) -> list[str]:
        page = search_packages(database, PackageFilter(latest=True, **filters), total=True)
        assert page["total"] == len(page["items"])
        return [item["name"] for item in page["items"]]

    assert (names(deployed=True), names(deployed=False)) == (["a"], ["b"])
    assert (names(alias="champion"), names(alias="nobody")) == (["a"], [])


def test_no_archived_package_is_the_latest(database: Database) -> None:
    with pytest.raises(InvalidInput, match="latest"):
        search_packages(database, PackageFilter(latest=True, archived=True))
    for offset in (-1, 2**31):
        with pytest.raises(InvalidInput) as refused:
            search_packages(database, offset=offset)
        assert "offset" in refused.value.fields


def test_random_combinations(filled) -> None:
    database, facts = filled
    chance = random.Random(3)
    some: dict[str, list[Any]] = {
        "q": ["churn", "of", "fraud customers"],
        "kind": list(PackageKind),
        "target": ["left", "late"],
        "target_type": list(TargetType),
        "tags": [["team:risk"], ["gold"], ["team:sales", "gold"]],
        "creator": ["ada", "bob"],
        "deployed": [True, False],
        "archived": [True, False, None],
        "created_after": [START + timedelta(hours=30)],
        "created_before": [START + timedelta(hours=70)],
    }
    for _ in range(60):
        chosen = chance.sample(sorted(some), k=chance.randrange(1, 5))
        wanted = PackageFilter(**{name: chance.choice(some[name]) for name in chosen})
        sort = chance.choice(["", "-"]) + chance.choice(list(SORTS))
        got = [item["id"] for item in everything(database, wanted, sort, limit=23)]
        assert got == expected(facts, wanted, sort), (wanted, sort)


def test_items_are_summaries_ready_for_json(filled) -> None:
    database, facts = filled
    page = search_packages(database, PackageFilter(archived=None), sort="created_at", limit=300)
    parsed = PackagePage.model_validate(json.loads(json.dumps(page)))
    known = {fact["id"]: fact for fact in facts}
    for item in parsed.items:
        fact = known[item.id]
        assert (item.tags, item.aliases, item.deployed, item.archived_at is not None) == (
            fact["tags"],
            fact["aliases"],
            fact["deployed"],
            fact["archived"],
        )
        assert item.created_at == fact["created_at"]
        assert (item.kind, item.target_type) == (fact["kind"], fact["target_type"])
        assert (
            packages.get(database, item.id).model_dump(include=set(type(item).model_fields))
            == item.model_dump()
        )


def test_without_the_text_index_search_scans(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    with database.write() as session:
        for name in ("insert", "delete", "update"):
            session.execute(text(f"DROP TRIGGER package_search_{name}"))
        session.execute(text("DROP TABLE package_search"))
    facts = list(_fill(database))
    assert not database.has_text_index
    got = [item["id"] for item in everything(database, PackageFilter(q="churn of"), "name")]
    assert got == expected(facts, PackageFilter(q="churn of"), "name")
    database.close()

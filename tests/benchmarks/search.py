"""Get by alias, first pages of filtered searches, far pages, counts: HTTP, 100,000 packages."""

from __future__ import annotations

from collections.abc import Iterator

from . import live
from .figure import Figure
from .load import measure, request_bytes

PACKAGES = 100_000
SEARCHES = {
    "kind and tag": "kind=external&tag=team:risk",
    "target type, deployed": "target_type=binary&deployed=false",
    "free text, common word": "q=churn",
    "free text, rare word": "q=model-04217",
    "sorted by name": "kind=external&sort=name",
}
#: Pages as a list that is scrolled asks for them.
FAR = {
    "first page": "limit=100",
    "page at 50,000": "limit=100&offset=50000",
    "first page, counted": "limit=100&total=true",
    "latest versions, first page": "limit=100&latest=true",
    "latest versions, counted, by name": "limit=100&latest=true&total=true&sort=name",
    "latest versions, page at 5,000, counted": "limit=100&latest=true&offset=5000&total=true",
}


def run() -> Iterator[Figure]:
    """p50 of one keep-alive client each."""
    with live.jupyter_server() as server:
        server.call("GET", "/info")
        _fill(server.database_url)
        headers = {"Authorization": f"token {live.TOKEN}"}
        paths = {"get by alias": "/models/model-04217/aliases/champion"} | {
            f"100 of a search, {name}": f"/packages?limit=100&{query}"
            for name, query in SEARCHES.items()
        }
        for name, path in paths.items():
            request = request_bytes("GET", f"/jupyter-registry/api/v1{path}", **headers)
            measure(server.port, request, 1, 0.5)
            p50 = measure(server.port, request, 1, 3.0)["p50_ms"]
            yield Figure(f"{name}, p50", f"{p50:.2f} ms", "under 5 ms", p50 < 5)
        for name, query in FAR.items():
            request = request_bytes("GET", f"/jupyter-registry/api/v1/packages?{query}", **headers)
            measure(server.port, request, 1, 0.5)
            p50 = measure(server.port, request, 1, 3.0)["p50_ms"]
            yield Figure(f"{name}, p50", f"{p50:.2f} ms", "under 10 ms", p50 < 10)


def _fill(url: str) -> None:
    """10,000 models of ten versions each, written below the API (the API makes one at a time)."""
    from sqlalchemy import insert

    from jupyter_registry.registry.package_rows import search_text
    from jupyter_registry.store.database import open_database
    from jupyter_registry.store.tables import ModelAlias, ModelPackage, PackageTag, RegisteredModel

    themes = ("churn", "fraud", "price", "demand", "delay")
    teams = ("risk", "sales", "ops", "web")
    models, packages, tags, aliases = [], [], [], []
    for m in range(1, PACKAGES // 10 + 1):
        name = f"model-{m:05d}"
        models.append(
            {"id": m, "name": name, "description": "", "created_by": "ada", "last_version": 10}
        )
        for v in range(1, 11):
            n = (m - 1) * 10 + v
            described, team = f"{themes[m % 5]} of customers, variant {v}", teams[n % 4]
            packages.append(
                {
                    "id": n, "model_id": m, "name": name, "version": v, "latest": v == 10,
                    "kind": ("external", "custom", "native")[n % 3],
                    "description": described,
                    "target_name": themes[m % 5], "target_type": ("binary", "regression")[m % 2],
                    "class_labels": ["no", "yes"] if m % 2 == 0 else [],
                    "signature": [{"name": "x", "dtype": "number", "nullable": False}],
                    "created_by": "ada", "size": 0, "provenance": {},
                    "search_text": search_text(name, themes[m % 5], described, {"team": team}),
                }
            )  # fmt: skip
            tags.append({"package_id": n, "key": "team", "value": team})
        aliases.append({"model_id": m, "alias": "champion", "package_id": m * 10})
    database = open_database(url)
    with database.write() as session:
        for table, rows in (
            (RegisteredModel, models),
            (ModelPackage, packages),
            (PackageTag, tags),
            (ModelAlias, aliases),
        ):
            session.connection().execute(insert(table), rows)
    database.close()

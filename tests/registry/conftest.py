"""A database of each kind in turn, an artifact store, and short ways to register."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from jupyter_registry.domain.entities import PackageCreate, PackagePublic
from jupyter_registry.monitoring.health import HealthCounter
from jupyter_registry.monitoring.recorder import Recorder
from jupyter_registry.registry import packages, receiving, uploads
from jupyter_registry.registry.champions import Champions
from jupyter_registry.registry.services import Services, Settings
from jupyter_registry.serving.environments import Environments
from jupyter_registry.serving.pool import WorkerPool
from jupyter_registry.store.artifacts import ArtifactStore
from jupyter_registry.store.database import Database, open_database

Register = Callable[..., PackagePublic]
Run = Callable[[Callable[[Services], Awaitable[Any]]], Any]


@pytest.fixture
def database(migrated_url: str) -> Iterator[Database]:
    opened = open_database(migrated_url)
    yield opened
    opened.close()


@pytest.fixture
def artifacts(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(str(tmp_path / "artifacts"))


@pytest.fixture
def stored_files(tmp_path: Path) -> Callable[[], list[str]]:
    """Every file of the artifact store, temporary ones included."""

    def listed() -> list[str]:
        root = tmp_path / "artifacts"
        return sorted(file for _, _, files in os.walk(root) for file in files)

    return listed


@pytest.fixture
def upload(database: Database, artifacts: ArtifactStore) -> Callable[[dict[str, bytes]], str]:
    """Make an upload with these files; returns its id."""

    def made(files: dict[str, bytes]) -> str:
        begun = uploads.create(database, "ada")
        for path, content in files.items():
            receiving.add_file(database, artifacts, begun.id, path, [content])
        return begun.id

    return made


@pytest.fixture
def register(
    database: Database, artifacts: ArtifactStore, upload: Callable[[dict[str, bytes]], str]
) -> Register:
    """Register an external package, or with ``files`` a custom one; fields override."""

    def made(name: str = "churn", files: dict[str, bytes] | None = None, **fields: Any) -> Any:
        user = fields.pop("user", "ada")
        body: dict[str, Any] = {
            "name": name,
            "kind": "external" if files is None else "custom",
            "target_name": "left",
            "target_type": "binary",
            "class_labels": ["no", "yes"],
        }
        if files is not None:
            body["upload"] = upload(files)
        return packages.register(
            database, artifacts, PackageCreate.model_validate(body | fields), user
        )

    return made


@pytest.fixture
def deploy(database: Database) -> Callable[..., int]:
    """Give a deployment of a package its rows; returns its id."""
    from jupyter_registry.store.tables import Deployment, DeploymentPeriod

    def made(package_id: int, label: str = "d", state: str = "active") -> int:
        with database.write() as session:
            deployment = Deployment(label=label, package_id=package_id, state=state)
            session.add(deployment)
            session.flush()
            session.add(DeploymentPeriod(deployment_id=deployment.id, package_id=package_id))
            return int(deployment.id)

    return made


@pytest.fixture
def run(database: Database, artifacts: ArtifactStore, tmp_path: Path) -> Iterator[Run]:
    """Run a coroutine function with a server's parts."""
    recorder, health = Recorder(database), HealthCounter(database)
    executor = ThreadPoolExecutor(8)

    def running(job: Callable[[Services], Awaitable[Any]]) -> Any:
        async def main() -> Any:
            services = Services(
                database, artifacts, recorder, health, WorkerPool(), Settings(tmp_path / "models"),
                executor, executor, Champions(), Environments(tmp_path / "environments"),
            )  # fmt: skip
            try:
                return await asyncio.wait_for(job(services), 60)
            finally:
                await services.pool.close()

        return asyncio.run(main())

    yield running
    recorder.close()
    health.close()
    executor.shutdown()

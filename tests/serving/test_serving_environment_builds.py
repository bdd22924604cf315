"""Building environments with real uv: limits, a server that goes, what is cleaned up."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import Any

import pytest

from jupyter_registry.domain import requirements
from jupyter_registry.domain.errors import EnvironmentFailed, MissingExtra
from jupyter_registry.serving import uv
from jupyter_registry.serving.environment_folder import EnvironmentFolder, Wanted
from jupyter_registry.serving.environments import BuildLimits, Environments
from jupyter_registry.serving.interpreters import Interpreters, Told
from jupyter_registry.serving.kernelspecs import own_environment

DAYS = 14 * 24 * 3600.0


@pytest.fixture(scope="module")
def base() -> Told:
    return Interpreters().ask(own_environment())


@pytest.fixture
def wanted(base: Told) -> Wanted:
    """An environment that is quickly made."""
    return Wanted(requirements.read({"requirements.txt": "numpy"}, {}), base, 1, "m", 1)


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def build(folder: Path, wanted: Wanted, **options: Any) -> Environments:
    """Build it; the environments are the caller's then."""

    async def main() -> Environments:
        made = Environments(folder, **options)
        await made.ensure(wanted)
        return made

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        (BuildLimits(seconds=0.05), r"longer than 0\.05 seconds"),
        (BuildLimits(bytes=1e6), "1 MB are allowed"),
    ],
)
def test_a_build_beyond_its_limits_is_ended(
    limits: BuildLimits, told: str, wanted: Wanted, tmp_path: Path
) -> None:
    with pytest.raises(EnvironmentFailed, match=told) as caught:
        build(tmp_path, wanted, limits=limits)
    assert "requirements.txt, for Python" in caught.value.fields["traceback"]
    assert left(tmp_path) == []


def test_a_server_that_stops_leaves_nothing_of_a_build(wanted: Wanted, tmp_path: Path) -> None:
    told: list[str] = []

    async def main() -> None:
        made = Environments(tmp_path, tell=lambda action, _: told.append(action))
        asking = asyncio.ensure_future(made.ensure(wanted))
        while not any(name.startswith(".building-") for name in left(tmp_path)):
            await asyncio.sleep(0.005)
        await made.close()
        with pytest.raises(asyncio.CancelledError):
            await asking

    asyncio.run(main())
    assert left(tmp_path) == []
    assert (told[0], told[-1]) == ("created", "updated")


def test_what_no_deployment_uses_goes(wanted: Wanted, tmp_path: Path) -> None:
    files: EnvironmentFolder = build(tmp_path, wanted).files
    key = wanted.key
    assert left(tmp_path) == [key, f"{key}.lock", f"{key}.log"]
    old = time.time() - 2 * DAYS
    os.utime(tmp_path / key, (old, old))
    assert files.sweep({key}, DAYS) == 0
    assert (tmp_path / key).stat().st_mtime > time.time() - 60
    os.utime(tmp_path / key, (old, old))
    files.interpreter(wanted)  # a worker is started
    assert files.sweep(set(), DAYS) == 0
    os.utime(tmp_path / key, (old, old))
    lock = files.lock(key)
    assert lock is not None
    assert files.sweep(set(), DAYS) == 0  # it is being built
    lock.close()
    # what a killed server left
    work = files.new_work(key)
    files.begin(work, wanted)
    os.utime(work, (old, old))
    assert files.sweep(set(), DAYS) == 2
    assert left(tmp_path) == []
    with pytest.raises(EnvironmentFailed, match="not there"):
        files.interpreter(wanted)


def test_uv_gets_to_know_no_secrets() -> None:
    server = {
        "PATH": "/bin", "HOME": "/home/ada", "HTTPS_PROXY": "http://proxy", "UV_CACHE_DIR": "/c",
        "AWS_SECRET_ACCESS_KEY": "s", "JUPYTERHUB_API_TOKEN": "s", "JUPYTER_TOKEN": "s",
        "UV_PUBLISH_TOKEN": "s", "PIP_INDEX_URL": "https://pip.example/simple",
        "PYTHONPATH": "/server", "JUPYTER_REGISTRY_DATABASE_URL": "s",
    }  # fmt: skip
    told = uv.variables(uv.UvRules(), server)
    assert "s" not in told.values()
    assert "PYTHONPATH" not in told
    assert told["UV_CACHE_DIR"] == "/c"
    assert told["UV_DEFAULT_INDEX"] == "https://pip.example/simple"
    own = server | {"UV_DEFAULT_INDEX": "https://uv.example/simple"}
    assert uv.variables(uv.UvRules(), own)["UV_DEFAULT_INDEX"] == "https://uv.example/simple"
    chosen = uv.variables(uv.UvRules("https://user:pass@set.example/simple"), own)
    assert chosen["UV_DEFAULT_INDEX"] == "https://user:pass@set.example/simple"
    log = "Looked in https://user:pass@set.example/simple for it"
    assert uv.without_credentials(log) == "Looked in https://***@set.example/simple for it"


def test_without_uv_the_extra_is_named(
    wanted: Wanted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "uv", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingExtra, match=r"jupyter_registry\[environments\]"):
        build(tmp_path / "environments", wanted)

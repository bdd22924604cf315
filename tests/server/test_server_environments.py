"""Environments built from packages' requirements by real uv, and models that run in them."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

from jupyter_registry import Leaderboard
from jupyter_registry.client import Registry
from jupyter_registry.client.connection import CannotConnect
from jupyter_registry.client.packages import Package
from jupyter_registry.domain.errors import EnvironmentFailed, RequirementsRefused
from jupyter_registry.formats import find_model

from .conftest import Server
from .inspecting import eventually, is_alive
from .listening import listening

#: A model that needs NumPy alone, and says where it runs when it is asked for -1.
CODE = """
import sys
import numpy as np


class Model:
    n_features_in_ = 2

    def __init__(self, weights):
        self.weights = weights

    def predict(self, table):
        table = np.asarray(table, dtype=float)
        if (table == -1).any():
            raise RuntimeError(f"prefix {sys.prefix} numpy {np.__version__}")
        return table @ self.weights[:2] + self.weights[2]


def load_model(code_dir):
    return Model(np.load(f"{code_dir}/weights.npy"))
"""
WEIGHTS = np.array([1.5, -0.25, 3.0])
Make = Callable[..., Package]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("environments")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Iterator[Any]:
    """A server of this module's own, whose environments lie in ``folder``."""
    secrets = {"AWS_SECRET_ACCESS_KEY": "hidden", "JUPYTERHUB_API_TOKEN": "hidden"}
    server = Server(
        tmp_path_factory.mktemp("server"), f"--RegistryApp.environment_folder={folder}", env=secrets
    )
    yield server.start()
    server.stop()


@pytest.fixture(scope="module")
def there(served: Any) -> Iterator[Registry]:
    with Registry(served.root, served.token) as registry:
        yield registry


@pytest.fixture
def make(there: Registry, name: str, tmp_path: Path) -> Make:
    """A package with that model and these requirements."""

    def made(needs: str | None, registry: Registry = there, **files: str) -> Package:
        code = tmp_path / "package"
        code.mkdir(exist_ok=True)
        (code / "custom.py").write_text(CODE)
        np.save(code / "weights.npy", WEIGHTS)
        if needs is not None:
            (code / "requirements.txt").write_text(needs)
        for file, text in files.items():
            (code / f"{file}.yaml").write_text(text)
        return registry.register(
            name, code, target="y", target_type="regression",
            signature={"a": "number", "b": "number"}, input_example=[{"a": 1.0, "b": 2.0}],
            progress=False,
        )  # fmt: skip

    return made


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()


def test_a_model_runs_in_what_its_package_needs(
    make: Make, name: str, folder: Path, served: Any
) -> None:
    package = make("numpy<2.3  # as it was made with\n")
    lines: list[str] = []
    with listening(served) as hears:
        with pytest.warns(UserWarning, match="numpy is to be <2.3"):
            deployment = package.deploy(name, environment="package", log=lines.append)
        told = [hears.next() for _ in range(2)]
    assert [one["action"] for one in told] == ["created", "updated"]
    about = {"entity": "environment", "id": package.id, "name": name, "version": 1}
    assert all(about.items() <= one.items() for one in told)
    assert deployment.environment == "package"
    assert any(line.strip().startswith("+ numpy==") for line in lines)
    rows = pd.DataFrame({"a": [0.1, 2.0, -3.5], "b": [4.0, 0.0, 1e3]})
    answer = deployment.predict(rows, progress=False)
    expected = rows.to_numpy() @ WEIGHTS[:2] + WEIGHTS[2]
    assert answer["prediction"].to_numpy() == pytest.approx(expected, abs=1e-6)
    with pytest.raises(Exception, match="RuntimeError") as caught:
        deployment.predict({"a": [-1.0], "b": [0.0]}, progress=False)
    said = caught.value.fields["traceback"]  # type: ignore[attr-defined]
    environment = package.environment()
    assert environment.state == "ready"
    assert (environment.size or 0) > 1e6
    assert f"prefix {folder / environment.key} numpy" in said
    used = tuple(map(int, said.rpartition(" numpy ")[2].split(".")[:2]))
    assert used < (2, 3) <= tuple(map(int, np.__version__.split(".")[:2]))

    # the second time it is there
    before = left(folder)
    again = make("NumPy <2.3").deploy(f"{name} again", environment="package", log=None)
    assert left(folder) == before
    assert again.predict({"a": [1.0], "b": [0.0]}, progress=False)["prediction"] == [4.5]

    # and without it, as ever: in the server's own Python
    plain = package.deploy(f"{name} plain")
    assert plain.environment == "kernelspec"
    with pytest.raises(Exception, match="RuntimeError") as caught:
        plain.predict({"a": [-1.0], "b": [0.0]}, progress=False)
    assert np.__version__ in caught.value.fields["traceback"]  # type: ignore[attr-defined]


def test_a_replacement_moves_into_an_environment_and_back(make: Make, name: str) -> None:
    package = make("numpy<2.3")
    deployment = package.deploy(name)
    done = deployment.replace(package, environment="package")
    assert done.replaced
    assert deployment.environment == "package"
    assert deployment.predict({"a": [1.0], "b": [0.0]}, progress=False)["prediction"] == [4.5]
    assert deployment.rollback().deployment.environment == "kernelspec"
    ran_with = [period.environment for period in deployment.history()]
    assert ran_with == ["kernelspec", "package", "kernelspec"]


def test_two_at_once_build_once(
    make: Make, name: str, folder: Path, there: Registry, start: Any
) -> None:
    other = start(f"--RegistryApp.environment_folder={folder}")
    with Registry(other.root, other.token) as elsewhere:
        packages = [make("numpy<2.2"), make("numpy<2.2"), make("numpy<2.2", elsewhere)]
        before = left(folder)
        with ThreadPoolExecutor(3) as threads:
            deploying = [
                threads.submit(package.deploy, f"{name} {i}", environment="package", log=None)
                for i, package in enumerate(packages)
            ]
            seen: set[str] = set()
            while not all(one.done() for one in deploying):
                seen |= {found for found in left(folder) if found.startswith(".building-")}
                time.sleep(0.01)
        for one in deploying:
            answer = one.result().predict({"a": [1.0], "b": [0.0]}, progress=False)
            assert answer["prediction"] == [4.5]
        key = packages[0].environment().key
    assert len(seen) == 1
    assert left(folder) - before == {key, f"{key}.log", f"{key}.lock"}


def test_a_server_killed_in_the_middle_of_a_build_breaks_nothing(
    make: Make, name: str, tmp_path: Path, start: Any
) -> None:
    built = tmp_path / "built"
    with socket.create_server(("127.0.0.1", 0)) as silent:  # an index that never answers
        index = f"http://127.0.0.1:{silent.getsockname()[1]}/simple"
        server = start(f"--RegistryApp.environment_folder={built}", env={"UV_DEFAULT_INDEX": index})
        with Registry(server.root, server.token) as registry:
            package = make("numpy<2.3", registry)
            with ThreadPoolExecutor(1) as threads:
                deploying = threads.submit(package.deploy, name, environment="package", log=None)
                eventually(lambda: len(working_in(built)) > 1, 60)  # uv, and what runs it
                (work,) = (path for path in left(built) if path.startswith(".building-"))
                server.kill()
                with pytest.raises(CannotConnect):
                    deploying.result()
        # what it had started ends with it
        eventually(lambda: not working_in(built), 60)
    assert work in left(built)
    server.env.clear()
    server.start()
    with Registry(server.root, server.token) as registry:
        package = registry.package(name)
        assert package.environment().state == "absent"
        assert not [one for one in registry.deployments() if one.label == name]
        deployment = package.deploy(name, environment="package", log=None)
        assert deployment.predict({"a": [1.0], "b": [0.0]}, progress=False)["prediction"] == [4.5]
        key = package.environment().key
    assert left(built) == {key, f"{key}.log", f"{key}.lock"}


def working_in(folder: Path) -> list[int]:
    """Processes whose working folder lies in it."""
    found = []
    for link in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):
            if link.readlink().is_relative_to(folder) and is_alive(int(link.parent.name)):
                found.append(int(link.parent.name))
    return found


def test_what_does_not_exist_is_told_with_the_log(make: Make, name: str, folder: Path) -> None:
    package = make("numpy\nnumpy-that-never-was==4.2\n")
    before = left(folder)
    with pytest.raises(EnvironmentFailed, match="numpy-that-never-was") as caught:
        package.deploy(name, environment="package", log=None)
    assert "requirements.txt, for Python" in caught.value.fields["traceback"]
    assert "kernelspec" in caught.value.advice
    assert left(folder) == before
    told = package.environment()
    assert told.state == "failed"
    assert told.problem is not None
    assert not [one for one in package._registry.deployments() if one.label == name]


@pytest.mark.parametrize(
    "line",
    [
        "-e .", "--index-url https://example.org/simple", "git+https://example.org/a.git",
        "numpy @ https://example.org/numpy.whl", "file:///etc/passwd", "./here",
        "numpy --config-settings=a=b",
    ],
)  # fmt: skip
def test_options_addresses_and_paths_are_refused(
    line: str, make: Make, name: str, folder: Path
) -> None:
    package = make(f"numpy\n{line}\n")
    before = left(folder)
    with pytest.raises(RequirementsRefused) as caught:
        package.deploy(name, environment="package", log=None)
    assert repr(line) in caught.value.detail
    assert "allow_requirement_links" in caught.value.advice
    assert left(folder) == before
    checks = {check.name: check for check in package.checks(environment="package")}
    assert checks["environment"].status == "failing"


def test_a_kernelspec_without_what_its_list_asks_for_is_warned_of(make: Make, name: str) -> None:
    """The list counts: a folder is often registered from elsewhere than it was made."""
    package = make("numpy==1.13.0\nscikit-learn\n")
    (versions,) = [one for one in package.checks() if one.name == "library_versions"]
    assert versions.status == "warning"
    asked = (
        f"requirements.txt asks for other versions: numpy is to be ==1.13.0, it is {np.__version__}"
    )
    assert versions.message.startswith(asked)
    with pytest.warns(UserWarning, match=r"numpy is to be ==1\.13\.0"):
        package.deploy(name)


def test_versions_that_differ_are_warned_of(there: Registry, name: str) -> None:
    data = pd.DataFrame({"x": [1.0, 2.0, 3.0], "y": [2.0, 4.0, 6.5]})
    package = there.register(
        name, LinearRegression().fit(data[["x"]], data["y"]), target="y", training=data,
        format="joblib", progress=False,
    )  # fmt: skip
    same = {check.name: check for check in package.checks()}
    assert [*same] == ["not_archived", "environment", "library_versions"]
    assert {check.status for check in same.values()} == {"passing"}
    assert "scikit-learn" in same["library_versions"].message
    older = _registered_with(package, {"sklearn": "1.2.2", "numpy": np.__version__})
    differing = {check.name: check for check in older.checks()}["library_versions"]
    assert differing.status == "warning"
    assert "scikit-learn is " in differing.message
    assert "it was 1.2.2" in differing.message
    assert "numpy" not in differing.message
    with pytest.warns(UserWarning, match=r"it was 1\.2\.2"):
        deployment = older.deploy(name)
    # a replacement's checks have it, too
    again = _registered_with(package, {"sklearn": "1.2.2"})
    checks = {one.name: one.status for one in deployment.replace(again, dry_run=True).checks}
    assert checks["library_versions"] == "warning"
    assert checks["model_loads"] == "passing"


def _registered_with(package: Package, libraries: dict[str, str]) -> Package:
    """The same model once more, as if it had been made with other libraries."""
    connection = package._registry.connection
    upload = connection.call("POST", "/uploads")["id"]
    (file,) = package.files
    content = connection.raw("GET", f"/packages/{package.id}/files/{file.path}").content
    connection.call("PUT", f"/uploads/{upload}/files/{file.path}", content=content)
    kept = ("kind", "target_name", "target_type", "signature", "format", "input_example")
    whole = package.model_dump(mode="json")
    body = {name: whole[name] for name in kept} | {
        "name": package.name,
        "upload": upload,
        "provenance": {**package.provenance, "libraries": libraries},
    }
    return package._registry.package_by_id(connection.call("POST", "/packages", json=body)["id"])


def test_the_captured_versions_make_an_environment(there: Registry, name: str) -> None:
    data = pd.DataFrame({"x": [1.0, 2.0, 3.0], "y": [2.0, 4.0, 6.5]})
    model = LinearRegression().fit(data[["x"]], data["y"])
    package = there.register(
        name, model, target="y", training=data, format="joblib", progress=False
    )
    older = _registered_with(package, {"sklearn": "1.8.0"})
    with pytest.warns(UserWarning, match="scikit-learn"):
        deployment = older.deploy(f"{name} plain")
    deployment = older.deploy(name, environment="package", log=None)
    environment = older.environment()
    assert environment.source == "captured versions"
    assert environment.requirements == ["joblib", "numpy", "scikit-learn==1.8.0"]
    assert environment.added == ["numpy", "joblib"]
    rows = pd.DataFrame({"x": [0.5, 10.0]})
    answer = deployment.predict(rows, progress=False)
    assert answer["prediction"].to_numpy() == pytest.approx(model.predict(rows), abs=1e-6)


def _commands() -> Iterator[bytes]:
    """What every process was started as."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            yield path.read_bytes()


def test_a_leaderboards_model_runs_in_what_was_captured_of_it(
    there: Registry, name: str, folder: Path, tmp_path: Path
) -> None:
    random = np.random.default_rng(0)
    table = pd.DataFrame(
        {"age": random.normal(45, 10, 200), "plan": random.choice(["a", "b", None], 200)}
    )
    table["left"] = np.where(table["age"] + random.normal(0, 5, 200) > 45, "yes", "no")
    training = Leaderboard(
        table, "left", positive_class="yes", families=["lightgbm"], tune=False,
        folds=1, threads=1, name=name,
    )  # fmt: skip
    board = training.run(120, registry=there, progress=False)
    model = board.models()[0]
    deployment = board.deploy(model, name, environment="package", log=None)
    package = there.package_by_id(deployment.package_id)
    assert (package.kind, deployment.environment) == ("native", "package")
    environment = package.environment()
    assert (environment.source, environment.state) == ("captured versions", "ready")
    asked = {line.partition("==")[0] for line in environment.requirements}
    assert {"lightgbm", "scikit-learn", "pandas"} <= asked
    assert "jupyter-registry" not in asked
    assert (folder / environment.key).is_dir()
    # the worker is that environment's, and no other
    python = str(folder / environment.key / "bin" / "python").encode()
    assert any(command.startswith(python) for command in _commands())
    file = find_model(model.download(tmp_path / "model", progress=False))
    native = file[0].load(file[1]).native
    rows = table.drop(columns="left").head(50)
    answer = deployment.predict(rows, progress=False)
    expected = native.predict_proba(rows[list(native.feature_names_in_)])
    place = list(native.classes_).index("yes")
    assert answer["probability_yes"].to_numpy() == pytest.approx(expected[:, place], abs=1e-9)

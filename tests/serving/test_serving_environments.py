"""What a worker's process looks like: its libraries, its variables, what it imports."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
import sysconfig
from pathlib import Path

import joblib
import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

import jupyter_registry
from jupyter_registry.domain.errors import MissingExtra, ModelFailed
from jupyter_registry.domain.kinds import TargetType
from jupyter_registry.domain.signature import Column, Dtype, Signature
from jupyter_registry.domain.target import Target
from jupyter_registry.formats import format_named
from jupyter_registry.serving.pool import WorkerPool, WorkerSpec

SITE = Path(sysconfig.get_path("purelib"))

#: What a linear model kept by joblib needs; nothing of the server's.
NEEDED = ("numpy", "scipy", "sklearn", "joblib", "threadpoolctl", "narwhals", "cloudpickle")

ASKING = """
class Asking:
    n_features_in_ = 1
    def __init__(self, path):
        self.path = path
    def predict(self, table):
        import importlib.util, json, os, sys
        import jupyter_registry
        modules = sorted(sys.modules)
        print("said by the model")
        with open(self.path, "w") as file:
            json.dump({
                "paths": sys.path,
                "modules": modules,
                "env": dict(os.environ),
                "tornado": importlib.util.find_spec("tornado") is not None,
                "registry": jupyter_registry.__file__,
                "prefix": sys.prefix,
                "leads_group": os.getpgrp() == os.getpid(),
                "folder": os.getcwd(),
            }, file)
        return table[:, 0]
"""


def spec_of(model, folder, *, format="pickle", interpreter=(sys.executable,), env=None):
    kind = format_named(format)
    folder.mkdir()
    kind.save(model, folder / kind.file_name)
    return WorkerSpec(
        1,
        folder,
        format,
        Target("y", TargetType.REGRESSION),
        Signature((Column("x", Dtype.NUMBER),)),
        tuple(interpreter),
        env or {},
    )


def load(spec, **options):
    async def main():
        pool = WorkerPool(**options)
        try:
            return await pool.load(spec, {"x": np.array([4.0])})
        finally:
            await pool.close()

    return asyncio.run(main())


@pytest.fixture
def surroundings(tmp_path):
    """The surroundings a model finds in its worker."""

    def ask(**options):
        namespace = {"__name__": "__main__"}
        exec(ASKING, namespace)
        said = tmp_path / "said.json"
        load(spec_of(namespace["Asking"](str(said)), tmp_path / "package", **options))
        return json.loads(said.read_text())

    return ask


@pytest.fixture
def other_python(tmp_path, monkeypatch):
    """Another environment, with a few libraries of its own and no jupyter_registry."""
    folder = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    (site,) = folder.glob("lib/python*/site-packages")
    for name in NEEDED:
        for path in SITE.glob(f"{name}*"):
            if path.name in (name, f"{name}.py", f"{name}.libs") or path.suffix == ".dist-info":
                (site / path.name).symlink_to(path)
    for path in SITE.glob("scikit_learn*"):
        (site / path.name).symlink_to(path)
    python = folder / "bin" / "python"
    monkeypatch.delenv("PYTHONPATH", raising=False)
    bare = subprocess.run(
        [python, "-c", "import jupyter_registry"], capture_output=True, cwd=tmp_path
    )
    assert bare.returncode == 1
    return python


def test_a_worker_imports_little(surroundings):
    modules = {name.partition(".")[0] for name in surroundings()["modules"]}
    unwanted = {"sqlmodel", "sqlalchemy", "pydantic", "tornado", "jupyter_server", "jupyter_client"}
    assert not modules & (unwanted | {"fsspec", "matplotlib", "alembic", "httpx"})


def test_a_worker_imports_only_its_own_rooms(surroundings):
    modules = [name for name in surroundings()["modules"] if name.startswith("jupyter_registry.")]
    rooms = {".".join(name.split(".")[1:3]) for name in modules}
    # the script that it begins with is of both sides
    allowed = ("domain", "formats", "serving", "serving.wire", "serving.worker", "run_module")
    assert all(room in allowed or room.startswith(("domain.", "formats.")) for room in rooms), rooms
    assert "domain.entities" not in rooms


@pytest.mark.parametrize("flags", [(), ("-I",), ("-P",)])
def test_the_registry_is_found_by_its_place(flags, surroundings):
    found = surroundings(interpreter=(sys.executable, *flags))
    assert found["registry"] == jupyter_registry.__file__
    worker_folder = Path(jupyter_registry.__file__).parent / "serving" / "worker"
    assert str(worker_folder) not in found["paths"]


def test_another_environment_has_its_own_libraries_alone(other_python, tmp_path):
    model = LinearRegression().fit(np.arange(9.0).reshape(-1, 1), np.arange(9.0) * 3)
    spec = spec_of(model, tmp_path / "package", format="joblib", interpreter=[str(other_python)])
    report = load(spec)
    assert report.scores.values == pytest.approx([12.0])
    assert Path(report.prefix).resolve() == other_python.parent.parent.resolve()
    assert report.framework == "scikit-learn"


def test_the_servers_libraries_are_not_within_reach(other_python, surroundings):
    found = surroundings(interpreter=[str(other_python)])
    assert str(SITE) not in found["paths"]
    assert found["tornado"] is False
    assert found["registry"] == jupyter_registry.__file__
    assert str(Path(jupyter_registry.__file__).parent.parent) not in found["paths"]


def test_an_environment_without_numpy_says_so(tmp_path):
    folder = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    model = LinearRegression().fit([[1.0]], [1.0])
    python = str(folder / "bin" / "python")
    spec = spec_of(model, tmp_path / "package", format="joblib", interpreter=[python])
    with pytest.raises(ModelFailed, match="lacks 'numpy'") as caught:
        load(spec)
    assert caught.value.fields["module"] == "numpy"


def test_code_about_rows_needs_pandas_where_it_runs(other_python, tmp_path):
    folder = tmp_path / "package"
    folder.mkdir()
    joblib.dump(LinearRegression().fit([[1.0], [2.0]], [1.0, 2.0]), folder / "model.joblib")
    target, signature = Target("y", TargetType.REGRESSION), Signature((Column("x", Dtype.NUMBER),))
    spec = WorkerSpec(1, folder, "custom_code", target, signature, (str(other_python),))
    (folder / "custom.py").write_text("def score(data, model):\n    return data\n")
    with pytest.raises(MissingExtra, match=r"custom\.py needs pandas, which is not installed"):
        load(spec)
    (folder / "custom.py").write_text("def init(**kwargs):\n    import tornado\n")
    with pytest.raises(ModelFailed, match="No module named 'tornado'") as caught:
        load(spec)
    assert "kernelspec" in caught.value.advice
    # hooks that see no rows do without
    (folder / "custom.py").write_text("def init(**kwargs):\n    pass\n")
    assert load(spec).scores.values.tolist() == pytest.approx([4.0])


def test_an_interpreter_that_is_no_python(tmp_path):
    spec = spec_of(LinearRegression().fit([[1.0]], [1.0]), tmp_path / "p", interpreter=["false"])
    with pytest.raises(ModelFailed, match="exited with status 1"):
        load(spec)


def test_variables_of_a_worker(surroundings, monkeypatch):
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "secret")
    monkeypatch.setenv("JUPYTER_TOKEN", "secret")
    # of the storage of artifacts, the database, and what else the server reaches
    for name in (
        "AWS_SECRET_ACCESS_KEY",
        "AZURE_STORAGE_CONNECTION_STRING",
        "PGPASSWORD",
        "api_key",
    ):
        monkeypatch.setenv(name, "secret")
    monkeypatch.setenv("DATABASE_URL", "postgresql://ada:secret@db/registry")
    monkeypatch.setenv("TOKENIZERS_PARALLELISM", "false")
    monkeypatch.setenv("HELD_BY_THE_SERVER", "kept")
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "3")
    found = surroundings(env={"FROM_THE_KERNELSPEC": "yes", "HF_TOKEN": "of the model"})
    assert "secret" not in str(found["env"])
    assert found["env"]["TOKENIZERS_PARALLELISM"] == "false"
    assert found["env"]["HF_TOKEN"] == "of the model"
    assert found["env"]["HELD_BY_THE_SERVER"] == "kept"
    assert found["env"]["FROM_THE_KERNELSPEC"] == "yes"
    assert found["env"]["OMP_NUM_THREADS"] == found["env"]["OPENBLAS_NUM_THREADS"] == "1"
    assert found["leads_group"] is (sys.platform != "win32")
    assert found["folder"] != str(Path.cwd())


def test_what_a_model_prints_is_logged(surroundings, caplog):
    with caplog.at_level(logging.DEBUG, logger="jupyter_registry.serving.pool"):
        surroundings()
    assert "said by the model" in caplog.text


def test_a_joblib_dump_is_read_where_a_pickle_was_said(tmp_path):
    model = LinearRegression().fit(np.arange(9.0).reshape(-1, 1), np.arange(9.0))
    (tmp_path / "package").mkdir()
    joblib.dump(model.coef_.tolist(), tmp_path / "package" / "model.joblib")
    spec = WorkerSpec(
        1,
        tmp_path / "package",
        "joblib",
        Target("y", TargetType.REGRESSION),
        Signature((Column("x", Dtype.NUMBER),)),
        (sys.executable,),
    )
    with pytest.raises(ModelFailed, match="holds a list, which has no predict method"):
        load(spec)

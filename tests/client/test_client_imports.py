"""What importing the client brings with it, seen by a fresh interpreter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

import jupyter_registry

ROOT = Path(jupyter_registry.__file__).parents[1]


def modules_after(statement: str, python: str = sys.executable, *flags: str) -> set[str]:
    """The top-level modules loaded by a statement, in a process of its own."""
    script = (
        "import sys, json; before = set(sys.modules)\n"
        f"{statement}\n"
        "print(json.dumps(sorted({n.partition('.')[0] for n in set(sys.modules) - before})))"
    )
    done = subprocess.run(
        [python, *flags, "-c", script],
        env={k: v for k, v in os.environ.items() if not k.startswith("COV")}
        | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(done.stdout))


HEAVY = {"pandas", "sklearn", "matplotlib", "polars", "onnxruntime", "joblib", "skops"}


@pytest.mark.parametrize(
    "statement",
    [
        "import jupyter_registry",
        "import jupyter_registry.client",
        "from jupyter_registry import Registry",
        "from jupyter_registry.client import Registry, Reporter",
        "import jupyter_registry.client.results, jupyter_registry.client.tables",
        "from jupyter_registry.client.cli import main",
    ],
)
def test_the_client_imports_no_data_or_model_library(statement: str) -> None:
    assert not modules_after(statement) & HEAVY


def test_the_registry_imports_numpy_and_arrow_only_when_used() -> None:
    loaded = modules_after("from jupyter_registry import Registry; Registry('http://x')")
    assert not loaded & {"numpy", "pyarrow", "tqdm", "jupyter_server", "jupyter_client"}


def test_the_reporter_imports_the_standard_library_alone() -> None:
    loaded = modules_after("from jupyter_registry.client import Reporter")
    assert loaded - set(sys.stdlib_module_names) <= {"jupyter_registry"}


def test_the_command_line_parses_without_the_client() -> None:
    statement = (
        "from jupyter_registry.client.cli.arguments import parser\n"
        "from jupyter_registry.client.cli import main\nparser().parse_args(['list'])"
    )
    loaded = modules_after(statement)
    assert loaded - set(sys.stdlib_module_names) <= {"jupyter_registry"}


def test_the_reporter_works_where_nothing_is_installed(tmp_path: Path) -> None:
    venv.create(tmp_path / "bare", with_pip=False)
    python = tmp_path / "bare" / ("Scripts" if os.name == "nt" else "bin") / "python"
    script = (
        "from jupyter_registry.client import Reporter\n"
        f"r = Reporter('http://127.0.0.1:9', 'key', 'label', {str(tmp_path / 'spool')!r})\n"
        "r.report({'probability': 0.5}); assert r.waiting == 1; r.close(0)\n"
        "import importlib.util as u\n"
        "assert not any(map(u.find_spec, ('numpy', 'httpx', 'pydantic', 'jupyter_core')))\n"
    )
    done = subprocess.run(
        [python, "-c", script],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr

"""Kernelspecs as environments for models."""

from __future__ import annotations

import json
import sys

import pytest
from jupyter_client.kernelspec import KernelSpecManager

from jupyter_registry.domain.errors import InvalidInput
from jupyter_registry.serving.kernelspecs import environment, environments

SPECS = {
    "analysis": {
        "argv": ["/opt/env/bin/python3.12", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Analysis",
        "language": "python",
        "env": {"DATA": "${HOME_OF_DATA}/tables", "PLAIN": "yes"},
    },
    "frozen": {
        "argv": [
            "python",
            "-Xfrozen_modules=off",
            "-m",
            "ipykernel_launcher",
            "-f",
            "{connection_file}",
        ],
        "display_name": "Plain",
        "language": "python",
    },
    "wrapped": {
        "argv": [
            *("/opt/conda/bin/conda", "run", "-n", "ml", "python"),
            *("-m", "ipykernel_launcher", "-f", "{connection_file}"),
        ],
        "display_name": "In conda",
        "language": "python",
    },
    "r": {"argv": ["R", "--args", "{connection_file}"], "display_name": "R", "language": "R"},
    "bash": {
        "argv": ["/usr/bin/python3", "-m", "bash_kernel", "-f", "{connection_file}"],
        "display_name": "Bash",
        "language": "bash",
    },
    "odd": {
        "argv": ["/opt/launch", "{connection_file}"],
        "display_name": "?",
        "language": "python",
    },
}


@pytest.fixture
def manager(tmp_path):
    for name, spec in SPECS.items():
        folder = tmp_path / name
        folder.mkdir()
        (folder / "kernel.json").write_text(json.dumps(spec))
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "kernel.json").write_text("{")
    return KernelSpecManager(kernel_dirs=[str(tmp_path)], ensure_native_kernel=False)


def test_the_interpreter_is_what_comes_before_the_kernel(manager, monkeypatch):
    monkeypatch.setenv("HOME_OF_DATA", "/data")
    found = environment("analysis", manager)
    assert found.interpreter == ("/opt/env/bin/python3.12",)
    assert found.env == {"DATA": "/data/tables", "PLAIN": "yes"}
    assert found.display_name == "Analysis"
    assert environment("wrapped", manager).interpreter == (
        *("/opt/conda/bin/conda", "run", "-n", "ml", "python"),
    )


def test_a_bare_python_is_the_servers_own(manager):
    assert environment("frozen", manager).interpreter == (sys.executable, "-Xfrozen_modules=off")


@pytest.mark.parametrize("name", [None, ""])
def test_no_name_is_the_servers_own(name, manager):
    assert environment(name, manager).interpreter == (sys.executable,)


def test_known_ones_are_the_python_ones(manager):
    assert [found.name for found in environments(manager)] == ["analysis", "frozen", "wrapped"]


@pytest.mark.parametrize("name", ["r", "bash", "odd"])
def test_others_are_refused(name, manager):
    with pytest.raises(InvalidInput, match="Python") as caught:
        environment(name, manager)
    assert "analysis, frozen, wrapped" in caught.value.advice


@pytest.mark.parametrize("name", ["analysys", "../etc", "no such name"])
def test_unknown_ones_are_refused(name, manager):
    with pytest.raises(InvalidInput) as caught:
        environment(name, manager)
    assert caught.value.fields["known"] == ["analysis", "frozen", "wrapped"]
    if name == "analysys":
        assert "Did you mean 'analysis'?" in caught.value.detail


def test_the_native_kernel_runs_this_python():
    found = environment("python3")
    assert found.interpreter[0] == sys.executable
    assert "python3" in [one.name for one in environments()]

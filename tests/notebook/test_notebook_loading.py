"""Loading, settings and unloading; what `%load_ext` imports, seen by a fresh interpreter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.live_server import ROOT

NAMES = [
    "registry", "register", "deploy", "replace", "rollback", "deployments", "predict", "report",
    "actuals", "accuracy", "drift", "health", "predictor", "leaderboard", "board",
]  # fmt: skip


def test_loading_imports_nothing_heavy() -> None:
    script = (
        "import sys, json, ipywidgets, ipykernel.zmqshell\n"
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance()\n"
        "before = set(sys.modules)\n"
        "shell.run_line_magic('load_ext', 'jupyter_registry')\n"
        "shell.Completer.complete(line_buffer='%deploy x --im')\n"
        "print(json.dumps(sorted({n.partition('.')[0] for n in set(sys.modules) - before})))"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith("COV")}
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert loaded - set(sys.stdlib_module_names) <= {"jupyter_registry", "jedi", "parso", "IPython"}


def test_loading_twice_and_unloading(shell: Any) -> None:
    def magics() -> set[str]:
        return set(NAMES) & set(shell.magics_manager.magics["line"])

    assert magics() == set(NAMES)
    shell.run_line_magic("reload_ext", "jupyter_registry")
    shell.run_line_magic("reload_ext", "jupyter_registry")
    assert magics() == set(NAMES)
    named = [type(one).__name__ for one in shell.configurables]
    assert named.count("RegistryMagics") == 1
    assert len(shell.Completer.custom_matchers) == 1
    assert "predictor" in shell.magics_manager.magics["cell"]
    shell.run_line_magic("unload_ext", "jupyter_registry")
    assert not magics()
    assert "predictor" not in shell.magics_manager.magics["cell"]
    assert "RegistryMagics" not in [type(one).__name__ for one in shell.configurables]
    assert not shell.Completer.custom_matchers
    assert shell.custom_exceptions == ()
    shell.run_line_magic("load_ext", "jupyter_registry")


def test_settings_are_configurable(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run_cell(
        "%config RegistryMagics.url = 'http://127.0.0.1:9/'\n"
        "%config RegistryMagics.token = 'very-secret'"
    )
    assert shell.run_line_magic("config", "RegistryMagics.url") == "http://127.0.0.1:9/"
    magics = shell.magics_manager.registry["RegistryMagics"]
    assert magics.session.registry.url == "http://127.0.0.1:9/"
    assert magics.session.registry.connection.token == "very-secret"
    shell.run_cell("%config RegistryMagics.page_size = 5")
    assert magics.page_size == 5
    capsys.readouterr()
    shell.run_cell("%config RegistryMagics")
    shown = capsys.readouterr().out
    for setting in ("url", "token", "debug", "plot", "page_size"):
        assert f"RegistryMagics.{setting}=" in shown
    assert "very-secret" not in shown


def test_settings_can_come_from_the_profile(shell: Any) -> None:
    shell.config.RegistryMagics.url = "http://127.0.0.1:7/"
    shell.run_line_magic("reload_ext", "jupyter_registry")
    assert shell.magics_manager.registry["RegistryMagics"].session.connection.url.endswith(":7/")
    del shell.config["RegistryMagics"]


@pytest.mark.parametrize("name", NAMES)
def test_every_magic_explains_itself(
    shell: Any, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for line in (f"%{name} --help", f"%{name} -h", f"%{name} something --help"):
        if name == "registry" and "something" in line:
            continue
        assert shell.run_cell(line).success
        shown = capsys.readouterr().out
        written = f"%%{name}" if name == "predictor" else f"%{name}"
        assert shown.startswith(f"usage: {written} [-h] [--debug]")
    method = shell.magics_manager.magics["line"][name]
    assert method.__doc__.startswith(f"usage: {written} ")


def test_no_line_ends_the_process(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    for name in NAMES:
        for rest in ("--nonsense", "a b c d e f", "--debug=3", "'", "--", "-x", "\\", "--as --as"):
            error = shell.run_cell(f"%{name} {rest}").error_in_exec
            assert not isinstance(error, SystemExit)
            told = capsys.readouterr().err
            assert "Traceback" not in told
            assert told.count("\n") <= 1

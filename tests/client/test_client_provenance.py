"""Provenance, with a real git repository."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import packages_distributions, version
from pathlib import Path
from types import ModuleType

import pytest

from jupyter_registry.client import provenance
from jupyter_registry.formats.libraries import LIBRARIES, libraries, present


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-c", "user.name=T", "-c", "user.email=t@example.org", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "trunk")
    (tmp_path / "a.py").write_text("1")
    git(tmp_path, "add", "a.py")
    git(tmp_path, "commit", "-q", "-m", "first")
    return tmp_path


def test_git_tells_commit_branch_and_whether_files_changed(repository: Path) -> None:
    commit = git(repository, "rev-parse", "HEAD")
    assert provenance.git(repository) == {"commit": commit, "branch": "trunk", "dirty": False}
    (repository / "untracked").write_text("")
    clean = provenance.git(repository)
    assert clean is not None
    assert not clean["dirty"]
    (repository / "a.py").write_text("2")
    dirty = provenance.git(repository)
    assert dirty is not None
    assert dirty["dirty"]
    git(repository, "checkout", "-q", "-f", "--detach")
    detached = provenance.git(repository)
    assert detached == {"commit": commit, "branch": None, "dirty": False}


def test_without_git_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert provenance.git(tmp_path) is None
    git(tmp_path, "init", "-q")
    assert provenance.git(tmp_path) is None  # no commit yet
    monkeypatch.setenv("PATH", str(tmp_path))
    assert provenance.git(tmp_path) is None


def test_a_git_that_hangs_is_not_waited_for(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = repository / "bin" / "git"
    slow.parent.mkdir()
    slow.write_text("#!/bin/sh\nexec sleep 30\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{slow.parent}:/usr/bin:/bin")
    started = datetime.now(UTC)
    assert provenance.git(repository) is None
    assert (datetime.now(UTC) - started).total_seconds() < 5


def test_the_notebook_and_libraries_are_known(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sklearn

    monkeypatch.setenv("JPY_SESSION_NAME", "work/train.ipynb")
    monkeypatch.setenv("JUPYTERHUB_USER", "ada")
    known = provenance.capture(repository)
    assert known["notebook"] == "work/train.ipynb"
    assert known["user"] == "ada"
    assert known["python"] == ".".join(map(str, sys.version_info[:3]))
    assert known["libraries"]["sklearn"] == version("scikit-learn") == sklearn.__version__
    assert known["git"]["branch"] == "trunk"
    assert datetime.fromisoformat(known["registered_at"]).tzinfo is not None


def test_a_library_installed_meanwhile_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = ModuleType("imblearn")
    module.__version__ = "1.0"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "imblearn", module)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert libraries()["imblearn"] == "1.0"
    installed = tmp_path / "imblearn_cpu-3.2.1.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: imblearn-cpu\nVersion: 3.2.1\n"
    )
    (installed / "top_level.txt").write_text("imblearn\n")
    assert libraries()["imblearn"] == "3.2.1"


def test_versions_are_those_of_all_metadata() -> None:
    """They are found by name; whoever reads the metadata of all distributions finds the same."""
    scanned = packages_distributions()
    found = present()
    assert {"numpy", "sklearn", "pandas", "jupyter_registry"} <= set(found)
    for name, known in found.items():
        assert known in {version(one) for one in scanned.get(name, [name])}, name
    assert set(found) >= set(scanned) & set(LIBRARIES)


def test_what_cannot_be_known_is_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    known = provenance.capture(tmp_path)
    assert "notebook" not in known
    assert "git" not in known
    assert "kernelspec" not in known

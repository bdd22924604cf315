"""The job clears what it made itself, and nothing else."""

from __future__ import annotations

import os

import pytest

from jupyter_registry.demo.__main__ import main
from jupyter_registry.demo.folder import DemoFolder
from jupyter_registry.domain.errors import InvalidInput


def test_makes_a_folder_and_makes_it_afresh(tmp_path):
    folder = DemoFolder.fresh(tmp_path / "deep" / "demo")
    assert folder.is_ours
    assert folder.outside.is_dir()
    folder.summary.write_text("{}")
    (folder.outside / "spool").mkdir()
    (folder.outside / "spool" / "rows").write_text("left over")
    again = DemoFolder.fresh(tmp_path / "deep" / "demo")
    assert again.is_ours
    assert not again.summary.exists()
    assert not list(again.outside.iterdir())


def test_takes_an_empty_folder(tmp_path):
    assert DemoFolder.fresh(tmp_path).is_ours


def test_leaves_a_foreign_folder_alone(tmp_path, capsys):
    precious = tmp_path / "thesis.txt"
    precious.write_text("ten years")
    with pytest.raises(InvalidInput, match="not made by this job"):
        DemoFolder.fresh(tmp_path)
    assert main(["--folder", str(tmp_path)]) == 2
    assert "not made by this job" in capsys.readouterr().out
    assert precious.read_text() == "ten years"
    assert os.listdir(tmp_path) == ["thesis.txt"]


def test_does_not_follow_links_out(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").write_text("kept")
    folder = DemoFolder.fresh(tmp_path / "demo")
    (folder.root / "link").symlink_to(elsewhere)
    DemoFolder.fresh(tmp_path / "demo")
    assert (elsewhere / "kept").read_text() == "kept"


def test_refuses_a_file(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidInput, match="is a file"):
        DemoFolder.fresh(tmp_path / "file")


def test_lab_needs_a_finished_run(tmp_path, capsys):
    assert main(["--lab", "--folder", str(tmp_path)]) == 2
    assert "make demo" in capsys.readouterr().out


def test_says_which_days_there_are(tmp_path, capsys):
    assert main(["--folder", str(tmp_path / "demo"), "--days", "0"]) == 2
    assert "from 1 to 306" in capsys.readouterr().out
    assert not (tmp_path / "demo").exists()

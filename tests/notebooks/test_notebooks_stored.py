"""The notebooks as they lie in the repository: valid, without outputs, with something to read."""

from __future__ import annotations

import json
import re
from pathlib import Path

import nbformat
import pytest

from tests.live_server import ROOT
from tests.notebooks.running import NOTEBOOKS, pictures_of, size_of

FILES = sorted(NOTEBOOKS.glob("*.ipynb"))
every = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def test_there_are_seven():
    assert [path.stem for path in FILES] == [
        "01-quickstart",
        "02-flights",
        "03-external-model",
        "04-magics",
        "05-widgets",
        "06-leaderboard",
        "07-formats",
    ]


@every
def test_is_valid(path: Path):
    document = json.loads(path.read_text())
    assert (document["nbformat"], document["nbformat_minor"]) == (4, 5)
    nbformat.validate(document)
    assert document["metadata"]["kernelspec"]["name"] == "python3"
    ids = [cell["id"] for cell in document["cells"]]
    assert len(ids) == len(set(ids))


@every
def test_outputs_are_stripped(path: Path):
    document = json.loads(path.read_text())
    assert set(document["metadata"]) == {"kernelspec", "language_info"}
    assert document["metadata"]["language_info"] == {"name": "python"}
    for cell in document["cells"]:
        assert set(cell["metadata"]) <= {"tags"}, cell["id"]
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [], cell["id"]
            assert cell["execution_count"] is None, cell["id"]


@every
def test_begins_with_how_to_start(path: Path):
    first = nbformat.read(path, as_version=4).cells[0]
    assert first.cell_type == "markdown"
    assert first.source.startswith("# ")
    assert "jupyter lab" in first.source
    assert "pip install 'jupyter_registry[notebooks]'" in first.source


@every
def test_notebooks_that_are_named_exist(path: Path):
    for name in re.findall(r"\d\d-[a-z-]+\.ipynb", path.read_text()):
        assert (NOTEBOOKS / name).is_file(), name


def test_the_readme_names_them_all_and_its_pictures_are_small():
    readme = (ROOT / "README.md").read_text()
    for path in FILES:
        assert f"(notebooks/{path.name})" in readme
    shown = set(re.findall(r"\(\.github/images/([^)]+)\.png\)", readme))
    made = {tag for path in FILES for tag in pictures_of(path).values()}
    assert len(made) >= 3
    assert made <= shown
    for name in made:
        png = (ROOT / ".github" / "images" / f"{name}.png").read_bytes()
        assert size_of(png) > (800, 300)
        assert len(png) < 150_000, name

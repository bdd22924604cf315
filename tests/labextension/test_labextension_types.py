"""What the front end shares with the server: its types and its version."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

import jupyter_registry

FRONT_END = Path(__file__).parents[2] / "labextension"


@pytest.fixture(scope="module")
def make_types() -> ModuleType:
    """The script that makes them."""
    spec = importlib.util.spec_from_file_location(
        "make_types", FRONT_END / "scripts" / "make_types.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_types_are_up_to_date(make_types: ModuleType) -> None:
    made = make_types.types()
    assert "export type PackagePublic" in made
    assert made == make_types.TYPES.read_text(), "out of date: make types"


def test_versions_are_equal() -> None:
    package = json.loads((FRONT_END / "package.json").read_text())
    assert package["version"] == jupyter_registry.__version__

"""The sidebar in Notebook 7: on its first page and beside a notebook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from jupyter_registry.client import Registry
from tests.browser.lab import Lab, Notebook7

pytestmark = pytest.mark.timeout(300)


def test_sidebar_and_panels(lab: Lab, registry: Registry, page: Any, tmp_path: Path) -> None:
    registry.register(
        "in-seven", target="left", target_type="binary", class_labels=["no", "yes"],
        location="https://models.example/left", progress=False,
    )  # fmt: skip
    # on the first page a panel is one more tab
    page.goto(f"{lab.url}tree?token={lab.token}")
    _opens_a_panel(page)
    expect(page.locator(".lm-TabBar-tabLabel", has_text="Files")).to_be_visible()
    page.screenshot(path=str(tmp_path / "tree.png"))

    # beside a notebook it is on the right, and code comes into the notebook
    opened = Notebook7(lab, page, "beside", ["1 + 1"])
    sidebar = _opens_a_panel(page)
    page.screenshot(path=str(tmp_path / "notebook.png"))
    sidebar.get_by_role("option", name="in-seven/1").click(button="right")
    page.locator(".lm-Menu").get_by_text("Insert Code into Notebook").click()
    cell = page.locator(".jp-Notebook .jp-CodeCell").nth(1)
    expect(cell).to_contain_text('Registry().package("in-seven", 1)')
    assert opened.path.exists()


def _opens_a_panel(page: Any) -> Any:
    menu = page.get_by_role("menubar").get_by_text("Registry", exact=True)
    menu.click()
    page.locator(".lm-Menu").get_by_text("Show the Model Registry").click()
    sidebar = page.locator("#jupyter-registry-sidebar")
    expect(sidebar.get_by_role("searchbox").first).to_be_focused()
    sidebar.get_by_role("option", name="in-seven/1").click()
    panel = page.locator(".jp-Registry-panel:visible")
    expect(panel.get_by_role("heading", name="in-seven/1")).to_be_visible()
    box = panel.bounding_box()
    assert box["width"] > 200
    assert box["x"] + box["width"] <= 1180
    assert box["y"] < 600
    return sidebar

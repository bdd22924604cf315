"""The sidebar with 100,000 packages: any place of the list is reached, few rows are drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.benchmarks import search
from tests.browser.lab import Lab


@pytest.fixture
def full_lab(tmp_path: Path) -> Iterator[Lab]:
    lab = Lab(tmp_path)
    lab.start()
    search._fill(f"sqlite:///{lab.folder / 'data' / 'registry' / 'registry.db'}")
    yield lab
    lab.stop()


def test_any_place_is_reached(full_lab: Lab, page: Any, tmp_path: Path) -> None:
    lab = full_lab
    page.goto(f"{lab.url}lab?token={lab.token}&reset")
    page.wait_for_function("!document.querySelector('#jupyterlab-splash')")
    # Lab gives its launcher the focus when that is there, whoever has it then
    page.locator(".jp-LauncherCard").first.wait_for()
    page.get_by_role("tab", name="Model Registry").click()
    packages = page.locator("#jupyter-registry-sidebar").get_by_role("region", name="Packages")
    heading = packages.get_by_role("button", name=re.compile("^Packages"))
    expect(heading).to_contain_text("10,000")  # the latest of each model
    packages.get_by_role("button", name="Filters and order").click()
    packages.get_by_label("Versions", exact=True).select_option("all")
    expect(packages.get_by_text("100,000 found")).to_be_visible()
    rows = packages.get_by_role("listbox", name="Packages")

    # whoever is in the list when the answer to another order comes is at its top, and still in it
    late: list[Any] = []
    page.route("**/packages?*sort=name*", lambda request: late.append(request), times=1)
    with page.expect_request("**/packages?*sort=name*"):
        packages.get_by_label("Order", exact=True).select_option("name")
    packages.get_by_role("button", name="Filters and order").click()
    rows.focus()
    page.keyboard.press("End")
    selected = rows.locator("[aria-selected=true]")
    expect(selected).to_have_attribute("aria-posinset", "100000")
    late[0].continue_()
    expect(rows.get_by_role("option").first).to_contain_text("model-00001/")
    expect(selected).to_have_attribute("aria-posinset", "1")
    expect(rows).to_be_focused()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    rows.evaluate("list => list.scrollTop = (list.scrollHeight - list.clientHeight) / 2")
    expect(rows.get_by_role("option", name="model-05001/").first).to_be_visible()
    rows.evaluate("list => list.scrollTop = list.scrollHeight")
    last = rows.locator("[aria-posinset='100000']")
    expect(last).to_contain_text("model-10000/")
    assert rows.get_by_role("option").count() < 50
    # not one page between them was asked for
    assert len([url for url in asked if "/packages?" in url]) <= 8

    # by keyboard as well
    page.keyboard.press("Home")
    expect(selected).to_contain_text("model-00001/")
    page.keyboard.press("End")
    expect(selected).to_contain_text("model-10000/")
    page.screenshot(path=str(tmp_path / "many.png"))

    search_box = packages.get_by_role("searchbox")
    search_box.press_sequentially("model-04217", delay=20)
    expect(packages.get_by_text("10 found")).to_be_visible()
    # typed in one go: the letters between were not asked for
    assert len([url for url in asked if "q=model" in url]) <= 3

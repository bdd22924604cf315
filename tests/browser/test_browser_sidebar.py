"""The sidebar of JupyterLab: packages and deployments, panels that come back after a reload."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from jupyter_registry.client import Registry
from tests.browser.lab import Lab
from tests.browser.panels import PANEL, complaints
from tests.browser.panels import theme as choose_theme


def _external(registry: Registry, name: str) -> Any:
    return registry.register(
        name, target="left", target_type="binary", class_labels=["no", "yes"],
        location="https://models.example/left", progress=False,
    )  # fmt: skip


def test_sidebar_lists_and_opens_what_is_registered(
    registry: Registry, sidebar: Any, page: Any, tmp_path: Path
) -> None:
    package = _external(registry, "sidebar-churn")
    deployment = package.deploy("sidebar churn")
    sidebar.get_by_role("button", name="Refresh").click()

    packages = sidebar.get_by_role("listbox", name="Packages")
    row = packages.get_by_role("option", name="sidebar-churn/1")
    expect(row).to_contain_text("external")
    deployments = sidebar.get_by_role("listbox", name="Deployments")
    expect(deployments.get_by_role("option", name="sidebar churn")).to_contain_text("active")

    # a package by mouse, its description edited in place
    row.click()
    panel = page.locator(".jp-Registry-panel:visible")
    expect(panel.get_by_role("heading", name="sidebar-churn/1")).to_be_visible()
    panel.get_by_role("button", name="Description: none. Edit").click()
    panel.get_by_role("textbox", name="Description").fill("who leaves")
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_role("button", name="Description: who leaves. Edit")).to_be_visible()
    assert registry.package("sidebar-churn/1").description == "who leaves"

    # a deployment by keyboard
    deployments.focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(panel.get_by_role("heading", name="sidebar churn")).to_be_visible()
    expect(page.locator(".lm-TabBar-tabLabel", has_text="sidebar churn")).to_be_visible()
    panel.get_by_role("button", name="Deactivate").click()
    page.locator(".jp-Dialog").get_by_role("button", name="Deactivate").click()
    expect(panel.get_by_role("button", name="Activate", exact=True)).to_be_visible()
    assert registry.deployment(deployment.id).state == "inactive"
    page.screenshot(path=str(tmp_path / "lab.png"))

    # both panels are there after a reload
    page.wait_for_timeout(1500)  # Lab saves its layout a moment later
    page.goto(f"{page.url.split('?')[0]}")
    page.wait_for_function("!document.querySelector('#jupyterlab-splash')")
    for title in ("sidebar-churn/1", "sidebar churn"):
        page.locator(".lm-TabBar-tabLabel", has_text=title).last.click()
        expect(panel.get_by_role("heading", name=title)).to_be_visible()


@pytest.mark.parametrize("theme", ["Light", "Dark", "Dark High Contrast"])
def test_each_theme_can_be_read(
    registry: Registry, sidebar: Any, page: Any, tmp_path: Path, theme: str
) -> None:
    package = _external(registry, f"themed-{theme.split()[-1].lower()}")
    package.deploy(f"themed {theme}")
    choose_theme(page, theme)
    sidebar.get_by_role("button", name="Refresh").click()
    packages = sidebar.get_by_role("listbox", name="Packages")
    packages.get_by_role("option", name=package.name).click()
    panel = page.locator(".jp-Registry-panel:visible")
    expect(panel.get_by_role("heading", name=package.name)).to_be_visible()
    page.mouse.move(600, 700)
    page.screenshot(path=str(tmp_path / "themed.png"))
    for part in ("#jupyter-registry-sidebar", PANEL):
        assert complaints(page, part) == ""
    # as narrow as a sidebar gets
    sidebar.evaluate("part => { part.style.minWidth = part.style.width = '200px'; }")
    page.screenshot(path=str(tmp_path / "narrow.png"))
    assert sidebar.evaluate("part => [part.clientWidth, part.scrollWidth]") == [200, 200]


def test_settings_say_what_is_shown_and_asked(
    registry: Registry, sidebar: Any, page: Any, lab: Lab
) -> None:
    _external(registry, "set").deploy("set up")
    packages = sidebar.get_by_role("listbox", name="Packages").get_by_role("option")
    deployments = sidebar.get_by_role("listbox", name="Deployments").get_by_role("option")
    row = packages.filter(has_text="set/1")
    expect(row).to_have_text("set/1deployedexternalleft")
    deployment = deployments.filter(has_text="set up")
    expect(deployment.get_by_role("img", name="Drift")).to_be_visible()

    page.get_by_role("menuitem", name="Settings", exact=True).click()
    page.get_by_role("menuitem", name=re.compile("^Settings Editor")).click()
    page.locator("jp-search[placeholder^='Search settings']").click()
    page.keyboard.type("model registry")
    # each setting has a name, and is heeded at once
    page.get_by_role("checkbox", name="Kind", exact=True).uncheck()
    page.get_by_role("checkbox", name="Whether it is deployed", exact=True).uncheck()
    page.get_by_role("checkbox", name="Status lights", exact=True).uncheck()
    page.get_by_role("checkbox", name="Ask before changes", exact=True).uncheck()
    page.locator("input[id$=defaultTab]").fill("integrations")
    expect(row).to_have_text("set/1left")
    expect(deployment).to_contain_text("set/1")
    expect(deployment.get_by_role("img", name="Drift")).to_have_count(0)
    deployment.click()
    expect(page.get_by_role("tab", name="Integrations")).to_have_attribute("aria-selected", "true")
    page.get_by_role("button", name="Deactivate").click()  # which asks otherwise
    expect(page.get_by_role("button", name="Activate", exact=True)).to_be_visible()
    assert registry.deployment("set up").state == "inactive"

    # kept over a reload, until they are taken back
    page.wait_for_timeout(1500)  # Lab saves them a moment later
    page.goto(f"{lab.url}lab?reset")
    page.wait_for_function("!document.querySelector('#jupyterlab-splash')")
    page.get_by_role("tab", name="Model Registry").click()
    expect(row).to_have_text("set/1left")
    saved = next(lab.settings.glob("**/plugin.jupyterlab-settings"))
    assert '"kind": false' in saved.read_text()
    saved.unlink()

"""The sidebar of JupyterLab: packages and deployments, panels that come back after a reload."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from jupyter_registry.client import Registry

pytestmark = pytest.mark.timeout(300)

#: What axe looks at: names, roles and states of controls, contrast, labels.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


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


def test_an_external_model_is_registered_by_the_form(
    registry: Registry, sidebar: Any, page: Any
) -> None:
    sidebar.get_by_role("button", name="Register a package").first.click()
    form = page.locator(".jp-Registry-form:visible")
    form.get_by_label("External").check()
    form.get_by_role("button", name="Register").click()
    expect(form.get_by_text("This is needed.").first).to_be_visible()
    form.get_by_label("Name").fill("by-form")
    form.get_by_label("Target", exact=False).first.fill("left")
    form.get_by_label("Target type").select_option("binary")
    form.get_by_label("Classes").fill("no, yes")
    form.get_by_role("button", name="Register").click()
    panel = page.locator(".jp-Registry-panel:visible")
    expect(panel.get_by_role("heading", name="by-form/1")).to_be_visible()
    found = registry.package("by-form/1")
    assert (found.kind, found.positive_class) == ("external", "yes")


@pytest.mark.parametrize(
    "theme", ["JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast"]
)
def test_each_theme_can_be_read(
    registry: Registry, sidebar: Any, page: Any, tmp_path: Path, theme: str
) -> None:
    package = _external(registry, f"themed-{theme.split()[-1].lower()}")
    package.deploy(f"themed {theme}")
    page.evaluate(
        "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme
    )
    page.wait_for_selector(f"body[data-jp-theme-name='{theme}']", state="attached")
    page.wait_for_timeout(500)  # its style sheet comes after
    sidebar.get_by_role("button", name="Refresh").click()
    packages = sidebar.get_by_role("listbox", name="Packages")
    packages.get_by_role("option", name=package.name).click()
    panel = page.locator(".jp-Registry-panel:visible")
    expect(panel.get_by_role("heading", name=package.name)).to_be_visible()
    page.mouse.move(600, 700)
    page.screenshot(path=str(tmp_path / "themed.png"))
    for part in ("#jupyter-registry-sidebar", ".jp-Registry-panel"):
        found = Axe().run(page, context=part, options={"runOnly": RULES})
        assert found.violations_count == 0, found.generate_report()
    # as narrow as a sidebar gets
    sidebar.evaluate("part => { part.style.minWidth = part.style.width = '200px'; }")
    page.screenshot(path=str(tmp_path / "narrow.png"))
    assert sidebar.evaluate("part => [part.clientWidth, part.scrollWidth]") == [200, 200]

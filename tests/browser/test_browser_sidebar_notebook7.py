"""The sidebar in Notebook 7, the form and the panels: on its first page and beside a notebook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import joblib
from playwright.sync_api import expect

from jupyter_registry.client import Registry
from tests.browser.desktop import drop
from tests.browser.lab import Lab, Notebook7
from tests.browser.panels import FORM, PANEL, TARGET, complaints, form, panel, press, tab
from tests.browser.samples import FEATURES, churn_model, visits


def test_sidebar_and_panels(lab: Lab, registry: Registry, page: Any, tmp_path: Path) -> None:
    registry.register(
        "in-seven", target="left", target_type="binary", class_labels=["no", "yes"],
        location="https://models.example/left", progress=False,
    )  # fmt: skip
    # on the first page a panel is one more tab
    page.goto(f"{lab.url}tree?token={lab.token}")
    _opens_a_panel(page, "in-seven/1")
    expect(page.locator(".lm-TabBar-tabLabel", has_text="Files")).to_be_visible()
    page.screenshot(path=str(tmp_path / "tree.png"))

    # beside a notebook it is on the right, and code comes into the notebook
    opened = Notebook7(lab, page, "beside", ["1 + 1"])
    sidebar = _opens_a_panel(page, "in-seven/1")
    page.screenshot(path=str(tmp_path / "notebook.png"))
    sidebar.get_by_role("option", name="in-seven/1").click(button="right")
    page.locator(".lm-Menu").get_by_text("Insert Code into Notebook").click()
    cell = page.locator(".jp-Notebook .jp-CodeCell").nth(1)
    expect(cell).to_contain_text('Registry().package("in-seven", 1)')
    assert opened.path.exists()


def test_a_package_is_registered_and_deployed(
    lab: Lab, registry: Registry, page: Any, tmp_path: Path
) -> None:
    joblib.dump(churn_model(), tmp_path / "churn.joblib")
    visits(300, 5)[[*FEATURES, "left"]].to_csv(lab.notebooks / "holdout.csv", index=False)
    page.goto(f"{lab.url}tree?token={lab.token}")
    sidebar = _show(page)
    drop(sidebar, tmp_path / "churn.joblib")
    shown = form(page)
    expect(shown.get_by_text("The model was loaded: joblib", exact=False)).to_be_visible()
    data = shown.get_by_role("group", name="Holdout data")
    data.get_by_role("button", name="From the file browser…").click()
    picker = page.locator(".jp-Dialog")
    picker.get_by_text("holdout.csv").click()
    picker.get_by_role("button", name="Select").click()
    expect(shown.get_by_text("On the holdout: Log loss", exact=False)).to_be_visible()
    expect(shown.get_by_label(TARGET)).to_have_value("left")
    shown.get_by_label("Name").fill("made-in-seven")
    page.screenshot(path=str(tmp_path / "form.png"))
    assert complaints(page, FORM) == ""
    shown.get_by_role("button", name="Register", exact=True).click()

    package = panel(page, "made-in-seven/1")
    expect(page.locator(FORM)).to_have_count(0)
    package.get_by_role("button", name="Add an alias").click()
    package.get_by_role("textbox", name="New alias").fill("champion")
    page.keyboard.press("Enter")
    expect(package.get_by_role("list", name="Aliases")).to_contain_text("@champion")
    for name, word in {
        "Signature": "income", "Files": "churn.joblib", "Metrics": "AUC",
        "Provenance": "sklearn", "Versions": "1 (this one)",
    }.items():  # fmt: skip
        expect(tab(package, name)).to_contain_text(word)
        page.screenshot(path=str(tmp_path / f"{name}.png"))
        assert complaints(page, PANEL) == ""
    assert registry.package("made-in-seven@champion").target_name == "left"

    press(package, "Deploy…")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Label").fill("served-in-seven")
    dialog.get_by_role("button", name="Deploy", exact=True).click()
    panel(page, "served-in-seven")
    expect(sidebar.get_by_role("option", name="served-in-seven")).to_be_visible()
    page.screenshot(path=str(tmp_path / "deployed.png"))

    # beside a notebook there is room for a form, too
    Notebook7(lab, page, "with a form", ["1 + 1"])
    _show(page)
    page.get_by_role("menubar").get_by_text("Registry", exact=True).click()
    page.locator(".lm-Menu").get_by_text("Register a Model Package…").click()
    shown = form(page)
    shown.get_by_label("External").check()
    page.screenshot(path=str(tmp_path / "beside.png"))
    box = shown.bounding_box()
    assert box["width"] > 200
    assert box["x"] + box["width"] <= 1180


def _show(page: Any) -> Any:
    page.get_by_role("menubar").get_by_text("Registry", exact=True).click()
    page.locator(".lm-Menu").get_by_text("Show the Model Registry").click()
    sidebar = page.locator("#jupyter-registry-sidebar")
    expect(sidebar.get_by_role("searchbox").first).to_be_focused()
    return sidebar


def _opens_a_panel(page: Any, title: str) -> Any:
    sidebar = _show(page)
    sidebar.get_by_role("option", name=title).click()
    box = panel(page, title).bounding_box()
    assert box is not None
    assert box["width"] > 200
    assert box["x"] + box["width"] <= 1180
    assert box["y"] < 600
    return sidebar

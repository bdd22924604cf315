"""A leaderboard in JupyterLab, without code: begun from a file, watched, its winner deployed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from jupyter_registry.client import Registry
from jupyter_registry.domain.kinds import PackageKind
from jupyter_registry.training.http_sink import HttpSink
from tests.board_samples import board_body, failed_body
from tests.browser.lab import Lab
from tests.browser.panels import FORM, PANEL, complaints, fill, panel, pictures, press, ready, tab
from tests.browser.samples import visits

#: Milliseconds until a training has read its data, and made a model or come to its end.
PATIENCE = 150_000
#: Seconds that it may take: more than any test, for a search goes on until it is stopped.
BUDGET = 900
#: A file of the file browser.
FILE = "visits.csv"


@pytest.fixture
def table(lab: Lab) -> Path:
    """A small table that the file browser shows."""
    path = lab.notebooks / FILE
    visits(400, 0)[["age", "income", "choice", "left"]].to_csv(path, index=False)
    return path


def _form(page: Page) -> Locator:
    found = page.locator(f"{FORM}:visible")
    found.get_by_role("heading", name="New leaderboard").wait_for()
    return found


def _models(shown: Locator) -> Locator:
    return shown.get_by_role("region", name="Models").locator("tbody tr")


def _stop(page: Page, shown: Locator) -> None:
    """End a training: what is there stays."""
    press(shown, "Stop…")
    page.locator(".jp-Dialog").get_by_role("button", name="Stop").click()
    expect(shown.get_by_text("stopped", exact=True)).to_be_visible(timeout=PATIENCE)


def test_from_the_sidebar_to_a_native_package(
    registry: Registry, another_kernel: str, sidebar: Locator, page: Page, table: Path,
    tmp_path: Path,
) -> None:  # fmt: skip
    section = sidebar.get_by_role("region", name="Leaderboards")
    section.get_by_role("button", name="New leaderboard").click()
    form = _form(page)
    form.get_by_role("button", name="Train", exact=True).click()  # nothing is filled in
    expect(form.get_by_text("Choose a file.")).to_be_visible()
    expect(form.get_by_text("Choose the column to predict.")).to_be_visible()
    form.locator("input[type=file]").set_input_files(table)
    expect(form.get_by_label("Target *")).to_contain_text("income")
    fill(form, {"Target *": "left", "Time budget in seconds": str(BUDGET), "Name": "stays"})
    pictures(page, FORM, "form", tmp_path)
    form.get_by_role("button", name="Train", exact=True).click()

    shown = page.locator(f"{PANEL}:visible")
    shown.get_by_role("heading", name="stays", exact=True).wait_for(timeout=PATIENCE)
    expect(form).to_have_count(0)  # it is not needed any more
    expect(section.get_by_role("option").first).to_contain_text("running")
    expect(_models(shown).first).to_be_visible(timeout=PATIENCE)
    came = _models(shown).count()
    assert complaints(page, "#jupyter-registry-sidebar") == ""
    assert registry.leaderboards("stays")[0].state == "running"

    page.reload()  # it goes on, and its panel is there again
    ready(page)
    shown = panel(page, "stays")
    expect(shown.get_by_role("progressbar", name="Training")).to_be_visible()
    log = tab(shown, "Training").get_by_role("region", name="Log")
    expect(log).not_to_be_empty()
    page.screenshot(path=str(tmp_path / "training.png"))
    assert complaints(page, PANEL) == ""
    tab(shown, "Models")
    expect(_models(shown).nth(max(came, 3))).to_be_visible(timeout=PATIENCE)
    _stop(page, shown)
    assert _models(shown).count() > came

    _ranks_by_what_is_chosen(shown)
    expect(shown.get_by_text("sealed")).to_be_visible()
    expect(shown.get_by_label("Permutation importance").first).to_be_visible()
    for name in ("ROC curve", "Confusion matrix", "AUC against scoring time"):
        expect(shown.locator("figure").filter(has_text=name)).to_have_count(1)
    expect(shown.get_by_role("list", name="Blueprint")).to_contain_text("left")
    page.set_viewport_size({"width": 1180, "height": 3100})
    page.wait_for_timeout(1500)  # charts are drawn anew
    pictures(page, PANEL, "board", tmp_path)
    page.set_viewport_size({"width": 1180, "height": 900})

    press(shown, "Deploy the Best Model…")
    dialog = page.locator("dialog")
    fill(dialog, {"Label": "stays-eu", "Association ID column": "visit"})
    dialog.get_by_label("Importance").select_option("high")
    dialog.get_by_label("Environment").select_option(label="Another Python")
    pictures(page, "dialog", "deploy", tmp_path)
    dialog.get_by_role("button", name="Deploy", exact=True).click()
    panel(page, "stays-eu")

    package = registry.package("stays")
    deployment = registry.deployment("stays-eu")
    assert package.kind is PackageKind.NATIVE
    assert (deployment.package, deployment.kernelspec) == ("stays/1", another_kernel)
    assert deployment.predict([{"age": 50, "income": 60, "choice": "car"}])
    packages = sidebar_of(page).get_by_role("region", name="Packages")
    packages.get_by_role("option").filter(has_text="stays").click()
    found = page.locator(f"{PANEL}:visible")
    tab(found, "Provenance").get_by_title("Open the leaderboard").click()
    shown = panel(page, "stays")
    expect(shown.get_by_role("button", name="stays/1")).to_be_visible()
    expect(shown.get_by_text("sealed")).to_have_count(0)  # deploying unlocked its holdout

    _models(shown).nth(1).get_by_role("button").first.click()
    shown.get_by_role("button", name="Replace a Deployment…").click()
    dialog = page.locator("dialog")
    expect(dialog.get_by_role("region", name="Checks")).to_contain_text(
        "can take its place", timeout=PATIENCE
    )
    expect(dialog.get_by_label("Deployment")).to_contain_text("stays-eu (stays/1)")
    expect(dialog.get_by_label("Environment")).to_have_value(another_kernel)  # as it is
    dialog.get_by_label("Environment").select_option(label="The registry’s default")
    expect(dialog.get_by_role("region", name="Checks")).to_contain_text(
        "can take its place", timeout=PATIENCE
    )
    fill(dialog, {"Note": "the second"})
    dialog.get_by_role("button", name="Replace", exact=True).click()
    expect(dialog).to_have_count(0, timeout=PATIENCE)
    expect(shown.get_by_role("button", name="stays/2")).to_be_visible()
    deployment = registry.deployment("stays-eu")
    assert (deployment.package, deployment.kernelspec) == ("stays/2", None)
    assert [period.kernelspec for period in deployment.history()] == [another_kernel, None]
    _trained_again_and_compared(registry, page, shown, table, tmp_path)


def _trained_again_and_compared(
    registry: Registry, page: Page, first: Locator, table: Path, tmp_path: Path
) -> None:
    first_id = registry.leaderboards("stays")[0].id
    press(first, "Train Again…")
    form = page.locator(f"{FORM}:visible")
    form.get_by_role("heading", name="Train stays again").wait_for()
    expect(form.get_by_label("Target *")).to_have_value("left")
    expect(form.get_by_label("Time budget in seconds")).to_have_value(str(BUDGET))
    form.locator("input[type=file]").set_input_files(table)
    form.get_by_role("button", name="Train", exact=True).click()
    back = page.get_by_role("button", name=f"trained again from leaderboard {first_id}")
    expect(back).to_be_visible(timeout=PATIENCE)
    again = page.locator(f"{PANEL}:visible")
    expect(_models(again).first).to_be_visible(timeout=PATIENCE)
    _stop(page, again)

    tab(again, "Comparison")
    expect(again.get_by_label("Old")).to_contain_text(f"of leaderboard {first_id} (stays/2)")
    again.get_by_role("button", name="Unlock the Holdout…").click()
    page.locator(".jp-Dialog").get_by_role("button", name="Unlock").click()
    rows = again.get_by_role("region", name="Comparison").locator("tbody tr")
    expect(rows.filter(has_text="AUC").locator("td").nth(3)).to_have_text(
        re.compile(r"^[+-]?0(\.\d+)?$")
    )
    pictures(page, PANEL, "comparison", tmp_path)
    back.click()
    older = panel(page, "stays")
    older.get_by_role("button", name="trained again as leaderboard").click()
    expect(rows.first).to_be_visible()  # where it was left


def _ended_by_itself(registry: Registry) -> None:
    """A leaderboard whose training was not stopped."""
    sink = HttpSink(registry)
    sink.begin(board_body("by-itself"))
    sink.model(failed_body(), {})
    sink.end("done", None)


def sidebar_of(page: Page) -> Locator:
    """The sidebar after a reload."""
    found = page.locator("#jupyter-registry-sidebar")
    if not found.is_visible():
        page.get_by_role("tab", name="Model Registry").click()
    return found


def _ranks_by_what_is_chosen(shown: Locator) -> None:
    def scores() -> list[float]:
        cells = _models(shown).locator("td:nth-of-type(2)").all_inner_texts()
        return [float(text.split("±")[0]) for text in cells if text[:1].isdigit()]

    assert scores() == sorted(scores(), reverse=True)
    shown.get_by_label("Rank by").select_option("log_loss")
    expect(shown.get_by_role("columnheader", name="Log loss")).to_be_visible()
    assert len(scores()) > 2
    assert scores() == sorted(scores())
    shown.get_by_label("Rank by").select_option("auc")


def test_a_file_of_the_file_browser_a_refusal_and_a_stop(
    registry: Registry, sidebar: Locator, page: Page, table: Path
) -> None:
    _ended_by_itself(registry)
    row = sidebar.get_by_role("region", name="Leaderboards").get_by_role("option")
    row.filter(has_text="by-itself").click()
    expect(panel(page, "by-itself").get_by_text("done", exact=True)).to_be_visible()
    page.get_by_role("tab", name="File Browser").click()
    item = page.locator(".jp-DirListing-item").filter(has_text=FILE)
    item.click(button="right")
    page.get_by_role("menuitem", name="Train a Leaderboard…").click()
    form = _form(page)
    expect(form.get_by_text(FILE)).to_be_visible()
    form.get_by_label("Target *").select_option("left")
    form.get_by_text("More", exact=True).click()
    form.get_by_label("Target type").select_option("regression")
    form.get_by_role("button", name="Train", exact=True).click()
    refused = form.get_by_role("alert").first
    expect(refused).to_be_visible(timeout=PATIENCE)
    before = len(list(registry.leaderboards()))
    form.get_by_label("Target type").select_option("")
    form.get_by_label("Target *").select_option("income")
    fill(form, {"Time budget in seconds": str(BUDGET), "Name": "short"})
    with page.expect_request(
        lambda asked: asked.url.endswith("/leaderboards/jobs") and asked.method == "POST"
    ):
        form.get_by_role("button", name="Train", exact=True).click()
    page.reload()  # before there is an answer: what comes of it is shown all the same
    ready(page)
    shown = page.locator(f"{PANEL}:visible")
    shown.get_by_role("heading", name="short", exact=True).wait_for(timeout=PATIENCE)
    expect(_models(shown).nth(2)).to_be_visible(timeout=PATIENCE)
    press(shown, "Delete…")  # says what stands in the way, and how to go on
    expect(page.locator(".jp-Dialog")).to_contain_text("short is being trained")
    page.locator(".jp-Dialog").get_by_role("button", name="Stop").click()
    expect(shown.get_by_text("stopped", exact=True)).to_be_visible(timeout=PATIENCE)
    assert len(list(registry.leaderboards())) == before + 1

    second = _models(shown).nth(1).get_by_role("button").first
    _models(shown).first.get_by_role("button").first.focus()
    page.keyboard.press("ArrowDown")
    expect(second).to_be_focused()
    page.keyboard.press("Enter")
    expect(second).to_have_attribute("aria-pressed", "true")
    for name in ("Predicted against actual", "Residuals"):
        expect(shown.locator("figure").filter(has_text=name)).to_have_count(1)
    shown.get_by_role("button", name="Unlock the Holdout…").click()
    page.locator(".jp-Dialog").get_by_role("button", name="Unlock").click()
    expect(shown.get_by_text("unlocked", exact=False).first).to_be_visible()
    _models(shown).nth(1).click(button="right")  # the same by the menu of its row
    page.get_by_role("menuitem", name="Register…").click()
    page.locator("dialog").get_by_role("button", name="Register").click()
    panel(page, "short/1")
    assert registry.package("short").kind is PackageKind.NATIVE

    board: Any = registry.leaderboards("short")[0]
    row = sidebar_of(page).get_by_role("region", name="Leaderboards").get_by_role("option")
    row.filter(has_text="short").click(button="right")
    expect(page.get_by_role("menuitem", name="Stop…")).to_have_count(0)  # it has ended
    page.keyboard.press("Escape")
    sidebar_of(page).get_by_role("listbox", name="Leaderboards").focus()
    page.keyboard.press("Home")  # the newest
    page.keyboard.press("Delete")
    page.locator(".jp-Dialog").get_by_role("button", name="Delete").click()
    expect(row.filter(has_text="short")).to_have_count(0)
    assert board.id not in [one.id for one in registry.leaderboards()]
    assert registry.package("short").version == 1  # what was made of it stays

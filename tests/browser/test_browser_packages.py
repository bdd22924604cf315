"""Packages in JupyterLab: registered by a form, looked at, changed, compared; all without code."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cloudpickle
import joblib
import pytest
from playwright.sync_api import expect

from jupyter_registry.client import Registry
from tests.browser.desktop import drop
from tests.browser.lab import Lab, Notebook
from tests.browser.panels import PANEL, TARGET, command, complaints, pictures, ready
from tests.browser.panels import form as shown_form
from tests.browser.samples import FEATURES, PREPARE, amount_model, churn_model, visits
from tests.browser.window import Window

#: Registers a package in a kernel.
FROM_NOTEBOOK = """
from jupyter_registry import Registry
Registry().register("from a notebook", churn_model(), target="left", progress=False)
"""
#: A model that cannot be loaded.
BROKEN = """
def load_model(code_dir):
    raise RuntimeError("not today")

def score(data, model):
    return [0.5] * len(data)
"""
#: A class of a notebook.
OWN = """
class Twice:
    n_features_in_ = 1
    _estimator_type = "regressor"

    def predict(self, rows):
        return [2.0 * row[0] for row in rows]
"""


def _own_model() -> Any:
    """An object of a class that exists in a notebook alone."""
    space: dict[str, Any] = {"__name__": "__main__"}
    exec(OWN, space)
    return space["Twice"]()


def _form(page: Any, **arguments: Any) -> Any:
    command(page, "register", arguments)
    return shown_form(page)


def _drag(page: Any, row: Any, onto: Any) -> None:
    row.hover()
    page.mouse.down()
    box = onto.bounding_box()
    for share in (0.3, 0.4, 0.5):
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + share * box["height"])
    page.mouse.up()


def test_a_package_is_registered_by_drop_and_looked_after(
    opened: Any, registry: Registry, tmp_path: Path
) -> None:
    page = opened
    joblib.dump(churn_model(), tmp_path / "churn.joblib")
    rows = visits(300, 5)
    rows[[*FEATURES, "left"]].iloc[:200].to_csv(tmp_path / "train.csv", index=False)
    rows[[*FEATURES, "left"]].iloc[200:].to_parquet(tmp_path / "holdout.parquet", index=False)

    form = _form(page)
    form.get_by_role("button", name="Register", exact=True).click()
    expect(form.get_by_text("This is needed.").first).to_be_visible()
    form.get_by_label("Name").fill("bad/name")
    expect(form.get_by_text("A name has 1 to 200 letters")).to_be_visible()
    form.get_by_label("Name").fill("churn by drop")
    expect(form.get_by_text("A name has 1 to 200 letters")).to_have_count(0)

    # a worker finds all that is not typed
    drop(form.get_by_role("group", name="Model", exact=True), tmp_path / "churn.joblib")
    expect(form.get_by_text("The model was loaded: joblib", exact=False)).to_be_visible()
    expect(form.get_by_label("Target type")).to_have_value("binary")
    expect(form.get_by_label("Classes")).to_have_value("no, yes")
    expect(form.get_by_label("Signature")).to_have_value("age: number?\nincome: number?")
    expect(form.get_by_text("It is not known what is predicted")).to_be_visible()

    # with data the target is known, and there is a baseline
    drop(form.get_by_role("group", name="Training data"), tmp_path / "train.csv")
    drop(form.get_by_role("group", name="Holdout data"), tmp_path / "holdout.parquet")
    expect(form.get_by_text("On the holdout: Log loss", exact=False)).to_be_visible()
    expect(form.get_by_label(TARGET)).to_have_value("left")

    # a wrong target is refused beside its field, and what was typed stays
    form.get_by_label(TARGET).fill("lefft")
    expect(form.locator(".jp-mod-invalid", has_text="Target")).to_contain_text("lefft")
    form.get_by_label(TARGET).fill("left")
    form.get_by_label("Tags").fill("team: growth\nchecked")
    form.get_by_label("Description").fill("who leaves")
    form.get_by_role("button", name="Register", exact=True).click()

    panel = page.locator(".jp-Registry-panel:visible")
    expect(panel.get_by_role("heading", name="churn by drop/1")).to_be_visible()
    package = registry.package("churn by drop/1")
    assert (package.kind, package.target_name, package.positive_class) == ("custom", "left", "yes")
    assert package.tags == {"team": "growth", "checked": ""}
    assert [file.path for file in package.files] == ["churn.joblib"]
    sent = hashlib.sha256((tmp_path / "churn.joblib").read_bytes()).hexdigest()
    assert package.files[0].sha256 == sent
    assert package.baseline is not None
    assert package.baseline["rows"]["holdout"] == 100
    expect(page.locator(".jp-Registry-form")).to_have_count(0)

    _edits(page, panel, registry)
    _tabs(page, panel, package, tmp_path)
    _deploys_and_cannot_be_deleted(page, panel, registry, tmp_path)


def _edits(page: Any, panel: Any, registry: Registry) -> None:
    """Tags, aliases and description, in place; undone."""
    tags = panel.get_by_role("list", name="Tags")
    panel.get_by_role("button", name="Add a tag").click()
    panel.get_by_role("textbox", name="New tag").fill("stage: trial")
    page.keyboard.press("Escape")
    expect(panel.get_by_role("textbox", name="New tag")).to_have_count(0)
    expect(panel.get_by_role("button", name="Add a tag")).to_be_focused()
    page.keyboard.press("Enter")
    panel.get_by_role("textbox", name="New tag").fill("stage: trial")
    page.keyboard.press("Enter")
    expect(tags).to_contain_text("stage: trial")
    panel.get_by_role("button", name="Take off the tag checked").click()
    expect(tags).not_to_contain_text("checked")
    assert registry.package("churn by drop/1").tags == {"team": "growth", "stage": "trial"}
    panel.get_by_role("button", name="Undo").click()
    expect(tags).to_contain_text("checked")
    expect(panel.get_by_text("It is as it was.")).to_be_visible()

    panel.get_by_role("button", name="Add an alias").click()
    panel.get_by_role("textbox", name="New alias").fill("latest")
    expect(panel.get_by_text("is not “latest”")).to_be_visible()
    panel.get_by_role("textbox", name="New alias").fill("champion")
    page.keyboard.press("Enter")
    expect(panel.get_by_role("list", name="Aliases")).to_contain_text("@champion")
    assert registry.package("churn by drop@champion").version == 1

    # what is typed stays while somebody else changes the package
    panel.get_by_role("button", name="Description: who leaves. Edit").click()
    panel.get_by_role("textbox", name="Description").fill("who leaves, and why")
    registry.package("churn by drop/1").update(tags={"team": "growth", "by_another": "yes"})
    expect(tags).to_contain_text("by_another")
    typed = panel.get_by_role("textbox", name="Description")
    expect(typed).to_have_value("who leaves, and why")
    # nor is it lost by a look at another tab
    panel.get_by_role("tab", name="Overview").click()
    page.keyboard.press("End")
    expect(typed).to_have_count(0)
    page.keyboard.press("Home")
    expect(typed).to_have_value("who leaves, and why")
    expect(panel.get_by_role("tab", name="Overview")).to_be_focused()
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_role("button", name="Description: who leaves, and why")).to_be_visible()
    panel.get_by_role("button", name="Undo").click()
    expect(panel.get_by_role("button", name="Description: who leaves. Edit")).to_be_visible()


def _tabs(page: Any, panel: Any, package: Any, folder: Path) -> None:
    """Signature, files, metrics, provenance."""
    pictures(page, PANEL, "overview", folder)
    panel.get_by_role("tab", name="Signature").click()
    expect(panel.get_by_role("region", name="Columns")).to_contain_text("income")
    panel.get_by_role("tab", name="Files").click()
    with page.expect_download() as arriving:
        panel.get_by_role("link", name="churn.joblib").click()
    got = hashlib.sha256(Path(arriving.value.path()).read_bytes()).hexdigest()
    assert got == package.files[0].sha256
    panel.get_by_role("button", name="Copy the SHA-256 of churn.joblib").click()
    expect(panel.get_by_text("is on the clipboard")).to_be_visible()
    panel.get_by_role("tab", name="Metrics").click()
    expect(panel.get_by_role("region", name="Metrics on the holdout")).to_contain_text("AUC")
    expect(panel.get_by_role("img", name=re.compile("^age: "))).to_be_visible()
    pictures(page, PANEL, "metrics", folder)
    panel.get_by_role("tab", name="Provenance").click()
    expect(panel.get_by_role("region", name="Libraries")).to_contain_text("sklearn")
    expect(panel.get_by_role("region", name="Parameters")).to_contain_text("max_iter")
    assert complaints(page, PANEL) == ""


def _deploys_and_cannot_be_deleted(page: Any, panel: Any, registry: Registry, folder: Path) -> None:
    panel.get_by_role("button", name="Deploy…").click()
    dialog = page.locator("dialog")
    dialog.get_by_label("Threshold").fill("2")
    expect(dialog.get_by_text("A number from 0 to 1.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(panel.get_by_role("button", name="Deploy…")).to_be_focused()
    panel.get_by_role("button", name="Deploy…").click()
    # what was typed is there again
    expect(dialog.get_by_label("Threshold")).to_have_value("2")
    dialog.get_by_label("Threshold").fill("0.4")
    dialog.get_by_label("Label").fill("dropped churn")
    dialog.get_by_label("Association ID column").fill("visit")
    dialog.get_by_label("Segment columns").fill("age")
    page.screenshot(path=str(folder / "deploy.png"))
    assert complaints(page, "dialog") == ""
    dialog.get_by_role("button", name="Deploy", exact=True).click()
    expect(panel.get_by_role("heading", name="dropped churn")).to_be_visible()
    made = registry.deployment("dropped churn")
    assert (made.prediction_threshold, made.association_id_column) == (0.4, "visit")
    assert made.segment_columns == ["age"]

    page.locator(".lm-TabBar-tabLabel", has_text="churn by drop/1").click()
    panel.get_by_role("tab", name="Overview").click()
    services = panel.get_by_role("list", name="Deployments")
    expect(services).to_contain_text("dropped churn")
    panel.get_by_role("button", name="Delete…").click()
    asked = page.locator(".jp-Dialog")
    expect(asked).to_contain_text("cannot be deleted")
    expect(asked).to_contain_text("dropped churn")
    asked.get_by_role("button", name="Cancel").click()
    assert registry.package("churn by drop/1").archived_at is None
    services.get_by_role("button", name="dropped churn").click()
    expect(panel.get_by_role("heading", name="dropped churn")).to_be_visible()


def test_two_versions_are_compared_and_one_deleted(
    opened: Any, registry: Registry, tmp_path: Path
) -> None:
    page = opened
    for strength in (1.0, 0.01):
        registry.register(
            "compared", churn_model(strength), target="left", holdout=visits(200, 7),
            description=f"strength {strength}", progress=False,
        )  # fmt: skip
    second = registry.package("compared/2")
    command(page, "open-package", {"id": second.id, "tab": "versions"})
    panel = page.locator(".jp-Registry-panel:visible")
    table = panel.get_by_role("region", name="Versions of compared")
    expect(table).to_contain_text("2 (this one)")
    panel.get_by_role("button", name="Compare").click()
    comparison = panel.get_by_role("region", name="Comparison")
    parameters = comparison.get_by_role("region", name="Parameters")
    expect(parameters.get_by_role("row", name="C 0.01 1")).to_be_visible()
    expect(parameters.get_by_role("row")).to_have_count(2)  # the rest is the same
    expect(comparison.get_by_role("region", name="Baseline metrics")).to_contain_text("Log loss")
    expect(comparison.get_by_role("heading", name="Signature the same")).to_be_visible()
    comparison.get_by_label("Show what is the same, too").check()
    expect(comparison.get_by_role("region", name="Signature")).to_contain_text("income")
    pictures(page, PANEL, "compared", tmp_path)

    # what is registered elsewhere meanwhile is there by itself
    registry.register("compared", churn_model(), target="left", progress=False)
    expect(panel.get_by_role("button", name="Open version 3")).to_be_visible()
    expect(comparison).to_be_visible()

    # archived and restored from its panel, with a question; deleted for good
    panel.get_by_role("button", name="Archive…").click()
    page.locator(".jp-Dialog").get_by_role("button", name="Archive").click()
    expect(panel.get_by_role("button", name="Restore")).to_be_visible()
    expect(panel.get_by_role("button", name="Deploy…")).to_have_count(0)
    expect(table).to_contain_text("archived")
    panel.get_by_role("button", name="Restore").click()
    expect(panel.get_by_role("button", name="Archive…")).to_be_visible()
    panel.get_by_role("button", name="Delete…").click()
    page.locator(".jp-Dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("It is not there any more")).to_be_visible()
    assert sorted(found.version for found in registry.packages(name="compared")) == [1, 3]


def test_a_model_of_the_file_browser_and_one_hosted_elsewhere(
    opened: Any, window: Window, lab: Lab, registry: Registry, tmp_path: Path
) -> None:
    page = opened
    folder = lab.notebooks / "amounts"
    folder.mkdir()
    joblib.dump(amount_model(), folder / "amount.joblib")
    rows = visits(120, 9)[[*FEATURES, "amount"]]
    rows.to_csv(lab.notebooks / "amounts.csv", index=False)

    # as the file browser's context menu opens it
    form = _form(page, paths=["amounts/amount.joblib"], name="amounts")
    expect(form.get_by_text("The model was loaded: joblib", exact=False)).to_be_visible()
    expect(form.get_by_label("Target type")).to_have_value("regression")
    form.get_by_label(TARGET).fill("amount")
    data = form.get_by_role("group", name="Holdout data")
    data.get_by_role("button", name="From the file browser…").click()
    picker = page.locator(".jp-Dialog")
    picker.get_by_text("amounts.csv").click()
    picker.get_by_role("button", name="Select").click()
    expect(form.get_by_text("On the holdout: RMSE", exact=False)).to_be_visible()
    _drag(page, page.locator(".jp-DirListing-item", has_text="amounts.csv"),
          form.get_by_role("group", name="Training data"))  # fmt: skip
    expect(form.get_by_role("list", name="Training data")).to_contain_text("amounts.csv")
    expect(form.get_by_text("The model was loaded: joblib", exact=False)).to_be_visible()

    # a draft outlives the panel and the page, with what was sent
    form.get_by_label("Description").fill("how much is spent")
    page.locator(".lm-TabBar-tab.lm-mod-current .lm-TabBar-tabCloseIcon").last.click()
    expect(page.locator(".jp-Registry-form")).to_have_count(0)
    page.wait_for_timeout(2000)  # Lab saves its state a moment later
    page.goto(page.url.split("?")[0])
    ready(page)
    form = _form(page)
    expect(form.get_by_text("You go on where you left off.")).to_be_visible()
    expect(form.get_by_label("Description")).to_have_value("how much is spent")
    expect(form.get_by_role("list", name="Model")).to_contain_text("amounts/amount.joblib")
    expect(form.get_by_text("On the holdout: RMSE", exact=False)).to_be_visible()
    form.get_by_role("button", name="Register", exact=True).click()
    panel = page.locator(".jp-Registry-panel:visible")
    expect(panel.get_by_role("heading", name="amounts/1")).to_be_visible()
    found = registry.package("amounts/1")
    assert [file.path for file in found.files] == ["amount.joblib"]
    assert found.baseline is not None
    assert "rmse" in found.baseline["metrics"]
    assert found.baseline["rows"]["training"] == 120

    # hosted elsewhere, with data that has its predictions
    rows["said"] = rows["amount"] + 1
    rows.to_csv(tmp_path / "scored.csv", index=False)
    form = _form(page)
    form.get_by_label("External").check()
    form.get_by_label("Name").fill("amounts elsewhere")
    form.get_by_label("Hosted at").fill("https://models.example/amounts")
    form.get_by_label("Built with").fill("R 4.4")
    form.get_by_label(TARGET).fill("amount")
    form.get_by_label("Target type").select_option("regression")
    form.get_by_text("Data", exact=True).click()
    drop(form.get_by_role("group", name="Holdout data"), tmp_path / "scored.csv")
    form.get_by_label("Predictions", exact=True).fill("said")
    expect(form.get_by_text("On the holdout: RMSE 1", exact=False)).to_be_visible()
    form.get_by_role("button", name="Register", exact=True).click()
    expect(panel.get_by_role("heading", name="amounts elsewhere/1")).to_be_visible()
    external = registry.package("amounts elsewhere/1")
    assert (external.kind, external.location) == ("external", "https://models.example/amounts")
    assert external.build_environment == "R 4.4"
    assert external.baseline is not None
    assert external.baseline["metrics"]["rmse"]["value"] == pytest.approx(1)
    assert [column["name"] for column in external.signature] == FEATURES
    window.close()  # the page may keep what its forms began with


def test_provenance_leads_to_the_notebook(
    notebook: Callable[..., Notebook], page: Any, registry: Registry
) -> None:
    opened = notebook([f"{PREPARE}{FROM_NOTEBOOK}"])
    opened.run(0)
    package = registry.package("from a notebook/1")
    command(page, "open-package", {"id": package.id, "tab": "provenance"})
    panel = page.locator(".jp-Registry-panel:visible")
    link = panel.get_by_role("button", name=opened.path.name)
    expect(link).to_have_attribute("title", "Open the notebook")
    link.click()
    expect(page.locator(".jp-Notebook:visible")).to_be_visible()
    expect(panel).to_have_count(0)


def test_a_model_of_ones_own_code(opened: Any, registry: Registry, tmp_path: Path) -> None:
    page = opened
    form = _form(page, name="own code")
    file = tmp_path / "own.pkl"
    file.write_bytes(cloudpickle.dumps(_own_model()))
    area = form.get_by_role("group", name="Model", exact=True)
    area.locator("input[type=file]").first.set_input_files(str(file))
    refusal = form.get_by_role("alert").filter(has_text="cloudpickle")
    expect(refusal).to_be_visible()

    # said to be one's own it is looked at, and what it says is filled in
    own = form.get_by_label("The code in its pickles is my own")
    expect(own).to_have_accessible_description(re.compile("classes of a notebook"))
    own.check()
    expect(form.get_by_text("The model was loaded")).to_be_visible()
    expect(refusal).to_be_hidden()
    form.get_by_label(TARGET).fill("y")
    expect(form.get_by_label("Target type")).to_have_value("regression")
    form.get_by_label("Signature").fill("x: number")
    own.scroll_into_view_if_needed()
    page.screenshot(path=str(tmp_path / "own-code.png"))
    form.get_by_role("button", name="Register", exact=True).click()
    panel = page.locator(".jp-Registry-panel:visible")
    expect(panel.get_by_role("heading", name="own code/1")).to_be_visible()
    panel.get_by_role("tab", name="Provenance").click()
    expect(panel.get_by_role("tabpanel")).to_contain_text("said to be the author’s own")
    assert registry.package("own code").provenance["scan"]["own_code"] is True


def test_what_is_wrong_is_told_where_it_is(opened: Any, registry: Registry, tmp_path: Path) -> None:
    page = opened
    (tmp_path / "custom.py").write_text(BROKEN)
    (tmp_path / "large.bin").write_bytes(b"0" * 30_000_000)
    form = _form(page)
    area = form.get_by_role("group", name="Model", exact=True)

    # cancelled half-way, the server slow; sent again
    page.route("**/uploads/*/files/**", lambda route: None)
    area.locator("input[type=file]").first.set_input_files(str(tmp_path / "large.bin"))
    form.get_by_role("button", name="Cancel sending").click()
    expect(form.get_by_text("The files are not sent.")).to_be_visible()
    page.unroute("**/uploads/*/files/**")
    form.get_by_role("button", name="Remove large.bin").click()

    # a model that cannot be loaded: the worker's traceback
    area.locator("input[type=file]").first.set_input_files(str(tmp_path / "custom.py"))
    problem = form.get_by_role("alert").filter(has_text="Traceback")
    expect(problem).to_be_visible()
    problem.get_by_text("Traceback", exact=True).click()
    expect(problem).to_contain_text("RuntimeError: not today")
    form.get_by_label("Name").fill("broken")
    form.get_by_label(TARGET).fill("left")
    form.get_by_label("Target type").select_option("binary")
    form.get_by_label("Classes").fill("no, yes")
    form.get_by_label("Signature").fill("age: number\nincome: money")
    expect(form.get_by_text("Line 2 is not understood", exact=False)).to_be_visible()
    form.get_by_label("Signature").fill("age: number\nincome: number")
    form.get_by_role("button", name="Register it as typed below").click()
    panel = page.locator(".jp-Registry-panel:visible")
    expect(panel.get_by_role("heading", name="broken/1")).to_be_visible()
    panel.get_by_role("button", name="Deploy…").click()
    dialog = page.locator("dialog")
    dialog.get_by_role("button", name="Deploy", exact=True).click()
    dialog.get_by_text("Traceback", exact=True).click()
    expect(dialog).to_contain_text("RuntimeError: not today")
    page.screenshot(path=str(tmp_path / "traceback.png"))
    assert not [one for one in registry.deployments() if one.label == "broken"]

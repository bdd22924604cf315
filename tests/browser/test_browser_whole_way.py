"""The whole way of a model in JupyterLab, by hand and without code: from its file to the archive.

And of one that is hosted elsewhere: from its description to rows that arrive while one looks on.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import joblib
import pytest
from playwright.sync_api import Locator, Page, expect
from sklearn.linear_model import LogisticRegression

from jupyter_registry.client import Registry
from jupyter_registry.client.deployments import Deployment
from jupyter_registry.domain.kinds import DeploymentState
from tests.browser.desktop import drag_over, drop
from tests.browser.lab import Lab, Notebook
from tests.browser.panels import (
    FORM,
    PANEL,
    TARGET,
    fill,
    form,
    front,
    panel,
    pictures,
    press,
    tab,
)
from tests.browser.samples import FEATURES, churn_model, visits

CODE = """
import joblib
from pathlib import Path

def load_model(code_dir):
    return joblib.load(Path(code_dir) / "weights" / "churn.joblib")

def score(data, model):
    return model.predict_proba(data)[:, 1]
"""
#: What the walk's models see, and what the one that does not fit needs besides.
KNOWN = [*FEATURES, "left"]
MORE = [*FEATURES, "visits_before"]


@pytest.fixture
def desktop(tmp_path: Path) -> Path:
    """The reader's own files: three models, one of them a folder of code, and data."""
    rows = visits(700, 0).assign(visits_before=1.0)
    rows.iloc[:400][KNOWN].to_csv(tmp_path / "train.csv", index=False)
    rows.iloc[400:][KNOWN].to_parquet(tmp_path / "holdout.parquet", index=False)
    rows.iloc[:400][[*MORE, "left"]].to_csv(tmp_path / "train-more.csv", index=False)

    folder = tmp_path / "churn"
    (folder / "weights").mkdir(parents=True)
    (folder / "__pycache__").mkdir()
    joblib.dump(churn_model(), folder / "weights" / "churn.joblib")
    (folder / "custom.py").write_text(CODE)
    (folder / ".env").write_text("SECRET=1")
    (folder / "__pycache__" / "custom.pyc").write_bytes(b"left by Python")
    joblib.dump(churn_model(0.05), tmp_path / "better.joblib")
    needy = LogisticRegression().fit(rows[MORE], rows["left"])
    joblib.dump(needy, tmp_path / "needy.joblib")

    march = visits(300, 3)
    march[["visit", "at", *FEATURES]].to_csv(tmp_path / "march.csv", index=False)
    march[["visit", "left"]].iloc[:250].to_csv(tmp_path / "what-happened.csv", index=False)
    return tmp_path


def test_from_a_drop_to_the_archive(
    registry: Registry, sidebar: Locator, page: Page, desktop: Path
) -> None:
    _register_the_folder(registry, sidebar, page, desktop)
    deployment = _deploy(registry, page, "walked/1", "walk")
    _predict(page, deployment, desktop)
    _tell_what_happened(page, deployment, desktop)
    _see_the_accuracy(page, deployment, desktop)
    _register_two_more(registry, sidebar, page, desktop)
    _replace(page, deployment, desktop)
    _roll_back(sidebar, page, deployment, desktop)
    _archive(page, deployment)


def _register_the_folder(registry: Registry, sidebar: Locator, page: Page, desktop: Path) -> None:
    sidebar.get_by_role("button", name="Register a package").first.click()
    shown = form(page)
    area = shown.get_by_role("group", name="Model", exact=True)
    drag_over(area, desktop / "churn")
    expect(area).to_have_class(re.compile("jp-mod-over"))
    drop(area, desktop / "churn")
    expect(area).not_to_have_class(re.compile("jp-mod-over"))
    expect(shown.get_by_text("Hidden files were left out: churn/.env.")).to_be_visible()
    files = shown.get_by_role("list", name="Model").get_by_role("listitem")
    expect(files).to_have_count(2)
    drop(shown.get_by_role("group", name="Training data"), desktop / "train.csv")
    drop(shown.get_by_role("group", name="Holdout data"), desktop / "holdout.parquet")
    fill(shown, {"Name": "walked", TARGET: "left", "Target type": "binary"})
    expect(shown.get_by_text("On the holdout: Log loss", exact=False)).to_be_visible()
    expect(shown.get_by_label("Classes")).to_have_value("no, yes")
    pictures(page, FORM, "1-register", desktop)
    shown.get_by_role("button", name="Register", exact=True).click()

    panel(page, "walked/1")
    package = registry.package("walked/1")
    assert (package.format, package.kind) == ("custom_code", "custom")
    assert {file.path for file in package.files} == {"custom.py", "weights/churn.joblib"}
    assert [column["name"] for column in package.signature] == FEATURES
    assert package.baseline is not None
    assert package.baseline["rows"] == {"training": 400, "holdout": 300}


def _deploy(
    registry: Registry, page: Page, package: str, label: str, column: str = "visit"
) -> Deployment:
    press(panel(page, package), "Deploy…")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Label").fill(label)
    if column:
        dialog.get_by_label("Association ID column").fill(column)
    dialog.get_by_role("button", name="Deploy", exact=True).click()
    panel(page, label)
    return registry.deployment(label)


def _predict(page: Page, deployment: Deployment, desktop: Path) -> None:
    shown = panel(page, deployment.label)
    part = tab(shown, "Predict")
    drop(part.get_by_role("group", name="Rows"), desktop / "march.csv")
    expect(part.get_by_role("region", name="First rows of the file")).to_contain_text("v3-0")
    expect(part.get_by_label("Association ID")).to_have_value("visit")
    part.get_by_label("Time").select_option("at")
    part.get_by_role("button", name="Predict").click()
    expect(part.get_by_text("300 predictions, recorded.")).to_be_visible()
    pictures(page, PANEL, "2-predict", desktop)
    assert deployment.refresh().rows_predicted == 300


def _tell_what_happened(page: Page, deployment: Deployment, desktop: Path) -> None:
    part = tab(panel(page, deployment.label), "Actuals")
    drop(part.get_by_role("group", name="Rows"), desktop / "what-happened.csv")
    expect(part.get_by_label("Value")).to_have_value("left")
    part.get_by_role("button", name="Send actuals").click()
    counts = part.get_by_role("region", name="What came of the rows")
    expect(counts.get_by_role("row", name=re.compile("^matched 250 "))).to_be_visible()
    pictures(page, PANEL, "3-actuals", desktop)
    assert deployment.refresh().rows_matched == 250


def _see_the_accuracy(page: Page, deployment: Deployment, desktop: Path) -> None:
    part = tab(panel(page, deployment.label), "Accuracy")
    expect(part.get_by_text("250 of 300 predictions have their actual")).to_be_visible()
    drawn = part.get_by_role("figure", name=re.compile("over time"))
    expect(drawn.first.locator(".jp-Registry-chartDrawn:visible svg")).to_be_visible()
    overall = deployment.accuracy().overall
    assert overall is not None
    metrics = part.get_by_role("region", name="Metrics", exact=True)
    row = metrics.get_by_role("row", name=re.compile("^AUC"))
    expect(row).to_contain_text(f"{overall.metrics['auc'].value:.4g}"[:5])
    pictures(page, PANEL, "4-accuracy", desktop)


def _register_two_more(registry: Registry, sidebar: Locator, page: Page, desktop: Path) -> None:
    """One that needs a column more, and a better one; both dropped onto the sidebar."""
    for file, name, data in (
        ("needy.joblib", "needy", "train-more.csv"),
        ("better.joblib", "walked", "train.csv"),
    ):
        drag_over(sidebar, desktop / file)
        expect(sidebar).to_have_class(re.compile("jp-mod-drop"))
        drop(sidebar, desktop / file)
        expect(sidebar).not_to_have_class(re.compile("jp-mod-drop"))
        shown = form(page)
        expect(shown.get_by_role("list", name="Model")).to_contain_text(file)
        drop(shown.get_by_role("group", name="Training data"), desktop / data)
        shown.get_by_label("Name").fill(name)
        shown.get_by_label(TARGET).fill("left")
        expect(shown.get_by_text("The model was loaded", exact=False)).to_be_visible()
        expect(shown.get_by_label("Signature")).to_have_value(re.compile("age: number"))
        shown.get_by_role("button", name="Register", exact=True).click()
        panel(page, f"{name}/{2 if name == 'walked' else 1}")
    packages = sidebar.get_by_role("listbox", name="Packages")
    expect(packages.get_by_role("option", name="walked/2")).to_be_visible()
    assert registry.package("needy/1").signature[-1]["name"] == "visits_before"


def _replace(page: Page, deployment: Deployment, desktop: Path) -> None:
    """Blocked by a check that fails, then done."""
    shown = front(page, deployment.label)
    press(shown, "Replace…")
    dialog = page.get_by_role("dialog")
    search = dialog.get_by_label("Search a package")
    expect(search).to_be_focused()
    search.fill("needy")
    dialog.get_by_role("radio", name="needy/1").check()
    expect(dialog.get_by_text("needy/1 cannot take its place:")).to_be_visible()
    check = dialog.get_by_role("listitem").filter(has_text="Columns")
    expect(check.get_by_role("img", name="failing")).to_be_visible()
    expect(check).to_contain_text("visits_before")
    pictures(page, "dialog", "5-replace-failing", desktop)
    dialog.get_by_role("button", name="Replace").click(force=True)
    assert deployment.refresh().package == "walked/1"

    search.fill("walked")
    dialog.get_by_role("radio", name="walked/2").check()
    expect(dialog.get_by_text("walked/2 can take its place", exact=False)).to_be_visible()
    fill(dialog, {"Reason": "accuracy", "Note": "It knows better."})
    pictures(page, "dialog", "6-replace-passing", desktop)
    dialog.get_by_role("button", name="Replace").click()
    expect(dialog).to_be_hidden()
    expect(shown.locator(".jp-Registry-panelHeader")).to_contain_text("walked/2")
    assert deployment.refresh().package == "walked/2"


def _roll_back(sidebar: Locator, page: Page, deployment: Deployment, desktop: Path) -> None:
    """By the keyboard, from the history that says why there was another."""
    shown = panel(page, deployment.label)
    overview = tab(shown, "Overview")
    periods = overview.get_by_role("list", name="History, newest first").get_by_role("listitem")
    expect(periods.first).to_contain_text("It knows better.")
    expect(periods.first).to_contain_text("accuracy")
    press(shown, "Roll back…")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(shown.get_by_role("button", name="Roll back…")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog).to_contain_text("walked/1 will be in service again, instead of walked/2.")
    expect(dialog.get_by_text("walked/1 can take its place", exact=False)).to_be_visible()
    dialog.get_by_role("button", name="Roll back").click()
    expect(periods).to_have_count(3)
    expect(periods.first).to_contain_text("walked/1")
    # the list has the latest version, and says that the one before is in service
    row = sidebar.get_by_role("option", name="walked/2")
    expect(row).to_contain_text("/1 deployed")
    pictures(page, PANEL, "7-overview", desktop)
    assert deployment.refresh().package == "walked/1"


def _archive(page: Page, deployment: Deployment) -> None:
    """After a question; brought back, and archived for good."""
    shown = panel(page, deployment.label)
    header = shown.locator(".jp-Registry-panelHeader")

    def archive() -> None:
        press(shown, "Archive")
        page.locator(".jp-Dialog").get_by_role("button", name="Archive").click()
        expect(header).to_contain_text("archived")
        assert deployment.refresh().state is DeploymentState.ARCHIVED

    archive()
    page.get_by_role("button", name="Undo").click()
    expect(header.get_by_role("button", name="Archive", exact=True)).to_be_visible()
    assert deployment.refresh().state is DeploymentState.ACTIVE
    archive()


def test_rows_of_a_model_elsewhere_arrive_while_one_looks_on(
    lab: Lab, registry: Registry, sidebar: Locator, page: Page, tmp_path: Path
) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sidebar.get_by_role("button", name="Register a package").first.click()
    shown = form(page)
    shown.get_by_label("External").check()
    shown.get_by_role("button", name="Register", exact=True).click()
    expect(shown.get_by_text("This is needed.").first).to_be_visible()
    fill(
        shown,
        {
            "Name": "elsewhere", "Hosted at": "https://models.example/left", TARGET: "left",
            "Target type": "binary", "Classes": "no, yes",
        },
    )  # fmt: skip
    shown.get_by_role("button", name="Register", exact=True).click()
    panel(page, "elsewhere/1")
    found = registry.package("elsewhere/1")
    assert (found.kind, found.positive_class) == ("external", "yes")
    deployment = _deploy(registry, page, "elsewhere/1", "reported", column="")

    # a key, and the code with it
    part = tab(panel(page, "reported"), "Integrations")
    part.get_by_label("Name of a new key").fill("the host")
    part.get_by_role("button", name="Make a key").click()
    secret = part.locator(".jp-Registry-secret code").inner_text()
    assert secret.startswith("jrk_")
    keys = part.get_by_role("list", name="Keys that are valid")
    expect(keys).to_contain_text("the host")
    pictures(page, PANEL, "integrations", tmp_path)
    part.get_by_role("button", name="Copy: Report in Python").click()
    expect(part.get_by_text("Copied").first).to_be_visible()
    code = page.evaluate("navigator.clipboard.readText()")
    assert secret in code
    assert lab.url in code

    # run in a kernel, whose rows the panel shows as they come
    cell = code.replace('"spool"', repr(str(tmp_path / "spool")))
    other = page.context.new_page()
    other.set_default_timeout(60_000)
    host = Notebook(lab, other, "host", [cell])
    page.bring_to_front()
    overview = tab(panel(page, "reported"), "Overview")
    expect(_count(overview, "rows predicted")).to_have_text("0")
    host.run(0)
    expect(_count(overview, "rows predicted")).to_have_text("1")
    expect(_count(overview, "matched with actuals")).to_have_text("1")
    expect(overview.get_by_text("1 prediction in 7 days (UTC)")).to_be_visible()
    row = sidebar.get_by_role("option", name="reported")
    expect(row.get_by_role("img", name=re.compile("1 prediction"))).to_be_visible()
    pictures(page, PANEL, "arrived", tmp_path)
    other.close()

    # revoked, the key opens nothing any more
    part = tab(panel(page, "reported"), "Integrations")
    keys.get_by_role("button", name="Revoke the host").click()
    page.locator(".jp-Dialog").get_by_role("button", name="Revoke").click()
    expect(part.get_by_text("There is no key yet.")).to_be_visible()
    made = deployment.keys()
    assert [key.name for key in made if not key.revoked_at] == []


def _count(shown: Locator, name: str) -> Any:
    return shown.locator(".jp-Registry-tiles > div", has_text=name).locator("dd")

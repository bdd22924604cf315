"""From a model in the notebook to its accuracy, by clicking alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from jupyter_registry.client import Registry
from tests.browser.lab import Notebook
from tests.browser.samples import PREPARE, visits

#: A browser may have to be installed first.

#: The notebook's data; all else is clicked.
DATA = f"""{PREPARE}
model = churn_model()
training, holdout = visits(400, 0), visits(300, 1)
for frame in (training, holdout):
    frame.drop(columns=["amount", "choice", "visit", "at"], inplace=True)
march = visits(500, 2).drop(columns=["amount", "choice"])
outcomes = march[["visit", "left"]].rename(columns={{"visit": "who", "left": "what"}}).head(300)
"""


def test_register_deploy_predict_actuals_accuracy(
    notebook: Callable[..., Notebook],
    page: Any,
    picture: Callable[..., Path],
    registry: Registry,
    tmp_path: Path,
) -> None:
    opened = notebook(
        [
            DATA,
            "PackageForm()",
            "PredictPanel('walk')",
            "scored.head(2)",
            "ActualsPanel('walk')",
            "view = AccuracyView('walk')\nview",
            "view.to_frame().round(3)",
        ]
    )
    opened.run(0)

    # a package of the kernel's objects
    form = opened.run(1)
    form.get_by_label("Object", exact=True).select_option(label="model · LogisticRegression")
    form.get_by_label("Training data").select_option(label="training · 400 × 3")
    form.get_by_label("Holdout data").select_option(label="holdout · 300 × 3")
    form.get_by_label("Name", exact=True).fill("walk")
    expect(form.get_by_label("Target", exact=True)).to_have_value("left")
    form.get_by_role("button", name="Register", exact=True).click()
    expect(form.get_by_text("walk/1 is registered.")).to_be_visible()
    expect(form.locator("summary", has_text="Baseline metrics")).to_contain_text("300 holdout rows")

    # a deployment of it
    form.get_by_role("button", name="Deploy…").click()
    form.get_by_label("Association ID", exact=True).fill("visit")
    form.get_by_label("Importance").select_option("high")
    form.get_by_role("button", name="Deploy", exact=True).click()
    expect(form.get_by_text("walk is deployed; it has walk/1.")).to_be_visible()

    # predictions of a DataFrame, given back as one
    panel = opened.run(2)
    panel.get_by_label("DataFrame").select_option(label="march · 500 rows, 5 columns")
    expect(panel.get_by_label("Association ID")).to_have_value("visit")
    panel.get_by_label("Time", exact=True).select_option("at")
    panel.get_by_label("Pass through").select_option(["age", "visit"])
    panel.get_by_label("Variable").fill("scored")
    panel.get_by_role("button", name="Predict", exact=True).click()
    expect(panel.get_by_text("500 predictions, recorded. They are in scored.")).to_be_visible()
    picture(panel, "predict-panel-light")
    frame = opened.run(3)
    expect(frame.locator("thead")).to_contain_text("probability_yes")
    expect(frame.locator("thead")).to_contain_text("age")
    expect(frame.locator("tbody tr")).to_have_count(2)

    # and of a file of one's own
    april = visits(40, 3)
    april.assign(at=april["at"] + april["at"].diff().max() * 50).drop(
        columns=["left", "amount", "choice"]
    ).to_csv(tmp_path / "april.csv", index=False)
    panel.get_by_role("button", name="This computer").click()
    with page.expect_file_chooser() as choosing:
        panel.get_by_role("button", name="Choose a file…").click()
    choosing.value.set_files(tmp_path / "april.csv")
    expect(panel.get_by_text("april.csv: 40 rows, 4 columns.")).to_be_visible()
    expect(panel.get_by_label("Association ID")).to_have_value("visit")
    panel.get_by_role("button", name="Predict", exact=True).click()
    expect(panel.get_by_text("40 predictions, recorded.")).to_be_visible()
    with page.expect_download() as downloading:
        panel.get_by_role("link", name="walk-predictions.csv").click()
    assert len(Path(downloading.value.path()).read_text().splitlines()) == 41

    # actuals, whose columns have other names
    panel = opened.run(4)
    panel.get_by_label("DataFrame").select_option(label="outcomes · 300 rows, 2 columns")
    panel.get_by_role("button", name="Send actuals").click()
    expect(panel.get_by_role("alert").first).to_be_visible()
    panel.get_by_label("Association ID").select_option("who")
    panel.get_by_label("Value").select_option("what")
    panel.get_by_role("button", name="Send actuals").click()
    expect(panel.get_by_text("300 actuals were recorded.")).to_be_visible()
    expect(panel.locator("tr", has_text="matched")).to_contain_text("300")
    picture(panel, "actuals-panel-light")
    assert registry.deployment("walk").rows_matched == 300

    # and how well it predicts
    view = opened.run(5)
    expect(view.get_by_text("300 of 540 predictions have their actual")).to_be_visible()
    expect(view.locator(".jr-figure svg").first).to_be_visible()
    numbers = opened.run(6)
    expect(numbers.locator("thead")).to_contain_text("auc")
    expect(numbers.locator("thead")).to_contain_text("baseline")
    picture(view, "accuracy-light")
    opened.theme("Dark")
    picture(view, "accuracy-dark")
    picture(opened.shown(2), "predict-panel-dark")
    picture(opened.shown(4), "actuals-panel-dark")

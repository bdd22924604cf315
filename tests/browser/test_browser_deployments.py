"""A deployment looked after in its panel: rows, replacing, keys, settings; live all the while."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from jupyter_registry.client import Registry
from jupyter_registry.client.deployments import Deployment
from jupyter_registry.client.packages import Package
from tests.browser.lab import Lab, have_bare
from tests.browser.panels import complaints
from tests.browser.samples import FEATURES, as_code, churn_model, visits

#: Drops a file, as the system does.
DROP = """
(area, [name, content]) => {
  const carried = new DataTransfer();
  carried.items.add(new File([content], name));
  for (const kind of ["dragenter", "dragover", "drop"]) {
    area.dispatchEvent(new DragEvent(kind, {
      dataTransfer: carried, bubbles: true, cancelable: true }));
  }
}
"""
#: What stands out of a part on the right, and is not in a box that scrolls.
TOO_WIDE = """
part => {
  const edge = part.getBoundingClientRect().right + 1;
  const scrolls = one => one !== part && (
    ["auto", "scroll"].includes(getComputedStyle(one).overflowX) || scrolls(one.parentElement));
  return [...part.querySelectorAll("*")]
    .filter(one => one.getBoundingClientRect().right > edge && !scrolls(one.parentElement))
    .map(one => `${one.tagName} ${one.className} ${one.textContent.slice(0, 40)}`);
}
"""
#: Scores: the distance from the usual age.
DISTANCE = """
def load_model(code_dir):
    return 45

def score(data, model):
    return (data["age"] - model).abs()
"""


@pytest.fixture
def opened(lab: Lab, page: Page) -> Callable[[Deployment], Locator]:
    """Opens a deployment's panel in a JupyterLab without open documents."""

    def open_panel(deployment: Deployment) -> Locator:
        have_bare(lab, page)
        _command(page, "jupyter-registry:open-deployment", {"id": deployment.id})
        panel = page.locator(".jp-Registry-panel:visible")
        panel.get_by_role("heading", name=deployment.label).wait_for()
        return panel

    return open_panel


def _command(page: Page, name: str, arguments: dict[str, Any]) -> None:
    page.evaluate(
        "([name, args]) => window.jupyterapp.commands.execute(name, args).then(() => null)",
        [name, arguments],
    )


def _tab(panel: Locator, name: str) -> Locator:
    panel.get_by_role("tab", name=name, exact=True).click()
    return panel.get_by_role("tabpanel", name=name)


def _do(panel: Locator, action: str) -> None:
    """Press one of the panel's buttons for the deployment as a whole."""
    header = panel.locator(".jp-Registry-panelHeader")
    header.get_by_role("button", name=action, exact=True).click()


def _drag(page: Page, item: Locator, part: Locator) -> None:
    """Drag a file of Lab's file browser into a tab."""
    area = part.get_by_role("group", name="Rows")
    area.scroll_into_view_if_needed()
    here, there = item.bounding_box(), area.bounding_box()
    assert here is not None
    assert there is not None
    page.mouse.move(here["x"] + 40, here["y"] + 8)
    page.mouse.down()
    page.mouse.move(there["x"] + 60, there["y"] + 20, steps=6)
    page.mouse.move(there["x"] + 64, there["y"] + 22, steps=2)
    page.mouse.up()


def _register(registry: Registry, name: str, model: Any) -> Package:
    rows = visits(400, 0)[[*FEATURES, "left"]]
    return registry.register(
        name, model, target="left", training=rows, holdout=rows, progress=False
    )


def _complaints(page: Page, part: str = ".jp-Registry-panel") -> None:
    assert complaints(page, part) == ""


def _small_bodies(route: Route) -> None:
    """What the server says of itself, but for how much it takes at once."""
    answer = route.fetch()
    said = answer.json()
    said["limits"]["body_bytes"] = 150_000
    route.fulfill(response=answer, json=said)


def _count(panel: Locator, name: str) -> Locator:
    return panel.locator(".jp-Registry-tiles > div", has_text=name).locator("dd")


def _aligned(table: Locator, columns: dict[str, str]) -> None:
    """On which side the values of columns stand, by the columns' names."""
    names = table.get_by_role("columnheader").all_text_contents()
    cells = table.get_by_role("row").nth(1).get_by_role("cell")
    for name, side in columns.items():
        expect(cells.nth(names.index(name))).to_have_css("text-align", side)


def test_rows_are_predicted_and_told_what_happened(
    lab: Lab,
    registry: Registry,
    opened: Callable[[Deployment], Locator],
    page: Page,
    tmp_path: Path,
) -> None:
    deployment = _register(registry, "panel", as_code(churn_model())).deploy(
        "panel", association_id_column="visit"
    )
    panel = opened(deployment)
    expect(panel.get_by_role("button", name="panel/1").first).to_be_visible()
    expect(panel.get_by_role("list", name="Status")).to_contain_text("Drift")

    # predict: dropped, seen, sent, downloaded; the second time as Parquet
    rows = visits(300, 3)
    part = _tab(panel, "Predict")
    csv = rows[["visit", "at", *FEATURES]].to_csv(index=False)
    part.get_by_role("group", name="Rows").evaluate(DROP, ["visits.csv", csv])
    expect(part.get_by_role("region", name="First rows of the file")).to_contain_text("v3-0")
    expect(part.get_by_label("Association ID")).to_have_value("visit")
    part.get_by_label("Time").select_option("at")
    part.get_by_role("group", name="Pass through").get_by_label("income").check()
    part.get_by_role("button", name="Predict").click()
    expect(part.get_by_text("300 predictions, recorded.")).to_be_visible()
    answer = part.get_by_role("region", name="First predictions")
    expect(answer.get_by_role("columnheader", name="probability_yes")).to_be_visible()
    expect(answer.get_by_role("row")).to_have_count(11)
    _complaints(page)
    page.screenshot(path=str(tmp_path / "predict.png"))
    with page.expect_download() as download:
        part.get_by_role("button", name="Download panel-predictions.csv").click()
    scored = pd.read_csv(download.value.path())
    assert scored["association_id"].tolist() == rows["visit"].tolist()
    assert scored["income"].tolist() == pytest.approx(rows["income"].tolist())
    rows[["visit", "at", *FEATURES]].to_parquet(lab.notebooks / "visits.parquet")
    page.get_by_role("button", name="Refresh the file browser.").click()
    _drag(page, page.locator(".jp-DirListing-item", has_text="visits.parquet"), part)
    seen = part.get_by_role("region", name="First rows of the file")
    expect(seen.get_by_role("row").nth(1)).to_contain_text(f"v3-0{rows['at'][0]}"[:10])
    expect(part.get_by_text("(300 rows)")).to_be_visible()
    expect(part.get_by_label("Time")).to_have_value("at")
    part.get_by_label("Answer as").select_option("parquet")
    part.get_by_role("button", name="Predict").click()
    expect(part.get_by_text("300 predictions, recorded.")).to_be_visible()
    expect(answer.get_by_role("row")).to_have_count(11)
    expect(answer.get_by_role("row").nth(1)).to_contain_text("v3-0")
    with page.expect_download() as download:
        part.get_by_role("button", name="Download panel-predictions.parquet").click()
    assert len(pd.read_parquet(io.BytesIO(Path(download.value.path()).read_bytes()))) == 300

    # what the server refuses is said where it was asked, with what was filled in
    part.get_by_role("group", name="Rows").evaluate(DROP, ["bad.csv", "visit,age\nv1,old\n"])
    part.get_by_role("button", name="Predict").click()
    expect(part.get_by_role("alert")).to_contain_text("'old' is not a number")

    # actuals: columns guessed, one row of no class
    overview = _tab(panel, "Overview")
    expect(_count(overview, "rows predicted")).to_have_text("300")
    part = _tab(panel, "Actuals")
    what = rows[["visit", "left"]].copy()
    what.loc[2, "left"] = "perhaps"
    part.get_by_role("group", name="Rows").evaluate(
        DROP, ["what.csv", pd.concat([what, visits(5, 4)[["visit", "left"]]]).to_csv(index=False)]
    )
    expect(part.get_by_label("Association ID")).to_have_value("visit")
    expect(part.get_by_label("Value")).to_have_value("left")
    part.get_by_role("button", name="Send actuals").click()
    counts = part.get_by_role("region", name="What came of the rows")
    for name, n in {"accepted": 304, "matched": 299, "waiting": 5, "rejected": 1}.items():
        expect(counts.get_by_role("row", name=re.compile(f"^{name} {n} "))).to_be_visible()
    refused = part.get_by_role("region", name="Rows that were refused")
    expect(refused).to_contain_text("perhaps")
    expect(refused).to_contain_text("the classes are no, yes")
    _complaints(page)
    page.screenshot(path=str(tmp_path / "actuals.png"))
    assert registry.deployment(deployment.id).rows_matched == 299

    # more than the server is said to take at once: CSV in parts, Parquet not
    page.route("**/api/v1/info", _small_bodies)
    part = _tab(panel, "Predict")
    csv = visits(10_000, 7)[["visit", *FEATURES]].to_csv(index=False)
    part.get_by_role("group", name="Rows").evaluate(DROP, ["large.csv", csv])
    expect(part.get_by_text("and is sent in parts", exact=False)).to_be_visible()
    part.get_by_role("button", name="Predict").click()
    expect(part.get_by_text("10,000 predictions, recorded.")).to_be_visible()
    with page.expect_download() as download:
        part.get_by_role("button", name="Download panel-predictions.csv").click()
    scored = pd.read_csv(download.value.path())
    assert scored["row"].tolist() == list(range(10_000))
    assert scored["association_id"].tolist() == [f"v7-{at}" for at in range(10_000)]
    visits(100_000, 6)[["visit", *FEATURES]].to_parquet(tmp_path / "many.parquet")
    part.locator("input[type=file]").set_input_files(tmp_path / "many.parquet")
    expect(part.get_by_role("alert")).to_contain_text("this format cannot be: save it as CSV")
    page.unroute("**/api/v1/info")

    # many rows, cancelled while they are predicted
    _tab(panel, "Overview")
    part = _tab(panel, "Predict")
    expect(part.get_by_text("100,000 rows", exact=False)).to_be_visible()
    before = registry.deployment(deployment.id).rows_predicted
    part.get_by_role("button", name="Predict").click()
    part.get_by_role("button", name="Cancel").click()
    expect(
        part.get_by_text("Cancelled: the model works on it no further.", exact=False)
    ).to_be_visible()
    assert registry.deployment(deployment.id).rows_predicted in (before, before + 100_000)


def test_scores_of_anomalies(
    registry: Registry, opened: Callable[[Deployment], Locator], page: Page, tmp_path: Path
) -> None:
    (tmp_path / "custom.py").write_text(DISTANCE)
    rows = visits(300, 0)[FEATURES]
    deployment = registry.register(
        "odd visits", tmp_path / "custom.py", target="odd", target_type="anomaly",
        training=rows, holdout=rows, progress=False,
    ).deploy("odd visits", association_id_column="visit")  # fmt: skip
    panel = opened(deployment)
    part = _tab(panel, "Accuracy")
    expect(part.get_by_text("No prediction has been made yet")).to_be_visible()

    # scores without classes; numbers stand on the right, names on the left
    part = _tab(panel, "Predict")
    rows = visits(200, 3)
    odd = (rows["age"] - 45).abs() + (rows["income"] - 50).abs() > 25
    csv = rows[["visit", *FEATURES]].to_csv(index=False)
    part.get_by_role("group", name="Rows").evaluate(DROP, ["visits.csv", csv])
    part.get_by_role("button", name="Predict").click()
    expect(part.get_by_text("200 predictions, recorded.")).to_be_visible()
    answer = part.get_by_role("region", name="First predictions")
    expect(answer.get_by_role("columnheader").nth(1)).to_have_text("prediction")
    expect(answer.get_by_role("columnheader", name="probability")).to_have_count(0)
    _aligned(answer, {"prediction": "right", "association_id": "left", "package": "left"})
    _aligned(
        part.get_by_role("region", name="First rows of the file"), {"visit": "left", "age": "right"}
    )
    page.screenshot(path=str(tmp_path / "predict.png"))

    # what was one: the column that is left is taken for it
    part = _tab(panel, "Actuals")
    what = pd.DataFrame({"who": rows["visit"], "unusual": odd}).head(150)
    part.get_by_role("group", name="Rows").evaluate(DROP, ["who.csv", what.to_csv(index=False)])
    expect(part.get_by_label("Association ID")).to_have_value("")
    expect(part.get_by_label("Value")).to_have_value("")
    part.get_by_label("Association ID").select_option("who")
    expect(part.get_by_label("Value")).to_have_value("unusual")
    what = what.rename(columns={"who": "visit"})
    part.get_by_role("group", name="Rows").evaluate(DROP, ["what.csv", what.to_csv(index=False)])
    expect(part.get_by_label("Association ID")).to_have_value("visit")
    expect(part.get_by_label("Value")).to_have_value("unusual")
    expect(part.get_by_text("true for an anomaly")).to_be_visible()
    part.get_by_role("button", name="Send actuals").click()
    expect(part.get_by_role("row", name=re.compile("^matched 150 "))).to_be_visible()
    page.screenshot(path=str(tmp_path / "actuals.png"))

    overview = _tab(panel, "Overview")
    expect(_count(overview, "matched with actuals")).to_have_text("150")
    expect(overview.get_by_text("anomaly", exact=True)).to_be_visible()
    page.screenshot(path=str(tmp_path / "overview.png"))
    part = _tab(panel, "Accuracy")
    for chart in ("ROC", "gain", "Scores and anomalies"):
        drawn = part.get_by_role("figure", name=re.compile(chart, re.IGNORECASE))
        expect(drawn.locator(".jp-Registry-chartDrawn:visible svg")).to_be_visible()
    overall = deployment.accuracy().overall
    assert overall is not None
    metrics = part.get_by_role("region", name="Metrics")
    auc = float(f"{overall.metrics['auc'].value:.4g}")
    assert 0.5 < auc < 1
    expect(metrics.get_by_role("row", name=re.compile(f"^AUC {auc} "))).to_be_visible()
    _aligned(metrics, {"Metric": "left", "Value": "right", "Rows": "right"})
    _complaints(page)
    page.set_viewport_size({"width": 1180, "height": 2200})
    page.screenshot(path=str(tmp_path / "accuracy.png"))


def test_the_code_of_a_hosted_model_predicts(
    lab: Lab, registry: Registry, opened: Callable[[Deployment], Locator], tmp_path: Path
) -> None:
    package = _register(registry, "coded", as_code(churn_model()))
    deployment = package.deploy('it\'s "coded"', association_id_column="visit")
    panel = opened(deployment)
    part = _tab(panel, "Integrations")
    part.get_by_role("button", name="Make a key").click()
    expect(part.get_by_role("list", name="Keys that are valid")).to_contain_text("without a name")

    def code(title: str) -> str:
        return str(part.get_by_role("region", name=title).inner_text())

    def run(*command: str) -> str:
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        return done.stdout

    for title in ("Predict in an application, in Python", "Predict with curl"):
        is_python = "curl" not in title
        shell = [sys.executable, "-c"] if is_python else ["sh", "-c"]
        if is_python or shutil.which("curl"):
            assert "probability_yes" in run(*shell, code(title))
    notebook = code("Predict in a notebook, with the Python client")
    notebook = notebook.replace("Registry()", f"Registry({lab.url!r}, {lab.token!r})")
    rows = "from tests.browser.samples import *; rows = visits(9, 8)\n"
    environment = lab.environment
    done = subprocess.run(
        [sys.executable, "-c", f"{rows}{notebook}\nprint(len(scores))"],
        capture_output=True, text=True, env=environment, cwd=tmp_path,
    )  # fmt: skip
    assert done.stdout.strip() == "9", done.stderr
    if shutil.which("curl"):
        visits(7, 7)[["visit", *FEATURES]].to_csv(tmp_path / "rows.csv", index=False)
        run("sh", "-c", code("Predict a file with curl"))
        assert len(pd.read_csv(tmp_path / "predictions.csv")) == 7
        (tmp_path / "what.json").write_text(run("sh", "-c", code("Send actuals with curl")))
        assert '"accepted":1' in (tmp_path / "what.json").read_text().replace(" ", "")


def test_each_tab_can_be_read_in_high_contrast(
    registry: Registry, opened: Callable[[Deployment], Locator], page: Page, tmp_path: Path
) -> None:
    theme = "JupyterLab Dark High Contrast"  # the others are in the whole way
    package = _register(registry, "read", as_code(churn_model()))
    deployment = package.deploy("read", association_id_column="visit")
    deployment.predict(visits(60, 9).drop(columns="at"), progress=False)
    panel = opened(deployment)
    _command(page, "apputils:change-theme", {"theme": theme})
    page.wait_for_selector(f"body[data-jp-theme-name='{theme}']", state="attached")
    page.wait_for_timeout(500)  # its style sheet comes after
    expect(panel.get_by_text("60 predictions in 7 days (UTC)")).to_be_visible()
    for name in ("overview", "predict", "actuals", "integrations", "settings"):
        # a panel that is open shows the tab that is asked for
        _command(page, "jupyter-registry:open-deployment", {"id": deployment.id, "tab": name})
        part = panel.get_by_role("tabpanel", name=name.capitalize())
        expect(part.locator(".jp-Registry-spinner")).to_have_count(0)
        if name in ("predict", "actuals"):
            csv = visits(20, 9).to_csv(index=False)
            part.get_by_role("group", name="Rows").evaluate(DROP, ["visits.csv", csv])
            part.get_by_role("region", name="First rows of the file").wait_for()
        page.screenshot(path=str(tmp_path / f"{name}.png"))
        _complaints(page)
    _do(panel, "Replace…")
    page.get_by_role("dialog").get_by_role("radio").first.check()
    expect(page.get_by_role("dialog").get_by_text("cannot take its place")).to_be_visible()
    page.screenshot(path=str(tmp_path / "replace.png"))
    _complaints(page, "dialog")
    page.keyboard.press("Escape")
    # as narrow as it gets beside another panel
    page.set_viewport_size({"width": 620, "height": 900})
    for name in ("Overview", "Predict", "Integrations", "Settings"):
        part = _tab(panel, name)
        page.screenshot(path=str(tmp_path / f"narrow-{name}.png"))
        assert part.evaluate(TOO_WIDE) == [], name


def test_settings_wait_for_their_saving(
    registry: Registry,
    opened: Callable[[Deployment], Locator],
    page: Page,
    tmp_path: Path,
) -> None:
    package = registry.register(
        "set", target="left", target_type="binary", class_labels=["no", "yes"], progress=False
    )
    package.deploy("taken")
    deployment = package.deploy("settings")
    panel = opened(deployment)
    part = _tab(panel, "Settings")
    part.get_by_label("Description").fill("half a sen")
    part.get_by_label("Prediction threshold").fill("1.5")
    expect(part.get_by_text("Give a number from 0 to 1, with a point.")).to_be_visible()
    part.get_by_label("Another segment column").or_(part.get_by_label("Segment column")).fill(
        "region"
    )
    part.get_by_role("button", name="Add").click()
    part.get_by_label("Label").fill("taken")

    # nothing is lost when somebody else changes it, the tab is left, or the page is loaded again
    box = part.get_by_label("Description")
    box.focus()
    registry.deployment(deployment.id).update(description="theirs", importance="critical")
    expect(panel.locator(".jp-Registry-panelHeader")).to_contain_text("critical")
    expect(box).to_be_focused()
    expect(box).to_have_value("half a sen")
    expect(part.get_by_text("Changed elsewhere meanwhile, to: theirs.")).to_be_visible()
    _tab(panel, "Overview")
    part = _tab(panel, "Settings")
    expect(part.get_by_label("Prediction threshold")).to_have_value("1.5")
    page.wait_for_timeout(1500)  # Lab saves its layout a moment later
    page.goto(page.url.split("?")[0])
    page.wait_for_function("!document.querySelector('#jupyterlab-splash')")
    expect(part.get_by_label("Description")).to_have_value("half a sen")
    expect(part.get_by_label("region")).to_be_checked()

    # what is wrong is said beside the field, by us and by the server
    part.get_by_label("Prediction threshold").fill("0.3")
    part.get_by_role("button", name="Save").click()
    alert = part.get_by_role("alert").filter(has_text="There is a deployment 'taken' already.")
    expect(alert.first).to_be_visible()
    expect(part.get_by_label("Label")).to_have_attribute("aria-invalid", "true")
    _complaints(page)
    page.screenshot(path=str(tmp_path / "settings.png"), full_page=True)
    part.get_by_label("Label").fill("settings, changed")
    part.get_by_role("button", name="Save").click()
    expect(part.get_by_text("Saved.")).to_be_visible()
    found = registry.deployment(deployment.id)
    assert (found.label, found.description) == ("settings, changed", "half a sen")
    assert (found.prediction_threshold, found.segment_columns) == (0.3, ["region"])
    assert str(found.importance) == "critical"
    expect(page.locator(".lm-TabBar-tabLabel", has_text="settings, changed")).to_be_visible()


def test_a_file_of_an_external_model_is_reported(
    registry: Registry, opened: Callable[[Deployment], Locator], page: Page
) -> None:
    package = registry.register(
        "elsewhere", target="left", target_type="binary", class_labels=["no", "yes"],
        location="https://models.example/left", progress=False,
    )  # fmt: skip
    deployment = package.deploy("elsewhere")
    panel = opened(deployment)

    # a file of its predictions
    part = _tab(panel, "Predict")
    expect(
        part.get_by_text("predicts elsewhere and is not asked here", exact=False)
    ).to_be_visible()
    wrong = visits(3, 5)[["visit"]].assign(probability=[0.4, 1.4, 0.2])
    part.get_by_role("group", name="Rows").evaluate(DROP, ["wrong.csv", wrong.to_csv(index=False)])
    part.get_by_label("Association ID").select_option("visit")
    part.get_by_role("button", name="Report", exact=True).click()
    refused = part.get_by_role("region", name="Rows that were refused")
    expect(refused).to_contain_text("1.4 is outside 0 to 1")
    rows = visits(50, 5)[["visit"]].assign(probability=0.4)
    part.get_by_role("group", name="Rows").evaluate(DROP, ["rows.csv", rows.to_csv(index=False)])
    expect(part.get_by_text("rows.csv")).to_be_visible()
    part.get_by_label("Association ID").select_option("")
    part.get_by_role("button", name="Report", exact=True).click()
    expect(part.get_by_text("This is needed.")).to_be_visible()
    part.get_by_label("Association ID").select_option("visit")
    expect(part.get_by_text("Predictions are read from: probability.", exact=False)).to_be_visible()
    part.get_by_role("button", name="Report", exact=True).click()
    expect(part.get_by_role("row", name=re.compile("^accepted 50 "))).to_be_visible()
    _complaints(page)

    # by code it goes, too
    part.get_by_role("button", name="code for it is under Integrations").click()
    expect(panel.get_by_role("tab", name="Integrations")).to_be_focused()

"""The deployment panel's Accuracy, Service health and Drift: drawn, chosen, saved, live."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Locator, expect

from jupyter_registry.client import Registry
from jupyter_registry.client.deployments import Deployment
from tests.browser.lab import Lab, have_bare
from tests.browser.panels import read_charts
from tests.browser.panels import theme as choose_theme
from tests.browser.samples import FEATURES, amount_model, as_code, choice_model, churn_model, visits

#: What a panel says of a status.
WORDS = {"passing": "passing", "warning": "warning", "failing": "failing", "unknown": "not known"}


def _weeks(n: int, seed: int, days: int = 21) -> pd.DataFrame:
    """Visits of the last weeks, the last one now."""
    rows = visits(n, seed)
    end = pd.Timestamp.now("UTC")
    return rows.assign(at=pd.date_range(end - pd.Timedelta(days=days), end, periods=n))


def _deployed(
    registry: Registry, name: str, model: Any, target: str, segments: list[str] | None = None
) -> Deployment:
    """A deployment with 600 predictions of three weeks, the first 450 with actuals."""
    columns = [*FEATURES, target]
    deployment = registry.register(
        name, model, target=target, training=visits(400, 0)[columns],
        holdout=visits(300, 1)[columns], progress=False,
    ).deploy(name, association_id_column="visit", segment_columns=segments or [])  # fmt: skip
    rows = _weeks(600, 2)
    deployment.predict(rows, timestamp_column="at", progress=False)
    deployment.actuals(
        rows.head(450), association_id_column="visit", value_column=target, progress=False
    )
    return deployment


def _open(lab: Lab, page: Any, deployment: Deployment, tab: str) -> Locator:
    """The deployment's panel in a JupyterLab without other documents, on a tab."""
    have_bare(lab, page)
    return _show(page, deployment, tab)


def _show(page: Any, deployment: Deployment, tab: str) -> Locator:
    page.evaluate(
        """([id, tab]) => window.jupyterapp.commands
          .execute('jupyter-registry:open-deployment', {id, tab}).then(() => 1)""",
        [deployment.id, tab],
    )
    return _panel(page)


def _panel(page: Any) -> Locator:
    found: Locator = page.locator(".jp-Registry-panel:visible")
    found.wait_for()
    return found


def _wait(page: Any) -> None:
    page.wait_for_function(
        """() => window.jupyterapp && !document.querySelector('#jupyterlab-splash')
          && window.jupyterapp.commands.hasCommand('jupyter-registry:open-deployment')
          && window.jupyterapp.commands.hasCommand('apputils:change-theme')"""
    )


def _chart(panel: Locator, title: str) -> Locator:
    """A chart by its title, drawn."""
    found = panel.get_by_role("figure", name=re.compile(title))
    expect(found.locator(".jp-Registry-chartDrawn:visible svg")).to_be_visible()
    return found


def _table(chart: Locator) -> list[list[str]]:
    """The chart's numbers as its table shows them, without the head."""
    button = chart.get_by_role("button", name="Table")
    if button.get_attribute("aria-expanded") == "false":
        button.click()
    chart.get_by_role("table").wait_for()
    rows: list[list[str]] = chart.locator("tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    )
    button.click()
    return rows


def _saved(page: Any, chart: Locator, kind: str) -> tuple[str, bytes]:
    with page.expect_download() as downloading:
        chart.get_by_role("button", name=f"Save as {kind}").click()
    file = downloading.value
    return file.suggested_filename, Path(file.path()).read_bytes()


def _boxes(panel: Locator) -> list[Any]:
    """Where everything of the tab is, from its own begin, however far it is scrolled."""
    return list(
        panel.evaluate(
            """panel => {
              const tab = panel.querySelector('[role=tabpanel]');
              const corner = tab.firstElementChild.getBoundingClientRect();
              return [...tab.querySelectorAll('button, select, input, figure, table')]
                .filter(part => part.offsetParent)
                .map(part => part.getBoundingClientRect())
                .map(box => [box.x - corner.x, box.y - corner.y, box.height].map(Math.round));
            }"""
        )
    )


def _picture(page: Any, tmp_path: Path, name: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 2400})
    page.wait_for_timeout(1000)
    _panel(page).screenshot(path=str(tmp_path / f"{name}.png"))
    page.set_viewport_size({"width": 1180, "height": 900})
    page.wait_for_timeout(1000)  # charts are drawn to the new width


def test_accuracy_is_drawn_chosen_saved_and_followed(
    lab: Lab, registry: Registry, page: Any, tmp_path: Path
) -> None:
    deployment = _deployed(registry, "charted churn", as_code(churn_model()), "left")
    columns = [*FEATURES, "left"]
    better = registry.register(
        "charted churn", as_code(churn_model(0.01)), target="left", progress=False,
        training=visits(400, 0)[columns], holdout=visits(300, 1)[columns],
    )  # fmt: skip
    deployment.replace(better, reason="accuracy")
    panel = _open(lab, page, deployment, "accuracy")

    # drawn: the numbers are the client's, the replacement is marked
    over_time = _chart(panel, "AUC over time")
    expect(over_time.locator("svg")).to_contain_text("charted churn/2 (accuracy)")
    expect(over_time.locator("svg")).to_contain_text("baseline")
    known = deployment.accuracy()
    shown = _table(over_time)
    assert [row[4:] for row in shown] == [[str(b.n), str(b.n_predicted)] for b in known.buckets]
    values = [b.metrics["auc"].value if "auc" in b.metrics else None for b in known.buckets]
    for row, value in zip(shown, values, strict=True):
        assert row[2] == "–" if value is None else abs(float(row[2]) - value) < 1e-4
    expect(panel.get_by_text("450 of 600 predictions have their actual")).to_be_visible()
    all_metrics = panel.get_by_role("region", name="Metrics", exact=True)
    expect(all_metrics.get_by_role("row")).to_have_count(13)
    expect(_chart(panel, "Predicted and actual")).to_be_visible()
    expect(_chart(panel, "Cumulative gain")).to_be_visible()
    _picture(page, tmp_path, "accuracy-whole")
    read_charts(page, tmp_path, "accuracy")
    choose_theme(page, "Light")

    # saved
    name, content = _saved(page, over_time, "CSV")
    rows = list(csv.reader(io.StringIO(content.decode())))
    assert name == "charted-churn-auc.csv"
    assert [len(rows), rows[0][2]] == [len(known.buckets) + 1, "AUC"]
    assert [float(row[2]) if row[2] else None for row in rows[1:]] == values
    name, content = _saved(page, over_time, "SVG")
    root = ET.fromstring(content)
    assert name == "charted-churn-auc.svg"
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert len(list(root.iter("{http://www.w3.org/2000/svg}path"))) > 20
    name, content = _saved(page, over_time, "PNG")
    assert name == "charted-churn-auc.png"
    assert content.startswith(b"\x89PNG")
    wide = int.from_bytes(content[16:20], "big")
    assert wide == 2 * int(float(root.attrib["width"]))

    # chosen
    panel.get_by_label("Metric", exact=True).select_option(label="F1")
    assert len(_table(_chart(panel, "F1 over time"))) == len(known.buckets)
    panel.get_by_label("By", exact=True).select_option("week")
    expect(_chart(panel, "F1 over time").get_by_role("img")).to_have_attribute(
        "aria-label", re.compile("by week")
    )
    panel.get_by_label("Package", exact=True).select_option(label="charted churn/2")
    expect(panel.get_by_text("No prediction is of this part")).to_be_visible()
    panel.get_by_label("Package", exact=True).select_option(label="all packages")
    panel.get_by_label("Predicted", exact=True).select_option(label="last 7 days")
    expect(panel.get_by_text("450 of 600")).to_have_count(0)
    panel.get_by_label("Predicted", exact=True).select_option(label="all")
    expect(panel.get_by_text("450 of 600")).to_be_visible()

    # the threshold, by keyboard: the browser's counts are the client's
    before = _boxes(panel)
    panel.get_by_role("slider").focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    details = deployment.accuracy_details()
    matrix = _table(_chart(panel, "Confusion matrix, at threshold 0.6"))
    expected = details.confusion_at(0.6)
    assert [int(row[2]) for row in matrix] == [*expected[0], *expected[1]]
    assert _boxes(panel) == before
    rates = panel.get_by_role("region", name="Metrics at the threshold")
    expect(rates).to_contain_text("at 0.600")
    number = panel.get_by_role("spinbutton", name="Threshold")
    number.fill("0.25")
    expect(_chart(panel, "ROC curve, ring at threshold 0.25")).to_be_visible()

    # followed: the actuals that come are counted, nothing moves, the focus stays
    _chart(panel, "Confusion matrix, at threshold 0.25")
    before = _boxes(panel)
    rows_left = _weeks(600, 2).tail(150)
    deployment.actuals(
        rows_left, association_id_column="visit", value_column="left", progress=False
    )
    expect(panel.get_by_text("600 of 600 predictions have their actual")).to_be_visible()
    expect(number).to_be_focused()
    expect(number).to_have_value("0.25")
    page.wait_for_timeout(500)
    assert _boxes(panel) == before

    # what was chosen is there after a reload
    page.wait_for_timeout(1500)  # Lab saves its layout a moment later
    page.goto(page.url.split("?")[0])
    _wait(page)
    panel = _panel(page)
    expect(_chart(panel, "F1 over time")).to_be_visible()
    expect(panel.get_by_label("By", exact=True)).to_have_value("week")
    expect(panel.get_by_role("spinbutton", name="Threshold")).to_have_value("0.25")


def test_rows_with_old_times_have_their_marks(lab: Lab, registry: Registry, page: Any) -> None:
    first, second = (
        registry.register(
            "replayed", target="left", target_type="binary", class_labels=["no", "yes"],
            progress=False,
        )
        for _ in range(2)
    )  # fmt: skip
    deployment = first.deploy("replayed", association_id_column="id")

    def report(day: str) -> None:
        at = pd.date_range(day, periods=24, freq="1h", tz="UTC")
        rows = pd.DataFrame({"id": [f"{day} {n}" for n in range(24)], "at": at, "prediction": "no"})
        package = second if day > "2013-06-15" else first
        deployment.report(
            rows,
            association_id_column="id",
            timestamp_column="at",
            package=package,
            progress=False,
        )

    report("2013-06-14")
    deployment.replace(second, reason="data_drift")
    report("2013-06-16")
    panel = _open(lab, page, deployment, "accuracy")
    drawn = _chart(panel, "Predicted and actual")
    expect(drawn.locator("svg")).to_contain_text("replayed/2 (data drift)")
    (mark,) = deployment.accuracy().replacements
    assert mark.time.isoformat() == "2013-06-16T00:00:00+00:00"


def test_health_and_drift_in_the_dark(
    lab: Lab, registry: Registry, page: Any, tmp_path: Path
) -> None:
    deployment = _deployed(registry, "charted amounts", as_code(amount_model()), "amount")
    older = _weeks(200, 5)
    older["age"] += 40
    deployment.predict(older, timestamp_column="at", progress=False)
    with pytest.raises(Exception, match="age"):
        deployment.predict(pd.DataFrame({"income": [1.0]}), progress=False)
    panel = _open(lab, page, deployment, "health")
    bright = _chart(panel, "Requests").locator("svg").first.inner_html()
    for number in ("Requests3", "Rows800", "Refused (4xx)1 (33.3%)", "Failed (5xx)0 (0%)"):
        expect(panel.locator(".jp-Registry-totals > div", has_text=number)).to_be_visible()
    rows = _table(_chart(panel, "Requests"))
    assert [sum(int(row[at]) for row in rows) for at in (2, 4, 5)] == [3, 1, 0]
    assert "33.3%" in str(_chart(panel, "Errors").get_by_role("img").get_attribute("aria-label"))
    assert any("–" not in row[2:] for row in _table(_chart(panel, "Response times")))

    # the theme is followed
    choose_theme(page, "Dark")
    picture = _chart(panel, "Requests").locator("svg").first
    page.wait_for_function(
        "([svg, before]) => svg.isConnected === false || svg.innerHTML !== before",
        arg=[picture.element_handle(), bright],
    )
    page.wait_for_timeout(1500)
    _picture(page, tmp_path, "health-dark")
    read_charts(page, tmp_path, "health")

    # drift
    panel.get_by_role("tab", name="Drift").click()
    known = deployment.drift()
    expect(panel.get_by_text(known.reason)).to_be_visible()
    shown = _table(_chart(panel, "Drift of features"))
    assert known.target is not None
    statuses = {feature.name: WORDS[feature.status] for feature in known.features}
    statuses["amount (predicted)"] = WORDS[known.target.status]
    assert {row[0]: row[3] for row in shown} == statuses
    assert statuses["age"] == "failing"
    assert len(_table(_chart(panel, "Drift over time"))) == len(known.buckets)
    age = next(feature for feature in known.features if feature.name == "age")
    assert [row[0] for row in _table(_chart(panel, "age: PSI"))] == [b.name for b in age.bins]
    panel.get_by_label("Feature", exact=True).select_option("income")
    expect(_chart(panel, "income: PSI")).to_be_visible()
    _picture(page, tmp_path, "drift-dark")
    read_charts(page, tmp_path, "drift")

    # residuals of the same
    panel.get_by_role("tab", name="Accuracy").click()
    details = deployment.accuracy_details()
    assert details.sample is not None
    rows = _table(_chart(panel, "^Predicted against actual"))
    assert len(rows) == min(200, len(details.sample))
    bars = _table(_chart(panel, "^Residuals, 450 rows"))
    assert sum(int(row[2]) for row in bars) == 450
    expect(_chart(panel, "Residuals by predicted")).to_be_visible()
    _picture(page, tmp_path, "residuals")


def test_classes_and_what_is_not_there_yet(
    lab: Lab, registry: Registry, page: Any, tmp_path: Path
) -> None:
    deployment = _deployed(registry, "charted choices", as_code(choice_model()), "choice", ["left"])
    panel = _open(lab, page, deployment, "accuracy")
    matrix = _table(_chart(panel, "Confusion matrix"))
    expected = deployment.accuracy().confusion_matrix
    assert expected is not None
    assert [int(row[2]) for row in matrix] == [n for row in expected for n in row]
    expect(_chart(panel, "Predicted and actual").locator("svg")).to_contain_text("share of “rail”")

    # a segment
    part = deployment.accuracy(segment=("left", "yes")).overall
    assert part is not None
    panel.get_by_label("Segment", exact=True).select_option("left")
    panel.get_by_label("Value", exact=True).select_option("yes")
    expect(panel.get_by_text(f"{part.n} of {part.n_predicted} predictions")).to_be_visible()
    panel.get_by_label("Segment", exact=True).select_option(label="all rows")
    expect(panel.get_by_text("450 of 600 predictions")).to_be_visible()

    read_charts(page, tmp_path, "classes", ["Dark High Contrast"])

    # nothing yet: what to do
    outside = registry.register(
        "charted outside", target="left", target_type="binary", class_labels=["no", "yes"],
        location="https://models.example/left", progress=False,
    ).deploy("charted outside")  # fmt: skip
    panel = _show(page, outside, "accuracy")
    expect(panel.get_by_text("No prediction has been reported yet")).to_be_visible()
    expect(panel.get_by_text("deployment.report(data)")).to_be_visible()
    panel.get_by_role("tab", name="Service health").click()
    expect(panel.get_by_text("No requests in this time")).to_be_visible()
    panel.get_by_role("tab", name="Drift").click()
    expect(panel.get_by_text("Drift needs a baseline")).to_be_visible()
    rows = pd.DataFrame({"id": ["a", "b"], "prediction": ["yes", "no"]})
    outside.report(rows, association_id_column="id", progress=False)
    panel.get_by_role("tab", name="Accuracy").click()
    expect(panel.get_by_text("No actual has arrived yet")).to_be_visible()
    expect(_chart(panel, "Predicted and actual")).to_be_visible()

"""`AccuracyView` in JupyterLab: its pickers, tabs, slider and links; live, without a jump."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Locator, expect

from jupyter_registry.client import Registry
from jupyter_registry.client.deployments import Deployment
from tests.browser.lab import Notebook
from tests.browser.samples import (
    FEATURES,
    PREPARE,
    amount_model,
    as_code,
    choice_model,
    churn_model,
    visits,
)


def _deployed(
    registry: Registry, name: str, model: Any, target: str, *, rows: int = 400
) -> Deployment:
    """A deployment with predictions over ten days, all but the last quarter with actuals."""
    columns = [*FEATURES, target]
    deployment = registry.register(
        name, model, target=target, training=visits(400, 0)[columns],
        holdout=visits(300, 1)[columns], progress=False,
    ).deploy(name, association_id_column="visit")  # fmt: skip
    _serve(deployment, visits(rows, 2), target, rows * 3 // 4)
    return deployment


def _serve(deployment: Deployment, rows: pd.DataFrame, target: str, with_actual: int) -> None:
    deployment.predict(rows, timestamp_column="at", progress=False)
    deployment.actuals(
        rows.head(with_actual), association_id_column="visit", value_column=target, progress=False
    )


def _boxes(view: Locator) -> list[Any]:
    """Where everything is, from the view's own corner."""
    return list(
        view.evaluate(
            """view => {
              const corner = view.getBoundingClientRect();
              const parts = view.querySelectorAll(
                '.widget-button, select, .lm-TabBar-tab, .jr-figure, .widget-html, .widget-tab');
              return [...parts].filter(part => part.offsetParent).map(part => {
                const box = part.getBoundingClientRect();
                return [box.x - corner.x, box.y - corner.y, box.height].map(Math.round);
              }).concat([[0, 0, Math.round(corner.height)]]);
            }"""
        )
    )


def test_pickers_tabs_slider_and_links_of_a_binary_target(
    notebook: Callable[..., Notebook],
    page: Any,
    picture: Callable[..., Path],
    registry: Registry,
) -> None:
    deployment = _deployed(registry, "churning", as_code(churn_model()), "left")
    better = registry.register(
        "churning", as_code(churn_model(0.01)), target="left",
        training=visits(400, 0)[[*FEATURES, "left"]], holdout=visits(300, 1)[[*FEATURES, "left"]],
        progress=False,
    )  # fmt: skip
    deployment.replace(better, reason="accuracy")
    later = visits(100, 3)
    _serve(deployment, later.assign(at=later["at"] + pd.Timedelta(days=10)), "left", 100)
    opened = notebook([PREPARE, "view = AccuracyView('churning')\nview", "view.to_frame()"])
    opened.run(0)
    view = opened.run(1)
    panel = view.locator(".jr").first
    figure = view.locator(".jr-figure svg:visible")
    told = view.locator(".widget-html", has_text="predictions have their actual").last

    # the pickers
    expect(told).to_contain_text("400 of 500 predictions")
    expect(figure).to_have_attribute("aria-label", _containing("AUC"))
    view.get_by_label("Metric").select_option("F1")
    expect(figure).to_have_attribute("aria-label", _containing("F1"))
    expect(told).to_contain_text("F1")
    before = figure.get_attribute("aria-label")
    view.get_by_label("By", exact=True).select_option("week")
    expect(figure).not_to_have_attribute("aria-label", str(before))
    view.get_by_label("Package").select_option("churning/2")
    expect(told).to_contain_text("100 of 100 predictions")
    view.get_by_label("Package").select_option("all packages")
    expect(told).to_contain_text("400 of 500 predictions")
    view.get_by_label("Predicted").select_option("last 24 hours")
    expect(view.get_by_text("No prediction was made in this time")).to_be_visible()
    view.get_by_label("Predicted").select_option("from … to …")
    view.get_by_label("From (UTC)").fill("2025-03-05T00:00")
    view.get_by_label("To (UTC)").fill("2025-03-07T00:00")
    view.get_by_label("To (UTC)").press("Enter")
    expect(told).to_contain_text("80 of 80 predictions")
    picture(view, "accuracy-range-light")
    view.get_by_label("Predicted").select_option("all")
    expect(told).to_contain_text("400 of 500 predictions")

    # the tabs
    view.get_by_role("tab", name="Predicted and actual").click()
    expect(figure).to_have_attribute("aria-label", _containing("redicted"))
    view.get_by_role("tab", name="ROC and lift").click()
    expect(figure).to_have_attribute("aria-label", _containing("ROC"))
    picture(view, "roc-light")
    opened.theme("Dark")
    picture(view, "roc-dark")
    view.get_by_role("tab", name="Confusion matrix").click()
    expect(view.get_by_text("in force, 0.5")).to_be_visible()
    expect(figure).to_be_visible()
    picture(view, "confusion-dark")
    opened.theme("Light")
    picture(view, "confusion-light")

    # the slider, by the keyboard: nothing but the numbers changes
    boxes, before = _boxes(panel), figure.get_attribute("aria-label")
    view.get_by_role("slider").focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    expect(view.get_by_text("at 0.600")).to_be_visible()
    expect(figure).not_to_have_attribute("aria-label", str(before))
    expect(view.get_by_role("spinbutton", name="Threshold")).to_have_value("0.6")
    assert _boxes(panel) == boxes
    view.get_by_role("spinbutton", name="Threshold").fill("0.25")
    view.get_by_role("spinbutton", name="Threshold").press("Enter")
    expect(view.get_by_text("at 0.250")).to_be_visible()

    # what is saved
    view.get_by_role("button", name="Save as …").click()
    for suffix, begin in ((".png", b"\x89PNG"), (".svg", b"<?xml"), (".csv", b"")):
        with page.expect_download() as downloading:
            view.get_by_role("link", name=suffix).click()
        assert downloading.value.suggested_filename == f"churning-confusion-matrix{suffix}"
        content = Path(downloading.value.path()).read_bytes()
        assert content.startswith(begin)
        assert len(content) > 500
    frame = opened.run(2)
    expect(frame.locator("thead")).to_contain_text("auc_baseline")


def test_live_refresh_shows_new_rows_in_the_same_place(
    notebook: Callable[..., Notebook], page: Any, registry: Registry
) -> None:
    deployment = _deployed(registry, "living", as_code(churn_model()), "left")
    opened = notebook([PREPARE, "AccuracyView('living', bucket='day')"])
    opened.run(0)
    view = opened.run(1)
    panel = view.locator(".jr").first
    told = view.locator(".widget-html", has_text="predictions have their actual").last
    figure = view.locator(".jr-figure svg:visible")
    expect(told).to_contain_text("300 of 400 predictions")
    view.get_by_label("Live").select_option("every 5 s")
    view.get_by_label("Metric").focus()
    boxes, before = _boxes(panel), figure.get_attribute("aria-label")

    rows = visits(400, 2)
    deployment.actuals(
        rows.tail(100), association_id_column="visit", value_column="left", progress=False
    )
    expect(told).to_contain_text("400 of 400 predictions")
    expect(figure).not_to_have_attribute("aria-label", str(before))
    assert _boxes(panel) == boxes
    expect(view.get_by_label("Metric")).to_be_focused()
    expect(view.get_by_role("button", name="Refresh")).to_be_enabled()


@pytest.mark.parametrize(
    ("name", "model", "target", "metric", "tabs"),
    [
        (
            "amounts", amount_model, "amount", "RMSE",
            {"Scatter": "actual", "Residuals": "esidual"},
        ),
        ("choices", choice_model, "choice", "Accuracy", {"Confusion matrix": "onfusion"}),
    ],
)  # fmt: skip
def test_tabs_of_other_targets(
    notebook: Callable[..., Notebook],
    page: Any,
    picture: Callable[..., Path],
    registry: Registry,
    name: str,
    model: Callable[[], Any],
    target: str,
    metric: str,
    tabs: dict[str, str],
) -> None:
    _deployed(registry, name, as_code(model()), target)
    opened = notebook([PREPARE, f"AccuracyView({name!r})"])
    opened.run(0)
    view = opened.run(1)
    figure = view.locator(".jr-figure svg:visible")
    expect(figure).to_have_attribute("aria-label", _containing(metric))
    picture(view, f"{name}-light")
    for tab, word in {"Predicted and actual": "redicted", **tabs}.items():
        view.get_by_role("tab", name=tab).click()
        expect(figure).to_have_attribute("aria-label", _containing(word))
        picture(view, f"{name}-{tab}-light")
    opened.theme("Dark")
    for tab in tabs:
        view.get_by_role("tab", name=tab).click()
        expect(figure).to_be_visible()
        picture(view, f"{name}-{tab}-dark")


def _containing(word: str) -> Any:
    import re

    return re.compile(re.escape(word))

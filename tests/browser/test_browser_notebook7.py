"""Notebook 7 shows the same widgets: a card and a view, driven there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from jupyter_registry.client import Registry
from tests.browser.lab import Lab, Notebook7
from tests.browser.samples import FEATURES, PREPARE, as_code, churn_model, visits


def test_a_card_and_a_view(
    lab: Lab, page: Page, registry: Registry, picture: Callable[..., Path]
) -> None:
    columns = [*FEATURES, "left"]
    deployment = registry.register(
        "seven", as_code(churn_model()), target="left", training=visits(400, 0)[columns],
        holdout=visits(300, 1)[columns], progress=False,
    ).deploy("seven", association_id_column="visit")  # fmt: skip
    deployment.predict(visits(200, 2), timestamp_column="at", progress=False)
    deployment.actuals(
        visits(150, 2), association_id_column="visit", value_column="left", progress=False
    )
    opened = Notebook7(
        lab, page, "seven", [PREPARE, "DeploymentCard('seven')", "AccuracyView('seven')"]
    )
    for position in range(3):
        opened.run(position)

    card, view = opened.shown(1), opened.shown(2)
    expect(card.locator(".jr-tile", has_text="rows predicted")).to_contain_text("200")
    card.get_by_role("button", name="Deactivate").click()
    card.get_by_role("button", name="Yes, deactivate").click()
    expect(card.get_by_text("seven is inactive now.")).to_be_visible()
    card.get_by_role("button", name="Activate", exact=True).click()
    expect(card.get_by_text("seven is active now.")).to_be_visible()

    figure = view.locator(".jr-figure svg:visible")
    expect(figure).to_be_visible()
    view.get_by_label("Metric").select_option("F1")
    expect(view.get_by_text("150 of 200 predictions have their actual").last).to_contain_text("F1")
    view.get_by_role("tab", name="Confusion matrix").click()
    expect(view.get_by_text("in force, 0.5")).to_be_visible()
    expect(figure).to_be_visible()
    picture(page.locator(".jp-Notebook"), "notebook7-light")

    # and tables, once the kernel is gone
    opened.save()
    opened.shut_down()
    opened.open()
    for position, text in {1: "rows predicted", 2: "150 of 200 predictions"}.items():
        expect(opened.output(position).locator(".jr-static")).to_be_visible()
        expect(opened.output(position).locator(".jr-static")).to_contain_text(text)
        expect(opened.output(position).get_by_text("Error displaying widget")).to_be_hidden()

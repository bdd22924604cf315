"""Segments by clicking and by keys, in JupyterLab: columns chosen, numbers of one value shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from jupyter_registry.client import Registry
from jupyter_registry.plots import accuracy_over_time, alt_text
from tests.browser.lab import Notebook

#: A browser may have to be installed first.

PREPARE = """
import numpy as np, pandas as pd
from sklearn.linear_model import LogisticRegression
from jupyter_registry import Registry
from jupyter_registry.notebook import AccuracyView, DeployForm

def visits(n, seed):
    random = np.random.default_rng(seed)
    frame = pd.DataFrame({"age": random.normal(45, 10, n), "income": random.normal(50, 10, n)})
    odds = (frame["age"] - 45) / 10 + (frame["income"] - 50) / 20
    frame["left"] = np.where(random.random(n) < 1 / (1 + np.exp(-odds)), "yes", "no")
    frame["visit"] = [f"v{seed}-{i}" for i in range(n)]
    frame["carrier"] = np.where(np.arange(n) % 3 == 0, "B6", "UA")
    return frame

train = visits(400, 0)
inputs = train[["age", "income"]]
model = LogisticRegression().fit(inputs, train["left"])
registry = Registry()
package = registry.register("flown", model, target="left", progress=False,
                            training=train[["age", "income", "left"]],
                            holdout=train[["age", "income", "left"]])
"""
ROWS = """
deployment = registry.deployment("flown")
march = visits(600, 2)
march["at"] = pd.date_range("2026-03-01", periods=600, freq="h", tz="UTC")
deployment.predict(march.drop(columns="left"), timestamp_column="at", progress=False)
deployment.actuals(march, association_id_column="visit", value_column="left", progress=False)
"""


def test_segments(
    notebook: Callable[..., Notebook],
    page: Any,
    picture: Callable[..., Path],
    registry: Registry,
) -> None:
    opened = notebook([PREPARE, "DeployForm(package)", ROWS, "AccuracyView('flown')"])
    opened.run(0)
    form = opened.run(1)
    form.get_by_label("Association ID", exact=True).fill("visit")
    adding = form.get_by_placeholder("add a column")
    adding.fill("carrier")
    adding.press("Enter")
    expect(form.get_by_role("button", name="carrier ✕")).to_be_visible()
    expect(adding).to_have_value("")
    for column in ("age", "income"):
        adding.fill(column)
        adding.press("Enter")
        expect(adding).to_have_value("")
    expect(form.get_by_role("button", name="income ✕")).to_be_visible()
    picture(form, "deploy-form")
    form.get_by_role("button", name="income ✕").click()
    expect(form.get_by_role("button", name="income ✕")).to_have_count(0)
    form.get_by_role("button", name="age ✕").click()
    expect(form.get_by_role("button", name="age ✕")).to_have_count(0)
    form.get_by_role("button", name="Deploy", exact=True).click()
    expect(form.get_by_text("flown is deployed")).to_be_visible()
    assert registry.deployment("flown").segment_columns == ["carrier"]

    early = opened.run(3)
    expect(early.get_by_text("No prediction was counted by carrier yet.")).to_be_visible()
    expect(early.get_by_label("Segment")).to_be_hidden()
    picture(early, "accuracy-none-yet")
    opened.run(2)
    view = opened.run(3)
    expect(view.get_by_text("600 of 600 predictions")).to_be_visible()
    expect(view.get_by_label("Value")).to_be_hidden()
    picture(view, "accuracy-all")
    view.get_by_label("Segment").select_option("carrier")
    expect(view.get_by_label("Value")).to_have_value("UA")
    expect(view.get_by_text("carrier = UA")).to_be_visible()
    expect(view.get_by_text("400 of 400 predictions")).to_be_visible()
    view.get_by_label("Value").select_option("B6")
    expect(view.get_by_text("200 of 200 predictions")).to_be_visible()
    numbers = registry.deployment("flown").accuracy(segment=("carrier", "B6"))
    drawn = alt_text(accuracy_over_time(numbers, "auc"))
    expect(view.get_by_label(drawn)).to_be_visible()
    picture(view, "accuracy-segment")
    view.get_by_label("Segment").select_option("all rows")
    expect(view.get_by_text("600 of 600 predictions")).to_be_visible()
    expect(view.get_by_label("Value")).to_be_hidden()

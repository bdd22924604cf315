"""A leaderboard by clicking in a notebook: trained while the kernel is free, then deployed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from jupyter_registry.client import Registry
from tests.browser.lab import Notebook
from tests.browser.panels import complaints

#: A browser may have to be installed first.

PREPARE = """
import numpy as np, pandas as pd
from jupyter_registry.notebook import LeaderboardForm, LeaderboardView

random = np.random.default_rng(0)
visits = pd.DataFrame({"age": random.normal(45, 10, 600), "income": random.normal(50, 10, 600),
                       "town": random.choice(["Ulm", "Bonn", "Kiel"], 600)})
odds = (visits["age"] - 45) / 10 + (visits["income"] - 50) / 20
visits["left"] = np.where(random.random(600) < 1 / (1 + np.exp(-odds)), "yes", "no")
visits["visit"] = [f"v{i}" for i in range(600)]
"""


def test_train_look_deploy_by_clicking(
    notebook: Callable[..., Notebook],
    page: Any,
    picture: Callable[..., Path],
    registry: Registry,
) -> None:
    opened = notebook([PREPARE, "LeaderboardForm(visits)", "1 + 1", "LeaderboardView(1)"])
    opened.run(0)
    form = opened.run(1)
    expect(form.get_by_label("Data", exact=True)).to_have_value("visits · 600 × 5")
    form.get_by_role("button", name="Start", exact=True).click()
    expect(form.get_by_role("alert").first).to_contain_text("It is not said what to predict.")
    picture(form, "leaderboard-form-light")
    form.get_by_label("Target", exact=True).fill("left")
    form.get_by_label("Name", exact=True).fill("churn")
    form.get_by_label("Time budget").fill("30")
    form.get_by_label("Leave out", exact=True).fill("visit")
    form.get_by_label("Leave out", exact=True).press("Enter")
    expect(form.get_by_role("button", name="visit ✕")).to_be_visible()
    form.get_by_role("button", name="Start", exact=True).click()

    # the models come one by one; the kernel is free meanwhile
    expect(form.get_by_text("s left")).to_be_visible()
    expect(form.get_by_role("button", name="Linear model")).to_be_visible()
    picture(form, "leaderboard-running-light")
    expect(opened.run(2)).to_contain_text("2")
    assert registry.leaderboard(1).state == "running"
    form.get_by_role("button", name="Stop", exact=True).click()
    expect(form.get_by_text("are kept.")).to_be_visible()
    board = registry.leaderboard(1)
    assert board.state == "stopped"
    assert board.models_done >= 2

    # ranked on another metric; a model's pictures
    form.get_by_label("Metric", exact=True).select_option("Log loss")
    best = board.models("log_loss")[0].label
    first = form.locator(".jr-board .jr-link").first
    expect(first).to_have_text(best)
    first.focus()
    page.keyboard.press("Enter")
    panel = form.locator(".jr-panel")
    expect(panel.get_by_role("heading", name=best)).to_be_visible()
    picture(form, "leaderboard-model-light")
    assert complaints(page, ".jr-board") == ""
    assert complaints(page, ".jr-panel") == ""
    panel.get_by_role("tab", name="Blueprint").click()
    expect(panel.get_by_role("img", name="Blueprint")).to_be_visible()
    picture(form, "leaderboard-blueprint-light")
    form.get_by_role("tab", name="Scores", exact=True).first.click()
    expect(form.get_by_role("img", name="Leaderboard by Log loss")).to_be_visible()
    opened.theme("Dark")
    picture(form, "leaderboard-scores-dark")
    form.get_by_role("tab", name="Models", exact=True).click()
    picture(form, "leaderboard-models-dark")
    opened.theme("Light")

    # one click more, and its package is in service
    panel.get_by_role("button", name="Deploy…").click()
    panel.get_by_label("Association ID", exact=True).fill("visit")
    picture(form, "leaderboard-deploy-light")
    panel.get_by_role("button", name="Deploy", exact=True).click()
    expect(form.get_by_text("churn is deployed; it has churn/1.")).to_be_visible(timeout=60_000)
    package = registry.package("churn/1")
    assert (package.kind, package.provenance["leaderboard"]["id"]) == ("native", 1)
    assert registry.deployment("churn").package == "churn/1"

    # in another cell, and where the notebook is read without a kernel
    view = opened.run(3)
    expect(view.get_by_role("button", name=best)).to_be_visible()
    _what_is_done_with_the_whole(view, page)
    saved = opened.save()
    html = "".join(
        "".join(output.get("data", {}).get("text/html", ""))
        for output in saved["cells"][3]["outputs"]
    )
    assert best in html


def _what_is_done_with_the_whole(view: Any, page: Any) -> None:
    """Training again begins with the recipe, comparing says why it cannot, deleting asks."""
    view.get_by_role("button", name="Train again…").click()
    expect(view.get_by_role("heading", name="Train churn again")).to_be_visible()
    expect(view.get_by_label("Target", exact=True)).to_have_value("left")
    expect(view.get_by_label("Time budget")).to_have_value("30")
    expect(view.get_by_role("button", name="visit ✕")).to_be_visible()
    view.get_by_role("button", name="Compare…").click()
    expect(view.get_by_text("No older model was measured")).to_be_visible()
    assert complaints(page, ".jr-panel") == ""
    view.get_by_role("button", name="Close").first.click()
    expect(view.get_by_role("button", name="Compare…")).to_be_focused()
    view.get_by_role("button", name="Delete", exact=True).click()
    expect(view.get_by_role("alert")).to_contain_text("What was made of them stays: churn/1.")
    view.get_by_role("button", name="No", exact=True).click()
    expect(view.get_by_role("button", name="Delete", exact=True)).to_be_focused()

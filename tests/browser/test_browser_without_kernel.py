"""A saved notebook, opened again: with another kernel, without one, not trusted, as HTML."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from jupyter_registry.client import Registry
from jupyter_registry.client.deployments import Deployment
from tests.browser.lab import Notebook
from tests.browser.samples import FEATURES, PREPARE, as_code, churn_model, visits

CELLS = [
    PREPARE,
    "RegistryBrowser()",
    "DeploymentCard('saved')",
    "AccuracyView('saved', metric='auc')",
    "PackageForm()",
]
VIEW = "application/vnd.jupyter.widget-view+json"
#: What stands in each cell's place.
READABLE = {1: "saved/1", 2: "rows matched", 3: "60 of 200 predictions", 4: "Register a package"}
#: What Lab says of widgets that it has no model of.
COMPLAINTS = ("Error displaying widget", "Loading widget")


@pytest.fixture(scope="module")
def deployment(registry: Registry) -> Deployment:
    """A deployment, 60 of whose 200 predictions have their actual."""
    training, rows = visits(400, 0), visits(200, 1)
    package = registry.register(
        "saved", as_code(churn_model()), target="left", training=training[[*FEATURES, "left"]],
        holdout=visits(200, 2)[[*FEATURES, "left"]], progress=False,
    )  # fmt: skip
    deployment = package.deploy("saved", association_id_column="visit")
    deployment.predict(rows, timestamp_column="at", progress=False)
    deployment.actuals(
        rows.head(60), association_id_column="visit", value_column="left", progress=False
    )
    return deployment


@pytest.fixture
def saved(notebook: Callable[..., Notebook], deployment: Deployment) -> Notebook:
    """A notebook whose widgets are shown."""
    opened = notebook(CELLS)
    opened.run(0)
    for position in READABLE:
        opened.run(position)
        output = opened.output(position)
        expect(output.locator(".jr")).to_be_visible()
        expect(output.locator(".jr-static")).to_be_hidden()
    return opened


def test_a_saved_notebook_is_read_without_its_kernel(
    saved: Notebook, page: Any, picture: Callable[..., Path], deployment: Deployment, tmp_path: Path
) -> None:
    # what is saved follows what is shown, also when nothing of it was run again
    card = saved.output(2)
    card.get_by_role("button", name="Deactivate").click()
    card.get_by_role("button", name="Yes, deactivate").click()
    expect(card.get_by_text("saved is inactive now.")).to_be_visible()
    expect(card.locator(".jr-static td", has_text="inactive")).to_have_count(1)
    expect(card.locator(".jr-static")).to_be_hidden()
    deployment.activate()

    document = saved.save()
    for position in READABLE:
        outputs = [output["data"] for output in document["cells"][position]["outputs"]]
        assert [VIEW in output for output in outputs] == [False, True]
    assert "widgets" not in document["metadata"]

    # with the widgets' state, which Lab saves when asked to: shown in place of the tables
    saved.command("@jupyter-widgets/jupyterlab-manager:saveWidgetState")
    assert "widgets" in saved.save()["metadata"]
    saved.shut_down()
    saved.open()
    for position in READABLE:
        expect(saved.output(position).locator(".jr").first).to_be_visible()
        expect(saved.output(position).locator(".jr-static")).to_be_hidden()

    # without that, and with another kernel, as when Lab was closed meanwhile
    saved.path.write_text(json.dumps(document))
    saved.open()
    _assert_readable(saved, page)

    # without one
    saved.end_kernel()
    _assert_readable(saved, page)
    page.set_viewport_size({"width": 1180, "height": 2600})
    picture(page.locator(".jp-Notebook"), "without-kernel-light")
    saved.theme("Dark")
    _assert_readable(saved, page)
    picture(page.locator(".jp-Notebook"), "without-kernel-dark")
    saved.theme("Light")

    # somebody else's, whose outputs are not trusted
    saved.path.write_text(json.dumps(document | {"nbformat_minor": 4}, indent=2))
    saved.command("docmanager:reload")
    _assert_readable(saved, page)

    # as HTML
    saved.path.write_text(json.dumps(document))
    target = tmp_path / "saved.html"
    subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", "html", str(saved.path), "--output", target],
        check=True, capture_output=True,
    )  # fmt: skip
    page.route("http*://**", lambda route: route.abort())
    page.goto(target.as_uri())
    for text in READABLE.values():
        expect(page.locator(".jr-static", has_text=text).first).to_be_visible()
    for complaint in COMPLAINTS:
        assert complaint not in page.locator("body").inner_text()


def _assert_readable(opened: Notebook, page: Page) -> None:
    for position, text in READABLE.items():
        table = opened.output(position).locator(".jr-static")
        expect(table).to_be_visible()
        expect(table).to_contain_text(text)
    expect(opened.output(3).locator("img")).to_be_visible()
    for complaint in COMPLAINTS:
        for found in page.get_by_text(complaint).all():
            expect(found).to_be_hidden()

"""A server that stops in mid-work, and wrong input: what to do is said, what was typed stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from jupyter_registry.client import Registry
from tests.browser.lab import Notebook
from tests.browser.samples import FEATURES, PREPARE, as_code, churn_model, visits
from tests.live_server import LiveServer


@pytest.fixture
def other(tmp_path: Path) -> Iterator[LiveServer]:
    """A second server, so that the kernel outlives the registry."""
    server = LiveServer(tmp_path)
    server.start()
    with Registry(server.url, server.token) as registry:
        columns = [*FEATURES, "left"]
        deployment = registry.register(
            "far", as_code(churn_model()), target="left", training=visits(400, 0)[columns],
            holdout=visits(300, 1)[columns], progress=False,
        ).deploy("far", association_id_column="visit")  # fmt: skip
        deployment.predict(visits(200, 2), timestamp_column="at", progress=False)
        deployment.actuals(
            visits(100, 2), association_id_column="visit", value_column="left", progress=False
        )
    yield server
    server.kill()


def test_a_server_that_stops_and_comes_back(
    notebook: Callable[..., Notebook],
    page: Page,
    picture: Callable[..., Path],
    other: LiveServer,
) -> None:
    opened = notebook(
        [
            f"{PREPARE}\n"
            "from jupyter_registry import Registry\n"
            f"registry = Registry({other.url!r}, {other.token!r})\n"
            "model, march = churn_model(), visits(50, 3)[['age', 'income', 'visit']]",
            "RegistryBrowser(registry)",
            "DeploymentCard('far', registry)",
            "AccuracyView(registry.deployment('far'), refresh=5)",
            "PredictPanel(registry.deployment('far'), march)",
            "PackageForm(model, registry)",
        ]
    )
    for position in range(6):
        opened.run(position)
    browser, card, view, panel, form = (opened.shown(n) for n in range(1, 6))
    expect(browser.get_by_role("button", name="far/1")).to_be_visible()
    expect(view.locator(".jr-figure svg:visible")).to_be_visible()
    form.get_by_label("Name", exact=True).fill("far-too")
    form.get_by_label("Target", exact=True).fill("left")
    form.get_by_label("Description").fill("typed before it stopped")
    panel.get_by_label("Variable").fill("scored")

    other.kill()

    # all of them say it, keep what they had, and can be tried again
    def said(part: Locator) -> None:
        """It says so; what it says moves what is below it, which is clicked only then."""
        alert = part.locator("[role=alert]", has_text="Cannot connect to the registry")
        expect(alert).to_be_visible()
        expect(alert).to_contain_text(other.url)
        expect(alert).to_contain_text("Start one with")
        expect(alert).not_to_contain_text("Traceback")

    browser.get_by_label("Search").fill("far")
    said(browser)
    card.get_by_role("button", name="Refresh").click()
    said(card)
    said(view)
    panel.get_by_role("button", name="Predict", exact=True).click()
    said(panel)
    form.get_by_role("button", name="Register", exact=True).click()
    said(form)
    expect(browser.get_by_role("button", name="far/1")).to_be_visible()
    expect(browser.get_by_label("Search")).to_have_value("far")
    expect(card.locator(".jr-tile", has_text="rows predicted")).to_contain_text("200")
    expect(view.locator(".jr-figure svg:visible")).to_be_visible()
    expect(form.get_by_label("Name", exact=True)).to_have_value("far-too")
    expect(form.get_by_label("Description")).to_have_value("typed before it stopped")
    expect(form.get_by_role("button", name="Register", exact=True)).to_be_enabled()
    expect(panel.get_by_role("button", name="Predict", exact=True)).to_be_enabled()
    picture(card, "stopped-light")
    picture(form, "form-stopped-light")
    opened.theme("Dark")
    picture(card, "stopped-dark")
    opened.theme("Light")

    other.start()
    browser.get_by_role("button", name="Refresh").click()
    card.get_by_role("button", name="Refresh").click()
    panel.get_by_role("button", name="Predict", exact=True).click()
    expect(panel.get_by_text("50 predictions, recorded. They are in scored.")).to_be_visible()
    form.get_by_role("button", name="Register", exact=True).click()
    expect(form.get_by_text("far-too/1 is registered.")).to_be_visible()
    expect(form.get_by_text("typed before it stopped")).to_be_visible()
    for part in (browser, card, view, panel, form):  # the view by itself
        expect(part.locator("[role=alert]:not(:empty)")).to_have_count(0)


def test_wrong_input_is_told_beside_it(
    notebook: Callable[..., Notebook],
    page: Page,
    picture: Callable[..., Path],
    registry: Registry,
    tmp_path: Path,
) -> None:
    columns = [*FEATURES, "left"]
    registry.register(
        "wrong", as_code(churn_model()), target="left", training=visits(400, 0)[columns],
        progress=False,
    ).deploy("wrong", association_id_column="visit")  # fmt: skip
    (tmp_path / "broken.parquet").write_text("no table at all")
    opened = notebook(
        [
            f"{PREPARE}\nnameless = visits(50, 3)[['age', 'visit']]",
            "PredictPanel('wrong', nameless)",
            "DeployForm('wrong/1')",
            "PackageForm()",
            "DeploymentCard('no such deployment')",
        ]
    )
    for position in range(5):
        opened.run(position)
    panel, deploying, form, card = (opened.shown(n) for n in range(1, 5))

    # rows that lack a column, then a file that is none
    panel.get_by_role("button", name="Predict", exact=True).click()
    expect(panel.get_by_role("alert").first).to_contain_text("income")
    panel.get_by_role("button", name="File", exact=True).click()
    panel.get_by_label("Path").fill(str(tmp_path / "broken.parquet"))
    panel.get_by_label("Path").press("Tab")
    expect(panel.get_by_role("alert").first).to_contain_text("cannot be read")
    panel.get_by_role("button", name="This computer").click()
    with page.expect_file_chooser() as choosing:
        panel.get_by_role("button", name="Choose a file…").click()
    choosing.value.set_files(tmp_path / "broken.parquet")
    expect(panel.get_by_role("alert").first).to_contain_text("broken.parquet")
    picture(panel, "wrong-rows-light")

    # a label that is taken
    deploying.get_by_role("button", name="Deploy", exact=True).click()
    expect(deploying.get_by_role("alert").first).to_contain_text("wrong")
    expect(deploying.get_by_role("alert").last).to_contain_text("Choose another label")
    deploying.get_by_label("Label").fill("")
    deploying.get_by_role("button", name="Deploy", exact=True).click()
    expect(deploying.get_by_text("A deployment needs a label.").first).to_be_visible()

    # a signature that is none
    form.get_by_role("button", name="External").click()
    form.get_by_label("Name", exact=True).fill("wrong-too")
    form.get_by_label("Target", exact=True).fill("amount")
    form.get_by_label("Target type").select_option("regression")
    form.get_by_label("Signature").fill("age: figure")
    form.get_by_role("button", name="Register", exact=True).click()
    expect(form.get_by_text("is not understood", exact=False).first).to_be_visible()
    expect(form.get_by_label("Signature")).to_have_value("age: figure")
    picture(form, "wrong-form-light")
    form.get_by_label("Signature").fill("age: number")
    form.get_by_label("Signature").press("Tab")
    form.get_by_role("button", name="Register", exact=True).click()
    expect(form.get_by_text("wrong-too/1 is registered.")).to_be_visible()

    # what is not there
    expect(card.get_by_role("alert")).to_contain_text("no such deployment")
    for part in (panel, deploying, form, card):
        expect(part.get_by_text("Traceback")).to_have_count(0)

"""From a model to a replaced deployment by clicking, in JupyterLab, in both themes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from jupyter_registry.client import Registry
from tests.browser.lab import Notebook

#: A browser may have to be installed first.

PREPARE = """
import numpy as np, pandas as pd
from sklearn.linear_model import LinearRegression, LogisticRegression
from jupyter_registry import Registry
from jupyter_registry.notebook import (
    DeployForm, DeploymentCard, PackageForm, RegistryBrowser, ReplaceForm,
)

def visits(n, seed):
    random = np.random.default_rng(seed)
    frame = pd.DataFrame({"age": random.normal(45, 10, n), "income": random.normal(50, 10, n)})
    odds = (frame["age"] - 45) / 10 + (frame["income"] - 50) / 20
    frame["left"] = np.where(random.random(n) < 1 / (1 + np.exp(-odds)), "yes", "no")
    return frame

train, holdout = visits(400, 0), visits(300, 1)
model = LogisticRegression().fit(train[["age", "income"]], train["left"])
"""

ROWS = """
registry = Registry()
march = visits(500, 2)
march["visit"] = [f"v{i}" for i in range(500)]
deployment = registry.deployment("churn")
deployment.predict(march, progress=False)
columns = {"association_id_column": "visit", "value_column": "left"}
deployment.actuals(march.head(450), **columns, progress=False)
better = LogisticRegression(C=0.1).fit(train[["age", "income"]], train["left"])
registry.register("churn", better, target="left", training=train, holdout=holdout,
                  aliases=["challenger"], tags={"team": "retention"}, progress=False)
registry.register("income", LinearRegression().fit(train[["age"]], train["income"]),
                  target="income", training=train[["age", "income"]], progress=False)
"""


def test_register_deploy_replace_by_clicking(
    notebook: Callable[..., Notebook],
    page: Any,
    picture: Callable[..., Path],
    registry: Registry,
) -> None:
    opened = notebook([PREPARE, "PackageForm()", ROWS, "DeploymentCard('churn')"])
    opened.run(0)

    # register, once with something missing
    form = opened.run(1)
    form.get_by_label("Training data").select_option("train · 400 × 3")
    form.get_by_label("Holdout data").select_option("holdout · 300 × 3")
    expect(form.get_by_label("Class labels")).to_have_value("no, yes")
    form.get_by_role("button", name="Register", exact=True).click()
    expect(form.get_by_role("alert").first).to_contain_text("A package needs a name.")
    page.wait_for_timeout(600)
    expect(form.get_by_role("alert").first).to_contain_text("A package needs a name.")
    expect(form.get_by_label("Name", exact=True)).to_be_focused()
    picture(form, "form-error-light")
    form.get_by_label("Name", exact=True).fill("churn")
    form.get_by_role("button", name="Register", exact=True).click()
    expect(form.get_by_text("churn/1 is registered.")).to_be_visible()
    picture(form, "package-card-light")

    # deploy
    form.get_by_role("button", name="Deploy…").click()
    form.get_by_label("Association ID", exact=True).fill("visit")
    form.get_by_role("button", name="Deploy", exact=True).click()
    expect(form.get_by_text("churn is deployed; it has churn/1.")).to_be_visible()
    assert registry.deployment("churn").association_id_column == "visit"

    # predict and actuals, then how it does
    opened.run(2)
    card = opened.run(3)
    expect(card.get_by_text("matched with actuals")).to_be_visible()
    expect(card.locator(".jr-tile", has_text="rows predicted")).to_contain_text("500")
    expect(card.locator(".jr-tile", has_text="AUC")).to_contain_text("baseline")

    # how it does, in words, in place of "asking …"
    lights = card.locator(".jr-light")
    for name in ("Service health", "Accuracy", "Drift"):
        expect(lights.filter(has_text=name)).to_contain_text(f"{name}: passing")
    assert len({light.bounding_box()["height"] for light in lights.all()}) == 1
    parts = card.locator(".jr-light, .jr-tile, .jr-time")
    places = _within([part.bounding_box() for part in parts.all()])
    card.get_by_role("button", name="Refresh").click()
    page.wait_for_timeout(1500)
    again = _within([part.bounding_box() for part in parts.all()])
    assert again == places

    # replace: a package that does not fit is refused before anything happens
    card.get_by_role("button", name="Replace…").click()
    card.get_by_label("Only those that predict left").uncheck()
    card.get_by_label("Search").fill("income")
    card.get_by_role("option", name="income/1").wait_for()
    card.get_by_label("Package", exact=True).select_option(label=_option(card, "income/1"))
    card.get_by_label("Reason").select_option("Accuracy")
    replace = card.get_by_role("button", name="Replace", exact=True)
    expect(replace).to_be_disabled()
    card.get_by_role("button", name="Check").click()
    expect(card.get_by_role("img", name="failing").first).to_be_visible()
    expect(replace).to_be_disabled()
    picture(card, "replace-failing-light")
    opened.theme("Dark")
    picture(card, "replace-failing-dark")
    opened.theme("Light")
    assert registry.deployment("churn").package == "churn/1"

    # one that fits
    card.get_by_label("Search").fill("churn")
    card.get_by_role("option", name="churn/2").wait_for()
    card.get_by_label("Package", exact=True).select_option(label=_option(card, "churn/2"))
    card.get_by_role("button", name="Check").click()
    expect(card.get_by_role("img", name="passing").first).to_be_visible()
    expect(replace).to_be_enabled()
    replace.click()
    expect(card.get_by_text("churn/2 is in service of churn.")).to_be_visible()
    assert registry.deployment("churn").package == "churn/2"
    card.get_by_role("button", name="Close").click()

    # and back, which asks first
    card.get_by_role("button", name="Roll back").click()
    expect(card.get_by_text("Really replace churn/2 by churn/1?")).to_be_visible()
    card.get_by_role("button", name="Yes, roll back").click()
    expect(card.get_by_text("churn/1 is in service again.")).to_be_visible()
    card.get_by_text("Predict with curl").click()
    picture(card, "deployment-card-light")
    opened.theme("Dark")
    picture(card, "deployment-card-dark")


def test_browse_search_compare_with_the_keyboard(
    notebook: Callable[..., Notebook],
    page: Any,
    picture: Callable[..., Path],
    registry: Registry,
) -> None:
    for n in range(14):
        _external(registry, f"elsewhere-{n:02}", tags={"team": "risk"})
    _external(registry, "elsewhere-00", signature={"age": "number", "region": "string?"})
    opened = notebook(
        [
            "from jupyter_registry.notebook import PackageForm, RegistryBrowser",
            "RegistryBrowser()",
            "PackageForm()",
        ]
    )
    opened.run(0)
    browser = opened.run(1)
    expect(browser.get_by_role("button", name="elsewhere-00/2")).to_be_visible()
    picture(browser, "browser-light")
    opened.theme("Dark")
    picture(browser, "browser-dark")
    opened.theme("Light")

    # pages and search keep the table's place and height
    table = browser.locator(".jr-rows")
    height = table.bounding_box()["height"]
    browser.get_by_role("button", name="Next →").click()
    expect(browser.get_by_text("13 to ", exact=False)).to_be_visible()
    assert table.bounding_box()["height"] == height
    browser.get_by_placeholder("Search name").fill("elsewhere-00")
    expect(browser.get_by_text("1 to 2", exact=True)).to_be_visible()
    assert table.bounding_box()["height"] == height

    # a row is opened with the keyboard; its versions are compared
    browser.get_by_role("button", name="elsewhere-00/2").focus()
    page.keyboard.press("Enter")
    expect(browser.get_by_role("heading", name="elsewhere-00/2")).to_be_visible()
    browser.get_by_role("button", name="Compare…").click()
    browser.get_by_label("Package", exact=True).select_option(
        label=_option(browser, "elsewhere-00/1")
    )
    expect(browser.get_by_text("number, nullable")).to_have_count(0)
    expect(browser.locator("tr.jr-differs", has_text="region")).to_contain_text("string, nullable")
    picture(browser, "compare-light")
    browser.get_by_role("button", name="Close").click()

    # what destroys asks first
    browser.get_by_role("button", name="Archive", exact=True).click()
    expect(browser.get_by_role("button", name="No", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    assert registry.package("elsewhere-00/2").archived_at is None
    browser.get_by_role("button", name="← All packages").click()
    expect(table).to_be_visible()

    # the form of an external package
    form = opened.run(2)
    form.get_by_role("button", name="External").click()
    expect(form.get_by_label("Location")).to_be_visible()
    expect(form.get_by_label("Object", exact=True)).to_be_hidden()
    form.get_by_label("Name", exact=True).fill("elsewhere-20")
    form.get_by_label("Target", exact=True).fill("amount")
    form.get_by_label("Target type").select_option("regression")
    picture(form, "external-form-light")
    form.get_by_role("button", name="Register", exact=True).click()
    expect(form.get_by_text("elsewhere-20/1 is registered.")).to_be_visible()

    # without a kernel the saved notebook still has the table
    output = opened.save()["cells"][1]["outputs"][0]["data"]
    assert "elsewhere-00/2" in "".join(output["text/html"])
    assert "<table" in "".join(output["text/html"])


def _external(registry: Registry, name: str, **more: Any) -> None:
    registry.register(
        name, target="left", target_type="binary", class_labels=["no", "yes"], progress=False,
        location="https://models.example/left", **more,
    )  # fmt: skip


def _option(part: Any, reference: str) -> str:
    text = part.get_by_role("option", name=reference).first.text_content()
    return str(text).strip()


#: The server seems to need seconds for what is monitored.
SLOWLY = """
import time
from jupyter_registry.client.deployments import Deployment
package = registry.register("slow", model, target="left", training=train, holdout=holdout,
                            progress=False)
deployment = package.deploy("slow", association_id_column="visit")
deployment.predict(march, progress=False)
deployment.actuals(march, association_id_column="visit", value_column="left", progress=False)
def slowly(read):
    def wait(self, *rest, **more):
        time.sleep(4)
        return read(self, *rest, **more)
    return wait
Deployment._read = slowly(Deployment._read)
Deployment.lights = slowly(Deployment.lights)
"""


def test_statuses_come_without_moving_anything(notebook: Callable[..., Notebook]) -> None:
    opened = notebook(
        [PREPARE + ROWS.partition("deployment =")[0] + SLOWLY, "DeploymentCard('slow')"]
    )
    opened.run(0)
    card = opened.run(1)
    lights = card.locator(".jr-light")
    expect(lights.filter(has_text="asking …")).to_have_count(3)
    parts = card.locator(".jr-light, .jr-tile, .jr-time, details")
    before = _within([part.bounding_box() for part in parts.all()])
    expect(lights.filter(has_text="passing")).to_have_count(3)
    expect(card.locator(".jr-tile", has_text="AUC")).to_contain_text("baseline")
    assert _within([part.bounding_box() for part in parts.all()]) == before


def _within(boxes: list[Any]) -> list[tuple[float, ...]]:
    """Places and sizes from the first one on: the page itself may scroll meanwhile."""
    left, top = boxes[0]["x"], boxes[0]["y"]
    return [
        tuple(round(n, 1) for n in (b["x"] - left, b["y"] - top, b["width"], b["height"]))
        for b in boxes
    ]

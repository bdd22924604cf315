"""Packages and deployments looked after by clicking: find, tag, compare, switch off, go back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, expect

from jupyter_registry.client import Registry
from jupyter_registry.client.packages import Package
from jupyter_registry.domain.kinds import DeploymentState
from tests.browser.lab import Notebook
from tests.browser.samples import FEATURES, PREPARE, amount_model, as_code, churn_model, visits


def _register(registry: Registry, name: str, model: Any, target: str = "left") -> Package:
    columns = [*FEATURES, target]
    return registry.register(
        name, model, target=target, training=visits(400, 0)[columns],
        holdout=visits(300, 1)[columns], progress=False,
    )  # fmt: skip


def _external(registry: Registry, name: str) -> Package:
    return registry.register(
        name, target="left", target_type="binary", class_labels=["no", "yes"],
        location="https://models.example/left", tags={"team": "risk"}, progress=False,
    )  # fmt: skip


def _names(browser: Locator) -> list[str]:
    return [text for text in browser.locator(".jr-row .jr-link:visible").all_inner_texts() if text]


def test_find_a_package_and_look_after_it(
    notebook: Callable[..., Notebook],
    page: Any,
    picture: Callable[..., Path],
    registry: Registry,
) -> None:
    for n in range(13):
        _external(registry, f"many-{n:02}")
    _register(registry, "kept", churn_model())
    _register(registry, "kept", churn_model(0.01))
    opened = notebook([PREPARE, "RegistryBrowser()"])
    opened.run(0)
    browser = opened.run(1)
    expect(browser.get_by_role("button", name="kept/2")).to_be_visible()

    # filters, sorting, pages
    browser.get_by_label("Kind").select_option("custom")
    expect(browser.get_by_role("button", name="many-12/1")).to_be_hidden()
    assert set(_names(browser)) >= {"kept/1", "kept/2"}
    browser.get_by_label("Kind").select_option("Any kind")
    browser.get_by_placeholder("tag, or tag:value").fill("team:risk")
    expect(browser.get_by_text("1 to 12 of more")).to_be_visible()
    browser.get_by_role("button", name="Package", exact=True).click()
    expect(browser.locator(".jr-row .jr-link").first).to_have_text("many-00/1")
    browser.get_by_role("button", name="Package ▴").click()
    expect(browser.locator(".jr-row .jr-link").first).to_have_text("many-12/1")
    browser.get_by_role("button", name="Next").click()
    expect(browser.get_by_text("13 to 13")).to_be_visible()
    assert _names(browser) == ["many-00/1"]
    expect(browser.get_by_role("button", name="Next")).to_be_disabled()
    browser.get_by_placeholder("tag, or tag:value").fill("no such tag")
    expect(browser.get_by_text("No package fits.", exact=False)).to_be_visible()
    browser.get_by_placeholder("tag, or tag:value").fill("")
    browser.get_by_placeholder("Search name").fill("kept")
    expect(browser.get_by_text("1 to 2", exact=True)).to_be_visible()

    # tags and an alias
    browser.get_by_role("button", name="kept/2").click()
    expect(browser.get_by_role("heading", name="kept/2")).to_be_visible()
    browser.get_by_role("button", name="Tags…").click()
    browser.get_by_label("Tags", exact=False).last.fill("team: retention\nreviewed")
    browser.get_by_role("button", name="Save tags").click()
    expect(browser.get_by_text("The tags are stored.")).to_be_visible()
    browser.get_by_role("button", name="Aliases…").click()
    browser.get_by_role("button", name="Set alias").click()
    expect(browser.get_by_role("alert").first).to_contain_text("An alias needs a name.")
    browser.get_by_label("New alias").fill("@winner")
    browser.get_by_role("button", name="Set alias").click()
    expect(browser.get_by_text("@winner is kept/2.")).to_be_visible()
    browser.get_by_role("button", name="Close").click()
    package = registry.package("kept@winner")
    assert package.reference == "kept/2"
    assert package.tags == {"team": "retention", "reviewed": ""}

    # two versions beside each other
    browser.get_by_role("button", name="Compare…").click()
    browser.get_by_label("Package", exact=True).select_option(label=_option(browser, "kept/1"))
    sections = browser.locator(".jr-panel details")
    expect(sections.locator("summary")).to_have_text(
        [
            _starting("Facts"), _starting("Signature · the same"), _starting("Baseline metrics"),
            "Parameters · 1 difference", _starting("Files"), _starting("Libraries · the same"),
        ]
    )  # fmt: skip
    parameter = sections.locator("tr.jr-differs", has=page.get_by_text("C", exact=True))
    expect(parameter).to_contain_text("0.01")
    expect(sections.locator("tr.jr-differs", has_text="model")).to_have_count(1)
    sections.locator("summary", has_text="Libraries").click()
    expect(sections.locator("tr", has_text="sklearn")).to_be_visible()
    browser.get_by_label("Only what differs").check()
    expect(sections.locator("tr", has_text="sklearn")).to_have_count(0)
    picture(browser, "compared-light")
    opened.theme("Dark")
    picture(browser, "compared-dark")
    opened.theme("Light")
    browser.get_by_role("button", name="Close").click()

    # archived, after a question
    browser.get_by_role("button", name="Archive", exact=True).click()
    expect(browser.get_by_text("Really archive kept/2?")).to_be_visible()
    browser.get_by_role("button", name="Yes, archive").click()
    expect(browser.get_by_text("kept/2 is archived.")).to_be_visible()
    expect(browser.get_by_role("button", name="Deploy…")).to_be_disabled()
    browser.get_by_role("button", name="← All packages").click()
    expect(browser.get_by_text("1 to 1", exact=True)).to_be_visible()
    browser.get_by_label("Archived too").check()
    expect(browser.locator(".jr-row", has_text="kept/2")).to_contain_text("archived")
    browser.get_by_role("button", name="kept/2").click()
    browser.get_by_role("button", name="Restore").click()
    expect(browser.get_by_text("kept/2 is restored.")).to_be_visible()
    picture(browser, "package-light")
    opened.theme("Dark")
    picture(browser, "package-dark")


def test_look_after_a_deployment(
    notebook: Callable[..., Notebook],
    page: Any,
    picture: Callable[..., Path],
    registry: Registry,
) -> None:
    deployment = _register(registry, "run", as_code(churn_model())).deploy(
        "run", association_id_column="visit"
    )
    _register(registry, "run", as_code(churn_model(0.01)))
    _register(registry, "other-run", as_code(amount_model()), "amount")
    opened = notebook([PREPARE, "ReplaceForm('run')", "DeploymentCard('run')"])
    opened.run(0)

    # a package that does not fit, then one that does
    form = opened.run(1)
    form.get_by_label("Reason").select_option("Data drift")
    form.get_by_label("Note").fill("June was warm")
    form.get_by_label("Only those that predict left").uncheck()
    form.get_by_label("Search").fill("other-run")
    form.get_by_label("Package", exact=True).select_option(label=_option(form, "other-run/1"))
    form.get_by_role("button", name="Check").click()
    expect(form.get_by_role("img", name="failing").first).to_be_visible()
    replace = form.get_by_role("button", name="Replace", exact=True)
    expect(replace).to_be_disabled()
    assert registry.deployment("run").package == "run/1"
    form.get_by_label("Search").fill("run")
    form.get_by_label("Package", exact=True).select_option(label=_option(form, "run/2 "))
    expect(form.get_by_role("img", name="failing")).to_have_count(0)
    form.get_by_role("button", name="Check").click()
    expect(form.get_by_role("img", name="passing").first).to_be_visible()
    picture(form, "replace-passing-light")
    replace.click()
    expect(form.get_by_text("run/2 is in service of run.")).to_be_visible()
    (first, _) = sorted(registry.deployment("run").history(), key=lambda one: one.start)
    assert first.end is not None
    assert {(p.reason, p.note) for p in deployment.history()} >= {("data_drift", "June was warm")}

    # off, on, back
    card = opened.run(2)
    expect(card.get_by_text("It serves run/2", exact=False)).to_be_visible()
    card.get_by_role("button", name="Deactivate").click()
    card.get_by_role("button", name="No", exact=True).click()
    expect(card.get_by_role("button", name="Deactivate")).to_be_focused()
    card.get_by_role("button", name="Deactivate").click()
    card.get_by_role("button", name="Yes, deactivate").click()
    expect(card.get_by_text("run is inactive now.")).to_be_visible()
    assert registry.deployment("run").state is DeploymentState.INACTIVE
    card.get_by_role("button", name="Activate", exact=True).click()
    expect(card.get_by_text("run is active now.")).to_be_visible()
    card.get_by_role("button", name="Roll back").click()
    card.get_by_role("button", name="Yes, roll back").click()
    expect(card.get_by_text("run/1 is in service again.")).to_be_visible()

    # the code does what it says
    card.get_by_text("Predict with curl").click()
    snippet = card.locator("pre:visible").inner_text()
    assert "/deployments/run/predictions" in snippet
    assert '"visit": "id-1"' in snippet
    picture(card, "deployment-light")
    opened.theme("Dark")
    picture(card, "deployment-dark")
    opened.theme("Light")

    # archived, after a question
    card.get_by_role("button", name="Archive", exact=True).click()
    card.get_by_role("button", name="Yes, archive").click()
    expect(card.get_by_text("run is archived now.")).to_be_visible()
    expect(card.get_by_role("button", name="Replace…")).to_be_disabled()
    assert registry.deployment(deployment.id).state is DeploymentState.ARCHIVED


def test_report_what_was_predicted_elsewhere(
    notebook: Callable[..., Notebook],
    page: Any,
    picture: Callable[..., Path],
    registry: Registry,
) -> None:
    _external(registry, "outside").deploy("outside")
    rows = (
        "told = visits(60, 2)[['visit', 'at']].assign(\n"
        "    probability=churn_model().predict_proba(visits(60, 2)[FEATURES])[:, 1])"
    )
    opened = notebook([f"{PREPARE}\n{rows}", "ReportPanel('outside')", "DeploymentCard('outside')"])
    opened.run(0)
    panel = opened.run(1)
    panel.get_by_label("DataFrame").select_option(label="told · 60 rows, 3 columns")
    expect(panel.get_by_text("Columns probability; others are features.")).to_be_visible()
    panel.get_by_label("Time", exact=True).select_option("at")
    panel.get_by_role("button", name="Report", exact=True).click()
    expect(panel.get_by_text("no column is chosen", exact=False).first).to_be_visible()
    panel.get_by_label("Association ID").select_option("visit")
    panel.get_by_role("button", name="Report", exact=True).click()
    expect(panel.get_by_text("60 predictions were recorded.")).to_be_visible()
    picture(panel, "report-light")
    opened.theme("Dark")
    picture(panel, "report-dark")
    card = opened.run(2)
    expect(card.locator(".jr-tile", has_text="rows predicted")).to_contain_text("60")
    expect(card.get_by_text("Report in Python")).to_be_visible()


def _option(part: Locator, reference: str) -> str:
    option = part.get_by_role("option", name=reference).first
    option.wait_for(state="attached")
    return str(option.text_content()).strip()


def _starting(text: str) -> Any:
    import re

    return re.compile(f"^{re.escape(text)}")

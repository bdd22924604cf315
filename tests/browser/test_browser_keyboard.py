"""Without a mouse, and without eyes: keys alone, the focus never lost, a name for each control."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from jupyter_registry.client import Registry
from tests.browser import vscode
from tests.browser.lab import Notebook
from tests.browser.samples import FEATURES, PREPARE, as_code, churn_model, visits

#: What axe looks at: names, roles and states of controls, contrast, labels.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
#: ipywidgets' own: the handle of a slider has no name (a number beside ours has one).
THEIRS = {"aria-input-field-name": ".noUi-handle"}


@pytest.fixture(scope="module")
def served(registry: Registry) -> Registry:
    """A registry with two versions, one of them deployed, asked, and told what happened."""
    columns = [*FEATURES, "left"]
    for strength in (1.0, 0.01):
        registry.register(
            "keys", as_code(churn_model(strength)), target="left", training=visits(400, 0)[columns],
            holdout=visits(300, 1)[columns], progress=False,
        )  # fmt: skip
    deployment = registry.package("keys/1").deploy("keys", association_id_column="visit")
    deployment.predict(visits(200, 2), timestamp_column="at", progress=False)
    deployment.actuals(
        visits(200, 2), association_id_column="visit", value_column="left", progress=False
    )
    return registry


def test_a_walk_by_keyboard_alone(
    notebook: Callable[..., Notebook], page: Page, served: Registry
) -> None:
    opened = notebook([PREPARE, "RegistryBrowser()", "DeploymentCard('keys')"])
    opened.run(0)
    browser = opened.run(1)
    expect(browser.get_by_role("button", name="keys/2")).to_be_visible()

    # in by Tab, through all filters to the rows, one stop each, and back by Shift+Tab
    browser.get_by_label("Search").focus()
    page.keyboard.type("keys")
    expect(browser.get_by_text("1 to 2", exact=True)).to_be_visible()
    expect(browser.get_by_label("Search")).to_be_focused()
    for label in ("Kind", "Type", "Use", "Tag"):
        page.keyboard.press("Tab")
        expect(browser.get_by_label(label, exact=True)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(browser.get_by_label("Use")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(browser.get_by_label("Use")).to_have_value("deployed")
    expect(browser.get_by_text("1 to 1", exact=True)).to_be_visible()
    expect(browser.get_by_label("Use")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(browser.get_by_text("1 to 2", exact=True)).to_be_visible()
    _tab_to(page, browser.get_by_label("Archived too"))
    page.keyboard.press("Space")
    expect(browser.get_by_label("Archived too")).to_be_checked()
    _tab_to(page, browser.get_by_role("button", name="Refresh"))
    _assert_ring(page)
    page.keyboard.press("Enter")
    expect(browser.locator(".jr-busy")).to_have_count(0)
    expect(browser.get_by_role("button", name="Refresh")).to_be_focused()
    _tab_to(page, browser.get_by_role("button", name="keys/2"))
    _assert_ring(page)

    # into the card; a drawer takes the focus and gives it back
    page.keyboard.press("Enter")
    expect(browser.get_by_role("heading", name="keys/2")).to_be_visible()
    expect(browser.get_by_role("button", name="← All packages")).to_be_focused()
    _tab_to(page, browser.get_by_role("button", name="Tags…"))
    page.keyboard.press("Enter")
    expect(browser.get_by_label("Tags", exact=True)).to_be_focused()
    page.keyboard.type("by: keyboard")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(browser.get_by_text("The tags are stored.")).to_be_visible()
    expect(browser.get_by_role("button", name="Tags…")).to_be_focused()
    _tab_to(page, browser.get_by_role("button", name="Aliases…"))
    page.keyboard.press("Enter")
    expect(browser.get_by_label("New alias")).to_be_focused()
    _tab_to(page, browser.get_by_role("button", name="Close"))
    page.keyboard.press("Enter")
    expect(browser.get_by_role("button", name="Aliases…")).to_be_focused()
    _tab_to(page, browser.get_by_role("button", name="Archive", exact=True))
    page.keyboard.press("Enter")
    expect(browser.get_by_role("button", name="No", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(browser.get_by_role("button", name="Archive", exact=True)).to_be_focused()
    browser.get_by_role("button", name="← All packages").focus()
    page.keyboard.press("Enter")
    expect(browser.get_by_role("button", name="keys/2")).to_be_focused()
    assert served.package("keys/2").tags == {"by": "keyboard"}
    assert served.package("keys/2").archived_at is None

    # a deployment: refreshed, switched off and on, replaced; the focus goes along
    card = opened.run(2)
    card.get_by_role("button", name="Replace…").focus()
    _tab_to(page, card.get_by_role("button", name="Refresh"))
    page.keyboard.press("Space")
    expect(card.locator(".jr-busy")).to_have_count(0)
    expect(card.get_by_role("button", name="Refresh")).to_be_focused()
    card.get_by_role("button", name="Deactivate").focus()
    page.keyboard.press("Enter")
    expect(card.get_by_role("button", name="No", exact=True)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(card.get_by_role("button", name="Yes, deactivate")).to_be_focused()
    page.keyboard.press("Enter")
    expect(card.get_by_role("button", name="Activate", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(card.get_by_role("button", name="Deactivate")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(card.get_by_role("button", name="Replace…")).to_be_focused()
    page.keyboard.press("Enter")
    expect(card.get_by_label("Search")).to_be_focused()
    page.keyboard.press("Tab")
    expect(card.get_by_label("Only those that predict left")).to_be_focused()
    page.keyboard.press("Tab")
    expect(card.get_by_label("Package", exact=True)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(card.get_by_role("button", name="Check")).to_be_enabled()
    page.keyboard.press("Tab")
    expect(card.get_by_label("Environment")).to_be_focused()
    page.keyboard.press("Tab")
    expect(card.get_by_label("Libraries")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(card.get_by_role("img", name="passing").first).to_be_visible()
    expect(card.get_by_role("button", name="Check")).to_be_focused()
    page.keyboard.press("Tab")
    expect(card.get_by_label("Reason")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(card.get_by_role("button", name="Replace", exact=True)).to_be_enabled()
    _tab_to(page, card.get_by_role("button", name="Replace", exact=True))
    page.keyboard.press("Enter")
    expect(card.get_by_text("keys/2 is in service of keys.")).to_be_visible()
    expect(card.get_by_label("Search")).to_be_focused()
    assert served.deployment("keys").package == "keys/2"


def test_accuracy_by_keyboard(
    notebook: Callable[..., Notebook], page: Page, served: Registry
) -> None:
    opened = notebook([PREPARE, "AccuracyView('keys', metric='auc')"])
    opened.run(0)
    view = opened.run(1)
    figure = view.locator(".jr-figure svg:visible")
    expect(figure).to_be_visible()
    view.get_by_role("button", name="Refresh").focus()
    page.keyboard.press("Enter")
    expect(view.locator(".jr-busy")).to_have_count(0)
    expect(view.get_by_role("button", name="Refresh")).to_be_focused()
    for label in ("Live", "Metric", "By", "Predicted", "Package"):
        page.keyboard.press("Tab")
        expect(view.get_by_label(label, exact=True)).to_be_focused()
    view.get_by_label("Metric").focus()
    page.keyboard.press("ArrowDown")
    expect(view.get_by_label("Metric")).to_have_value("Accuracy")
    expect(view.locator(".widget-html strong", has_text="0.").first).to_be_visible()
    expect(view.get_by_label("Metric")).to_be_focused()
    _tab_to(page, view.get_by_role("tab", name="Over time"))
    for tab in ("Predicted and actual", "ROC and lift", "Confusion matrix"):
        page.keyboard.press("ArrowRight")
        expect(view.get_by_role("tab", name=tab)).to_be_focused()
    page.keyboard.press("Enter")
    expect(view.get_by_text("in force, 0.5")).to_be_visible()
    _tab_to(page, view.get_by_role("spinbutton", name="Threshold"))
    page.keyboard.press("ArrowUp")
    expect(view.get_by_text("at 0.505")).to_be_visible()
    expect(view.get_by_role("spinbutton", name="Threshold")).to_be_focused()


def test_names_roles_and_contrast(
    notebook: Callable[..., Notebook],
    page: Page,
    served: Registry,
    picture: Callable[..., Path],
) -> None:
    shown = [
        "RegistryBrowser()", "PackageForm()", "PackageCard('keys/1')", "DeployForm('keys/1')",
        "DeploymentCard('keys')", "PredictPanel('keys')", "ActualsPanel('keys')",
        "ReplaceForm('keys')", "AccuracyView('keys', start='2025-03-03')",
    ]  # fmt: skip
    opened = notebook([PREPARE, *shown])
    opened.run(0)
    for position, source in enumerate(shown, 1):
        expect(opened.run(position).locator(".jr").first).to_be_visible()
        _assert_named(opened.shown(position), source)
    expect(opened.shown(len(shown)).locator(".jr-figure svg:visible")).to_be_visible()
    for theme in ("Light", "Dark"):
        opened.theme(theme)
        found = _complaints(page)
        assert not found, "\n".join(found)
    opened.theme("Light")
    for kind in vscode.COLOURS:
        with vscode.dressed(page, kind):
            assert vscode.papers(page) == {"rgba(0, 0, 0, 0)"}
            picture(opened.shown(1), f"browser-{kind}")
            picture(opened.shown(len(shown)), f"accuracy-{kind}")
            found = _complaints(page)
            assert not found, f"{kind}:\n" + "\n".join(found)


def _tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until it has the focus; it is nearer than thirty stops."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            return
    expect(wanted).to_be_focused()


def _assert_ring(page: Page) -> None:
    """What has the focus is seen to have it."""
    style, width = page.evaluate(
        "(one => [one.outlineStyle, parseFloat(one.outlineWidth)])"
        "(getComputedStyle(document.activeElement))"
    )
    assert style != "none"
    assert width >= 1


def _assert_named(shown: Locator, source: str) -> None:
    """Each control has a name in the accessibility tree."""
    snapshot = shown.aria_snapshot()
    kinds = ("button", "textbox", "combobox", "checkbox", "listbox", "spinbutton", "tab", "link")
    for line in snapshot.splitlines():
        words = line.strip().removeprefix("- ").split(" ", 1)
        if words[0].rstrip(":") in kinds:
            assert words[-1].startswith('"'), f"{source}: {line.strip()}"


def _complaints(page: Page) -> list[str]:
    """What axe has to say of the widgets, apart from what is ipywidgets' own."""
    options = {"runOnly": {"type": "tag", "values": RULES}}
    results = Axe().run(page, context={"include": [[".jr"]]}, options=options)
    return [
        f"{rule['id']} ({rule['help']}): {node['html'][:200]} {node.get('failureSummary', '')}"
        for rule in results.response["violations"]
        for node in rule["nodes"]
        if THEIRS.get(rule["id"], "\0") not in " ".join(map(str, node["target"]))
    ]

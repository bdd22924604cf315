"""Panels and forms of JupyterLab as a reader has them: opened, pressed, pictured, looked at."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

#: What axe looks at: names, roles and states of controls, contrast, labels.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
#: The label of the target's field, not of its type's.
TARGET = re.compile(r"^Target( \*)?$")
#: JupyterLab's own themes, by their short names.
THEMES = ("Light", "Dark", "Dark High Contrast")
#: Words of charts' axes and legends whose contrast to the paper is under 4.5 (WCAG 2.1, 1.4.3);
#: axe looks at no words in drawings.
FAINT = """
part => {
  const parse = text => {
    const brush = Object.assign(document.createElement("canvas"), { width: 1, height: 1 })
      .getContext("2d");
    brush.fillStyle = text;
    brush.fillRect(0, 0, 1, 1);
    return [...brush.getImageData(0, 0, 1, 1).data];
  };
  const light = color => {
    const [r, g, b] = parse(color).map(v => v / 255)
      .map(v => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const paper = one => {
    const color = getComputedStyle(one).backgroundColor;
    return parse(color)[3] === 255 ? color : paper(one.parentElement);
  };
  const groups = ":is([class*=role-axis], [class*=role-legend])";
  const words = [...part.querySelectorAll(`svg ${groups} text`)];
  const faint = words.filter(word => word.textContent.trim()).map(word => {
    const a = light(getComputedStyle(word).fill);
    const b = light(paper(word.closest("svg").parentElement));
    return [word.textContent, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
  }).filter(([, ratio]) => ratio < 4.5);
  return [words.length, faint];
}
"""
PANEL = ".jp-Registry-panel"
FORM = ".jp-Registry-form"


def ready(page: Page) -> None:
    """Wait until Lab is there, with all of its plugins."""
    page.wait_for_function("window.jupyterapp")
    page.evaluate("window.jupyterapp.restored.then(() => null)")
    page.wait_for_function("!document.querySelector('#jupyterlab-splash')")


def command(page: Page, name: str, arguments: dict[str, Any] | None = None) -> None:
    """Begin one of the extension's commands."""
    page.evaluate(
        "([name, args]) => { window.jupyterapp.commands.execute(name, args); }",
        [f"jupyter-registry:{name}", arguments or {}],
    )


def panel(page: Page, title: str) -> Locator:
    """The panel in front, once it has a title."""
    found = page.locator(f"{PANEL}:visible")
    expect(found.get_by_role("heading", name=title, exact=True)).to_be_visible()
    return found


def form(page: Page) -> Locator:
    """The register form in front."""
    found = page.locator(f"{FORM}:visible")
    found.get_by_role("heading", name="Register a model package").wait_for()
    return found


def tab(shown: Locator, name: str) -> Locator:
    """A tab of a panel, brought to the front."""
    shown.get_by_role("tab", name=name, exact=True).click()
    return shown.get_by_role("tabpanel", name=name)


def press(shown: Locator, action: str) -> None:
    """Press one of the panel's buttons for what it shows as a whole."""
    header = shown.locator(".jp-Registry-panelHeader")
    header.get_by_role("button", name=action, exact=True).click()


def front(page: Page, title: str) -> Locator:
    """Bring a panel that is open to the front."""
    page.locator("#jp-main-dock-panel .lm-TabBar-tab").filter(
        has=page.get_by_text(title, exact=True)
    ).click()
    return panel(page, title)


def fill(shown: Locator, values: Mapping[str | re.Pattern[str], str]) -> None:
    """Type into fields, or choose in them, by their labels."""
    for label, value in values.items():
        field = shown.get_by_label(label)
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def complaints(page: Page, part: str) -> str:
    """What axe has to say of a part of the page; nothing, if all is well."""
    found = Axe().run(page, context=part, options={"runOnly": RULES})
    return found.generate_report() if found.violations_count else ""


def theme(page: Page, name: str) -> None:
    """Choose a theme: ``Light``, ``Dark`` or ``Dark High Contrast``."""
    page.evaluate(
        "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})",
        f"JupyterLab {name}",
    )
    page.wait_for_selector(f"body[data-jp-theme-name='JupyterLab {name}']", state="attached")
    page.wait_for_timeout(300)  # its colours come a moment later


def pictures(page: Page, part: str, name: str, folder: Path) -> None:
    """Pictures of the page in both themes, in which axe finds no fault with a part."""
    for shade in ("Dark", "Light"):
        theme(page, shade)
        page.screenshot(path=str(folder / f"{name}-{shade.lower()}.png"))
        assert complaints(page, part) == ""


def read_charts(page: Page, folder: Path, name: str, themes: Sequence[str] = THEMES) -> None:
    """The charts of the panel in front, in themes: pictures, contrast, nothing of axe's."""
    for shade in themes:
        theme(page, shade)
        page.wait_for_timeout(1200)  # charts are drawn anew
        shown = page.locator(f"{PANEL}:visible")
        page.screenshot(path=str(folder / f"{name}-{shade.replace(' ', '-').lower()}.png"))
        assert complaints(page, PANEL) == "", shade
        words, faint = shown.evaluate(FAINT)
        assert words > 10
        assert faint == [], shade

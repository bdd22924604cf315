"""The README's pictures of the sidebar and its panels, with what the notebooks left in the server.

Two of the page: a deployment's accuracy in the light theme, its drift in the dark one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playwright.sync_api import expect

from tests.browser.lab import Lab

#: The page's size in pixels.
WIDTH, HEIGHT = 1280, 800
#: Name of the picture, Lab's theme, tab of the panel.
_WANTED = (
    ("lab-accuracy", "JupyterLab Light", "Accuracy"),
    ("lab-drift", "JupyterLab Dark", "Drift"),
)


def of_panels(lab: Lab, page: Any, deployment: str) -> Iterator[tuple[str, bytes]]:
    """The pictures, by name, of a deployment of binary outcomes with a baseline."""
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    for name, theme, tab in _WANTED:
        lab.settle(theme)
        page.goto(f"{lab.url}lab?reset&token={lab.token}")
        page.wait_for_function("!document.querySelector('#jupyterlab-splash')")
        page.locator(".lm-TabBar-tab[title='Model Registry']").click()
        rows = page.get_by_role("listbox", name="Deployments")
        rows.get_by_role("option", name=deployment).click()
        panel = page.locator(".jp-Registry-panel:visible")
        panel.get_by_role("tab", name=tab).click()
        expect(panel.get_by_text("over time").first).to_be_visible()
        page.wait_for_timeout(3000)  # Lab's own animations and the charts' renderer
        page.mouse.move(WIDTH - 5, HEIGHT - 5)
        yield name, page.screenshot()

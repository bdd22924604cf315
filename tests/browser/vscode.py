"""A page of JupyterLab in the colours of VS Code's notebooks.

There ipywidgets has JupyterLab's names of colours (``--jp-…``) with the light theme's values,
whatever VS Code's theme is; the theme has names of its own, and what a widget stands on is white.
Values and rules are those of VS Code 1.139 with its Jupyter extension 2026.6.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page

#: VS Code's colours that the widgets ask for, of Dark Modern, Light Modern and Dark High Contrast.
COLOURS: dict[str, dict[str, str]] = {
    "vscode-dark": {
        "--vscode-foreground": "#cccccc",
        "--vscode-descriptionForeground": "#9d9d9d",
        "--vscode-textLink-foreground": "#4daafc",
        "--vscode-focusBorder": "#0078d4",
        "--vscode-editor-background": "#1f1f1f",
        "--vscode-notebook-editorBackground": "#1f1f1f",
        "--vscode-editor-font-family": "'Droid Sans Mono', monospace",
        "--vscode-button-background": "#0078d4",
        "--vscode-button-foreground": "#ffffff",
        "--vscode-button-hoverBackground": "#026ec1",
        "--vscode-input-background": "#313131",
        "--vscode-input-foreground": "#cccccc",
    },
    "vscode-light": {
        "--vscode-foreground": "#3b3b3b",
        "--vscode-descriptionForeground": "#3b3b3b",
        "--vscode-textLink-foreground": "#005fb8",
        "--vscode-focusBorder": "#005fb8",
        "--vscode-editor-background": "#ffffff",
        "--vscode-notebook-editorBackground": "#ffffff",
        "--vscode-editor-font-family": "'Droid Sans Mono', monospace",
        "--vscode-button-background": "#005fb8",
        "--vscode-button-foreground": "#ffffff",
        "--vscode-button-hoverBackground": "#0258a8",
        "--vscode-input-background": "#ffffff",
        "--vscode-input-foreground": "#3b3b3b",
    },
    "vscode-high-contrast": {
        "--vscode-contrastBorder": "#6fc3df",
        "--vscode-foreground": "#ffffff",
        "--vscode-descriptionForeground": "rgba(255, 255, 255, 0.7)",
        "--vscode-textLink-foreground": "#21a6ff",
        "--vscode-focusBorder": "#f38518",
        "--vscode-editor-background": "#000000",
        "--vscode-editor-font-family": "'Droid Sans Mono', monospace",
        "--vscode-button-background": "#000000",
        "--vscode-button-foreground": "#ffffff",
        "--vscode-button-hoverBackground": "#000000",
        "--vscode-input-background": "#000000",
        "--vscode-input-foreground": "#ffffff",
    },
}
_DRESS = """
([kind, colours]) => {
  const root = document.documentElement;
  delete document.body.dataset.jpThemeLight;
  document.body.dataset.vscodeThemeKind = kind;
  root.removeAttribute("style");
  for (const [name, colour] of Object.entries(colours)) root.style.setProperty(name, colour);
  for (const panel of document.querySelectorAll(".jr:not(.jr *)")) {
    for (const one of [panel.parentElement, panel.parentElement.parentElement]) {
      one.classList.add("cell-output-ipywidget-background");
    }
  }
}
"""
_UNDRESS = """
() => {
  delete document.body.dataset.vscodeThemeKind;
  document.body.dataset.jpThemeLight = "true";
  document.documentElement.removeAttribute("style");
}
"""
#: The rule of VS Code's own that whatever shows a widget is subject to.
_WHITE = ".cell-output-ipywidget-background { background: white !important; }"
_PAPERS = """
() => [...document.querySelectorAll(".cell-output-ipywidget-background")]
  .map(one => getComputedStyle(one).backgroundColor)
"""


@contextmanager
def dressed(page: Page, kind: str) -> Iterator[None]:
    """Have the page, in Lab's light theme, as VS Code has it in one of ``COLOURS``."""
    white = page.add_style_tag(content=_WHITE)
    page.evaluate(_DRESS, [kind, COLOURS[kind]])
    yield
    page.evaluate(_UNDRESS)
    white.evaluate("one => one.remove()")


def papers(page: Page) -> set[str]:
    """The colours that VS Code's places of widgets have."""
    return set(page.evaluate(_PAPERS))

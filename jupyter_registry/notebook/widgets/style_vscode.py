"""The widgets' looks in notebooks of Visual Studio Code, in the colours of its theme.

VS Code's Jupyter extension brings the style sheet of ipywidgets: JupyterLab's names of colours
with the light theme's values, whatever VS Code's own theme is, on a background that it makes
white. Within a panel these names are given VS Code's colours, and the background is the notebook's.
"""

from __future__ import annotations

_INK, _PAPER = "var(--vscode-foreground)", "var(--jr-notebook)"


def _between(share: int) -> str:
    """A colour so many per cent of the way from the paper to the ink, right in any theme."""
    return f"color-mix(in srgb, {_INK} {share}%, {_PAPER})"


#: The names that ipywidgets' style sheet and `style.CSS` ask for. The names ``--jp-widgets-…``
#: were computed at the root of the page from the others, and are to be said again.
_COLOURS = {
    "--jp-ui-font-color0": _INK,
    "--jp-ui-font-color1": _INK,
    "--jp-ui-font-color2": "var(--vscode-descriptionForeground)",
    "--jp-content-font-color1": _INK,
    "--jp-ui-inverse-font-color1": "var(--vscode-button-foreground)",
    "--jp-content-link-color": "var(--vscode-textLink-foreground)",
    "--jp-layout-color0": _PAPER,
    "--jp-layout-color1": _PAPER,
    "--jp-layout-color2": _between(10),
    "--jp-layout-color3": _between(20),
    "--jp-border-color1": _between(45),
    "--jp-border-color2": _between(25),
    "--jp-brand-color0": "var(--vscode-button-hoverBackground)",
    "--jp-brand-color1": "var(--vscode-button-background)",
    "--jp-brand-color2": "var(--vscode-focusBorder)",
    "--jp-code-font-family": "var(--vscode-editor-font-family, monospace)",
    "--jp-widgets-color": _INK,
    "--jp-widgets-label-color": _INK,
    "--jp-widgets-readout-color": _INK,
    "--jp-widgets-input-color": "var(--vscode-input-foreground, var(--vscode-foreground))",
    "--jp-widgets-input-background-color": "var(--vscode-input-background)",
    "--jp-widgets-input-border-color": _between(45),
    "--jp-widgets-input-focus-border-color": "var(--vscode-focusBorder)",
    "--jp-widgets-slider-active-handle-color": "var(--vscode-focusBorder)",
}

#: A panel within another widget, on whose white background it stands, has its own. Themes of high
#: contrast know buttons by their borders alone.
CSS = f"""
[data-vscode-theme-kind] .jr {{
  --jr-notebook: var(--vscode-notebook-editorBackground, var(--vscode-editor-background));
  {"; ".join(f"{name}: {value}" for name, value in _COLOURS.items())};
  --jr-focus: var(--vscode-focusBorder); background: {_PAPER}; }}
[data-vscode-theme-kind^=vscode-high-contrast] .jr .widget-button {{
  border: 1px solid var(--vscode-contrastBorder); }}
[data-vscode-theme-kind^=vscode-high-contrast] .jr .widget-button:is(.jr-link, .jr-plain) {{
  border: 0; }}
.cell-output-ipywidget-background:has(> .jr),
.cell-output-ipywidget-background:has(> .cell-output-ipywidget-background > .jr) {{
  background: transparent !important; }}
"""

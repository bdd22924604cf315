"""The widgets' looks: one style sheet, sent to the page once, that follows the page's theme."""

from __future__ import annotations

from typing import Any

from . import style_vscode

#: Names of colours come from JupyterLab and Notebook, else from Visual Studio Code, else from here.
CSS = """
.jr {
  --jr-ink: var(--jp-ui-font-color1, var(--vscode-foreground, #1f2328));
  --jr-muted: var(--jp-ui-font-color2, var(--vscode-descriptionForeground, #57606a));
  --jr-line: var(--jp-border-color2, var(--vscode-panel-border, #d0d7de));
  --jr-soft: var(--jp-layout-color2, var(--vscode-editorWidget-background, #f3f4f6));
  --jr-link: var(--jp-content-link-color, var(--vscode-textLink-foreground, #1565c0));
  --jr-ok: var(--jp-success-color1, var(--vscode-testing-iconPassed, #2e7d32));
  --jr-warn: var(--jp-warn-color1, var(--vscode-editorWarning-foreground, #b26a00));
  --jr-bad: var(--jp-error-color1, var(--vscode-errorForeground, #c62828));
  --jr-focus: var(--jp-brand-color1, var(--vscode-focusBorder, #1565c0));
  color: var(--jr-ink); font-size: 13px; overflow: visible; max-width: 1080px; padding: 4px;
}
.jr .widget-html-content, .jr .widget-label, .jr .widget-checkbox label { color: var(--jr-ink); }
.jr .widget-html > .widget-html-content, .jr .jp-OutputArea-output { line-height: 1.45; }
.jr h3 { font-size: 15px; font-weight: 600; margin: 0; color: var(--jr-ink); }
.jr h4 { font-size: 13px; font-weight: 600; margin: 8px 0 4px; color: var(--jr-ink); }
.jr p { margin: 4px 0; }
.jr .jr-muted { color: var(--jr-muted); }
.jr .jr-num { text-align: right; font-variant-numeric: tabular-nums; }
.jr .widget-button:focus-visible, .jr .widget-toggle-button:focus-visible,
.jr summary:focus-visible, .jr .jr-drop-list:focus-visible, .jr .jr-drop-remove:focus-visible {
  outline: 2px solid var(--jr-focus); outline-offset: 1px; }
.jr .jr-unseen-label > .widget-label { position: absolute; width: 1px; height: 1px; padding: 0;
  min-width: 0; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.jr .jr-busy { pointer-events: none; opacity: 0.6; }
.jr .widget-tab > .lm-TabBar .lm-TabBar-tab { flex: 0 0 auto; min-width: 120px; max-width: none; }
.jr .widget-tab > .widget-tab-contents { overflow: visible; }
.jr .widget-button.jr-link { background: none; border: 0; box-shadow: none; color: var(--jr-link);
  text-align: left; padding: 0 4px; font-weight: 500; }
.jr .widget-button.jr-link:hover { text-decoration: underline; box-shadow: none; }
.jr .widget-button.jr-plain { background: none; border: 0; box-shadow: none; text-align: left;
  padding: 0 4px; color: var(--jr-muted); font-weight: 600; }
.jr .widget-button.jr-plain:hover { color: var(--jr-ink); }
.jr .jr-bar { gap: 6px; flex-wrap: wrap; align-items: center; }
.jr .jr-bar > .widget-button { width: auto; margin: 0; padding: 0 12px; }
.jr .jr-panel { border: 1px solid var(--jr-line); border-radius: 4px; padding: 10px 12px;
  margin: 8px 0; position: relative; }
.jr .jr-panel > .jr-close { position: absolute; top: 8px; right: 8px; width: auto; z-index: 1; }
.jr .jr-panel .jr-notice { margin-right: 84px; }
.jr .jr-actions { margin-left: 158px; }
.jr .jr-chip { display: inline-block; border: 1px solid var(--jr-line); border-radius: 9px;
  padding: 0 8px; font-size: 11px; line-height: 17px; margin-right: 4px; background: var(--jr-soft);
  white-space: nowrap; }
.jr .jr-chip-ok { border-color: var(--jr-ok); }
.jr .jr-chip-warn { border-color: var(--jr-warn); }
.jr .jr-chip-bad { border-color: var(--jr-bad); }
.jr .jr-chip-ok::before, .jr .jr-chip-warn::before, .jr .jr-chip-bad::before { content: "";
  display: inline-block; width: 7px; height: 7px; border-radius: 50%; margin-right: 5px;
  background: var(--jr-ok); }
.jr .jr-chip-warn::before { background: var(--jr-warn); }
.jr .jr-chip-bad::before { background: var(--jr-bad); }
.jr .jr-notice { border-left: 3px solid var(--jr-bad); background: var(--jr-soft);
  border-radius: 2px; padding: 6px 10px; margin: 4px 0; overflow-wrap: anywhere; }
.jr .jr-notice-said { border-left-color: var(--jr-ok); }
.jr .jr-notice pre, .jr .jr-trace { max-height: 220px; overflow: auto; font-size: 11px;
  margin: 4px 0; white-space: pre; background: transparent; color: var(--jr-ink); }
.jr .jr-note { min-height: 18px; font-size: 11px; line-height: 16px; color: var(--jr-muted);
  overflow-wrap: anywhere; }
.jr .jr-wrong { color: var(--jr-ink); }
.jr .jr-wrong::before { content: "!"; display: inline-block; width: 14px; height: 14px;
  line-height: 14px; text-align: center; border-radius: 50%; margin-right: 5px; font-weight: 700;
  color: #fff; background: var(--jr-bad); }
.jr table.jr-table { border-collapse: collapse; font-size: 12px; margin: 2px 0; border: 0;
  color: var(--jr-ink); }
.jr table.jr-table th, .jr table.jr-table td { padding: 3px 14px 3px 0; text-align: left;
  vertical-align: top; border: 0; border-bottom: 1px solid var(--jr-line); background: none;
  max-width: 460px; overflow-wrap: anywhere; white-space: normal; }
.jr table.jr-table th { font-weight: 600; color: var(--jr-muted); }
.jr table.jr-table td.jr-num, .jr table.jr-table th.jr-num { text-align: right; }
.jr table.jr-table tr.jr-differs td { background: var(--jr-soft); }
.jr table.jr-table tr.jr-differs td:first-child { font-weight: 600; }
.jr .jr-facts th { width: 140px; }
.jr details { border-top: 1px solid var(--jr-line); padding: 5px 0; }
.jr details > summary { cursor: pointer; font-weight: 600; padding: 2px 0; }
.jr details > summary .jr-muted { font-weight: 400; }
.jr .jr-scroll { overflow: auto; max-height: 420px; }
.jr pre.jr-code { background: var(--jr-soft); color: var(--jr-ink); border-radius: 3px;
  margin: 4px 0; padding: 8px 10px; font-size: 12px; line-height: 1.4; overflow: auto;
  font-family: var(--jp-code-font-family, var(--vscode-editor-font-family, monospace));
  white-space: pre; }
.jr .jr-label { justify-content: flex-end; text-align: right; margin-right: 8px; }
.jr .widget-datepicker input, .jr .widget-datetimepicker input { color: var(--jr-ink);
  background: var(--jp-widgets-input-background-color, transparent); font-family: inherit;
  border: 1px solid var(--jr-line); }
body:is([data-jp-theme-light=false], [data-vscode-theme-kind=vscode-dark],
  [data-vscode-theme-kind=vscode-high-contrast]) .jr input { color-scheme: dark; }
body:is([data-jp-theme-light=false], [data-vscode-theme-kind=vscode-dark],
  [data-vscode-theme-kind=vscode-high-contrast]) .jr .widget-dropdown > select {
  background-image: url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' \
viewBox='0 0 18 18'%3E%3Cpath d='M5 7l4 4 4-4' fill='none' stroke='%23ddd' stroke-width='2'/%3E\
%3C/svg%3E"); }
.jr .jr-drop { border: 1px dashed var(--jr-muted); border-radius: 4px; padding: 8px 10px;
  margin: 2px 0; position: relative; }
.jr .jr-drop.jr-drop-over { border: 1px solid var(--jr-focus); background: var(--jr-soft);
  box-shadow: inset 0 0 0 1px var(--jr-focus); }
.jr .jr-drop [hidden] { display: none !important; }
.jr .jr-drop .jr-drop-row { display: flex; flex-wrap: wrap; gap: 6px; align-items: center;
  color: var(--jr-ink); }
.jr .jr-drop .jr-drop-row + .jr-drop-row, .jr .jr-drop .jr-note { margin-top: 6px; }
.jr .jr-drop .widget-button { width: auto; margin: 0; padding: 0 12px; }
.jr .jr-drop .jr-drop-bar { width: 180px; height: 10px; accent-color: var(--jr-focus); }
.jr .jr-drop .jr-drop-list { list-style: none; margin: 6px 0; padding: 0; max-height: 132px;
  overflow: auto; line-height: 18px; overflow-wrap: anywhere; color: var(--jr-ink); }
.jr .jr-drop .jr-drop-remove { width: 24px; height: 24px; padding: 0; margin-left: 4px; border: 0;
  background: none; color: inherit; cursor: pointer; outline-offset: -2px; }
.jr .jr-drop .jr-drop-remove::before { content: "✕"; font-size: 11px; }
.jr .jr-drop .jr-drop-remove:hover { background: var(--jr-soft); }
.jr .jr-drop .jr-drop-status { position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap; }
.jr .jr-mark { display: inline-block; width: 16px; height: 16px; line-height: 16px;
  border-radius: 50%; text-align: center; font-size: 11px; font-weight: 700; color: #fff;
  background: var(--jr-ok); }
.jr .jr-mark-warning { background: var(--jr-warn); }
.jr .jr-mark-failing { background: var(--jr-bad); }
"""

#: Run where a panel's own style sheet arrives. In a notebook's command mode a letter or an arrow
#: is a command, even where a list of choices or a tab has the focus: ``d`` twice deletes the cell.
#: Keys of the panel end there; those with Ctrl, Alt or ⌘ and Shift+Enter go on to the notebook.
KEYS = """this.closest('.jr')?.addEventListener('keydown', event => {
  const passes = event.ctrlKey || event.altKey || event.metaKey;
  if (!passes && !(event.shiftKey && event.key === 'Enter')) event.stopPropagation();
})"""


def style_sheet() -> Any:
    """The widget that carries `CSS`; one for all of a page, so that it travels there once.

    A page that was loaded anew while the kernel went on gets another: VS Code's would not know
    the widgets of before, and show no panel that has one.
    """
    global _sheet, _page
    import ipywidgets as widgets

    page = _asking()
    if _sheet is None or _sheet.comm is None or page != _page:
        text = f"<style>{CSS}{style_vscode.CSS}</style>"
        _sheet, _page = widgets.HTML(text, layout=widgets.Layout(display="none")), page
    return _sheet


def _asking() -> str | None:
    """The session of the page whose message is being handled; ``None`` outside a kernel."""
    from IPython.core.getipython import get_ipython

    kernel = getattr(get_ipython(), "kernel", None)
    header = kernel.get_parent().get("header", {}) if kernel is not None else {}
    session: str | None = header.get("session")
    return session


_sheet: Any = None
_page: str | None = None

"""The page of a file's tests: JupyterLab stays loaded in it from one test to the next."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Error, Page

from tests.browser.lab import PATIENCE

VIEWPORT = {"width": 1180, "height": 900}
#: What a test may leave before the page: dialogs and menus that Escape closes.
_BEFORE_THE_PAGE = ".jp-Dialog, dialog[open], .lm-Menu"
#: Closes what is open, asking nothing; kernels go on. The light theme, the file browser in front.
_TIDY = """
async () => {
  const app = window.jupyterapp;
  if (!app) return;
  for (const open of [...app.shell.widgets("main")]) open.dispose();
  document.querySelectorAll(".Toastify__close-button").forEach(button => button.click());
  const execute = (name, args) =>
    app.commands.hasCommand(name) ? app.commands.execute(name, args) : null;
  if (document.body.dataset.jpThemeName !== "JupyterLab Light") {
    await execute("apputils:change-theme", { theme: "JupyterLab Light" });
  }
  await execute("filebrowser:activate");
}
"""


class Window:
    """A page, loaded once; a new one after `close`."""

    def __init__(self, browser: Any) -> None:
        self._browser = browser
        self._page: Page | None = None

    @property
    def page(self) -> Page:
        """The page, with what it has loaded."""
        if self._page is None:
            self._page = self._browser.new_context(viewport=VIEWPORT).new_page()
            self._page.set_default_timeout(PATIENCE)
        return self._page

    def tidy(self) -> None:
        """Have the next test find nothing of this one; where that fails, a new page."""
        page = self.page
        try:
            for other in page.context.pages:
                if other is not page:
                    other.close()
            page.context.clear_permissions()
            page.unroute_all()
            if page.viewport_size != VIEWPORT:
                page.set_viewport_size(VIEWPORT)  # type: ignore[arg-type]
            for _ in range(5):
                if not page.locator(_BEFORE_THE_PAGE).count():
                    break
                page.keyboard.press("Escape")
            page.evaluate(_TIDY)
            if page.locator(_BEFORE_THE_PAGE).count():
                self.close()
        except Error:
            self.close()

    def close(self) -> None:
        """Close the page with all that it keeps."""
        page, self._page = self._page, None
        if page is not None:
            page.context.close()

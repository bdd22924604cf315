"""What stands in a widget's place where its kernel is gone: a table, a picture.

JupyterLab and Notebook prefer a widget's view to all else that an output offers, and where no
kernel has the model, they say so instead of showing the rest. So a widget is two outputs: plain
HTML, and the view. As long as the view lives, its style sheet hides the HTML; where it does not,
the HTML's style sheet hides what stands in the view's place. Converters and readers that know no
widgets show the HTML and nothing for the view.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from typing import TYPE_CHECKING

from .turns import in_turn

if TYPE_CHECKING:
    from .common import Panel

VIEW = "application/vnd.jupyter.widget-view+json"
#: Seconds without news of a panel after which its HTML is made anew.
PAUSE = 1.0
#: Hides a view without a model in JupyterLab and Notebook, where views alone bear no MIME type.
#: The HTML waits a moment before it is seen: the view of a cell that has just run is coming.
_CSS = """
.jp-OutputArea-child:has(.jr-static) + .jp-OutputArea-child:has(
  > .jp-OutputArea-output:not([data-mime-type])):not(:has(.jr)) { display: none; }
@keyframes jr-static { from { max-height: 0; visibility: hidden; } }
.jr-static { overflow-x: auto; animation: jr-static 0.1s 0.5s step-end backwards; }
"""
_numbers = itertools.count(1)


class Place:
    """A panel's place in the notebook: the view, and the HTML for those without the kernel.

    The HTML follows what the panel shows: it is what the notebook is saved with.
    """

    def __init__(self, panel: Panel) -> None:
        from IPython.display import display

        self._panel = panel
        self._shown = _static(panel)
        self._id = f"{_mark(panel)}-{next(_numbers)}"
        self._waiting: asyncio.TimerHandle | None = None
        view = panel._repr_mimebundle_()[VIEW]
        display(self._shown, raw=True, display_id=self._id)
        display({VIEW: view, "text/html": "", "text/plain": ""}, raw=True)

    def renew_soon(self) -> None:
        """Renew the HTML after a pause, once for all that happens until then."""
        if self._waiting is not None:
            self._waiting.cancel()
        with contextlib.suppress(RuntimeError):  # no loop runs: a script
            self._waiting = asyncio.get_running_loop().call_later(PAUSE, self._renew)

    @in_turn
    def _renew(self) -> None:
        from IPython.display import update_display

        self._waiting = None
        if self._panel.comm is None:
            return
        present = _static(self._panel)
        if present != self._shown:  # else the notebook would be marked as changed for nothing
            self._shown = present
            update_display(present, raw=True, display_id=self._id)


def hiding(panel: Panel) -> str:
    """The rule that hides a panel's HTML, for a style sheet within the panel itself."""
    return f".{_mark(panel)} {{ display: none; }}"


def _static(panel: Panel) -> dict[str, str]:
    """The output that is read without a kernel."""
    style = f"<style>{_CSS}</style>"
    return {
        "text/html": f'<div class="jr-static {_mark(panel)}">{style}{panel.static_html()}</div>',
        "text/plain": panel.static_text(),
    }


def _mark(panel: Panel) -> str:
    """The class of a panel's HTML, of no other's."""
    return f"jr-static-{panel.model_id}"

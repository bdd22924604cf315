"""What all widgets share: notices of errors, questions before what destroys, buttons and bars.

Every widget here is a `Panel`; it has a `Notice`, keeps its inputs in `Fields`, and shows a
plain table where the notebook is read without a kernel.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from ...domain.errors import RegistryError
from .. import namespace
from ..session import Session
from . import without_kernel
from .style import KEYS, style_sheet
from .turns import TURN, clicked

if TYPE_CHECKING:
    from ...client.deployments import Deployment
    from ...client.registry import Registry
    from .fields import Fields

LOG = logging.getLogger("jupyter_registry.notebook")

#: The class of widgets that take no clicks for now.
BUSY = "jr-busy"

#: One client for all widgets that are not given one.
_session = Session()


def find_registry(registry: Registry | None = None) -> Registry:
    """The registry given, else the one that the magics are told of, else the notebook's own.

    Raises `CannotConnect`.
    """
    if registry is not None:
        return registry
    shell = _shell()
    for one in getattr(shell, "configurables", ()):
        if type(one).__name__ == "RegistryMagics":
            found: Registry = one.session.registry
            return found
    return _session.registry


def find_deployment(
    deployment: Deployment | str | int, registry: Registry | None = None
) -> Deployment:
    """The deployment given, or found by label or id; raises `DeploymentNotFound`."""
    if isinstance(deployment, str | int):
        return find_registry(registry).deployment(deployment)
    return deployment


# --- what went wrong, and what was done ----------------------------------------------------


class Notice(widgets.HTML):
    """A line that says what went wrong and what to do, or what was done; hidden when empty."""

    def __init__(self) -> None:
        super().__init__(layout=widgets.Layout(display="none", width="100%", margin="0"))

    def error(self, error: BaseException | str) -> None:
        """Show an error: its title, facts and advice; of others class, message and traceback."""
        self._show(f'<div class="jr-notice" role="alert">{error_html(error)}</div>')

    def say(self, text: str) -> None:
        """Show that something was done."""
        self._show(f'<div class="jr-notice jr-notice-said" role="status">{escape(text)}</div>')

    def clear(self) -> None:
        """Show nothing."""
        self.value = ""
        self.layout.display = "none"

    def _show(self, html: str) -> None:
        self.value = html
        self.layout.display = None


def error_html(error: BaseException | str) -> str:
    """An error as people read it, escaped; what is not the registry's own is logged as well."""
    if isinstance(error, str):
        return escape(error)
    if isinstance(error, RegistryError):
        text = f"<strong>{escape(error.title)}.</strong> {escape(error.detail)}"
        if error.advice:
            text += f"<div>{escape(error.advice)}</div>"
        trace = error.fields.get("traceback")
    else:
        LOG.error("A widget of the registry failed", exc_info=error)
        text = (
            f"<strong>{escape(type(error).__name__)}.</strong> {escape(str(error))}"
            "<div>This was not expected. The traceback is below and in the kernel's log.</div>"
        )
        trace = "".join(traceback.format_exception(error))
    if trace:
        text += f"<details><summary>Traceback</summary><pre>{escape(str(trace))}</pre></details>"
    return text


@contextmanager
def guarded(notice: Notice, *busy: Any, fields: Fields | None = None) -> Iterator[None]:
    """Clear the notice, keep clicks off the busy widgets while inside, show what goes wrong.

    Also a decorator. Errors end here: they are shown in the notice, and next to their inputs
    when ``fields`` has these. One at a time. Busy widgets are not disabled: a button that is
    loses the focus, and who works by keyboard would be thrown to the top of the page.
    """
    with TURN:
        notice.clear()
        if fields is not None:
            fields.clear()
        held = [widget for widget in busy if BUSY not in widget._dom_classes]
        for widget in held:
            widget.add_class(BUSY)
        try:
            yield
        except Exception as error:
            if fields is not None:
                fields.show(error)
            notice.error(error)
        finally:
            for widget in held:
                widget.remove_class(BUSY)


def confirmed(
    button: widgets.Button, question: str | Callable[[], str], action: Callable[[], object]
) -> widgets.HBox:
    """The button, which asks before it acts: it gives way to the question, Yes and No."""
    text = widgets.HTML(layout=widgets.Layout(margin="0 4px 0 0"))
    yes = widgets.Button(description=f"Yes, {button.description.lower()}", button_style="danger")
    no = widgets.Button(description="No")
    box = widgets.HBox([button])
    box.add_class("jr-bar")

    def ask() -> None:
        asked = question() if callable(question) else question
        text.value = f'<span role="alert">{escape(asked)}</span>'
        box.children = (text, yes, no)
        no.focus()

    def back() -> None:
        box.children = (button,)
        button.focus()

    def act() -> None:
        back()
        action()

    button.on_click(clicked(ask))
    no.on_click(clicked(back))
    yes.on_click(clicked(act))
    return box


# --- the notebook's namespace -----------------------------------------------------------------


def user_namespace() -> dict[str, Any]:
    """The variables of the notebook, without what IPython itself put there."""
    shell = _shell()
    if shell is None:
        return {}
    hidden = shell.user_ns_hidden
    return {n: v for n, v in list(shell.user_ns.items()) if hidden.get(n, _NOTHING) is not v}


def namespace_values(kind: str) -> dict[str, Any]:
    """The notebook's variables of a kind, by name.

    Parameters
    ----------
    kind:
        ``table`` (DataFrames of pandas or polars, Arrow tables) or ``model`` (fitted
        estimators, ONNX models). Told by type; no library is imported for it.

    """
    test = {"table": namespace.is_table, "model": namespace.is_fitted}[kind]
    names = user_namespace()
    return {name: names[name] for name in namespace.named(names, test)}


def _shell() -> Any:
    """The running shell of IPython, which is not imported for it."""
    get = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return get() if callable(get) else None


_NOTHING = object()


# --- panels -----------------------------------------------------------------------------------


class Panel(widgets.VBox):
    """A widget of the registry: style sheet, notice, content; a table where no kernel runs.

    Subclasses build their content, then call `show`; `static_html` is what a saved notebook
    shows without a kernel.
    """

    def __init__(self) -> None:
        self.notice = Notice()
        self._places: list[without_kernel.Place] = []
        self._hiding: widgets.HTML | None = None
        super().__init__(layout=widgets.Layout(width="100%"))
        self.add_class("jr")
        self.notice.observe(lambda _: self.keep(), "value")

    def show(self, *content: Any) -> None:
        """Show these; the notice above them unless it is among them."""
        notice = () if self.notice in content else (self.notice,)
        hiding = () if self._hiding is None else (self._hiding,)
        self.children = (style_sheet(), *hiding, *notice, *content)

    def keep(self) -> None:
        """Let what a saved notebook shows follow what is shown now; soon, and once for all."""
        for place in self._places:
            place.renew_soon()

    def static_html(self) -> str:
        """What a reader without a kernel sees."""
        return f"<p>{escape(self.static_text())}</p>"

    def static_text(self) -> str:
        """The same in one line."""
        return type(self).__name__

    def _ipython_display_(self, **kwargs: Any) -> None:
        if self._hiding is None:
            sheet = f'<style onload="{escape(KEYS)}">{without_kernel.hiding(self)}</style>'
            self._hiding = widgets.HTML(sheet, layout=widgets.Layout(display="none"))
            self.children = (self._hiding, *self.children)
        self._places.append(without_kernel.Place(self))

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle = dict(super()._repr_mimebundle_(**kwargs) or {})
        return bundle | {"text/plain": self.static_text(), "text/html": self.static_html()}

    def __repr__(self) -> str:
        return f"<{self.static_text()}>"


def button(text: str, action: Callable[[], object], *, style: str = "", tip: str = "") -> Any:
    """A button with its action."""
    made = widgets.Button(description=text, button_style=style, tooltip=tip or text)
    made.on_click(clicked(action))
    return made


def bar(*items: Any) -> widgets.HBox:
    """Buttons and the like beside each other, wrapped where it is narrow."""
    made = widgets.HBox(list(items), layout=widgets.Layout(overflow="visible"))
    made.add_class("jr-bar")
    return made


def dropdown(label: str, options: Any, width: int) -> widgets.Dropdown:
    """A picker with its label before it, so many pixels wide, to stand in a `bar`."""
    made = widgets.Dropdown(
        options=options,
        description=label,
        layout=widgets.Layout(width=f"{width}px", margin="0"),
        style={"description_width": "initial"},
    )
    made.tooltip = label
    return made


def actions(*items: Any) -> widgets.HBox:
    """Buttons below a form, in line with its inputs."""
    made = bar(*items)
    made.add_class("jr-actions")
    return made


def drawer(*content: Any, close: Callable[[], object], opener: Any = None) -> widgets.VBox:
    """Content in a frame that can be closed; ``opener`` then has the focus again."""

    def leave() -> None:
        close()
        if opener is not None:
            opener.focus()

    closing = button("Close", leave)
    closing.add_class("jr-close")
    panel = widgets.VBox([*content, closing], layout=widgets.Layout(overflow="visible"))
    panel.add_class("jr-panel")
    return panel

"""How a deployment does, as three lights: service health, accuracy, drift, judged by the server.

A light has a mark, a word and a reason besides its colour, and the same place and height before
and after it is known. What goes wrong is said in its place. The numbers of accuracy are asked for
beside them, and neither waits for the other.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from ...client import html
from ...domain.errors import RegistryError
from ...domain.kinds import Status
from .background import Background
from .common import LOG

if TYPE_CHECKING:
    from ...client.accuracy import Accuracy
    from ...client.deployments import Deployment
    from ...domain.entities import DeploymentStatus

#: White on these is legible (WCAG 2.1: 4.5 and more), and they stand out from a light and a dark
#: page (3 and more), so that they need no second set.
COLOURS = {
    Status.PASSING: "#2e7d32",
    Status.WARNING: "#a85f00",
    Status.FAILING: "#d32f2f",
    Status.UNKNOWN: "#707070",
}
_ASKING = "asking …"
HEALTH, ACCURACY, DRIFT = "Service health", "Accuracy", "Drift"
#: What `domain.entities.DeploymentStatus` calls them.
_FIELDS = {HEALTH: "service", ACCURACY: "accuracy", DRIFT: "drift"}
MARKS = {
    Status.PASSING: "✓",
    Status.WARNING: "!",
    Status.FAILING: "✕",
    Status.UNKNOWN: "?",
}

CSS = (
    """<style>
.jr .jr-lights { display: grid; grid-template-columns: repeat(auto-fit, minmax(230px, 1fr));
  gap: 8px; margin: 6px 0; overflow: visible; }
.jr .jr-lights > .widget-html { margin: 0; width: auto; height: auto; }
.jr .jr-lights > .widget-html > .widget-html-content { height: auto; }
.jr .jr-light { box-sizing: border-box; height: 92px; border: 1px solid var(--jr-line);
  border-left: 5px solid var(--jr-lit); border-radius: 4px; padding: 6px 10px;
  line-height: 18px; overflow: hidden; }
.jr .jr-light b { font-weight: 600; }
.jr .jr-light .jr-mark { background: var(--jr-lit); margin-right: 6px; }
.jr .jr-light small { display: block; height: 54px; margin-top: 4px; font-size: 12px;
  line-height: 18px; overflow: auto; overflow-wrap: anywhere; color: var(--jr-muted); }
"""
    + "".join(
        f".jr .jr-light-{status} {{ --jr-lit: {colour}; }}\n" for status, colour in COLOURS.items()
    )
    + "</style>"
)


@dataclass(frozen=True)
class Light:
    """One status, as it is shown."""

    title: str
    status: Status = Status.UNKNOWN
    reason: str = ""
    word: str = ""
    """In the status's place, where it is no status: ``asking …``."""

    @property
    def said(self) -> str:
        """The word of the status."""
        return self.word or str(self.status)

    def to_html(self) -> str:
        """Mark, title, word and reason."""
        return (
            f'<div class="jr-light jr-light-{self.status}" role="status">'
            f'<span class="jr-mark" aria-hidden="true">{MARKS[self.status]}</span>'
            f"<span>{escape(self.title)}: <b>{escape(self.said)}</b></span>"
            f'<small title="{escape(self.reason, quote=True)}">{escape(self.reason)}</small></div>'
        )


class Statuses(widgets.HBox):
    """The three lights of a deployment.

    Parameters
    ----------
    accurate:
        Called with the accuracy over all, for those who show more of it; with ``None`` and why
        when it could not be had.

    """

    def __init__(self, accurate: Callable[[Accuracy | None, str], object]) -> None:
        self._accurate = accurate
        self._asked: list[Background] = []
        self._round = 0
        self.lights = {name: Light(name, word=_ASKING) for name in _FIELDS}
        self._shown = {name: widgets.HTML(one.to_html()) for name, one in self.lights.items()}
        super().__init__(list(self._shown.values()))
        self.add_class("jr-lights")

    def ask(self, deployment: Deployment) -> None:
        """Ask, in threads; what is shown stays until an answer comes."""
        self._round += 1
        number = self._round

        def unless_asked_again(act: Callable[[Any], object]) -> Callable[[Any], object]:
            return lambda answer: act(answer) if number == self._round else None

        self._asked = [
            Background(
                lambda _: deployment.lights().status,
                unless_asked_again(self._lit),
                unless_asked_again(self._unlit),
            ),
            Background(
                lambda _: deployment.accuracy(),
                unless_asked_again(lambda accuracy: self._accurate(accuracy, "")),
                unless_asked_again(lambda error: self._accurate(None, _reason(error))),
            ),
        ]

    @property
    def is_asking(self) -> bool:
        """Whether an answer is still to come."""
        return any(one.is_running for one in self._asked)

    def wait(self, seconds: float | None = None) -> None:
        """Wait for all answers and show them; raises `TimeoutError`."""
        until = None if seconds is None else time.monotonic() + seconds
        for one in self._asked:
            one.wait(None if until is None else max(0.0, until - time.monotonic()))

    def rows(self) -> list[tuple[str, str, str]]:
        """What is known: of each its name, the status in a word, and why."""
        return [
            (one.title, "not known yet" if one.word == _ASKING else one.said, one.reason)
            for one in self.lights.values()
        ]

    def table(self) -> str:
        """The same as a plain table."""
        return html.table(("", "status", "why"), self.rows(), title="Status")

    def _lit(self, found: DeploymentStatus | None) -> None:
        for name, field in _FIELDS.items():
            judged = getattr(found, field)
            self._show(Light(name, judged.status, judged.reason))

    def _unlit(self, error: BaseException) -> None:
        reason = _reason(error)
        for name in _FIELDS:
            self._show(Light(name, Status.UNKNOWN, reason, "could not be read"))

    def _show(self, light: Light) -> None:
        self.lights[light.title] = light
        self._shown[light.title].value = light.to_html()


def _reason(error: BaseException) -> str:
    if isinstance(error, RegistryError):
        return f"{error.title}. {error}"
    LOG.error("A status could not be read", exc_info=error)
    return f"{type(error).__name__}: {error}"

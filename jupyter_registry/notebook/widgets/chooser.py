"""Choosing a package: out of many by typing (`PackageChooser`), or out of a history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from .common import Notice, guarded
from .fields import INPUT_WIDTH, LABEL_WIDTH, Field, after_pause

if TYPE_CHECKING:
    from ...client.packages import PackageItem
    from ...client.registry import Registry
    from ...domain.entities import ServicePeriod
    from ...domain.kinds import TargetType

#: Packages listed at a time.
_LISTED = 20


class PackageChooser(widgets.VBox):
    """A search and below it what was found; the newest first.

    Parameters
    ----------
    words:
        What is searched for at first.
    target:
        Name and type of what packages are to predict, until all are asked for.
    leave_out:
        The id of a package that is not offered.
    chosen:
        Called when another package is chosen.

    """

    def __init__(
        self,
        registry: Registry,
        *,
        words: str = "",
        target: tuple[str, TargetType] | None = None,
        leave_out: int | None = None,
        chosen: Callable[[], object] = lambda: None,
    ) -> None:
        self._registry = registry
        self._target = target
        self._leave_out = leave_out
        self._chosen = chosen
        self._found: dict[int, PackageItem] = {}
        self.search = widgets.Text(value=words, placeholder="words of name, target or tags")
        self.list = widgets.Select(
            options=[],
            rows=6,
            description="Package",
            tooltip="Package: the newest first",
            layout=widgets.Layout(width=INPUT_WIDTH),
            style={"description_width": LABEL_WIDTH},
        )
        self.notice = Notice()
        self._field = Field("Search", self.search, as_typed=True)
        self.alike = widgets.Checkbox(
            value=target is not None,
            description=f"Only those that predict {target[0]}" if target else "",
            style={"description_width": LABEL_WIDTH},
            layout=widgets.Layout(width="auto", display="" if target else "none"),
        )
        super().__init__(
            [self._field, self.alike, self.list, self.notice],
            layout=widgets.Layout(overflow="visible"),
        )
        self.alike.observe(lambda _: self.find(), "value")
        self.search.observe(after_pause(self.find), "value")
        self.list.observe(lambda _: self._chosen(), "value")
        self.find()
        if words and not self._found:  # nothing else has them: offer whatever there is
            self.search.value = ""

    @property
    def package(self) -> PackageItem | None:
        """The package chosen."""
        return None if self.list.value is None else self._found.get(self.list.value)

    def choose(self, package_id: int) -> None:
        """Choose a package, listed or not."""
        if package_id not in self._found:
            self._found[package_id] = self._registry.package_by_id(package_id)
            self._list()
        self.list.value = package_id

    def leave_out(self, package_id: int | None) -> None:
        """Offer all packages but this one, or simply all, from now on."""
        self._leave_out = package_id
        self.find()

    def find(self) -> None:
        """Search for what is typed."""
        target, target_type = self._target if self._target and self.alike.value else (None, None)
        with guarded(self.notice):
            found = self._registry.packages(
                self.search.value.strip() or None,
                target=target,
                target_type=target_type,
                page_size=_LISTED + 1,
            )[: _LISTED + 1]
            more = len(found) > _LISTED
            self._found = {p.id: p for p in found[:_LISTED] if p.id != self._leave_out}
            self._field.say(
                f"The newest {_LISTED}; type to find others."
                if more
                else ""
                if self._found
                else "No other package has these words."
                if self.search.value.strip()
                else "There is no other package for it yet."
            )
            self._list()

    def _list(self) -> None:
        kept = self.list.value
        self.list.options = [(_line(p), p.id) for p in self._found.values()]
        self.list.value = kept if kept in self._found else None


def packages_of(periods: Iterable[ServicePeriod]) -> dict[str, int]:
    """Reference → id of the packages of a history, newest first."""
    return {period.package: period.package_id for period in reversed(list(periods))}


def renew(picker: widgets.Dropdown, options: Sequence[tuple[str, Any]]) -> None:
    """Change what a picker offers, not what is chosen, if it is still offered; else the first.

    Observers are told of the first as well, in between: they have to be kept quiet.
    """
    if list(picker.options) == list(options):
        return
    chosen = picker.value
    picker.options = options
    known = [value for _, value in options]
    if chosen in known:
        picker.value = chosen


def _line(package: PackageItem) -> str:
    aliases = "".join(f" @{alias}" for alias in package.aliases)
    return (
        f"{package.reference}{aliases} · {package.target_type} {package.target_name} · "
        f"{package.kind} · {package.created_at:%Y-%m-%d}"
    )

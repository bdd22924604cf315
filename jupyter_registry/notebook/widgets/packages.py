"""`RegistryBrowser`: all packages as a table that is searched, filtered, sorted and paged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from ...client.html import text
from ...domain.kinds import TargetType
from .common import Panel, bar, button, find_registry, guarded
from .fields import after_pause
from .markup import chip
from .package_card import PackageCard
from .turns import clicked

if TYPE_CHECKING:
    from ...client.packages import PackageItem, PackageList
    from ...client.registry import Registry

#: Rows of a page; so many pages are asked for at once, and one row that tells of another.
ROWS = 12
_ASKED = 3 * ROWS + 1

#: The columns: heading → what the server sorts by, if it does.
_COLUMNS: Mapping[str, str | None] = {
    "Package": "name",
    "Kind": "kind",
    "Target": "target",
    "Type": "target_type",
    "Aliases and tags": None,
    "Deployed": None,
    "Created": "created_at",
    "By": "creator",
}
#: What the server is asked for by a package's use.
_USES = {"deployed": True, "not deployed": False}
_OUTER = "minmax(180px, 1fr) minmax(0, 3.6fr)"
_INNER = "76px minmax(0, 1fr) 90px minmax(0, 1.4fr) 90px 136px 78px"

_ROW_CSS = f"""<style>
.jr .jr-rows {{ border: 1px solid var(--jr-line); border-radius: 4px; overflow-x: auto; }}
.jr .jr-row, .jr .jr-head {{ border-bottom: 1px solid var(--jr-line); min-width: 860px; }}
.jr .jr-row:last-child {{ border-bottom: 0; }}
.jr .jr-row:hover, .jr .jr-row:focus-within {{ background: var(--jr-soft); }}
.jr .jr-head {{ background: var(--jr-soft); }}
.jr .jr-row .widget-button, .jr .jr-head .widget-button {{ width: auto; margin: 1px 4px;
  overflow: hidden; text-overflow: ellipsis; }}
.jr .jr-row .widget-html, .jr .jr-row .widget-html-content {{ margin: 0; width: 100%; }}
.jr .jr-cells {{ display: grid; grid-template-columns: {_INNER}; font-size: 12px;
  line-height: 30px; height: 30px; }}
.jr .jr-cells > span {{ overflow: hidden; text-overflow: ellipsis; white-space: nowrap;
  padding: 0 8px; }}
.jr .jr-filters .widget-text, .jr .jr-filters .widget-dropdown {{ width: 128px; margin: 0; }}
.jr .jr-filters .jr-search {{ width: 250px; }}
.jr .jr-head .widget-button[disabled] {{ opacity: 1; cursor: default; }}
</style>"""


class RegistryBrowser(Panel):
    """The registry's packages; a row opens the package's card.

    Only the pages that are looked at are asked for.
    """

    def __init__(self, registry: Registry | None = None) -> None:
        super().__init__()
        self._given = registry
        self._found: PackageList | None = None
        self._page = 0
        self._sort = "-created_at"
        self._opened: int | None = None
        self.card: PackageCard | None = None
        self._make_filters()
        self._make_table()
        self._list = widgets.VBox(
            [self._filters, self._rows, self._foot], layout=widgets.Layout(overflow="visible")
        )
        self._content = widgets.VBox([self._list], layout=widgets.Layout(overflow="visible"))
        self.show(widgets.HTML(_ROW_CSS, layout=widgets.Layout(display="none")), self._content)
        self.refresh()

    # --- what is shown ------------------------------------------------------------------------

    def refresh(self) -> None:
        """Ask anew, and show the first page."""
        with guarded(self.notice):
            kind, target_type = self.kind.value, self.target_type.value
            tag = self.tag.value.strip()
            found = find_registry(self._given).packages(
                self.search.value.strip() or None,
                kind=kind or None,
                target_type=target_type or None,
                tag=tag or None,
                deployed=_USES.get(self.deployed.value),
                archived=None if self.archived.value else False,
                sort=self._sort,
                page_size=_ASKED,
            )
            found[: ROWS + 1]  # what fails, fails here, and what is shown stays
            self._found = found
            self._turn(0)

    @property
    def packages(self) -> list[PackageItem]:
        """The packages of the page that is shown."""
        return self._shown

    def _open_at(self, position: int) -> None:
        self.open_package(self._shown[position])

    def open_package(self, package: PackageItem) -> None:
        """Show a package's card in place of the table."""
        with guarded(self.notice, *self._names):
            self.card = PackageCard(package, package._registry, self._card_changed)
            self._opened = package.id
            back = button("← All packages", self.back)
            self._content.children = (bar(back), self.card)
            back.focus()

    def back(self) -> None:
        """Show the table again, where it was."""
        if self._stale:
            self._stale = False
            page = self._page
            self.refresh()
            with guarded(self.notice):
                self._turn(page)
        self._content.children = (self._list,)
        ids = [item.id for item in self._shown]
        row = self._names[ids.index(self._opened)] if self._opened in ids else self.search
        row.focus()

    def _card_changed(self) -> None:
        self._stale = True

    def _turn(self, page: int) -> None:
        assert self._found is not None
        start = page * ROWS
        items = self._found[start : start + ROWS + 1]
        if not items and page:
            return self._turn(page - 1)
        self._page, self._shown = page, items[:ROWS]
        for position in range(ROWS):
            self._fill(position, items[position] if position < len(self._shown) else None)
        self.earlier.disabled = page == 0
        self.later.disabled = len(items) <= ROWS
        self._place.value = (
            f"{start + 1:,} to {start + len(self._shown):,}"
            + (" of more" if len(items) > ROWS else "")
            if items
            else "No package fits. Register one with PackageForm(), or clear the filters."
        )
        self.keep()
        return None

    def _fill(self, position: int, item: PackageItem | None) -> None:
        name, cells = self._names[position], self._cells[position]
        name.description = item.reference if item else ""
        name.tooltip = f"Open {item.reference}" if item else ""
        name.layout.visibility = "visible" if item else "hidden"
        cells.value = _cells(item) if item else ""

    def static_html(self) -> str:
        """The first page as a plain table."""
        return self._found._repr_html_() if self._found is not None else self.notice.value

    def static_text(self) -> str:
        """What it is, in a line."""
        names = ", ".join(item.reference for item in self._shown[:5])
        return f"RegistryBrowser: {names or 'no packages'}"

    # --- its parts ----------------------------------------------------------------------------

    def _make_filters(self) -> None:
        self.search = _unseen_label(
            widgets.Text(placeholder="Search name, target, tags, description", description="Search")
        )
        self.search.add_class("jr-search")
        self.kind = _choice("Kind", "Any kind", ("native", "custom", "external"))
        self.target_type = _choice("Type", "Any type", tuple(TargetType))
        self.deployed = _choice("Use", "Any use", tuple(_USES))
        self.tag = _unseen_label(widgets.Text(placeholder="tag, or tag:value", description="Tag"))
        self.archived = widgets.Checkbox(
            description="Archived too",
            indent=False,
            layout=widgets.Layout(width="112px", margin="0"),
        )
        look = after_pause(self.refresh)
        for typed in (self.search, self.tag):
            typed.observe(look, "value")
        for chosen in (self.kind, self.target_type, self.deployed, self.archived):
            chosen.observe(lambda _: self.refresh(), "value")
        again = button("Refresh", self.refresh, tip="Ask the server again")
        self._filters = bar(
            self.search, self.kind, self.target_type, self.deployed, self.tag, self.archived, again
        )
        self._filters.add_class("jr-filters")

    def _make_table(self) -> None:
        self._stale = False
        self._shown: list[PackageItem] = []
        grid = widgets.Layout(
            display="grid", grid_template_columns=_OUTER, overflow="visible", width="100%"
        )
        self.sorts = {
            heading: _heading(heading, lambda key=key: self._sort_by(key), key is not None)
            for heading, key in _COLUMNS.items()
        }
        first, *others = self.sorts.values()
        inner = widgets.Box(
            others,
            layout=widgets.Layout(
                display="grid", grid_template_columns=_INNER, overflow="visible", width="100%"
            ),
        )
        head = widgets.Box([first, inner], layout=grid)
        head.add_class("jr-head")
        plain = widgets.Layout(width="100%", margin="0")
        self._names, self._cells, rows = [], [], []
        for position in range(ROWS):
            name = widgets.Button(layout=widgets.Layout())
            name.add_class("jr-link")
            name.on_click(clicked(partial(self._open_at, position)))
            cells = widgets.HTML(layout=plain)
            row = widgets.Box([name, cells], layout=grid)
            row.add_class("jr-row")
            self._names.append(name)
            self._cells.append(cells)
            rows.append(row)
        self._rows = widgets.VBox([head, *rows], layout=widgets.Layout(margin="6px 0"))
        self._rows.add_class("jr-rows")
        self.earlier = button("← Previous", lambda: self._move(-1), tip="Previous page")
        self.later = button("Next →", lambda: self._move(1), tip="Next page")
        self._place = widgets.Label()
        self._foot = bar(self.earlier, self.later, self._place)
        self._mark_sort()

    def _move(self, pages: int) -> None:
        with guarded(self.notice):
            self._turn(self._page + pages)
            if self.later.disabled or self.earlier.disabled:  # as the focus would be lost
                (self.earlier if self.later.disabled else self.later).focus()

    def _sort_by(self, key: str | None) -> None:
        if key is None:
            return
        if self._sort.lstrip("-") == key:
            self._sort = key if self._sort.startswith("-") else f"-{key}"
        else:
            self._sort = f"-{key}" if key == "created_at" else key
        self._mark_sort()
        self.refresh()

    def _mark_sort(self) -> None:
        for heading, key in _COLUMNS.items():
            if key is None:
                continue
            sorted_by = self._sort.lstrip("-") == key
            arrow = ("▾" if self._sort.startswith("-") else "▴") if sorted_by else ""
            self.sorts[heading].description = f"{heading} {arrow}".strip()
            order = "descending" if self._sort.startswith("-") else "ascending"
            self.sorts[heading].tooltip = (
                f"Sorted by {heading.lower()}, {order}"
                if sorted_by
                else f"Sort by {heading.lower()}"
            )


def _unseen_label(input: Any) -> Any:
    """The input, its label for screen readers alone: a tooltip is none, without a label."""
    input.add_class("jr-unseen-label")
    return input


def _choice(label: str, anything: str, values: tuple[str, ...]) -> Any:
    return _unseen_label(
        widgets.Dropdown(
            options=[(anything, ""), *((value, value) for value in values)], description=label
        )
    )


def _heading(heading: str, action: Callable[[], None], sorts: bool) -> widgets.Button:
    made = widgets.Button(description=heading, disabled=not sorts)
    made.add_class("jr-plain")
    made.on_click(clicked(action))
    return made


def _cells(item: PackageItem) -> str:
    words = "".join(chip(f"@{alias}") for alias in item.aliases) + "".join(
        chip(f"{key}: {value}" if value else key) for key, value in item.tags.items()
    )
    state = chip("archived", "warn") if item.archived_at else ""
    state = state or (chip("yes", "ok") if item.deployed else "")
    texts: list[tuple[str, str]] = [
        (escape(str(item.kind)), str(item.kind)),
        (escape(item.target_name), item.target_name),
        (escape(str(item.target_type)), str(item.target_type)),
        (words, text(item.tags)),
        (state, ""),
        (escape(_moment(item.created_at)), ""),
        (escape(item.created_by), item.created_by),
    ]
    return (
        '<div class="jr-cells">'
        + "".join(f'<span title="{escape(tip)}">{shown}</span>' for shown, tip in texts)
        + "</div>"
    )


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M")

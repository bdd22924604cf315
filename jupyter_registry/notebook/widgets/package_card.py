"""`PackageCard`: one package, whole, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from ...domain.errors import InvalidInput
from . import package_html
from .chooser import PackageChooser
from .common import Panel, actions, bar, button, confirmed, drawer, find_registry, guarded
from .fields import Field, Fields

if TYPE_CHECKING:
    from ...client.packages import Package, PackageItem
    from ...client.registry import Registry


class PackageCard(Panel):
    """Facts, signature, baseline, files, provenance; deploy, archive, tag, alias, compare.

    Parameters
    ----------
    package:
        A package, or ``"name/version"`` or ``"name@alias"``.
    changed:
        Called after the package was changed or deployed.

    """

    def __init__(
        self,
        package: Package | PackageItem | str,
        registry: Registry | None = None,
        changed: Callable[[], object] = lambda: None,
    ) -> None:
        super().__init__()
        self.package: Package | None = None
        self._changed = changed
        self._heading = widgets.HTML()
        self._sections = widgets.HTML(layout=widgets.Layout(width="100%"))
        self._drawer = widgets.VBox(layout=widgets.Layout(overflow="visible"))
        self.deploy = button("Deploy…", self._open_deploy, style="primary")
        self.compare = button("Compare…", self._open_compare)
        self.tags = button("Tags…", self._open_tags)
        self.aliases = button("Aliases…", self._open_aliases)
        self.restore = button("Restore", self._restore)
        self.archive = button("Archive", lambda: None)
        self._archiving = confirmed(
            self.archive, lambda: f"Really archive {self._reference}?", self._archive
        )
        with guarded(self.notice):
            registry = find_registry(registry or getattr(package, "_registry", None))
            self._registry = registry
            whole = registry.package(package) if isinstance(package, str) else package
            # a row of a list lacks baseline, files and provenance
            self.package = registry.package_by_id(whole.id)
        if self.package is None:
            self.show()
            return
        self._actions = bar(
            self.deploy, self.compare, self.tags, self.aliases, self._archiving, self.restore
        )
        self.show(self._heading, self._actions, self._drawer, self._sections)
        self.refresh()

    @property
    def _known(self) -> Package:
        assert self.package is not None
        return self.package

    @property
    def _reference(self) -> str:
        return self._known.reference

    def refresh(self) -> None:
        """Show the package as it is known here."""
        package = self._known
        archived = package.archived_at is not None
        self._heading.value = package_html.heading(package)
        self._sections.value = package_html.sections(package)
        self.deploy.disabled = archived
        self.deploy.tooltip = "Restore it first" if archived else "Create a deployment from it"
        self._archiving.layout.display = "none" if archived else None
        self.restore.layout.display = None if archived else "none"
        self.keep()

    def static_html(self) -> str:
        """The card as plain tables."""
        return self.package._repr_html_() if self.package else self.notice.value

    def static_text(self) -> str:
        """Its name."""
        return f"Package {self._reference}" if self.package else "Package: not found"

    # --- what can be done ---------------------------------------------------------------------

    def _open(self, *content: Any, opener: Any) -> None:
        self._drawer.children = (drawer(*content, close=self._close, opener=opener),)

    def _close(self) -> None:
        self._drawer.children = ()

    def _after(self, package: Package, text: str) -> None:
        self.package = self._registry.package_by_id(package.id)
        self.refresh()
        self.notice.say(text)
        self._changed()

    def _open_deploy(self) -> None:
        from .deploy_form import DeployForm

        def done(_: Any) -> None:
            self.package = self._registry.package_by_id(self._known.id)
            self.refresh()
            self._changed()

        form = DeployForm(self._known, self._registry, done)
        self._open(form, opener=self.deploy)
        form.focus()

    def _archive(self) -> None:
        with guarded(self.notice, self.archive):
            self._after(self._known.archive(), f"{self._reference} is archived.")
            self.restore.focus()

    def _restore(self) -> None:
        with guarded(self.notice, self.restore):
            self._after(self._known.restore(), f"{self._reference} is restored.")
            self.archive.focus()

    def _open_tags(self) -> None:
        text = widgets.Textarea(
            value="\n".join(f"{k}: {v}" if v else k for k, v in self._known.tags.items()),
            rows=4,
        )
        fields = Fields(tags=Field("Tags", text, "One a line: key, or key: value."))

        def save() -> None:
            with guarded(self.notice, store, fields=fields):
                self._after(self._known.update(tags=read_tags(text.value)), "The tags are stored.")
                self._close()
                self.tags.focus()

        store = button("Save tags", save, style="primary")
        title = widgets.HTML("<h3>Tags</h3>")
        self._open(title, fields["tags"], actions(store), opener=self.tags)
        text.focus()

    def _open_aliases(self) -> None:
        new = widgets.Text(placeholder="champion")
        fields = Fields(alias=Field("New alias", new, f"It will name {self._reference}."))

        def point() -> None:
            with guarded(self.notice, put, fields=fields):
                alias = new.value.strip().removeprefix("@")
                if not alias:
                    raise InvalidInput(
                        "An alias needs a name.",
                        advice="Give letters, digits, - or _, a letter first.",
                        fields={"alias": "missing"},
                    )
                self._after(self._known.set_alias(alias), f"@{alias} is {self._reference}.")
                self._open_aliases()

        def removal(alias: str) -> Any:
            def act() -> None:
                with guarded(self.notice):
                    self._after(self._known.remove_alias(alias), f"@{alias} is removed.")
                    self._open_aliases()

            asking = button("Remove", lambda: None, tip=f"Remove @{alias}")
            name = widgets.Label(f"@{alias}", layout=widgets.Layout(min_width="120px"))
            return bar(name, confirmed(asking, f"Really remove @{alias}?", act))

        put = button("Set alias", point, style="primary")
        self._open(
            widgets.HTML("<h3>Aliases</h3>"),
            *map(removal, self._known.aliases),
            fields["alias"],
            actions(put),
            opener=self.aliases,
        )
        new.focus()

    def _open_compare(self) -> None:
        shown = widgets.HTML(layout=widgets.Layout(width="100%"))
        only = widgets.Checkbox(description="Only what differs", indent=False)

        def compare(*_: Any) -> None:
            other = chooser.package
            if other is None:
                shown.value = '<p class="jr-muted">Choose a package to compare with.</p>'
                return
            with guarded(self.notice):
                whole = self._registry.package_by_id(other.id)
                shown.value = package_html.compared(self._known, whole, differences_only=only.value)

        name = self._known.name
        chooser = PackageChooser(
            self._registry, words=name, leave_out=self._known.id, chosen=compare
        )
        self.chooser = chooser
        self.comparison = shown
        only.observe(compare, "value")
        compare()
        title = widgets.HTML(f"<h3>Compare {self._reference}</h3>")
        self._open(title, chooser, only, shown, opener=self.compare)
        chooser.search.focus()


def read_tags(text: str) -> Mapping[str, str]:
    """Tags as written in lines: ``key`` or ``key: value``."""
    lines = (line.partition(":") for line in text.splitlines() if line.strip())
    return {key.strip(): value.strip() for key, _, value in lines}

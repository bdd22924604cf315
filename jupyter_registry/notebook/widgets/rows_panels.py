"""`PredictPanel`, `ReportPanel`, `ActualsPanel`: rows to a deployment, and what came of them."""

from __future__ import annotations

import os
import sys
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from ...client import tables
from ...domain.errors import Conflict, RegistryError
from .. import namespace
from . import deployment_html, rows_files, rows_text
from .chooser import packages_of, renew
from .common import guarded
from .fields import Field, Fields
from .rows_base import RowsPanel, column, needed, offer

if TYPE_CHECKING:
    from ...client.deployments import Deployment
    from ...client.progress import Progress
    from ...domain.entities import ActualsResult, ReportResult

#: Answers of up to so many rows get a link to a CSV file.
_LINKED_ROWS = 20_000
#: A report of it names no package.
_BY_TIME = ("The one in service at each row's time", None)


class PredictPanel(RowsPanel):
    """Predict rows of the notebook or of a file; every prediction is recorded.

    The answer is ``result``, in the library that the rows came in, and in a variable of the
    notebook where one is named. A model hosted elsewhere is not asked: the panel says how its
    predictions are reported, and reports them (``report``, a `ReportPanel`).

    Parameters
    ----------
    deployment:
        A deployment, its label or its id.
    data:
        A table, or the path of a file, to begin with.

    """

    verb = "Predict"
    done_word = "predicted and recorded"

    def __init__(self, deployment: Deployment | str | int, data: Any = None) -> None:
        self.report: ReportPanel | None = None
        super().__init__(deployment, data)
        if not self.deployment.kind.is_hosted:
            self.report = ReportPanel(self.deployment, data)
            self.show(self._explanation(), self.report)

    def _explanation(self) -> Any:
        deployment, url = self.deployment, self.deployment._registry.url
        with guarded(self.notice):
            package = deployment.champion
            where = f" at {package.location}" if package.location else ""
            return widgets.HTML(
                f"<p>The model {escape(package.reference)} predicts elsewhere{escape(where)}. "
                "Report here what it predicted, or let its host do so:</p>"
                + deployment_html.snippets(deployment, package, url)
            )
        return widgets.HTML("<p>This model predicts elsewhere: report what it predicted.</p>")

    def run(self) -> None:
        """Predict the rows chosen, in a thread; of a model hosted elsewhere, report them."""
        if self.report is not None:
            self.report.run()
        else:
            super().run()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until the rows under way are through; raises `TimeoutError`."""
        if self.report is not None:
            self.report.wait(seconds)
            self.result = self.report.result
        else:
            super().wait(seconds)

    def static_html(self) -> str:
        """The result, as far as it was shown."""
        return super().static_html() if self.report is None else self.report.static_html()

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write all predictions into a file of the kernel's machine, ``.csv`` or ``.parquet``."""
        if self.result is None:
            raise Conflict("There are no predictions yet.", advice="Predict first.")
        return rows_text.write(tables.read(self.result).table, Path(path))

    def _title(self) -> str:
        return f"Predict with {self.deployment.label}"

    def _make_fields(self) -> Fields:
        return Fields(
            association_id=column("Association ID", "Ties each prediction to what happens later."),
            timestamp=column("Time", "When it is predicted; naive times mean UTC."),
            passthrough=Field(
                "Pass through",
                widgets.SelectMultiple(rows=4),
                "Input columns to repeat in the answer. Ctrl or ⌘ chooses several.",
            ),
            output=Field(
                "Variable",
                widgets.Text(placeholder="scored"),
                "Where the notebook gets the answer; it is in .result in any case.",
            ),
        )

    def _offer_columns(self, names: list[str]) -> None:
        usual = self.deployment.association_id_column
        none = f"The deployment's: {usual}" if usual else "None"
        offer(self.fields["association_id"], names, none, [usual])
        offer(self.fields["timestamp"], names, "Now", [])
        chosen = self.fields["passthrough"].input
        kept = [name for name in chosen.value if name in names]
        chosen.options = names
        chosen.value = kept

    def _said(self) -> dict[str, Any]:
        output = self.fields["output"].value
        if output is not None:
            namespace.checked_name(output)
        return {
            "association_id_column": self.fields["association_id"].value,
            "timestamp_column": self.fields["timestamp"].value,
            "passthrough": list(self.fields["passthrough"].value),
            "output": output,
        }

    def _deliver(self, source: tables.Source, said: dict[str, Any], progress: Progress) -> Any:
        wanted = {name: value for name, value in said.items() if name != "output"}
        answer = self.deployment.predict(source, **wanted, progress=progress)
        table = tables.read(answer).table
        link = ""
        if table.num_rows <= _LINKED_ROWS:
            name = rows_text.file_name(self.deployment.label, "predictions.csv")
            link = rows_files.link(rows_files.csv(table), name, "text/csv")
        return answer, rows_text.predictions(table, link), said["output"], table.num_rows

    def _show_result(self, answer: Any) -> None:
        self.result, self.output.value, output, n = answer
        if output is not None:
            _assign(output, self.result)
        where = f" They are in {output}." if output else ""
        self.notice.say(f"{n:,} predictions, recorded.{where}")


class ReportPanel(RowsPanel):
    """Report predictions that were made elsewhere; the same association ID again replaces.

    Parameters are those of `PredictPanel`; ``result`` is a `ReportResult`.
    """

    verb = "Report"

    def __init__(self, deployment: Deployment | str | int, data: Any = None) -> None:
        super().__init__(deployment, data)
        self._offer_packages()

    def _title(self) -> str:
        return f"Report predictions of {self.deployment.label}"

    def _make_fields(self) -> Fields:
        return Fields(
            {"package_id": "package"},
            association_id=column("Association ID", "Ties each prediction to what happens later."),
            timestamp=column("Time", "When it was predicted; naive times mean UTC."),
            prediction=Field("Prediction", widgets.HTML()),
            package=Field(
                "Package",
                widgets.Dropdown(options=[_BY_TIME]),
                "What predicted them, where it was not the package in service at that time.",
            ),
        )

    def _offer_columns(self, names: list[str]) -> None:
        usual = self.deployment.association_id_column
        offer(self.fields["association_id"], names, "Choose …", ["association_id", usual, "id"])
        # a column of this name is taken for the time in any case
        none = "" if "timestamp" in names else "Now"
        offer(self.fields["timestamp"], names, none, ["timestamp"])
        said = rows_text.recognised(self.deployment, names) if names else ""
        self.fields["prediction"].input.value = escape(said)

    def _said(self) -> dict[str, Any]:
        return {
            "association_id_column": needed(self.fields, "association_id"),
            "timestamp_column": self.fields["timestamp"].value,
            "package": self.fields["package"].value,
        }

    def _offer_packages(self) -> None:
        try:
            periods = self.deployment.history()
        except RegistryError as error:  # what was said of the rows stays
            self.fields["package"].say(f"The others are not known: {error}")
            return
        renew(self.fields["package"].input, [_BY_TIME, *packages_of(periods).items()])

    def _look_again(self) -> None:
        super()._look_again()
        self._offer_packages()

    def _deliver(self, source: tables.Source, said: dict[str, Any], progress: Progress) -> Any:
        return self.deployment.report(source, **said, progress=progress)

    def _show_result(self, answer: ReportResult) -> None:
        self.result = answer
        self.output.value = rows_text.reported(answer)
        self.notice.say(f"{answer.accepted:,} predictions were recorded.")


class ActualsPanel(RowsPanel):
    """Send what really happened: which column holds what is filled in where names tell it.

    Parameters are those of `PredictPanel`; ``result`` is an `ActualsResult`.
    """

    verb = "Send actuals"

    def _title(self) -> str:
        return f"Actuals of {self.deployment.label}"

    def _make_fields(self) -> Fields:
        return Fields(
            association_id=column("Association ID", "Ties the actual to its prediction."),
            value=column("Value", f"What happened: {rows_text.what(self.deployment)}."),
            timestamp=column("Time", "When it happened; not needed."),
        )

    def _offer_columns(self, names: list[str]) -> None:
        usual = ["association_id", self.deployment.association_id_column, "id"]
        offer(self.fields["association_id"], names, "Choose …", usual)
        offer(
            self.fields["value"],
            names,
            "Choose …",
            ["value", "actual", self.deployment.target_name, *self._other(names)],
        )
        offer(self.fields["timestamp"], names, "None", ["timestamp"])

    def _other(self, names: list[str]) -> list[str]:
        """The one column beside the association ID, where there are but two."""
        rest = [name for name in names if name != self.fields["association_id"].value]
        return rest if len(names) == 2 and len(rest) == 1 else []

    def _said(self) -> dict[str, Any]:
        return {
            "association_id_column": needed(self.fields, "association_id"),
            "value_column": needed(self.fields, "value"),
            "timestamp_column": self.fields["timestamp"].value,
        }

    def _deliver(self, source: tables.Source, said: dict[str, Any], progress: Progress) -> Any:
        # these alone, so that no other column is taken for the time
        wanted = dict.fromkeys(name for name in said.values() if name is not None)
        chosen = tables.Source(source.table.select(list(wanted)), source.give_back)
        answer = self.deployment.actuals(chosen, **said, progress=progress)
        return answer, rows_text.actuals(answer, chosen.table, said)

    def _show_result(self, answer: tuple[ActualsResult, str]) -> None:
        self.result, self.output.value = answer
        accepted, rejected = self.result.accepted, self.result.rejected
        if not rejected:
            self.notice.say(f"{accepted:,} actuals were recorded.")
        elif accepted:
            self.notice.error(
                f"{accepted:,} actuals were recorded, {rejected:,} were rejected: see why below, "
                "and send these again."
            )
        else:
            self.notice.error("No actual was recorded: all were rejected, see why below.")


def _assign(name: str, value: Any) -> None:
    """Let a variable of the notebook have a value; outside of one nothing happens."""
    get = getattr(sys.modules.get("IPython"), "get_ipython", None)
    shell = get() if callable(get) else None
    if shell is not None:
        namespace.assign(shell.user_ns, name, value)

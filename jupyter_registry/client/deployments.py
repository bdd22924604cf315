"""Deployments as results: predict, report, actuals, accuracy, replacement, keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ..domain.entities import (
    ActualsResult,
    DeploymentPublic,
    DeploymentUpdate,
    KeyCreate,
    KeyPublic,
    ReplacementCreate,
    ReportResult,
    RollbackCreate,
    ServicePeriod,
)
from ..domain.kinds import Bucket, DeploymentState, ReplacementReason
from . import html, rows, tables
from .accuracy import Accuracy
from .accuracy_details import AccuracyDetails
from .bodies import body
from .bound import Bound
from .deployment_lists import DeploymentList, History, Key, KeyList, Replacement
from .drift import Drift
from .packages import Package, PackageItem
from .segments import Segment, Segments, names_of, segment_params

Moment = datetime | str


class Deployment(Bound, DeploymentPublic):
    """Serves or tracks one champion package at a time."""

    @property
    def champion(self) -> Package:
        """The package in service."""
        return self._registry.package_by_id(self.package_id)  # type: ignore[no-any-return]

    def refresh(self) -> Deployment:
        """Ask the server for the present state and counts."""
        self._become(self._registry.connection.get(self._path))
        return self

    # --- predictions, reports, actuals ----------------------------------------------------

    def predict(
        self,
        data: Any,
        timestamp_column: str | None = None,
        passthrough: Sequence[str] = (),
        *,
        association_id_column: str | None = None,
        progress: bool = True,
    ) -> Any:
        """Predict; every prediction is recorded before it is answered.

        Parameters
        ----------
        data:
            A DataFrame (pandas, polars), a table with Arrow's interface, a mapping of columns,
            a list of records, one record, or the path of a CSV or Parquet file.
        timestamp_column:
            The column with the prediction times (default: now; naive times mean UTC).
        passthrough:
            Input columns to repeat in the answer.
        association_id_column:
            The column with the association IDs (default: the deployment's).

        Returns
        -------
        The library that ``data`` came in, rows in its order (and with its pandas index):
        ``row``, ``prediction``, ``probability_<label>`` …, ``threshold``, ``association_id``,
        ``timestamp``, ``package``, ``deployment``, and what was passed through.

        Raises
        ------
        SignatureMismatch, ModelRejectedInput
            with ``fields`` ``column`` and ``row`` (0-based in ``data``); rows sent before it in
            batches of 20,000 are recorded.
        PredictsElsewhere
            for an external package: `report` its predictions.

        """
        params = {
            "timestamp_column": timestamp_column,
            "association_id_column": association_id_column,
            "passthrough": ",".join(passthrough) or None,
        }
        return rows.predict(
            self._registry.connection, f"{self._path}/predictions", data, params, progress=progress
        )

    def report(
        self,
        data: Any,
        *,
        association_id: str | None = None,
        timestamp: str | None = None,
        progress: bool = True,
    ) -> ReportResult:
        """Report predictions made outside; the same association ID again replaces.

        Columns: ``association_id``, ``timestamp``, ``prediction`` (number or class label),
        ``probability`` (of the positive class) or ``probability_<label>``, ``latency_ms``;
        others are features. ``association_id`` and ``timestamp`` name other columns for those.
        """
        params = {"association_id_column": association_id, "timestamp_column": timestamp}
        return rows.report(
            self._registry.connection, f"{self._path}/reports", data, params, progress=progress
        )

    def actuals(
        self,
        data: Any,
        *,
        association_id: str | None = None,
        value: str | None = None,
        timestamp: str | None = None,
        progress: bool = True,
    ) -> ActualsResult:
        """Send what really happened: early, late, repeated or corrected.

        Parameters
        ----------
        association_id, value, timestamp:
            The columns of ``data`` that hold them. Defaults: ``association_id`` or the
            deployment's association ID column; ``value`` or the target's name; no timestamp,
            unless there is a column ``timestamp``. Other columns are not sent.

        """
        source = tables.read(data)
        names = source.table.column_names

        def chosen(given: str | None, *usual: str | None) -> str | None:
            return given or next((name for name in usual if name in names), usual[0])

        columns = {
            "association_id_column": chosen(
                association_id, "association_id", self.association_id_column
            ),
            "value_column": chosen(value, "value", self.target_name),
            "timestamp_column": timestamp or ("timestamp" if "timestamp" in names else None),
        }
        return rows.actuals(
            self._registry.connection, f"{self._path}/actuals", source, columns, progress=progress
        )

    def accuracy(
        self,
        bucket: Bucket | str | None = None,
        start: Moment | None = None,
        end: Moment | None = None,
        package: Package | PackageItem | int | str | None = None,
        metrics: Sequence[str] | str | None = None,
        *,
        segment: Segment | str | None = None,
        segment_value: Any = None,
    ) -> Accuracy:
        """Accuracy overall and over time, by prediction time, with baseline and change.

        Parameters
        ----------
        bucket:
            ``hour``, ``day``, ``week`` or ``month`` (default: chosen by the span).
        start, end:
            The range ``[start, end)``; texts are ISO 8601, naive times mean UTC.
        package:
            One package's predictions alone: a package, its id, or ``"name/version"``.
        metrics:
            Names of metrics (default: all of the target type).
        segment, segment_value:
            One segment's predictions alone: ``segment=("carrier", "UA")``, or the column and the
            value by themselves; ``("carrier", None)`` for rows without a value.

        """
        params = self._range(start, end, package) | segment_params(segment, segment_value)
        params |= {
            "bucket": None if bucket is None else str(bucket),
            "metric": names_of(metrics or ()),
        }
        return Accuracy.model_validate(
            self._registry.connection.get(f"{self._path}/accuracy", params)
        )

    def accuracy_details(
        self,
        start: Moment | None = None,
        end: Moment | None = None,
        package: Package | PackageItem | int | str | None = None,
        *,
        segment: Segment | str | None = None,
        segment_value: Any = None,
    ) -> AccuracyDetails:
        """What curves, matrices and scatter plots are drawn from; parameters as in `accuracy`.

        Score bins and confusion of classes, a sample of matched rows of numbers:
        `jupyter_registry.plots` draws them.
        """
        params = self._range(start, end, package) | segment_params(segment, segment_value)
        return AccuracyDetails.model_validate(
            self._registry.connection.get(f"{self._path}/accuracy/details", params)
        )

    def segments(
        self,
        column: str | None = None,
        start: Moment | None = None,
        end: Moment | None = None,
        package: Package | PackageItem | int | str | None = None,
        metrics: Sequence[str] | str | None = None,
    ) -> Segments:
        """The segment columns with their values; of one ``column``, the values' accuracies.

        The other parameters are as in `accuracy`, for a column alone. ``(missing)`` stands for
        rows without a value, ``(other)`` for values beyond those that are kept apart.
        """
        params = self._range(start, end, package)
        params |= {"column": column, "metric": names_of(metrics or ())}
        return Segments.model_validate(
            self._registry.connection.get(f"{self._path}/segments", params)
        )

    def drift(
        self,
        bucket: Bucket | str | None = None,
        start: Moment | None = None,
        end: Moment | None = None,
        package: Package | PackageItem | int | str | None = None,
    ) -> Drift:
        """How inputs and predictions moved from the baseline, overall and over time.

        Measured by the population stability index (PSI): below 0.1 all is well, from 0.25 on a
        column has moved far. A prediction counts when it is first recorded.

        Parameters
        ----------
        bucket, start, end:
            As in `accuracy`.
        package:
            One that is, or was, in service: its predictions against its baseline (default: the
            champion).

        """
        params = {
            "bucket": None if bucket is None else str(bucket),
            "start": start,
            "end": end,
            "package_id": None if package is None else self._registry.package_id(package),
        }
        return Drift.model_validate(self._registry.connection.get(f"{self._path}/drift", params))

    def rebuild_accuracy(self) -> dict[str, Any]:
        """Compute the accumulators behind `accuracy` anew from the recorded rows.

        Those behind `drift` stay as they are: inputs are not among the recorded rows.
        """
        answer = self._registry.connection.call("POST", f"{self._path}/rebuild-accuracy")
        return dict(answer or {})

    # --- the champion ---------------------------------------------------------------------

    def replace(
        self,
        package: Package | PackageItem | int | str,
        reason: ReplacementReason | str = ReplacementReason.OTHER,
        note: str = "",
        dry_run: bool = False,
    ) -> Replacement:
        """Put another package in service, without downtime, after checks.

        Parameters
        ----------
        package:
            A package, its id, ``"name/version"`` or ``"name@alias"``.
        reason:
            ``accuracy``, ``data_drift``, ``errors``, ``scheduled_refresh``, ``scoring_speed``
            or ``other``.
        dry_run:
            Whether only to check.

        Raises
        ------
        IncompatibleReplacement
            when a check fails; ``fields["checks"]`` lists all.

        """
        wanted = body(
            ReplacementCreate,
            package_id=self._registry.package_id(package),
            reason=reason,
            note=note,
            dry_run=dry_run,
        )
        return self._replaced(
            self._registry.connection.call("POST", f"{self._path}/replacements", json=wanted)
        )

    def rollback(self, note: str = "") -> Replacement:
        """Put the previous package back in service."""
        answer = self._registry.connection.call(
            "POST", f"{self._path}/rollback", json=body(RollbackCreate, note=note)
        )
        return self._replaced(answer)

    def history(self) -> History:
        """Which package was in service from when to when, why, and by whom."""
        answer = self._registry.connection.get(f"{self._path}/history")
        return History(ServicePeriod.model_validate(item) for item in answer)

    # --- settings and keys ----------------------------------------------------------------

    def update(self, **changes: Any) -> Deployment:
        """Change settings: the fields of `DeploymentUpdate`; others stay.

        ``segment_columns`` apply to predictions from then on; what was counted stays.
        """
        if changes.get("segment_columns") is not None:
            changes["segment_columns"] = names_of(changes["segment_columns"])
        self._become(
            self._registry.connection.call(
                "PATCH", self._path, json=body(DeploymentUpdate, **changes)
            )
        )
        return self

    def activate(self) -> Deployment:
        """Take predictions, reports and actuals again."""
        return self.update(state=DeploymentState.ACTIVE)

    def deactivate(self) -> Deployment:
        """Take none until activated."""
        return self.update(state=DeploymentState.INACTIVE)

    def archive(self) -> Deployment:
        """End it; what is recorded stays readable."""
        return self.update(state=DeploymentState.ARCHIVED)

    def create_key(self, name: str = "") -> Key:
        """Make a prediction key; its secret, ``.key``, is never shown again."""
        answer = self._registry.connection.call(
            "POST", f"{self._path}/keys", json=body(KeyCreate, name=name)
        )
        return Key.model_validate(answer)

    def keys(self) -> KeyList:
        """Its prediction keys, without their secrets."""
        answer = self._registry.connection.get(f"{self._path}/keys")
        items = answer.get("items", []) if isinstance(answer, Mapping) else answer
        return KeyList(KeyPublic.model_validate(item) for item in items)

    def revoke_key(self, key: KeyPublic | int) -> None:
        """Make a prediction key useless."""
        number = key if isinstance(key, int) else key.id
        self._registry.connection.call("DELETE", f"{self._path}/keys/{number}")

    @property
    def _path(self) -> str:
        return f"/deployments/{self.id}"

    def _range(self, start: Any, end: Any, package: Any) -> dict[str, Any]:
        number = None if package is None else self._registry.package_id(package)
        return {"start": start, "end": end, "package_id": number}

    def _replaced(self, answer: Mapping[str, Any]) -> Replacement:
        result = Replacement.model_validate(answer)
        result.deployment._registry = self._registry
        self._become(answer["deployment"])
        return result

    def __repr__(self) -> str:
        return f"<Deployment {self.label!r}: {self.package}, {self.state}>"

    __str__ = __repr__

    def _repr_html_(self) -> str:
        return html.facts(
            f"Deployment {self.label}",
            {
                "champion": self.package,
                "kind": self.kind,
                "state": self.state,
                "importance": self.importance,
                "description": self.description,
                "target": self.target_name,
                "target type": self.target_type,
                "class labels": self.class_labels,
                "positive class": self.positive_class,
                "threshold": self.prediction_threshold,
                "association ID column": self.association_id_column,
                "association ID required": self.association_id_required or None,
                "kernelspec": self.kernelspec,
                "segment columns": self.segment_columns,
                "rows predicted": self.rows_predicted,
                "rows matched": self.rows_matched,
                "rows waiting": self.rows_waiting,
                "created": self.created_at,
                "by": self.created_by,
            },
        )


Replacement.model_rebuild(_types_namespace={"Deployment": Deployment})

__all__ = ["Deployment", "DeploymentList", "History", "Key", "KeyList", "Replacement"]

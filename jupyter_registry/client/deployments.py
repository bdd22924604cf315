"""Deployments as results: predict, report, actuals, accuracy, replacement, keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from mimetypes import guess_type
from pathlib import Path
from typing import Any

from ..domain.entities import (
    DeploymentLights,
    DeploymentListed,
    DeploymentUpdate,
    KeyCreate,
    KeyPublic,
    ReplacementCreate,
    RollbackCreate,
    ServicePeriod,
)
from ..domain.kinds import DeploymentState, ModelEnvironment, ReplacementReason
from ..domain.unstructured import BYTES, DEFAULT_CHARSET, TEXT, Body
from . import html, rows, tables
from .bodies import body
from .deployment_lists import DeploymentList, History, Key, KeyList, Replacement
from .environments import TellLine, log_followed
from .monitored import Monitored
from .packages import Package, PackageItem
from .progress import Progress
from .rows import ActualsResult, ReportResult
from .segments import names_of


class Deployment(Monitored, DeploymentListed):
    """Serves or tracks one champion package at a time."""

    @property
    def champion(self) -> Package:
        """The package in service."""
        return self._registry.package_by_id(self.package_id)  # type: ignore[no-any-return]

    def refresh(self) -> Deployment:
        """Ask the server for the present state and counts."""
        self._become(self._registry.connection.get(self._path))
        return self

    def lights(self) -> DeploymentLights:
        """How it does now: service health, drift and accuracy, each with a reason, as the card
        says it; and the predictions of the last 7 days.
        """
        found = self._registry.connection.get(f"{self._path}/status")
        return DeploymentLights.model_validate(found)

    # --- predictions, reports, actuals ----------------------------------------------------

    def predict(
        self,
        data: Any,
        timestamp_column: str | None = None,
        passthrough: Sequence[str] = (),
        *,
        association_id_column: str | None = None,
        progress: Progress = True,
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
        progress:
            Whether to show a bar, or a function that is called with a `Step` before the first
            batch and after each; what it raises stops there, and reaches the caller.

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

    def predict_unstructured(
        self,
        data: str | bytes | Path,
        *,
        mimetype: str | None = None,
        charset: str | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> Body:
        """Ask an unstructured model: its hook `score_unstructured` answers the whole request.

        Parameters
        ----------
        data:
            Text, bytes, or the path of a file whose bytes are sent.
        mimetype, charset:
            What the hook is told of it: ``text/plain`` in UTF-8 for text, else
            ``application/octet-stream``; of a file, what its name tells. Text types reach the hook
            as ``str``.
        query:
            Parameters that the hook is given as ``query``.

        Returns
        -------
        Body
            ``content`` (bytes, or ``None`` of an answer without any), ``mimetype``, ``charset``;
            ``data()`` is text where it is of a text type.

        Raises
        ------
        WrongTargetType
            when the deployment's model scores rows: `predict` them.
        ModelRejectedInput
            when the hook raises a ``ValueError``.
        ModelFailed
            when it raises anything else, or answers what is no body.
        PredictionTimeout
            when it takes longer than the deployment allows.

        """
        kind, content = mimetype, data
        if isinstance(data, Path):
            kind, content = kind or guess_type(data.name)[0] or BYTES, data.read_bytes()
        if isinstance(content, str):
            kind, charset = kind or TEXT, charset or DEFAULT_CHARSET
            content = content.encode(charset)
        sent = Body(bytes(content), kind or BYTES, charset)  # type: ignore[arg-type]
        answer = self._registry.connection.raw(
            "POST",
            f"{self._path}/predictions/unstructured",
            content=sent.content,
            params=query,
            headers={"Content-Type": sent.content_type},
        )
        none = answer.status_code == HTTPStatus.NO_CONTENT
        return Body.of(None if none else answer.content, answer.headers.get("Content-Type"))

    def report(
        self,
        data: Any,
        *,
        association_id_column: str | None = None,
        timestamp_column: str | None = None,
        package: Package | PackageItem | int | str | None = None,
        progress: Progress = True,
    ) -> ReportResult:
        """Report predictions made outside; the same association ID again replaces.

        Columns: ``association_id``, ``timestamp``, ``prediction`` (number or class label),
        ``probability`` (of the positive class) or ``probability_<label>``, ``latency_ms``;
        others are features. ``association_id_column`` and ``timestamp_column`` name those that
        hold the first two, if they are called otherwise.

        A row counts for the package that was in service at its timestamp (from before the
        deployment was made: for its first), or for ``package``, one of the history: a package,
        its id, ``"name/version"`` or ``"name@alias"``.
        """
        params = {
            "association_id_column": association_id_column,
            "timestamp_column": timestamp_column,
            "package_id": None if package is None else self._registry.package_id(package),
        }
        return rows.report(
            self._registry.connection, f"{self._path}/reports", data, params, progress=progress
        )

    def actuals(
        self,
        data: Any,
        *,
        association_id_column: str | None = None,
        value_column: str | None = None,
        timestamp_column: str | None = None,
        progress: Progress = True,
    ) -> ActualsResult:
        """Send what really happened: early, late, repeated or corrected.

        Parameters
        ----------
        association_id_column, value_column, timestamp_column:
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
                association_id_column, "association_id", self.association_id_column
            ),
            "value_column": chosen(value_column, "value", self.target_name),
            "timestamp_column": timestamp_column or ("timestamp" if "timestamp" in names else None),
        }
        return rows.actuals(
            self._registry.connection, f"{self._path}/actuals", source, columns, progress=progress
        )

    # --- the champion ---------------------------------------------------------------------

    def replace(
        self,
        package: Package | PackageItem | int | str,
        reason: ReplacementReason | str = ReplacementReason.OTHER,
        note: str = "",
        dry_run: bool = False,
        *,
        environment: ModelEnvironment | str | None = None,
        kernelspec: str | None = None,
        log: TellLine | None = print,
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
        environment:
            ``kernelspec`` or ``package``, as in `Package.deploy`; as it is unless given.
        kernelspec:
            Whose interpreter it runs in, or ``""`` for the registry's default one; as it is unless
            given. The checks run in it, and `rollback` goes back to the one before.
        log:
            Called with each line that the building of an environment logs, in another thread.

        Raises
        ------
        IncompatibleReplacement
            when a check fails; ``fields["checks"]`` lists all.
        InvalidInput
            when there is no such kernelspec.

        """
        package_id = self._registry.package_id(package)
        wanted = body(
            ReplacementCreate,
            package_id=package_id,
            reason=reason,
            note=note,
            dry_run=dry_run,
            environment=environment,
            **({} if kernelspec is None else {"kernelspec": kernelspec}),
        )
        connection = self._registry.connection
        built = (environment or self.environment) == ModelEnvironment.PACKAGE
        path = f"/packages/{package_id}"
        where = self.kernelspec if kernelspec is None else kernelspec or None
        with log_followed(connection, path, where, log if built else None):
            answer = connection.call("POST", f"{self._path}/replacements", json=wanted)
        return self._replaced(answer)

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
                "environment": self.environment if self.kind.is_hosted else None,
                "seconds for a call": self.predict_seconds,
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

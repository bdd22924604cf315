"""What is monitored of a deployment: accuracy, segments, drift, service health."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ..domain.kinds import Bucket
from .accuracy import Accuracy
from .accuracy_details import AccuracyDetails
from .bound import Bound
from .drift import Drift
from .garbage import uncollected
from .health import Health
from .packages import Package, PackageItem
from .segments import Segment, Segments, names_of, segment_params

Moment = datetime | str


class Monitored(Bound):
    """A deployment's readings; all from accumulators, so none grows with the rows behind it."""

    id: int

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
        bucket_metrics: Sequence[str] | str | None = None,
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
        bucket_metrics:
            Names of metrics that the buckets have (default: those of ``metrics``); a long series
            comes sooner with one alone.

        """
        wanted = {
            "metric": names_of(metrics) if metrics else None,
            "bucket_metric": names_of(bucket_metrics) if bucket_metrics else None,
        }
        named = segment_params(segment, segment_value)
        answer = self._read("accuracy", start, end, package, bucket=bucket, **wanted, **named)
        with uncollected():
            return Accuracy.model_validate(answer)

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
        named = segment_params(segment, segment_value)
        return AccuracyDetails.model_validate(
            self._read("accuracy/details", start, end, package, **named)
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
        wanted = names_of(metrics) if metrics else None
        return Segments.model_validate(
            self._read("segments", start, end, package, column=column, metric=wanted)
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
        return Drift.model_validate(self._read("drift", start, end, package, bucket=bucket))

    def health(
        self,
        bucket: Bucket | str | None = None,
        start: Moment | None = None,
        end: Moment | None = None,
        package: Package | PackageItem | int | str | None = None,
    ) -> Health:
        """How the deployment serves: requests, errors and times, overall and over time.

        Parameters as in `accuracy`, but that a request counts when it is answered; ``package``
        is one that is, or was, in service (default: all).
        """
        return Health.model_validate(self._read("health", start, end, package, bucket=bucket))

    def rebuild_accuracy(self) -> dict[str, Any]:
        """Compute the accumulators behind `accuracy` anew from the recorded rows.

        Those behind `drift` stay as they are: inputs are not among the recorded rows.
        """
        answer = self._registry.connection.call("POST", f"/deployments/{self.id}/rebuild-accuracy")
        return dict(answer or {})

    def _read(
        self,
        what: str,
        start: Moment | None,
        end: Moment | None,
        package: Package | PackageItem | int | str | None,
        *,
        bucket: Bucket | str | None = None,
        **params: Any,
    ) -> Any:
        """What is monitored, of a range and of one package if given."""
        params |= {
            "bucket": None if bucket is None else str(bucket),
            "start": start,
            "end": end,
            "package_id": None if package is None else self._registry.package_id(package),
        }
        return self._registry.connection.get(f"/deployments/{self.id}/{what}", params)

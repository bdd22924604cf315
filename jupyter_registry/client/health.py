"""Service health as a result: requests, errors and times, overall and over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from ..domain import entities
from . import tables
from .shown import Shown, Table

if TYPE_CHECKING:
    import pandas
    import pyarrow as pa

_SHOWN_BUCKETS = 60
#: What is told of times, in milliseconds.
_TIMES = ("p50", "p95", "p99", "max", "mean")


class Health(Shown, entities.Health):
    """Service health of a deployment, overall and over time."""

    overall_headings: ClassVar[tuple[str, ...]] = ("measure", "value")

    def to_arrow(self) -> pa.Table:
        """One row per bucket: ``start``, ``end``, ``requests``, ``rows`` and the errors.

        Errors are ``client_errors`` (refused, 400 to 499) and ``server_errors`` (failed, 500 and
        above). ``response_<which>_ms`` and ``model_<which>_ms`` follow, of ``p50``, ``p95``,
        ``p99``, ``max`` and ``mean``; null where nothing was timed.
        """
        import pyarrow as pa

        moment = pa.timestamp("us", "UTC")
        columns: dict[str, Any] = {
            "start": pa.array([bucket.start for bucket in self.buckets], moment),
            "end": pa.array([bucket.end for bucket in self.buckets], moment),
        }
        for name in ("requests", "rows", "client_errors", "server_errors"):
            columns[name] = pa.array([getattr(b, name) for b in self.buckets], pa.int64())
        for kind in ("response", "model"):
            times = [getattr(bucket, f"{kind}_ms") for bucket in self.buckets]
            for which in _TIMES:
                values = [one.get(which) for one in times]
                columns[f"{kind}_{which}_ms"] = pa.array(values, pa.float64())
        return pa.table(columns)

    def to_frame(self) -> pandas.DataFrame:
        """`to_arrow` as a pandas DataFrame; raises `MissingExtra` without pandas."""
        return tables.to_pandas(self.to_arrow())

    def overall_rows(self) -> list[tuple[Any, ...]]:
        """Measure and value, under `overall_headings`; none without a request."""
        whole = self.overall
        if whole is None or not whole.requests:
            return []
        rows: list[tuple[Any, ...]] = [
            ("requests", whole.requests),
            ("rows", whole.rows),
            ("refused", _with_share(whole.client_errors, whole.requests)),
            ("failed", _with_share(whole.server_errors, whole.requests)),
        ]
        for kind, times in (("response", whole.response_ms), ("model", whole.model_ms)):
            rows += [(f"{kind} {which}, ms", times[which]) for which in _TIMES if which in times]
        if self.last_prediction_at is not None:
            rows.append(("last prediction", self.last_prediction_at))
        return rows

    def bucket_rows(self) -> list[tuple[Any, ...]]:
        """Start, requests, rows, refused, failed, response p50, p95 and p99, model p50."""
        return [
            (
                bucket.start, bucket.requests, bucket.rows, bucket.client_errors,
                bucket.server_errors, *map(bucket.response_ms.get, ("p50", "p95", "p99")),
                bucket.model_ms.get("p50"),
            )
            for bucket in self.buckets
        ]  # fmt: skip

    def bucket_headings(self) -> tuple[str, ...]:
        """What the columns of `bucket_rows` are; times are milliseconds."""
        return (
            self.bucket, "requests", "rows", "refused", "failed", "p50 ms", "p95 ms", "p99 ms",
            "model p50 ms",
        )  # fmt: skip

    def _parts(self) -> list[Table]:
        title = f"Service health: {self.status}"
        if not self.overall_rows():
            return [Table(title=title, note=self.reason)]
        overall = Table(self.overall_headings, self.overall_rows(), title, self.reason)
        if not self.buckets:
            return [overall]
        over_time = Table(
            self.bucket_headings(),
            self.bucket_rows(),
            title=f"Requests by {self.bucket}",
            most=_SHOWN_BUCKETS,
            last=True,
        )
        return [overall, over_time]


def _with_share(n: int, of: int) -> str:
    return f"{n:,} ({100 * n / of:.3g} %)" if n else "0"

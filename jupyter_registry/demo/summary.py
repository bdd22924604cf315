"""The numbers of a run: ``summary.json``, and the table that is printed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..domain.kinds import Bucket

if TYPE_CHECKING:
    from ..client.registry import Registry
    from ..client.results import Deployment
    from ..domain.entities import Accuracy, AccuracyBucket, ServicePeriod

METRICS = ("auc", "log_loss", "accuracy")


def summarise(registry: Registry, deployments: Sequence[Deployment]) -> dict[str, Any]:
    """All numbers of the run, ready for JSON.

    ``baseline`` of a deployment is that of the package it was created from; each period of its
    ``history`` has its own. ``start`` and ``end`` of a period are when the package was put in
    service and replaced, by the clock of this run; ``first_prediction`` and
    ``last_prediction`` are the hours of the replayed calendar, in UTC, of which it made
    predictions. Weeks are UTC's, from Monday on.
    """
    return {
        "generated_at": _iso(datetime.now(UTC)),
        "metrics": list(METRICS),
        "deployments": [_summary(registry, deployment) for deployment in deployments],
    }


def write_summary(summary: dict[str, Any], path: Path) -> None:
    """Write the summary as JSON, in full precision."""
    path.write_text(json.dumps(summary, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def table(summary: dict[str, Any]) -> str:
    """The deployments, their periods and overall accuracy as text."""
    lines = []
    for deployment in summary["deployments"]:
        lines += [
            f"{deployment['label']}  ({deployment['kind']})",
            f"  rows: {deployment['rows_predicted']:,} predicted, "
            f"{deployment['rows_matched']:,} matched with their actual, "
            f"{deployment['rows_waiting']:,} waiting",
            "",
            _row("package", "from", "to", "matched", *(_heading(name) for name in METRICS)),
        ]
        for period in deployment["history"]:
            lines += [
                _row(
                    period["package"] + (f" ← {period['reason']}" if period["reason"] else ""),
                    (period["first_prediction"] or "–")[:10],
                    (period["last_prediction"] or "–")[:10],
                    f"{period['rows_matched']:,}",
                    *(_number(period["accuracy"][name]) for name in METRICS),
                ),
                _row(
                    "  its baseline",
                    "",
                    "",
                    f"{period['baseline_rows']:,}",
                    *(_number(period["baseline"].get(name)) for name in METRICS),
                ),
            ]
        lines += [
            _row(
                "all",
                "",
                "",
                f"{deployment['rows_matched']:,}",
                *(_number(deployment["overall"][name]) for name in METRICS),
            ),
            "",
        ]
    return "\n".join(lines).rstrip()


def _summary(registry: Registry, deployment: Deployment) -> dict[str, Any]:
    history = sorted(deployment.history(), key=lambda period: period.start)
    weekly = deployment.accuracy(bucket=Bucket.WEEK)
    periods = [_period(registry, deployment, period) for period in history]
    return {
        "label": deployment.label,
        "kind": str(deployment.kind),
        "rows_predicted": deployment.rows_predicted,
        "rows_matched": deployment.rows_matched,
        "rows_waiting": deployment.rows_waiting,
        "baseline": periods[0]["baseline"],
        "overall": _values(weekly.overall),
        "history": periods,
        "accuracy_by_week": [
            {
                "start": _iso(bucket.start),
                "end": _iso(bucket.end),
                "n": bucket.n,
                "n_predicted": bucket.n_predicted,
                **_values(bucket),
            }
            for bucket in weekly.buckets
        ],
    }


def _period(registry: Registry, deployment: Deployment, period: ServicePeriod) -> dict[str, Any]:
    baseline = (registry.package_by_id(period.package_id).baseline or {}).get("metrics", {})
    daily = deployment.accuracy(bucket=Bucket.DAY, package=period.package_id)
    first, last = _span(deployment, period.package_id, daily)
    overall = daily.overall
    return {
        "package": period.package,
        "start": _iso(period.start),
        "end": _iso(period.end) if period.end else None,
        "reason": str(period.reason) if period.reason else None,
        "note": period.note,
        "first_prediction": first,
        "last_prediction": last,
        "rows_predicted": overall.n_predicted if overall else 0,
        "rows_matched": overall.n if overall else 0,
        "accuracy": _values(overall),
        "baseline": {name: entry["value"] for name, entry in baseline.items()},
        "baseline_rows": max((entry["n"] for entry in baseline.values()), default=0),
    }


def _span(
    deployment: Deployment, package_id: int, daily: Accuracy
) -> tuple[str | None, str | None]:
    """The first and the last hour with predictions of a package."""
    busy = [bucket for bucket in daily.buckets if bucket.n_predicted]
    if not busy:
        return None, None
    hours = []
    for day in (busy[0], busy[-1]):
        hourly = deployment.accuracy(
            bucket=Bucket.HOUR, start=day.start, end=day.end, package=package_id
        )
        hours.append([bucket for bucket in hourly.buckets if bucket.n_predicted])
    return _iso(hours[0][0].start), _iso(hours[1][-1].start)


def _values(bucket: AccuracyBucket | None) -> dict[str, float | None]:
    metrics = bucket.metrics if bucket else {}
    return {name: metrics[name].value if name in metrics else None for name in METRICS}


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _heading(name: str) -> str:
    return {"auc": "AUC"}.get(name, name.replace("_", " "))


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"


def _row(*cells: str) -> str:
    widths = (44, 11, 11, 10, 9, 9, 9)
    first, *rest = (
        f"{cell:<{width}}" if position < 3 else f"{cell:>{width}}"
        for position, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  " + first + "".join(rest)

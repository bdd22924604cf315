"""A deployment as HTML: its checks, its history as a timeline, accuracy, and code to call it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ...client import html
from ...client.connection import API
from ...domain.accuracy_status import NO_ROWS
from ...domain.kinds import TargetType
from ...domain.metrics import METRICS, Metric
from .markup import chip, table

if TYPE_CHECKING:
    from ...client.accuracy import Accuracy
    from ...client.deployments import Deployment
    from ...client.packages import Package
    from ...domain.entities import Check, ServicePeriod

#: What a card shows of accuracy, by target type.
_MAIN = {
    TargetType.REGRESSION: ("rmse", "mae", "r2"),
    TargetType.BINARY: ("auc", "log_loss", "accuracy"),
    TargetType.MULTICLASS: ("accuracy", "macro_f1", "log_loss"),
    TargetType.ANOMALY: ("auc", "ks"),
    TargetType.UNSTRUCTURED: (),
}
#: Periods of a timeline; the earlier ones are counted.
_PERIODS = 8
_STATES = {"active": "ok", "inactive": "warn", "archived": "bad"}
_MARKS = {"passing": "✓", "warning": "!", "failing": "✕"}

CSS = """<style>
.jr .jr-checks { list-style: none; margin: 4px 0; padding: 0; }
.jr .jr-checks li { display: grid; grid-template-columns: 22px 140px 1fr; gap: 6px; margin: 0;
  padding: 4px 0; border-bottom: 1px solid var(--jr-line); align-items: start; }
.jr .jr-checks li > span:last-child { overflow-wrap: anywhere; white-space: pre-line;
  max-height: 160px; overflow: auto; }
.jr .jr-tiles { display: flex; flex-wrap: wrap; gap: 8px; margin: 6px 0; }
.jr .jr-tile.jr-noted { box-sizing: border-box; min-width: 224px; }
.jr .jr-no-tiles { min-height: 68px; align-items: center; }
.jr .jr-tile { border: 1px solid var(--jr-line); border-radius: 4px; padding: 6px 12px;
  min-width: 104px; }
.jr .jr-tile b { display: block; font-size: 17px; font-weight: 600; line-height: 24px;
  font-variant-numeric: tabular-nums; }
.jr .jr-tile small { display: block; font-size: 11px; line-height: 15px; color: var(--jr-muted); }
.jr .jr-time { display: grid; grid-template-columns: minmax(90px, max-content) 1fr max-content;
  gap: 3px 10px; align-items: center; font-size: 12px; margin: 4px 0; }
.jr .jr-track { background: var(--jr-soft); height: 12px; border-radius: 2px; position: relative; }
.jr .jr-track i { position: absolute; top: 0; bottom: 0; min-width: 3px; border-radius: 2px;
  background: var(--jr-muted); opacity: .55; }
.jr .jr-track i.jr-now { background: var(--jr-focus); opacity: 1; }
</style>"""


def heading(deployment: Deployment) -> str:
    """Label, state, and what is in service."""
    state = str(deployment.state)
    words = [
        chip(state, _STATES.get(state, "")),
        chip(deployment.kind),
        chip(deployment.target_type),
        chip(f"{deployment.importance} importance"),
    ]
    serves = "serves" if deployment.kind.is_hosted else "tracks"
    return (
        f"<h3>{escape(deployment.label)}</h3><p>{''.join(words)}</p>"
        f"<p>It {serves} <strong>{escape(deployment.package)}</strong>, which predicts "
        f"{escape(deployment.target_name)}. "
        f'<span class="jr-muted">Owner: {escape(deployment.created_by)}, since '
        f"{html.text(deployment.created_at)} UTC.</span></p>"
        + (f"<p>{escape(deployment.description)}</p>" if deployment.description else "")
    )


def counts(deployment: Deployment) -> str:
    """Rows predicted, matched, waiting."""
    return _tiles(
        [
            ("rows predicted", f"{deployment.rows_predicted:,}", ""),
            ("matched with actuals", f"{deployment.rows_matched:,}", ""),
            ("waiting for actuals", f"{deployment.rows_waiting:,}", ""),
        ]
    )


def accuracy(deployment: Deployment, found: Accuracy | None) -> str:
    """The main metrics overall, against the baseline."""
    if not deployment.target_type.has_rows:
        return _instead(NO_ROWS)
    metrics = found.overall.metrics if found is not None and found.overall is not None else {}
    known = {metric.name: metric for metric in METRICS[deployment.target_type]}
    tiles = []
    for name in _MAIN[deployment.target_type]:
        metric = metrics.get(name)
        if metric is None or metric.value is None:
            continue
        against = f"{metric.n:,} rows, no baseline"
        if metric.baseline is not None:
            change = metric.change_percent
            against = f"baseline {html.text(float(metric.baseline))}"
            if change is not None:
                moved = f"{change:+.1f}".replace("-", "\N{MINUS SIGN}")
                against += f", {moved} % {_judged(known[name], change)}".rstrip()
        tiles.append((known[name].title, html.text(float(metric.value)), against))
    if not tiles:
        return _instead("No accuracy yet: no prediction has met its actual.")
    return _tiles(tiles)


def accuracy_awaited(deployment: Deployment) -> str:
    """The same tiles, while it is being asked for: nothing moves when the numbers come."""
    titles = {metric.name: metric.title for metric in METRICS[deployment.target_type]}
    names = _MAIN[deployment.target_type]
    return _tiles([(titles[name], "…", "\N{NO-BREAK SPACE}") for name in names])


def accuracy_missing(why: str) -> str:
    """In place of the tiles, where accuracy could not be read."""
    return _instead(f"Accuracy could not be read. {why}")


def _instead(text: str) -> str:
    """A line in the height of tiles."""
    return f'<div class="jr-tiles jr-no-tiles jr-muted">{escape(text)}</div>'


def _judged(metric: Metric, change: float) -> str:
    if not change:
        return ""
    return "(better)" if (change > 0) == metric.greater_is_better else "(worse)"


def _tiles(items: Sequence[tuple[str, str, str]]) -> str:
    return (
        '<div class="jr-tiles">'
        + "".join(
            f'<div class="jr-tile{" jr-noted" if note else ""}"><small>{escape(title)}</small>'
            f"<b>{escape(value)}</b>"
            + (f"<small>{escape(note)}</small>" if note else "")
            + "</div>"
            for title, value, note in items
        )
        + "</div>"
    )


def timeline(periods: Sequence[ServicePeriod]) -> str:
    """Which package was in service from when to when, as bars on one scale."""
    if not periods:
        return ""
    ordered = sorted(periods, key=lambda period: period.start)
    hidden = max(0, len(ordered) - _PERIODS)
    shown = ordered[hidden:]
    begin, now = shown[0].start, datetime.now(UTC)
    span = max((now - begin).total_seconds(), 1.0)
    rows = []
    for period in shown:
        left = 100 * (period.start - begin).total_seconds() / span
        width = 100.0
        if period.end is not None:
            width = 100 * (period.end - period.start).total_seconds() / span
        ended = html.text(period.end) if period.end else "now"
        why = f" · {str(period.reason).replace('_', ' ')}" if period.reason else ""
        told = f"{period.note} ({period.user})" if period.note else period.user
        present = ' class="jr-now"' if period.end is None else ""
        rows.append(
            f"<span>{escape(period.package)}</span>"
            f'<span class="jr-track" title="{escape(told)}">'
            f'<i{present} style="left: min({left:.2f}%, calc(100% - 3px)); '
            f'width: {max(0.0, min(width, 100 - left)):.2f}%"></i></span>'
            f'<span class="jr-muted">{html.text(period.start)} – {ended}{escape(why)}</span>'
        )
    before = f'<p class="jr-muted">{hidden} earlier ones are in history().</p>' if hidden else ""
    return f'<div class="jr-time">{"".join(rows)}</div>{before}'


def checks(found: Sequence[Check]) -> str:
    """The checks of a replacement, each with mark, name and message."""
    rows = "".join(
        f'<li><span class="jr-mark jr-mark-{check.status}" role="img" '
        f'aria-label="{check.status}" title="{check.status}">{_MARKS[str(check.status)]}</span>'
        f"<strong>{escape(check.name.replace('_', ' '))}</strong>"
        f"<span>{escape(check.message)}</span></li>"
        for check in found
    )
    return f'<ul class="jr-checks">{rows}</ul>'


def checks_table(found: Sequence[Check]) -> str:
    """The same as a plain table."""
    return table(("check", "status", "message"), [(c.name, c.status, c.message) for c in found])


# --- code to call it ------------------------------------------------------------------------


def snippets(deployment: Deployment, package: Package, url: str) -> str:
    """How applications ask for predictions, or report them: Python and curl."""
    label = deployment.label
    address = f"{url}{API}/deployments/{quote(label, safe='')}"
    if not deployment.target_type.has_rows:
        parts = _asking(deployment, url, address)
    elif deployment.kind.is_hosted:
        parts = _predicting(deployment, package, url, address)
    else:
        parts = _reporting(deployment, url, address)
    return "".join(
        f"<details><summary>{escape(title)}</summary>"
        f'<pre class="jr-code" tabindex="0">{escape(code)}</pre></details>'
        for title, code in parts
    )


def _asking(deployment: Deployment, url: str, address: str) -> list[tuple[str, str]]:
    python = (
        "from jupyter_registry import Registry\n\n"
        f'registry = Registry({url!r}, token="…")  # in this server\'s notebooks: Registry()\n'
        f"deployment = registry.deployment({deployment.label!r})\n"
        "answer = deployment.predict_unstructured('{}', mimetype=\"application/json\")\n"
        "answer.data()  # text, or bytes"
    )
    return [
        ("Ask in Python", python),
        ("Ask with curl", _curl(f"{address}/predictions/unstructured", "{}")),
    ]


def _predicting(
    deployment: Deployment, package: Package, url: str, address: str
) -> list[tuple[str, str]]:
    row = dict((package.input_example or [{}])[0]) or {
        column["name"]: None for column in package.signature
    }
    column = deployment.association_id_column
    if column:
        row = {column: "id-1", **row}
    body = json.dumps([row], ensure_ascii=False)
    python = (
        "from jupyter_registry import Registry\n\n"
        f'registry = Registry({url!r}, token="…")  # in this server\'s notebooks: Registry()\n'
        f"deployment = registry.deployment({deployment.label!r})\n"
        "scores = deployment.predict(rows)  # a DataFrame; recorded before it is answered"
    )
    return [
        ("Predict in Python", python),
        ("Predict with curl", _curl(f"{address}/predictions", body)),
    ]


def _reporting(deployment: Deployment, url: str, address: str) -> list[tuple[str, str]]:
    row: dict[str, Any] = {"association_id": "id-1"}
    actual: object = 1.25
    if deployment.target_type.is_numeric:
        row["prediction"] = 1.2
        if deployment.target_type is TargetType.ANOMALY:
            actual = True
    elif deployment.target_type is TargetType.BINARY:
        row["probability"] = 0.83
        actual = deployment.positive_class
    else:
        row["prediction"] = actual = (deployment.class_labels or ["label"])[0]
    python = (
        "from jupyter_registry.client import Reporter  # needs the standard library alone\n\n"
        f'url, key, label = {url!r}, "jrk_…", {deployment.label!r}\n'
        'with Reporter(url, key, label, spool_dir="spool") as reporter:\n'
        f"    reporter.report({row!r})\n"
        f"    reporter.actuals({ {'association_id': 'id-1', 'value': actual}!r})  # later"
    )
    return [
        ("Report in Python", python),
        ("Report with curl", _curl(f"{address}/reports", json.dumps([row], ensure_ascii=False))),
    ]


def _curl(address: str, body: str) -> str:
    quoted = body.replace("'", "'\\''")
    return (
        f"curl {address} \\\n"
        '  -H "Authorization: Bearer jrk_…" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        f"  --data '{quoted}'"
    )

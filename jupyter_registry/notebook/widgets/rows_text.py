"""The words and tables of the panels for rows: results, counts, rejections."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...domain.errors import InvalidInput
from ...domain.kinds import TargetType
from . import rows_files
from .markup import table

if TYPE_CHECKING:
    import pyarrow as pa

    from ...client.deployments import Deployment
    from ...domain.entities import ActualsResult, ReportResult

#: Rows of an answer, and rejections, that are shown.
_SHOWN = 10
#: Columns of the answer whose value is the same in every row.
_SAME = ("package", "deployment", "threshold")


def what(deployment: Deployment) -> str:
    """What an actual of a deployment is, in a few words."""
    if deployment.target_type is TargetType.REGRESSION:
        return f"a number, {deployment.target_name}"
    if deployment.target_type is TargetType.ANOMALY:
        return "true or false: whether it was an anomaly"
    labels = ", ".join(deployment.class_labels[:6])
    return f"{labels}{', …' if len(deployment.class_labels) > 6 else ''}"


def recognised(deployment: Deployment, names: Sequence[str]) -> str:
    """Which columns a report is read from, by their names."""
    usual = ["prediction", "probability", "latency_ms"]
    usual += [f"probability_{label}" for label in deployment.class_labels]
    found = [name for name in names if name in usual]
    if not set(found) - {"latency_ms"}:
        return "No column is called prediction or probability: rename the one that is."
    return f"Columns {', '.join(found)}; others are features."


def predictions(answer: pa.Table, link: str) -> str:
    """The first rows of an answer, what is the same in all of them apart, and the link."""
    first = answer.slice(0, _SHOWN).to_pylist()
    hidden = {name for name in _SAME if len({row.get(name) for row in first}) == 1}
    names = [name for name in answer.column_names if name not in hidden]
    rows = [[row[name] for name in names] for row in first]
    facts = ", ".join(
        f"{name} {first[0][name]}" for name in _SAME if first and name in hidden & set(first[0])
    )
    note = f"{min(_SHOWN, answer.num_rows)} of {answer.num_rows:,} rows. {facts}"
    saving = link or "Too many rows for a link: save them with <code>.save(path)</code>."
    return (
        f'<div class="jr-scroll" tabindex="0" role="region" aria-label="First predictions">'
        f"{table(names, rows)}</div>"
        f'<p><span class="jr-muted">{escape(note)}</span> · {saving}</p>'
    )


def reported(answer: ReportResult) -> str:
    """What became of reported predictions."""
    return _counts(
        [
            ("accepted", answer.accepted, "recorded"),
            ("replaced", answer.replaced, "had been reported before; the last one counts"),
            ("matched", answer.matched, "have their actual"),
        ]
    )


def actuals(answer: ActualsResult, sent: pa.Table, columns: Mapping[str, str | None]) -> str:
    """What became of actuals, and the first that were rejected with what they said."""
    counts = _counts(
        [
            ("accepted", answer.accepted, "recorded"),
            ("matched", answer.matched, "met their prediction"),
            ("replaced", answer.replaced, "had an actual before; the last one counts"),
            ("waiting", answer.waiting, "wait for their prediction"),
            ("rejected", answer.rejected, "not recorded"),
        ]
    )
    if not answer.rejections:
        return counts
    names = [columns["association_id_column"], columns["value_column"]]
    shown = answer.rejections[:_SHOWN]
    rows: list[tuple[Any, ...]] = []
    for one in shown:
        said = sent.slice(one.row, 1).to_pylist()[0]
        rows.append((str(one.row), *(_cell(said[str(name)]) for name in names), one.reason))
    more = answer.rejected - len(shown)
    note = f'<p class="jr-muted">{more:,} more were rejected.</p>' if more else ""
    headings = ("row", *(str(name) for name in names), "why it was rejected")
    return (
        f"{counts}<h4>Rejected</h4>"
        '<div class="jr-scroll" tabindex="0" role="region" aria-label="Rejected rows">'
        f"{table(headings, rows)}</div>{note}"
    )


def _cell(value: Any) -> str:
    return "–" if value is None else str(value)[:60]


def _counts(items: Sequence[tuple[str, int, str]]) -> str:
    return table(("", "rows", ""), list(items))


def without_links(html: str) -> str:
    """Shown HTML without the links that carry a file."""
    return re.sub(r'<a href="data:[^>]*>.*?</a>', "", html, flags=re.DOTALL)


def file_name(label: str, ending: str) -> str:
    """A name for a file of a deployment's rows."""
    plain = re.sub(r"[^\w.-]+", "-", label.lower()).strip("-")
    return f"{plain}-{ending}"


def write(rows: pa.Table, path: Path) -> Path:
    """Write rows into a CSV or Parquet file."""
    if path.suffix == ".csv":
        path.write_bytes(rows_files.csv(rows))
    elif path.suffix in (".parquet", ".pq"):
        import pyarrow.parquet

        pyarrow.parquet.write_table(rows, path)
    else:
        raise InvalidInput(
            f"{path.name!r} does not end as a table does.",
            advice="End the name in .csv or .parquet.",
            fields={"path": str(path)},
        )
    return path

"""A package, and two beside each other, as HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from ...client import html
from ...domain.metrics import METRICS
from .markup import chip, table

if TYPE_CHECKING:
    from ...client.packages import Package


def heading(package: Package) -> str:
    """Name, version, and in a few words what it is."""
    words = [chip(package.kind), chip(package.target_type)]
    words += [chip(f"@{alias}") for alias in package.aliases]
    if package.deployed:
        words.append(chip("deployed", "ok"))
    if package.archived_at:
        words.append(chip("archived", "warn"))
    return f"<h3>{escape(package.reference)}</h3><p>{''.join(words)}</p>" + (
        f"<p>{escape(package.description)}</p>" if package.description else ""
    )


def sections(package: Package) -> str:
    """All that is known of it; each part can be folded."""
    columns = package.signature
    metrics = (package.baseline or {}).get("metrics") or {}
    titles = _titles(package)
    rows = (package.baseline or {}).get("rows") or {}
    measured = ", ".join(f"{html.text(n)} {kind} rows" for kind, n in rows.items() if n)
    return "".join(
        [
            _section("Facts", "", table(("", ""), _facts(package), facts=True), shown=True),
            _section(
                "Baseline metrics",
                measured,
                table(
                    ("metric", "value", "n"),
                    [
                        (titles.get(name, name), m.get("value"), m.get("n"))
                        for name, m in metrics.items()
                    ],
                ),
                shown=bool(metrics),
                there=bool(metrics),
                absent="None: it was registered without a holdout that could be scored.",
            ),
            _section(
                "Signature",
                _count(len(columns), "input column"),
                table(
                    ("column", "dtype", "nullable"),
                    [(c["name"], c["dtype"], bool(c.get("nullable"))) for c in columns],
                ),
                there=bool(columns),
                absent="Not known.",
            ),
            _section(
                "Files",
                f"{_count(len(package.files), 'file')}, {html.size(package.size)}",
                table(
                    ("path", "size", "SHA-256"),
                    [(f.path, html.size(f.size), f.sha256) for f in package.files],
                ),
                there=bool(package.files),
                absent="None: the model is hosted elsewhere.",
            ),
            _section(
                "Parameters",
                _count(len(_parameters(package)), "parameter"),
                table(("parameter", "value"), list(_parameters(package).items())),
            )
            if _parameters(package)
            else "",
            _section(
                "Provenance",
                "",
                table(("", ""), _origin(package.provenance), facts=True),
                there=bool(package.provenance),
                absent="Not recorded.",
            ),
        ]
    )


def compared(one: Package, other: Package, *, differences_only: bool = False) -> str:
    """Two packages side by side; what differs is marked ≠ and in relief."""
    first, second = one.provenance, other.provenance
    parts = [
        ("Facts", dict(_comparable(one)), dict(_comparable(other))),
        ("Signature", _columns(one), _columns(other)),
        ("Baseline metrics", _metrics(one), _metrics(other)),
        ("Parameters", _parameters(one), _parameters(other)),
        ("Files", _files(one), _files(other)),
        ("Libraries", _libraries(first), _libraries(second)),
    ]
    return "".join(
        _side_by_side(title, left, right, (one.reference, other.reference), differences_only)
        for title, left, right in parts
        if left or right or title != "Parameters"  # models hosted elsewhere tell none
    )


def _side_by_side(
    title: str,
    left: Mapping[str, Any],
    right: Mapping[str, Any],
    names: Sequence[str],
    differences_only: bool,
) -> str:
    keys = list(dict.fromkeys([*left, *right]))
    rows, marked = [], []
    for key in keys:
        differs = left.get(key) != right.get(key)
        if differs or not differences_only:
            rows.append(("≠" if differs else "", key, left.get(key), right.get(key)))
            marked.append(differs)
    n = sum(left.get(key) != right.get(key) for key in keys)
    summary = "none recorded" if not keys else "the same" if not n else _count(n, "difference")
    body = table(("", "", *names), rows, marked=marked) if rows else ""
    return _section(
        title, summary, body, shown=n > 0, there=bool(rows), absent=summary.capitalize()
    )


def _section(
    title: str,
    summary: str,
    body: str,
    *,
    shown: bool = False,
    there: bool = True,
    absent: str = "",
) -> str:
    content = body if there else f'<p class="jr-muted">{escape(absent)}</p>'
    beside = summary if there else absent.partition(":")[0].rstrip(".").lower()
    aside = f' <span class="jr-muted">· {escape(beside)}</span>' if beside else ""
    return (
        f"<details{' open' if shown else ''}><summary>{escape(title)}{aside}</summary>"
        f'<div class="jr-scroll" tabindex="-1">{content}</div></details>'
    )


def _facts(package: Package) -> list[tuple[str, Any]]:
    known = [
        ("target", package.target_name),
        ("target type", package.target_type),
        ("class labels", package.class_labels),
        ("positive class", package.positive_class),
        ("threshold", package.prediction_threshold),
        ("format", package.format),
        ("location", package.location),
        ("build environment", package.build_environment),
        ("tags", package.tags),
        ("aliases", package.aliases),
        ("deployments", [str(d.get("label", d)) for d in package.deployments]),
        ("created", package.created_at),
        ("by", package.created_by),
        ("archived", package.archived_at),
    ]
    return [(name, value) for name, value in known if value not in (None, "", [], {})]


def _origin(provenance: Mapping[str, Any]) -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = []
    for name, value in provenance.items():
        if name == "parameters":
            continue  # a section of their own
        if name == "git" and isinstance(value, Mapping):
            changed = " with changes" if value.get("dirty") else ""
            shown = f"{str(value.get('commit', ''))[:12]} on {value.get('branch') or '–'}{changed}"
            rows.append(("git", shown))
        elif name == "scan" and isinstance(value, Mapping):
            found = "; ".join(map(str, value.get("findings") or ()))
            owned = "said to be the author's own: " if found and value.get("own_code") else ""
            rows.append(("scan of its pickles", f"{owned}{found or 'nothing that runs code'}"))
        else:
            rows.append((name.replace("_", " "), value))
    return rows


def _comparable(package: Package) -> list[tuple[str, Any]]:
    different_always = ("created", "deployments", "aliases")
    return [fact for fact in _facts(package) if fact[0] not in different_always]


def _columns(package: Package) -> dict[str, str]:
    return {
        c["name"]: f"{c['dtype']}{', nullable' if c.get('nullable') else ''}"
        for c in package.signature
    }


def _metrics(package: Package) -> dict[str, Any]:
    metrics = (package.baseline or {}).get("metrics") or {}
    titles = _titles(package)
    return {titles.get(name, name): item.get("value") for name, item in metrics.items()}


def _titles(package: Package) -> dict[str, str]:
    return {metric.name: metric.title for metric in METRICS[package.target_type]}


def _parameters(package: Package) -> dict[str, Any]:
    return dict(package.provenance.get("parameters") or {})


def _files(package: Package) -> dict[str, str]:
    return {f.path: f"{f.sha256[:12]}… ({html.size(f.size)})" for f in package.files}


def _libraries(provenance: Mapping[str, Any]) -> dict[str, Any]:
    python = {"python": provenance["python"]} if provenance.get("python") else {}
    return python | dict(provenance.get("libraries") or {})


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"

"""``%accuracy``, ``%drift`` and ``%health``: the figures, and the numbers behind them."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from ...domain.errors import InvalidInput, nearest
from ...domain.kinds import Bucket
from .. import images, namespace
from . import arguments
from .arguments import Command, Kind, Parser

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ...client.accuracy import Accuracy
    from ...client.drift import Drift
    from ...client.health import Health
    from .context import Context

    Result = TypeVar("Result", Accuracy, Drift, Health)

#: A figure, and the text that stands for it where images do not show.
Figures = Iterator[tuple["Figure", str]]


def accuracy(context: Context, options: argparse.Namespace) -> Accuracy | None:
    """``%accuracy``."""
    metrics = arguments.several(options.metrics)
    deployment = _chosen(context, options)
    result = deployment.accuracy(
        options.bucket, options.start, options.end, options.package, metrics,
        segment=arguments.segment(options.segment),
    )  # fmt: skip
    missing = ""
    if not result.buckets:
        missing = "No prediction was made in this time."
    elif not any(bucket.metrics for bucket in result.buckets):
        missing = "No prediction has met its actual yet."

    def figures() -> Figures:
        from ...plots import accuracy_over_time

        title = ", ".join(filter(None, [f"Accuracy of {deployment.label}", result.segment_words]))
        yield accuracy_over_time(result, metrics, title=title), f"{title} by {result.bucket}"

    return _answer(context, options, "Accuracy", result, missing, figures)


def drift(context: Context, options: argparse.Namespace) -> Drift | None:
    """``%drift``."""
    wanted = arguments.several(options.features)
    deployment = _chosen(context, options)
    result = deployment.drift(options.bucket, options.start, options.end, options.package)
    known = [feature.name for feature in result.features]
    if known:
        _check_features(wanted or (), known)

    def figures() -> Figures:
        from ...plots import drift_importance, drift_over_time

        title = f"Drift of {deployment.label}"
        if wanted is None:
            yield drift_importance(result, title=title), f"{title} by importance"
        yield drift_over_time(result, wanted, title=title), f"{title} by {result.bucket}"

    missing = "" if result.n and result.buckets else result.reason
    return _answer(context, options, "Drift", result, missing, figures)


def health(context: Context, options: argparse.Namespace) -> Health | None:
    """``%health``."""
    deployment = _chosen(context, options)
    result = deployment.health(options.bucket, options.start, options.end, options.package)

    def figures() -> Figures:
        from ...plots import service_health

        title = f"Service health of {deployment.label}"
        yield service_health(result, title=title), f"{title} by {result.bucket}"

    missing = "" if any(bucket.requests for bucket in result.buckets) else result.reason
    return _answer(context, options, "Service health", result, missing, figures)


def _chosen(context: Context, options: argparse.Namespace) -> Any:
    """The deployment; what is asked of the notebook is checked before the server is."""
    if options.output is not None:
        namespace.checked_name(options.output)
    return context.registry.deployment(options.deployment)


def _check_features(wanted: Sequence[str], known: Sequence[str]) -> None:
    for name in wanted:
        if name not in known:
            raise InvalidInput(
                f"There is no drift of a feature {name!r}.",
                advice=nearest(name, known) or f"The features are {', '.join(known[:20])}.",
                fields={"feature": name, "known": list(known)},
            )


def _answer(
    context: Context,
    options: argparse.Namespace,
    what: str,
    result: Result,
    missing: str,
    figures: Any,
) -> Result | None:
    """Show the figures where images can be, or what is ``missing``; the result is the value.

    With ``-o`` it goes into a variable, and a line says so.
    """
    wanted = context.settings.plot if options.plot is None else options.plot
    if wanted and images.can_be_shown(context.shell):
        if missing:
            print(f"No figure of {options.deployment} yet. {missing}")
        else:
            for figure, said in figures():
                images.show(context.shell, figure, f"{said}, as a figure.")
    if options.output is None:
        return result
    context.assign(options.output, result)
    print(f"{what} of {options.deployment} in {options.output}.")
    return None


# --- parsers --------------------------------------------------------------------------------


def add_range(made: Parser, package: str) -> None:
    """Add the options that choose rows by time and package; the latter's help is ``package``."""
    made.add(
        "--from", type=arguments.moment, metavar="TIME", dest="start", help="from then on, ISO 8601"
    )
    made.add(
        "--to", type=arguments.moment, metavar="TIME", dest="end", help="before then, ISO 8601"
    )
    made.add("--package", completes=Kind.PACKAGE, help=package)


def add_metrics(made: Parser) -> None:
    """Add the option that chooses metrics."""
    made.add(
        "--metric",
        action="append",
        metavar="METRIC,…",
        dest="metrics",
        completes=Kind.METRIC,
        help="these alone; may be repeated (default: all of the target's type)",
    )


def _assessing(name: str, run: Any, description: str, epilog: str, package: str) -> Parser:
    made = Parser(name, run, description, epilog)
    made.add("deployment", metavar="LABEL", completes=Kind.DEPLOYMENT, help=arguments.DEPLOYMENT)
    made.choose("--by", Bucket, dest="bucket", help="default: chosen by the span")
    add_range(made, package)
    made.add(
        "--plot",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="whether to show the figure",
    )
    made.add("-o", "--output", metavar="VAR", help="put the numbers into this variable")
    return made


def _accuracy() -> Parser:
    made = _assessing(
        "accuracy",
        accuracy,
        "Show accuracy overall and over time, as a figure and as tables. The value holds the "
        "numbers.",
        "example:\n  weekly = %accuracy churn --metric auc,log_loss --by week --from 2026-01-01",
        "this package's predictions alone",
    )
    add_metrics(made)
    made.add(
        "--segment",
        metavar="COLUMN=VALUE",
        completes=Kind.SEGMENT,
        help="predictions with this value alone; COLUMN= for those without one",
    )
    return made


def _drift() -> Parser:
    made = _assessing(
        "drift",
        drift,
        "Show how inputs and predictions moved from the package's baseline (PSI), by importance "
        "and\nover time, as figures and as tables. The value holds the numbers.",
        "examples:\n"
        "  daily = %drift churn --by day --from 2026-01-01\n"
        "  %drift churn --feature age,income",
        "in service now or once: its predictions against its baseline (default: the champion)",
    )
    made.add(
        "--feature",
        action="append",
        metavar="NAME,…",
        dest="features",
        completes=Kind.FEATURE,
        help="draw these over time; may be repeated (default: those that tell most)",
    )
    return made


def _health() -> Parser:
    return _assessing(
        "health",
        health,
        "Show requests, errors and response times, as a figure and as tables. The value holds "
        "the\nnumbers.",
        "example:\n  %health churn --by hour --from 2026-01-05",
        "in service now or once: its requests alone (default: all)",
    )


ACCURACY = Command(_accuracy())
DRIFT = Command(_drift())
HEALTH = Command(_health())

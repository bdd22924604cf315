"""``%accuracy``: the figure, and the numbers behind it."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from ...domain.kinds import Bucket
from .. import images
from . import arguments
from .arguments import Command, Kind, Parser

if TYPE_CHECKING:
    from ...client.accuracy import Accuracy
    from ...client.deployments import Deployment
    from .context import Context


def accuracy(context: Context, options: argparse.Namespace) -> Accuracy:
    """``%accuracy``; the figure is shown where images can be, the numbers are the value."""
    metrics = arguments.several(options.metrics)
    deployment = context.registry.deployment(options.deployment)
    result = deployment.accuracy(
        options.bucket, options.start, options.end, options.package, metrics,
        segment=arguments.segment(options.segment),
    )  # fmt: skip
    wanted = context.settings.plot if options.plot is None else options.plot
    if wanted and images.can_be_shown(context.shell):
        try:
            _show(context, deployment, result, metrics)
        except ValueError as nothing:  # of the plot: no bucket, or no actual yet
            if options.plot:
                print(nothing, file=sys.stderr)
    return result


def _show(
    context: Context, deployment: Deployment, result: Accuracy, metrics: list[str] | None
) -> None:
    from ...plots.accuracy import accuracy_over_time

    what = ", ".join(filter(None, [f"Accuracy of {deployment.label}", result.segment_words]))
    figure = accuracy_over_time(result, metrics, title=what)
    said = f"{what} by {result.bucket}, as a figure."
    images.show(context.shell, figure, said)


def _accuracy() -> Parser:
    made = Parser(
        "accuracy",
        accuracy,
        "Show accuracy overall and over time, as a figure and as tables. The value holds the "
        "numbers.",
        "example:\n  weekly = %accuracy churn --metric auc,log_loss --by week --from 2026-01-01",
    )
    made.add("deployment", metavar="LABEL", completes=Kind.DEPLOYMENT, help=arguments.DEPLOYMENT)
    made.add(
        "--metric",
        action="append",
        metavar="METRIC,…",
        dest="metrics",
        completes=Kind.METRIC,
        help="these alone; may be repeated (default: all of the target's type)",
    )
    made.choose("--by", Bucket, dest="bucket", help="default: chosen by the span")
    made.add(
        "--from", type=arguments.moment, metavar="TIME", dest="start", help="from then on, ISO 8601"
    )
    made.add(
        "--to", type=arguments.moment, metavar="TIME", dest="end", help="before then, ISO 8601"
    )
    made.add("--package", completes=Kind.PACKAGE, help="this package's predictions alone")
    made.add(
        "--segment",
        metavar="COLUMN=VALUE",
        completes=Kind.SEGMENT,
        help="predictions with this value alone; COLUMN= for those without one",
    )
    made.add(
        "--plot",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="whether to show the figure",
    )
    return made


ACCURACY = Command(_accuracy())

"""``%segments``: which segments a deployment has, and where its model is bad."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from . import arguments
from .arguments import Command, Kind, Parser

if TYPE_CHECKING:
    from ...client.segments import Segments
    from .context import Context


def segments(context: Context, options: argparse.Namespace) -> Segments:
    """``%segments``."""
    return context.registry.deployment(options.deployment).segments(
        options.column,
        options.start,
        options.end,
        options.package,
        arguments.several(options.metrics),
    )


def _segments() -> Parser:
    made = Parser(
        "segments",
        segments,
        "List the segment columns and their values or, of one column, compare the values' "
        "accuracies. The value is that table.",
        "example:\n  %segments flights carrier --metric auc,log_loss",
    )
    made.add("deployment", metavar="LABEL", completes=Kind.DEPLOYMENT, help=arguments.DEPLOYMENT)
    made.add(
        "column",
        nargs="?",
        metavar="COLUMN",
        completes=Kind.SEGMENT_COLUMN,
        help="the segment column whose values are compared",
    )
    made.add(
        "--metric",
        action="append",
        metavar="METRIC,…",
        dest="metrics",
        completes=Kind.METRIC,
        help="these alone; may be repeated (default: all of the target's type)",
    )
    made.add(
        "--from", type=arguments.moment, metavar="TIME", dest="start", help="from then on, ISO 8601"
    )
    made.add(
        "--to", type=arguments.moment, metavar="TIME", dest="end", help="before then, ISO 8601"
    )
    made.add("--package", completes=Kind.PACKAGE, help="this package's predictions alone")
    return made


SEGMENTS = Command(_segments())

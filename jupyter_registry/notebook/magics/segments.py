"""``%segments``: which segments a deployment has, and where its model is bad."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from . import arguments
from .arguments import Command, Kind, Parser
from .assessing import add_metrics, add_range

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
    add_metrics(made)
    add_range(made, "this package's predictions alone")
    return made


SEGMENTS = Command(_segments())

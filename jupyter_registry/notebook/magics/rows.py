"""``%predict``, ``%report`` and ``%actuals``: rows out and in."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from .. import namespace
from . import arguments
from .arguments import Command, Kind, Parser

if TYPE_CHECKING:
    from ...domain.entities import ActualsResult, ReportResult
    from .context import Context


def predict(context: Context, options: argparse.Namespace) -> Any:
    """``%predict``; with ``-o`` the answer goes into a variable, and a line says so."""
    if options.output is not None:
        namespace.checked_name(options.output)
    data = context.table(options.data)
    answer = context.registry.deployment(options.deployment).predict(
        data,
        timestamp_column=options.timestamp_column,
        passthrough=arguments.several(options.passthrough) or (),
        association_id_column=options.association_id_column,
    )
    if options.output is None:
        return answer
    context.assign(options.output, answer)
    rows = getattr(answer, "num_rows", None)
    print(f"{len(answer) if rows is None else rows:,} predictions in {options.output}.")
    return None


def report(context: Context, options: argparse.Namespace) -> ReportResult:
    """``%report``."""
    data = context.table(options.data)
    return context.registry.deployment(options.deployment).report(
        data,
        association_id_column=options.association_id_column,
        timestamp_column=options.timestamp_column,
        package=options.package,
    )


def actuals(context: Context, options: argparse.Namespace) -> ActualsResult:
    """``%actuals``; rows that were rejected are told on standard error."""
    data = context.table(options.data)
    result = context.registry.deployment(options.deployment).actuals(
        data,
        association_id_column=options.association_id_column,
        value_column=options.value_column,
        timestamp_column=options.timestamp_column,
    )
    if result.rejected:
        first = f" Row {result.rejections[0].row}: {result.rejections[0].reason}"
        print(
            f"{result.rejected:,} rows were rejected; the others are recorded."
            f"{first if result.rejections else ''}",
            file=sys.stderr,
        )
    return result


def _rows(name: str, run: Any, description: str, epilog: str = "") -> Parser:
    made = Parser(name, run, description, epilog)
    made.add("deployment", metavar="LABEL", completes=Kind.DEPLOYMENT, help=arguments.DEPLOYMENT)
    made.add("data", metavar="DATAFRAME", completes=Kind.TABLE, help=arguments.TABLE)
    made.add(
        "--id",
        metavar="COLUMN",
        dest="association_id_column",
        completes=Kind.COLUMN,
        help="the column with the association IDs (default: the deployment's)",
    )
    made.add(
        "--timestamp",
        metavar="COLUMN",
        dest="timestamp_column",
        completes=Kind.COLUMN,
        help="the column with the times (default: now)",
    )
    return made


def _predict() -> Parser:
    made = _rows(
        "predict",
        predict,
        "Predict the rows of a table; they are recorded. The value has the table's kind.",
        "examples:\n"
        "  %predict churn visits -o scored\n"
        "  scored = %predict churn visits.head(10) --id visit",
    )
    made.add("-o", "--output", metavar="VAR", help="put the answer into this variable")
    made.add(
        "--passthrough",
        action="append",
        metavar="COLUMN,…",
        completes=Kind.COLUMN,
        help="input columns to repeat in the answer",
    )
    return made


def _report() -> Parser:
    made = _rows(
        "report",
        report,
        "Report predictions that were made outside; the same association ID again replaces.",
        "columns: association_id, timestamp, prediction, probability or probability_<label>, …\n\n"
        "example:\n  %report churn sent --id visit --timestamp at",
    )
    made.add(
        "--package",
        metavar="PACKAGE",
        completes=Kind.PACKAGE,
        help="the package that predicted, one of the deployment's history (default: the one in "
        "service at each row's time)",
    )
    return made


def _actuals() -> Parser:
    made = _rows(
        "actuals",
        actuals,
        "Send what really happened: early, late, repeated or corrected.",
        "example:\n  %actuals churn outcomes --id visit --value left",
    )
    made.add(
        "--value",
        metavar="COLUMN",
        dest="value_column",
        completes=Kind.COLUMN,
        help="the column with what happened (default: value, or the target's name)",
    )
    return made


PREDICT = Command(_predict())
REPORT = Command(_report())
ACTUALS = Command(_actuals())

"""What can be said of rows: predicted, reported, and what is known of them."""

from __future__ import annotations

import argparse
from typing import Any

from ....domain.kinds import Bucket
from .parts import DEPLOYMENT, PACKAGE, TABLE, command, may_follow, values


def add_predict(commands: Any) -> None:
    """``predict``."""
    made = command(commands, "predict", "rows", "predict a file's rows; they are recorded")
    made.add_argument("deployment", help=DEPLOYMENT)
    made.add_argument("data", help=f"{TABLE}; of an unstructured model any file, sent as it is")
    made.add_argument(
        "-o",
        "--output",
        help="a .csv, .parquet, .arrow or .json file (default: CSV to standard output)",
    )
    made.add_argument(
        "--mimetype", help="of a file for an unstructured model (default: as its name tells)"
    )
    _id_and_time(made, "when each row is predicted (default: now)")
    made.add_argument(
        "--passthrough",
        action="append",
        default=[],
        metavar="COLUMN",
        help="an input column to repeat in the answer; may be repeated",
    )


def add_report(commands: Any) -> None:
    """``report``."""
    made = command(commands, "report", "rows", "report predictions that were made outside")
    made.add_argument("deployment", help=DEPLOYMENT)
    made.add_argument("data", help=TABLE)
    _id_and_time(made, "when each row was predicted (default: timestamp, else now)")
    made.add_argument(
        "--package",
        help=f"{PACKAGE}; who made them (default: which was in service at each row's time)",
    )


def add_actuals(commands: Any) -> None:
    """``actuals``."""
    made = command(commands, "actuals", "rows", "upload what really happened")
    made.add_argument("deployment", help=DEPLOYMENT)
    made.add_argument("data", help=TABLE)
    _id_and_time(made, "when it happened (default: timestamp, else not kept)")
    made.add_argument(
        "--value-column",
        "--value",
        metavar="COLUMN",
        help="what happened (default: value, or the target's name)",
    )


def _id_and_time(made: argparse.ArgumentParser, when: str) -> None:
    """The columns that all rows have."""
    made.add_argument(
        "--association-id-column",
        "--id",
        metavar="COLUMN",
        help="your key of each row, by which actuals find predictions (default: association_id, "
        "or the deployment's column)",
    )
    made.add_argument("--timestamp-column", "--timestamp", metavar="COLUMN", help=when)


def add_accuracy(commands: Any) -> None:
    """``accuracy``."""
    made = command(commands, "accuracy", "rows", "accuracy overall and over time")
    _range(made, f"{PACKAGE}; its predictions alone")
    made.add_argument("--metric", action="append", help="this metric alone; may be repeated")
    made.add_argument("--segment", metavar="COLUMN=VALUE", help="predictions with this value alone")


def add_segments(commands: Any) -> None:
    """``segments``."""
    made = command(
        commands, "segments", "rows", "segment columns and their values, or one's values compared"
    )
    made.add_argument("deployment", help=DEPLOYMENT)
    may_follow(made, "column", help="compare the accuracy of this column's values")
    made.add_argument("--start", "--from", dest="start", help="from then on (ISO 8601)")
    made.add_argument("--end", "--to", dest="end", help="before then (ISO 8601)")
    made.add_argument("--package", help=f"{PACKAGE}; its predictions alone")
    made.add_argument("--metric", action="append", help="this metric alone; may be repeated")
    made.add_argument("-o", "--output", help="write the values to a .csv, .parquet or .json file")


def add_drift(commands: Any) -> None:
    """``drift``."""
    made = command(commands, "drift", "rows", "drift of inputs and predictions from the baseline")
    _range(made, f"{PACKAGE}, in service now or once (default: now)")


def add_health(commands: Any) -> None:
    """``health``."""
    made = command(commands, "health", "rows", "service health: requests, errors and times")
    _range(made, f"{PACKAGE}, in service now or once; its requests alone")


def _range(made: argparse.ArgumentParser, package: str) -> None:
    """What is read of a deployment's rows: by what, from when to when, of which package."""
    made.add_argument("deployment", help=DEPLOYMENT)
    made.add_argument("--by", "--bucket", dest="bucket", choices=values(Bucket))
    made.add_argument("--start", "--from", dest="start", help="from then on (ISO 8601)")
    made.add_argument("--end", "--to", dest="end", help="before then (ISO 8601)")
    made.add_argument("--package", help=package)
    made.add_argument("-o", "--output", help="write the buckets to a .csv, .parquet or .json file")

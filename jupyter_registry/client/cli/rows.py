"""Commands that move rows and tell of them: predict, report, actuals, accuracy, drift, health."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .. import tables
from .output import as_facts, as_json, as_table, check_output, registry_of, write

if TYPE_CHECKING:
    from ..results import Accuracy, Drift, Health


def predict(options: argparse.Namespace) -> None:
    """``predict``: a file's rows; the answer to a file or standard output."""
    check_output(options.output)
    table = tables.read_file(Path(options.data))
    with registry_of(options) as registry:
        answer = registry.deployment(options.deployment).predict(
            table,
            timestamp_column=options.timestamp_column,
            association_id_column=options.association_id_column,
            passthrough=options.passthrough,
        )
    write(answer, options.output, in_json=options.json)
    if options.output is not None:
        print(f"{answer.num_rows:,} predictions in {options.output}", file=sys.stderr)


def report(options: argparse.Namespace) -> None:
    """``report``: predictions made outside."""
    table = tables.read_file(Path(options.data))
    with registry_of(options) as registry:
        result = registry.deployment(options.deployment).report(
            table, association_id=options.association_id, timestamp=options.timestamp
        )
    if options.json:
        as_json(result)
    else:
        as_facts(result.model_dump())


def actuals(options: argparse.Namespace) -> int:
    """``actuals``: what really happened; the code is 1 if rows were rejected."""
    table = tables.read_file(Path(options.data))
    with registry_of(options) as registry:
        result = registry.deployment(options.deployment).actuals(
            table,
            association_id=options.association_id,
            value=options.value,
            timestamp=options.timestamp,
        )
    if options.json:
        as_json(result)
    else:
        as_facts(result.model_dump(exclude={"rejections"}))
        for item in result.rejections:
            print(f"  row {item.row}: {item.reason}", file=sys.stderr)
    return 1 if result.rejected else 0


def accuracy(options: argparse.Namespace) -> None:
    """``accuracy``: overall and by bucket."""
    check_output(options.output)
    with registry_of(options) as registry:
        result = registry.deployment(options.deployment).accuracy(
            options.bucket, options.start, options.end, options.package, options.metric
        )
    if _put_out(result, options, baseline=True):
        return
    as_table(
        result.overall_headings,
        result.overall_rows(),
        "No prediction has met its actual yet.",
    )
    print()
    as_table(
        result.bucket_headings(),
        result.bucket_rows(),
        "No prediction was made in this time.",
    )


def drift(options: argparse.Namespace) -> None:
    """``drift``: by feature and by bucket."""
    check_output(options.output)
    with registry_of(options) as registry:
        result = registry.deployment(options.deployment).drift(
            options.bucket, options.start, options.end, options.package
        )
    if _put_out(result, options):
        return
    print(f"{result.status}: {result.reason}")
    if result.feature_rows():
        print()
        as_table(result.feature_headings, result.feature_rows())
    if result.buckets:
        print()
        as_table(result.bucket_headings(5), result.bucket_rows(5))


def health(options: argparse.Namespace) -> None:
    """``health``: requests, errors and times, overall and by bucket."""
    check_output(options.output)
    with registry_of(options) as registry:
        result = registry.deployment(options.deployment).health(
            options.bucket, options.start, options.end, options.package
        )
    if _put_out(result, options):
        return
    print(f"{result.status}: {result.reason}")
    if result.overall_rows():
        print()
        as_table(result.overall_headings, result.overall_rows())
    if result.buckets:
        print()
        as_table(result.bucket_headings(), result.bucket_rows())


def _put_out(
    result: Accuracy | Drift | Health, options: argparse.Namespace, **columns: bool
) -> bool:
    """Write the buckets to a file, or print all as JSON, where that was asked for."""
    if options.output is not None:
        write(result.to_arrow(**columns), options.output)
        print(f"{len(result.buckets):,} buckets in {options.output}", file=sys.stderr)
    elif options.json:
        as_json(result)
    else:
        return False
    return True

"""Commands that move rows and tell of them: predict, report, actuals, accuracy, segments, drift."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .. import tables
from ..segments import parsed_segment
from .output import as_facts, as_json, as_table, check_output, registry_of, write


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
    segment = parsed_segment(options.segment)
    with registry_of(options) as registry:
        result = registry.deployment(options.deployment).accuracy(
            options.bucket,
            options.start,
            options.end,
            options.package,
            options.metric,
            segment=segment,
        )
    if options.output is not None:
        write(result.to_arrow(baseline=True), options.output)
        print(f"{len(result.buckets):,} buckets in {options.output}", file=sys.stderr)
    elif options.json:
        as_json(result)
    else:
        as_table(
            ("metric", "value", "n", "baseline", "change %"),
            result.overall_rows(),
            "No prediction has met its actual yet.",
        )
        print()
        as_table(
            (result.bucket, "predicted", "matched", *result.metric_names),
            result.bucket_rows(),
            "No prediction was made in this time.",
        )


def segments(options: argparse.Namespace) -> None:
    """``segments``: columns and values, or the values of one compared."""
    check_output(options.output)
    with registry_of(options) as registry:
        result = registry.deployment(options.deployment).segments(
            options.column, options.start, options.end, options.package, options.metric
        )
    if options.output is not None:
        write(result.to_arrow(), options.output)
        print(f"{len(result.rows()):,} values in {options.output}", file=sys.stderr)
    elif options.json:
        as_json(result)
    else:
        as_table(result.headings, result.rows(), result.note)
        if result.rows() and result.note:
            print(result.note)


def drift(options: argparse.Namespace) -> None:
    """``drift``: by feature and by bucket."""
    check_output(options.output)
    with registry_of(options) as registry:
        result = registry.deployment(options.deployment).drift(
            options.bucket, options.start, options.end, options.package
        )
    if options.output is not None:
        write(result.to_arrow(), options.output)
        print(f"{len(result.buckets):,} buckets in {options.output}", file=sys.stderr)
    elif options.json:
        as_json(result)
    else:
        print(f"{result.status}: {result.reason}")
        if result.feature_rows():
            print()
            as_table(("status", "feature", "PSI", "n", "importance"), result.feature_rows())
        if result.buckets:
            print()
            as_table(result.bucket_headings(5), result.bucket_rows(5))

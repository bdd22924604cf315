"""Commands that move rows and tell of them: predict, report, actuals, accuracy and the like."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...domain.errors import InvalidInput
from .. import tables
from ..segments import parsed_segment
from .output import as_facts, as_json, as_table, check_output, registry_of, write

if TYPE_CHECKING:
    from ..deployments import Deployment
    from ..results import Drift, Health


def predict(options: argparse.Namespace) -> None:
    """``predict``: a file's rows; the answer to a file or standard output."""
    with registry_of(options) as registry:
        deployment = registry.deployment(options.deployment)
        if not deployment.target_type.has_rows:
            _ask_unstructured(deployment, options)
            return
        check_output(options.output)
        table = tables.read_file(Path(options.data))
        answer = deployment.predict(
            table,
            timestamp_column=options.timestamp_column,
            association_id_column=options.association_id_column,
            passthrough=options.passthrough,
        )
    write(answer, options.output, in_json=options.json)
    if options.output is not None:
        print(f"{answer.num_rows:,} predictions in {options.output}", file=sys.stderr)


def _ask_unstructured(deployment: Deployment, options: argparse.Namespace) -> None:
    """Send a file as it is; its answer as it is to a file or standard output."""
    path = Path(options.data)
    if not path.is_file():
        raise InvalidInput(f"There is no file {options.data!r}.", advice="Give the path of one.")
    answer = deployment.predict_unstructured(path, mimetype=options.mimetype)
    content = answer.content or b""
    if options.output is None:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
    else:
        Path(options.output).write_bytes(content)
        print(f"{len(content):,} bytes of {answer.mimetype} in {options.output}", file=sys.stderr)


def report(options: argparse.Namespace) -> None:
    """``report``: predictions made outside."""
    table = tables.read_file(Path(options.data))
    with registry_of(options) as registry:
        result = registry.deployment(options.deployment).report(
            table,
            association_id_column=options.association_id_column,
            timestamp_column=options.timestamp_column,
            package=options.package,
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
            association_id_column=options.association_id_column,
            value_column=options.value_column,
            timestamp_column=options.timestamp_column,
        )
    if options.json:
        as_json(result)
    else:
        as_facts(result.model_dump(exclude={"rejections"}))
        if result.waiting and not result.matched:
            print("None of the association IDs has a prediction yet.", file=sys.stderr)
        for item in result.rejections:
            print(f"  row {item.row}: {item.reason}", file=sys.stderr)
    return 1 if result.rejected else 0


def accuracy(options: argparse.Namespace) -> None:
    """``accuracy``: overall and by bucket."""
    segment = parsed_segment(options.segment)
    named = {} if segment is None else {"segment": segment}
    result = _read("accuracy", options, {"metrics": options.metric} | named, baseline=True)
    if result is None:
        return
    none = "No prediction has met its actual yet."
    as_table(result.overall_headings, result.overall_rows(), none)
    print()
    none = "No prediction was made in this time."
    as_table(result.bucket_headings(), result.bucket_rows(), none)


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
    result = _read("drift", options)
    if result is not None:
        _print(
            result,
            (result.feature_headings, result.feature_rows()),
            (result.bucket_headings(5), result.bucket_rows(5)),
        )


def health(options: argparse.Namespace) -> None:
    """``health``: requests, errors and times, overall and by bucket."""
    result = _read("health", options)
    if result is not None:
        _print(
            result,
            (result.overall_headings, result.overall_rows()),
            (result.bucket_headings(), result.bucket_rows()),
        )


def _read(
    what: str, options: argparse.Namespace, more: Mapping[str, Any] | None = None, **columns: bool
) -> Any:
    """What the deployment's method so called gives; ``None`` once it is written, or is JSON.

    ``more`` are its other arguments; ``columns`` say which columns a file gets.
    """
    check_output(options.output)
    with registry_of(options) as registry:
        read = getattr(registry.deployment(options.deployment), what)
        result = read(options.bucket, options.start, options.end, options.package, **(more or {}))
    if options.output is not None:
        write(result.to_arrow(**columns), options.output)
        print(f"{len(result.buckets):,} buckets in {options.output}", file=sys.stderr)
        return None
    if options.json:
        as_json(result)
        return None
    return result


def _print(result: Drift | Health, *parts: tuple[Sequence[str], Sequence[Sequence[Any]]]) -> None:
    """The status and why, then the tables that have rows."""
    print(f"{result.status}: {result.reason}")
    for headings, rows in parts:
        if rows:
            print()
            as_table(headings, rows)

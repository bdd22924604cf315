"""Commands on deployments: create, replace, roll back, keys, rebuild."""

from __future__ import annotations

import argparse
import sys

from ...domain.errors import InvalidInput
from ...domain.kinds import CheckStatus
from ..results import Replacement
from .exit_codes import DONE, REFUSED
from .output import as_json, as_table, registry_of


def deploy(options: argparse.Namespace) -> None:
    """``deploy``: a deployment from a package."""
    if (options.label is None) == (options.label_as is None):
        options.parser.error("say the deployment's label once: PACKAGE LABEL, or --as LABEL")
    with registry_of(options) as registry:
        deployment = registry.package(options.package).deploy(
            options.label or options.label_as,
            description=options.description,
            importance=options.importance,
            association_id_column=options.association_id_column,
            association_id_required=options.association_id_required,
            prediction_threshold=options.threshold,
            store_features=options.store_features,
            kernelspec=options.kernelspec,
            environment=options.environment,
            log=_log,
            segment_columns=options.segment,
            predict_seconds=options.predict_seconds,
        )
    if options.json:
        as_json(deployment)
    else:
        print(f"Deployed {deployment.package} as {deployment.label!r} (id {deployment.id}).")
        if deployment.kind.is_hosted and deployment.association_id_column is None:
            print(
                "It has no association ID column: name one with every predict, or once by "
                f"jupyter registry update {deployment.id} --association-id-column COLUMN, for "
                "actuals to find the predictions.",
                file=sys.stderr,
            )


def update(options: argparse.Namespace) -> None:
    """``update``: settings and state of a deployment."""
    names = (
        "state", "label", "description", "importance", "association_id_column",
        "association_id_required", "store_features", "predict_seconds",
    )  # fmt: skip
    changes = {name: getattr(options, name) for name in names}
    changes |= {
        "prediction_threshold": options.threshold,
        "segment_columns": options.segment,
    }
    changes = {name: value for name, value in changes.items() if value is not None}
    if not changes:
        raise InvalidInput(
            "There is nothing to change.",
            advice="Say what, such as --state inactive; see jupyter registry update --help.",
        )
    with registry_of(options) as registry:
        deployment = registry.deployment(options.deployment).update(**changes)
    if options.json:
        as_json(deployment)
    else:
        changed = ", ".join(name.replace("_", " ") for name in changes)
        print(f"Changed {deployment.label!r}: {changed}.")


def replace(options: argparse.Namespace) -> int:
    """``replace``: another package in service; or only the checks, refused if one fails."""
    with registry_of(options) as registry:
        result = registry.deployment(options.deployment).replace(
            options.package,
            options.reason,
            options.note,
            options.dry_run,
            environment=options.environment,
            kernelspec=options.kernelspec,
            log=_log,
        )
    _print(result, options)
    failing = [check.name for check in result.checks if check.status is CheckStatus.FAILING]
    if failing:
        print(f"Failing: {', '.join(failing)}. It would be refused.", file=sys.stderr)
    return REFUSED if failing else DONE


def rollback(options: argparse.Namespace) -> None:
    """``rollback``: the previous package back in service."""
    with registry_of(options) as registry:
        result = registry.deployment(options.deployment).rollback(options.note)
    _print(result, options)


def rebuild_accuracy(options: argparse.Namespace) -> None:
    """``rebuild-accuracy``: of one deployment, or of all."""
    with registry_of(options) as registry:
        if options.deployment is not None:
            chosen = [registry.deployment(options.deployment)]
        else:
            chosen = list(registry.deployments())
        results = {deployment.label: deployment.rebuild_accuracy() for deployment in chosen}
    if options.json:
        as_json(results)
        return
    for label, result in results.items():
        counts = ", ".join(f"{value:,} {name}" for name, value in result.items() if _counts(value))
        print(f"Rebuilt {label!r}{f': {counts}' if counts else ''}.")


def key(options: argparse.Namespace) -> None:
    """``key``: a prediction key; the secret alone on standard output."""
    with registry_of(options) as registry:
        made = registry.deployment(options.deployment).create_key(options.name)
    if options.json:
        as_json(made)
    else:
        print("Keep it: it is not shown again.", file=sys.stderr)
        print(made.key)


def keys(options: argparse.Namespace) -> None:
    """``keys``: those of a deployment, after one was revoked where asked for."""
    with registry_of(options) as registry:
        deployment = registry.deployment(options.deployment)
        if options.revoke is not None:
            deployment.revoke_key(options.revoke)
        found = deployment.keys()
    if options.json:
        as_json(found)
    else:
        as_table(found.headings, found.rows())


def _log(line: str) -> None:
    """A line that the building of an environment logs; standard output is for the result."""
    print(line, file=sys.stderr)


def _counts(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _print(result: Replacement, options: argparse.Namespace) -> None:
    if options.json:
        as_json(result)
        return
    if result.checks:
        as_table(result.headings, result.rows())
    done = "is in service of" if result.replaced else "stays in service of"
    print(f"{result.deployment.package} {done} {result.deployment.label!r}.")

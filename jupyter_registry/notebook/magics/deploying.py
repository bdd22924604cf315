"""``%deploy``, ``%replace`` and ``%rollback``: which package is in service."""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ...domain.kinds import Importance, ModelEnvironment, ReplacementReason
from . import arguments
from .arguments import Command, Kind, Misused, Parser

if TYPE_CHECKING:
    from ...client.deployments import Deployment, Replacement
    from ...client.packages import Package
    from .context import Context


def deploy(context: Context, options: argparse.Namespace) -> Deployment:
    """``%deploy``."""
    return put_in_service(context.registry.package(options.package), options.label, options)


def put_in_service(package: Package, label: str, options: argparse.Namespace) -> Deployment:
    """Deploy a package as the options of `add_deployment`, threshold and description say."""
    with told_in_one_line():
        return package.deploy(label, **settings_of(options))


@contextmanager
def told_in_one_line() -> Iterator[None]:
    """Print what is warned of meanwhile, without where in the code it was."""
    from ...client.environments import OtherLibraries  # when needed: it takes long to import

    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always", OtherLibraries)
        try:
            yield
        finally:
            for one in found:
                print(f"Warning: {one.message}", file=sys.stderr)


def settings_of(options: argparse.Namespace) -> dict[str, Any]:
    """A deployment's settings, as `Package.deploy` takes them."""
    return {
        "description": options.description,
        "importance": options.importance or Importance.MODERATE,
        "association_id_column": options.association_id_column,
        "association_id_required": options.association_id_required,
        "prediction_threshold": options.threshold,
        "store_features": options.store_features,
        "kernelspec": options.kernelspec,
        "environment": options.environment or ModelEnvironment.KERNELSPEC,
        "segment_columns": arguments.several(options.segment_columns) or [],
        "predict_seconds": options.predict_seconds,
    }


def replace(context: Context, options: argparse.Namespace) -> Replacement:
    """``%replace``; only a trial needs no reason."""
    if options.reason is None and not options.dry_run:
        raise Misused(
            f"%replace: give a --reason: {', '.join(ReplacementReason)}.",
            advice="Or only check, with --dry-run.",
        )
    return context.registry.deployment(options.deployment).replace(
        options.package,
        options.reason or ReplacementReason.OTHER,
        options.note,
        options.dry_run,
        environment=options.environment,
        kernelspec=options.kernelspec,
    )


def rollback(context: Context, options: argparse.Namespace) -> Replacement:
    """``%rollback``."""
    return context.registry.deployment(options.deployment).rollback(options.note)


def _deploy() -> Parser:
    made = Parser(
        "deploy",
        deploy,
        "Create a deployment from a package. The value is the deployment.",
        "example:\n  %deploy churn@champion --as churn --id visit --importance high",
    )
    made.add("package", metavar="PACKAGE", completes=Kind.PACKAGE, help=arguments.PACKAGE)
    made.add("--as", required=True, metavar="LABEL", dest="label", help="the deployment's label")
    add_deployment(made)
    made.add("--threshold", type=float, help="least probability that predicts the positive class")
    made.add("--description", default="", metavar="TEXT")
    return made


def add_deployment(parser: Parser, what_for: str = "") -> list[argparse.Action]:
    """Add the options that a deployment alone has, for `put_in_service`; what they became.

    Threshold and description, which a package has too, are not among them.

    Parameters
    ----------
    what_for:
        Put before each one's help.

    """
    return [
        parser.choose("--importance", Importance, help=f"{what_for}default: {Importance.MODERATE}"),
        parser.add(
            "--association-id-column",
            "--id",
            metavar="COLUMN",
            dest="association_id_column",
            completes=Kind.COLUMN,
            help=f"{what_for}the input column that ties a prediction to what later happened",
        ),
        parser.add(
            "--association-id-required",
            "--id-required",
            action="store_true",
            dest="association_id_required",
            help=f"{what_for}refuse predictions without one",
        ),
        parser.add(
            "--store-features", action="store_true", help=f"{what_for}keep input values as well"
        ),
        parser.add(
            "--kernelspec",
            metavar="NAME",
            help=f"{what_for}whose Python the model runs in",
        ),
        parser.choose(
            "--environment",
            ModelEnvironment,
            help=f"{what_for}run with the kernelspec's libraries, or build what the package needs",
        ),
        parser.add(
            "--predict-seconds",
            type=float,
            metavar="SECONDS",
            help=f"{what_for}what the model may take for one call before its worker is ended",
        ),
        parser.add(
            "--segment",
            action="append",
            metavar="COLUMN,…",
            dest="segment_columns",
            completes=Kind.INPUT,
            help=f"{what_for}keep accuracy by these columns' values too; may be repeated",
        ),
    ]


def _replace() -> Parser:
    made = Parser(
        "replace",
        replace,
        "Put another package in service, after checks. The value lists the checks.",
        "example:\n  %replace churn churn/4 --reason data_drift --note 'prices rose in May'",
    )
    _deployment(made)
    made.add("package", metavar="PACKAGE", completes=Kind.PACKAGE, help=arguments.PACKAGE)
    made.choose("--reason", ReplacementReason)
    made.add("--note", default="", metavar="TEXT")
    made.add("--dry-run", action="store_true", help="only check")
    made.choose(
        "--environment",
        ModelEnvironment,
        help="whose libraries it runs with, see %%deploy (default: as it is)",
    )
    made.add(
        "--kernelspec",
        metavar="NAME",
        help="whose Python it runs in; '' is the registry's default one (default: as it is)",
    )
    return made


def _rollback() -> Parser:
    made = Parser(
        "rollback",
        rollback,
        "Put the previous package back in service. The value lists the checks.",
    )
    _deployment(made)
    made.add("--note", default="", metavar="TEXT")
    return made


def _deployment(parser: Parser) -> None:
    parser.add("deployment", metavar="LABEL", completes=Kind.DEPLOYMENT, help=arguments.DEPLOYMENT)


DEPLOY = Command(_deploy())
REPLACE = Command(_replace())
ROLLBACK = Command(_rollback())

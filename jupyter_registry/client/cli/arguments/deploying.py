"""What can be said of deployments: created, changed, replaced, their keys."""

from __future__ import annotations

import argparse
from typing import Any

from ....domain.kinds import DeploymentState, Importance, ModelEnvironment, ReplacementReason
from .parts import DEPLOYMENT, PACKAGE, command, may_follow, values


def add_deploy(commands: Any) -> None:
    """``deploy``."""
    made = command(commands, "deploy", "deploying", "create a deployment from a package")
    made.add_argument("package", help=PACKAGE)
    may_follow(made, "label", help="the deployment's label")
    made.add_argument("--as", dest="label_as", metavar="LABEL", help="the label, said so")
    made.add_argument("--description", default="")
    made.add_argument("--importance", choices=values(Importance), default="moderate")
    made.add_argument(
        "--association-id-column",
        "--id",
        metavar="COLUMN",
        help="the input column with your key of each row, by which actuals find predictions",
    )
    made.add_argument(
        "--association-id-required",
        "--id-required",
        action="store_true",
        help="refuse rows without one",
    )
    made.add_argument("--threshold", type=float, help="least probability of the positive class")
    made.add_argument("--store-features", action="store_true", help="keep input values as well")
    made.add_argument("--kernelspec", help="whose Python the model runs in")
    made.add_argument(
        "--environment",
        choices=values(ModelEnvironment),
        default="kernelspec",
        help="run with the kernelspec's libraries, or build what the package needs (default: "
        "%(default)s)",
    )
    _add_predict_seconds(made)
    made.add_argument(
        "--segment",
        action="append",
        default=[],
        metavar="COLUMN",
        help="keep accuracy by this column's values too; up to 5 times",
    )


def _add_predict_seconds(made: argparse.ArgumentParser) -> None:
    made.add_argument(
        "--predict-seconds",
        type=float,
        metavar="SECONDS",
        help="what the model may take for one call before its worker is ended",
    )


def add_update(commands: Any) -> None:
    """``update``."""
    made = command(
        commands, "update", "deploying", "change a deployment's settings or state; others stay"
    )
    made.add_argument("deployment", help=DEPLOYMENT)
    made.add_argument("--state", choices=values(DeploymentState))
    made.add_argument("--label", help="another label")
    made.add_argument("--description")
    made.add_argument("--importance", choices=values(Importance))
    made.add_argument("--association-id-column", metavar="COLUMN", help="see deploy")
    made.add_argument("--association-id-required", action=argparse.BooleanOptionalAction)
    made.add_argument("--threshold", type=float, help="least probability of the positive class")
    made.add_argument("--store-features", action=argparse.BooleanOptionalAction)
    _add_predict_seconds(made)
    made.add_argument(
        "--segment",
        action="append",
        metavar="COLUMN",
        help="keep accuracy by this column's values too, and by no other than those named here",
    )


def add_replace(commands: Any) -> None:
    """``replace``."""
    made = command(commands, "replace", "deploying", "put another package in service")
    made.add_argument("deployment", help=DEPLOYMENT)
    made.add_argument("package", help=PACKAGE)
    made.add_argument("--reason", choices=values(ReplacementReason), default="other")
    made.add_argument("--note", default="")
    made.add_argument("--dry-run", action="store_true", help="only check")
    made.add_argument(
        "--environment",
        choices=values(ModelEnvironment),
        help="whose libraries it runs with, see deploy (default: as it is)",
    )
    made.add_argument(
        "--kernelspec",
        help="whose Python it runs in; '' is the registry's default one (default: as it is)",
    )


def add_rollback(commands: Any) -> None:
    """``rollback``."""
    made = command(commands, "rollback", "deploying", "put the previous package back in service")
    made.add_argument("deployment", help=DEPLOYMENT)
    made.add_argument("--note", default="")


def add_rebuild(commands: Any) -> None:
    """``rebuild-accuracy``."""
    made = command(
        commands,
        "rebuild-accuracy",
        "deploying",
        "compute what accuracy is read from anew, from the recorded rows; drift stays as it is",
    )
    made.add_argument("deployment", nargs="?", help=f"{DEPLOYMENT} (default: all)")


def add_key(commands: Any) -> None:
    """``key``."""
    made = command(commands, "key", "deploying", "make a prediction key; it is shown once")
    made.add_argument("deployment", help=DEPLOYMENT)
    may_follow(made, "name", default="", help="what the key is for")


def add_keys(commands: Any) -> None:
    """``keys``."""
    made = command(commands, "keys", "deploying", "list prediction keys, or revoke one")
    made.add_argument("deployment", help=DEPLOYMENT)
    made.add_argument("--revoke", type=int, metavar="ID", help="make this key useless, at once")

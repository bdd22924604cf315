"""What can be said to list and show."""

from __future__ import annotations

import argparse
from typing import Any

from ....domain.kinds import DeploymentState, Importance, PackageKind, Status, TargetType
from .parts import DEPLOYMENT, PACKAGE, command, positive, values


def add_list(commands: Any) -> None:
    """``list``."""
    made = command(commands, "list", "reading", "list packages")
    made.add_argument("q", nargs="?", metavar="TEXT", help="words to find in them")
    made.add_argument("--name", help="of this registered model alone")
    made.add_argument("--kind", choices=values(PackageKind))
    made.add_argument("--target")
    made.add_argument("--target-type", choices=values(TargetType))
    made.add_argument("--tag", action="append", metavar="KEY[:VALUE]")
    made.add_argument("--alias")
    made.add_argument("--creator")
    made.add_argument("--deployed", action=argparse.BooleanOptionalAction, default=None)
    made.add_argument("--archived", action="store_true", help="archived ones alone")
    made.add_argument("--latest", action="store_true", help="the newest version of each model")
    made.add_argument("--sort", default="-created_at", help="for instance name, or -created_at")
    made.add_argument("--limit", type=positive, default=50, help="how many (default: 50)")


def add_models(commands: Any) -> None:
    """``models``."""
    made = command(commands, "models", "reading", "list registered models")
    made.add_argument("q", nargs="?", metavar="TEXT", help="words to find in them")
    made.add_argument("--limit", type=positive, default=50, help="how many (default: 50)")


def add_deployments(commands: Any) -> None:
    """``deployments``."""
    made = command(commands, "deployments", "reading", "list deployments")
    made.add_argument("q", nargs="?", metavar="TEXT", help="words to find in them")
    made.add_argument("--state", choices=values(DeploymentState))
    made.add_argument("--importance", choices=values(Importance))
    made.add_argument("--model", help="with a package of this registered model in service")
    for name, what in (("service", "service health"), ("drift",) * 2, ("accuracy",) * 2):
        made.add_argument(f"--{name}", choices=values(Status), help=f"with this status of {what}")
    made.add_argument("--status", action="store_true", help="say how each does")
    made.add_argument("--sort", default="-created_at", help="label, importance, champion, …")
    made.add_argument("--limit", type=positive, default=50, help="how many (default: 50)")


def add_show(commands: Any) -> None:
    """``show``."""
    made = command(commands, "show", "reading", "show a package, or a deployment")
    which = made.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "package", nargs="?", metavar="PACKAGE", help=f"{PACKAGE}; else a deployment's label"
    )
    which.add_argument("-d", "--deployment", help=DEPLOYMENT)

"""What can be said to register."""

from __future__ import annotations

from typing import Any

from .... import formats
from ....domain.kinds import PackageKind, TargetType
from .parts import TABLE, command, may_follow, values


def add_register(commands: Any) -> None:
    """``register``."""
    made = command(commands, "register", "registering", "register a model package")
    made.add_argument("name", help="the registered model's name")
    may_follow(
        made,
        "path",
        nargs="*",
        help="the model's files, folder or archive, with custom.py or without; none for an "
        "external package",
    )
    made.add_argument(
        "--target", help="the name of what is predicted; anomaly and unstructured need none"
    )
    made.add_argument("--kind", choices=values(PackageKind))
    made.add_argument("--target-type", "--type", choices=values(TargetType))
    made.add_argument("--class-labels", "--labels", nargs="+", metavar="LABEL")
    made.add_argument("--positive-class", "--positive", metavar="LABEL")
    made.add_argument("--threshold", type=float, help="least probability of the positive class")
    made.add_argument("--training", "--data", metavar="TRAINING", help=f"training data: {TABLE}")
    made.add_argument("--holdout", help=f"holdout data: {TABLE}")
    made.add_argument("--predictions", metavar="COLUMN", help="the holdout's predictions")
    made.add_argument(
        "--importance",
        action="append",
        metavar="FEATURE=NUMBER",
        help="how much a feature matters, for drift (default: measured); may be repeated, or a "
        ".json file with a number by feature",
    )
    made.add_argument("--format", help=f"{', '.join(formats.FORMAT_NAMES)} (default: by content)")
    made.add_argument("--description", default="")
    made.add_argument("--tag", action="append", default=[], metavar="KEY[:VALUE]")
    made.add_argument("--alias", action="append", default=[])
    made.add_argument("--location", help="where an external model is")
    made.add_argument("--build-environment", help="what built it")
    own = "the code in the files' pickles is mine: classes of a notebook, modules of my own"
    made.add_argument("--own-code", action="store_true", help=own)
    made.add_argument(
        "--sign-with",
        metavar="KEY",
        help="sign the files with this private key, and its certificates if it has them",
    )

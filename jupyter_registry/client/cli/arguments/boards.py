"""What can be said of leaderboards."""

from __future__ import annotations

import argparse
from typing import Any

from ....domain.kinds import LEARNED, LeaderboardState
from .parts import TABLE, command, may_follow, positive, values

_ID = "the leaderboard's id"


def add_leaderboards(commands: Any) -> None:
    """``leaderboards``."""
    made = command(commands, "leaderboards", "boards", "list leaderboards")
    made.add_argument("q", nargs="?", metavar="TEXT", help="words to find in them")
    made.add_argument("--state", choices=values(LeaderboardState))
    made.add_argument("--name", help="whose models become packages of this name")
    made.add_argument("--sort", default="-created_at", help="created_at, name, target")
    made.add_argument("--limit", type=positive, default=50, help="how many (default: 50)")


def add_leaderboard(commands: Any) -> None:
    """``leaderboard``."""
    made = command(commands, "leaderboard", "boards", "show a leaderboard's models, ranked")
    made.add_argument("id", type=positive, help=_ID)
    made.add_argument("--metric", help="what ranks (default: the leaderboard's own)")
    made.add_argument("-o", "--output", help="write the models to a .csv, .parquet or .json file")


def add_train(commands: Any) -> None:
    """``train``."""
    made = command(
        commands, "train", "training", "train models of a table on the server, and rank them",
        epilog="An interrupt (Ctrl-C) ends it early; the models that are finished are kept.",
    )  # fmt: skip
    made.add_argument("data", help=TABLE)
    made.add_argument("--target", required=True, metavar="COLUMN", help="the column to predict")
    _recipe(made, "60")


def add_rerun(commands: Any) -> None:
    """``rerun``."""
    made = command(
        commands, "rerun", "training", "train a leaderboard again on new data, as its successor",
        epilog="Recipe and seed are the leaderboard's but for what is said here. Its models in use "
        "are measured on the new holdout; then compare tells which is better. An interrupt "
        "(Ctrl-C) ends it early; the models that are finished are kept.",
    )  # fmt: skip
    made.add_argument("id", type=positive, help=_ID)
    made.add_argument("data", help=TABLE)
    _recipe(made, "as it was")


def _recipe(made: argparse.ArgumentParser, budget: str) -> None:
    """What a training may be told, in the words of `training.Leaderboard`."""
    made.add_argument(
        "--time-budget", type=float, metavar="SECONDS", help=f"for all (default: {budget})"
    )
    made.add_argument("--metric", help="what ranks (default: auc, log_loss or rmse)")
    made.add_argument("--target-type", choices=values(LEARNED))
    made.add_argument("--positive-class", metavar="LABEL")
    made.add_argument(
        "--date-column", metavar="COLUMN", help="divide by time: the latest rows are the holdout"
    )
    made.add_argument(
        "--group-column", metavar="COLUMN", help="keep the rows of one value together"
    )
    made.add_argument(
        "--drop", action="append", metavar="COLUMN", help="do not train on it; may be repeated"
    )
    made.add_argument(
        "--family", action="append", dest="families", metavar="NAME",
        help="of models; may be repeated (default: all that are installed)",
    )  # fmt: skip
    made.add_argument(
        "--tune", action=argparse.BooleanOptionalAction, default=None,
        help="whether to search for good settings",
    )  # fmt: skip
    made.add_argument("--seed", type=int, help="the same seed divides and trains alike")
    made.add_argument("--name", help="of the packages that models become")
    made.add_argument("--kernelspec", help="whose Python it is trained in")


def add_compare(commands: Any) -> None:
    """``compare``."""
    made = command(
        commands, "compare", "boards",
        "compare a leaderboard's model with its predecessor's, on the same holdout",
        epilog="The holdout of the newer model is unlocked by it. What it is compared with was "
        "measured when the leaderboard was trained; see rerun.",
    )  # fmt: skip
    made.add_argument("id", type=positive, help=f"{_ID}: the newer one's")
    may_follow(made, "model", help="its model: a rank, or a label (default: 1, the best)")
    made.add_argument(
        "--with", dest="beside", metavar="MODEL",
        help="the predecessor's model: its number or label (default: the one in use)",
    )  # fmt: skip
    made.add_argument("--metric", help="what a rank is by (default: the leaderboard's own)")
    made.add_argument("-o", "--output", help="write it to a .csv, .parquet or .json file")


def add_delete_leaderboard(commands: Any) -> None:
    """``delete-leaderboard``."""
    made = command(
        commands, "delete-leaderboard", "boards",
        "delete a leaderboard with its models; packages made of them stay",
    )  # fmt: skip
    made.add_argument("id", type=positive, help=_ID)
    made.add_argument("--yes", action="store_true", help="do not ask")

"""What can be said of leaderboards."""

from __future__ import annotations

from typing import Any

from ....domain.kinds import LeaderboardState
from .parts import command, positive, values


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
    made.add_argument("id", type=positive, help="the leaderboard's id")
    made.add_argument("--metric", help="what ranks (default: the leaderboard's own)")
    made.add_argument("-o", "--output", help="write the models to a .csv, .parquet or .json file")

"""The leaderboard: models trained automatically on a table, ranked, and told to a sink.

It runs in the kernel, or as a job in a process of its own (`training.job`); the models train in a
child process of either, so that neither imports scikit-learn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .comparison import compare
    from .leaderboard import Leaderboard

__all__ = ["Leaderboard", "compare"]


def __getattr__(name: str) -> Any:
    if name == "Leaderboard":
        from .leaderboard import Leaderboard

        return Leaderboard
    if name == "compare":
        from .comparison import compare

        return compare
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])

"""Commands that have the server train."""

from __future__ import annotations

import argparse
import sys

from ...domain.kinds import BoardModelState
from ...domain.ranking import score_of
from .. import html
from ..board_models import BoardModel
from ..registry import Registry
from ..training_jobs import TrainingJob, begin
from .boards import print_board
from .exit_codes import DONE, REFUSED
from .output import registry_of

#: What is handed to `training.Leaderboard` under the same name.
_OPTIONS = (
    "metric", "target_type", "positive_class", "date_column", "group_column", "drop", "families",
    "tune", "seed",
)  # fmt: skip


def train(options: argparse.Namespace) -> int:
    """``train``: a new leaderboard."""
    with registry_of(options) as registry:
        return _followed(registry, options, options.target, None)


def rerun(options: argparse.Namespace) -> int:
    """``rerun``: a leaderboard's successor."""
    with registry_of(options) as registry:
        board = registry.leaderboard(options.id)
        return _followed(registry, options, board.target_name, board.id)


def _followed(
    registry: Registry, options: argparse.Namespace, target: str, predecessor: int | None
) -> int:
    """Begin, say on standard error what comes, and show the leaderboard at the end."""
    given = {name: getattr(options, name) for name in _OPTIONS}
    job = begin(
        registry,
        options.data,
        target,
        predecessor=predecessor,
        time_budget=options.time_budget,
        name=options.name,
        kernelspec=options.kernelspec,
        options={name: value for name, value in given.items() if value is not None},
        progress=not options.json,
    )
    try:
        board = job.wait(_News())
    except KeyboardInterrupt:
        job.cancel()
        kept = job.refresh().leaderboard_id
        told = f"; leaderboard {kept} has what was finished" if kept is not None else ""
        print(f"Stopped{told}.", file=sys.stderr)
        raise
    print_board(board, board.models(), options)
    return DONE if board.error is None else REFUSED


class _News:
    """Tells of each model, once it is there, on standard error."""

    def __init__(self) -> None:
        self._done = 0
        self._told: set[int] = set()

    def __call__(self, job: TrainingJob) -> None:
        if job.progress.done == self._done and not job.has_ended:
            return
        self._done = job.progress.done
        board = job.board()
        if board is None:
            return
        ranking = board.models()
        for model in sorted((*ranking, *ranking.failed), key=lambda one: one.number):
            if model.number not in self._told:
                self._told.add(model.number)
                print(_line(model, board.metric), file=sys.stderr)


def _line(model: BoardModel, metric: str) -> str:
    if model.state is not BoardModelState.DONE:
        return f"{model.label}: failed. {(model.reason or '').partition(chr(10))[0][:200]}"
    score = score_of(model.validation, metric)
    return f"{model.label}: {metric} {html.text(score)}, trained in {model.training_seconds:.1f} s"

"""Commands about leaderboards."""

from __future__ import annotations

import argparse
import sys

from .. import tables
from ..board_models import Ranking
from ..leaderboards import Board
from .exit_codes import DONE, REFUSED
from .output import as_facts, as_json, as_table, check_output, registry_of, write
from .reading import page_size, print_pages


def leaderboards(options: argparse.Namespace) -> None:
    """``leaderboards``: a list of them."""
    with registry_of(options) as registry:
        found = registry.leaderboards(
            options.q,
            state=options.state,
            name=options.name,
            sort=options.sort,
            page_size=page_size(options),
        )
        print_pages(found, options)


def leaderboard(options: argparse.Namespace) -> None:
    """``leaderboard``: one with its models, from best to worst."""
    check_output(options.output)
    with registry_of(options) as registry:
        board = registry.leaderboard(options.id)
        ranking = board.models(options.metric)
        if options.output is not None:
            write(ranking.to_arrow(), options.output)
        else:
            print_board(board, ranking, options)


def compare(options: argparse.Namespace) -> None:
    """``compare``: a model and one of the predecessor's, on the same holdout."""
    check_output(options.output)
    with registry_of(options) as registry:
        beside = None if options.beside is None else _rank(options.beside)
        found = registry.leaderboard(options.id).compare(
            _rank(options.model or "1"), beside, metric=options.metric
        )
    if options.output is not None:
        write(found.to_arrow(), options.output)
    elif options.json:
        old, new = found.names
        metrics = tables.records_of(found.to_arrow())
        as_json({"old": old, "new": new, "rows": found.rows, "metrics": metrics})
    else:
        print(found)


def delete_leaderboard(options: argparse.Namespace) -> int:
    """``delete-leaderboard``: after a question, unless that was answered."""
    with registry_of(options) as registry:
        board = registry.leaderboard(options.id)
        if not options.yes and not _agreed(board):
            print("Nothing was deleted.", file=sys.stderr)
            return REFUSED
        board.delete()
    if options.json:
        as_json({"deleted": board.id})
    else:
        print(f"Deleted leaderboard {board.id}: {board.name}.")
    return DONE


def print_board(board: Board, ranking: Ranking, options: argparse.Namespace) -> None:
    """Print a leaderboard with its models."""
    if options.json:
        models = [model.model_dump(mode="json") for model in (*ranking, *ranking.failed)]
        as_json(board.model_dump(mode="json") | {"models": models})
        return
    as_facts(
        {
            "leaderboard": board.id,
            "name": board.name,
            "state": board.state,
            "error": board.error,
            "target": board.target_name,
            "target type": board.target_type,
            "data": board.data.source,
            "rows": board.data.rows,
            "time budget s": board.time_budget,
            "predecessor": board.predecessor_id,
            "successors": board.successors,
            "warnings": board.warnings,
            "began": board.created_at,
            "by": board.created_by,
        }
    )
    print()
    as_table(ranking.headings, ranking.rows(), "There are no models yet.")
    if ranking.failed:
        print()
        as_table(
            ("number", "failed", "reason"),
            [(model.number, model.label, model.reason) for model in ranking.failed],
        )


def _agreed(board: Board) -> bool:
    """Ask whether it is to be deleted; who does not answer, does not agree."""
    print(
        f"Leaderboard {board.id} ({board.name}) has {board.models_done} models, which are deleted "
        "with it; packages made of them stay. Delete it? [y/N] ",
        end="",
        file=sys.stderr,
        flush=True,
    )
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _rank(text: str) -> int | str:
    """A rank or number, or a model's label."""
    return int(text) if text.isdigit() else text

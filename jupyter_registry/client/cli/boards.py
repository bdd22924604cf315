"""Commands about leaderboards."""

from __future__ import annotations

import argparse

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
        elif options.json:
            models = [model.model_dump(mode="json") for model in (*ranking, *ranking.failed)]
            as_json(board.model_dump(mode="json") | {"models": models})
        else:
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

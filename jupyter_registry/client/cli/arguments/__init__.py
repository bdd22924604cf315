"""What can be said on the command line: a parser of all commands, a module per kind of them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from . import boards, deploying, reading, registering, rows, server


def parser() -> argparse.ArgumentParser:
    """The parser of all commands; ``run`` of its result carries one out."""
    top = argparse.ArgumentParser(
        prog="jupyter registry",
        description="Register, deploy and assess models; ask for and report predictions.",
        epilog="Exit codes: 0 done, 1 refused by the registry, 2 wrong usage, 3 cannot connect. "
        "Without --url the server is found: by JUPYTER_REGISTRY_URL and JUPYTER_REGISTRY_TOKEN, "
        "else the one that runs on this machine.",
    )
    top.add_argument("--version", action=_Version)
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for add in _COMMANDS:
        add(commands)
    return top


class _Version(argparse.Action):
    """Print the version, looked up only when asked for."""

    def __init__(self, **options: Any) -> None:
        super().__init__(nargs=0, help="print the version", **options)

    def __call__(self, parser: argparse.ArgumentParser, *_: Any, **__: Any) -> None:
        from .... import __version__

        print(__version__)
        parser.exit()


#: In the order in which help lists them.
_COMMANDS: tuple[Callable[[Any], None], ...] = (
    server.add_serve,
    reading.add_list,
    reading.add_models,
    reading.add_deployments,
    boards.add_leaderboards,
    boards.add_leaderboard,
    boards.add_train,
    boards.add_rerun,
    boards.add_compare,
    boards.add_delete_leaderboard,
    reading.add_show,
    registering.add_register,
    deploying.add_deploy,
    deploying.add_update,
    deploying.add_replace,
    deploying.add_rollback,
    rows.add_predict,
    rows.add_report,
    rows.add_actuals,
    rows.add_accuracy,
    rows.add_segments,
    rows.add_drift,
    rows.add_health,
    deploying.add_rebuild,
    deploying.add_key,
    deploying.add_keys,
    server.add_upgrade,
)

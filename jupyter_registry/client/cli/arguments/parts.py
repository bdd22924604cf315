"""What the commands' arguments share."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

PACKAGE = "a package: name (its latest), name/version or name@alias"
DEPLOYMENT = "a deployment's label or id"
TABLE = "a CSV, Parquet or Arrow file"

#: Where the functions are that carry commands out.
_CLI = __name__.rpartition(".arguments.")[0]


def values(kind: Iterable[Any]) -> list[str]:
    """An enumeration's values, as they are typed."""
    return [str(member.value) for member in kind]


def positive(text: str) -> int:
    """A whole number from 1 on."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number


def command(
    commands: Any, name: str, module: str, help: str, *, connects: bool = True, **options: Any
) -> argparse.ArgumentParser:
    """A command carried out by the function of its name in a module beside, imported then."""
    made: argparse.ArgumentParser = commands.add_parser(
        name, allow_abbrev=False, help=help, description=help[0].upper() + help[1:] + ".", **options
    )
    run = name.replace("-", "_")
    made.set_defaults(
        run=partial(_run, module, run), parser=made, takes_rest=False, may_follow=None
    )
    if connects:
        made.add_argument("--url", help="the server's address")
        made.add_argument("--token", help="the server's token")
        made.add_argument("--json", action="store_true", help="print JSON")
    return made


def may_follow(made: argparse.ArgumentParser, name: str, **options: Any) -> None:
    """A last argument that may be left out, or come after options as well (see `main`)."""
    made.add_argument(name, **{"nargs": "?"} | options)
    made.set_defaults(may_follow=name)


def _run(module: str, name: str, options: argparse.Namespace) -> int | None:
    function: Callable[[argparse.Namespace], int | None] = getattr(
        importlib.import_module(f"{_CLI}.{module}"), name
    )
    return function(options)

"""The entry point: parse, run one command, turn what goes wrong into an exit code.

Exit codes: 0 done, 1 refused by the registry, 2 wrong usage, 3 cannot connect, 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections.abc import Sequence
from typing import Any

from ...domain.errors import RegistryError, nearest
from .arguments import parser
from .exit_codes import DONE, INTERRUPTED, NO_CONNECTION, REFUSED, USAGE


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the process's exit code is returned."""
    warnings.formatwarning = _warned
    if not (sys.argv[1:] if arguments is None else arguments):
        parser().print_help(sys.stderr)
        return USAGE
    options, rest = parser().parse_known_args(arguments)
    if rest and not options.takes_rest:
        rest = _followed(options, rest)
    if rest and not options.takes_rest:
        options.parser.error(_unknown(options.parser, rest))
    options.rest = rest
    try:
        return int(options.run(options) or DONE)
    except RegistryError as error:
        return _told(error)
    except BrokenPipeError:
        # the reader of a pipe has seen enough; keep the interpreter from failing on it again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        return INTERRUPTED


def _unknown(command: argparse.ArgumentParser, rest: list[str]) -> str:
    """What is said of words that the command does not know, with what may be meant."""
    known = [option for action in command._actions for option in action.option_strings]
    meant = " ".join(filter(None, (nearest(word, known) for word in rest if word.startswith("-"))))
    return f"unrecognised arguments: {' '.join(rest)}. {meant}".rstrip(". ") + (
        "" if meant else f" ({command.prog} --help lists what there is)"
    )


def _followed(options: argparse.Namespace, rest: list[str]) -> list[str]:
    """Take what came after options for the argument that was left out before them.

    argparse takes an argument that may be left out for left out as soon as an option comes.
    """
    name = options.may_follow
    if name is None or getattr(options, name) or any(word.startswith("-") for word in rest):
        return rest
    many = isinstance(getattr(options, name), list)
    setattr(options, name, rest if many else rest[0])
    return [] if many else rest[1:]


def _warned(message: Warning | str, *_: Any) -> str:
    return f"Warning: {message}\n"


def _told(error: RegistryError) -> int:
    print(f"{error.title}: {error}", file=sys.stderr)
    for check in error.fields.get("checks") or ():
        print(f"  {check['status']:<8} {check['name']}: {check['message']}", file=sys.stderr)
    for item in error.fields.get("rejected") or ():
        print(f"  row {item.get('row')}: {item.get('reason')}", file=sys.stderr)
    if error.fields.get("traceback"):
        print(str(error.fields["traceback"]).rstrip(), file=sys.stderr)
    # by name, so that the HTTP client is not imported to tell an error without it
    return NO_CONNECTION if type(error).__name__ == "CannotConnect" else REFUSED

"""What can be said in a magic's line: split by IPython's rules, parsed, misuse told by name.

An argument also knows what it stands for (`Kind`, or the texts it may be), for completion.
"""

from __future__ import annotations

import argparse
import ast
import csv
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum, auto
from typing import Any

from ...domain.errors import RegistryError, nearest


class Misused(RegistryError):
    """A magic's line cannot be understood."""

    title = "Wrong usage"


class HelpShown(Exception):
    """``--help`` was asked for and is printed; there is nothing more to do."""


class Kind(Enum):
    """What an argument stands for."""

    NAME = auto()
    """a registered model's name"""
    PACKAGE = auto()
    """a package: name, name/version or name@alias"""
    DEPLOYMENT = auto()
    """a deployment's label"""
    TABLE = auto()
    """a table: a variable, an expression or a file"""
    MODEL = auto()
    """a model: a variable, an expression, a file or a folder"""
    FILE = auto()
    """a file or a folder"""
    COLUMN = auto()
    """a column of a table"""
    METRIC = auto()
    """a metric of the deployment's target"""
    FEATURE = auto()
    """a feature of the deployment's champion"""
    INPUT = auto()
    """a column of the package's signature, or of a table"""
    SEGMENT_COLUMN = auto()
    """a segment column of the deployment"""
    SEGMENT = auto()
    """a segment column of the deployment and one of its values: column=value"""
    BOARD = auto()
    """a leaderboard's id"""
    BOARD_MODEL = auto()
    """the label of a model of the line's leaderboard"""
    FAMILY = auto()
    """a family of models"""
    ANY_METRIC = auto()
    """a metric of any target"""


PACKAGE = "a package: name (its latest), name/version or name@alias"
DEPLOYMENT = "a deployment's label"
TABLE = "a DataFrame (variable or expression), or the path of a CSV, Parquet or Arrow file"


class Parser(argparse.ArgumentParser):
    """Parses the tokens of a line; raises `Misused` where a program would end.

    ``run`` of what it gives carries the line out.
    """

    def __init__(
        self,
        name: str,
        run: Callable[..., Any] | None,
        description: str,
        epilog: str = "",
        *,
        of_cell: bool = False,
    ) -> None:
        super().__init__(
            prog=f"%%{name}" if of_cell else f"%{name}",
            description=description,
            epilog=epilog or None,
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        self.set_defaults(run=run)
        self.kinds: dict[str, Kind | Sequence[str]] = {}
        #: Options that others make necessary, each with whether it lacks.
        self.wanted: dict[str, Callable[[argparse.Namespace], bool]] = {}
        self.add("--debug", action="store_true", help="show the traceback of an error")

    def add(
        self, *names: str, completes: Kind | Sequence[str] | None = None, **options: Any
    ) -> argparse.Action:
        """Add an argument, with what it stands for."""
        action = self.add_argument(*names, **options)
        if completes is not None:
            self.kinds[action.dest] = completes
        return action

    def choose(self, name: str, among: Iterable[str], **options: Any) -> argparse.Action:
        """Add an option that takes one of some texts."""
        known = [str(item) for item in among]
        shown = "{" + ",".join(known) + "}"
        return self.add(name, type=one_of(known), metavar=shown, completes=known, **options)

    def understand(self, tokens: Sequence[str]) -> argparse.Namespace:
        """Parse; raises `Misused`, or `HelpShown`."""
        if any(token in ("-h", "--help") for token in tokens):
            self.print_help()
            raise HelpShown
        self._check_options(tokens)
        options, rest = self.parse_known_intermixed_args(list(tokens))
        if rest:
            self.error(f"{rest[0]!r} is one argument too many")
        lacking = [name for name, wanted in self.wanted.items() if wanted(options)]
        if lacking:
            self.error(f"the following arguments are required: {', '.join(lacking)}")
        return options

    def option_of(self, name: str) -> str | None:
        """How an argument is written whose destination has a name."""
        for action in self._actions:
            if action.dest == name:
                return action.option_strings[-1] if action.option_strings else str(action.metavar)
        return None

    def arguments(self) -> tuple[list[argparse.Action], Mapping[str, argparse.Action]]:
        """The positional arguments in order, and the options by their spellings."""
        return self._get_positional_actions(), self._option_string_actions

    def error(self, message: str) -> Any:
        """Raise `Misused`."""
        text = message.rstrip(".")
        end = "" if text.endswith("?") else "."
        raise Misused(f"{self.prog}: {text}{end}", advice=f"{self.prog} --help tells more.")

    def _check_options(self, tokens: Sequence[str]) -> None:
        """Name an unknown option before others are missed; what has a space is no option."""
        known = self._option_string_actions
        for token in tokens:
            name = token.partition("=")[0]
            if token == "--":
                return
            if token.startswith("--") and " " not in token and name not in known:
                hint = nearest(name, [text for text in known if text.startswith("--")])
                self.error(f"there is no option {name}. {hint}".strip())


class Command:
    """A magic: its name, and the parser of its line."""

    def __init__(self, parser: Parser) -> None:
        self.name = parser.prog.lstrip("%")
        self._parser = parser

    def parser_for(self, tokens: Sequence[str]) -> tuple[Parser, list[str]]:
        """The parser for a line's tokens, and those that it takes."""
        return self._parser, list(tokens)

    def words(self) -> list[str]:
        """The words that a line can begin with, if there are such."""
        return []

    def help(self) -> str:
        """What ``--help`` prints."""
        return self._parser.format_help()


class Group(Command):
    """A magic whose first word chooses what it does; ``usual`` is chosen without one."""

    def __init__(self, name: str, description: str, parsers: Sequence[Parser], usual: str) -> None:
        self._parsers = {parser.prog.rpartition(" ")[2]: parser for parser in parsers}
        self._usual = usual
        width = max(map(len, self._parsers))
        listed = "\n".join(
            f"  {word:<{width}}  {parser.description}" for word, parser in self._parsers.items()
        )
        epilog = f"commands (without one: {usual}):\n{listed}\n\n%{name} COMMAND --help tells more."
        super().__init__(Parser(name, None, description, epilog))
        self._parser.add("command", nargs="?", metavar="COMMAND", help="one of those below")

    def parser_for(self, tokens: Sequence[str]) -> tuple[Parser, list[str]]:
        """The parser of the first word; raises `Misused` for an unknown one."""
        if not tokens:
            return self._parsers[self._usual], []
        first = tokens[0]
        if first in ("-h", "--help"):
            return self._parser, list(tokens)
        if first.startswith("-"):
            return self._parsers[self._usual], list(tokens)
        if first not in self._parsers:
            hint = nearest(first, list(self._parsers)) or f"There is {', '.join(self._parsers)}."
            self._parser.error(f"there is no command {first!r}. {hint}")
        return self._parsers[first], list(tokens[1:])

    def words(self) -> list[str]:
        """The commands."""
        return list(self._parsers)


class Token(str):
    """A token without its quotes; ``code`` has those that stand inside of it, as in ``a["b"]``."""

    code: str


def code_of(text: str) -> str:
    """A token as an expression of Python."""
    return text.code if isinstance(text, Token) else text


def split(line: str) -> list[str]:
    """A line's tokens by IPython's rules of quoting; a semicolon at the end only silences.

    Raises
    ------
    Misused
        when a quote is not closed.

    """
    from IPython.utils.process import arg_split  # type: ignore[attr-defined,unused-ignore]

    text = line.strip().removesuffix(";")
    try:
        tokens = [Token(token) for token in arg_split(text, posix=os.name == "posix")]
    except ValueError:
        raise Misused(
            "A quote is not closed.",
            advice='Close it, or put the text into the other kind of quotes: "it\'s".',
        ) from None
    written = arg_split(text, posix=False, strict=False)
    for position, token in enumerate(tokens):
        token.code = str(token)
        if len(written) == len(tokens) and written[position][:1] not in "'\"":
            token.code = written[position]
    return list(tokens)


# --- values of options ----------------------------------------------------------------------


def one_of(known: Sequence[str]) -> Callable[[str], str]:
    """The type of an option that takes one of some texts."""

    def check(text: str) -> str:
        if text not in known:
            hint = nearest(text, known)
            raise argparse.ArgumentTypeError(
                f"{text!r} is none of {', '.join(known)}. {hint}".strip()
            )
        return text

    return check


def moment(text: str) -> str:
    """A time in ISO 8601, as it is."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no time in ISO 8601, such as 2026-01-05 or 2026-01-05T12:00Z"
        ) from None
    return text


def several(given: Sequence[str] | None) -> list[Any] | None:
    """The values of an option that takes several: repeated, with commas, or a Python list."""
    if given is None:
        return None
    values: list[Any] = []
    for text in given:
        if text[:1] in ("[", "("):
            try:
                values += ast.literal_eval(text)
                continue
            except (ValueError, SyntaxError, TypeError):
                pass  # no list after all
        values += next(csv.reader([text], skipinitialspace=True), [])
    return values


def segment(given: str | None) -> tuple[str, str] | None:
    """``column=value`` as a pair; raises `InvalidInput`."""
    from ...client.segments import parsed_segment

    return parsed_segment(given)


def tags(given: Sequence[str]) -> dict[str, str]:
    """``key`` or ``key:value``, several times, as a mapping."""
    parted = (text.partition(":") for text in given)
    return {key: value for key, _, value in parted}

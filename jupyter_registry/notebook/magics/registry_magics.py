"""`RegistryMagics`: the magics, their settings, and how what goes wrong is told."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from typing import Any

from IPython.core.magic import (
    Magics,
    line_cell_magic,
    line_magic,
    magics_class,
    needs_local_scope,
    output_can_be_silenced,
)
from traitlets import Bool, Int, Unicode, observe

from ...domain.errors import RegistryError
from ..failures import MagicFailed, one_line
from ..session import Session
from .arguments import Command, HelpShown, Misused, Parser, split
from .assessing import ACCURACY, DRIFT, HEALTH
from .context import Cell, Context
from .deploying import DEPLOY, REPLACE, ROLLBACK
from .listing import DEPLOYMENTS, REGISTRY
from .predictor import PREDICTOR
from .registering import REGISTER
from .remembered import Remembered
from .rows import ACTUALS, PREDICT, REPORT
from .segments import SEGMENTS
from .training import BOARD, LEADERBOARD

COMMANDS: Mapping[str, Command] = {
    command.name: command
    for command in (
        REGISTRY, REGISTER, DEPLOY, REPLACE, ROLLBACK, DEPLOYMENTS, PREDICT, REPORT, ACTUALS,
        ACCURACY, SEGMENTS, DRIFT, HEALTH, PREDICTOR, LEADERBOARD, BOARD,
    )
}  # fmt: skip

#: What the API calls a thing whose option is called otherwise.
_FIELDS = {
    "target_name": "target",
    "prediction_threshold": "threshold",
    "kind": "external",
    "tag": "tags",
    "alias": "aliases",
    "metric": "metrics",
    "feature": "features",
    "package_id": "package",
    "segment_value": "segment",
}


#: A comment in a cell of options: a line of its own, or after two spaces or more.
_COMMENT = re.compile(r"(?:^\s*|\s{2,})#.*$")


def _magic(command: Command) -> Callable[..., Any]:
    """The method behind a magic; its documentation is the command's help."""

    def magic(
        self: RegistryMagics, line: str = "", local_ns: Mapping[str, Any] | None = None
    ) -> Any:
        return self.carry_out(command, line, local_ns)

    magic.__name__ = command.name
    magic.__qualname__ = f"RegistryMagics.{command.name}"
    magic.__doc__ = command.help()
    made: Callable[..., Any] = line_magic(output_can_be_silenced(needs_local_scope(magic)))
    return made


def _cell_magic(command: Command) -> Callable[..., Any]:
    """The method behind a cell magic; alone in its line it can only explain itself."""

    def magic(
        self: RegistryMagics,
        line: str = "",
        cell: str | None = None,
        local_ns: Mapping[str, Any] | None = None,
    ) -> Any:
        above = 1
        while cell is not None and line.rstrip().endswith("\\"):
            more, _, cell = cell.partition("\n")
            line = f"{line.rstrip()[:-1]} {self.shell.var_expand(more)}"
            above += 1
        held = None if cell is None else Cell(cell, above)
        result = self.carry_out(command, line, local_ns, held)
        # IPython looks for a semicolon at the cell's end alone
        return None if line.rstrip().endswith(";") else result

    magic.__name__ = command.name
    magic.__qualname__ = f"RegistryMagics.{command.name}"
    magic.__doc__ = command.help()
    made: Callable[..., Any] = line_cell_magic(output_can_be_silenced(needs_local_scope(magic)))
    return made


def _spread_magic(command: Command) -> Callable[..., Any]:
    """The method behind a magic whose options may go on in the cell, a ``#`` begins a comment."""

    def magic(
        self: RegistryMagics,
        line: str = "",
        cell: str | None = None,
        local_ns: Mapping[str, Any] | None = None,
    ) -> Any:
        lines = [line]
        for more in (cell or "").splitlines():
            text = _COMMENT.sub("", more).strip().removesuffix("\\")
            lines.append(str(self.shell.var_expand(text)))
        joined = " ".join(text for text in lines if text).strip()
        result = self.carry_out(command, joined, local_ns)
        return None if joined.endswith(";") else result

    magic.__name__ = command.name
    magic.__qualname__ = f"RegistryMagics.{command.name}"
    magic.__doc__ = command.help()
    made: Callable[..., Any] = line_cell_magic(output_can_be_silenced(needs_local_scope(magic)))
    return made


@magics_class
class RegistryMagics(Magics):
    """The registry's magics; set with ``%config RegistryMagics.<name> = <value>``."""

    url = Unicode(help="The server's address; empty: it is found.").tag(config=True)
    token = Unicode(help="The server's token; empty: it is found.").tag(config=True)
    debug = Bool(False, help="Show the traceback of every error.").tag(config=True)
    plot = Bool(True, help="Let %accuracy, %drift and %health show figures.").tag(config=True)
    page_size = Int(100, min=1, max=1000, help="Items that a list fetches at a time.").tag(
        config=True
    )

    registry = _magic(REGISTRY)
    register = _magic(REGISTER)
    deploy = _magic(DEPLOY)
    replace = _magic(REPLACE)
    rollback = _magic(ROLLBACK)
    deployments = _magic(DEPLOYMENTS)
    predict = _magic(PREDICT)
    report = _magic(REPORT)
    actuals = _magic(ACTUALS)
    accuracy = _magic(ACCURACY)
    segments = _magic(SEGMENTS)
    drift = _magic(DRIFT)
    health = _magic(HEALTH)
    predictor = _cell_magic(PREDICTOR)
    leaderboard = _spread_magic(LEADERBOARD)
    board = _magic(BOARD)

    def __init__(self, shell: Any) -> None:
        self.session = Session()
        self.remembered = Remembered(lambda: self.session.connection)
        super().__init__(shell=shell)
        self._points_elsewhere()

    @observe("url", "token")
    def _points_elsewhere(self, _: Any = None) -> None:
        self.session.point_to(self.url, self.token)
        self.remembered.forget()

    @classmethod
    def class_get_trait_help(cls, trait: Any, inst: Any = None, helptext: Any = None) -> str:
        """What ``%config RegistryMagics`` prints of a setting; the token stays out of it."""
        shown = None if trait.name == "token" else inst
        return str(super().class_get_trait_help(trait, shown, helptext))

    def carry_out(
        self,
        command: Command,
        line: str,
        local: Mapping[str, Any] | None = None,
        cell: Cell | None = None,
    ) -> Any:
        """Do what a line, and the cell below it, says; the value is the magic's.

        Raises
        ------
        MagicFailed
            whatever goes wrong; ``__cause__`` is the error itself, which is raised instead
            with ``--debug``.

        """
        parser: Parser | None = None
        debug = self.debug
        try:
            tokens = split(line)
            debug = debug or "--debug" in tokens
            parser, tokens = command.parser_for(tokens)
            options = parser.understand(tokens)
            result = options.run(Context(self, local, cell), options)
        except HelpShown:
            return None
        except Exception as error:
            if type(error).__name__ == "CannotConnect":
                self.session.forget()  # it may be back, elsewhere
            if debug:
                _print_remote_traceback(error)
                raise
            told = _of_expansion(command, line) if isinstance(error, Misused) else None
            raise MagicFailed(one_line(told or error, _options(parser, error))) from error
        self.remembered.forget()
        return result


def _options(parser: Parser | None, error: Exception) -> str:
    """The options that an error's fields mean, as a sentence."""
    if parser is None or not isinstance(error, RegistryError):
        return ""
    options = [parser.option_of(_FIELDS.get(name, name)) for name in error.fields]
    told = [
        option
        for option in dict.fromkeys(options)
        if option and option.startswith("-") and option not in str(error)
    ]
    return f"See {', '.join(told)}." if told else ""


def _of_expansion(command: Command, line: str) -> Misused | None:
    """What is most likely wrong with a line of several lines: a table was expanded into it."""
    if "\n" not in line.strip():
        return None
    return Misused(
        f"%{command.name}: what was expanded for $ or braces has several lines.",
        advice="Name a DataFrame or a model without $ and braces; put a text into quotes.",
    )


def _print_remote_traceback(error: Exception) -> None:
    """Print the traceback of the model, which is the server's, above our own."""
    if isinstance(error, RegistryError) and error.fields.get("traceback"):
        print(str(error.fields["traceback"]).rstrip(), file=sys.stderr)

"""What a route is made of: operations by verb, and their parameters with parser and schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .handlers.base import RegistryHandler
from .parameters import Parse, moment, one_of, pieces, whole_number, yes_or_no


@dataclass(frozen=True)
class Parameter:
    """A parameter of the query: how its text is parsed, and its JSON schema."""

    parse: Parse
    schema: Mapping[str, Any]
    description: str = ""
    repeated: bool = False


@dataclass(frozen=True)
class Operation:
    """One verb of a route. ``answer`` is a class by name, ``[name]`` for a list of it."""

    summary: str
    body: str | None = None
    answer: str | None = None
    status: int = 200
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    #: Whether rows go in: JSON, CSV, Parquet, Arrow.
    takes_rows: bool = False
    #: Whether rows come out, in the format of ``Accept``.
    gives_rows: bool = False
    #: Whether a body of any type goes in or comes out.
    takes_anything: bool = False
    gives_anything: bool = False
    #: Whether bytes go in or come out.
    takes_bytes: bool = False
    gives_bytes: bool = False


@dataclass(frozen=True)
class Route:
    """One address; ``{name}`` matches a part of the path, ``{name*}`` the rest of it."""

    path: str
    handler: type[RegistryHandler]
    operations: Mapping[str, Operation]

    @property
    def pattern(self) -> str:
        """The regular expression that tornado matches below the API's address."""

        def group(found: re.Match[str]) -> str:
            name, rest = found.group(1), found.group(2)
            return f"(?P<{name}>{'.+' if rest else '[^/]+'})"

        return re.sub(r"\{(\w+)(\*?)\}", group, self.path)


def text_parameter(description: str = "", *, repeated: bool = False) -> Parameter:
    """Any text."""
    return Parameter(str, {"type": "string"}, description, repeated)


def whole_parameter(description: str = "", **bounds: int) -> Parameter:
    """A whole number within bounds."""
    return Parameter(whole_number, {"type": "integer", **bounds}, description)


def choice_parameter(kind: str, description: str = "") -> Parameter:
    """One of an enumeration of `domain.kinds`, by its name."""
    return Parameter(one_of(kind), {"$ref": f"#/components/schemas/{kind}"}, description)


def pieces_parameter(description: str) -> Parameter:
    """Parts of a file, as first byte and the byte after the last."""
    schema = {"type": "string", "pattern": r"^\d+-\d+(,\d+-\d+)*$"}
    return Parameter(pieces, schema, description)


def moment_parameter(description: str) -> Parameter:
    """A date or time in ISO 8601."""
    return Parameter(moment, {"type": "string", "format": "date-time"}, description)


def yes_or_no_parameter(description: str) -> Parameter:
    """``true`` or ``false``."""
    return Parameter(yes_or_no, {"type": "boolean"}, description)

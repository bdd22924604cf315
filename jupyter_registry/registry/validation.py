"""Checks of what callers send, each naming the field and saying what is allowed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from ..domain.entities import ALIAS_PATTERN, NAME_PATTERN
from ..domain.errors import InvalidInput

_NAME_RULE = (
    "Names have 1 to 200 letters, digits, spaces, '_', '-' and '.'; they start with a letter, a "
    "digit or '_' and do not end with a space."
)
_ALIAS_RULE = (
    "Aliases have 1 to 100 letters, digits, '_' and '-', start with a letter, and are not 'latest'."
)
_RULES = {NAME_PATTERN: _NAME_RULE, ALIAS_PATTERN: _ALIAS_RULE}

#: Tags of one package.
MAX_TAGS = 100
#: Records of an input example.
MAX_EXAMPLES = 20


def invalid_input(error: ValidationError) -> InvalidInput:
    """The `InvalidInput` for pydantic's error: ``fields`` maps each path to its message."""
    fields: dict[str, str] = {}
    for item in error.errors(include_url=False):
        path = ".".join(str(part) for part in item["loc"]) or "body"
        rule = _RULES.get(str(item.get("ctx", {}).get("pattern")))
        message = {"extra_forbidden": "unknown field", "missing": "missing"}.get(
            item["type"], rule or item["msg"]
        )
        fields[path] = message
    listed = "; ".join(f"{path}: {message}" for path, message in fields.items())
    return InvalidInput(
        f"The request is not understood: {listed}.".replace("..", "."),
        advice="Correct the fields named.",
        fields=fields,
    )


def check_name(name: str, field: str = "name") -> str:
    """A registered model's name, as it may be."""
    text(name, field, 200)
    if not re.fullmatch(NAME_PATTERN, name):
        raise _refused(field, f"{name!r} cannot be the name of a model.", _NAME_RULE)
    return name


def check_alias(alias: str, field: str = "alias") -> str:
    """An alias, as it may be."""
    text(alias, field, 100)
    if not re.fullmatch(ALIAS_PATTERN, alias) or alias == "latest":
        raise _refused(field, f"{alias!r} cannot be an alias.", _ALIAS_RULE)
    return alias


def check_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Tags: key → value, at most `MAX_TAGS`; a key has no ``:``, which parts it from a value."""
    if len(tags) > MAX_TAGS:
        raise _refused(
            "tags", f"{len(tags)} tags are too many.", f"A package has at most {MAX_TAGS}."
        )
    for key, value in tags.items():
        text(key, "tags", 100)
        text(value, f"tags.{key}", 500)
        if not key.strip() or ":" in key:
            raise _refused(
                "tags",
                f"{key!r} cannot be the key of a tag.",
                "Keys have 1 to 100 characters and no ':'.",
            )
    return dict(tags)


def text(value: str | None, field: str, most: int) -> None:
    """Refuse a text that is too long or that no database can hold."""
    if value is None:
        return
    if len(value) > most:
        raise _refused(
            field, f"{field} has {len(value)} characters.", f"At most {most} are allowed."
        )
    if "\0" in value:
        raise _refused(field, f"{field} has a NUL character.", "Leave it out.")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _refused(
            field, f"{field} is not valid Unicode.", "Leave lone surrogates out."
        ) from None


def document(value: Any, field: str) -> None:
    """Refuse what is not JSON: NaN, infinities, and objects of other types."""
    try:
        json.dumps(value, allow_nan=False)
    except (ValueError, TypeError, RecursionError) as error:
        raise _refused(field, f"{field} is not JSON: {error}.", "Use null for NaN.") from None


def examples(records: Sequence[Mapping[str, Any]] | None) -> None:
    """Refuse an input example that is too long."""
    if records is not None and len(records) > MAX_EXAMPLES:
        raise _refused(
            "input_example",
            f"The input example has {len(records)} records.",
            f"At most {MAX_EXAMPLES} are kept.",
        )
    document(records, "input_example")


def page_size(limit: int, most: int = 1_000) -> int:
    """How many items a page may have."""
    if not 1 <= limit <= most:
        raise _refused("limit", f"A page of {limit} cannot be had.", f"Ask for 1 to {most}.")
    return limit


def page_offset(offset: int) -> int:
    """How many items may be left out before a page."""
    if not 0 <= offset < 2**31:
        raise _refused("offset", f"{offset} items cannot be left out.", "Give 0 or more.")
    return offset


def _refused(field: str, detail: str, rule: str) -> InvalidInput:
    return InvalidInput(detail, advice=rule, fields={field: rule})


def time_budget(seconds: float | None) -> None:
    """Refuse a training's time that is no number of seconds above 0."""
    if seconds is not None and not 0 < seconds < float("inf"):
        raise InvalidInput(
            f"The time budget of {seconds} seconds cannot be kept.",
            advice="Give a number of seconds above 0.",
            fields={"time_budget": "not above 0"},
        )

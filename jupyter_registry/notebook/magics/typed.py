"""A line as it is typed: its tokens up to the cursor, what comes next, how one goes on."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Files listed.
_LIMIT = 100

#: Cell magics whose options are the cell.
_SPREADS = re.compile(r"\s*%%leaderboard\b")
_NEEDS_QUOTES = re.compile(r"[\s'\"\\;]")


@dataclass(frozen=True)
class Fragment:
    """The token that the cursor is in: as it stands there, without quotes, and the quote open."""

    raw: str
    text: str
    quote: str = ""


@dataclass(frozen=True)
class Place:
    """What comes next after some tokens: an option's value, or a positional argument."""

    option: argparse.Action | None
    positional: argparse.Action | None
    used: set[str]
    #: The positional arguments that there are already.
    texts: Sequence[str]

    @classmethod
    def of(
        cls, tokens: Sequence[str], positional: Sequence[argparse.Action], options: Any
    ) -> Place:
        """The place after these tokens, for a parser's arguments."""
        waiting: argparse.Action | None = None
        used: set[str] = set()
        texts: list[str] = []
        for token in tokens:
            name, equals, _ = token.partition("=")
            if waiting is not None and (waiting.nargs is None or name not in options):
                waiting = None if waiting.nargs is None else waiting
            elif name in options:
                action = options[name]
                used.add(action.dest)
                waiting = action if action.nargs in (None, "+") and not equals else None
            elif not token.startswith("-"):
                texts.append(token)
        following = None
        if positional:
            last = positional[-1]
            if len(texts) < len(positional):
                following = positional[len(texts)]
            elif last.nargs in ("*", "+"):
                following = last
        return cls(waiting, following, used, texts)


def tokenise(text: str) -> tuple[list[str], Fragment]:
    """The whole tokens before the cursor, and the one that it is in."""
    tokens: list[str] = []
    start, value, quote, inside = 0, "", "", False
    position = 0
    while position < len(text):
        letter = text[position]
        if letter == "\\" and quote != "'" and position + 1 < len(text):
            value, inside = value + text[position + 1], True
            position += 1
        elif quote:
            if letter == quote:
                quote = ""
            else:
                value += letter
        elif letter in "'\"":
            quote, inside = letter, True
        elif letter.isspace():
            if inside:
                tokens.append(value)
            value, inside = "", False
            start = position + 1
        else:
            value, inside = value + letter, True
        position += 1
    return tokens, Fragment(text[start:], value, quote)


def until_cursor(context: Any) -> str:
    """The text before the cursor, lines joined that end in a backslash, as IPython joins them."""
    lines = context.full_text.split("\n")[: context.cursor_line + 1]
    text = str(lines[-1][: context.cursor_position])
    if _SPREADS.match(lines[0]):  # its options go on in the cell
        return " ".join(line.strip().removesuffix("\\") for line in [*lines[:-1], text])
    for line in reversed(lines[:-1]):
        if not line.rstrip().endswith("\\"):
            break
        text = f"{line.rstrip()[:-1]} {text}"
    return text


def fitting(known: Iterable[str], fragment: Fragment) -> list[str]:
    """Those that begin as the fragment does, in its case if any do, quoted where need be."""
    candidates = list(dict.fromkeys(known))
    found = [text for text in candidates if text.startswith(fragment.text)]
    if not found:
        lower = fragment.text.lower()
        found = [text for text in candidates if text.lower().startswith(lower)]
    return [_quoted(text, fragment.quote or fragment.raw[:1]) for text in found]


def _quoted(text: str, quote: str) -> str:
    """A token that means the text; in the quotes that were begun, else in some if need be."""
    if quote not in ("'", '"'):
        if not _NEEDS_QUOTES.search(text):
            return text
        quote = '"' if '"' not in text else "'"
    if quote == "'":
        return "'" + text.replace("'", "'\"'\"'") + "'"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def paths(text: str, suffixes: tuple[str, ...] | None) -> list[str]:
    """Files and folders that a path can become; hidden ones, and other kinds, are left out."""
    folder, slash, _ = text.rpartition("/")
    where = Path(f"{folder}{slash}" or ".").expanduser()
    try:
        found = sorted(where.iterdir())[: 10 * _LIMIT]
    except OSError:
        return []
    shown = []
    for path in found:
        if path.name.startswith("."):
            continue
        if path.is_dir():
            shown.append(f"{folder}{slash}{path.name}/")
        elif suffixes is None or path.name.lower().endswith(suffixes):
            shown.append(f"{folder}{slash}{path.name}")
    return shown[:_LIMIT]

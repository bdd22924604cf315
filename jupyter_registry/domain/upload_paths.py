"""Which paths the files of an upload may have: those that every system can make in a folder."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from .errors import InvalidInput

_LONGEST = 1_000
_LONGEST_NAME = 255


def check_path(path: str) -> str:
    """The path of a file inside an upload.

    Raises
    ------
    InvalidInput
        when it is empty or too long, leaves the folder, or has a character that paths lack.

    """
    problem = _problem(path)
    if problem:
        raise _refused(path, problem)
    return path


def check_among(path: str, others: Iterable[str]) -> None:
    """Refuse a path that is another's in different case, or a file where another has a folder."""
    folded = _fold(path)
    for other in others:
        if other == path:
            continue
        known = _fold(other)
        if known == folded:
            raise _refused(path, f"{other!r} differs from it in letter case or form alone")
        if known.startswith(f"{folded}/") or folded.startswith(f"{known}/"):
            raise _refused(path, f"{other!r} is here, and one would be a folder of the other")


class PathSet:
    """Paths that a folder can hold together on every system; each is added once."""

    def __init__(self) -> None:
        self._files: dict[str, str] = {}
        self._folders: dict[str, str] = {}

    def add(self, path: str) -> str:
        """Add a path that was checked; returns why it cannot be, or the empty string."""
        folded = _fold(path)
        if (other := self._files.get(folded)) is not None:
            if other == path:
                return "it is there twice"
            return f"{other!r} differs from it in letter case or form alone"
        if (other := self._folders.get(folded)) is not None:
            return f"{other!r} is here, and one would be a folder of the other"
        parents = [folded[:at] for at in range(len(folded)) if folded[at] == "/"]
        for parent in parents:
            if (other := self._files.get(parent)) is not None:
                return f"{other!r} is here, and one would be a folder of the other"
        self._files[folded] = path
        self._folders |= dict.fromkeys(parents, path)
        return ""


def _problem(path: str) -> str:
    if not path:
        return "it is empty"
    try:
        encoded = path.encode()
    except UnicodeEncodeError:
        return "it is not valid Unicode"
    if len(encoded) > _LONGEST:
        return f"it has {len(encoded)} bytes, at most {_LONGEST} are allowed"
    if "\\" in path:
        return "it has a backslash; parts are separated by '/'"
    if path.startswith("/") or re.match(r"[A-Za-z]:", path):
        return "it is absolute; give it relative to the package's folder"
    if any(unicodedata.category(character) == "Cc" for character in path):
        return "it has a control character"
    for part in path.split("/"):
        if part in {"", ".", ".."}:
            return f"it has the part {part!r}; parts are names of files and folders"
        if len(part.encode()) > _LONGEST_NAME:
            return f"a part of it has more than {_LONGEST_NAME} bytes"
    return ""


def _fold(path: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def _refused(path: str, problem: str) -> InvalidInput:
    shown = path if len(path) <= 200 else f"{path[:200]}…"
    return InvalidInput(
        f"A file cannot have the path {shown!r}: {problem}.",
        advice="Use a relative path such as 'model.skops' or 'code/helper.py'.",
        fields={"path": problem},
    )

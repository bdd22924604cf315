"""Formats that other distributions add, by entry points of the group ``jupyter_registry.formats``.

The entry point's name is the format's, its object a `ModelFormat` (or a class of one, made without
arguments), and one whose ``is_of_folders`` is true a `FolderFormat`. One that cannot be used is
told, and hinders no other.
"""

from __future__ import annotations

import inspect
import warnings
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any, cast

from ..domain.errors import UnsupportedFormat
from .libraries import installed

if TYPE_CHECKING:
    from .base import ModelFormat

GROUP = "jupyter_registry.formats"

_METHODS = ("sniff", "recognises", "wrap", "read", "load", "save")
_TEXTS = ("name", "extra", "file_name")


class FormatUnavailable(UserWarning):
    """An installed distribution adds a format that cannot be used."""


def added_names(own: tuple[str, ...]) -> tuple[str, ...]:
    """Names of added formats, by the distributions' metadata: nothing of them is imported.

    ``own``: names that are taken.
    """
    return tuple(name for name in _entries(installed()) if name not in own)


def added_format(name: str) -> ModelFormat:
    """The added format of that name, which `added_names` has.

    Raises
    ------
    UnsupportedFormat
        when it cannot be used; says whose it is, and why.

    """
    entry = _entries(installed())[name][0]
    loaded = _load(entry, installed())
    if isinstance(loaded, Exception):
        raise UnsupportedFormat(
            f"The format {name!r} of {_owner(entry)} cannot be used: {_reason(loaded)}",
            advice=f"Upgrade or remove {_owner(entry)}, in the environment the model runs in.",
            fields={"format": name},
        ) from loaded
    return cast("ModelFormat", loaded)


def added_formats(own: tuple[str, ...]) -> list[ModelFormat]:
    """All added formats that can be used; warns (`FormatUnavailable`) of every other one."""
    found = []
    for name, entries in _entries(installed()).items():
        usable = entries[:1] if name not in own else ()
        for entry in entries[len(usable) :]:
            _warn(entry, f"a format {name!r} is there already")
        for entry in usable:
            loaded = _load(entry, installed())
            if isinstance(loaded, Exception):
                _warn(entry, _reason(loaded))
            else:
                found.append(cast("ModelFormat", loaded))
    return found


def asked(kind: ModelFormat, question: str, given: Any) -> bool:
    """What ``sniff`` or ``recognises`` of an added format answers; no, with a warning, if it fails.

    ``question``: the method's name.
    """
    try:
        return bool(getattr(kind, question)(given))
    except Exception as error:
        told = f"The format {kind.name!r} failed at {question}: {_reason(error)}"
        warnings.warn(told, FormatUnavailable, stacklevel=2)
        return False


@lru_cache(maxsize=1)
def _entries(_: object) -> dict[str, list[EntryPoint]]:
    """Entry points by name, read again after an installation."""
    found: dict[str, list[EntryPoint]] = {}
    for entry in entry_points(group=GROUP):
        known = found.setdefault(entry.name, [])
        if entry not in known:
            known.append(entry)
    return found


@lru_cache(maxsize=64)
def _load(entry: EntryPoint, _: object) -> object:
    """The format, or the exception that says why it is none; tried again after an installation."""
    try:
        loaded = entry.load()
        made = loaded() if inspect.isclass(loaded) else loaded
        _check(made, entry.name)
    except Exception as error:
        return error
    return made


def _check(made: object, name: str) -> None:
    lacks = [one for one in _METHODS if not callable(getattr(made, one, None))]
    if getattr(made, "is_of_folders", False) and not callable(getattr(made, "check", None)):
        lacks.append("check")
    lacks += [one for one in _TEXTS if not isinstance(getattr(made, one, None), str)]
    if lacks:
        raise TypeError(f"it lacks {', '.join(lacks)}")
    its_name = getattr(made, "name", "")
    if its_name != name:
        raise ValueError(f"its name is {its_name!r}, the entry point's {name!r}")


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:400]


def _owner(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist is not None else entry.value


def _warn(entry: EntryPoint, why: str) -> None:
    told = f"The format {entry.name!r} of {_owner(entry)} is left out: {why}"
    warnings.warn(told, FormatUnavailable, stacklevel=3)

"""What a package's format is found to be when it is registered, and what will keep it from serving.

Files are looked at by name and first bytes alone: whether a model loads is found out by a worker.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..domain.entities import FilePublic, PackageCreate
from ..domain.errors import InvalidInput, nearest
from ..formats import FORMAT_NAMES, format_names
from ..formats.first_bytes import LENGTH, WHOLE_FOLDERS, possible_formats
from ..store.artifacts import ArtifactStore

#: Files that are looked at; a model is seldom among more.
_LOOKED_AT = 50


def check_name(name: str | None) -> None:
    """Refuse a format that does not exist; raises `InvalidInput`.

    Of a format that a distribution adds, the server reads the name and imports nothing.
    """
    if name is not None and name not in FORMAT_NAMES and name not in (names := format_names()):
        known = ", ".join(names)
        raise InvalidInput(
            f"Unknown model format {name!r}. {nearest(name, names)}".strip(),
            advice=f"Use one of: {known}; or leave format out to have it told by the files. A "
            "format that a distribution adds must be installed beside the server, too.",
            fields={"format": f"unknown; known are {known}"},
        )


def settled(
    artifacts: ArtifactStore, files: Sequence[FilePublic], body: PackageCreate
) -> tuple[str | None, list[str]]:
    """The format of a hosted package, and what is to be said of it.

    The format is the one given, or the only one that the files can be of.
    """
    found = _found(artifacts, files)
    told, warnings = body.format, []
    if told is None and len(found) == 1:
        told = next(iter(found.values()))[0]
    if told is None and found:
        warnings.append(
            f"Several files may be the model: {', '.join(sorted(found)[:10])}. It cannot be "
            "deployed; register it again with its format, or one model file alone."
        )
    elif told is None:
        known = ", ".join(format_names())
        warnings.append(f"No file is of a known model format ({known}), so it cannot be deployed.")
    elif told not in FORMAT_NAMES:
        pass  # what its files look like is known to the distribution that adds it
    elif len(files) <= _LOOKED_AT and not any(told in names for names in found.values()):
        warnings.append(f"No file looks like {told}, so it will hardly load when it is deployed.")
    if not body.target_type.has_rows:
        if told not in (None, "custom_code") and told in FORMAT_NAMES:
            warnings.append(
                f"An unstructured model needs a custom.py with score_unstructured; {told} has "
                "none, so it cannot be deployed."
            )
    elif not body.signature:
        warnings.append(
            "It has no signature, so it cannot be deployed; register it again with the input "
            "columns, or with training data that they can be told from."
        )
    return told, warnings


def _found(artifacts: ArtifactStore, files: Sequence[FilePublic]) -> dict[str, tuple[str, ...]]:
    """The possible formats of files that may be models; of a whole folder, that of its own file."""
    found = {}
    for file in files[:_LOOKED_AT]:
        with artifacts.open(file.sha256) as opened:
            names = possible_formats(file.path, opened.read(LENGTH))
        if names:
            found[file.path] = names
    whole = next((path for path in WHOLE_FOLDERS if path in found), None)
    return found if whole is None else {whole: found[whole]}

"""Telling PyTorch's files by what lies in their zips, without loading anything."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path

from .first_bytes import zip_names

#: A file in the one folder that all of PyTorch's zips have but older exported programs.
_IN_FOLDER = re.compile(r"([^/]+)/(.+)")
#: What older exported programs (PyTorch 2.1 to 2.6) have at the root.
_OLD_EXPORT = "serialized_exported_program.json"


class TorchFile(Enum):
    """What wrote a file: the value says it in words."""

    EXPORTED = "an exported program (torch.export.save)"
    SCRIPT = "TorchScript (torch.jit.save)"
    SAVED = "what torch.save wrote: weights, or a whole module"


def kind_of(path: Path) -> TorchFile | None:
    """Which of PyTorch's files it is; ``None`` for any other."""
    names = zip_names(path)
    if _OLD_EXPORT in names:
        return TorchFile.EXPORTED
    found = {}
    for name in names:
        match = _IN_FOLDER.fullmatch(name)
        if match is not None:
            found.setdefault(match[1], set()).add(match[2])
    if len(found) != 1:
        return None
    [inside] = found.values()
    if "archive_format" in inside:
        models = any(re.fullmatch(r"models/[^/]+\.json", name) for name in inside)
        return TorchFile.EXPORTED if models else None
    if "data.pkl" not in inside:
        return None
    is_script = "constants.pkl" in inside and any(name.startswith("code/") for name in inside)
    return TorchFile.SCRIPT if is_script else TorchFile.SAVED

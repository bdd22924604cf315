"""How packages are named by callers: by themselves, an id, or a text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .packages import Package, PackageItem
    from .registry import Registry


def split_reference(reference: str) -> tuple[str, str]:
    """``name/version``, ``name@alias`` or ``name`` (its latest) as name and version or alias."""
    found = re.fullmatch(r"([^/@]+)(?:[/@](.+))?", reference)
    return (found.group(1), found.group(2) or "latest") if found else (reference, "latest")


def resolve(registry: Registry, package: Package | PackageItem | int | str) -> int:
    """The id of a package that is given as itself, its id, or a reference."""
    if isinstance(package, int):
        return package
    if isinstance(package, str):
        return registry.package(*split_reference(package)).id
    return package.id

"""Whether the libraries that a model meets are those that it was made with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .requirements import captured, distribution_of

if TYPE_CHECKING:
    from packaging.requirements import Requirement

#: Libraries that objects of a pickle or a skops file are commonly of, or that code asks.
_OBJECTS = (
    "sklearn", "imblearn", "numpy", "scipy", "pandas", "polars", "joblib", "cloudpickle", "skops",
    "xgboost", "lightgbm", "catboost", "statsmodels", "patsy", "torch", "tensorflow", "keras",
    "transformers", "onnxruntime",
)  # fmt: skip
#: By format, the libraries whose versions matter: the first reads the files and must be there.
_MATTERS: Mapping[str, tuple[str, ...]] = {
    "xgboost": ("xgboost",),
    "lightgbm": ("lightgbm",),
    "catboost": ("catboost",),
    "onnx": ("onnxruntime",),
    "keras": ("keras", "tensorflow", "torch"),
    "torch": ("torch",),
    "statsmodels": ("statsmodels", "patsy", "pandas", "numpy", "scipy"),
    "pmml": (),
    "skops": ("skops", *_OBJECTS),
    "joblib": ("joblib", *_OBJECTS),
}
#: Formats that may hold Python's own byte code, which another minor version does not read.
_BYTE_CODE = frozenset({"pickle", "joblib"})


@dataclass(frozen=True)
class Difference:
    """A library at another version than the model was made with; ``None`` where it is absent."""

    name: str
    captured: str
    present: str | None

    def __str__(self) -> str:
        if self.present is None:
            return f"{self.name} is absent, it was {self.captured}"
        return f"{self.name} is {self.present}, it was {self.captured}"


def differences(
    provenance: Mapping[str, Any],
    format: str | None,
    present: Mapping[str, str],
    python: str | None = None,
) -> list[Difference]:
    """Where major or minor versions differ of what matters to a model of that format.

    Parameters
    ----------
    provenance:
        Of the package, with ``libraries`` by import name and ``python``.
    present:
        Versions by import name.
    python:
        The version of Python that it is to run in.

    """
    found = []
    was = provenance.get("python")
    if format in _BYTE_CODE and isinstance(was, str) and python is not None and _apart(was, python):
        found.append(Difference("Python", was, python))
    known = captured(provenance)
    matters = _MATTERS.get(format or "", _OBJECTS)
    for name in dict.fromkeys(matters):
        if name not in known:
            continue
        here = present.get(name)
        # whether a model has a use for what its kernel had imported is known of the first alone
        if here is None and name not in (*matters[:1], "sklearn", "numpy"):
            continue
        if here is None or _apart(known[name], here):
            found.append(Difference(distribution_of(name), known[name], here))
    return found


def compared(
    provenance: Mapping[str, Any], format: str | None, present: Mapping[str, str]
) -> dict[str, str]:
    """The captured versions of what matters and is present: what `differences` looked at."""
    matters = _MATTERS.get(format or "", _OBJECTS)
    return {
        distribution_of(name): version
        for name, version in captured(provenance).items()
        if name in matters and name in present
    }


def unmet(provenance: Mapping[str, Any], format: str | None, lines: Sequence[str]) -> list[str]:
    """Requirements that do not allow the version that was captured, in words."""
    known = captured(provenance)
    matters = _MATTERS.get(format or "", _OBJECTS)
    versions = {name: known[name] for name in matters if name in known}
    return [
        f"{asked.name} is to be {asked.specifier}, it was {was}"
        for asked, was in _not_allowed(versions, lines)
    ]


def lacking(present: Mapping[str, str], lines: Sequence[str]) -> list[str]:
    """Requirements that do not allow the version that is present, in words.

    ``present``: versions by import name; libraries that are not known here are not looked at.
    """
    return [
        f"{asked.name} is to be {asked.specifier}, it is {here}"
        for asked, here in _not_allowed(present, lines)
    ]


def _not_allowed(
    versions: Mapping[str, str], lines: Sequence[str]
) -> Iterator[tuple[Requirement, str]]:
    """Requirements, each with the version that it does not allow; patches are no difference."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name
    from packaging.version import InvalidVersion

    by_distribution = {canonicalize_name(distribution_of(name)): v for name, v in versions.items()}
    for line in lines:
        try:
            asked = Requirement(line.partition(" --")[0])
            version = by_distribution.get(canonicalize_name(asked.name))
            if version is None or asked.specifier.contains(version, prereleases=True):
                continue
            if asked.marker is not None and not asked.marker.evaluate():
                continue
        except (ValueError, InvalidVersion):  # an address, or no version
            continue
        pinned = [one.version for one in asked.specifier if one.operator in ("==", "===")]
        if not pinned or _apart(version, pinned[0]):
            yield asked, version


def _apart(one: str, other: str) -> bool:
    """Whether major or minor differ; what comes after them seldom changes what a model says."""
    return _first_two(one) != _first_two(other)


def _first_two(version: str) -> tuple[str, ...]:
    numbers = re.findall(r"\d+", version.partition("+")[0])
    return tuple([*numbers, "0", "0"][:2])

"""Which libraries that matter to a model are here, and their versions."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from functools import lru_cache

#: Libraries whose versions matter to a model, by the name they are imported under.
LIBRARIES = (
    "catboost", "cloudpickle", "flaml", "imblearn", "joblib", "jupyter_registry", "keras",
    "lightgbm", "mlflow", "numpy", "onnx", "onnxruntime", "pandas", "patsy", "polars", "pyarrow",
    "scipy", "skl2onnx", "sklearn", "skops", "statsmodels", "tensorflow", "torch", "transformers",
    "xgboost",
)  # fmt: skip


#: What distributions are called, where that is not what is imported of them.
_CALLED = {
    "imblearn": ("imbalanced-learn",),
    "mlflow": ("mlflow", "mlflow-skinny"),
    "onnxruntime": ("onnxruntime", "onnxruntime-gpu"),
    "sklearn": ("scikit-learn",),
    "tensorflow": ("tensorflow", "tensorflow-cpu"),
    "xgboost": ("xgboost", "xgboost-cpu"),
}


def libraries() -> dict[str, str]:
    """The versions of the known libraries that are imported, by import name."""
    imported = [name for name in LIBRARIES if name in sys.modules]
    now = installed()
    versions = {}
    for name in imported:
        known = _version(name, now) or getattr(sys.modules[name], "__version__", None)
        if known:
            versions[name] = str(known)
    return versions


def present() -> dict[str, str]:
    """The versions of the known libraries that are installed, imported or not; imports none."""
    now = installed()
    found = {name: _version(name, now) for name in LIBRARIES if _is_here(name)}
    return {name: version for name, version in found.items() if version}


def _is_here(name: str) -> bool:
    from importlib.util import find_spec

    try:
        return name in sys.modules or find_spec(name) is not None
    except (ImportError, ValueError):
        return False


@lru_cache(maxsize=4 * len(LIBRARIES))
def _version(name: str, installed: tuple[tuple[str, int], ...]) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    for distribution in _CALLED.get(name, (name,)):
        found = _version_by_name(name, distribution)
        if found is not None:
            return found
    for distribution in (*_distributions(installed).get(name, ()), name):
        try:
            return version(distribution)
        except PackageNotFoundError:
            continue
    return None


def _version_by_name(name: str, called: str) -> str | None:
    """Of the distribution of that name, if it has the module: the others need not be read."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        found = distribution(called)
    except PackageNotFoundError:
        return None
    is_listed = f"\n{name}/__init__.py," in "\n" + (found.read_text("RECORD") or "")
    is_named = name in (found.read_text("top_level.txt") or "").split()
    is_editable = '"editable": true' in (found.read_text("direct_url.json") or "")
    return found.version if is_listed or is_named or is_editable else None


def installed() -> tuple[tuple[str, int], ...]:
    """The folders that are imported from, and when each was last changed: by an installation."""
    changed = []
    for folder in sys.path:
        try:
            changed.append((folder, os.stat(folder or ".").st_mtime_ns))
        except OSError:
            continue
    return tuple(changed)


@lru_cache(maxsize=1)
def _distributions(installed: tuple[tuple[str, int], ...]) -> Mapping[str, list[str]]:
    """The distributions of each import name; all their metadata are read, which takes a while."""
    from importlib.metadata import packages_distributions

    return packages_distributions()

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


def libraries() -> dict[str, str]:
    """The versions of the known libraries that are imported, by import name."""
    imported = [name for name in LIBRARIES if name in sys.modules]
    distributions = _distributions(installed())
    versions = {}
    for name in imported:
        found = _version(name, distributions)
        known = found or getattr(sys.modules[name], "__version__", None)
        if known:
            versions[name] = str(known)
    return versions


def present() -> dict[str, str]:
    """The versions of the known libraries that are installed, imported or not; imports none."""
    distributions = _distributions(installed())
    found = {name: _version(name, distributions) for name in LIBRARIES}
    return {name: version for name, version in found.items() if version}


def _version(name: str, distributions: Mapping[str, list[str]]) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    for distribution in (*distributions.get(name, ()), name):
        try:
            return version(distribution)
        except PackageNotFoundError:
            continue
    return None


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
    """The distributions of each import name; all their metadata are read, so it is kept."""
    from importlib.metadata import packages_distributions

    return packages_distributions()

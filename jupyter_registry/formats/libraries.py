"""Which libraries that matter to a model are here, and their versions."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import lru_cache

#: Libraries whose versions matter to a model, by the name they are imported under.
LIBRARIES = (
    "catboost", "flaml", "imblearn", "joblib", "jupyter_registry", "keras", "lightgbm", "numpy",
    "onnx", "onnxruntime", "pandas", "polars", "pyarrow", "scipy", "skl2onnx", "sklearn", "skops",
    "statsmodels", "tensorflow", "torch", "transformers", "xgboost",
)  # fmt: skip


def libraries() -> dict[str, str]:
    """The versions of the known libraries that are imported, by import name."""
    from importlib.metadata import PackageNotFoundError, version

    imported = [name for name in LIBRARIES if name in sys.modules]
    distributions = _distributions()
    versions = {}
    for name in imported:
        for distribution in (*distributions.get(name, ()), name):
            try:
                versions[name] = version(distribution)
            except PackageNotFoundError:
                continue
            break
        else:
            known = getattr(sys.modules[name], "__version__", None)
            if known:
                versions[name] = str(known)
    return versions


@lru_cache(maxsize=1)
def _distributions() -> Mapping[str, Sequence[str]]:
    """Which distributions a module may be of; reading all that are installed takes a second."""
    from importlib.metadata import packages_distributions

    return packages_distributions()

"""Which libraries that matter to a model are here, and their versions."""

from __future__ import annotations

import sys

#: Libraries whose versions matter to a model, by the name they are imported under.
LIBRARIES = (
    "catboost", "imblearn", "joblib", "jupyter_registry", "keras", "lightgbm", "numpy", "onnx",
    "onnxruntime", "pandas", "polars", "pyarrow", "scipy", "skl2onnx", "sklearn", "skops",
    "statsmodels", "tensorflow", "torch", "transformers", "xgboost",
)  # fmt: skip


def libraries() -> dict[str, str]:
    """The versions of the known libraries that are imported, by import name."""
    from importlib.metadata import PackageNotFoundError, packages_distributions, version

    imported = [name for name in LIBRARIES if name in sys.modules]
    distributions = packages_distributions()
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

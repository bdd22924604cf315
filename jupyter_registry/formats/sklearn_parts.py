"""Looking inside a fitted scikit-learn model: its nested estimators and how they were fitted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

#: Enough for any pipeline; a forest's trees beyond it need no look.
_MOST = 5000

#: scikit-learn's own classes that look at column names or hand the input to foreign code.
_READS_NAMES = frozenset(
    {"ColumnTransformer", "FunctionTransformer", "TransformedTargetRegressor", "DictVectorizer"}
)


def parts(model: Any) -> Iterator[Any]:
    """The model and every estimator nested in it, each once."""
    seen: set[int] = set()
    waiting = [model]
    while waiting and len(seen) < _MOST:
        item = waiting.pop()
        if isinstance(item, list | tuple | set):
            waiting.extend(reversed(list(item)))
        elif isinstance(item, dict):
            waiting.extend(item.values())
        elif hasattr(item, "get_params") and not isinstance(item, type):
            if id(item) in seen:
                continue
            seen.add(id(item))
            yield item
            waiting.extend(getattr(item, "__dict__", {}).values())
        elif hasattr(item, "dtype") and getattr(item.dtype, "kind", "") == "O":
            # the estimators of a boosting are kept in an object array
            waiting.extend(inner for inner in item.ravel() if hasattr(inner, "get_params"))


def limit_threads(model: Any) -> None:
    """Set every ``n_jobs`` in the model to 1: starting threads costs more than few rows do."""
    for part in parts(model):
        if getattr(part, "n_jobs", None) not in (None, 1):
            part.n_jobs = 1


def ignores_names(model: Any) -> bool:
    """Whether the model gives the same answer to a matrix as to a DataFrame of numbers.

    True only where every part is scikit-learn's own and none selects columns by name, calls
    foreign functions, hands DataFrames on, or treats columns by their pandas dtype.
    """
    for part in parts(model):
        if not type(part).__module__.startswith("sklearn."):
            return False
        if type(part).__name__ in _READS_NAMES:
            return False
        output = getattr(part, "_sklearn_output_config", None)
        if output and output.get("transform", "default") != "default":
            return False
        if getattr(part, "_preprocessor", None) is not None:
            return False
    return _steps_named(model)


def _steps_named(model: Any) -> bool:
    """Whether the first step itself was fitted on names (a foreign one tells nothing)."""
    return hasattr(model, "n_features_in_") or hasattr(model, "feature_names_in_")


def learned_none(model: Any) -> bool:
    """Whether the model met ``None`` as its missing text (pandas' default is NaN)."""
    for part in parts(model):
        if getattr(part, "missing_values", 0) is None:
            return True
        categories = getattr(part, "categories_", None)
        if isinstance(categories, list) and any(
            any(value is None for value in values)
            for values in categories
            if getattr(getattr(values, "dtype", None), "kind", "") == "O"
        ):
            return True
    return False


def reads_text(model: Any) -> bool:
    """Whether the first step takes a sequence of texts rather than a table."""
    steps = getattr(model, "steps", None)
    first = steps[0][1] if steps else model
    return hasattr(first, "build_analyzer")

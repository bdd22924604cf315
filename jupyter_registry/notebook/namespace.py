"""What the notebook's namespace holds: tables and fitted models, found by type, not by import.

A name, a file or an expression that stands in a line becomes the thing it means here.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Mapping, MutableMapping
from pathlib import Path
from typing import Any

from ..domain.errors import InvalidInput, nearest

#: What files of tables end in.
TABLE_SUFFIXES = (".csv", ".csv.gz", ".parquet", ".pq", ".arrow", ".feather", ".ipc")

#: Columns of a table that are looked at.
_COLUMNS = 1_000


def is_table(value: Any) -> bool:
    """Whether a value is a table: a pandas or polars DataFrame, or of Arrow.

    Asks the type alone, so that nothing of the value is computed.
    """
    kind = type(value)
    if kind.__name__ == "LazyFrame":
        return kind.__module__.partition(".")[0] == "polars"
    exchanges = hasattr(kind, "__arrow_c_stream__") or hasattr(kind, "__dataframe__")
    return exchanges and (hasattr(kind, "columns") or hasattr(kind, "column_names"))


def is_fitted(value: Any) -> bool:
    """Whether a value is a fitted estimator of scikit-learn's kind, or a model of another library:
    a booster, results of statsmodels, an ONNX model.
    """
    kind = type(value)
    library = kind.__module__.partition(".")[0]
    if library in ("xgboost", "lightgbm") and kind.__name__ == "Booster":
        return True
    if library == "catboost" and callable(getattr(value, "is_fitted", None)):
        return bool(value.is_fitted())
    if library == "statsmodels":
        return all(hasattr(value, name) for name in ("predict", "params", "model"))
    if kind.__name__ == "ModelProto":
        return library == "onnx"
    if isinstance(value, type) or not (hasattr(kind, "fit") and hasattr(kind, "get_params")):
        return False
    state = getattr(value, "__dict__", {})
    if any(name.endswith("_") and not name.startswith("_") for name in state):
        return True
    says = getattr(kind, "__sklearn_is_fitted__", None)  # a pipeline asks its last step
    try:
        return bool(says(value)) if callable(says) else False
    except Exception:
        return False  # an estimator that cannot tell is not offered


def named(names: Mapping[str, Any], test: Callable[[Any], bool]) -> list[str]:
    """The public names of a namespace whose values pass a test."""
    return [name for name, value in list(names.items()) if name[:1] != "_" and test(value)]


def columns_of(table: Any) -> list[str]:
    """The names of a table's columns."""
    names = getattr(table, "column_names", None)
    if type(table).__name__ == "LazyFrame":
        names = table.collect_schema().names()
    if names is None:
        names = table.columns
    return [str(name) for name in list(names)[:_COLUMNS]]


def resolve(
    text: str,
    code: str,
    names: Mapping[str, Any],
    evaluate: Callable[[str], Any],
    test: Callable[[Any], bool],
    what: str,
) -> Any:
    """What a text stands for: a variable, else a file or folder (its path), else an expression.

    Parameters
    ----------
    text:
        ``visits``, ``visits.csv`` or ``visits.head()``.
    code:
        The text as an expression, should it be one: with the quotes inside of it.
    names, evaluate:
        The namespace, and how an expression is evaluated in it.
    test:
        Tells the values that would suit, for the suggestion.
    what:
        What is looked for, in a message's words: ``table``, ``model``.

    Raises
    ------
    InvalidInput
        when it is none of these, with the nearest name.

    """
    if text.isidentifier() and text in names:
        return names[text]
    path = _path(text)
    if path is not None:
        return str(path)
    root = _root(code)
    if root is not None and root in names:
        try:
            return evaluate(code)
        except Exception as error:
            raise InvalidInput(
                f"{code} cannot be evaluated ({type(error).__name__}: {error}), and there is "
                "no such file.",
                advice=f"Give a variable, an expression or a path of a {what}; an expression with "
                "spaces into quotes.",
                fields={"given": text},
            ) from error
    if text.startswith(("$", "{")):
        raise InvalidInput(
            f"{text} could not be expanded.",
            advice=f"Check the name, or give the {what}'s variable without $ or braces.",
            fields={"given": text},
        )
    suited = named(names, test)
    hint = nearest(root or text, suited) or nearest(root or text, named(names, _is_data))
    raise InvalidInput(
        f"There is no variable or file {text!r}.",
        advice=hint or f"Give a variable, an expression or a path of a {what}.",
        fields={"given": text, "known": suited},
    )


def assign(names: MutableMapping[str, Any], name: str, value: Any) -> None:
    """Put a value into the namespace under a name; raises `InvalidInput` if it is none."""
    names[checked_name(name)] = value


def checked_name(name: str) -> str:
    """The name, if a variable can have it."""
    import keyword

    if not name.isidentifier() or keyword.iskeyword(name):
        raise InvalidInput(
            f"{name!r} is no name for a variable.",
            advice="Give letters, digits and underscores.",
            fields={"output": name},
        )
    return name


def _path(text: str) -> Path | None:
    """The file or folder at a path, if there is one; nothing is no path, not this folder."""
    try:
        path = Path(text).expanduser()
        return path if text and path.exists() else None
    except (OSError, ValueError, RuntimeError):  # no path at all, too long, or nobody's home
        return None


def _root(text: str) -> str | None:
    """The variable that an expression begins with; ``None`` for other texts."""
    try:
        node: Any = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def _is_data(value: Any) -> bool:
    """Whether a value may be meant: no module, class or function."""
    return not isinstance(value, type | type(sys)) and not callable(value)

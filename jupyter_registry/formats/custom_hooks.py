"""The hooks that a `custom.py` defines, read from its text; nothing of it is run."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..domain.errors import InvalidInput

FILE_NAME = "custom.py"
#: What the format of folders with one is called.
CODE_FORMAT = "custom_code"
LABELS_FILE = "class_labels.txt"

#: Hooks and what each is called with; by name alone where it stands behind the star.
HOOKS: Mapping[str, Sequence[str]] = {
    "init": ("*", "code_dir"),
    "load_model": ("code_dir",),
    "read_input_data": ("input_binary_data",),
    "transform": ("data", "model"),
    "score": ("data", "model"),
    "post_process": ("predictions", "model"),
    "score_unstructured": ("model", "data"),
}
#: Hooks about rows, without which `score_unstructured` is all that a folder is for.
ROW_HOOKS = ("read_input_data", "transform", "score", "post_process")
#: Of these, the ones after which columns need not be those that came in.
INPUT_HOOKS = ("read_input_data", "transform")
#: What `score_unstructured` may ask for by name.
UNSTRUCTURED_KEYWORDS = ("mimetype", "charset", "query")
#: What hooks about rows may ask for by name: of a binary target, and of a multiclass one.
BINARY_KEYWORDS = ("positive_class_label", "negative_class_label")
CLASS_KEYWORDS = ("class_labels",)
_KEYWORDS = frozenset({*BINARY_KEYWORDS, *CLASS_KEYWORDS})
#: What `read_input_data` may ask for by name besides.
READ_KEYWORDS = ("mimetype", "charset")

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Hooks:
    """What a text defines; ``open`` where it imports all names of a module, which may be more."""

    names: frozenset[str]
    open: bool = False

    def __contains__(self, name: str) -> bool:
        return name in self.names


def read_hooks(source: str | bytes, name: str = FILE_NAME, above: int = 0) -> Hooks:
    """The hooks that a text defines; ``above`` lines stand before it where it is read.

    Raises
    ------
    InvalidInput
        when it is no Python, defines no hook, or one that cannot be called as hooks are;
        ``fields["line"]`` is the line, 1-based, where there is one.

    """
    module = _parse(source, name, above)
    ast.increment_lineno(module, above)
    bound = dict(_bound(module.body))
    stars = "*" in bound
    found = frozenset(hook for hook in HOOKS if hook in bound)
    for hook in HOOKS:
        definition = bound.get(hook)
        if isinstance(definition, _Function):
            _check_call(definition, name)
    if not found and not stars:
        raise _no_hook(name)
    return Hooks(found, stars)


def hooks_of(path: Path) -> Hooks:
    """The hooks of a file; raises as `read_hooks`."""
    return read_hooks(path.read_bytes(), path.name)


def _parse(source: str | bytes, name: str, above: int) -> ast.Module:
    text = source.encode(errors="replace") if isinstance(source, str) else source
    if b"\0" in text:  # which Pythons say in different ways, and none of them where
        line = text[: text.index(b"\0")].count(b"\n") + 1 + above
        raise InvalidInput(
            f"{name}, line {line}: there are null bytes, which Python does not take.",
            advice="Give its text in UTF-8.",
            fields={"line": line},
        )
    try:
        return ast.parse(source, name)
    except SyntaxError as error:
        line = (error.lineno or 1) + above
        shown = (error.text or "").strip()
        advice = "Correct it."
        if shown[:1] in ("%", "!", "?"):
            advice = "Lines of IPython do not work there: it is plain Python."
        where = f": {shown[:80]}" if shown else ""
        raise InvalidInput(
            f"{name}, line {line}: {error.msg}{where}", advice=advice, fields={"line": line}
        ) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise InvalidInput(
            f"{name} cannot be read as Python: {error}.", advice="Give its text in UTF-8."
        ) from error


def _bound(body: Sequence[ast.stmt]) -> Iterator[tuple[str, ast.AST]]:
    """The names that statements of a module bind, the last of a name last; ``*`` for all of one."""
    for statement in body:
        if isinstance(statement, _Function | ast.ClassDef):
            yield statement.name, statement
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            for alias in statement.names:
                yield alias.asname or alias.name.partition(".")[0], statement
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            for target in targets:
                for node in ast.walk(target):
                    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                        yield node.id, statement
        else:
            for field in ("body", "orelse", "finalbody"):
                yield from _bound(getattr(statement, field, ()))
            for handler in getattr(statement, "handlers", ()):
                yield from _bound(handler.body)


def _check_call(function: _Function, name: str) -> None:
    """Refuse a hook that the arguments of hooks do not fit; a decorated one may be another."""
    if isinstance(function, ast.AsyncFunctionDef):
        raise _uncallable(function, name, "is asynchronous; hooks are plain functions")
    if function.decorator_list:
        return
    wanted = HOOKS[function.name]
    by_position = [] if wanted[0] == "*" else list(wanted)
    by_name = frozenset(wanted[1:]) if wanted[0] == "*" else _KEYWORDS
    if function.name == "score_unstructured":
        by_name = frozenset(UNSTRUCTURED_KEYWORDS)
    elif function.name == "read_input_data":
        by_name |= frozenset(READ_KEYWORDS)
    spec = function.args
    positional = [argument.arg for argument in (*spec.posonlyargs, *spec.args)]
    required = positional[: len(positional) - len(spec.defaults)]
    alone = [
        argument.arg
        for argument, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True)
        if default is None
    ]
    shown = f"{function.name}({', '.join(by_position or ['**kwargs'])})"
    if len(positional) < len(by_position) and spec.vararg is None:
        taken = ", ".join(positional) or "nothing"
        raise _uncallable(function, name, f"takes {taken}; it is called as {shown}")
    unknown = [arg for arg in (*required[len(by_position) :], *alone) if arg not in by_name]
    if unknown:
        raise _uncallable(
            function, name, f"asks for {', '.join(unknown)} too; it is called as {shown}"
        )


def _uncallable(function: _Function, name: str, why: str) -> InvalidInput:
    return InvalidInput(
        f"{name}, line {function.lineno}: {function.name} {why}.",
        advice="Give further arguments a default."
        if "asks" in why
        else "Define it with these arguments.",
        fields={"line": function.lineno},
    )


def _no_hook(name: str) -> InvalidInput:
    return InvalidInput(
        f"{name} defines none of the hooks {', '.join(HOOKS)}.",
        advice="Define at least one, such as score(data, model).",
        fields={"missing": list(HOOKS)},
    )

"""``%%predictor``: a cell of hooks, and a model beside it, become a package with `custom.py`."""

from __future__ import annotations

import argparse
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from ...domain.errors import (
    AlreadyExists,
    DeploymentNotFound,
    InvalidInput,
    ModelFailed,
    RegistryError,
)
from ...domain.kinds import DeploymentState, PackageKind, ReplacementReason
from . import arguments
from .arguments import Command, Kind, Misused, Parser
from .deploying import add_deployment, put_in_service
from .registering import add_notes, add_target

if TYPE_CHECKING:
    from ...client.packages import Package
    from ...formats.custom_hooks import Hooks
    from .context import Cell, Context

#: Rows of the data that the code scores in the kernel before anything is uploaded.
TRY_ROWS = 5


def predictor(context: Context, options: argparse.Namespace) -> Package:
    """``%%predictor``; what is wrong with the cell is told before anything is uploaded."""
    from ...formats.custom_hooks import read_hooks

    cell = context.cell
    if cell is None:
        raise Misused(
            "%%predictor: there is no code.",
            advice="Write two percent signs, and the hooks in the same cell, below this line.",
        )
    _check(options)
    hooks = read_hooks(cell.source, "The cell", cell.above)
    _check_labels(context, options)
    if options.run_too:
        _run(context, cell)
    with tempfile.TemporaryDirectory() as folder:
        made = _assemble(context, options, cell, hooks, Path(folder))
        try:
            package = _register(context, options, made)
        except RegistryError as error:
            _name_line(error, made / "custom.py", cell)
            raise
    return _put_in_service(context, options, package)


def _check(options: argparse.Namespace) -> None:
    """Refuse options that do not go together."""
    if options.model is not None and options.model_too is not None:
        raise Misused(
            f"%%predictor: the model is given twice: {options.model} and --model "
            f"{options.model_too}.",
            advice="Give one. Other files go with --include.",
        )
    if options.replace is not None and options.deploy is not None:
        raise Misused(
            "%%predictor: give --deploy for a new deployment or --replace for one that is there."
        )
    if options.replace is not None and options.reason is None:
        raise Misused(f"%%predictor: --replace wants a --reason: {', '.join(ReplacementReason)}.")
    for name in ("reason", "note"):
        if options.replace is None and getattr(options, name):
            raise Misused(f"%%predictor: --{name} is for --replace.")
    if options.deploy is None:
        for option in OF_DEPLOY:
            if getattr(options, option.dest):
                raise Misused(f"%%predictor: {option.option_strings[-1]} is for --deploy.")


def _check_labels(context: Context, options: argparse.Namespace) -> None:
    """Refuse a deployment's label that is taken, or is not there, while nothing is made yet."""
    if options.replace is not None:
        context.registry.deployment(options.replace)
    if options.deploy is None:
        return
    try:
        found = context.registry.deployment(options.deploy)
    except DeploymentNotFound:
        return
    if found.state == DeploymentState.ARCHIVED:  # its label is free again
        return
    raise AlreadyExists(
        f"There is a deployment {options.deploy!r}.",
        advice=f"Choose another label, or --replace {options.deploy} with a --reason.",
        fields={"deploy": "taken"},
    )


def _run(context: Context, cell: Cell) -> None:
    """Leave the cell's names in the notebook, as without the magic."""
    name = "<the cell>"
    try:
        exec(compile(cell.source, name, "exec", dont_inherit=True), context.shell.user_ns)
    except Exception as error:
        failed = ModelFailed(
            f"The cell failed when it ran: {type(error).__name__}: {error}",
            fields={"traceback": traceback.format_exc()},
        )
        failed.__cause__ = error
        _name_line(failed, Path(name), cell)
        raise failed from error


# --- the folder -----------------------------------------------------------------------------


def _assemble(
    context: Context, options: argparse.Namespace, cell: Cell, hooks: Hooks, folder: Path
) -> Path:
    """The folder to register: the cell as `custom.py`, the model's file, what is included."""
    from ...client.uploads import together

    given = options.model if options.model is not None else options.model_too
    if given is None and not options.include and "load_model" not in hooks and not hooks.open:
        raise InvalidInput(
            "There is no model that the hooks are about.",
            advice="Name it after the package's name, or define load_model(code_dir), which may "
            "return None when score needs no model.",
        )
    (folder / "made").mkdir()
    code = folder / "made" / "custom.py"
    code.write_text(cell.source, encoding="utf-8")
    paths = [code]
    if given is not None:
        paths.append(_model_path(context, given, hooks, folder / "made"))
    for text in options.include:
        path = Path(text).expanduser()
        if not path.exists():
            raise InvalidInput(
                f"There is no file or folder {text!r} to include.",
                advice="Check the path; relative ones start at the working folder.",
                fields={"include": text},
            )
        paths.append(path)
    return together(paths, folder)


def _model_path(context: Context, given: str, hooks: Hooks, folder: Path) -> Path:
    """The file of a model: as it is, or saved here in a format that can keep it."""
    from ... import formats

    model = context.model(given)
    if isinstance(model, str | Path):
        path = Path(model).expanduser()
        if not path.exists():
            raise InvalidInput(
                f"{given} is the text {str(model)!r}, and there is no such file or folder.",
                advice="Give a model, or the path of its file.",
                fields={"model": str(model)},
            )
        return path
    if "score" in hooks and "load_model" not in hooks:
        return formats.save_artifact(model, folder)[1]
    return formats.save_model(model, folder)[1]


def _register(context: Context, options: argparse.Namespace, folder: Path) -> Package:
    return context.registry.register(
        options.name,
        folder,
        kind=PackageKind.CUSTOM,
        target=options.target,
        target_type=options.target_type,
        class_labels=arguments.several(options.class_labels),
        positive_class=options.positive_class,
        threshold=options.threshold,
        training=None if options.training is None else context.table(options.training),
        holdout=None if options.holdout is None else context.table(options.holdout),
        description=options.description,
        tags=arguments.tags(options.tags),
        aliases=arguments.several(options.aliases) or (),
        own_code=True,  # it is a cell's, as what was saved for it
        try_rows=TRY_ROWS,
    )


def _name_line(error: RegistryError, file: Path, cell: Cell) -> None:
    """Add to an error the line of the cell that it came from, if it came from one."""
    cause: BaseException | None = error.__cause__
    line = None
    while cause is not None:
        for frame, number in traceback.walk_tb(cause.__traceback__):
            if frame.f_code.co_filename == str(file):
                line = number
        cause = cause.__cause__ or cause.__context__
    if line is None:
        return
    lines = cell.source.splitlines()
    text = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    error.detail = f"{error.detail.rstrip('.')}, at line {line + cell.above} of the cell: {text}"
    error.fields["line"] = line + cell.above


# --- in service -----------------------------------------------------------------------------


def _put_in_service(context: Context, options: argparse.Namespace, package: Package) -> Package:
    """Deploy the package, or let it replace another, where that was asked for."""
    label = options.deploy or options.replace
    if label is None:
        return package
    try:
        if options.deploy is not None:
            put_in_service(package, label, options)
        else:
            context.registry.deployment(label).replace(package, options.reason, options.note)
    except RegistryError as error:
        error.detail = f"{package.reference} is registered, but not in service. {error.detail}"
        raise
    print(f"{package.reference} is in service of {label!r}.")
    return context.registry.package_by_id(package.id)


def _predictor() -> tuple[Parser, list[argparse.Action]]:
    """The parser, and the options that only a new deployment has."""
    made = Parser(
        "predictor",
        predictor,
        "Register a package whose code is this cell: it becomes custom.py as it is, with the\n"
        "model's file beside it. The value is the package.\n\n"
        "The cell defines one or more of the hooks\n"
        "  init(**kwargs)                     once, before all others; code_dir by name\n"
        "  load_model(code_dir)               the model; without it MODEL's file is loaded\n"
        "  read_input_data(binary)            data, of a request's body as it was sent, or of\n"
        "                                     rows as a CSV file; mimetype and charset by name\n"
        "  transform(data, model)             what the model is to score\n"
        "  score(data, model)                 the predictions; without it the model is asked\n"
        "  post_process(predictions, model)   the predictions, changed\n"
        "data is a DataFrame with the columns of the training data but the target. Predictions\n"
        "are one number per row (a column Predictions, a Series, an array), or a probability\n"
        "per row and class (a column per label, or an array in the order of the labels; of two\n"
        "classes also the positive one's alone). score may ask for positive_class_label,\n"
        "negative_class_label, or of more than two classes class_labels, by name.\n\n"
        f"The code is tried here on the first {TRY_ROWS} rows of the data before anything is\n"
        "uploaded. Imports belong into the cell. Its names stay out of the notebook unless --run.",
        "example:\n"
        "  %%predictor churn model --target left --data visits --deploy churn-eu\n"
        "  def transform(data, model):\n"
        "      return data.assign(income=data['income'].fillna(0))",
        of_cell=True,
    )
    made.add(
        "name",
        metavar="NAME",
        completes=Kind.NAME,
        help="the registered model's name, a new one or one to add to; no deployment's label",
    )
    made.add(
        "model",
        nargs="?",
        metavar="MODEL",
        completes=Kind.MODEL,
        help="the model that the hooks are about: a variable, or the path of its file",
    )
    made.add(
        "--model",
        metavar="MODEL",
        dest="model_too",
        completes=Kind.MODEL,
        help="the same as an option",
    )
    made.add(
        "--include",
        nargs="+",
        action="extend",
        default=[],
        metavar="FILE",
        completes=Kind.FILE,
        help="files and folders to put beside: modules to import, class_labels.txt; the last "
        "in the line",
    )
    add_target(made)
    add_notes(made)
    made.add(
        "--deploy",
        metavar="LABEL",
        help="put the package in service as a new deployment so called, with the threshold and "
        "description of the package",
    )
    of_deploy = add_deployment(made, "for --deploy: ")
    made.add(
        "--replace",
        metavar="LABEL",
        completes=Kind.DEPLOYMENT,
        help="put it in service of this deployment",
    )
    made.choose("--reason", ReplacementReason, help="for --replace")
    made.add("--note", default="", metavar="TEXT", help="for --replace")
    made.add(
        "--run", action="store_true", dest="run_too", help="leave the cell's names in the notebook"
    )
    return made, of_deploy


_PARSER, OF_DEPLOY = _predictor()
PREDICTOR = Command(_PARSER)

__all__ = ["PREDICTOR", "predictor"]

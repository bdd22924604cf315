"""``%register``: from a model, or a description of one, to a package."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from ...domain.kinds import PackageKind, TargetType
from ...formats import FORMAT_NAMES
from . import arguments
from .arguments import Command, Kind, Misused, Parser

if TYPE_CHECKING:
    from ...client.packages import Package
    from .context import Context


def register(context: Context, options: argparse.Namespace) -> Package:
    """``%register``."""
    if not options.model and not options.external:
        raise Misused(
            "%register: give the model (OBJECT), or --external for one that is hosted elsewhere.",
            advice="%register --help tells more.",
        )
    training = None if options.training is None else context.table(options.training)
    holdout = None if options.holdout is None else context.table(options.holdout)
    return context.registry.register(
        options.name,
        _model(context, options.model),
        target=options.target,
        kind=PackageKind.EXTERNAL if options.external else None,
        target_type=options.target_type,
        class_labels=arguments.several(options.class_labels),
        positive_class=options.positive_class,
        threshold=options.threshold,
        training=training,
        holdout=holdout,
        predictions=_predictions(context, options.predictions, holdout),
        importance=_importance(context, options.importance),
        description=options.description,
        tags=arguments.tags(options.tags),
        aliases=arguments.several(options.aliases) or (),
        format=options.format,
        location=options.location,
        build_environment=options.build_environment,
    )


def _model(context: Context, given: list[str]) -> Any:
    """An object, a path, several paths, or nothing."""
    found = [context.model(text) for text in given]
    return found[0] if len(found) == 1 else found or None


def _predictions(context: Context, given: str | None, holdout: Any) -> Any:
    """A column of the holdout by its name, else a variable."""
    from ..namespace import columns_of, is_table

    if given is None or (is_table(holdout) and given in columns_of(holdout)):
        return given
    return context.variable(given)


def _importance(context: Context, given: list[str] | None) -> dict[str, Any] | None:
    """Importances by feature, of ``feature=number`` and of variables; a later one replaces."""
    if given is None:
        return None
    found: dict[str, Any] = {}
    for text in arguments.several(given) or ():
        feature, equals, number = text.rpartition("=")
        value = context.variable(text)
        if equals:
            found[feature] = number  # checked with the features
        elif hasattr(type(value), "keys") and hasattr(type(value), "__getitem__"):
            found |= dict(value)
        else:
            raise Misused(
                f"%register: {text!r} is neither feature=number nor a variable with a number by "
                "feature.",
                advice="Say --importance age=1,income=0.4, or name a dict or a Series.",
            )
    return found


def _lacks_target(options: argparse.Namespace) -> bool:
    """Whether there is no target, though its type wants a name."""
    if options.target is not None:
        return False
    return options.target_type is None or TargetType(options.target_type).is_learned


def add_target(made: Parser) -> None:
    """Add the options that say what is predicted, and the data."""
    made.add(
        "--target",
        metavar="COLUMN",
        completes=Kind.COLUMN,
        help="the name of what is predicted; --type anomaly and unstructured need none",
    )
    made.choose("--type", TargetType, dest="target_type", help="of the target")
    made.wanted["--target"] = _lacks_target
    made.add(
        "--labels",
        action="append",
        metavar="LABEL,…",
        dest="class_labels",
        help="the classes, in the order of the model's probabilities",
    )
    made.add("--positive-class", "--positive", metavar="LABEL", help="the positive class")
    made.add("--threshold", type=float, help="least probability that predicts the positive class")
    made.add(
        "--data",
        metavar="DATAFRAME",
        dest="training",
        completes=Kind.TABLE,
        help=f"training data with the target's column: {arguments.TABLE}",
    )
    made.add(
        "--holdout",
        metavar="DATAFRAME",
        completes=Kind.TABLE,
        help="data that the model was not trained on, for the baseline of its metrics",
    )


def add_notes(made: Parser) -> None:
    """Add the options that say what is to be known of a package besides."""
    made.add("--tag", action="append", default=[], metavar="KEY[:VALUE]", dest="tags")
    made.add("--alias", action="append", metavar="ALIAS", dest="aliases")
    made.add("--description", default="", metavar="TEXT")


def _register() -> Parser:
    made = Parser(
        "register",
        register,
        "Register a model package: the next version under a name. The value is the package.",
        "examples:\n"
        "  %register churn model --target left --data visits --holdout march\n"
        "  %register churn model.joblib --target left --type binary --labels no,yes\n"
        "  %register churn --external --target left --location https://models.example/churn",
    )
    made.add("name", metavar="NAME", completes=Kind.NAME, help="the registered model's name")
    made.add(
        "model",
        nargs="*",
        metavar="OBJECT",
        completes=Kind.MODEL,
        help="the model: a variable, or the path of a file or folder (of several files: each)",
    )
    made.add("--external", action="store_true", help="the model is hosted elsewhere")
    add_target(made)
    made.add(
        "--predictions",
        metavar="COLUMN",
        completes=Kind.COLUMN,
        help="the holdout's predictions where the model cannot be asked: a column, or a variable",
    )
    made.add(
        "--importance",
        action="append",
        metavar="FEATURE=NUMBER,…",
        help="how much features matter, for drift: as here, or a variable (default: measured)",
    )
    add_notes(made)
    made.add(
        "--format",
        completes=FORMAT_NAMES,
        help=f"{', '.join(FORMAT_NAMES)} (default: by a file's content; for an object the first "
        "that can keep it)",
    )
    made.add("--location", metavar="URL", help="where an external model is")
    made.add("--environment", metavar="TEXT", dest="build_environment", help="what built it")
    return made


REGISTER = Command(_register())

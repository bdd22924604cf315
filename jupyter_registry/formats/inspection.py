"""What can be known of a model and its data before it is registered; runs in a worker.

What is wrong is raised; what is only not known is listed, as it is for a person to say.
"""

from __future__ import annotations

import platform
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..domain.errors import InvalidInput, ModelFailed, nearest
from ..domain.kinds import InspectionStage, TargetType
from ..domain.signature import Signature
from ..domain.target import DEFAULT_NAMES, Target
from .from_data import TargetSaid

if TYPE_CHECKING:
    import pyarrow as pa

    from .base import ModelDescription, Predictor

#: Told how far it is: the stage, and rows done of rows in all where they are counted.
Tell = Callable[[InspectionStage, int, int], object]
#: Warnings of the model's libraries that are passed on, and characters of each.
_WARNINGS, _WARNING_LENGTH = 10, 400
#: How errors about a target mark what was not said.
_UNSAID = frozenset({"missing", "two needed", "three or more needed"})


@dataclass(frozen=True)
class Asked:
    """What is to be inspected, and what is known already."""

    #: The folder with the model's files; ``None`` for a model that is hosted elsewhere.
    model: Path | None = None
    training: Path | None = None
    holdout: Path | None = None
    format: str | None = None
    target_name: str | None = None
    target: TargetSaid = field(default_factory=TargetSaid)
    #: The holdout's column with predictions, where the model is not to be asked.
    predictions: str | None = None


@dataclass
class Found:
    """What was found; ``package`` has fields of a package as they are registered."""

    framework: str | None = None
    framework_version: str | None = None
    #: The columns that the model says it was fitted on, and those of the data.
    feature_names: list[str] | None = None
    columns: list[str] = field(default_factory=list)
    package: dict[str, Any] = field(default_factory=dict)
    #: Field of the package → why it is not known.
    missing: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def inspect(asked: Asked, tell: Tell) -> Found:
    """Load the model, read the data, and find what a package needs.

    Raises
    ------
    UnsupportedFormat
        when the files are no model, or several.
    ModelFailed, MissingExtra
        when the model cannot be loaded, does not fit the data, or cannot score the holdout.
    InvalidInput
        when a data file cannot be read, or what is said of the target is wrong; ``fields`` names
        it as it was asked.

    """
    found = Found()
    predictor = None
    if asked.model is not None:
        tell(InspectionStage.LOADING, 0, 0)
        predictor = _load(asked.model, asked.format, found)
    tell(InspectionStage.READING, 0, 0)
    training = _read(asked.training, "training")
    holdout = _read(asked.holdout, "holdout")
    tables = [table for table in (training, holdout) if table is not None]
    found.columns = list(dict.fromkeys(name for table in tables for name in table.column_names))
    says = None if predictor is None else predictor.describe()
    if _is_unstructured(asked, says):
        return _unstructured(asked, predictor, found)
    own = getattr(predictor, "target_said", TargetSaid()).name
    if asked.target_name is None and (not tables or own in found.columns):
        asked = replace(asked, target_name=own)
    name = _target_name(asked, says, found, bool(tables))
    target = _target(name, asked, predictor, tables, found)
    signature = _signature(name, asked, predictor, says, tables, found)
    if target is not None and signature is not None and predictor is not None:
        from .scoring import Scorer

        Scorer(predictor, signature, target)  # raises where they do not fit
    note = _baseline(target, signature, asked, predictor, training, holdout, found, tell)
    _example(training if training is not None else holdout, signature, predictor, found)
    _say_what_lacks(name, training, holdout, found)
    _provenance(predictor, note, found)
    return found


# --- what takes no rows ----------------------------------------------------------------------


def _is_unstructured(asked: Asked, says: ModelDescription | None) -> bool:
    kind = asked.target.type or (None if says is None else says.target_type)
    return str(kind) == TargetType.UNSTRUCTURED


def _unstructured(asked: Asked, predictor: Predictor | None, found: Found) -> Found:
    """What is known of a model that answers whole requests: it needs neither data nor columns."""
    if predictor is not None and not getattr(predictor, "is_unstructured", False):
        raise InvalidInput(
            "The model has no score_unstructured, so it cannot answer whole requests.",
            advice="Choose the target type of what it scores, or define the hook in a custom.py.",
            fields={"target_type": "no score_unstructured"},
        )
    target = Target.make(asked.target_name or "", TargetType.UNSTRUCTURED)
    found.package |= {
        "target_name": target.name,
        "target_type": target.type.value,
        "class_labels": [],
        "positive_class": None,
        "prediction_threshold": None,
        "signature": [],
    }
    if asked.training is not None or asked.holdout is not None:
        found.warnings.append("The data is not used: an unstructured model takes whole requests.")
    _provenance(predictor, None, found)
    return found


# --- the model and the data -----------------------------------------------------------------


def _load(model: Path, format: str | None, found: Found) -> Predictor:
    from . import find_model, whole_folder

    files = [file for file in model.rglob("*") if file.is_file()]
    if len(files) == 1 and whole_folder(files[0]) is None:
        model = files[0]  # so that it is called by its name
    with _passed_on(found):
        chosen, file = find_model(model, format)
        predictor = chosen.load(file)
        says = predictor.describe()
    predictor.limit_threads()
    found.package["format"] = chosen.name
    found.framework, found.framework_version = says.framework, says.framework_version
    if getattr(predictor, "is_unstructured", False) and says.target_type is None:
        found.warnings.append(
            "Its custom.py has score_unstructured beside hooks about rows: choose the target type "
            "unstructured for whole requests, or that of what it scores."
        )
    found.feature_names = None if says.feature_names is None else list(says.feature_names)
    return predictor


@contextmanager
def _passed_on(found: Found) -> Iterator[None]:
    """Take down what libraries warn of, such as a model of another version of theirs."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        yield
    told = dict.fromkeys(
        str(item.message).strip()
        for item in caught
        if not issubclass(item.category, DeprecationWarning | PendingDeprecationWarning)
    )
    found.warnings += [text[:_WARNING_LENGTH] for text in list(told)[:_WARNINGS]]


def _read(path: Path | None, what: str) -> pa.Table | None:
    if path is None:
        return None
    from .arrow_tables import read_file

    try:
        table = read_file(path)
    except InvalidInput as error:
        detail = error.detail.replace(str(path), path.name)  # where it lies here is no one's matter
        raise InvalidInput(detail, advice=error.advice, fields={what: detail}) from error.__cause__
    except ModuleNotFoundError as error:
        raise ModelFailed(
            f"The environment {sys.prefix} lacks {error.name!r}, which reading data needs.",
            advice="Install pyarrow there, choose another kernelspec, or leave the data out.",
            fields={"module": error.name},
        ) from error
    if not table.num_rows:
        raise InvalidInput(
            f"{path.name!r} has no rows.",
            advice="Give a file with a header and at least one row.",
            fields={what: "no rows"},
        )
    return table


# --- target, signature ----------------------------------------------------------------------


def _target_name(
    asked: Asked, says: ModelDescription | None, found: Found, has_data: bool
) -> str | None:
    """The name asked for, which must be in the data if there is any; else a guess."""
    from .from_data import spare_column

    name = asked.target_name
    kind = asked.target.type or (None if says is None else says.target_type)
    if str(kind) == TargetType.ANOMALY:
        # the column of outcomes, which there need not be
        found.package["target_name"] = name = name or DEFAULT_NAMES[TargetType.ANOMALY]
        return name
    if name is not None and has_data and name not in found.columns:
        raise InvalidInput(
            f"The data has no column {name!r}.",
            advice=nearest(name, found.columns)
            or f"Its columns are {', '.join(found.columns[:20])}.",
            fields={"target_name": f"no column: {name}"},
        )
    if name is None:
        name = spare_column(says, found.columns)
    if name is None:
        found.missing["target_name"] = (
            "It is not known which column is predicted. Choose one of the data's columns."
            if has_data
            else "It is not known what is predicted: no data was given. Give its name."
        )
    else:
        found.package["target_name"] = name
    return name


def _target(
    name: str | None,
    asked: Asked,
    predictor: Predictor | None,
    tables: Sequence[pa.Table],
    found: Found,
) -> Target | None:
    """The target; what nobody can tell is missing, and what was said wrongly is raised."""
    from .from_data import find_target

    if name is None:
        tables = ()  # the model may still tell type and classes
    try:
        target = find_target(
            name or "target", asked.target, None if predictor is None else lambda: predictor, tables
        )
    except InvalidInput as error:
        said = {
            "target_type": asked.target.type,
            "class_labels": asked.target.class_labels,
            "positive_class": asked.target.positive_class,
            "prediction_threshold": asked.target.threshold,
        }
        if not _UNSAID.issuperset(error.fields.values()) or any(
            said.get(field) is not None for field in error.fields
        ):
            raise
        why = str(error) if name else "It is not known until the target's name is."
        found.missing |= dict.fromkeys(error.fields, why)
        return None
    found.package |= {
        "target_type": target.type.value,
        "class_labels": list(target.class_labels),
        "positive_class": target.positive_class,
        "prediction_threshold": target.threshold if target.type is TargetType.BINARY else None,
    }
    return None if name is None else target


def _signature(
    name: str | None,
    asked: Asked,
    predictor: Predictor | None,
    says: ModelDescription | None,
    tables: Sequence[pa.Table],
    found: Found,
) -> Signature | None:
    from .from_data import find_signature

    names_known = says is not None and says.feature_names is not None
    signature = None
    if (tables and (name is not None or names_known)) or (not tables and predictor is not None):
        leave_out = [column for column in (name, asked.predictions) if column is not None]
        signature = find_signature(predictor, tables, leave_out)
    if signature is None and tables:
        found.missing["signature"] = (
            "Which columns go in is known once the target's column is chosen."
        )
    elif signature is None and predictor is not None:
        found.missing["signature"] = (
            "No data was given, so the columns' dtypes are unknown. Give training or holdout "
            "data, or the signature."
            if names_known
            else "The model does not say which columns it takes, and no data was given. Give "
            "training or holdout data, or the signature."
        )
    elif signature is not None and not tables:
        found.warnings.append(
            "No data was given: the signature is what the model says of itself, and may be wider "
            "than what it was trained on."
        )
    if signature is not None:
        found.package["signature"] = signature.to_json()
    return signature


# --- baseline, example, provenance ----------------------------------------------------------


def _baseline(
    target: Target | None,
    signature: Signature | None,
    asked: Asked,
    predictor: Predictor | None,
    training: pa.Table | None,
    holdout: pa.Table | None,
    found: Found,
    tell: Tell,
) -> str | None:
    """Put the baseline into the package; returns how importance was measured."""
    if training is None and holdout is None:
        return None
    if target is None or signature is None:
        found.warnings.append("There is no baseline yet: target or signature are not known.")
        return None
    from .baselines import baseline
    from .importance import add_importance

    @contextmanager
    def watch(rows: int) -> Iterator[Callable[[int], object]]:
        done = 0

        def advance(n: int) -> None:
            nonlocal done
            done += n
            tell(InspectionStage.SCORING, done, rows)

        advance(0)
        yield advance

    ask = None if predictor is None else lambda: predictor
    computed = baseline(
        target,
        signature,
        training=training,
        holdout=holdout,
        predictions=asked.predictions,
        predictor=ask,
        watch=watch,
    )
    tell(InspectionStage.MEASURING, 0, 0)
    note = add_importance(
        computed,
        target,
        signature,
        given=None,
        training=training,
        holdout=holdout,
        predictor=ask if asked.predictions is None else None,
    )
    found.package["baseline"] = computed
    return note


def _example(
    sample: pa.Table | None,
    signature: Signature | None,
    predictor: Predictor | None,
    found: Found,
) -> None:
    from .from_data import EXAMPLE_ROWS, example_kept, example_of

    if signature is None:
        return
    if sample is not None:
        found.package["input_example"] = example_of(sample.slice(0, EXAMPLE_ROWS), signature)
    elif (kept := example_kept(predictor, signature)) is not None:
        found.package["input_example"] = kept


def _say_what_lacks(
    name: str | None, training: pa.Table | None, holdout: pa.Table | None, found: Found
) -> None:
    told = found.warnings
    if training is None and holdout is None:
        told.append(
            "No data was given, so there is no baseline: drift cannot be told, and accuracy has "
            "nothing to be compared with."
        )
        return
    if holdout is None:
        told.append("No holdout was given, so accuracy has no metrics to be compared with.")
    elif "baseline" in found.package and not found.package["baseline"]["metrics"]:
        told.append(
            "There are no predictions on the holdout, so accuracy has no metrics to be compared "
            "with."
        )
    anomaly = found.package.get("target_type") == TargetType.ANOMALY
    if training is not None and not anomaly and name and name not in training.column_names:
        told.append(f"The training data has no column {name!r}, so how it was spread is unknown.")


def _provenance(predictor: Predictor | None, note: str | None, found: Found) -> None:
    known: dict[str, Any] = {}
    if predictor is not None:
        from .from_data import said_provenance
        from .libraries import libraries
        from .parameters import parameters

        known = {
            "python": platform.python_version(),
            "implementation": platform.python_implementation(),
            "platform": platform.platform(),
            "libraries": libraries(),
            "parameters": parameters(predictor.native),
            **said_provenance(predictor),
        }
    if note is not None:
        known["importance"] = note
    found.package["provenance"] = {name: value for name, value in known.items() if value}

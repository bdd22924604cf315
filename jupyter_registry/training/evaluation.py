"""Training one candidate in the child process: validated, trained again, saved, measured."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..domain.baseline import holdout_metrics
from ..domain.frames import Frame
from ..domain.kinds import TargetType
from ..domain.metrics import METRICS
from ..domain.ranking import score_of
from ..domain.signature import Signature
from ..domain.target import Target
from ..formats import save_model
from ..formats.libraries import libraries
from ..formats.scoring import Scorer
from ..formats.sklearn_predictor import SklearnPredictor
from .families import FAMILIES
from .partition import Partition, Rows
from .pipelines import Making, blueprint, native_parameters, pipeline
from .seconds import too_long

#: Rows whose scoring is timed, and how often.
_TIMED_ROWS, _TIMES = 1000, 3
#: How much longer training on all rows may take than on the training part, per row more.
_SLACK = 1.3


class OutOfTime(Exception):
    """A candidate would take longer than it may."""


@dataclass(frozen=True)
class Material:
    """What all candidates of a run are trained on."""

    target: Target
    signature: Signature
    frame: Frame
    """All rows as a worker hands them to a model."""
    table: pd.DataFrame
    """The same rows as the model takes them."""
    outcomes: NDArray[Any]
    """Numbers, or class labels as texts, shape (n,)."""
    partition: Partition
    making: Making
    described: dict[str, Any]
    """The part of every model's baseline that does not depend on the model."""
    input_example: list[dict[str, Any]] | None

    def rows_of(self, rows: Rows) -> Frame:
        """Some rows as a frame."""
        return {name: values[rows] for name, values in self.frame.items()}

    def fit(self, model: Any, rows: Rows) -> Any:
        """Fit a pipeline on some rows."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return model.fit(self.table.iloc[rows], self.outcomes[rows])

    def scores(self, model: Any, rows: Rows) -> NDArray[np.float64]:
        """What a fitted model says of some rows, in the way in which it will be served.

        Numbers, or the positive class's probability, shape (n,); of several classes (n, K).
        """
        return self.scores_by(SklearnPredictor(model), self.rows_of(rows))

    def scores_by(self, predictor: Any, frame: Frame) -> NDArray[np.float64]:
        """The same of a predictor and a frame."""
        return self.asking(predictor)(frame)

    def asking(self, predictor: Any) -> Callable[[Frame], NDArray[np.float64]]:
        """The same of a predictor that is asked several times."""
        scorer = Scorer(predictor, self.signature, self.target)
        return lambda frame: self._asked(scorer, frame)

    def _asked(self, scorer: Scorer, frame: Frame) -> NDArray[np.float64]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = scorer.score(frame)
        if found.values is not None:
            return found.values
        assert found.probabilities is not None
        if self.target.type is TargetType.BINARY:
            return found.probabilities[:, self.target.positive_index]
        return found.probabilities

    def metrics(self, rows: Rows, scores: NDArray[np.float64]) -> dict[str, dict[str, Any]]:
        """Every metric of the target's type: name → ``{"value", "n"}``."""
        several = self.target.type is TargetType.MULTICLASS
        return holdout_metrics(
            self.target,
            self.outcomes[rows],
            values=None if several else scores,
            probabilities=scores if several else None,
        )


@dataclass(frozen=True)
class Order:
    """What to train."""

    label: str
    family: str
    parameters: Mapping[str, Any]
    seconds: float
    """That it may take."""
    leads: Callable[[float | None], bool]
    """Whether it is the best so far, with that validation score."""
    spare: float
    """Seconds that training on all rows may take of one that does not lead, where there is one
    validation part."""
    metric: str
    folder: Path
    """Where the model and its validation scores are put."""
    searched: bool = False
    """Whether the parameters are what a search found: it is trained as it was there."""


@dataclass
class Trained:
    """A candidate that is trained."""

    validation: dict[str, dict[str, Any]]
    rows: Rows
    """The validation rows of all folds, and what the model that had not seen them says."""
    scores: NDArray[np.float64]
    fold_model: Any
    """The model of the last fold, which by time is the one that has seen most."""
    final: Any
    format: str
    files: dict[str, Path]
    holdout: dict[str, dict[str, Any]]
    training_seconds: float
    scoring_ms: float
    notes: dict[str, Any] = field(default_factory=dict)


def train(material: Material, order: Order, tell: Callable[[str], None]) -> Trained:
    """Train, validate, train again on training and validation rows, save, score the holdout.

    Raises
    ------
    OutOfTime
        when it would take longer than it may; any exception of the model's passes through.

    """
    began = time.monotonic()
    splits = material.partition.splits
    most = FAMILIES[order.family].most_rows
    found: list[dict[str, dict[str, Any]]] = []
    rows, scores, last = [], [], None
    sizes = [len(training) for training, _ in splits] + [len(material.partition.modelling)]
    once = first = 0.0
    for fold, (training, validation) in enumerate(splits):
        tell(f"{order.label}: fold {fold + 1} of {len(splits)}" if len(splits) > 1 else order.label)
        model = pipeline(material.making, order.family, order.parameters)
        once = once or time.monotonic() - began
        fit_began = time.monotonic()
        material.fit(model, _chosen(material, order, training))
        fit_seconds = time.monotonic() - fit_began
        told = material.scores(model, validation)
        found.append(material.metrics(validation, told))
        rows.append(validation)
        scores.append(told)
        last = model
        used = time.monotonic() - began
        first = first or used
        expected = _expected(sizes, fold + 1, used, first, once)
        if expected > order.seconds and len(splits) > 1:
            raise OutOfTime(too_long(expected, order.seconds))
    modelling = material.partition.modelling
    trained_on = "training and validation"
    left = order.seconds - (time.monotonic() - began)
    if not order.leads(score_of(summary(material.target.type, found), order.metric)):
        left = min(left, order.spare)
    if len(splits) == 1 and fit_seconds * _SLACK * len(modelling) / len(splits[0][0]) > left:
        # better a model of the training part than none, or than others not trained at all
        final, training_seconds = last, fit_seconds
        trained_on = "training"
    else:
        tell(f"{order.label}: on all training rows")
        again = time.monotonic()
        final = pipeline(material.making, order.family, order.parameters)
        material.fit(final, _chosen(material, order, modelling))
        training_seconds = time.monotonic() - again
    if most is not None and most < len(splits[-1][0]):
        trained_on = f"{most:,} rows of {trained_on}"
    return finished(
        material,
        order.folder,
        final,
        last,
        found,
        np.concatenate(rows),
        np.concatenate(scores),
        training_seconds,
        {"trained_on": trained_on},
    )


def _chosen(material: Material, order: Order, rows: Rows) -> Rows:
    """The rows that it is trained on, in the order that it is trained in."""
    if order.searched:
        from .tuning import as_searched

        return as_searched(material.partition, rows)
    return some(material, rows, FAMILIES[order.family].most_rows)


def _expected(sizes: Sequence[int], fitted: int, used: float, first: float, once: float) -> float:
    """Seconds that all fits will take, of so many rows each, after ``used`` for some of them.

    ``once`` of it are the library's import. By the rest of the first one alone every other is
    thought to take as long, though it has more that comes once. Later ones tell how it grows.
    """
    if fitted == 1:
        return once + (used - once) * len(sizes)
    rate = (used - first) / sum(sizes[1:fitted])
    return used + rate * sum(sizes[fitted:])


def some(material: Material, rows: Rows, most: int | None) -> Rows:
    """At most so many of the rows, by the run's seed."""
    if most is None or len(rows) <= most:
        return rows
    random = np.random.default_rng(material.making.seed)
    return np.sort(random.choice(rows, most, replace=False))


def finished(
    material: Material,
    folder: Path,
    final: Any,
    fold_model: Any,
    found: list[dict[str, dict[str, Any]]],
    rows: Rows,
    scores: NDArray[np.float64],
    training_seconds: float,
    notes: dict[str, Any],
) -> Trained:
    """Save a model, and measure what was saved on the holdout."""
    place = folder / "package"
    place.mkdir(parents=True)
    kind, file = save_model(final, place)
    loaded = kind.load(file)
    holdout = material.partition.holdout
    measured = material.metrics(holdout, material.scores_by(loaded, material.rows_of(holdout)))
    np.savez(folder / "validation.npz", rows=rows, scores=scores)
    return Trained(
        validation=summary(material.target.type, found),
        rows=rows,
        scores=scores,
        fold_model=fold_model,
        final=final,
        format=kind.name,
        files={file.relative_to(place).as_posix(): file for file in place.rglob("*")},
        holdout=measured,
        training_seconds=training_seconds,
        scoring_ms=_scoring_ms(material, loaded),
        notes=notes,
    )


def summary(
    target_type: TargetType, found: list[dict[str, dict[str, Any]]]
) -> dict[str, dict[str, Any]]:
    """Mean and standard deviation of each metric over the folds; no spread of one part."""
    result = {}
    for metric in METRICS[target_type]:
        values = [fold[metric.name]["value"] for fold in found]
        known = np.array([value for value in values if value is not None], np.float64)
        result[metric.name] = {
            "mean": float(known.mean()) if len(known) else None,
            "spread": float(known.std(ddof=1)) if len(known) > 1 else None,
            "n": sum(fold[metric.name]["n"] for fold in found),
        }
    return result


def told(
    material: Material, label: str, family: str, parameters: Mapping[str, Any], trained: Trained
) -> dict[str, Any]:
    """A trained candidate as ``BoardModelCreate`` has it, without details."""
    return {
        "label": label,
        "family": family,
        "state": "done",
        "reason": None,
        "parameters": native_parameters(material.making, family, parameters),
        "validation": trained.validation,
        "training_seconds": round(trained.training_seconds, 4),
        "scoring_ms": round(trained.scoring_ms, 4),
        "blueprint": blueprint(material.making, family) if family != "blend" else [],
        "details": {},
        "format": trained.format,
        "baseline": {**material.described, "metrics": trained.holdout},
        "input_example": material.input_example,
        "provenance": {**trained.notes, "libraries": libraries()},
    }


def _scoring_ms(material: Material, predictor: Any) -> float:
    """Milliseconds per 1,000 rows, the median of three times."""
    rows = material.rows_of(material.partition.modelling[:_TIMED_ROWS])
    n = len(next(iter(rows.values())))
    scorer = Scorer(predictor, material.signature, material.target)
    seconds = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(_TIMES):
            began = time.perf_counter()
            scorer.score(rows)
            seconds.append(time.perf_counter() - began)
    return float(np.median(seconds)) * 1000 * 1000 / n

"""The baseline of a package: the model scores the holdout in this process."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..domain.baseline import compute_baseline, outcome_of_anomaly
from ..domain.errors import InvalidInput, ModelFailed, RegistryError
from ..domain.frames import Frame, conform
from ..domain.kinds import TargetType
from ..domain.signature import Signature
from ..domain.target import Target, label_text
from .arrow_tables import batches, columns_of

if TYPE_CHECKING:
    import pyarrow as pa

    from .base import Predictor
    from .scoring import Scorer
    from .scoring import Scores as ModelScores

_ROWS = 20_000

Scores = tuple[NDArray[np.float64] | None, NDArray[np.float64] | None]
#: Given the number of rows to score, entered while they are; what it gives is told rows done.
Watch = Callable[[int], AbstractContextManager[Callable[[int], object]]]


def _unwatched(_: int) -> AbstractContextManager[Callable[[int], object]]:
    return nullcontext(lambda _: None)


def baseline(
    target: Target,
    signature: Signature | None,
    *,
    training: pa.Table | None,
    holdout: pa.Table | None,
    predictions: Any = None,
    predictor: Callable[[], Predictor] | None = None,
    watch: Watch = _unwatched,
) -> dict[str, Any] | None:
    """Holdout metrics, histograms, target distribution; ``None`` without any data.

    Models of anomalies learn without outcomes: the holdout need not have any, and without a
    holdout the model scores the training data, so that there are scores to compare with.

    Parameters
    ----------
    predictions:
        Of the holdout's rows, in their order; given, the model is not asked. The name of a
        column of it, numbers, probabilities of the positive class, an array of shape (n, K), or
        an Arrow table with a column per class.
    predictor:
        Loads the model that scores the holdout, when needed.

    Raises
    ------
    InvalidInput
        when holdout, target and predictions do not fit each other.
    ModelFailed
        when the model cannot score the holdout.

    """
    if predictions is not None and holdout is None:
        raise InvalidInput(
            "Predictions were given without the holdout they belong to.",
            advice="Give holdout too, its rows in the same order.",
            fields={"predictions": "no holdout"},
        )
    if training is None and holdout is None:
        return None
    inputs = signature or Signature(())
    values, probabilities = None, None
    if holdout is not None:
        _check_outcomes(target, holdout)
        if predictions is not None:
            values, probabilities = _given(target, holdout, predictions)
    scored = training if holdout is None and target.type is TargetType.ANOMALY else holdout
    if scored is not None and predictions is None and predictor is not None:
        values, probabilities = _scored(target, inputs, scored, predictor(), watch)
    return compute_baseline(
        target,
        inputs,
        training=None if training is None else columns_of(training),
        holdout=None if holdout is None else columns_of(holdout),
        values=values,
        probabilities=probabilities,
    )


def _check_outcomes(target: Target, holdout: pa.Table) -> None:
    import pyarrow.compute as pc

    if target.name not in holdout.column_names:
        if target.type is TargetType.ANOMALY:
            return
        raise InvalidInput(
            f"The holdout has no column {target.name!r}, so nothing can be measured on it.",
            advice="Give the holdout with its target.",
            fields={"holdout": f"missing: {target.name}"},
        )
    if target.type is TargetType.ANOMALY:
        _check_yes_or_no(target, holdout)
    if not target.type.is_classification:
        return
    found = [v for v in pc.unique(holdout.column(target.name)).to_pylist() if v is not None]
    unknown = sorted({label_text(v) for v in found} - set(target.class_labels))
    if unknown:
        raise InvalidInput(
            f"The holdout's target has values that are no class: {', '.join(unknown[:10])}.",
            advice=f"The classes are {', '.join(target.class_labels)}.",
            fields={"holdout": f"unknown classes: {', '.join(unknown[:10])}"},
        )


def _check_yes_or_no(target: Target, holdout: pa.Table) -> None:
    import pyarrow.compute as pc

    found = [v for v in pc.unique(holdout.column(target.name)).to_pylist() if v is not None]
    unknown = sorted(str(value) for value in found if np.isnan(outcome_of_anomaly(value)))
    if unknown:
        raise InvalidInput(
            f"The holdout's column {target.name!r} does not say what was an anomaly: "
            f"{', '.join(unknown[:10])}.",
            advice="Give true or false, or 1 for an anomaly and 0 for none; or leave it out.",
            fields={"holdout": f"neither true nor false: {', '.join(unknown[:10])}"},
        )


def _scored(
    target: Target,
    signature: Signature,
    holdout: pa.Table,
    predictor: Predictor,
    watch: Watch,
) -> Scores:
    from .scoring import Scorer

    scorer = Scorer(predictor, signature, target)
    parts = []
    with watch(holdout.num_rows) as advance:
        for start, part in batches(holdout, _ROWS):
            columns = columns_of(part)
            frame = conform(signature, columns, part.num_rows)
            parts.append(
                _asked(
                    scorer,
                    frame,
                    f"the holdout, rows {start} and on",
                    "Give the holdout as the model takes it, or leave it out.",
                )
            )
            advance(part.num_rows)
    if not parts:
        return None, None
    if target.type.is_numeric:
        return np.concatenate([part.values for part in parts if part.values is not None]), None
    probabilities = np.concatenate(
        [part.probabilities for part in parts if part.probabilities is not None]
    )
    if target.type is TargetType.BINARY:
        return probabilities[:, target.positive_index], None
    return None, probabilities


def try_out(target: Target, signature: Signature, rows: pa.Table, predictor: Predictor) -> None:
    """Let the model score some rows, to see that it can; raises `ModelFailed` if it cannot."""
    from .scoring import Scorer

    if not rows.num_rows:
        return
    frame = conform(signature, columns_of(rows), rows.num_rows)
    scorer = Scorer(predictor, signature, target)
    _asked(
        scorer,
        frame,
        f"the first {rows.num_rows} rows of the data",
        "Nothing was registered; the traceback shows where.",
    )


def _asked(scorer: Scorer, frame: Frame, of: str, advice: str) -> ModelScores:
    """The model's scores; what it raises is told with its traceback."""
    try:
        return scorer.score(frame)
    except RegistryError:
        raise
    except Exception as error:
        raise ModelFailed(
            f"The model failed on {of}: {type(error).__name__}: {error}",
            advice=advice,
            fields={"traceback": traceback.format_exc()},
        ) from error


def _given(target: Target, holdout: pa.Table, predictions: Any) -> Scores:
    if isinstance(predictions, str):
        if predictions not in holdout.column_names:
            raise InvalidInput(
                f"The holdout has no column {predictions!r} with predictions.",
                advice="Give the name of a column of the holdout, or the predictions themselves.",
                fields={"predictions": f"no column: {predictions}"},
            )
        predictions = holdout.column(predictions).to_numpy()
    if target.type is TargetType.MULTICLASS:
        return None, _matrix(target, holdout.num_rows, predictions)
    numbers = _numbers(predictions)
    if numbers.ndim == 2 and numbers.shape[1] == 2 and target.type is TargetType.BINARY:
        numbers = numbers[:, target.positive_index]
    _check_shape(numbers, (holdout.num_rows,))
    if target.type is TargetType.BINARY:
        _check_probabilities(numbers)
    return numbers, None


def _matrix(target: Target, n: int, predictions: Any) -> NDArray[np.float64]:
    """Probabilities of several classes, in the order of the labels."""
    if hasattr(predictions, "column_names"):
        columns = columns_of(predictions)
        by_label = {label_text(name).removeprefix("probability_"): v for name, v in columns.items()}
        missing = [label for label in target.class_labels if label not in by_label]
        if missing:
            raise InvalidInput(
                f"The predictions lack the classes {', '.join(missing)}.",
                advice="Give a column of probabilities per class label.",
                fields={"predictions": f"missing: {', '.join(missing)}"},
            )
        predictions = np.column_stack([by_label[label] for label in target.class_labels])
    matrix = _numbers(predictions)
    _check_shape(matrix, (n, len(target.class_labels)))
    _check_probabilities(matrix)
    return matrix


def _numbers(predictions: Any) -> NDArray[np.float64]:
    try:
        return np.asarray(predictions, dtype=np.float64)
    except (TypeError, ValueError):
        raise InvalidInput(
            "The predictions are not numbers.",
            advice="Give predicted values, or probabilities of the positive class, or of every "
            "class.",
            fields={"predictions": "not numbers"},
        ) from None


def _check_shape(numbers: NDArray[np.float64], wanted: tuple[int, ...]) -> None:
    if numbers.shape != wanted or np.isnan(numbers).any():
        found = "missing values" if numbers.shape == wanted else f"the shape {numbers.shape}"
        raise InvalidInput(
            f"The predictions have {found}; numbers of shape {wanted} are needed.",
            advice="Give one prediction per holdout row, in its order.",
            fields={"predictions": found},
        )


def _check_probabilities(numbers: NDArray[np.float64]) -> None:
    if ((numbers < 0) | (numbers > 1)).any():
        raise InvalidInput(
            "The predictions are not probabilities: some lie outside 0 to 1.",
            advice="Give probabilities, not classes or scores.",
            fields={"predictions": "outside 0 to 1"},
        )

"""How much a model leans on each feature: given, or measured when it is registered."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..domain.baseline import encode_outcomes
from ..domain.errors import InvalidInput, nearest
from ..domain.frames import Frame, conform
from ..domain.kinds import TargetType
from ..domain.signature import Signature
from ..domain.target import Target
from .arrow_tables import columns_of

if TYPE_CHECKING:
    import pyarrow as pa

    from .base import Predictor
    from .scoring import Scorer, Scores

#: Rows that are scored, once per feature.
_ROWS = 500
_MOST_FEATURES = 100
#: Scoring the rows once, and once for every feature, takes no longer.
_SECONDS, _SECONDS_IN_ALL = 0.5, 5.0
_SEED = 0


def add_importance(
    baseline: dict[str, Any] | None,
    target: Target,
    signature: Signature | None,
    *,
    given: Mapping[str, float] | None,
    training: pa.Table | None,
    holdout: pa.Table | None,
    predictor: Callable[[], Predictor] | None,
) -> str | None:
    """Put ``importance`` (0 to 1, the largest 1) into the baseline's features.

    Without ``given`` it is measured: by permutation (L. Breiman, Random Forests, 2001) of one
    column at a time over at most 500 rows of the holdout, else of the training data, as the
    rise of the log loss, of the RMSE, or of the share of wrong classes where the model gives
    classes alone.

    Returns
    -------
    str | None
        How it was measured, or why not; ``None`` where nothing could be.

    Raises
    ------
    InvalidInput
        when what is given is of no feature of the baseline, or is no importance.

    """
    features = (baseline or {}).get("features") or {}
    if given is not None:
        _put(features, _checked(given, features))
        return "as given"
    data = holdout if holdout is not None else training
    if not features or predictor is None or signature is None or data is None:
        return None
    if target.name not in data.column_names or not data.num_rows:
        return None
    if len(signature) > _MOST_FEATURES:
        return f"not measured: {len(signature)} features are more than {_MOST_FEATURES}"
    try:
        rises, how = _measured(target, signature, data, predictor())
    except _Skipped as skipped:
        return f"not measured: {skipped}"
    except Exception as error:  # a model may raise anything, and registers without it too
        return f"not measured: {type(error).__name__}: {error}"[:300]
    _put(features, rises)
    source = "holdout" if holdout is not None else "training data"
    return f"permutation of {min(data.num_rows, _ROWS)} rows of the {source}, by {how}"


class _Skipped(Exception):
    """Measuring would take too long, or tell nothing."""


def _measured(
    target: Target, signature: Signature, data: pa.Table, predictor: Predictor
) -> tuple[dict[str, float], str]:
    """The rise of the loss by feature, and the name of the loss."""
    from .scoring import Scorer

    random = np.random.default_rng(_SEED)
    if data.num_rows > _ROWS:
        data = data.take(np.sort(random.choice(data.num_rows, _ROWS, replace=False)))
    columns = columns_of(data)
    actual, known = encode_outcomes(target, columns[target.name])
    if not known.any():
        raise _Skipped("the target is not known in any row")
    frame = conform(signature, columns, data.num_rows)
    scorer = Scorer(predictor, signature, target)
    scorer.score({name: values[:1] for name, values in frame.items()})  # what loads, loads now
    began = time.perf_counter()
    scores = scorer.score(dict(frame))
    seconds = time.perf_counter() - began
    if seconds > _SECONDS or seconds * len(frame) > _SECONDS_IN_ALL:
        raise _Skipped(f"scoring {data.num_rows} rows takes {seconds:.2f} s")
    how, loss = _loss(target, scores, actual, known)
    before = loss(scores)
    return {
        name: loss(_permuted(scorer, frame, name, random)) - before for name in signature.names
    }, how


def _permuted(scorer: Scorer, frame: Frame, name: str, random: np.random.Generator) -> Scores:
    return scorer.score({**frame, name: random.permutation(frame[name])})


def _loss(
    target: Target, scores: Scores, actual: NDArray[np.float64], known: NDArray[np.bool_]
) -> tuple[str, Callable[[Scores], float]]:
    """The loss that suits what the model gives."""
    if target.type is TargetType.ANOMALY:
        raise _Skipped("the scores of anomalies have no loss")
    truth = actual[known]
    if target.type is TargetType.REGRESSION:
        return "RMSE", lambda s: _root_mean_square(_held(s.values)[known] - truth)
    happened = truth.astype(np.int64)
    if np.isin(_held(scores.probabilities), (0.0, 1.0)).all():
        return "accuracy", lambda s: float(
            np.mean(_held(s.probabilities)[known].argmax(axis=1) != happened)
        )
    epsilon = float(np.finfo(np.float64).eps)

    def log_loss(s: Scores) -> float:
        right = _held(s.probabilities)[known][np.arange(len(happened)), happened]
        return float(np.mean(-np.log(np.clip(right, epsilon, 1.0 - epsilon))))

    return "log loss", log_loss


def _held(array: NDArray[np.float64] | None) -> NDArray[np.float64]:
    assert array is not None
    return array


def _root_mean_square(errors: NDArray[np.float64]) -> float:
    return float(np.sqrt(np.mean(errors * errors)))


def _put(features: Mapping[str, Any], raw: Mapping[str, float]) -> None:
    """Divided by the largest; what is below 0 is 0, and where nothing matters all stay unknown."""
    largest = max((value for value in raw.values() if math.isfinite(value)), default=0.0)
    if largest <= 0:
        return
    for name, value in raw.items():
        if name in features and math.isfinite(value):
            features[name]["importance"] = round(max(value, 0.0) / largest, 6)


def _checked(given: Mapping[str, float], features: Mapping[str, Any]) -> dict[str, float]:
    if not features:
        raise InvalidInput(
            "Importances were given without data that they belong to.",
            advice="Give training or holdout data too.",
            fields={"importance": "no training or holdout data"},
        )
    checked = {}
    for name, value in given.items():
        if name not in features:
            raise InvalidInput(
                f"An importance was given for {name!r}, which is no feature of the data.",
                advice=nearest(str(name), list(features))
                or f"The features are {', '.join(list(features)[:20])}.",
                fields={"importance": f"no feature: {name}"},
            )
        try:
            checked[name] = float(value)
        except (TypeError, ValueError):
            checked[name] = math.nan
        if not 0 <= checked[name] < math.inf:
            raise InvalidInput(
                f"The importance {value!r} of {name!r} is no number from 0 on.",
                advice="Give numbers; they are divided by the largest.",
                fields={"importance": f"not a number from 0 on: {name}"},
            )
    return checked

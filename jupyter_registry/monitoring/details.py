"""Reading accuracy in detail: score bins and confusion from accumulators, a sample of rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from ..domain import metrics as scoring
from ..domain.accumulators import Accumulator, merge
from ..domain.kinds import Bucket, TargetType
from ..domain.score_bins import out_of_unit, scores_of
from ..domain.scores import ScoreSketch
from ..store.database import Database
from . import calendar
from .accuracy import hours_with_predictions, pieces, read_bucket
from .buckets import ACCURACY, HOUR
from .cursor import Cursor, reading
from .rows import Tracked
from .sampling import sample

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_details(
    database: Database,
    tracked: Tracked,
    packages: Sequence[int],
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    segment: int | None = None,
) -> dict[str, Any]:
    """The matched predictions of some packages in detail, by prediction time, ready for JSON.

    Parameters
    ----------
    packages:
        The packages whose predictions count.
    start, end:
        The range ``[start, end)``, widened to whole hours; all there is unless given.
    segment:
        Count the rows of this segment alone.

    Returns
    -------
    dict
        The fields of `domain.entities.AccuracyDetails` but for ``deployment_id``,
        ``package_id`` and ``threshold``.

    Raises
    ------
    InvalidInput
        for an empty range.

    """
    target = tracked.target
    first, last = calendar.checked_hours(start, end)
    known: dict[str, Any] = {
        "start": None,
        "end": None,
        "n": 0,
        "target_type": target.type.value,
        "class_labels": list(target.class_labels),
        "positive_class": target.positive_class,
        "confusion_matrix": None,
        "score_bins": [] if target.type in (TargetType.BINARY, TargetType.ANOMALY) else None,
        "sample": [] if target.type is TargetType.REGRESSION else None,
    }
    with reading(database.log_engine) as cursor:
        hours = calendar.filled(
            first, last, lambda: hours_with_predictions(cursor, tracked, list(packages), segment)
        )
        if hours is None:
            return known
        first, last = hours
        known["start"], known["end"] = map(calendar.moment_of_hour, (first, last))
        whole = merge(_matched(cursor, tracked, packages, first, last, segment))
        if whole is None:
            return known
        n = known["n"] = scoring.rows(target, whole)
        if target.type is TargetType.REGRESSION:
            rows = sample(
                cursor,
                tracked.deployment_id,
                list(packages),
                first * HOUR,
                last * HOUR,
                n,
                segment=segment,
            )
            known["sample"] = [
                {
                    "association_id": name,
                    "timestamp": _EPOCH + timedelta(microseconds=stamp),
                    "predicted": predicted,
                    "actual": actual,
                }
                for _, name, stamp, predicted, actual in rows
                if predicted is not None and math.isfinite(predicted) and math.isfinite(actual)
            ]
            return known
    if target.type is TargetType.ANOMALY:
        if (sketch := whole.sketch) is not None:
            known["score_bins"] = score_bins(sketch, unit=False)
        return known
    known["confusion_matrix"] = scoring.confusion_matrix(target, whole).tolist()
    if (sketch := whole.sketch) is not None:
        known["score_bins"] = score_bins(sketch)
    return known


def score_bins(sketch: ScoreSketch, *, unit: bool = True) -> list[dict[str, Any]]:
    """At most `domain.scores.READ` bins of a sketch: score, positives, negatives.

    Unless ``unit`` the scores were put between 0 and 1 to be counted.
    """
    bins = sketch.digest()
    scores = scores_of(bins.codes)
    columns = (scores if unit else out_of_unit(scores), bins.positives, bins.negatives)
    return [
        {"score": score, "positives": positives, "negatives": negatives}
        for score, positives, negatives in zip(
            *(column.tolist() for column in columns), strict=True
        )
    ]


def _matched(
    cursor: Cursor,
    tracked: Tracked,
    packages: Sequence[int],
    first: int,
    last: int,
    segment: int | None,
) -> list[Accumulator]:
    """The accumulators of matched rows in the hours ``[first, last)``, whole days as days."""
    return [
        Accumulator.from_bytes(data)
        for level, low, high in pieces(Bucket.DAY, first, last)
        for _, _, data in read_bucket(
            cursor, ACCURACY, tracked.deployment_id, list(packages), level, low, high, segment
        )
    ]

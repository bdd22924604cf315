"""Curves and tables of a binary target's score bins: ROC, precision-recall, gain, calibration.

Everything here is of counted scores: positives and negatives at n ascending scores. A row is
predicted positive when its score is at least the threshold, as scikit-learn has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .kinds import TargetType

if TYPE_CHECKING:
    from .details import AccuracyDetails, ScoreBin

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: The normal distribution's quantile for an interval of 95 %.
Z95 = 1.959963984540054


@dataclass(frozen=True)
class Counted:
    """Positives and negatives at each of n distinct scores in ascending order, shape (n,)."""

    scores: Floats
    positives: Ints
    negatives: Ints

    @classmethod
    def of(cls, bins: Sequence[ScoreBin]) -> Counted:
        """The score bins of `AccuracyDetails`; those of one score are taken together."""
        given = np.array([one.score for one in bins], np.float64)
        scores, at = np.unique(given, return_inverse=True)
        counts = np.zeros((2, len(scores)), np.int64)
        np.add.at(counts[0], at, [one.positives for one in bins])
        np.add.at(counts[1], at, [one.negatives for one in bins])
        return cls(scores, counts[0], counts[1])

    @property
    def n_positive(self) -> int:
        """Rows whose actual is the positive class."""
        return int(self.positives.sum())

    @property
    def n_negative(self) -> int:
        """Rows whose actual is the other class."""
        return int(self.negatives.sum())

    @property
    def has_both(self) -> bool:
        """Whether both classes happened, without which most curves are undefined."""
        return self.n_positive > 0 and self.n_negative > 0


def confusion(counted: Counted, threshold: float) -> tuple[int, int, int, int]:
    """True negatives, false positives, false negatives and true positives at a threshold."""
    above = int(np.searchsorted(counted.scores, threshold, side="left"))
    tp, fp = int(counted.positives[above:].sum()), int(counted.negatives[above:].sum())
    return counted.n_negative - fp, fp, counted.n_positive - tp, tp


def confusion_at(details: AccuracyDetails, threshold: float) -> list[list[int]]:
    """`confusion` of a binary target as a matrix, actual by predicted class, in label order.

    Rows of a score bin are all on its score's side of the threshold; rows without a known
    probability are not counted.

    Raises
    ------
    ValueError
        for a target that is not binary.

    """
    if details.target_type is not TargetType.BINARY or details.positive_class is None:
        raise ValueError("Only a binary target has a threshold.")
    tn, fp, fn, tp = confusion(Counted.of(details.score_bins or []), threshold)
    if details.class_labels.index(details.positive_class) == 1:
        return [[tn, fp], [fn, tp]]
    return [[tp, fn], [fp, tn]]


def roc(counted: Counted) -> tuple[Floats, Floats, Floats]:
    """False and true positive rates, and thresholds, shape (n + 1,), from (0, 0) to (1, 1).

    The points of scikit-learn's ``roc_curve(…, drop_intermediate=False)``: thresholds descend,
    the first is infinite. Both classes must have happened.
    """
    tp = np.concatenate([[0], np.cumsum(counted.positives[::-1])])
    fp = np.concatenate([[0], np.cumsum(counted.negatives[::-1])])
    thresholds = np.concatenate([[np.inf], counted.scores[::-1]])
    return fp / counted.n_negative, tp / counted.n_positive, thresholds


def roc_auc(counted: Counted) -> float:
    """The area under `roc` by trapezoids, which counts ties half (Hanley and McNeil 1982)."""
    fpr, tpr, _ = roc(counted)
    return float(np.sum(np.diff(fpr) * (tpr[1:] + tpr[:-1]) / 2))


def precision_recall(counted: Counted) -> tuple[Floats, Floats, Floats]:
    """Precision and recall, shape (n + 1,), and ascending thresholds, shape (n,).

    As scikit-learn's ``precision_recall_curve``: the last point, of no threshold, is precision
    1 at recall 0. A positive must have happened.
    """
    tp = np.cumsum(counted.positives[::-1])
    predicted = tp + np.cumsum(counted.negatives[::-1])
    precision, recall = tp / predicted, tp / counted.n_positive
    return np.append(precision[::-1], 1.0), np.append(recall[::-1], 0.0), counted.scores


def average_precision(counted: Counted) -> float:
    """Precision averaged over the steps of recall, as scikit-learn's without interpolation."""
    precision, recall, _ = precision_recall(counted)
    return float(-np.sum(np.diff(recall) * precision[:-1]))


def cumulative_gain(counted: Counted, depths: Floats) -> Floats:
    """The share of all positives among the rows of highest score, at each depth (0 to 1).

    Rows of one score come in no order, so between two scores the gain is linear. The *lift* at
    a depth is the gain divided by the depth. A positive must have happened.
    """
    found = np.concatenate([[0], np.cumsum(counted.positives[::-1])])
    taken = found + np.concatenate([[0], np.cumsum(counted.negatives[::-1])])
    gain: Floats = np.interp(depths, taken / taken[-1], found / found[-1])
    return gain


@dataclass(frozen=True)
class CalibrationGroup:
    """Rows of neighbouring scores: mean score, share of positives, its 95 % interval, rows."""

    score: float
    share: float
    low: float
    high: float
    n: int


def calibration(counted: Counted, groups: int = 10) -> list[CalibrationGroup]:
    """Neighbouring scores in groups of about as many rows each, by ascending score.

    A score is never split, so there are fewer groups where many rows share one.
    """
    rows = counted.positives + counted.negatives
    total = int(rows.sum())
    if not total:
        return []
    middle = np.cumsum(rows) - rows / 2
    group = np.minimum((middle * groups / total).astype(np.int64), groups - 1)
    found = []
    for one in np.unique(group):
        inside = group == one
        n, hits = int(rows[inside].sum()), int(counted.positives[inside].sum())
        score = float(np.average(counted.scores[inside], weights=rows[inside]))
        found.append(CalibrationGroup(score, hits / n, *wilson(hits, n), n))
    return found


def wilson(hits: int, n: int, z: float = Z95) -> tuple[float, float]:
    """Wilson's score interval of a share (Wilson 1927, JASA 22:209)."""
    share = hits / n
    scale = 1 + z * z / n
    centre = (share + z * z / (2 * n)) / scale
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / scale
    return max(0.0, centre - half), min(1.0, centre + half)

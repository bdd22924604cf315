"""The pictures of `AccuracyView`, by target type: what each needs and how it is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...domain.kinds import TargetType

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ...client.accuracy import Accuracy
    from ...client.accuracy_details import AccuracyDetails

#: Inches of a picture that takes the whole width.
WIDE = (10.0, 4.2)


@dataclass(frozen=True)
class Shown:
    """What a picture is drawn from."""

    accuracy: Accuracy
    details: AccuracyDetails | None
    metric: str
    threshold: float | None

    @property
    def detailed(self) -> AccuracyDetails:
        """The details, of a picture that has asked for them."""
        assert self.details is not None
        return self.details


@dataclass(frozen=True)
class Picture:
    """A tab of the view; its size in inches stays what it is, whatever is drawn."""

    title: str
    draw: Callable[[Shown], Figure]
    size: tuple[float, float] = WIDE
    needs_details: bool = True
    by_metric: bool = False
    by_threshold: bool = False


def pictures(target_type: TargetType, n_classes: int) -> list[Picture]:
    """The pictures of a target, in the order of the tabs."""
    # predicted against actual has a panel for each of up to four classes
    panels = min(4, n_classes) if n_classes > 2 else 1
    both = "Scores and anomalies" if target_type is TargetType.ANOMALY else "Predicted and actual"
    found = [
        Picture("Over time", _over_time, needs_details=False, by_metric=True),
        Picture(
            both,
            _predicted,
            size=(WIDE[0], 2.4 + 1.8 * panels),
            needs_details=False,
        ),
    ]
    if target_type is TargetType.REGRESSION:
        scatter = Picture("Scatter", _scatter, size=(5.6, 4.8))
        return [*found, scatter, Picture("Residuals", _residuals)]
    if target_type is TargetType.ANOMALY:
        return [*found, Picture("ROC and lift", _roc_and_lift)]
    side = min(9.0, max(3.4, 1.7 + 0.75 * n_classes))
    matrix = Picture("Confusion matrix", _confusion, size=(side + 0.5, side), by_threshold=True)
    if target_type is TargetType.BINARY:
        return [*found, Picture("ROC and lift", _roc_and_lift, by_threshold=True), matrix]
    return [*found, matrix]


def drawn_alike(one: Accuracy, other: Accuracy | None) -> bool:
    """Whether two answers would be drawn alike; a span's limits move with the time of day."""
    unlike = {"start": None, "end": None}
    return other is not None and one.model_copy(update=unlike) == other.model_copy(update=unlike)


def _over_time(shown: Shown) -> Figure:
    from ...plots import accuracy_over_time

    return accuracy_over_time(shown.accuracy, shown.metric)


def _predicted(shown: Shown) -> Figure:
    from ...plots import predicted_vs_actual

    return predicted_vs_actual(shown.accuracy)


def _roc_and_lift(shown: Shown) -> Figure:
    from matplotlib.figure import Figure

    from ...plots import lift, roc

    left, right = Figure(figsize=WIDE, layout="constrained").subplots(1, 2)
    roc(shown.detailed, left, threshold=shown.threshold)
    return lift(shown.detailed, right)


def _confusion(shown: Shown) -> Figure:
    from ...plots import confusion

    return confusion(shown.detailed, threshold=shown.threshold)


def _scatter(shown: Shown) -> Figure:
    from ...plots import predicted_against_actual

    return predicted_against_actual(shown.detailed)


def _residuals(shown: Shown) -> Figure:
    from ...plots import residuals

    return residuals(shown.detailed)

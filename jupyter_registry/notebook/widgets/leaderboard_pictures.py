"""What is shown of one model of a leaderboard: its pictures, by what was measured of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...client import html
from ...domain.kinds import TargetType
from . import accuracy_svg
from .markup import table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ...client.board_models import WholeBoardModel
    from ...client.leaderboards import Board

#: Inches of a picture that takes the whole width.
_WIDE = (10.0, 4.2)


@dataclass(frozen=True)
class Page:
    """A tab of a model: its title, and the HTML that it becomes when it is looked at."""

    title: str
    html: Callable[[], str]


def pages(board: Board, model: WholeBoardModel, metric: str) -> list[Page]:
    """The tabs of a model that is done; what was not measured has none."""
    found = model.details
    positive = board.positive_class or ""
    made: list[Page] = []

    def picture(title: str, draw: Callable[[], Figure], size: tuple[float, float] | None = None):
        made.append(Page(title, lambda: accuracy_svg.picture(draw, size)))

    if found.get("importance"):
        picture("Importance", lambda: _plots().permutation_importance(found["importance"]))
    if found.get("roc"):
        picture("ROC and lift", lambda: _roc_and_lift(model, positive), _WIDE)
    if found.get("residuals"):
        picture("Residuals", lambda: _plots().validation_residuals(model), _WIDE)
    if found.get("confusion"):
        picture("Confusion matrix", lambda: _plots().validation_confusion(model))
    if found.get("learning_curve"):
        picture(
            "Learning curve",
            lambda: _plots().learning_curve(found["learning_curve"], metric=board.metric),
        )
    if found.get("partial_dependence"):
        picture(
            "Partial dependence",
            lambda: _plots().partial_dependence(
                found["partial_dependence"],
                class_labels=board.class_labels,
                predicted=_predicted(board),
            ),
        )
    if model.blueprint:
        picture(
            "Blueprint",
            lambda: _plots().blueprint(model.blueprint, target=board.target_name),
        )
    made.append(Page("Scores", lambda: _scores(model)))
    made.append(Page("Parameters", lambda: _parameters(model)))
    return made


def _plots():
    from ... import plots

    return plots


def _predicted(board: Board) -> str:
    if board.target_type is TargetType.REGRESSION:
        return f"mean of {board.target_name}"
    if board.positive_class:
        return f"probability of {board.positive_class}"
    return "probability"


def _roc_and_lift(model: WholeBoardModel, positive: str) -> Figure:
    from matplotlib.figure import Figure

    left, right = Figure(figsize=_WIDE, layout="constrained").subplots(1, 2)
    _plots().validation_roc(model, left, positive=positive)
    return _plots().validation_lift(model, right, positive=positive)


def _scores(model: WholeBoardModel) -> str:
    held = model.holdout or {}
    rows = [
        (name, score.mean, score.spread, score.n, (held.get(name) or {}).get("value"))
        for name, score in model.validation.items()
    ]
    note = (
        f"Unlocked by {model.unlocked_by}, {model.unlocked_at:%Y-%m-%d %H:%M}."
        if model.unlocked_at is not None
        else "The holdout is sealed until it is unlocked, or the model registered or deployed."
    )
    shown = table(("Metric", "Validation", "Spread", "Rows", "Holdout"), rows)
    return f'{shown}<p class="jr-muted">{html.escape(note)}</p>'


def _parameters(model: WholeBoardModel) -> str:
    rows = [(name, value) for name, value in model.parameters.items()]
    if not rows:
        return '<p class="jr-muted">The library\'s own settings.</p>'
    return table(("Parameter", "Value"), rows, facts=True)

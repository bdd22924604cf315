"""The leaderboard: models ranked by their validation score, and their score against their speed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal

from ..domain.metrics import METRICS
from . import style
from .alternative import describe
from .labels import name_points

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..client.board_models import Ranking
    from ..client.leaderboards import Board

Kind = Literal["ranking", "scoring_time"]

#: Letters of a model's name beside its row.
_LONGEST = 40
#: Models that are named beside their points.
_NAMED = 8


@dataclass(frozen=True)
class _Model:
    """A model of the leaderboard, checked."""

    name: str
    score: float
    spread: float | None
    holdout: float | None
    scoring_ms: float | None


@dataclass(frozen=True)
class _Scale:
    """What a score is of, and which way is better."""

    title: str
    greater_is_better: bool

    @property
    def label(self) -> str:
        return f"{self.title} ({'higher' if self.greater_is_better else 'lower'} is better)"

    def ranked(self, models: Sequence[_Model]) -> list[_Model]:
        """The best first; of equal ones the one that came first."""
        return sorted(models, key=lambda model: model.score, reverse=self.greater_is_better)

    def is_better(self, one: float, other: float) -> bool:
        return one > other if self.greater_is_better else one < other


def leaderboard(
    models: Sequence[Mapping[str, Any]] | Sequence[Any] | Ranking | Board,
    ax: Axes | None = None,
    *,
    metric: str = "",
    greater_is_better: bool | None = None,
    kind: Kind = "ranking",
    most: int = 20,
    title: str | None = None,
) -> Figure:
    """Draw models ranked by validation score, best first, or their score against scoring time.

    In the ranking, a point is the mean validation score, the bar its spread, a hollow square
    the score on the holdout. Against scoring time, the line joins the models that no other beats
    in both: they are named. ``ax``, ``title`` and the figure are as in all of
    `jupyter_registry.plots`.

    Parameters
    ----------
    models
        a `Board` of the client, or its ``models()``, whose metric it is then; or mappings, or
        objects with attributes: ``name`` and ``score`` (``None`` or NaN where there is none:
        counted, not drawn), and if known ``spread`` (of the score over the folds, at least 0, in
        the score's unit), ``holdout`` (the score there) and ``scoring_ms`` (how long scoring
        takes, in milliseconds, more than 0; for as many rows of each model).
    metric
        the name of what the score is of; a leaderboard's own unless given. Those of
        `domain.metrics` have a title and say which way is better.
    greater_is_better
        needed where the metric is not one of them.
    kind
        ``ranking`` or ``scoring_time``.
    most
        how many of the ranking are drawn; the others are counted.

    Raises
    ------
    ValueError
        if a model has no name or something that is not such a number, it is not known which way
        is better, or there is no such kind.

    """
    if kind not in ("ranking", "scoring_time"):
        raise ValueError(f"There is no kind {kind!r} of leaderboard: ranking or scoring_time.")
    ask: Any = getattr(models, "models", None)
    if callable(ask):
        models = ask(metric or None)
    if hasattr(models, "scored"):
        ranking: Any = models
        metric, models = metric or ranking.metric, ranking.scored()
    if most < 1:
        raise ValueError(f"At least one model is to be drawn, not most={most}.")
    checked, unscored = _checked(models)
    if not checked:
        ax = style.opened(ax, metric or "score", "", title, size=(7.2, 3.0), grid="")
        missing = "no model has a score yet" if unscored else "no models yet"
        return style.empty(ax, "Leaderboard", missing)
    scale = _scale(metric, greater_is_better)
    ranked = scale.ranked(checked)
    if kind == "ranking":
        return _draw_ranking(ax, ranked, unscored, scale, most, title)
    return _draw_speed(ax, ranked, unscored, scale, title)


def _draw_ranking(
    ax: Axes | None,
    ranked: Sequence[_Model],
    unscored: int,
    scale: _Scale,
    most: int,
    title: str | None,
) -> Figure:
    shown, form = ranked[:most], _form(ranked)
    notes = []
    if len(shown) < len(ranked):
        notes.append(f"the best {len(shown)} of {len(ranked)} models")
    if unscored:
        notes.append(f"{unscored} more without a score")
    ax = style.opened(
        ax,
        "\n".join([f"{scale.label}, by validation", *(["; ".join(notes)] if notes else [])]),
        "",
        title,
        size=(7.2, 1.5 + 0.32 * len(shown)),
        grid="x",
    )
    blue, red = style.colours(ax)[:2]
    rows = list(range(len(shown) - 1, -1, -1))
    has_spread = any(model.spread for model in shown)
    ax.errorbar(
        [model.score for model in shown],
        rows,
        xerr=[model.spread or 0.0 for model in shown] if has_spread else None,
        linestyle="none",
        marker="o",
        color=blue,
        elinewidth=2.2,
        capsize=3,
        label="validation ± spread" if has_spread else "validation",
    )
    held = [(model.holdout, row) for model, row in zip(shown, rows, strict=True)]
    known = [(score, row) for score, row in held if score is not None]
    if known:
        ax.errorbar(
            [score for score, _ in known],
            [row for _, row in known],
            linestyle="none",
            marker="s",
            markersize=7,
            markerfacecolor="none",
            markeredgewidth=1.5,
            color=red,
            label="holdout",
        )
    ax.set_yticks(rows, [style.short(model.name, _LONGEST) for model in shown])
    ax.get_yticklabels()[0].set_fontweight("bold")
    ax.set_ylim(-0.6, len(shown) - 0.4)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    for model, row in zip(shown, rows, strict=True):
        ax.annotate(
            _score(model, form),
            (1.0, row),
            xycoords=("axes fraction", "data"),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize="small",
            color=style.ink(ax, 0.9),
            fontweight="bold" if row == rows[0] else None,
        )
    style.legend_above(ax)
    named = "; ".join(f"{model.name} {_score(model, form)}" for model in shown)
    rest = f". {'; '.join(notes)}" if notes else ""
    describe(ax, f"Leaderboard by {scale.label}, best first: {named}{rest}.")
    return style.figure_of(ax)


def _draw_speed(
    ax: Axes | None, ranked: Sequence[_Model], unscored: int, scale: _Scale, title: str | None
) -> Figure:
    timed = [(model, model.scoring_ms) for model in ranked if model.scoring_ms is not None]
    untimed = len(ranked) - len(timed) + unscored
    note = f"\n{untimed} more without a scoring time or a score" if untimed else ""
    ax = style.opened(
        ax, f"scoring time (ms, lower is better){note}", scale.label, title, size=(7.2, 4.6)
    )
    if not timed:
        return style.empty(ax, "Score against scoring time", "no model has a scoring time")
    form = _form(ranked)
    best: list[tuple[_Model, float]] = []
    for model, ms in sorted(timed, key=lambda one: (one[1], ranked.index(one[0]))):
        if not best or scale.is_better(model.score, best[-1][0].score):
            best.append((model, ms))
    blue = style.colours(ax)[0]
    unbeaten = {id(model) for model, _ in best}
    beaten = [(model, ms) for model, ms in timed if id(model) not in unbeaten]
    for shown, marker, colour, label in (
        (beaten, "o", style.ink(ax, 0.5), "beaten in both by another"),
        (best, "D", blue, "best for its time"),
    ):
        if shown:
            ax.plot(
                [ms for _, ms in shown],
                [model.score for model, _ in shown],
                linestyle="none",
                marker=marker,
                color=colour,
                label=label,
                zorder=3,
            )
    ax.plot(
        [ms for _, ms in best],
        [model.score for model, _ in best],
        drawstyle="steps-post",
        color=blue,
        linewidth=1.1,
        alpha=0.7,
    )
    ax.margins(0.1)
    style.duration_axis(ax, [ms for _, ms in timed], "x")
    style.legend_above(ax)
    first = sorted(best, key=lambda one: ranked.index(one[0]))[:_NAMED]
    name_points(
        ax,
        [(ms, model.score, style.short(model.name)) for model, ms in first],
        [(ms, model.score) for model, ms in timed],
    )
    told = "; ".join(f"{model.name} {_score(model, form)} in {ms:.3g} ms" for model, ms in best)
    describe(
        ax,
        f"{scale.label} against scoring time of {len(timed)} models. "
        f"Not beaten in both: {told}.{note.replace(chr(10), ' ')}{'.' if note else ''}",
    )
    return style.figure_of(ax)


def _form(models: Sequence[_Model]) -> str:
    """How all their scores are written: four digits of the largest."""
    largest = max(abs(model.score) for model in models)
    if not 1e-3 <= largest < 1e6:
        return ".4g"
    return f",.{max(0, 3 - math.floor(math.log10(largest)))}f"


def _score(model: _Model, form: str) -> str:
    """``0.8123 ± 0.0042``."""
    text = f"{model.score:{form}}".replace("-", "−")
    return text if model.spread is None else f"{text} ± {model.spread:{form}}"


# --- what is given ------------------------------------------------------------------------------


def _scale(metric: str, greater_is_better: bool | None) -> _Scale:
    known = {one.name: one for metrics in METRICS.values() for one in metrics}
    found = known.get(metric)
    if greater_is_better is None and found is None:
        raise ValueError(
            f"It is not known which way {metric or 'the score'!r} is better: give "
            f"greater_is_better, or as metric one of {', '.join(known)}."
        )
    title = found.title if found is not None else metric or "score"
    if greater_is_better is None and found is not None:
        greater_is_better = found.greater_is_better
    return _Scale(title, bool(greater_is_better))


def _checked(models: Sequence[Any]) -> tuple[list[_Model], int]:
    """The models that have a score, and how many have none."""
    if isinstance(models, Mapping | str) or not hasattr(models, "__iter__"):
        raise ValueError(
            f"The models are a sequence of mappings or objects, not a {type(models).__name__}."
        )
    checked, unscored = [], 0
    for place, model in enumerate(models):
        name = _field(model, "name")
        if not isinstance(name, str) or not name.strip():
            raise ValueError(f"Model {place} has no name: give each a name and a score.")
        if not _has(model, "score"):
            raise ValueError(f"Model {name!r} has no score: None says that there is none yet.")
        score = _number(model, name, "score")
        if score is None:
            unscored += 1
            continue
        spread = _number(model, name, "spread")
        scoring_ms = _number(model, name, "scoring_ms")
        if spread is not None and spread < 0:
            raise ValueError(f"The spread of {name!r} is {spread:g}, it must be at least 0.")
        if scoring_ms is not None and scoring_ms <= 0:
            raise ValueError(f"The scoring_ms of {name!r} is {scoring_ms:g}, it must be above 0.")
        checked.append(_Model(name, score, spread, _number(model, name, "holdout"), scoring_ms))
    return checked, unscored


def _has(model: Any, field: str) -> bool:
    return field in model if isinstance(model, Mapping) else hasattr(model, field)


def _field(model: Any, field: str) -> Any:
    return model.get(field) if isinstance(model, Mapping) else getattr(model, field, None)


def _number(model: Any, name: str, field: str) -> float | None:
    value = _field(model, field)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, Real):
        raise ValueError(f"The {field} of {name!r} is {value!r}, it must be a number or None.")
    number = float(value)
    if math.isinf(number):
        raise ValueError(f"The {field} of {name!r} is infinite, it must be a finite number.")
    return None if math.isnan(number) else number

"""A leaderboard and its models as pictures: the numbers are what was measured, and the words."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.dates import num2date
from matplotlib.figure import Figure

from jupyter_registry import plots

from . import boards


def line(figure: Figure, place: int = 0):
    return figure.get_axes()[place].get_lines()[0]


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for ax in figure.get_axes() for text in ax.texts]


def test_a_ranking_is_drawn_as_the_board_has_it() -> None:
    figure = plots.leaderboard(boards.ranking())
    (ax,) = figure.get_axes()
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["LightGBM, tuned", "Random forest", "Constant"]
    assert "AUC (higher is better)" in ax.get_xlabel()
    holdout = next(one for one in ax.get_lines() if one.get_marker() == "s")
    assert holdout.get_xdata().tolist() == [0.69]
    other = plots.leaderboard(boards.ranking(), metric="log_loss").get_axes()[0]
    assert "Log loss (lower is better)" in other.get_xlabel()
    # too fast to be measured is no time
    speed = plots.leaderboard(boards.ranking(), kind="scoring_time")
    assert "against scoring time of 2 models" in plots.alt_text(speed)

    class Board:
        def models(self, metric: str | None = None):
            return boards.ranking(metric or "log_loss")

    assert "Log loss" in plots.leaderboard(Board()).get_axes()[0].get_xlabel()


def test_blueprint_has_a_box_for_each_step() -> None:
    figure = plots.blueprint(boards.BLUEPRINT, target="arrival")
    shown = texts(figure)
    for head in ("Data", "Numbers", "Categories", "Dates", "Linear model", "Prediction"):
        assert shown.count(head) == 1
    assert "9 columns" in shown
    assert any("weekday, dep_minute," in text for text in shown)
    said = plots.alt_text(figure)
    assert said.startswith("Blueprint: Numbers of weekday, dep_minute")
    assert said.endswith("then Linear model (LogisticRegression), which predicts arrival.")
    (ax,) = figure.get_axes()
    boxes = [patch.get_window_extent() for patch in ax.patches if hasattr(patch, "get_boxstyle")]
    assert len(boxes) == 6
    for place, one in enumerate(boxes):  # no box covers another
        assert not any(one.overlaps(other) for other in boxes[place + 1 :])
    alone = plots.blueprint(boards.BLUEPRINT[-1:])
    assert "all columns" in texts(alone)
    assert "not known" in plots.alt_text(plots.blueprint([]))


def test_importance_is_ranked_and_the_rest_counted() -> None:
    mixed = dict(sorted(boards.IMPORTANCE.items(), key=lambda item: hash(item[0])))
    figure = plots.permutation_importance(mixed, most=5)
    (ax,) = figure.get_axes()
    shown = dict(zip([t.get_text() for t in ax.get_yticklabels()], ax.patches, strict=True))
    assert list(shown) == [f"column 0{place}" for place in range(5)]
    assert [bar.get_width() for bar in shown.values()] == [1.0, 0.8, 0.64, 0.512, 0.41]
    assert "15 less important columns" in ax.get_xlabel()
    assert "column 00 1.00, column 01 0.80" in plots.alt_text(figure)
    assert "not measured" in plots.alt_text(plots.permutation_importance({}))
    with pytest.raises(ValueError, match="most=0"):
        plots.permutation_importance(mixed, most=0)


def test_learning_curve_is_in_the_order_of_rows() -> None:
    figure = plots.learning_curve(boards.LEARNING[::-1], metric="auc")
    assert line(figure).get_xdata().tolist() == [350, 700, 1_400, 2_800]
    np.testing.assert_allclose(
        line(figure).get_ydata(), [point["score"] for point in boards.LEARNING]
    )
    assert "AUC (higher is better)" in plots.alt_text(figure)
    both = plots.learning_curve({"one": boards.LEARNING, "two": boards.LEARNING[:2]})
    assert [text.get_text() for text in both.get_axes()[0].get_legend().get_texts()] == [
        "one",
        "two",
    ]
    unknown = [{"rows": 10, "score": None}]
    assert "not measured" in plots.alt_text(plots.learning_curve(unknown))


def test_partial_dependence_of_numbers_dates_texts_and_classes() -> None:
    figure = plots.partial_dependence(boards.DEPENDENCE)
    assert [ax.get_xlabel() for ax in figure.get_axes() if ax.get_visible()] == [*boards.DEPENDENCE]
    for place, found in enumerate(boards.DEPENDENCE.values()):
        np.testing.assert_allclose(line(figure, place).get_ydata(), found["mean"])
    assert line(figure, 1).get_xdata().tolist() == boards.DEPENDENCE["dep_minute"]["values"]
    first = line(figure, 2).get_xdata()[0]
    assert (first if hasattr(first, "year") else num2date(first)).year == 2013
    labels = [text.get_text() for text in figure.get_axes()[0].get_xticklabels()]
    assert labels == boards.DEPENDENCE["carrier"]["values"]
    assert "on carrier: from 0.15 at DL to 0.31 at EV" in plots.alt_text(figure)

    classes = plots.partial_dependence(boards.CLASSES, class_labels=["a", "b", "c"])
    lines = classes.get_axes()[0].get_lines()
    assert [one.get_label() for one in lines] == ["a", "b", "c"]
    assert lines[1].get_ydata()[0] == 0.3
    with pytest.raises(ValueError, match="Did you mean 'carrier'"):
        plots.partial_dependence(boards.DEPENDENCE, "carier")
    with pytest.raises(ValueError, match="One axes"):
        plots.partial_dependence(boards.DEPENDENCE, ax=classes.get_axes()[0])
    assert "not measured" in plots.alt_text(plots.partial_dependence({}))


def test_curves_of_validation_rows() -> None:
    roc = plots.validation_roc(boards.BINARY, positive="late")
    assert list(line(roc).get_xdata()) == boards.BINARY["roc"]["fpr"]
    assert list(line(roc).get_ydata()) == boards.BINARY["roc"]["tpr"]
    assert "at most 10% false alarms it finds 35%" in plots.alt_text(roc)
    lift = plots.validation_lift(boards.BINARY, positive="late")
    assert list(line(lift).get_ydata()) == [0.0, *boards.BINARY["lift"]["gain"]]
    assert "2.5×" in texts(lift)
    confusion = plots.validation_confusion(boards.BINARY)
    assert "800 rows, 77.5% predicted right" in plots.alt_text(confusion)
    details = boards.regression()
    residuals = plots.validation_residuals(details, kind="predicted")
    (dots,) = residuals.get_axes()[0].collections
    found = details["residuals"]
    expected = np.subtract(found["actual"], found["predicted"])
    np.testing.assert_allclose(dots.get_offsets()[:, 1], expected)
    for draw in (
        plots.validation_roc, plots.validation_lift, plots.validation_confusion,
        plots.validation_residuals,
    ):  # fmt: skip
        assert "not measured" in plots.alt_text(draw({}))
    with pytest.raises(ValueError, match=r"board\.model\(1\)"):
        plots.validation_roc(boards.ranking())

"""What is drawn are the numbers: lines as scikit-learn's, cells, bars, marks; and the words."""

from __future__ import annotations

import io

import numpy as np
import pytest
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from sklearn import metrics as sk

from jupyter_registry import plots
from jupyter_registry.domain.kinds import TargetType

from . import samples
from .reading import line, texts

VALUES, HIT = samples.scores(900)
DETAILS = samples.binary(900)


# --- curves -------------------------------------------------------------------------------


def test_roc_is_scikit_learns() -> None:
    figure = plots.roc(DETAILS)
    curve = line(figure, "AUC")
    fpr, tpr, _ = sk.roc_curve(HIT, VALUES, drop_intermediate=False)
    np.testing.assert_allclose(curve.get_xdata(), fpr)
    np.testing.assert_allclose(curve.get_ydata(), tpr)
    assert curve.get_label() == f"AUC {sk.roc_auc_score(HIT, VALUES):.3f}"
    ring = line(figure, "threshold 0.3")
    assert ring.get_xdata()[0] == np.mean(VALUES[~HIT] >= 0.3)
    assert ring.get_ydata()[0] == np.mean(VALUES[HIT] >= 0.3)
    other = line(plots.roc(DETAILS, threshold=0.1), "threshold 0.1")
    assert other.get_ydata()[0] == np.mean(VALUES[HIT] >= 0.1)


def test_precision_recall_is_scikit_learns() -> None:
    figure = plots.precision_recall(DETAILS)
    curve = line(figure, "AP")
    precision, recall, _ = sk.precision_recall_curve(HIT, VALUES)
    np.testing.assert_allclose(curve.get_xdata(), recall)
    np.testing.assert_allclose(curve.get_ydata(), precision)
    assert curve.get_label() == f"AP {sk.average_precision_score(HIT, VALUES):.3f}"
    ring = line(figure, "threshold 0.3")
    at = VALUES >= 0.3
    assert ring.get_xdata()[0] == pytest.approx(sk.recall_score(HIT, at))
    assert ring.get_ydata()[0] == pytest.approx(sk.precision_score(HIT, at))


def test_lift_is_the_share_of_positives_in_each_decile() -> None:
    figure = plots.lift(DETAILS)
    ranked = HIT[np.argsort(-VALUES)]
    expected = [ranked[: 90 * decile].sum() / HIT.sum() for decile in range(11)]
    np.testing.assert_allclose(line(figure, "by score").get_ydata(), expected)
    assert f"{10 * expected[1]:.1f}×" in texts(figure)
    assert len(figure.get_axes()[0].texts) == 9


def test_calibration_points_are_the_groups_of_scikit_learn() -> None:
    from sklearn.calibration import calibration_curve

    figure = plots.calibration(DETAILS)
    share, score = calibration_curve(HIT, VALUES, n_bins=10, strategy="quantile")
    points = figure.get_axes()[0].containers[0].lines[0]
    np.testing.assert_allclose(points.get_xdata().astype(float), score, atol=2e-3)
    np.testing.assert_allclose(points.get_ydata().astype(float), share, atol=2e-2)


def test_several_results_differ_by_colour_and_dashes() -> None:
    two = {"one": DETAILS, "two": samples.binary(500, 9)}
    for draw in samples.BINARY:
        figure = draw(two)
        handles, labels = figure.get_axes()[0].get_legend_handles_labels()
        named = [
            handle
            for handle, label in zip(handles, labels, strict=True)
            if label.startswith(("one", "two"))
        ]
        lines = [getattr(handle, "lines", [handle])[0] for handle in named]
        assert len({item.get_color() for item in lines}) == 2
        assert lines[0].get_linestyle() != lines[1].get_linestyle()


def test_one_class_alone_has_no_roc() -> None:
    details = DETAILS.model_copy(deep=True)
    for one in details.score_bins or []:
        one.negatives, one.positives = one.positives + one.negatives, 0
    assert "only one class happened so far" in texts(plots.roc(details))
    assert plots.calibration(details).get_axes()[0].containers
    details.score_bins = []
    assert "no probabilities" in texts(plots.lift(details))


# --- confusion ----------------------------------------------------------------------------


def test_confusion_by_what_was_predicted_and_at_a_threshold() -> None:
    def cells(figure: Figure) -> list[int]:
        return [int(text.get_text().split()[0]) for text in figure.get_axes()[0].texts]

    for threshold in (None, 0.0, 0.1, 0.5, 1.0):
        at = (0.3 if threshold is None else threshold) <= VALUES
        expected = sk.confusion_matrix(HIT, at, labels=[False, True]).ravel().tolist()
        assert cells(plots.confusion(DETAILS, threshold=threshold)) == expected
    flipped = DETAILS.model_copy(update={"class_labels": ["late", "on time"]})
    at = VALUES >= 0.1
    expected = sk.confusion_matrix(HIT, at, labels=[True, False]).ravel().tolist()
    assert cells(plots.confusion(flipped, threshold=0.1)) == expected
    many = samples.multiclass(60)
    assert not plots.confusion(many).get_axes()[0].texts
    assert len(plots.confusion(many).get_axes()[0].get_xticks()) <= 40


# --- numbers ------------------------------------------------------------------------------


def test_regression_points_are_the_sample() -> None:
    details = samples.regression(300)
    rows = details.sample or []
    actual = np.array([row.actual for row in rows])
    predicted = np.array([row.predicted for row in rows])
    (dots,) = plots.predicted_against_actual(details).get_axes()[0].collections
    np.testing.assert_array_equal(dots.get_offsets(), np.stack([actual, predicted], 1))
    figure = plots.residuals(details, bins=20)
    left, right = figure.get_axes()
    assert sum(bar.get_height() for bar in left.patches) == 300
    assert len(left.patches) == 20
    (dots,) = right.collections
    np.testing.assert_allclose(dots.get_offsets(), np.stack([predicted, actual - predicted], 1))
    assert "300 of 412,000 rows" in texts(figure)
    assert "300 rows" in texts(plots.residuals(samples.regression(300, of=300)))
    mine = Figure().subplots()
    assert plots.residuals(details, mine, kind="histogram") is mine.get_figure()
    with pytest.raises(ValueError, match="one kind"):
        plots.residuals(details, mine)
    with pytest.raises(ValueError, match="no kind"):
        plots.residuals(details, kind="violin")  # type: ignore[arg-type]


def test_one_row_and_equal_rows_are_drawn() -> None:
    one = samples.regression(1)
    same = samples.regression(60)
    for row in same.sample or []:
        row.predicted = row.actual = 3.0
    for details in (one, same):
        for draw in samples.OF_NUMBERS:
            draw(details).savefig(io.BytesIO())


# --- over time ----------------------------------------------------------------------------


def test_means_and_shares_over_time() -> None:
    accuracy = samples.over_time("regression")
    figure = plots.predicted_vs_actual(accuracy, unit="minutes")
    expected = [bucket.mean_predicted for bucket in accuracy.buckets]
    np.testing.assert_allclose(line(figure, "predicted").get_ydata(), expected)
    actual = line(figure, "actual").get_ydata()
    assert np.isnan(actual).tolist() == [False] * 24 + [True] * 2
    assert "minutes" in figure.get_axes()[0].get_ylabel()
    assert "late-arrivals/2 (data drift)" in texts(figure)
    heights = samples.heights(figure.get_axes()[-1])
    assert heights == [one.n_predicted for one in accuracy.buckets] + [
        one.n for one in accuracy.buckets
    ]
    two = samples.over_time("binary")
    figure = plots.predicted_vs_actual(two, replacements={})
    expected = [bucket.mean_predicted for bucket in two.buckets]
    np.testing.assert_allclose(line(figure, "predicted").get_ydata(), expected)
    assert "“late”" in figure.get_axes()[0].get_ylabel()
    assert not texts(figure)
    for bucket in two.buckets:
        bucket.mean_predicted = None  # reported without probabilities
    expected = [(bucket.predicted_shares or {})["late"] for bucket in two.buckets]
    drawn = line(plots.predicted_vs_actual(two), "predicted").get_ydata()
    np.testing.assert_allclose(drawn, expected)


def test_anomalies_have_scores_and_shares_on_axes_of_their_own() -> None:
    accuracy = samples.over_time("regression")
    accuracy.target_type = TargetType.ANOMALY
    for bucket in accuracy.buckets:
        bucket.mean_actual = None if bucket.mean_actual is None else bucket.mean_actual / 60
    figure = plots.predicted_vs_actual(accuracy)
    scores, shares, _ = figure.get_axes()
    assert [ax.get_ylabel() for ax in (scores, shares)] == ["mean score", "share of\nanomalies"]
    assert [line.get_label() for line in scores.get_lines()][:1] == ["predicted"]
    assert "actual" not in [line.get_label() for line in scores.get_lines()]
    np.testing.assert_allclose(
        line(figure, "predicted").get_ydata(), [one.mean_predicted for one in accuracy.buckets]
    )
    actual = [np.nan if one.mean_actual is None else one.mean_actual for one in accuracy.buckets]
    np.testing.assert_allclose(line(figure, "actual").get_ydata(), actual)
    assert shares.yaxis.get_major_formatter()(0.25) == "25%"
    with pytest.raises(ValueError, match="leave ax out"):
        plots.predicted_vs_actual(accuracy, Figure().subplots())


def test_classes_over_time_by_how_often_they_happen() -> None:
    accuracy = samples.over_time("multiclass")
    figure = plots.predicted_vs_actual(accuracy)
    assert [ax.get_ylabel() for ax in figure.get_axes()][:-1] == [
        "share of\n“a”",
        "share of\n“c”",
        "share of\n“b”",
    ]
    mine = Figure().subplots()
    plots.predicted_vs_actual(accuracy, mine, classes="b")
    assert "“b”" in mine.get_ylabel()
    with pytest.raises(ValueError, match="name a class by classes="):
        plots.predicted_vs_actual(accuracy, mine)
    with pytest.raises(ValueError, match="No such class in the result: z"):
        plots.predicted_vs_actual(accuracy, classes="z")


def test_texts_of_marks_do_not_overlap() -> None:
    figure = plots.accuracy_over_time(samples.over_time(), "auc")
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.get_axes()[0].texts]
    assert len(boxes) == 3
    for place, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[place + 1 :])
    top = max(
        figure.get_axes()[0].transData.transform((0, value))[1]
        for value in (0.8, *(b.metrics["auc"].value or 0 for b in samples.over_time().buckets))
    )
    assert min(box.y0 for box in boxes) >= top - 1


# --- the timeline -------------------------------------------------------------------------


def test_bars_are_the_periods_of_service() -> None:
    until = samples.START + 26 * samples.WEEK
    figure = plots.deployment_timeline(samples.history(), until=until)
    ax = figure.get_axes()[0]
    names = [text.get_text() for text in ax.get_yticklabels()]
    assert names == ["late-arrivals/1", "late-arrivals/3", "late-arrivals/2"]
    drawn = {
        (names[round(bar.get_y() + bar.get_height() / 2)], round(bar.get_x(), 3)): bar.get_width()
        for bar in ax.patches
    }
    assert len(drawn) == 4
    for period in samples.history():
        end = period.end or until
        key = (period.package, round(float(date2num(period.start)), 3))
        assert drawn[key] == pytest.approx(float(date2num(end) - date2num(period.start)))
    assert texts(figure).split(" | ").count("errors") == 1
    just_now = [samples.history()[0].model_copy(update={"end": None})]
    plots.deployment_timeline(just_now, until=samples.START).savefig(io.BytesIO())
    plots.deployment_timeline(just_now).savefig(io.BytesIO())
    assert "nothing was in service yet" in texts(plots.deployment_timeline([]))

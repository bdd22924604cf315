"""The pictures look as they were approved: compared with tests/plots/baseline by pytest-mpl.

After a wanted change, or a Matplotlib that draws text in another way, draw them anew and look
at each::

    python -m pytest tests/plots/test_plots_images.py --mpl-generate-path=tests/plots/baseline

The same Matplotlib gives the same picture to the pixel. The tolerance is below what a missing
thin line comes to (RMS 3.7 for the diagonal of ROC).
"""

from __future__ import annotations

import matplotlib
import pytest
from matplotlib.figure import Figure

from jupyter_registry import plots
from jupyter_registry.domain.monitoring import Drift

from . import boards, samples

#: The pictures were drawn with 3.11, which sets text otherwise than those before it.
pytestmark = pytest.mark.skipif(
    tuple(map(int, matplotlib.__version__.split(".")[:2])) < (3, 11),
    reason="text is drawn otherwise before Matplotlib 3.11; the plots' numbers are tested",
)

UNTIL = samples.START + 26 * samples.WEEK
LIGHT = {"savefig_kwargs": {"dpi": 60}, "style": "default", "tolerance": 3}
DARK = LIGHT | {"style": "dark_background"}
TWO = {
    "late-arrivals/1": samples.binary(900, 5, 0.9),
    "late-arrivals/2": samples.binary(),
}


def small(draw, *arguments, width: float = 5.6, height: float = 3.4, **options) -> Figure:
    """A plot in axes of one's own."""
    figure = Figure(figsize=(width, height), layout="constrained")
    draw(*arguments, ax=figure.subplots(), **options)
    return figure


@pytest.mark.mpl_image_compare(**LIGHT)
def test_roc() -> Figure:
    return plots.roc(samples.binary())


@pytest.mark.mpl_image_compare(**DARK)
def test_roc_of_two_dark() -> Figure:
    return plots.roc(TWO, title="Champion and challenger")


@pytest.mark.mpl_image_compare(**LIGHT)
def test_precision_recall() -> Figure:
    return plots.precision_recall(samples.binary())


@pytest.mark.mpl_image_compare(**LIGHT)
def test_lift() -> Figure:
    return plots.lift(samples.binary())


@pytest.mark.mpl_image_compare(**DARK)
def test_lift_of_two_dark() -> Figure:
    return plots.lift(TWO)


@pytest.mark.mpl_image_compare(**LIGHT)
def test_calibration() -> Figure:
    return plots.calibration(samples.binary())


@pytest.mark.mpl_image_compare(**LIGHT)
def test_confusion_at_a_threshold() -> Figure:
    return plots.confusion(samples.binary(), threshold=0.15)


@pytest.mark.mpl_image_compare(**LIGHT)
def test_confusion_of_many_classes() -> Figure:
    return plots.confusion(samples.multiclass())


@pytest.mark.mpl_image_compare(**DARK)
def test_confusion_dark() -> Figure:
    return plots.confusion(samples.multiclass(3))


@pytest.mark.mpl_image_compare(**LIGHT)
def test_predicted_against_actual() -> Figure:
    return plots.predicted_against_actual(samples.regression(), unit="minutes")


@pytest.mark.mpl_image_compare(**LIGHT)
def test_residuals() -> Figure:
    return plots.residuals(samples.regression(), unit="minutes")


@pytest.mark.mpl_image_compare(**DARK)
def test_residuals_dark() -> Figure:
    return plots.residuals(samples.regression(300))


@pytest.mark.mpl_image_compare(**LIGHT)
def test_predicted_vs_actual() -> Figure:
    return plots.predicted_vs_actual(samples.over_time())


@pytest.mark.mpl_image_compare(**DARK)
def test_predicted_vs_actual_of_classes_dark() -> Figure:
    return plots.predicted_vs_actual(samples.over_time("multiclass"))


@pytest.mark.mpl_image_compare(**LIGHT)
def test_accuracy_over_time() -> Figure:
    return plots.accuracy_over_time(samples.over_time())


@pytest.mark.mpl_image_compare(**DARK)
def test_accuracy_in_own_axes_dark() -> Figure:
    return small(plots.accuracy_over_time, samples.over_time(), "auc", title="Late arrivals")


@pytest.mark.mpl_image_compare(**LIGHT)
def test_timeline() -> Figure:
    return plots.deployment_timeline(samples.history(), until=UNTIL)


@pytest.mark.mpl_image_compare(**DARK)
def test_timeline_of_two_dark() -> Figure:
    both = {"late arrivals": samples.history(), "outside": samples.history()[:1]}
    return plots.deployment_timeline(both, until=UNTIL)


@pytest.mark.mpl_image_compare(**LIGHT)
def test_no_actuals_yet() -> Figure:
    return plots.residuals(samples.no_actuals("regression"))


@pytest.mark.mpl_image_compare(**LIGHT)
def test_no_actuals_yet_over_time() -> Figure:
    return plots.predicted_vs_actual(samples.over_time(weeks=4, waiting=4))


@pytest.mark.mpl_image_compare(**LIGHT)
def test_drift_importance() -> Figure:
    return plots.drift_importance(samples.drift())


@pytest.mark.mpl_image_compare(**DARK)
def test_drift_importance_dark() -> Figure:
    return plots.drift_importance(samples.drift(), title="Late arrivals")


@pytest.mark.mpl_image_compare(**LIGHT)
def test_drift_of_unknown_importance() -> Figure:
    unknown = {f"feature {i}": (None, 0.08 * i) for i in range(12)}
    return plots.drift_importance(samples.drift(**unknown))


@pytest.mark.mpl_image_compare(**LIGHT)
def test_drift_over_time() -> Figure:
    return plots.drift_over_time(samples.drift())


@pytest.mark.mpl_image_compare(**DARK)
def test_drift_over_time_dark() -> Figure:
    return plots.drift_over_time(samples.drift(), ["humidity", "gate"], title="Late arrivals")


@pytest.mark.mpl_image_compare(**LIGHT)
def test_feature_bins() -> Figure:
    return plots.feature_bins(samples.drift(), "humidity")


@pytest.mark.mpl_image_compare(**DARK)
def test_feature_bins_dark() -> Figure:
    return plots.feature_bins(samples.drift())


@pytest.mark.mpl_image_compare(**LIGHT)
def test_service_health() -> Figure:
    return plots.service_health(samples.health())


@pytest.mark.mpl_image_compare(**DARK)
def test_service_health_dark() -> Figure:
    return plots.service_health(samples.health(), title="Late arrivals")


@pytest.mark.mpl_image_compare(**LIGHT)
def test_no_drift_yet() -> Figure:
    missing = "The package has no baseline: register it with training or holdout data."
    return plots.drift_importance(Drift(deployment_id=1, bucket="day", reason=missing))


@pytest.mark.mpl_image_compare(**LIGHT)
def test_leaderboard() -> Figure:
    return plots.leaderboard(samples.models(), metric="auc")


@pytest.mark.mpl_image_compare(**DARK)
def test_leaderboard_dark() -> Figure:
    return plots.leaderboard(samples.models(30), metric="auc", most=12, title="Late arrivals")


@pytest.mark.mpl_image_compare(**LIGHT)
def test_leaderboard_by_scoring_time() -> Figure:
    return plots.leaderboard(samples.models(), metric="auc", kind="scoring_time")


@pytest.mark.mpl_image_compare(**DARK)
def test_leaderboard_by_scoring_time_dark() -> Figure:
    return plots.leaderboard(samples.models(20), metric="log_loss", kind="scoring_time")


@pytest.mark.mpl_image_compare(**LIGHT)
def test_blueprint() -> Figure:
    return plots.blueprint(boards.BLUEPRINT, target="arrival")


@pytest.mark.mpl_image_compare(**DARK)
def test_blueprint_of_a_blend_dark() -> Figure:
    return plots.blueprint(boards.BLEND, target="arrival", title="Blend of the best 2")


@pytest.mark.mpl_image_compare(**LIGHT)
def test_permutation_importance() -> Figure:
    return plots.permutation_importance(boards.IMPORTANCE)


@pytest.mark.mpl_image_compare(**DARK)
def test_learning_curve_dark() -> Figure:
    other = [{**one, "score": one["score"] - 0.01} for one in boards.LEARNING]
    return plots.learning_curve({"forest": boards.LEARNING, "linear": other}, metric="auc")


@pytest.mark.mpl_image_compare(**LIGHT)
def test_partial_dependence() -> Figure:
    return plots.partial_dependence(boards.DEPENDENCE, predicted="probability of late")


@pytest.mark.mpl_image_compare(**DARK)
def test_partial_dependence_of_classes_dark() -> Figure:
    return plots.partial_dependence(boards.CLASSES, class_labels=["a", "b", "c"])


@pytest.mark.mpl_image_compare(**LIGHT)
def test_validation_lift() -> Figure:
    return plots.validation_lift(boards.BINARY, positive="late")


@pytest.mark.mpl_image_compare(**LIGHT)
def test_validation_roc() -> Figure:
    return plots.validation_roc(boards.BINARY, positive="late")

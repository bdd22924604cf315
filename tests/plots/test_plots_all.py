"""What holds for all plots: words, empty results, styles, refusals, axes of one's own."""

from __future__ import annotations

import base64
import io
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from matplotlib import style as styles
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from sklearn import metrics as sk

from jupyter_registry import plots
from jupyter_registry.domain.entities import Accuracy
from jupyter_registry.domain.monitoring import Drift, Health
from jupyter_registry.plots import style

from . import samples
from .reading import line, texts

VALUES, HIT = samples.scores(900)
DETAILS = samples.binary(900)


def every(empty: bool = False) -> list[Figure]:
    binary = samples.no_actuals("binary") if empty else DETAILS
    number = samples.no_actuals("regression") if empty else samples.regression(100)
    classes = samples.no_actuals("multiclass") if empty else samples.multiclass()
    accuracy = samples.over_time(weeks=4, waiting=4 if empty else 1)
    return [
        *(draw(binary) for draw in samples.BINARY),
        *(draw(number) for draw in samples.OF_NUMBERS),
        plots.confusion(classes),
        plots.predicted_vs_actual(accuracy),
        plots.accuracy_over_time(accuracy, "auc"),
    ]


def test_nothing_yet_says_so_in_picture_and_words() -> None:
    for figure in every(empty=True):
        assert "no actuals yet" in texts(figure)
        assert re.search("no actuals yet|actual unknown", plots.alt_text(figure))
        figure.savefig(io.BytesIO())


EMPTY = {
    "roc": samples.no_actuals("binary"),
    "precision_recall": samples.no_actuals("binary"),
    "lift": samples.no_actuals("binary"),
    "calibration": samples.no_actuals("binary"),
    "confusion": samples.no_actuals("multiclass").model_copy(update={"class_labels": []}),
    "predicted_against_actual": samples.no_actuals("regression"),
    "residuals": samples.no_actuals("regression"),
    "predicted_vs_actual": Accuracy(deployment_id=1, bucket="day"),
    "accuracy_over_time": Accuracy(deployment_id=1, bucket="day"),
    "deployment_timeline": [],
    "drift_importance": Drift(deployment_id=1, bucket="day"),
    "drift_over_time": Drift(deployment_id=1, bucket="day"),
    "feature_bins": Drift(deployment_id=1, bucket="day"),
    "service_health": Health(deployment_id=1, bucket="day"),
    "leaderboard": [],
    "blueprint": [],
    "learning_curve": {},
    "partial_dependence": {},
    "permutation_importance": {},
    "validation_confusion": {},
    "validation_lift": {},
    "validation_residuals": {},
    "validation_roc": {},
}
SAID = r"\bno\b|\bnot\b|nothing"


@pytest.mark.parametrize("name", sorted(set(plots.__all__) - {"alt_text", "to_html"}))
def test_an_empty_result_is_drawn_as_one_sentence(name: str) -> None:
    figure = getattr(plots, name)(EMPTY[name])
    said = texts(figure)
    assert re.search(SAID, said), said
    assert re.search(SAID, plots.alt_text(figure))
    assert not any(ax.lines or ax.patches or ax.collections for ax in figure.get_axes() if ax.texts)
    if not getattr(EMPTY[name], "buckets", True):
        (ax,) = figure.get_axes()
        assert not len(ax.get_xticks()) + len(ax.get_yticks())  # numbers of nothing
    figure.savefig(io.BytesIO())


@pytest.mark.parametrize(
    "name", ["roc", "precision_recall", "lift", "calibration", "deployment_timeline"]
)
def test_none_of_several_results_is_drawn_as_one_sentence(name: str) -> None:
    assert re.search(r"\bno\b|nothing", texts(getattr(plots, name)({})))


def test_every_figure_has_words_for_those_who_do_not_see_it() -> None:
    for figure in every():
        text = plots.alt_text(figure)
        assert re.search(r"\d", text), text
        assert text.endswith(".")
        assert "nan" not in text
    figure = plots.roc(DETAILS)
    assert plots.alt_text(figure) == (
        f"ROC curve for “late”, 900 rows: the curve has AUC {sk.roc_auc_score(HIT, VALUES):.3f}; "
        "at threshold 0.3 it finds 50% with 10% false alarms."
    )
    page = plots.to_html(figure)
    assert f'alt="{plots.alt_text(figure)}"' in page
    data = re.search('base64,([^"]+)', page)
    assert data is not None
    assert base64.b64decode(data.group(1)).startswith(b"\x89PNG")
    figure.get_axes()[0].set_label('a "quote" & <more>')
    assert "a &quot;quote&quot; &amp; &lt;more&gt;" in plots.to_html(figure, format="svg")


@pytest.mark.parametrize("name", ["default", "dark_background", "ggplot", "Solarize_Light2"])
def test_lines_and_texts_are_legible_on_the_styles_background(name: str) -> None:
    def luminance(colour) -> float:
        parts = [
            c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)
        ]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    def contrast(one, other) -> float:
        light, dark = sorted((luminance(one), luminance(other)), reverse=True)
        return (light + 0.05) / (dark + 0.05)

    with styles.context(name):
        two = {"one": DETAILS, "two": samples.binary(500, 9)}
        for figure in (plots.roc(two), plots.predicted_vs_actual(samples.over_time())):
            ax = figure.get_axes()[0]
            for one in ax.get_lines():
                if one.get_linestyle() != ":":
                    assert contrast(one.get_color(), ax.get_facecolor()) >= 2.8, one
            for text in ax.texts:
                assert contrast(text.get_color(), ax.get_facecolor()) >= 3.5, text


def test_a_clear_background_follows_the_colour_of_the_text() -> None:
    with styles.context({"figure.facecolor": "none", "axes.facecolor": "none"}):
        ax = Figure().subplots()
        assert not style.is_dark(ax)
        with styles.context({"text.color": "white"}):
            assert style.is_dark(Figure().subplots())


def test_style_sheets_are_honoured() -> None:
    with styles.context({"lines.linewidth": 5.0, "font.size": 17.0, "axes.facecolor": "#fff5e0"}):
        figure = plots.roc(DETAILS)
        figure.draw_without_rendering()
    ax = figure.get_axes()[0]
    assert line(figure, "AUC").get_linewidth() == 5.0
    assert ax.xaxis.label.get_fontsize() == 17.0
    assert ax.get_facecolor()[:3] == to_rgb("#fff5e0")


@pytest.mark.parametrize("draw", [*samples.BINARY, *samples.OF_NUMBERS])
def test_other_targets_are_refused(draw) -> None:
    wrong = samples.multiclass()
    with pytest.raises(ValueError, match="not of a multiclass"):
        draw(wrong)
    with pytest.raises(ValueError, match="no classes"):
        plots.confusion(samples.regression(10))
    with pytest.raises(ValueError, match="binary target has a threshold"):
        plots.confusion(wrong, threshold=0.5)


@pytest.mark.parametrize("draw", [*samples.BINARY, plots.predicted_against_actual, plots.confusion])
def test_axes_of_ones_own(draw) -> None:
    details = samples.regression(50) if draw is plots.predicted_against_actual else DETAILS
    mine = Figure()
    left, right = mine.subplots(1, 2)
    assert draw(details, right, title="Mine") is mine
    assert right.get_title() == "Mine"
    assert not left.has_data()


def test_a_moment_without_history_or_far_apart() -> None:
    accuracy = samples.over_time(weeks=1, waiting=0)
    accuracy.history = []
    plots.predicted_vs_actual(accuracy).savefig(io.BytesIO())
    long = accuracy.buckets[0].model_copy(
        update={
            "start": datetime(2031, 1, 1, tzinfo=UTC),
            "end": datetime(2031, 1, 1, tzinfo=UTC) + timedelta(days=7),
        }
    )
    accuracy.buckets.append(long)
    plots.predicted_vs_actual(accuracy).savefig(io.BytesIO())


LAZY = """
import sys
from jupyter_registry import plots
assert "matplotlib" not in sys.modules
assert not any(name.startswith("jupyter_registry.plots.") for name in sys.modules)
for name in plots.__all__:
    assert callable(getattr(plots, name)), name
assert set(dir(plots)) >= set(plots.__all__)
print([name for name in ("matplotlib", "pandas", "sklearn") if name in sys.modules])
"""


def test_names_load_when_they_are_asked_for() -> None:
    done = subprocess.run([sys.executable, "-c", LAZY], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
    with pytest.raises(AttributeError, match="no attribute 'nosuch'"):
        plots.nosuch  # noqa: B018

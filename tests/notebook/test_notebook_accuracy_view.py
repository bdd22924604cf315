"""`AccuracyView` against a real server: what it shows is what the client says."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as sklearn_metrics
from sklearn.linear_model import LinearRegression, LogisticRegression

from jupyter_registry.client import Registry, html
from jupyter_registry.client.deployments import Deployment
from jupyter_registry.client.packages import Package
from jupyter_registry.domain.errors import InvalidInput
from jupyter_registry.notebook.widgets.accuracy_text import rates
from jupyter_registry.notebook.widgets.accuracy_view import AccuracyView
from jupyter_registry.plots import accuracy_over_time, alt_text, confusion

FEATURES = ["age", "income"]
#: Seconds of the processor, so that other work on the machine does not count, that a redraw may
#: take; the goal by the clock is 0.3.
REDRAW_SECONDS = 2.0


def visits(n: int, seed: int) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    frame = pd.DataFrame({"age": random.normal(45, 10, n), "income": random.normal(50, 10, n)})
    odds = (frame["age"] - 45) / 10 + (frame["income"] - 50) / 20
    frame["left"] = np.where(random.random(n) < 1 / (1 + np.exp(-odds)), "yes", "no")
    frame["spent"] = 3 * frame["age"] + 2 * frame["income"] + random.normal(0, 12, n)
    frame["plan"] = np.where(frame["spent"] > 250, "gold", np.where(odds > 0, "silver", "basic"))
    frame["visit"] = [f"v{seed}-{i}" for i in range(n)]
    frame["at"] = pd.date_range("2026-01-05", periods=n, freq="2h", tz="UTC")
    return frame


def register(registry: Registry, name: str, target: str) -> Package:
    train = visits(300, 0)
    model = LinearRegression() if target == "spent" else LogisticRegression(max_iter=1000)
    data = train[[*FEATURES, target]]
    return registry.register(
        name,
        model.fit(train[FEATURES], train[target]),
        target=target,
        training=data,
        holdout=data,
        progress=False,
    )


def deploy(package: Package, name: str) -> Deployment:
    return package.deploy(f"{name} / live", association_id_column="visit")


def serve(deployment: Deployment, rows: pd.DataFrame) -> None:
    deployment.predict(rows[[*FEATURES, "visit", "at"]], timestamp_column="at", progress=False)
    deployment.actuals(
        rows, association_id_column="visit", value_column=deployment.target_name, progress=False
    )


@pytest.fixture(scope="module")
def packages(registry: Registry) -> list[Package]:
    """Two versions for all deployments, and so two workers."""
    return [register(registry, "accuracy-view", "left") for _ in range(2)]


@pytest.fixture
def deployed(packages: list[Package], name: str) -> Deployment:
    deployment = deploy(packages[0], name)
    serve(deployment, visits(600, 3))
    return deployment


@pytest.fixture(scope="module")
def base(packages: list[Package]) -> Deployment:
    """A deployment that no test changes."""
    deployment = deploy(packages[0], "accuracy-view")
    serve(deployment, visits(600, 3))
    return deployment


@pytest.fixture
def view(base: Deployment) -> Iterator[AccuracyView]:
    view = AccuracyView(base)
    assert not view.notice.value
    yield view
    view.close()


def shown(view: AccuracyView) -> str:
    """The alternative text of the picture that is shown."""
    found = re.search(r'aria-label="([^"]*)"', view._frames[view.tabs.selected_index].value)
    assert found is not None, view._frames[view.tabs.selected_index].value[:300]
    return found[1].replace("&#x27;", "'").replace("&quot;", '"').replace("&amp;", "&")


def tab(view: AccuracyView, title: str) -> None:
    view.tabs.selected_index = [one.title for one in view._pictures].index(title)


def test_it_shows_what_the_client_says(base: Deployment, view: AccuracyView) -> None:
    accuracy = base.accuracy()
    assert view.accuracy == accuracy
    assert accuracy.overall is not None
    auc = accuracy.overall.metrics["auc"]
    assert view.controls.metric.value == "auc"
    assert f"AUC <strong>{html.text(auc.value)}</strong>" in view._summary.value
    assert html.text(auc.baseline) in view._summary.value
    assert "600 of 600 predictions have their actual" in view._summary.value
    assert shown(view) == alt_text(accuracy_over_time(accuracy, "auc"))
    pd.testing.assert_frame_equal(view.to_frame(), accuracy.to_frame(baseline=True))
    assert re.search(r"updated \d\d:\d\d:\d\d", view._updated.value)


def test_a_metric_is_drawn_without_asking_the_server(view: AccuracyView) -> None:
    before = view.accuracy
    view.controls.metric.value = "log_loss"
    assert view.accuracy is before
    assert shown(view).startswith("Log loss")
    assert before is not None
    assert before.overall is not None
    value = html.text(before.overall.metrics["log_loss"].value)
    assert f"<strong>{value}</strong>" in view._summary.value
    view.refresh()
    assert view.controls.metric.value == "log_loss"


def test_hours_are_asked_for_with_the_metric_that_is_shown(
    base: Deployment, view: AccuracyView, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    get = base._registry.connection.get

    def listening(path: str, params: Any = None) -> Any:
        if path.endswith("/accuracy"):
            asked.append(params["bucket_metric"])
        return get(path, params)

    monkeypatch.setattr(base._registry.connection, "get", listening)
    view.controls.bucket.value = "hour"
    assert asked == [["auc"]]
    whole = base.accuracy("hour")
    asked.clear()
    assert shown(view) == alt_text(accuracy_over_time(whole, "auc"))
    view.controls.metric.value = "log_loss"
    assert asked == [["log_loss"]]
    assert shown(view) == alt_text(accuracy_over_time(whole, "log_loss"))
    assert whole.overall is not None
    for name, value in whole.overall.metrics.items():
        assert name in view.static_html()
        assert html.text(value.value) in view.static_html()
    assert asked == [["log_loss"]]
    assert view.accuracy == whole
    pd.testing.assert_frame_equal(view.to_frame(), whole.to_frame(baseline=True))
    assert asked == [["log_loss"], None]
    view.controls.bucket.value = "day"
    view.controls.metric.value = "auc"
    assert asked == [["log_loss"], None, None]
    assert shown(view) == alt_text(accuracy_over_time(base.accuracy("day"), "auc"))


def test_bucket_time_and_package_are_asked_of_the_server(
    packages: list[Package], deployed: Deployment
) -> None:
    view = AccuracyView(deployed)
    view.controls.bucket.value = "day"
    assert view.accuracy is not None
    assert view.accuracy.buckets == deployed.accuracy(bucket="day").buckets
    view.controls.time.value = "from … to …"
    view.controls.start.value = datetime(2026, 1, 10)
    view.controls.end.value = datetime(2026, 1, 12)
    start, end = datetime(2026, 1, 10, tzinfo=UTC), datetime(2026, 1, 12, tzinfo=UTC)
    assert view.accuracy.overall == deployed.accuracy("day", start, end).overall
    assert view.accuracy.overall is not None
    assert view.accuracy.overall.n == 24
    tab(view, "ROC and lift")
    assert view.details == deployed.accuracy_details(start, end)
    view.controls.time.value = "all"
    first = deployed.package
    second = packages[1]
    deployed.replace(second, reason="accuracy")
    serve(deployed, visits(100, 5).assign(at=pd.Timestamp("2026-03-01", tz="UTC")))
    view.refresh()
    assert [label for label, _ in view.controls.package.options] == [
        "all packages",
        second.reference,
        first,
    ]
    view.controls.package.value = second.id
    assert view.accuracy.overall.n == 100
    assert view.accuracy == deployed.accuracy("day", package=second)
    again = AccuracyView(deployed, "brier", "week", start="2026-02-28", package=second.reference)
    assert again.accuracy is not None
    assert again.accuracy.buckets == deployed.accuracy("week", "2026-02-28", None, second).buckets
    assert shown(again).startswith("Brier")


def test_a_replacement_is_marked(deployed: Deployment, packages: list[Package]) -> None:
    deployed.replace(packages[1], reason="data_drift")
    rows = visits(50, 8)
    rows["at"] = pd.Timestamp.now("UTC") - pd.Timedelta(minutes=5)
    rows.loc[25:, "at"] += pd.Timedelta(hours=2)
    serve(deployed, rows)
    view = AccuracyView(deployed, bucket="hour", start=datetime.now(UTC) - timedelta(hours=3))
    texts = {text.get_text() for ax in view.figure.axes for text in ax.texts}
    assert f"{deployed.package} (data drift)" in texts


def test_the_threshold_moves_the_matrix_without_asking_the_server(
    base: Deployment, view: AccuracyView
) -> None:
    tab(view, "Confusion matrix")
    details = view.details
    assert details is not None
    assert view.threshold.value == details.threshold == 0.5
    began = time.process_time()
    view.threshold.value = 0.3
    assert time.process_time() - began < REDRAW_SECONDS
    assert view.details is details
    assert shown(view) == alt_text(confusion(base.accuracy_details(), threshold=0.3))
    expected = rates(details.confusion_at(0.3), 1)
    assert f"{expected['recall']:.3f}" in view._rates.value
    assert "at 0.300" in view._rates.value
    tab(view, "ROC and lift")
    assert "at threshold 0.3 it finds" in shown(view)


@pytest.mark.parametrize("positive", [0, 1])
@pytest.mark.parametrize("seed", range(4))
def test_rates_are_those_of_scikit_learn(seed: int, positive: int) -> None:
    random = np.random.default_rng(seed)
    y, z = random.integers(0, 2, 40), random.integers(0, 2, 40)
    found = rates(sklearn_metrics.confusion_matrix(y, z).tolist(), positive)
    options: dict[str, Any] = {"pos_label": positive, "zero_division": 0}
    assert found["precision"] == pytest.approx(sklearn_metrics.precision_score(y, z, **options))
    assert found["recall"] == pytest.approx(sklearn_metrics.recall_score(y, z, **options))
    assert found["f1"] == pytest.approx(sklearn_metrics.f1_score(y, z, **options))
    assert found["accuracy"] == pytest.approx(sklearn_metrics.accuracy_score(y, z))
    assert found["mcc"] == pytest.approx(sklearn_metrics.matthews_corrcoef(y, z))
    balanced = sklearn_metrics.balanced_accuracy_score(y, z)
    assert found["balanced_accuracy"] == pytest.approx(balanced)
    assert set(rates([[0, 0], [0, 0]], positive).values()) == {None}


@pytest.mark.parametrize(
    ("target", "titles"),
    [
        ("spent", ["Over time", "Predicted and actual", "Scatter", "Residuals"]),
        ("plan", ["Over time", "Predicted and actual", "Confusion matrix"]),
        ("left", ["Over time", "Predicted and actual", "ROC and lift", "Confusion matrix"]),
    ],
)
def test_each_target_type_has_its_pictures(
    registry: Registry, packages: list[Package], name: str, target: str, titles: list[str]
) -> None:
    package = packages[0] if target == "left" else register(registry, name, target)
    deployment = deploy(package, name)
    serve(deployment, visits(400, 4))
    view = AccuracyView(deployment)
    assert list(view.tabs.titles) == titles
    for title in titles:
        tab(view, title)
        assert not view.notice.value, view.notice.value
        assert "400" in shown(view) or title in ("Over time", "Predicted and actual")
        # what is there is drawn again in time, in a box of the same size
        frame = view._frames[view.tabs.selected_index]
        box = frame.value[:120]
        began = time.process_time()
        view._stale |= {view.tabs.selected_index}
        view._draw()
        assert time.process_time() - began < REDRAW_SECONDS
        assert frame.value[:120] == box


def test_it_is_drawn_anew_only_when_something_changed(deployed: Deployment) -> None:
    view = AccuracyView(deployed)
    frame = view._frames[0]
    before = frame.value
    view.refresh_button.click()
    assert frame.value == before  # each drawing has ids of its own
    was = visits(600, 3)["left"][0]
    deployed.actuals({"visit": ["v3-0"], "left": ["no" if was == "yes" else "yes"]})
    view.refresh_button.click()
    assert frame.value != before
    assert view.accuracy == deployed.accuracy()


def test_it_refreshes_by_itself_until_it_is_closed(deployed: Deployment) -> None:
    async def live() -> None:
        view = AccuracyView(deployed, refresh="every 5 s")
        assert view.is_live
        view.controls.live.options = {**dict(view.controls.live.options), "fast": 0.02}
        view.controls.live.value = 0.02
        task = view._live.task
        assert task is not None
        deployed.predict({"age": [40.0], "income": [50.0], "visit": ["late"]})
        assert await within(lambda: "600 of 601" in view._summary.value)
        view._view_count = 1
        view._view_count = 0  # not on screen any more: nobody is served
        await asyncio.sleep(0.3)
        deployed.actuals({"visit": ["late"], "left": ["no"]})
        await asyncio.sleep(0.3)
        assert "600 of 601" in view._summary.value
        view._view_count = 1
        assert "601 of 601" in view._summary.value
        connection = view.deployment._registry.connection
        view.deployment._registry.connection = None
        assert await within(lambda: "was not expected" in view.notice.value)
        view.deployment._registry.connection = connection
        assert await within(lambda: not view.notice.value)
        view.close()
        assert await within(task.done)
        assert not view.is_live

    asyncio.run(live())


async def within(true: Any) -> bool:
    deadline = time.monotonic() + 20
    while not true() and time.monotonic() < deadline:
        await asyncio.sleep(0.01)
    return bool(true())


def test_without_a_loop_it_says_that_it_cannot_refresh(view: AccuracyView) -> None:
    view.controls.live.value = 5
    assert not view.is_live
    assert "in a notebook only" in view.notice.value


def test_there_is_nothing_yet(packages: list[Package], name: str) -> None:
    deployment = deploy(packages[0], name)
    view = AccuracyView(deployment)
    assert "No prediction has been made yet" in view._frames[0].value
    assert "No predictions" in view._summary.value
    with pytest.raises(InvalidInput, match="No prediction"):
        _ = view.figure
    rows = visits(50, 6)
    deployment.predict(rows[[*FEATURES, "visit", "at"]], timestamp_column="at")
    view.refresh()
    assert "No actual has arrived yet." in view._frames[0].value
    assert "deployment.actuals(data" in view._frames[0].value
    tab(view, "Predicted and actual")
    assert "actual unknown" in shown(view)
    tab(view, "ROC and lift")
    assert "No actual has arrived yet." in view._frames[2].value
    view.controls.time.value = "last 24 hours"
    assert "No prediction was made in this time" in view._frames[2].value
    assert not view.notice.value


def test_what_there_is_not_is_refused(base: Deployment) -> None:
    for wrong, match in (
        ({"metric": "auk"}, "auc"),
        ({"bucket": "year"}, "hour, day, week, month"),
        ({"start": "yesterday"}, "ISO 8601"),
        ({"package": "other/1"}, "never in service"),
        ({"refresh": 7}, "300"),
    ):
        with pytest.raises(InvalidInput, match=match):
            AccuracyView(base, **wrong)


def test_an_error_of_the_server_is_shown(base: Deployment, registry: Registry) -> None:
    nowhere = Registry("http://127.0.0.1:9/", "none")
    view = AccuracyView(Deployment.of(nowhere, base.model_dump()))
    assert "Cannot connect" in view.notice.value
    assert 'role="alert"' in view.notice.value
    assert not view.refresh_button.disabled
    view.deployment._registry = registry
    view.refresh_button.click()
    assert not view.notice.value
    assert "600 of 600" in view._summary.value


def test_it_is_saved(view: AccuracyView, tmp_path: Path) -> None:
    assert view.save(tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert b"<svg" in view.save(tmp_path / "a.svg").read_bytes()
    assert view.save(tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    written = pd.read_csv(view.save(tmp_path / "a.csv"))
    np.testing.assert_allclose(written["auc"], view.to_frame()["auc"])
    with pytest.raises(InvalidInput, match="png"):
        view.save(tmp_path / "a.doc")
    assert not view.saving.links.value
    view.saving.button.value = True
    names = re.findall(r'download="([^"]*)"', view.saving.links.value)
    assert [name.rsplit("-", 1)[1] for name in names] == ["auc.png", "auc.svg", "auc.csv"]
    tab(view, "Confusion matrix")
    assert "confusion-matrix.png" in view.saving.links.value


def test_it_is_readable_without_a_kernel(view: AccuracyView) -> None:
    bundle = view._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "data:image/png;base64," in bundle["text/html"]
    assert 'alt="AUC (higher is better) over time' in bundle["text/html"]
    assert '<td style="text-align: right">0.' in bundle["text/html"]
    assert re.search(r"Accuracy of .* / live: AUC 0\.\d+ of 600 rows", bundle["text/plain"])
    assert "<style" not in bundle["text/html"]


def test_a_picture_takes_the_colours_of_the_page(view: AccuracyView) -> None:
    import matplotlib

    before = dict(matplotlib.rcParams)
    tab(view, "ROC and lift")
    assert dict(matplotlib.rcParams) == before
    picture = view._frames[view.tabs.selected_index].value
    assert "var(--jr-ink)" in picture
    assert "var(--jr-series0)" in picture
    assert "color-mix(in srgb, var(--jr-ink)" in picture
    assert not re.search(r"#1e2225|#fdfefe|#0072b2|<style|<metadata", picture)
    other = view._frames[0].value
    ids = [set(re.findall(r' id="([^"]+)"', one)) for one in (picture, other)]
    assert ids[0]
    assert not ids[0] & ids[1]
    used = re.findall(r'(?:href="#|url\(#)([^")]+)', picture)
    assert set(used) <= ids[0]

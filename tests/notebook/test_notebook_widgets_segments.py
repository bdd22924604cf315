"""Segments in the widgets, against a real server: columns chosen, numbers of one value shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_registry.client import Registry
from jupyter_registry.client.deployments import Deployment
from jupyter_registry.client.packages import Package
from jupyter_registry.domain.errors import InvalidInput
from jupyter_registry.notebook import DeployForm
from jupyter_registry.notebook.widgets.accuracy_save import file_name
from jupyter_registry.notebook.widgets.accuracy_view import AccuracyView
from jupyter_registry.notebook.widgets.columns_input import ColumnsInput
from jupyter_registry.plots import accuracy_over_time, alt_text

from .test_notebook_accuracy_view import FEATURES, deploy, register, shown, tab, visits


def serve(deployment: Deployment, rows: pd.DataFrame) -> None:
    columns = [*FEATURES, "visit", "at", "carrier", "city"]
    deployment.predict(rows[columns], timestamp_column="at", progress=False)
    deployment.actuals(
        rows, association_id_column="visit", value_column=deployment.target_name, progress=False
    )


def offered(picker: Any) -> list[str]:
    return [value for _, value in picker.options]


def flown(n: int, seed: int) -> pd.DataFrame:
    rows = visits(n, seed)
    rows["carrier"] = np.array(["UA", "UA", "B6"])[np.arange(n) % 3]
    rows["city"] = np.array(["Oslo", None], object)[np.arange(n) % 2]
    return rows


@pytest.fixture(scope="module")
def packages(registry: Registry) -> list[Package]:
    """Two versions for all deployments, and so two workers."""
    return [register(registry, "segments-view", "left") for _ in range(2)]


@pytest.fixture(scope="module")
def base(packages: list[Package]) -> Deployment:
    deployment = packages[0].deploy(
        "segments-view", association_id_column="visit", segment_columns=["carrier", "city"]
    )
    serve(deployment, flown(600, 3))
    return deployment


@pytest.fixture
def view(base: Deployment) -> Iterator[AccuracyView]:
    view = AccuracyView(base)
    assert not view.notice.value
    yield view
    view.close()


def test_the_numbers_are_the_segments(base: Deployment, view: AccuracyView) -> None:
    pickers = view.controls.segments
    assert pickers.box.layout.display is None
    assert [value for _, value in pickers.column.options] == ["", "carrier", "city"]
    assert pickers.value.layout.display == "none"
    assert not pickers.hint.value
    assert view.accuracy == base.accuracy()
    pickers.column.value = "carrier"
    # the value of most predictions is shown at once
    assert (pickers.value.value, offered(pickers.value)) == ("UA", ["UA", "B6"])
    assert pickers.value.layout.display is None
    united = base.accuracy(segment=("carrier", "UA"))
    assert view.accuracy == united
    assert "carrier = UA" in view._summary.value
    assert "400 of 400 predictions" in view._summary.value
    assert shown(view) == alt_text(accuracy_over_time(united, "auc"))
    pickers.value.value = "B6"
    other = base.accuracy(segment=("carrier", "B6"))
    assert view.accuracy == other
    assert other.overall != united.overall
    tab(view, "Confusion matrix")
    assert view.details == base.accuracy_details(segment=("carrier", "B6"))
    assert view.details is not None
    assert view.details.n == 200
    pickers.column.value = "city"
    assert offered(pickers.value) == ["Oslo", "(missing)"]
    pickers.value.value = "(missing)"
    assert view.accuracy == base.accuracy(segment=("city", None))
    assert file_name(view) == "segments-view-city-missing-confusion-matrix"
    assert "with city = (missing)" in view.static_text()
    pickers.column.value = ""
    assert view.accuracy == base.accuracy()
    assert pickers.value.layout.display == "none"


def test_one_question_for_one_choice(view: AccuracyView, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    plain = Deployment.accuracy

    def counted(self: Deployment, *args, **options):
        asked.append(options["segment"])
        return plain(self, *args, **options)

    monkeypatch.setattr(Deployment, "accuracy", counted)
    view.controls.segments.column.value = "carrier"
    view.controls.segments.value.value = "B6"
    view.controls.segments.column.value = ""
    assert asked == [("carrier", "UA"), ("carrier", "B6"), None]


def test_with_time_and_package(base: Deployment) -> None:
    segment = ("city", "Oslo")
    view = AccuracyView(base, "brier", "day", "2026-01-10", "2026-01-20", segment=segment)
    assert view.controls.segments.chosen == segment
    assert view.accuracy == base.accuracy("day", "2026-01-10", "2026-01-20", segment=segment)
    view.controls.end.value = view.controls.start.value.replace(year=2025)
    assert "range is empty" in view.notice.value
    view.controls.start.value = view.controls.start.value.replace(year=2024)
    assert "No prediction here has city = Oslo." in view._frames[0].value
    for wrong in (("carier", "UA"), ("carrier", "UX"), "carrier", ("carrier",)):
        with pytest.raises(InvalidInput):
            AccuracyView(base, segment=wrong)  # type: ignore[arg-type]


def test_a_deployment_without_segments_says_how_to_get_them(
    packages: list[Package], name: str
) -> None:
    deployment = deploy(packages[0], name)
    view = AccuracyView(deployment)
    pickers = view.controls.segments
    assert pickers.column.layout.display == pickers.value.layout.display == "none"
    assert "deployment.update(segment_columns=[…])" in pickers.hint.value
    assert view.controls.request.segment is None
    deployment.update(segment_columns=["carrier", "<b>"])
    view.refresh()
    assert "No prediction was counted by carrier, &lt;b&gt; yet." in pickers.hint.value
    assert pickers.column.layout.display == "none"
    serve(deployment, flown(60, 1))
    view.refresh()
    assert pickers.column.layout.display is None
    assert [value for _, value in pickers.column.options] == ["", "carrier", "<b>"]
    assert not pickers.hint.value
    pickers.column.value = "carrier"
    pickers.value.value = "B6"
    # a value more, of more rows: what is chosen stays
    more = flown(90, 2)
    more["carrier"] = "AA"
    serve(deployment, more)
    view.refresh()
    assert offered(pickers.value) == ["AA", "UA", "B6"]
    assert pickers.chosen == ("carrier", "B6")
    assert view.accuracy is not None
    assert view.accuracy.segment_value == "B6"


def test_columns_are_chosen_in_the_form(
    registry: Registry, packages: list[Package], name: str
) -> None:
    package = packages[0]
    form = DeployForm(package, registry)
    form.fields["label"].input.value = name
    field = form.fields["segment_columns"].input
    assert isinstance(field, ColumnsInput)
    assert field.adding.options == ("age", "income")
    for column in ("income", " carrier ", "income", "  ", "age"):
        field.adding.value = column
        assert field.adding.value.strip() == ""
    assert field.value == ["income", "carrier", "age"]
    assert field.adding.options == ()
    field._chosen.children[2].click()
    assert field.value == ["income", "carrier"]
    assert field.adding.options == ("age",)
    form.deploy.click()
    form.wait(60)
    assert form.deployment is not None
    assert registry.deployment(name).segment_columns == ["income", "carrier"]
    again = DeployForm(package, registry)
    again.fields["label"].input.value = f"{name}-2"
    again.fields["segment_columns"].input.value = list("abcdef")
    again.deploy.click()
    again.wait(60)
    assert "6 segment columns are too many." in again.fields["segment_columns"]._note.value


def test_texts_are_offered_first(registry: Registry, name: str) -> None:
    data = pd.DataFrame({
        "price": [1.5, 2.5] * 20, "city": ["Oslo", "Rome"] * 20, "y": [1.0, 2.0] * 20,
    })  # fmt: skip
    package = registry.register(
        name, target="y", target_type="regression", training=data, progress=False
    )
    form = DeployForm(package, registry)
    assert form.fields["segment_columns"].input.adding.options == ("city", "price")


def test_a_chosen_package_stays_chosen_when_another_comes(
    packages: list[Package], name: str
) -> None:
    deployment = deploy(packages[0], name)
    serve(deployment, flown(60, 1))
    first = deployment.package_id
    view = AccuracyView(deployment, package=first)
    deployment.replace(packages[1], reason="accuracy")
    view.refresh()
    assert [value for _, value in view.controls.package.options] == [0, packages[1].id, first]
    assert view.controls.package.value == first

"""Service health as pictures: counts, shares with the rules' thresholds, times; and the words."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from jupyter_registry import plots
from jupyter_registry.domain import health as rules
from jupyter_registry.domain.monitoring import Health

from . import samples

HEALTH = samples.health()
KINDS = ["requests", "rows", "errors", "response"]


def line(ax: Any, label: str) -> Any:
    (found,) = [one for one in ax.get_lines() if str(one.get_label()).startswith(label)]
    return found


def test_bars_are_the_counts() -> None:
    requests, rows = plots.service_health(HEALTH).get_axes()[:2]
    assert samples.heights(requests) == [b.requests for b in HEALTH.buckets]
    assert samples.heights(rows) == [b.rows for b in HEALTH.buckets]
    assert (requests.get_ylabel(), rows.get_ylabel()) == ("requests", "rows")


def test_errors_are_shares_with_the_thresholds_of_the_rules() -> None:
    ax = plots.service_health(HEALTH).get_axes()[2]
    expected = [
        one.server_errors / one.requests if one.requests else np.nan for one in HEALTH.buckets
    ]
    drawn = line(ax, "failed").get_ydata()
    np.testing.assert_allclose(drawn, expected)
    assert np.isnan(drawn[12])
    levels = {
        float(one.get_ydata()[0]) for one in ax.get_lines() if list(one.get_xdata()) == [0, 1]
    }
    assert levels == {
        rules.FAILING_SERVER_ERRORS,
        rules.WARNING_SERVER_ERRORS,
        rules.WARNING_CLIENT_ERRORS,
    }
    low, high = ax.get_ylim()
    assert low < 0 < 1 < high
    assert "failed, failing from 5%" in [text.get_text() for text in ax.texts]


def test_times_are_in_milliseconds_and_far_apart_ones_logarithmic() -> None:
    ax = plots.service_health(HEALTH).get_axes()[3]
    assert ax.get_ylabel() == "response time (ms)"
    assert ax.get_yscale() == "log"
    for name in ("p50", "p95", "p99"):
        expected = [one.response_ms.get(name, np.nan) for one in HEALTH.buckets]
        np.testing.assert_allclose(line(ax, name).get_ydata(), expected)
    assert line(ax, "model alone").get_ydata()[0] == HEALTH.buckets[0].model_ms["p50"]
    near = HEALTH.model_copy(deep=True)
    for bucket in near.buckets:
        bucket.response_ms = {name: 10.0 + i for i, name in enumerate(bucket.response_ms)}
        bucket.model_ms = {}
    ax = plots.service_health(near, kind="response").get_axes()[0]
    assert ax.get_yscale() == "linear"
    assert ax.get_ylim()[0] == 0
    assert not [one for one in ax.get_lines() if "model" in str(one.get_label())]


@pytest.mark.parametrize("kind", KINDS)
def test_one_kind_in_axes_of_ones_own(kind: Any) -> None:
    mine = Figure()
    left, right = mine.subplots(1, 2)
    assert plots.service_health(HEALTH, right, kind=kind, title="Mine") is mine
    assert right.get_title() == "Mine"
    assert "UTC" in right.get_xlabel()
    assert not left.has_data()
    text = plots.alt_text(mine)
    assert text.endswith(".")
    assert "nan" not in text


def test_kinds_are_checked() -> None:
    with pytest.raises(ValueError, match="one kind of plot"):
        plots.service_health(HEALTH, Figure().subplots())
    with pytest.raises(ValueError, match="no kind 'speed' of service health: requests, rows"):
        plots.service_health(HEALTH, kind="speed")  # type: ignore[arg-type]


def test_nothing_says_so() -> None:
    nothing = Health(deployment_id=1, bucket="day", reason="No request was counted.")
    quiet = HEALTH.model_copy(deep=True)
    for bucket in quiet.buckets:
        bucket.requests = bucket.rows = bucket.client_errors = bucket.server_errors = 0
        bucket.response_ms = bucket.model_ms = {}
    for health, said in ((nothing, "No request was counted"), (quiet, "no requests in this time")):
        figure = plots.service_health(health)
        (ax,) = figure.get_axes()
        assert [text.get_text() for text in ax.texts] == [said]
        assert plots.alt_text(figure) == f"Service health: {said}."
        figure.savefig(io.BytesIO())
        for kind in ("requests", "errors", "response"):
            one = plots.service_health(health, kind=kind)
            assert said in [text.get_text() for text in one.get_axes()[0].texts]


def test_refused_requests_alone_have_no_rows() -> None:
    refused = HEALTH.model_copy(deep=True)
    for bucket in refused.buckets:
        bucket.rows, bucket.client_errors = 0, bucket.requests
    figure = plots.service_health(refused)
    assert "no rows" in [text.get_text() for text in figure.get_axes()[1].texts]
    assert samples.heights(figure.get_axes()[0])
    figure.savefig(io.BytesIO())

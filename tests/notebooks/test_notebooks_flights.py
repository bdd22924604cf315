"""`02-flights.ipynb`: late actuals, June's drift and the replacement, on every fifth flight.

It ends with July here, not with September: a day costs the tests three requests.
"""

from __future__ import annotations

import pytest

from jupyter_registry.client import Registry
from jupyter_registry.client.results import Deployment
from jupyter_registry.demo.flights import DATE, TARGET, load_flights
from tests.notebooks.checks import assert_clean, assert_pictures, numbers_of
from tests.notebooks.running import Finished, NotebookServer, run

NAME = "02-flights.ipynb"
LABEL = "flights-notebook"
LAST = "2013-07-31"


@pytest.fixture(scope="module")
def ran(server: NotebookServer) -> Finished:
    changes = {"date(2013, 9, 28)": "date(2013, 7, 31)", '"2013-09-28"': f'"{LAST}"'}
    return run(server, NAME, changes)


@pytest.fixture(scope="module")
def deployment(ran: Finished, registry: Registry) -> Deployment:
    return registry.deployment(LABEL)


def test_runs_clean_with_its_pictures(ran: Finished):
    assert_clean(ran)
    assert_pictures(ran, ["late", "spring", "temperature", "accuracy", "predicted", "timeline"])


def test_every_flight_is_counted(deployment: Deployment):
    flights = load_flights(5)
    flown = flights[flights[DATE].between("2013-03-01", LAST)]
    assert deployment.rows_predicted == len(flown)
    assert deployment.rows_matched == flown[TARGET].notna().sum()
    assert deployment.rows_waiting == flown[TARGET].isna().sum() > 0


def test_junes_drift_is_told(ran: Finished, deployment: Deployment):
    assert "failing" in ran["drift"].text
    drift = deployment.drift(start="2013-06-01", end="2013-06-15", package=f"{LABEL}/1")
    (temperature,) = [feature for feature in drift.features if feature.name == "temp"]
    assert temperature.psi is not None
    assert temperature.psi > 1
    assert temperature.psi == max(feature.psi or 0 for feature in drift.features)
    (warmer,) = [one for one in temperature.bins if one.name.startswith("over")]
    assert warmer.baseline == 0
    assert warmer.predicted == pytest.approx(0.75, abs=0.05)
    assert temperature.status == "failing"


def test_the_worst_airlines_are_shown(ran: Finished, deployment: Deployment):
    flights = load_flights(5)
    known = flights[flights[DATE].between("2013-03-01", LAST) & flights[TARGET].notna()]
    counts = known["carrier"].value_counts()
    aucs = {}
    for carrier, n in counts.items():
        overall = deployment.accuracy(segment=("carrier", carrier)).overall
        assert overall is not None
        assert overall.n == n
        aucs[carrier] = overall.metrics["auc"].value
    expected = sorted(counts[counts >= 500].index, key=lambda carrier: aucs[carrier] or 0)[:4]
    shown = [line.split() for line in ran["segments"].text.splitlines()[2:]]
    assert [row[0] for row in shown] == expected
    for carrier, n, auc, _ in shown:
        assert int(n) == counts[carrier]
        assert float(auc) == pytest.approx(aucs[carrier], abs=1e-5)


def test_the_replacement_was_checked_and_done(ran: Finished, deployment: Deployment):
    assert "Only checked, not replaced" in ran["dry-run"].html
    assert "failing" not in ran["dry-run"].html
    first, second = sorted(deployment.history(), key=lambda period: period.start)
    assert (first.package, first.reason) == (f"{LABEL}/1", None)
    assert (second.package, second.reason) == (f"{LABEL}/2", "data_drift")
    assert "June is warmer" in second.note
    assert first.end == second.start


def test_the_successor_is_better_and_its_auc_is_scikit_learns(
    ran: Finished, deployment: Deployment
):
    by_registry, by_hand, had_it_stayed = numbers_of(ran["right"].text)
    assert by_registry == pytest.approx(by_hand, abs=1e-3)
    assert by_hand > had_it_stayed + 0.01
    overall = deployment.accuracy(package=f"{LABEL}/2").overall
    assert overall is not None
    assert overall.metrics["auc"].value == pytest.approx(by_registry, abs=1e-5)

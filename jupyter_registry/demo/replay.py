"""The job itself: two deployments, ten months of flights day by day, one replacement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ..domain.kinds import Importance
from . import flights as data
from .models import SPRING, WINTER, boosted_trees, train
from .steps import (
    CUSTOM_LABEL,
    EXTERNAL_LABEL,
    deploy,
    register_custom,
    register_external,
    replace,
    send_actuals,
)

if TYPE_CHECKING:
    import pandas as pd

    from ..client.registry import Registry
    from ..client.results import Deployment
    from .outside import OutsideScorer
    from .terminal import Terminal

#: The days that pass through the prediction API, unless fewer are asked for.
FIRST_DAY = date(2013, 3, 1)
LAST_DAY = date(2013, 12, 31)
#: On this day's morning the custom deployment's champion is replaced.
REPLACEMENT_DAY = date(2013, 6, 1)
#: A day's actuals are uploaded this many days later.
ACTUALS_AFTER_DAYS = 2
#: Seconds that the reporter has at the end to send what it still holds.
FLUSH_SECONDS = 120.0


@dataclass(frozen=True)
class Plan:
    """Which part of the year is replayed: ``days`` from 1 March on, every ``every``-th flight."""

    days: int = (LAST_DAY - FIRST_DAY).days + 1
    every: int = 1

    def __post_init__(self) -> None:
        longest = (LAST_DAY - FIRST_DAY).days + 1
        if not 1 <= self.days <= longest:
            raise ValueError(f"Days must be from 1 to {longest}, not {self.days}.")
        if not 1 <= self.every <= 100:
            raise ValueError(f"Every must be from 1 to 100, not {self.every}.")

    def __iter__(self) -> Iterator[date]:
        return (FIRST_DAY + timedelta(days=number) for number in range(self.days))

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and FIRST_DAY <= day < FIRST_DAY + timedelta(days=self.days)


class CountsDiffer(Exception):
    """The registry counted other rows than were sent."""


class Replay:
    """The two deployments and the outside scorer, led through the days of a plan."""

    def __init__(
        self, registry: Registry, outside: OutsideScorer, plan: Plan, terminal: Terminal
    ) -> None:
        self._registry = registry
        self._outside = outside
        self._plan = plan
        self._terminal = terminal
        self._days: dict[str, pd.DataFrame] = {}

    def run(self) -> list[Deployment]:
        """Walk the whole way; the custom and the external deployment as they are at the end.

        Raises
        ------
        RegistryError
            whatever the registry refuses.
        OutsideFailed
            if the scoring process ends.
        CountsDiffer
            if rows were lost or doubled on the way.

        """
        with self._terminal.step("Load flights and weather"):
            # The outside process loads and trains meanwhile.
            self._outside.tell(train=True)
            flights = data.load_flights(self._plan.every)
            self._days = {
                str(day): rows for day, rows in flights.groupby(data.DATE) if self._planned(day)
            }
        with self._terminal.step("Train on January and February"):
            winter = train(boosted_trees(), flights, WINTER)
        with self._terminal.step("Register and deploy the custom package"):
            package = register_custom(self._registry, winter, "trained on January and February")
            custom = deploy(package, CUSTOM_LABEL, Importance.HIGH)
        with self._terminal.step("Register and deploy the external package"):
            self._deploy_external()
        self._pass_days(custom, flights)
        with self._terminal.step("Wait for the last reports"):
            self._outside.tell(finish=FLUSH_SECONDS)
            self._outside.answer()
        deployments = [self._registry.deployment(label) for label in (CUSTOM_LABEL, EXTERNAL_LABEL)]
        for deployment in deployments:
            self._check_counts(deployment)
        return deployments

    def _planned(self, day: object) -> bool:
        return date.fromisoformat(str(day)) in self._plan

    def _deploy_external(self) -> None:
        trained = self._outside.answer()
        package = register_external(self._registry, trained["training"], self._outside.holdout_path)
        deployment = deploy(package, EXTERNAL_LABEL, Importance.MODERATE)
        key = deployment.create_key("scoring process").key
        self._outside.tell(
            report_to={"url": self._registry.url, "key": key, "deployment": EXTERNAL_LABEL}
        )
        self._outside.answer()

    def _pass_days(self, custom: Deployment, flights: pd.DataFrame) -> None:
        total = sum(len(rows) for rows in self._days.values())
        with self._terminal.bar("Pass the flights, day by day", total, "flights") as bar:
            for day in self._plan:
                bar.set_postfix_str(day.isoformat(), refresh=False)
                if day == REPLACEMENT_DAY:
                    replace(self._registry, custom, train(boosted_trees(), flights, SPRING))
                self._predict(custom, day)
                self._report_actuals(custom, day)
                bar.update(len(self._days.get(day.isoformat(), ())))
            last = FIRST_DAY + timedelta(days=self._plan.days - 1)
            for number in range(ACTUALS_AFTER_DAYS):
                self._report_actuals(custom, last + timedelta(days=number + 1))

    def _check_counts(self, deployment: Deployment) -> None:
        sent = sum(len(rows) for rows in self._days.values())
        arrived = sum(len(data.outcomes(rows)) for rows in self._days.values())
        counted = deployment.rows_predicted, deployment.rows_matched
        if counted != (sent, arrived):
            raise CountsDiffer(
                f"{deployment.label}: {sent:,} predictions and {arrived:,} actuals were sent, "
                f"but {counted[0]:,} and {counted[1]:,} were counted."
            )

    def _predict(self, custom: Deployment, day: date) -> None:
        """A day's flights: by the outside scorer, and meanwhile by the registry."""
        self._outside.tell(score=day.isoformat())
        rows = self._days.get(day.isoformat())
        if rows is not None:
            custom.predict(
                rows[[data.FLIGHT_ID, data.DEPARTURE, *data.FEATURES]],
                timestamp_column=data.DEPARTURE,
            )
        self._outside.answer()

    def _report_actuals(self, custom: Deployment, today: date) -> None:
        """What became of the flights of some days ago; cancelled ones have no actual."""
        then = (today - timedelta(days=ACTUALS_AFTER_DAYS)).isoformat()
        rows = self._days.get(then)
        if rows is None:
            return
        known_at = evening(today).isoformat()
        self._outside.tell(actuals=then, known_at=known_at)
        send_actuals(custom, data.outcomes(rows), known_at)
        self._outside.answer()


def evening(day: date) -> datetime:
    """The end of a day in New York, as UTC."""
    return datetime.combine(day, time(23, 59), ZoneInfo("America/New_York")).astimezone(UTC)

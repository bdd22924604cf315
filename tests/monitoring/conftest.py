"""Databases of both kinds with deployments, and the raw rows that everything is compared with."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import create_engine, make_url

from jupyter_registry.domain.kinds import TargetType
from jupyter_registry.domain.target import Target
from jupyter_registry.monitoring.buckets import OF_SEGMENTS, TABLES
from jupyter_registry.monitoring.cursor import reading
from jupyter_registry.monitoring.recorder import Recorder
from jupyter_registry.monitoring.rows import ActualRows, Outcome, PredictionRows, Tracked
from jupyter_registry.store.database import Database, open_database
from jupyter_registry.store.tables import Deployment, ModelPackage, RegisteredModel

HOUR = 3_600_000_000
DAY = 24 * HOUR
#: 2024-02-26 00:00 UTC, a Monday before a leap day.
MONDAY = 1_708_905_600_000_000

TARGETS = {
    "regression": Target.make("y", "regression"),
    "binary": Target.make("y", "binary", ["no", "yes"]),
    "binary, positive first": Target.make("y", "binary", ["yes", "no"], "yes", 0.3),
    "multiclass": Target.make("y", "multiclass", ["a", "b", "c", "d"]),
}


def moment(microseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(microseconds))


@dataclass
class Row:
    """A prediction as it counts in the end."""

    package: int
    timestamp: int
    value: float
    label: int
    probabilities: np.ndarray | None
    #: Segment column → value.
    segments: dict[str, str] = field(default_factory=dict)


@dataclass
class RawRows:
    """What a deployment's log must hold, kept in the plainest way."""

    tracked: Tracked
    named: dict[str, Row] = field(default_factory=dict)
    nameless: list[Row] = field(default_factory=list)
    actuals: dict[str, float] = field(default_factory=dict)

    def predict(self, rows: PredictionRows) -> Outcome:
        """Record a batch; returns the outcome that it must have."""
        ids = rows.association_ids or [None] * len(rows)
        replaced = 0
        for i, name in enumerate(ids):
            row = Row(
                rows.package_id,
                int(rows.timestamps[i]),
                float(rows.values[i]),
                int(rows.labels[i]),
                None if rows.probabilities is None else rows.probabilities[i],
                {
                    column: values[i]
                    for column, values in (rows.segments or {}).items()
                    if values[i] is not None
                },
            )
            if name is None:
                self.nameless.append(row)
                continue
            replaced += name in self.named
            self.named[name] = row
        matched = len({name for name in ids if name in self.actuals})
        return Outcome(accepted=len(rows), replaced=replaced, matched=matched)

    def happen(self, rows: ActualRows) -> Outcome:
        """Record actuals; returns the outcome that they must have."""
        replaced = 0
        for name, value in zip(rows.association_ids, rows.values.tolist(), strict=True):
            replaced += name in self.actuals
            self.actuals[name] = value
        matched = sum(name in self.named for name in rows.association_ids)
        return Outcome(len(rows), replaced, matched, len(rows) - matched)

    def rows(self) -> list[tuple[Row, float | None]]:
        """Every prediction with its actual, if known."""
        found = [(row, self.actuals.get(name)) for name, row in self.named.items()]
        return found + [(row, None) for row in self.nameless]

    def totals(self) -> tuple[int, int, int]:
        """Rows predicted, matched, and actuals."""
        matched = sum(name in self.named for name in self.actuals)
        return len(self.named) + len(self.nameless), matched, len(self.actuals)


def predictions(
    rng: np.random.Generator,
    target: Target,
    ids: list[str | None] | None,
    timestamps: Any,
    package: int = 1,
    unknown: float = 0.0,
) -> PredictionRows:
    """Predictions with these IDs and times; a share of them without value or probabilities."""
    timestamps = np.asarray(timestamps, np.int64)
    n = len(timestamps)
    missing = rng.random(n) < unknown
    if target.type is TargetType.REGRESSION:
        values = rng.normal(50, 20, n)
        return PredictionRows(package, timestamps, values, np.zeros(n, np.int64), ids)
    if target.type is TargetType.BINARY:
        values = rng.beta(0.6, 0.9, n).round(int(rng.integers(1, 17)))
        positive = values >= target.threshold
        labels = np.where(positive, target.positive_index, 1 - target.positive_index)
        values = np.where(missing, np.nan, values)
        return PredictionRows(package, timestamps, values, labels, ids)
    k = len(target.class_labels)
    probabilities = rng.dirichlet(np.full(k, 0.7), n)
    labels = probabilities.argmax(axis=1)
    probabilities[missing] = np.nan
    nothing = np.full(n, np.nan)
    return PredictionRows(
        package, timestamps, nothing, labels, ids, probabilities if rng.random() < 0.9 else None
    )


def actuals(rng: np.random.Generator, target: Target, ids: list[str]) -> ActualRows:
    """What happened, at random."""
    if target.type is TargetType.REGRESSION:
        values = rng.normal(50, 20, len(ids)).round(int(rng.integers(0, 9)))
        values[rng.random(len(ids)) < 0.05] = 0.0
    else:
        classes = len(target.class_labels)
        values = rng.choice(classes, len(ids), p=rng.dirichlet(np.ones(classes))).astype(float)
    stamps = None
    if rng.random() < 0.5:
        stamps = [None if rng.random() < 0.3 else MONDAY + i for i in range(len(ids))]
    return ActualRows(ids, values, stamps)


_numbers = itertools.count(1)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def shared_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of one database of each kind for many tests: each makes deployments of its own."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('shared')}/registry.db"
    server = str(request.getfixturevalue("postgres_server"))
    # pytest makes the fixture anew whenever it goes back to a parameter
    name = f"monitoring_{next(_numbers)}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    admin.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def shared_database(shared_url: str) -> Iterator[Database]:
    opened = open_database(shared_url)
    yield opened
    opened.close()


@pytest.fixture
def database(migrated_url: str) -> Iterator[Database]:
    opened = open_database(migrated_url)
    yield opened
    opened.close()


@pytest.fixture
def recorder(database: Database) -> Iterator[Recorder]:
    made = Recorder(database)
    yield made
    made.close()


_labels = itertools.count()


def new_deployment(database: Database, target: Target) -> Tracked:
    """Make a deployment with the least that it needs."""
    with database.write() as session:
        model = RegisteredModel(name=f"m{next(_labels)}")
        session.add(model)
        session.flush()
        package = ModelPackage(
            model_id=model.id,
            name=model.name,
            version=1,
            kind="external",
            target_name=target.name,
            target_type=target.type,
        )
        session.add(package)
        session.flush()
        deployment = Deployment(label=model.name, package_id=package.id)
        session.add(deployment)
        session.flush()
        assert deployment.id is not None
        return Tracked(deployment.id, target)


@pytest.fixture
def deploy(database: Database) -> Callable[[Target], Tracked]:
    """Make a new deployment."""
    return lambda target: new_deployment(database, target)


@pytest.fixture
def totals_of(database: Database) -> Callable[[Tracked], tuple[int, int, int]]:
    """A deployment's counts: predicted, matched, actuals."""

    def read(tracked: Tracked) -> tuple[int, int, int]:
        with reading(database.log_engine) as cursor:
            row = cursor.one(
                "SELECT predicted, matched, actuals FROM deployment_totals WHERE deployment_id = ?",
                (tracked.deployment_id,),
            )
        assert row is not None
        return row[0], row[1], row[2]

    return read


@pytest.fixture
def tables_of(database: Database) -> Callable[[Tracked], list[Any]]:
    """Every byte of a deployment's accumulators."""

    def read(tracked: Tracked) -> list[Any]:
        with reading(database.log_engine) as cursor:
            return [
                (table, *row[:-1], bytes(row[-1]))
                for table in TABLES
                for key in ("segment_id, " if table in OF_SEGMENTS.values() else "",)
                for row in cursor.all(
                    f"SELECT {key}package_id, level, start, n, data FROM {table} "
                    f"WHERE deployment_id = ? ORDER BY {key}package_id, level, start",
                    (tracked.deployment_id,),
                )
            ]

    return read

"""What deployments are judged by, as one answer: whoever shows it has no numbers of its own."""

from __future__ import annotations

from sqlmodel import SQLModel

from .kinds import TargetType


class MetricRule(SQLModel):
    """A metric's name in the API, its title, and which way is better."""

    name: str
    title: str
    greater_is_better: bool


class DriftRules(SQLModel):
    """From which population stability index on a column warns, or fails; of fewer rows than
    ``least_rows`` nothing is said.
    """

    warning: float
    failing: float
    least_rows: int


class HealthRules(SQLModel):
    """Shares of requests from which on a deployment warns, or fails."""

    failing_server_errors: float
    warning_server_errors: float
    warning_client_errors: float


class AccuracyRules(SQLModel):
    """Worse than the baseline by which share of it a deployment warns, or fails; of fewer rows
    with their actual than ``least_rows`` nothing is said.
    """

    warning: float
    failing: float
    least_rows: int


class MonitoringRules(SQLModel):
    """The metrics by target type, and the limits of accuracy, drift and service health."""

    metrics: dict[TargetType, list[MetricRule]]
    main_metrics: dict[TargetType, list[str]]
    """By which accuracy is judged: the first that is known."""
    accuracy: AccuracyRules
    drift: DriftRules
    health: HealthRules


def monitoring_rules() -> MonitoringRules:
    """Those of this version."""
    from . import accuracy_status, health, metrics, psi

    return MonitoringRules(
        metrics={
            target_type: [
                MetricRule(
                    name=metric.name,
                    title=metric.title,
                    greater_is_better=metric.greater_is_better,
                )
                for metric in known
            ]
            for target_type, known in metrics.METRICS.items()
        },
        main_metrics={
            target_type: list(names) for target_type, names in accuracy_status.MAIN_METRICS.items()
        },
        accuracy=AccuracyRules(
            warning=accuracy_status.WARNING,
            failing=accuracy_status.FAILING,
            least_rows=accuracy_status.LEAST_ROWS,
        ),
        drift=DriftRules(warning=psi.WARNING, failing=psi.FAILING, least_rows=psi.LEAST_ROWS),
        health=HealthRules(
            failing_server_errors=health.FAILING_SERVER_ERRORS,
            warning_server_errors=health.WARNING_SERVER_ERRORS,
            warning_client_errors=health.WARNING_CLIENT_ERRORS,
        ),
    )

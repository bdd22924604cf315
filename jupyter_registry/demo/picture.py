"""The picture: accuracy of both deployments over the replayed year."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..domain.kinds import Bucket
from ..plots.accuracy import accuracy_over_time
from .summary import METRICS

if TYPE_CHECKING:
    from ..client.results import Deployment


def draw(deployments: Sequence[Deployment], path: Path) -> None:
    """Save accuracy by week."""
    figure = accuracy_over_time(
        {
            f"{deployment.label} ({deployment.kind})": deployment.accuracy(bucket=Bucket.WEEK)
            for deployment in deployments
        },
        metrics=METRICS,
        title="Flights from New York, 2013: arrives more than 15 minutes late?",
    )
    figure.savefig(path)

"""Addresses of what is monitored: accuracy, segments, drift, service health."""

from __future__ import annotations

from ..handlers import accuracy, drift, health
from ..routing import Operation, Route, text_parameter, whole_parameter
from .shared import RANGE, SEGMENT, SERIES

ROUTES: tuple[Route, ...] = (
    Route(
        "/deployments/{deployment}/accuracy",
        accuracy.AccuracyHandler,
        {
            "GET": Operation(
                "Accuracy overall and over time, by prediction time",
                answer="Accuracy",
                parameters={
                    **SERIES,
                    **SEGMENT,
                    "metric": text_parameter("This metric; may be repeated.", repeated=True),
                    "bucket_metric": text_parameter(
                        "The buckets have this metric alone; may be repeated. A long series "
                        "comes sooner with one.",
                        repeated=True,
                    ),
                },
            )
        },
    ),
    Route(
        "/deployments/{deployment}/segments",
        accuracy.SegmentsHandler,
        {
            "GET": Operation(
                "The segment columns and their values, or the values of one column compared",
                answer="Segments",
                parameters={
                    "column": text_parameter(
                        "Compare the accuracy of this segment column's values."
                    ),
                    **RANGE,
                    "metric": text_parameter("This metric; may be repeated.", repeated=True),
                },
            )
        },
    ),
    Route(
        "/deployments/{deployment}/accuracy/details",
        accuracy.DetailsHandler,
        {
            "GET": Operation(
                "Score bins, confusion and a sample of rows, for curves and scatter plots",
                answer="AccuracyDetails",
                parameters={**RANGE, **SEGMENT},
            )
        },
    ),
    Route(
        "/deployments/{deployment}/drift",
        drift.DriftHandler,
        {
            "GET": Operation(
                "Drift of inputs and predictions from the package's baseline, overall and over "
                "time",
                answer="Drift",
                parameters={
                    **SERIES,
                    "package_id": whole_parameter("This package's, instead of the champion's."),
                },
            )
        },
    ),
    Route(
        "/deployments/{deployment}/health",
        health.HealthHandler,
        {
            "GET": Operation(
                "Requests, errors and times, overall and over time",
                answer="Health",
                parameters=SERIES,
            )
        },
    ),
    Route(
        "/deployments/{deployment}/rebuild-accuracy",
        accuracy.RebuildHandler,
        {"POST": Operation("Compute what accuracy is read from anew, from the recorded rows")},
    ),
    Route(
        "/rebuild-accuracy",
        accuracy.RebuildAllHandler,
        {"POST": Operation("The same for every deployment")},
    ),
)

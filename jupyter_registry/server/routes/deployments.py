"""Addresses of deployments: settings, state, champion, keys."""

from __future__ import annotations

from ..handlers import deployments, keys
from ..routing import (
    Operation,
    Route,
    choice_parameter,
    text_parameter,
    whole_parameter,
    yes_or_no_parameter,
)
from .shared import FAR, PAGE

ROUTES: tuple[Route, ...] = (
    Route(
        "/deployments",
        deployments.DeploymentsHandler,
        {
            "GET": Operation(
                "List deployments",
                answer="DeploymentPage",
                parameters={
                    "q": text_parameter("Words in label, description or champion's name."),
                    "state": text_parameter(
                        "active, inactive, archived, or any (default: not archived)."
                    ),
                    "importance": choice_parameter("Importance"),
                    "package_id": whole_parameter("With this package in service."),
                    "model": text_parameter("With a package of this registered model in service."),
                    "service": choice_parameter("Status", "With this status of service health."),
                    "drift": choice_parameter("Status", "With this status of drift."),
                    "accuracy": choice_parameter("Status", "With this status of accuracy."),
                    "status": yes_or_no_parameter(
                        "Whether each is to have its status and recent predictions."
                    ),
                    "sort": text_parameter(
                        "created_at (default: -created_at), label, importance, champion; "
                        "descending with -."
                    ),
                    **PAGE,
                    **FAR,
                },
            ),
            "POST": Operation(
                "Create a deployment; a hosted model is loaded and scores its sample first",
                body="DeploymentCreate",
                answer="DeploymentPublic",
                status=201,
            ),
        },
    ),
    Route(
        "/deployments/{deployment}",
        deployments.DeploymentHandler,
        {
            "GET": Operation("Read a deployment by label or id", answer="DeploymentPublic"),
            "PATCH": Operation(
                "Change settings or state", body="DeploymentUpdate", answer="DeploymentPublic"
            ),
        },
    ),
    Route(
        "/deployments/{deployment}/status",
        deployments.StatusHandler,
        {
            "GET": Operation(
                "How it does: service health, drift, accuracy; predictions of the last days",
                answer="DeploymentLights",
            )
        },
    ),
    Route(
        "/deployments/{deployment}/history",
        deployments.HistoryHandler,
        {"GET": Operation("Which package was in service when, and why", answer="[ServicePeriod]")},
    ),
    Route(
        "/deployments/{deployment}/replacements",
        deployments.ReplacementsHandler,
        {
            "POST": Operation(
                "Replace the champion, or with dry_run only check",
                body="ReplacementCreate",
                answer="ReplacementPublic",
            )
        },
    ),
    Route(
        "/deployments/{deployment}/rollback",
        deployments.RollbackHandler,
        {
            "POST": Operation(
                "Put the previous package back in service",
                body="RollbackCreate",
                answer="ReplacementPublic",
            )
        },
    ),
    Route(
        "/deployments/{deployment}/keys",
        keys.KeysHandler,
        {
            "GET": Operation("List prediction keys", answer="[KeyPublic]"),
            "POST": Operation(
                "Make a prediction key; its secret is shown once",
                body="KeyCreate",
                answer="KeyCreated",
                status=201,
            ),
        },
    ),
    Route(
        "/deployments/{deployment}/keys/{key_id}",
        keys.KeyHandler,
        {"DELETE": Operation("Revoke a prediction key", status=204)},
    ),
)

"""All addresses: path, handler, and for each verb what goes in and what comes out.

The OpenAPI document, the check of parameters, and the tests that walk over authentication and
authorisation follow from these rows. Bodies and answers are classes of `domain.entities`, by
name, so that nothing is imported for them at the server's start.
"""

from __future__ import annotations

from .handlers import (
    accuracy,
    contents,
    deployments,
    drift,
    health,
    info,
    inspections,
    keys,
    models,
    packages,
    rows,
    uploads,
)
from .handlers.base import yes_no_or_any
from .leaderboard_routes import LEADERBOARD_ROUTES
from .routing import Operation as Operation
from .routing import Parameter
from .routing import Route as Route
from .routing import choice_parameter as _choice
from .routing import moment_parameter as _moment
from .routing import text_parameter as _text
from .routing import whole_parameter as _whole
from .routing import yes_or_no_parameter as _yes_or_no

_PAGE = {
    "limit": _whole("Items of a page.", minimum=1, maximum=1000, default=100),
    "cursor": _text("next_cursor of the page before."),
}
_FAR = {
    "offset": _whole("Items to leave out from there.", minimum=0, default=0),
    "total": _yes_or_no("Whether to count the items of all pages."),
}
_COLUMNS = {
    "association_id_column": _text("The column with the association IDs."),
    "timestamp_column": _text("The column with the times."),
}
_RANGE = {
    "start": _moment("From then on."),
    "end": _moment("Before then."),
    "package_id": _whole("This package's predictions alone."),
}
_SEGMENT = {
    "segment": _text("This segment column …"),
    "segment_value": _text(
        "… and the value whose rows alone are counted: a text, (missing) or nothing for null, "
        "(other) for the values that are not kept apart."
    ),
}
_SERIES = {"bucket": _choice("Bucket", "Chosen by the span unless given."), **_RANGE}

ROUTES: tuple[Route, ...] = (
    Route(
        "/info",
        info.InfoHandler,
        {"GET": Operation("What a client needs to know of the server", answer="ServerInfo")},
    ),
    Route("/openapi.json", info.OpenApiHandler, {"GET": Operation("This document")}),
    # --- registered models and packages ---
    Route(
        "/models",
        models.ModelsHandler,
        {
            "GET": Operation(
                "List registered models by name",
                answer="ModelPage",
                parameters={"q": _text("Words in name or description."), **_PAGE},
            )
        },
    ),
    Route(
        "/models/{name}",
        models.ModelHandler,
        {
            "GET": Operation("Read a registered model", answer="ModelPublic"),
            "PATCH": Operation("Change its description", body="ModelUpdate", answer="ModelPublic"),
            "DELETE": Operation(
                "Delete it with all its packages, if none was deployed", status=204
            ),
        },
    ),
    Route(
        "/models/{name}/versions/{version}",
        models.VersionHandler,
        {"GET": Operation("Read a package by version, or the latest", answer="PackagePublic")},
    ),
    Route(
        "/models/{name}/aliases/{alias}",
        models.AliasHandler,
        {
            "GET": Operation("Read a package by alias", answer="PackagePublic"),
            "PUT": Operation(
                "Point an alias at a version", body="AliasSet", answer="PackagePublic"
            ),
            "DELETE": Operation("Take an alias away", status=204),
        },
    ),
    Route(
        "/packages",
        packages.PackagesHandler,
        {
            "GET": Operation(
                "Search packages",
                answer="PackagePage",
                parameters={
                    "q": _text("Words in name, target, tags or description."),
                    "name": _text("Of this registered model."),
                    "kind": _choice("PackageKind"),
                    "target": _text("The target's name."),
                    "target_type": _choice("TargetType"),
                    "tag": _text("key, or key:value; all that are given.", repeated=True),
                    "alias": _text("With this alias."),
                    "creator": _text("Registered by this user."),
                    "deployed": _yes_or_no("Whether a deployment has it in service."),
                    "archived": Parameter(
                        yes_no_or_any,
                        {"type": "string", "enum": ["true", "false", "any"], "default": "false"},
                    ),
                    "created_after": _moment("Registered then or later."),
                    "created_before": _moment("Registered before then."),
                    "latest": _yes_or_no(
                        "Whether of each model only the newest version counts that is not archived."
                    ),
                    "sort": _text("created_at, name, version, kind, target …; descending with -."),
                    **_PAGE,
                    **_FAR,
                },
            ),
            "POST": Operation(
                "Register a package", body="PackageCreate", answer="PackageRegistered", status=201
            ),
        },
    ),
    Route(
        "/packages/{package_id}",
        packages.PackageHandler,
        {
            "GET": Operation("Read a package", answer="PackagePublic"),
            "PATCH": Operation(
                "Change description, tags, archived state",
                body="PackageUpdate",
                answer="PackagePublic",
            ),
            "DELETE": Operation("Delete a package that was never deployed", status=204),
        },
    ),
    Route(
        "/packages/{package_id}/files/{path*}",
        packages.FileHandler,
        {"GET": Operation("Download a file of a package", gives_bytes=True)},
    ),
    # --- uploads ---
    Route(
        "/uploads",
        uploads.UploadsHandler,
        {"POST": Operation("Begin an upload", answer="UploadPublic", status=201)},
    ),
    Route(
        "/uploads/{upload_id}",
        uploads.UploadHandler,
        {
            "GET": Operation("Read what has arrived", answer="UploadPublic"),
            "DELETE": Operation("Throw an upload away", status=204),
        },
    ),
    Route(
        "/uploads/{upload_id}/files/{path*}",
        uploads.UploadFileHandler,
        {
            "PUT": Operation(
                "Send a file; X-Content-SHA256 is checked where given",
                answer="FilePublic",
                status=201,
                takes_bytes=True,
            ),
            "DELETE": Operation("Take a file out of an upload", status=204),
        },
    ),
    Route(
        "/uploads/{upload_id}/contents",
        contents.UploadContentsHandler,
        {
            "POST": Operation(
                "Take a file or folder that Jupyter's file browser shows into an upload",
                body="ContentsTake",
                answer="ContentsTaken",
                status=201,
            )
        },
    ),
    Route(
        "/uploads/{upload_id}/inspection",
        inspections.InspectionHandler,
        {
            "POST": Operation(
                "Begin to inspect an upload's model and data in a worker; GET tells what is found",
                body="InspectionCreate",
                answer="InspectionPublic",
                status=202,
            ),
            "GET": Operation("How the inspection stands", answer="InspectionPublic"),
            "DELETE": Operation("Cancel the inspection", status=204),
        },
    ),
    # --- deployments ---
    Route(
        "/deployments",
        deployments.DeploymentsHandler,
        {
            "GET": Operation(
                "List deployments",
                answer="DeploymentPage",
                parameters={
                    "q": _text("Words in label, description or champion's name."),
                    "state": _text("active, inactive, archived, or any (default: not archived)."),
                    "importance": _choice("Importance"),
                    "package_id": _whole("With this package in service."),
                    "model": _text("With a package of this registered model in service."),
                    "service": _choice("Status", "With this status of service health."),
                    "drift": _choice("Status", "With this status of drift."),
                    "accuracy": _choice("Status", "With this status of accuracy."),
                    "status": _yes_or_no(
                        "Whether each is to have its status and recent predictions."
                    ),
                    "sort": _text(
                        "created_at (default: -created_at), label, importance, champion; "
                        "descending with -."
                    ),
                    **_PAGE,
                    **_FAR,
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
    # --- rows ---
    Route(
        "/deployments/{deployment}/predictions",
        rows.PredictionsHandler,
        {
            "POST": Operation(
                "Predict; every prediction is recorded before it is answered",
                takes_rows=True,
                gives_rows=True,
                parameters={
                    **_COLUMNS,
                    "passthrough": _text("Input columns to repeat in the answer, with commas."),
                },
            )
        },
    ),
    Route(
        "/deployments/{deployment}/reports",
        rows.ReportsHandler,
        {
            "POST": Operation(
                "Report predictions made elsewhere; the same association ID again replaces",
                takes_rows=True,
                answer="ReportResult",
                parameters={
                    **_COLUMNS,
                    "package_id": _whole(
                        "The package that made them, one of the history (default: the one in "
                        "service at each row's time)."
                    ),
                },
            )
        },
    ),
    Route(
        "/deployments/{deployment}/actuals",
        rows.ActualsHandler,
        {
            "POST": Operation(
                "Send what really happened: early, late, repeated or corrected",
                takes_rows=True,
                answer="ActualsResult",
                parameters={**_COLUMNS, "value_column": _text("The column with the values.")},
            )
        },
    ),
    # --- accuracy ---
    Route(
        "/deployments/{deployment}/accuracy",
        accuracy.AccuracyHandler,
        {
            "GET": Operation(
                "Accuracy overall and over time, by prediction time",
                answer="Accuracy",
                parameters={
                    **_SERIES,
                    **_SEGMENT,
                    "metric": _text("This metric; may be repeated.", repeated=True),
                    "bucket_metric": _text(
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
                    "column": _text("Compare the accuracy of this segment column's values."),
                    **_RANGE,
                    "metric": _text("This metric; may be repeated.", repeated=True),
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
                parameters={**_RANGE, **_SEGMENT},
            )
        },
    ),
    # --- drift ---
    Route(
        "/deployments/{deployment}/drift",
        drift.DriftHandler,
        {
            "GET": Operation(
                "Drift of inputs and predictions from the package's baseline, overall and over "
                "time",
                answer="Drift",
                parameters={
                    **_SERIES,
                    "package_id": _whole("This package's, instead of the champion's."),
                },
            )
        },
    ),
    # --- service health ---
    Route(
        "/deployments/{deployment}/health",
        health.HealthHandler,
        {
            "GET": Operation(
                "Requests, errors and times, overall and over time",
                answer="Health",
                parameters=_SERIES,
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
    *LEADERBOARD_ROUTES,
)

"""Addresses of registered models and packages."""

from __future__ import annotations

from ..handlers import environments, models, packages
from ..parameters import yes_no_or_any
from ..routing import (
    Operation,
    Parameter,
    Route,
    choice_parameter,
    moment_parameter,
    text_parameter,
    whole_parameter,
    yes_or_no_parameter,
)
from .shared import FAR, PAGE

ROUTES: tuple[Route, ...] = (
    Route(
        "/models",
        models.ModelsHandler,
        {
            "GET": Operation(
                "List registered models by name",
                answer="ModelPage",
                parameters={"q": text_parameter("Words in name or description."), **PAGE},
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
                    "q": text_parameter("Words in name, target, tags or description."),
                    "name": text_parameter("Of this registered model."),
                    "kind": choice_parameter("PackageKind"),
                    "target": text_parameter("The target's name."),
                    "target_type": choice_parameter("TargetType"),
                    "tag": text_parameter("key, or key:value; all that are given.", repeated=True),
                    "alias": text_parameter("With this alias."),
                    "creator": text_parameter("Registered by this user."),
                    "deployed": yes_or_no_parameter("Whether a deployment has it in service."),
                    "archived": Parameter(
                        yes_no_or_any,
                        {"type": "string", "enum": ["true", "false", "any"], "default": "false"},
                    ),
                    "created_after": moment_parameter("Registered then or later."),
                    "created_before": moment_parameter("Registered before then."),
                    "latest": yes_or_no_parameter(
                        "Whether of each model only the newest version counts that is not archived."
                    ),
                    "sort": text_parameter(
                        "created_at, name, version, kind, target …; descending with -."
                    ),
                    **PAGE,
                    **FAR,
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
        "/packages/{package_id}/sbom",
        packages.SbomHandler,
        {
            "GET": Operation(
                "Download a package's software bill of materials (CycloneDX 1.6, JSON)",
                gives_bytes=True,
            )
        },
    ),
    Route(
        "/packages/{package_id}/environment",
        environments.EnvironmentHandler,
        {
            "GET": Operation(
                "The environment that a package asks for, with the log of its building",
                answer="EnvironmentPublic",
                parameters={
                    "kernelspec": text_parameter("Whose Python it has (default: the server's)."),
                    "log_offset": whole_parameter("The log from this byte on.", minimum=0),
                },
            )
        },
    ),
    Route(
        "/packages/{package_id}/checks",
        environments.ChecksHandler,
        {
            "POST": Operation(
                "Check how a package could be deployed; nothing is loaded, built or made",
                body="DeploymentCheck",
                answer="[Check]",
            )
        },
    ),
    Route(
        "/packages/{package_id}/files/{path*}",
        packages.FileHandler,
        {"GET": Operation("Download a file of a package", gives_bytes=True)},
    ),
)

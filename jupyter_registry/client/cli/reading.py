"""Commands that list and show."""

from __future__ import annotations

import argparse
from typing import Any

from ...domain.errors import DeploymentNotFound, PackageNotFound
from .. import html
from ..pages import Pages
from .output import as_facts, as_json, as_table, registry_of

#: Items asked for at a time.
_PAGE = 200


def list(options: argparse.Namespace) -> None:  # named as the command
    """``list``: packages."""
    with registry_of(options) as registry:
        print_pages(
            registry.packages(
                options.q,
                name=options.name,
                kind=options.kind,
                target=options.target,
                target_type=options.target_type,
                tag=options.tag,
                alias=options.alias,
                creator=options.creator,
                deployed=options.deployed,
                archived=options.archived,
                latest=options.latest,
                sort=options.sort,
                page_size=page_size(options),
            ),
            options,
        )


def models(options: argparse.Namespace) -> None:
    """``models``: registered models."""
    with registry_of(options) as registry:
        print_pages(registry.models(options.q, page_size=page_size(options)), options)


def deployments(options: argparse.Namespace) -> None:
    """``deployments``: deployments."""
    with registry_of(options) as registry:
        print_pages(
            registry.deployments(
                options.q,
                state=options.state,
                importance=options.importance,
                model=options.model,
                service=options.service,
                drift=options.drift,
                accuracy=options.accuracy,
                sort=options.sort,
                status=options.status,
                page_size=page_size(options),
            ),
            options,
        )


def show(options: argparse.Namespace) -> None:
    """``show``: a package or a deployment, whole."""
    with registry_of(options) as registry:
        if options.deployment is not None:
            _show_deployment(registry.deployment(options.deployment), options)
            return
        try:
            package = registry.package(options.package)
        except PackageNotFound as error:
            try:
                deployment = registry.deployment(options.package)
            except DeploymentNotFound:
                raise error from None
            _show_deployment(deployment, options)
        else:
            _show_package(package, options)


def _show_package(package: Any, options: argparse.Namespace) -> None:
    if options.json:
        as_json(package)
        return
    origin = package.provenance
    as_facts(
        {
            "package": package.reference,
            "id": package.id,
            "kind": package.kind,
            "target": package.target_name,
            "target type": package.target_type,
            "class labels": package.class_labels,
            "positive class": package.positive_class,
            "threshold": package.prediction_threshold,
            "description": package.description,
            "tags": package.tags,
            "aliases": package.aliases,
            "format": package.format,
            "files": [f"{file.path} ({html.size(file.size)})" for file in package.files],
            "digest": package.digest,
            "location": package.location,
            "build environment": package.build_environment,
            "inputs": [
                f"{column['name']} {column['dtype']}{'?' if column.get('nullable') else ''}"
                for column in package.signature
            ],
            "notebook": origin.get("notebook"),
            "python": origin.get("python"),
            "git commit": (origin.get("git") or {}).get("commit"),
            "created": package.created_at,
            "by": package.created_by,
            "archived": package.archived_at,
            "deployments": [str(item.get("label", item)) for item in package.deployments],
        }
    )
    metrics = (package.baseline or {}).get("metrics") or {}
    if metrics:
        print()
        as_table(
            ("baseline", "value", "n"),
            [(name, item.get("value"), item.get("n")) for name, item in metrics.items()],
        )


def _show_deployment(deployment: Any, options: argparse.Namespace) -> None:
    history = deployment.history()
    if options.json:
        document = deployment.model_dump(mode="json")
        as_json(document | {"history": [period.model_dump(mode="json") for period in history]})
        return
    as_facts(
        {
            "deployment": deployment.label,
            "id": deployment.id,
            "champion": deployment.package,
            "kind": deployment.kind,
            "state": deployment.state,
            "importance": deployment.importance,
            "description": deployment.description,
            "target": deployment.target_name,
            "target type": deployment.target_type,
            "class labels": deployment.class_labels,
            "positive class": deployment.positive_class,
            "threshold": deployment.prediction_threshold,
            "association ID column": deployment.association_id_column,
            "kernelspec": deployment.kernelspec,
            "rows predicted": deployment.rows_predicted,
            "rows matched": deployment.rows_matched,
            "rows waiting": deployment.rows_waiting,
            "created": deployment.created_at,
            "by": deployment.created_by,
        }
    )
    print()
    as_table(history.headings, history.rows())


def page_size(options: argparse.Namespace) -> int:
    """How many items to ask for at a time."""
    return max(1, min(options.limit + 1, _PAGE))


def print_pages(pages: Pages[Any], options: argparse.Namespace) -> None:
    """Print so many items of a list, and whether there are more."""
    limit = max(0, options.limit)
    items = pages[: limit + 1]
    if options.json:
        as_json(items[:limit])
        return
    as_table(pages.headings, [pages.row(item) for item in items[:limit]])
    if len(items) > limit:
        print(f"… and more; --limit {10 * max(1, limit)} shows more of them.")

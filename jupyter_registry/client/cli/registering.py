"""The command that registers."""

from __future__ import annotations

import argparse

from .output import as_json, registry_of


def register(options: argparse.Namespace) -> None:
    """``register``: files, a folder, or the description of an external model."""
    with registry_of(options) as registry:
        package = registry.register(
            options.name,
            options.path[0] if len(options.path) == 1 else options.path or None,
            kind=options.kind,
            target=options.target,
            target_type=options.target_type,
            class_labels=options.class_labels,
            positive_class=options.positive_class,
            threshold=options.threshold,
            training=options.training,
            holdout=options.holdout,
            predictions=options.predictions,
            format=options.format,
            description=options.description,
            tags=_tags(options.tag),
            aliases=options.alias,
            location=options.location,
            build_environment=options.build_environment,
            progress=not options.json,
        )
    if options.json:
        as_json(package)
    else:
        print(f"Registered {package.reference} (id {package.id}).")


def _tags(given: list[str]) -> dict[str, str]:
    parted = (tag.partition(":") for tag in given)
    return {key: value for key, _, value in parted}

"""The command that registers."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from ...domain.errors import InvalidInput
from .output import as_json, registry_of


def register(options: argparse.Namespace) -> None:
    """``register``: files, a folder, or the description of an external model."""
    importance = _importance(options.importance)
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
            importance=importance,
            format=options.format,
            description=options.description,
            tags=_tags(options.tag),
            aliases=options.alias,
            location=options.location,
            build_environment=options.build_environment,
            own_code=options.own_code,
            sign_with=options.sign_with,
            progress=not options.json,
        )
    if options.json:
        as_json(package)
    else:
        print(f"Registered {package.reference} (id {package.id}).")


def _tags(given: list[str]) -> dict[str, str]:
    parted = (tag.partition(":") for tag in given)
    return {key: value for key, _, value in parted}


def _importance(given: list[str] | None) -> dict[str, Any] | None:
    """Importances by feature, of ``feature=number`` and of files; a later one replaces."""
    if given is None:
        return None
    found: dict[str, Any] = {}
    for text in given:
        feature, equals, number = text.rpartition("=")
        if equals and not Path(text).is_file():
            found[feature] = number  # checked with the features
        else:
            found |= _importance_file(Path(text))
    return found


def _importance_file(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        problem = f"There is no file {str(path)!r}, and it is no feature=number either."
    except (OSError, ValueError) as error:
        problem = f"{str(path)!r} cannot be read as JSON: {error}"
    else:
        if isinstance(content, dict):
            return content
        problem = f"{str(path)!r} holds no numbers by feature."
    raise InvalidInput(
        problem,
        advice='Give feature=number, or a .json file such as {"age": 1, "income": 0.4}.',
        fields={"importance": str(path)},
    )

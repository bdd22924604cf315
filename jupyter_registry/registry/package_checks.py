"""What a package has to be before anything of it is kept."""

from __future__ import annotations

from ..domain.entities import PackageCreate
from ..domain.errors import InvalidInput
from ..domain.kinds import TargetType
from ..domain.target import Target
from . import package_formats, validation


def check(body: PackageCreate, *, has_files: bool = False) -> Target:
    """Refuse what cannot be registered; returns the target.

    ``has_files``: whether a hosted model's files are here already, and need no upload.
    """
    validation.check_name(body.name)
    for alias in body.aliases:
        validation.check_alias(alias, "aliases")
    validation.check_tags(body.tags)
    validation.text(body.description, "description", 20_000)
    for field, most in (
        ("target_name", 500),
        ("positive_class", 500),
        ("location", 2_000),
        ("build_environment", 200),
        ("format", 50),
    ):
        validation.text(getattr(body, field), field, most)
    package_formats.check_name(body.format)
    for field in ("class_labels", "signature", "baseline", "provenance"):
        validation.document(getattr(body, field), field)
    validation.examples(body.input_example)
    if body.kind.is_hosted and body.upload is None and not has_files:
        raise InvalidInput(
            f"A package of kind {body.kind.value!r} needs at least one file.",
            advice="Upload the model's files first and give the upload's id.",
            fields={"upload": "missing"},
        )
    if not body.kind.is_hosted and (body.upload is not None or body.files):
        raise InvalidInput(
            "An external package has no files: its model is hosted elsewhere.",
            advice="Leave upload and files out, or register it with kind 'custom'.",
            fields={"files" if body.upload is None else "upload": "not for external packages"},
        )
    if body.prediction_threshold is not None and body.target_type is not TargetType.BINARY:
        raise InvalidInput(
            "Only a binary target has a prediction threshold.",
            advice="Leave it out.",
            fields={"prediction_threshold": "only for binary"},
        )
    if not body.target_type.has_rows:
        _check_unstructured(body)
    return Target.make(
        body.target_name,
        body.target_type,
        body.class_labels,
        body.positive_class,
        body.prediction_threshold,
    )


def _check_unstructured(body: PackageCreate) -> None:
    """Refuse what only a model that scores rows can have."""
    for field in ("signature", "baseline", "input_example"):
        if getattr(body, field):
            raise InvalidInput(
                f"An unstructured model takes no rows, so it has no {field.replace('_', ' ')}.",
                advice="Leave it out.",
                fields={field: "not for unstructured"},
            )
    if not body.kind.is_hosted:
        raise InvalidInput(
            "An unstructured model answers requests here: one that is hosted elsewhere has no "
            "predictions to report.",
            advice="Register its files, or choose another target type.",
            fields={"target_type": "not for external packages"},
        )

"""The inputs of `DeployForm`: a deployment's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets as widgets

from ...domain.kinds import Importance, ModelEnvironment, TargetType
from .columns_input import ColumnsInput
from .fields import Field, Fields

if TYPE_CHECKING:
    from ...client.deployments import Deployment
    from ...client.packages import Package, PackageItem


def deploy_fields(package: Package | PackageItem) -> Fields:
    """The inputs, by the setting that each is of; those without a meaning for it are hidden."""
    spec = (getattr(package, "provenance", None) or {}).get("kernelspec")
    fields = Fields(
        label=Field("Label", widgets.Text(value=package.name), "Unique among deployments."),
        importance=Field(
            "Importance",
            widgets.Dropdown(options=list(Importance), value=Importance.MODERATE),
            "How much depends on it.",
        ),
        association_id_column=Field(
            "Association ID",
            widgets.Text(placeholder="customer"),
            "The input column that ties a prediction to what later happened.",
        ),
        association_id_required=Field(
            "Association ID required",
            widgets.Checkbox(),
            "Refuse predictions without one.",
        ),
        prediction_threshold=Field(
            "Threshold",
            widgets.BoundedFloatText(
                value=0.5 if package.prediction_threshold is None else package.prediction_threshold,
                min=0,
                max=1,
                step=0.05,
            ),
            "The least probability that predicts the positive class.",
        ),
        store_features=Field(
            "Store features", widgets.Checkbox(), "Keep input values with the predictions."
        ),
        segment_columns=Field(
            "Segments",
            ColumnsInput("Segments", _offered(package)),
            "Accuracy is kept by the values of these columns too, to find where the model is bad.",
        ),
        kernelspec=_kernelspec_field("the server's own", [spec] if spec else []),
        environment=_libraries_field(),
        predict_seconds=Field(
            "Seconds for a call",
            widgets.BoundedFloatText(value=0, min=0, max=3600, step=1),
            "What the model may take before a request fails and its worker is ended; 0 for what "
            "the server allows.",
        ),
        description=Field("Description", widgets.Textarea(rows=2)),
    )
    if spec:
        fields["kernelspec"].say(
            f"{fields['kernelspec'].hint} The package was registered from {spec!r}."
        )
    hidden = {
        "prediction_threshold": package.target_type is not TargetType.BINARY,
        "kernelspec": not package.kind.is_hosted,
        "environment": not package.kind.is_hosted,
        "predict_seconds": not package.kind.is_hosted,
    }
    for name, hide in hidden.items():
        fields[name].layout.display = "none" if hide else None
    return fields


def runtime_fields(deployment: Deployment | None) -> Fields:
    """The inputs of what a replacement runs in, first as a deployment has it.

    Without a deployment they are empty, which means: as whichever it will be has it.
    """
    if deployment is None:
        kernelspec = _kernelspec_field("as the deployment has it", [])
        return Fields(kernelspec=kernelspec, environment=_libraries_field(None))
    before = deployment.kernelspec
    kernelspec = _kernelspec_field("the server's own", [before] if before else [])
    kernelspec.input.value = before or ""
    return Fields(kernelspec=kernelspec, environment=_libraries_field(deployment.environment))


def _kernelspec_field(placeholder: str, offered: list[str]) -> Field:
    return Field(
        "Environment",
        widgets.Combobox(options=offered, placeholder=placeholder),
        "The kernelspec whose libraries the model runs with.",
    )


def _libraries_field(chosen: ModelEnvironment | None = ModelEnvironment.KERNELSPEC) -> Field:
    return Field(
        "Libraries",
        widgets.Dropdown(
            options=[
                *([("As the deployment has it", "")] if chosen is None else []),
                ("Those of the environment", ModelEnvironment.KERNELSPEC),
                ("What the package needs, built for it", ModelEnvironment.PACKAGE),
            ],
            value=chosen or "",
        ),
        "Those of its requirements.txt, of an MLflow or conda file, or those that it was made "
        "with, for the environment's Python.",
    )


def _offered(package: Package | PackageItem) -> list[str]:
    """The columns that the package knows; those with few values, as texts have, come first."""
    known = {str(column["name"]): column.get("dtype") == "number" for column in package.signature}
    baseline = getattr(package, "baseline", None) or {}
    for name, histogram in (baseline.get("features") or {}).items():
        known.setdefault(name, histogram.get("dtype") == "number")
    return sorted(known, key=lambda name: known[name])

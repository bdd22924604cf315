"""The software bill of materials of a package: CycloneDX 1.6, from what was captured of it.

Its libraries are those that were imported when the model was made or inspected, at their versions
then; its files are there with their SHA-256. https://cyclonedx.org/docs/1.6/json/
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ..domain.entities import PackagePublic
from ..domain.requirements import captured, distribution_of

MEDIA_TYPE = "application/vnd.cyclonedx+json; version=1.6"

_NAMESPACE = uuid.UUID("6a7dfc4e-4b27-5b59-9a06-3c1e8f4f2f3b")


def sbom(package: PackagePublic, tool_version: str) -> dict[str, Any]:
    """The document, ready for JSON; the same for a package whenever it is asked for.

    ``tool_version``: of this project.
    """
    model = f"{package.name}/{package.version}"
    parts = [*_python(package.provenance), *_libraries(package.provenance)]
    files = [
        {
            "type": "file",
            "bom-ref": f"file:{file.path}",
            "name": file.path,
            "hashes": [{"alg": "SHA-256", "content": file.sha256}],
        }
        for file in package.files
    ]
    refs = [part["bom-ref"] for part in (*parts, *files)]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": uuid.uuid5(_NAMESPACE, f"{package.id} {model} {package.digest}").urn,
        "version": 1,
        "metadata": {
            "timestamp": package.created_at.isoformat(),
            "tools": {
                "components": [
                    {"type": "application", "name": "jupyter_registry", "version": tool_version}
                ]
            },
            "component": {
                "type": "machine-learning-model",
                "bom-ref": model,
                "name": package.name,
                "version": str(package.version),
                **({"description": package.description} if package.description else {}),
                **_hashes(package.digest),
                "modelCard": _card(package),
            },
        },
        "components": [*parts, *files],
        "dependencies": [
            {"ref": model, "dependsOn": refs},
            *({"ref": ref, "dependsOn": []} for ref in refs),
        ],
    }


def _hashes(digest: str | None) -> dict[str, Any]:
    return {"hashes": [{"alg": "SHA-256", "content": digest}]} if digest else {}


def _python(provenance: Mapping[str, Any]) -> list[dict[str, Any]]:
    version = provenance.get("python")
    if not isinstance(version, str):
        return []
    name = str(provenance.get("implementation") or "CPython")
    purl = f"pkg:generic/{quote(name.lower(), safe='')}@{quote(version, safe='')}"
    return [{"type": "platform", "bom-ref": purl, "name": name, "version": version, "purl": purl}]


def _libraries(provenance: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = []
    for imported, version in captured(provenance).items():
        name = distribution_of(imported)
        normalised = re.sub(r"[-_.]+", "-", name).lower()
        purl = f"pkg:pypi/{quote(normalised, safe='')}@{quote(version, safe='')}"
        found.append(
            {
                "type": "library",
                "bom-ref": purl,
                "name": name,
                "version": version,
                "purl": purl,
            }
        )
    return found


def _card(package: PackagePublic) -> dict[str, Any]:
    """What the model is, and how it did on its holdout."""
    metrics = (package.baseline or {}).get("metrics") or {}
    measured = [
        {"type": name, "value": str(one["value"])}
        for name, one in metrics.items()
        if isinstance(one, Mapping) and one.get("value") is not None
    ]
    task = "regression" if package.target_type == "regression" else "classification"
    return {
        "modelParameters": {"approach": {"type": "supervised"}, "task": task},
        **({"quantitativeAnalysis": {"performanceMetrics": measured}} if measured else {}),
    }

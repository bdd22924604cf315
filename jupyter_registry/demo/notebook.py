"""The notebook that `make lab` opens on: a first look at what the job left."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .steps import CUSTOM_LABEL

_CELLS = (
    (
        "markdown",
        "# The flights of 2013\n\n"
        "Two deployments, replayed day by day: one served by the registry, one by a process "
        "outside that reported its predictions.",
    ),
    (
        "code",
        "from jupyter_registry import Registry\n\nregistry = Registry()\nregistry.deployments()",
    ),
    ("code", f'deployment = registry.deployment("{CUSTOM_LABEL}")\ndeployment.history()'),
    ("code", 'accuracy = deployment.accuracy(bucket="week")\naccuracy.to_frame()'),
    (
        "code",
        "from IPython.display import display\n"
        "from jupyter_registry.plots.accuracy import accuracy_over_time\n\n"
        "%matplotlib inline\n"
        "display(accuracy_over_time(accuracy))",
    ),
)


def write_notebook(path: Path) -> None:
    """Write the notebook, not yet run."""
    cells: list[dict[str, Any]] = []
    for number, (kind, source) in enumerate(_CELLS):
        cell: dict[str, Any] = {
            "id": f"flights-{number}",
            "cell_type": kind,
            "metadata": {},
            "source": source,
        }
        if kind == "code":
            cell |= {"execution_count": None, "outputs": []}
        cells.append(cell)
    python = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    path.write_text(
        json.dumps(
            {
                "cells": cells,
                "metadata": {"kernelspec": python, "language_info": {"name": "python"}},
                "nbformat": 4,
                "nbformat_minor": 5,
            },
            indent=1,
        )
        + "\n"
    )

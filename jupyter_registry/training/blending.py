"""The blend: the mean of the best models, from what they said of the validation rows already."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..formats import find_model
from .evaluation import Material, Trained, finished
from .steps import BlendedClassifier, BlendedRegressor

#: Models that are blended.
BLENDED = 3


def blend(material: Material, folder: Path, of: Sequence[Path]) -> Trained:
    """The blend of candidates, by their folders; none of them is trained again."""
    rows, scores = None, []
    models = []
    for place in of:
        with np.load(place / "validation.npz") as kept:
            order = np.argsort(kept["rows"], kind="stable")
            rows = kept["rows"][order]
            scores.append(kept["scores"][order])
        kind, file = find_model(place / "package")
        models.append(kind.load(file).native)
    assert rows is not None
    mean = np.mean(scores, axis=0)
    kind_of_blend: Any = (
        BlendedClassifier if material.target.type.is_classification else BlendedRegressor
    )
    found = []
    for _, validation in material.partition.splits:
        places = np.searchsorted(rows, validation)
        found.append(material.metrics(validation, mean[places]))
    final = kind_of_blend.of(models)
    notes = {"trained_on": "as the models that are blended"}
    return finished(material, folder, final, final, found, rows, mean, 0.0, notes)

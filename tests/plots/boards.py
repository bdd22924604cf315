"""A leaderboard's models as the registry gives them, made up for the plots."""

from __future__ import annotations

from typing import Any

import numpy as np

from jupyter_registry.client.board_models import BoardModel, Ranking
from jupyter_registry.domain.kinds import TargetType

BLUEPRINT: list[dict[str, Any]] = [
    {
        "step": "Numbers",
        "kind": "numeric",
        "columns": ["weekday", "dep_minute", "arr_minute", "distance", "temp"],
        "text": "Missing ones filled with the median and marked, scaled",
    },
    {
        "step": "Categories",
        "kind": "categorical",
        "columns": ["carrier", "origin", "dest"],
        "text": "A column for each frequent value",
    },
    {
        "step": "Dates",
        "kind": "date",
        "columns": ["scheduled_departure"],
        "text": "Month, day, weekday, hour and days passed",
    },
    {"step": "Linear model", "kind": "model", "columns": [], "text": "LogisticRegression"},
]
BLEND: list[dict[str, Any]] = [
    {"step": "LightGBM, tuned", "kind": "model", "columns": [], "text": "As it was trained"},
    {"step": "Random forest", "kind": "model", "columns": [], "text": "As it was trained"},
    {"step": "Blend", "kind": "model", "columns": [], "text": "The mean of all"},
]
IMPORTANCE = {f"column {place:02}": round(0.8**place, 3) for place in range(20)}
LEARNING = [
    {"rows": rows, "score": 0.74 - 0.9 / np.sqrt(rows)} for rows in (350, 700, 1_400, 2_800)
]
DEPENDENCE: dict[str, Any] = {
    "carrier": {
        "values": ["UA", "B6", "EV", "DL", "AA", "MQ"],
        "mean": [0.18, 0.22, 0.31, 0.15, 0.16, 0.25],
    },
    "dep_minute": {
        "values": [float(minute) for minute in range(300, 1_440, 120)],
        "mean": [0.1 + 0.00015 * minute for minute in range(300, 1_440, 120)],
    },
    "scheduled_departure": {
        "values": [f"2013-{month:02}-01T00:00:00+00:00" for month in range(1, 13)],
        "mean": [0.2 + 0.05 * np.sin(month) for month in range(1, 13)],
    },
    "warm": {"values": [False, True], "mean": [0.2, 0.24]},
}
CLASSES: dict[str, Any] = {
    "dest": {
        "values": [float(one) for one in range(10)],
        "mean": [[0.6 - 0.04 * one, 0.3 + 0.02 * one, 0.1 + 0.02 * one] for one in range(10)],
    }
}
BINARY: dict[str, Any] = {
    "confusion": {"labels": ["late", "on time"], "matrix": [[60, 140], [40, 560]]},
    "roc": {"fpr": [0, 0.05, 0.1, 0.3, 1], "tpr": [0, 0.2, 0.35, 0.7, 1], "threshold": [None] * 5},
    "lift": {
        "depth": [round(0.1 * one, 1) for one in range(1, 11)],
        "gain": [0.25, 0.42, 0.55, 0.66, 0.75, 0.83, 0.89, 0.94, 0.98, 1.0],
        "lift": [2.5, 2.1, 1.83, 1.65, 1.5, 1.38, 1.27, 1.18, 1.09, 1.0],
    },
}


def regression() -> dict[str, Any]:
    """Details of a regression's model."""
    random = np.random.default_rng(3)
    predicted = np.sort(random.normal(40, 9, 300))
    actual = predicted + random.normal(0, 3, 300)
    counts, edges = np.histogram(actual - predicted, 30)
    return {
        "residuals": {
            "predicted": predicted.tolist(),
            "actual": actual.tolist(),
            "histogram": {"edges": edges.tolist(), "counts": counts.tolist()},
        }
    }


def ranking(metric: str = "auc") -> Ranking:
    """Three models that are done, one of them unlocked, and one that failed."""
    made = []
    for number, (label, auc, ms) in enumerate(
        [("Random forest", 0.71, 30.0), ("LightGBM, tuned", 0.74, 4.0), ("Constant", 0.5, 0.0)], 1
    ):
        validation = {
            "auc": {"mean": auc, "spread": 0.01, "n": 800},
            "log_loss": {"mean": 1 - auc, "spread": None, "n": 800},
        }
        holdout = {"auc": {"value": auc - 0.02, "n": 200}} if number == 1 else None
        made.append(
            BoardModel(
                number=number, label=label, state="done", validation=validation, scoring_ms=ms,
                holdout=holdout, leaderboard_id=1, created_at="2026-01-05T00:00:00Z",
            )
        )  # fmt: skip
    made.append(
        BoardModel(
            number=4, label="Nearest neighbours", state="failed", reason="no memory",
            leaderboard_id=1, created_at="2026-01-05T00:00:00Z",
        )
    )  # fmt: skip
    return Ranking(made, TargetType.BINARY, metric)

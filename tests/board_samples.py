"""Leaderboards with real models: scikit-learn pipelines, trained, saved and measured here."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

LABELS = ["bad", "good"]


def board_body(name: str = "cells", **fields: Any) -> dict[str, Any]:
    """What begins a leaderboard on the breast cancer data."""
    return {
        "name": name,
        "target_name": "outcome",
        "target_type": "binary",
        "class_labels": LABELS,
        "positive_class": "good",
        "signature": [
            {"name": column, "dtype": "number", "nullable": False} for column in columns()
        ],
        "metric": "auc",
        "engine": {"name": "by hand", "version": "1"},
        "seed": 7,
        "time_budget": 10.0,
        "partition": {
            "kind": "stratified",
            "folds": 3,
            "rows": {"training": 400, "validation": 400, "holdout": 169},
        },
        "data": {"digest": "ab" * 32, "rows": 569, "columns": 5, "source": "cells.csv"},
        "recipe": {"seed": 7},
        "warnings": ["The column 'x' was dropped: it is constant."],
        "provenance": {"python": "3.11", "libraries": {"scikit-learn": "1"}},
    } | fields


def columns() -> list[str]:
    return ["mean radius", "mean texture", "mean smoothness", "mean symmetry"]


@cache
def data() -> Any:
    """Training data and holdout, as pandas tables."""
    from sklearn.datasets import load_breast_cancer

    bunch = load_breast_cancer(as_frame=True)
    table = bunch.data[columns()].copy()
    table["outcome"] = [LABELS[code] for code in bunch.target]
    shuffled = table.sample(frac=1.0, random_state=0)
    return shuffled.iloc[:400], shuffled.iloc[400:]


@cache
def pipeline(kind: str) -> Any:
    """A fitted pipeline: ``linear`` or ``forest``."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    last = (
        LogisticRegression()
        if kind == "linear"
        else RandomForestClassifier(20, max_depth=4, random_state=0)
    )
    training, _ = data()
    made = make_pipeline(StandardScaler(), last)
    return made.fit(training[columns()], training["outcome"])


@cache
def saved(kind: str) -> tuple[str, bytes]:
    """The pipeline's file: its name and content, the same each time."""
    from jupyter_registry import formats

    with tempfile.TemporaryDirectory() as folder:
        _, file = formats.save_model(pipeline(kind), Path(folder), None)
        return file.name, file.read_bytes()


def model_body(kind: str, folder: Path) -> tuple[dict[str, Any], dict[str, Path]]:
    """What adds a model, and its files, saved into the folder."""
    import pyarrow as pa
    from sklearn.metrics import log_loss, roc_auc_score

    from jupyter_registry import formats
    from jupyter_registry.domain.signature import Signature
    from jupyter_registry.domain.target import Target
    from jupyter_registry.formats.baselines import baseline

    folder.mkdir(parents=True, exist_ok=True)
    name, content = saved(kind)
    file = folder / name
    file.write_bytes(content)
    chosen = formats.find_model(file, None)[0]
    training, holdout = data()
    target = Target.make("outcome", "binary", LABELS, "good")
    signature = Signature.from_json(board_body()["signature"])
    found = baseline(
        target,
        signature,
        training=pa.Table.from_pandas(training, preserve_index=False),
        holdout=pa.Table.from_pandas(holdout, preserve_index=False),
        predictions=None,
        predictor=lambda: chosen.load(file),
    )
    good = pipeline(kind).predict_proba(training[columns()])[:, 1]
    truth = training["outcome"] == "good"
    body = {
        "label": {"linear": "Logistic regression", "forest": "Random forest"}[kind],
        "family": kind,
        "parameters": {"kind": kind},
        "validation": {
            "auc": {"mean": float(roc_auc_score(truth, good)), "spread": 0.01, "n": 400},
            "log_loss": {"mean": float(log_loss(truth, good)), "spread": 0.02, "n": 400},
        },
        "training_seconds": 0.1,
        "scoring_ms": 2.5,
        "blueprint": [{"step": "scale", "kind": "numeric", "columns": columns()}],
        "details": {"importance": {name: 1.0 + i for i, name in enumerate(columns())}},
        "format": chosen.name,
        "baseline": found,
        "input_example": training[columns()].head(3).to_dict("records"),
        "provenance": {"libraries": {"scikit-learn": "1"}},
    }
    return body, {file.name: file}


def failed_body() -> dict[str, Any]:
    """A candidate that failed."""
    return {
        "label": "Nearest neighbours",
        "family": "neighbours",
        "state": "failed",
        "reason": "It needed more memory than there is.",
    }

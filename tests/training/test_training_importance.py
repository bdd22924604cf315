"""How much a model leans on each column, measured on few rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from jupyter_registry.training.leaderboard import Leaderboard

from .conftest import KeepingSink


def test_columns_of_few_rows_are_shuffled_several_times(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    table = pd.DataFrame({name: random.normal(size=240) for name in ("much", "some", "none")})
    noise = random.normal(scale=0.5, size=240)
    table["y"] = table["much"] + 0.6 * table["some"] + noise
    sink = KeepingSink(tmp_path)
    board = Leaderboard(table, "y", families=["linear"], tune=False)
    board.run(300, sink=sink, progress=False)
    model, _ = sink.done["Linear model"]
    important = model["details"]["importance"]
    assert important["much"] == 1.0
    assert 0.2 < important["some"] < 0.9
    assert important["none"] < 0.1
    assert model["provenance"]["importance"].endswith("validation rows, 5 times")

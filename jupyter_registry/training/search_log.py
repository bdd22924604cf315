"""FLAML's log of its trials: read while it searches, and after it was ended."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .families import LEARNERS


@dataclass(frozen=True)
class Trial:
    """A trial that FLAML wrote into its log."""

    learner: str
    config: dict[str, Any]
    loss: float
    seconds: float
    sample: int
    ended: float
    """Seconds after the search began."""

    @property
    def family(self) -> str:
        """The family that the learner is of."""
        return LEARNERS[self.learner]


def trials_of(log: Path) -> list[Trial]:
    """The trials in a log, also of a search that was ended or is still going on."""
    found = []
    try:
        lines = log.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    for line in lines:
        try:
            record = json.loads(line)
        except ValueError:  # the last line, half written
            continue
        if record.get("learner") in LEARNERS and math.isfinite(record["validation_loss"]):
            found.append(
                Trial(
                    record["learner"],
                    {k: v for k, v in record["config"].items() if k != "FLAML_sample_size"},
                    float(record["validation_loss"]),
                    float(record["trial_time"]),
                    int(record["sample_size"]),
                    float(record["wall_clock_time"]),
                )
            )
    return found


#: How much longer training again may take than the trial did.
_SLACK = 1.5
#: FLAML has boosters stop growing at the end of its time: a trial that ended so shortly before it
#: was a smaller model than its settings say, and training it again may take much longer.
_CUT_OFF = 0.5


def again(trial: Trial) -> float:
    """Seconds that training a trial's model again may take."""
    return _SLACK * trial.seconds


def best_of(
    trials: Sequence[Trial], seconds: float = math.inf, until: float = math.inf
) -> list[Trial]:
    """The best trial of each learner, the best learner first; those of the most rows count.

    ``seconds``: what training one again may take; trials that took longer do not count.
    ``until``: when the search had to end; trials that it cut off count only if there are no others.
    """
    best: dict[str, Trial] = {}
    whole = [trial for trial in trials if trial.ended <= until - _CUT_OFF]
    for trial in whole or trials:
        if again(trial) > seconds:
            continue
        held = best.get(trial.learner)
        if held is None or (-trial.sample, trial.loss) < (-held.sample, held.loss):
            best[trial.learner] = trial
    return sorted(best.values(), key=lambda trial: trial.loss)

"""Training as a job: ``run_module.py jupyter_registry.training.job FOLDER``.

The folder has ``job.json``: ``data`` (the path of a CSV, Parquet or Arrow file), ``target``,
``time_budget`` (seconds, or null), ``name``, ``source`` (what the data are called), ``options``
(what else `Leaderboard` takes), and of a leaderboard that is trained again ``predecessor`` (its id)
and ``incumbents`` (the fields of `incumbents.Incumbent`, their files in ``place``). What happens is
told by a `FolderSink`, with lines on stdout; the log is stderr. Data that cannot be trained on are
one line ``{"event": "refused", "error": {"type", "detail", "advice", "fields"}}`` and exit code 2.
"""

from __future__ import annotations

import inspect
import json
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from ..domain.errors import InvalidInput, RegistryError, nearest
from . import incumbents
from .sink import FolderSink

#: The exit code of a run whose data or options were refused before training began.
REFUSED = 2


def main(arguments: list[str]) -> int:
    """Run the job of a folder; 0 once it has ended, however."""
    folder = Path(arguments[0])
    # libraries print where they like: stdout carries lines of JSON alone
    lines = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sink = FolderSink(folder, lines)
    signal.signal(signal.SIGTERM, _stop)
    try:
        job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
        run(job, sink)
    except RegistryError as error:
        refusal = {
            "type": type(error).__name__,
            "detail": error.detail,
            "advice": error.advice,
            "fields": json.loads(json.dumps(error.fields, default=str)),
        }
        lines.write(json.dumps({"event": "refused", "error": refusal}) + "\n")
        lines.flush()
        print(error, file=sys.stderr)
        return REFUSED
    return 0


def run(job: dict[str, Any], sink: FolderSink) -> None:
    """Train what the job says."""
    from .leaderboard import DEFAULT_BUDGET, Leaderboard

    options = dict(job.get("options") or {})
    for option in ("name", "source"):
        if job.get(option):
            options[option] = job[option]
    known = inspect.signature(Leaderboard).parameters
    for option in options:
        if option not in known or option in ("data", "target"):
            raise InvalidInput(
                f"Training has no option {option!r}. {nearest(option, list(known))}".strip(),
                advice=f"The options are {', '.join(sorted(set(known) - {'data', 'target'}))}.",
                fields={"options": f"unknown: {option}"},
            )
    board = Leaderboard(job["data"], job["target"], **options)
    if job.get("predecessor") is not None:
        board.follow(job["predecessor"], incumbents.of_job(job))
    budget = job.get("time_budget")
    board.run(DEFAULT_BUDGET if budget is None else budget, sink=sink, progress=sys.stderr)


def _stop(_number: int, _frame: FrameType | None) -> None:
    """A termination ends the run as an interrupt does: keeping what is there."""
    raise KeyboardInterrupt

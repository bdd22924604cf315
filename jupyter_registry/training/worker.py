"""The child process that trains: ``run_module.py jupyter_registry.training.worker FOLDER``.

It takes orders as lines of JSON from stdin, and answers with lines of JSON on stdout: any number
of ``step``, and for each order ``loaded``, ``trained``, ``failed``, ``tuned`` or ``measured``, with
the order's number. The first order is to load what to train on from the folder (`handover`), for
which libraries are imported before it comes. Where it can, each other order is worked on in a copy
of the process (`forks`), which says ``working`` first; ``ended`` follows once it has ended. It ends
when stdin does, whatever it is doing then: who gave the orders was killed, so the folder goes too.
"""

from __future__ import annotations

import json
import os
import queue
import shutil
import sys
import threading
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from ..domain.errors import is_full
from ..domain.signature import Signature
from ..domain.target import Target
from ..formats.libraries import libraries
from . import forks

#: Seconds that importance may take of any model: drift of a deployment is judged by it.
_IMPORTANCE = 1.0
#: The first models may take more: on a busy machine a board without any tells nobody anything.
_IMPORTANCE_OF_FIRST = 4.0


def main(arguments: list[str]) -> int:
    """Work on orders, one after the other."""
    # libraries print where they like: stdout carries lines of JSON alone
    stream = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    worker = _Worker(Path(arguments[0]), stream)
    orders: queue.Queue[dict[str, Any]] = queue.Queue()
    reading = (orders, worker.folder)
    threading.Thread(target=_read, args=reading, name="orders", daemon=True).start()
    worker.start()
    while True:
        order = orders.get()
        apart = forks.CAN_FORK and order["do"] != "load"
        (worker.work_apart if apart else worker.work)(order)


def _import_for_copies() -> None:
    """What saves models, which takes half a second: each copy would do so for itself."""
    with suppress(Exception):  # saving says what is wrong with it
        import skops.io  # noqa: F401


def _read(orders: queue.Queue[dict[str, Any]], folder: Path) -> None:
    """Read orders; without the one who gives them there is nothing left to do."""
    for line in sys.stdin:
        orders.put(json.loads(line))
    forks.end_running()
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


class _Worker:
    def __init__(self, folder: Path, stream: TextIO) -> None:
        self.folder = folder
        self._stream = stream
        self._order: int | None = None

    def start(self) -> None:
        """Import what orders need."""
        from . import blending, details, evaluation

        self._evaluation, self._details, self._blending = evaluation, details, blending

    def work_apart(self, order: dict[str, Any]) -> None:
        """One order in a copy of this process; whatever becomes of it, this one has all loaded."""
        self._order = order["order"]
        if order["do"] == "tune":
            with suppress(ImportError):  # which the copy says, too
                from flaml import AutoML  # noqa: F401 (for the copies)

        def work() -> None:
            self._say({"event": "working", "pid": os.getpid()})
            self.work(order)

        code = forks.run(work, _import_for_copies)
        self._stream.write("\n")  # one that was ended may have left half a line
        self._say({"event": "ended", "code": code})

    def work(self, order: dict[str, Any]) -> None:
        """One order; whatever goes wrong in it is told, and ends nothing."""
        self._order = order["order"]
        began = time.monotonic()
        try:
            answer = getattr(self, f"_{order['do']}")(order)
        except Exception as error:
            with suppress(OSError):  # the log's disk may be the full one
                traceback.print_exc()
            reason = f"{type(error).__name__}: {error}"
            if is_full(error):
                reason = "There was no room left on the disk to write it."
            elif isinstance(error, self._evaluation.OutOfTime):
                reason = str(error)
            elif isinstance(error, MemoryError):
                reason = "It needed more memory than there is."
            answer = {"event": "failed", "reason": reason[:2000], "full": is_full(error)}
            if "number" in order:
                self._fresh(order)  # what it has written is no model
        answer["seconds"] = time.monotonic() - began
        try:
            self._say(answer)
        except ValueError as error:  # a number that JSON does not have
            reason = f"What it says of itself is no JSON: {error}"
            self._say({"event": "failed", "reason": reason, "seconds": answer["seconds"]})

    def _load(self, _order: dict[str, Any]) -> dict[str, Any]:
        from .handover import load

        self.material, self.metric = load(self.folder)
        return {"event": "loaded", "libraries": libraries()}

    def _train(self, order: dict[str, Any]) -> dict[str, Any]:
        asked = self._evaluation.Order(
            order["label"],
            order["family"],
            order["parameters"],
            order["seconds"],
            lambda score: (
                order["may_lead"] and _beats(score, order["best"], order["greater_is_better"])
            ),
            order["spare"],
            self.metric,
            self._fresh(order),
            order["searched"],
        )
        began = time.monotonic()
        trained = self._evaluation.train(self.material, asked, self._step)
        model_seconds = time.monotonic() - began
        said = self._evaluation.told(
            self.material, asked.label, asked.family, asked.parameters, trained
        )
        leads = asked.family != "baseline" and self._leads(order, trained)
        left = order["details_seconds"] if leads else 0.0
        least = _IMPORTANCE_OF_FIRST if order["to_beat"] is None else _IMPORTANCE
        self._add_details(said, asked, trained, left, least)
        return self._trained(said, trained, model_seconds)

    def _measure(self, order: dict[str, Any]) -> dict[str, Any]:
        """A model of the predecessor on the holdout."""
        from . import incumbents
        from .handover import holdout_of

        target, own = Target.make(**order["target"]), self.material.target
        reason = incumbents.differs(target, own)
        if reason is not None:
            return {"event": "measured", "reason": reason}
        rows = holdout_of(self.folder, self.material.partition)
        signature = Signature.from_json(order["signature"])
        try:
            found = incumbents.measured(
                Path(order["folder"]), order["format"], signature, target, rows
            )
        except Exception as error:
            traceback.print_exc()
            return {"event": "measured", "reason": incumbents.reason_of(error)}
        return {"event": "measured", "metrics": found}

    def _blend(self, order: dict[str, Any]) -> dict[str, Any]:
        began = time.monotonic()
        folders = [self.folder / "candidates" / number for number in order["of"]]
        made = self._blending.blend(
            self.material, self._fresh(order), folders, self.metric, order["seconds"] / 3
        )
        trained = made.trained
        model_seconds = time.monotonic() - began
        said = self._evaluation.told(self.material, order["label"], "blend", {}, trained)
        counts = {order["labels"][place]: share for place, share in made.weights.items()}
        said["parameters"] = {label: round(share, 3) for label, share in counts.items()}
        said["blueprint"] = [
            {"step": label, "kind": "model", "columns": [], "text": f"Counts for {share:.0%}"}
            for label, share in counts.items()
        ] + [{"step": "Blend", "kind": "model", "columns": [], "text": "The mean of all"}]
        self._add_details(said, None, trained, order["details_seconds"])
        return self._trained(said, trained, model_seconds)

    def _tune(self, order: dict[str, Any]) -> dict[str, Any]:
        from . import tuning

        log = Path(order["log"])
        tuning.tune(
            self.material,
            self.metric,
            order["families"],
            order["seconds"],
            log,
            order["trials"],
            begins_whole=order["begins_whole"],
        )
        return {"event": "tuned"}

    def _settings(self, order: dict[str, Any]) -> dict[str, Any]:
        """The best settings of each learner in the log of a search, however it ended."""
        from . import search_log, tuning

        trials = search_log.trials_of(Path(order["log"]))
        best = search_log.best_of(trials, order["seconds"], order["until"])
        is_classification = self.material.making.is_classification
        found = [
            {
                "family": trial.family,
                "learner": trial.learner,
                "loss": trial.loss,
                "seconds": search_log.again(trial),
                "parameters": tuning.parameters(trial, is_classification=is_classification),
            }
            for trial in best
        ]
        return {"event": "tuned", "found": found}

    def _add_details(
        self,
        said: dict[str, Any],
        order: Any,
        trained: Any,
        seconds: float,
        least: float = _IMPORTANCE,
    ) -> None:
        """Details, the cheap ones always, the others while there is time for them."""
        until = time.monotonic() + seconds
        said["details"] = self._details.quick(self.material, trained)

        def left() -> float:
            return max(0.0, until - time.monotonic())

        measured = self._details.importance(
            self.material, trained, said["family"], max(left(), least)
        )
        if measured is not None:
            important, how = measured
            said["details"]["importance"] = important
            said["provenance"]["importance"] = how
            features = {
                name: {**histogram, "importance": important.get(name)}
                for name, histogram in said["baseline"]["features"].items()
            }
            said["baseline"] = {**said["baseline"], "features": features}
            leading = sorted(important, key=lambda name: -important[name])
            dependence = self._details.dependence(self.material, trained, leading, left() / 2)
            if dependence is not None:
                said["details"]["partial_dependence"] = dependence
        if order is not None and seconds:
            curve = self._details.learning_curve(self.material, order, trained, self.metric, left())
            if curve is not None:
                said["details"]["learning_curve"] = curve

    def _leads(self, order: dict[str, Any], trained: Any) -> bool:
        """Whether it is among the best so far, whose worst score the order has."""
        score = self._details.score(trained, self.metric)
        return _beats(score, order["to_beat"], order["greater_is_better"])

    def _trained(self, said: dict[str, Any], trained: Any, model_seconds: float) -> dict[str, Any]:
        return {
            "event": "trained",
            "model": said,
            "files": {name: str(file) for name, file in trained.files.items()},
            "model_seconds": model_seconds,
        }

    def _fresh(self, order: dict[str, Any]) -> Path:
        folder: Path = self.folder / "candidates" / order["number"]
        shutil.rmtree(folder, ignore_errors=True)
        return folder

    def _step(self, text: str) -> None:
        self._say({"event": "step", "text": text})

    def _say(self, line: dict[str, Any]) -> None:
        line = {**line, "order": self._order}
        text = json.dumps(line, allow_nan=False, default=_plain)
        self._stream.write(text + "\n")
        self._stream.flush()


def _beats(score: float | None, bar: float | None, greater_is_better: bool) -> bool:
    """Whether a score is better than the one to beat; where there is none, any is."""
    if bar is None or score is None:
        return score is not None
    return score > bar if greater_is_better else score < bar


def _plain(value: Any) -> Any:
    """NumPy's scalars as Python's, anything else as text."""
    item = getattr(value, "item", None)
    return item() if callable(item) else str(value)

"""One run: candidates in order, within the time budget, told to the sink as they finish."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..domain.errors import InvalidInput, ModelFailed, RegistryError
from ..domain.ranking import greater_is_better, score_of
from .budget import Budget
from .child import Child, ChildLost, NeededTooMuch, TookTooLong
from .families import Family
from .forks import CAN_FORK
from .incumbents import seconds_for
from .plan import Plan
from .progress import Progress, Stopped
from .room import no_room
from .seconds import NO_TIME, too_long
from .sink import Sink

#: Models that a search gives to the board, and models that a blend is chosen of.
TUNED, _BLENDED = 3, 8
#: Details are for models that are among so many best.
_LEADING = 3
#: With fewer seconds left no further model is begun.
_LEAST_MODEL = 1.0
#: Seconds that the last model may take beyond the budget to be written.
_GRACE = 2.0


@dataclass
class _Candidate:
    number: str
    label: str
    family: str
    score: float
    seconds: float


class Run:
    """A run; `go` is called once."""

    def __init__(self, plan: Plan, child: Child, sink: Sink) -> None:
        self.plan = plan
        self.child = child
        self.sink = sink
        self.done: list[_Candidate] = []
        self._is_full = False
        self.model_seconds = 0.0
        """Seconds that models were trained, searched for and scored."""
        self.state = "failed"
        self._budget = Budget(plan)
        self._numbers = 0
        self._start_seconds = 0.0
        total = len(plan.families) + (TUNED if plan.tunes else 0) + bool(plan.blends)
        self._progress = Progress(plan, sink, self._log, total)
        self._begun = False
        self._greater = greater_is_better(plan.target_type, plan.metric)

    def go(self) -> None:
        """Train until all is done, the time is over, or it is asked to stop.

        Raises
        ------
        InvalidInput
            when the budget is too short for one model; nothing is begun where that shows before
            training begins.
        StorageUnavailable
            when no candidate could be trained because the disk is full.
        ModelFailed
            when none could be trained otherwise.

        """
        try:
            self._start()
            self.plan.board["provenance"]["libraries"] = self._libraries
            self.sink.begin(self.plan.board)
            self._begun = True
            try:
                self._measure_incumbents()
                self._train_all()
                state = "done"
            except (KeyboardInterrupt, Stopped):
                state = "stopped"
            if not self.done and state == "done":
                raise self._nothing()
            self.state = state
            self.sink.end(state, None)
        except BaseException as error:
            if self._begun and self.state == "failed":
                self.sink.end("failed", str(error) or type(error).__name__)
            raise
        finally:
            self.child.end()

    # --- the order of things ----------------------------------------------------------------

    def _start(self) -> None:
        try:
            self._libraries = self._load(self._end, lambda: None)["libraries"]
        except TookTooLong:
            raise InvalidInput(
                f"The time budget of {self.plan.budget:g} s was over before training could begin.",
                advice="Give a longer one: time_budget=60.",
                fields={"time_budget": "too short"},
            ) from None
        except ChildLost as error:
            needed = isinstance(error, NeededTooMuch)
            raise ModelFailed(
                f"The process that trains could not start. {error}",
                advice="Allow more with memory_limit_mb=, or leave it out."
                if needed
                else "Install jupyter_registry[sklearn] in this environment.",
                fields={},
            ) from None

    def _measure_incumbents(self) -> None:
        """How the predecessor's models do on the holdout, while there is time for it."""
        if not self.plan.incumbents:
            return
        self._progress.stage = "measuring"
        self._progress.text = "Measuring the predecessor's models"
        left = seconds_for(self.plan.budget, self._left())
        told = []
        for incumbent, folder in self.plan.incumbents:
            try:
                if left <= 0:
                    raise ChildLost(NO_TIME)
                incumbent.fetch(folder)
                # started again where the one before it ended it, which is not this one's time
                self._ready()
                began = time.monotonic()
                try:
                    answer = self._answer(incumbent.order(folder), began + left)
                finally:
                    left -= time.monotonic() - began
            except (ChildLost, RegistryError, OSError) as error:
                told.append(incumbent.told(reason=str(error)))
            else:
                told.append(incumbent.told(answer.get("metrics"), answer.get("reason")))
        self.sink.incumbents(told)

    def _train_all(self) -> None:
        self._progress.stage = "training"
        late = self._train_plain()
        if self._budget.searches:
            self._tune()
            self._progress.stage = "training"
        for family, reason in late:
            left = self._budget.left_before_blend()
            if not self._budget.searches or left < max(_LEAST_MODEL, self._expected(family)):
                self._fail(family.title, family.name, {}, reason)
                continue
            self._candidate(family.title, family.name, {}, left)
        if self.plan.blends:
            self._blend()

    def _train_plain(self) -> list[tuple[Family, str]]:
        """Train untuned models; those that had no time, each with the reason."""
        self._budget.begin()
        late: list[tuple[Family, str]] = []
        for family in self.plan.families:
            seconds = self._budget.one_plain(is_first=not self.done)
            if seconds <= 0 and self.done:
                late.append((family, NO_TIME))
                continue
            expected = self._expected(family)
            if expected > seconds:
                late.append((family, too_long(expected, seconds)))
                continue
            may_lead = not self._budget.searches  # what the search finds is better as a rule
            self._candidate(family.title, family.name, {}, seconds, may_lead=may_lead)
        return late

    def _expected(self, family: Family) -> float:
        """Seconds that it will take at least, as far as one before it tells."""
        if family.slower_than is None:
            return 0.0
        name, times = family.slower_than
        return sum(times * one.seconds for one in self.done if one.family == name)

    def _tune(self) -> None:
        seconds = self._budget.search()
        if not seconds:
            return
        self._progress.stage = "searching"
        log = self._log
        boosted = [one.seconds for one in self.done if one.family in ("lightgbm", "xgboost")]
        names = [family.name for family in self.plan.families] + ["extra_trees"]
        order = {
            "do": "tune",
            "families": names,
            "seconds": seconds,
            "log": str(log),
            "trials": self.plan.trials,
            "begins_whole": self._budget.begins_whole(seconds, boosted),
        }
        self._progress.text = "Searching for good settings"
        reason = None
        searched = time.monotonic()
        try:
            again = 0.0 if CAN_FORK else 1.5 * self._start_seconds
            until = self._budget.search_is_cut_off(searched, seconds, again)
            answer = self._answer(order, until)
            self._progress.tell(force=True)  # how many were tried, also where that was quick
            if answer["event"] == "failed":
                reason = answer["reason"]
        except ChildLost as error:
            # the log has what was found until then
            reason = None if isinstance(error, TookTooLong) else str(error)
        self.model_seconds += time.monotonic() - searched
        found: list[dict[str, Any]] = []
        try:
            self._ready()
            # what would take longer than there is time left is no use, however good
            left = self._budget.left_before_blend()
            order = {"do": "settings", "log": str(log), "seconds": left, "until": seconds}
            found = self._answer(order, self._end).get("found") or []
        except ChildLost as error:
            reason = reason or str(error)
        if not found:
            self._fail("Search", "", {}, reason or "It found nothing in the time that it had.")
            return
        self._progress.stage = "training"
        found = found[:TUNED]
        for place, best in enumerate(found, 1):
            title = next(
                (f.title for f in self.plan.families if f.name == best["family"]), best["family"]
            )
            label = _LEARNERS.get(best["learner"], title)
            left = self._budget.one_tuned(is_last=place == len(found))
            if left < max(_LEAST_MODEL, best["seconds"]):
                reason = too_long(best["seconds"], left) if left >= _LEAST_MODEL else NO_TIME
                self._fail(f"{label}, tuned", best["family"], best["parameters"], reason)
                continue
            self._candidate(
                f"{label}, tuned", best["family"], best["parameters"], left, searched=True
            )

    def _blend(self) -> None:
        ranked = [one for one in self._ranked() if one.family != "baseline"][:_BLENDED]
        if len(ranked) < 2:
            return
        if self._left() < _LEAST_MODEL:
            self._fail("Blend", "blend", {}, NO_TIME)
            return
        order = {
            "do": "blend",
            "of": [one.number for one in ranked],
            "labels": [one.label for one in ranked],
            "label": "Blend",
            "family": "blend",
            "parameters": {},
        }
        self._order(order, self._left())

    # --- one candidate ----------------------------------------------------------------------

    def _candidate(
        self,
        label: str,
        family: str,
        parameters: dict[str, Any],
        seconds: float,
        *,
        searched: bool = False,
        may_lead: bool = True,
    ) -> None:
        order = {"do": "train", "label": label, "family": family, "parameters": parameters}
        self._order(order | {"searched": searched, "may_lead": may_lead}, seconds)

    def _order(self, order: dict[str, Any], seconds: float) -> None:
        """Have a candidate trained, and tell the sink what became of it."""
        self._numbers += 1
        ranked = self._ranked()
        details = self._budget.details()
        order |= {
            "number": str(self._numbers),
            "seconds": seconds,
            "details_seconds": details,
            "best": ranked[0].score if ranked else None,
            "to_beat": ranked[_LEADING - 1].score if len(ranked) >= _LEADING else None,
            "spare": self._budget.spare(),
            "greater_is_better": self._greater,
        }
        self._progress.text = order["label"]
        began = time.monotonic()
        try:
            self._ready()
            began = time.monotonic()
            answer = self._answer(order, began + seconds + details + _GRACE)
        except ChildLost as error:
            self.model_seconds += time.monotonic() - began
            self._fail(order["label"], order["family"], order["parameters"], str(error))
            return
        if answer["event"] == "failed":
            self.model_seconds += answer["seconds"]
            self._is_full = self._is_full or answer.get("full", False)
            self._fail(order["label"], order["family"], order["parameters"], answer["reason"])
            return
        self.model_seconds += answer["model_seconds"]
        self._budget.took_for_details(answer["seconds"] - answer["model_seconds"])
        model = answer["model"]
        score = score_of(model["validation"], self.plan.metric)
        if score is not None:
            self._progress.finished(answer["seconds"])
            self.done.append(
                _Candidate(
                    order["number"], order["label"], order["family"], score, answer["seconds"]
                )
            )
        # the folder stays as it is for the blend
        files = {name: Path(file) for name, file in answer["files"].items()}
        self.sink.model(model, files)
        self._progress.tell(force=True)

    def _fail(self, label: str, family: str, parameters: dict[str, Any], reason: str) -> None:
        self._progress.finished(None)
        model = {
            "label": label,
            "family": family,
            "state": "failed",
            "reason": reason,
            "parameters": parameters,
        }
        self.sink.model(model, {})
        self._progress.tell(force=True)

    def _answer(self, order: dict[str, Any], until: float) -> dict[str, Any]:
        """The child's answer to an order; it is started again if it is gone."""
        self._ready()
        self.child.ask(order)
        self._progress.tell(force=True)
        for answer in self.child.answers(min(until, self._end + _GRACE), self._progress.tick):
            if answer["event"] != "step":
                return answer
            self._progress.text = answer["text"]
            self._progress.tell()
        raise ChildLost("It gave no answer.")

    def _ready(self) -> None:
        """Start the child again if it is gone."""
        if not self.child.is_running:
            self._load(self._end + _GRACE, self._progress.tick)

    def _load(self, until: float, tick: Callable[[], None]) -> dict[str, Any]:
        """Have the child load what to train on; it is started unless it is there."""
        began = time.monotonic()
        if not self.child.is_running:
            self.child.start()
        self.child.ask({"do": "load"})
        answer = next(self.child.answers(until, tick))
        self._start_seconds = max(self._start_seconds, time.monotonic() - began)
        if answer["event"] != "loaded":
            raise ChildLost(answer["reason"])
        return answer

    # --- time, and what is there ------------------------------------------------------------

    @property
    def _end(self) -> float:
        return self.plan.end

    def _left(self) -> float:
        return self.plan.left()

    @property
    def _log(self) -> Path:
        return self.child.folder / "search.log"

    def _ranked(self) -> list[_Candidate]:
        return sorted(self.done, key=lambda one: one.score, reverse=self._greater)

    def _nothing(self) -> Exception:
        if self._is_full:
            return no_room(self.child.folder.parent, "No model could be written")
        if self._left() <= 0:
            return InvalidInput(
                f"The time budget of {self.plan.budget:g} s was too short for one model.",
                advice="Give a longer one, or fewer rows.",
                fields={"time_budget": "too short"},
            )
        return ModelFailed(
            "No candidate could be trained; each is on the board with its reason.",
            advice="Look at the reasons; drop the columns that they name.",
            fields={},
        )


#: Learners of the search whose label is not their family's.
_LEARNERS = {"xgb_limitdepth": "XGBoost, limited depth", "extra_tree": "Extra trees"}

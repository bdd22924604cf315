"""One inspection: a worker process of its own, told what to look at, ended when it has answered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from ..domain.errors import ModelFailed
from ..domain.kinds import InspectionStage
from .process import Home, WorkerProcess, error_from
from .specs import InspectionSpec
from .wire import Header, Message

#: Told of each stage, and of the holdout's rows done of all.
Tell = Callable[[InspectionStage, int, int], None]


async def inspect(
    spec: InspectionSpec,
    tell: Tell,
    *,
    seconds: float,
    start_timeout: float,
    home: Home,
) -> dict[str, Any]:
    """What the worker found, as `formats.inspection.Found` has it; no process is left behind.

    Raises
    ------
    RegistryError
        what the worker answered; `ModelFailed` when it ends without an answer, or has none after
        so many seconds. ``fields["traceback"]`` has what it said.

    """
    asked = _Asked(tell)
    tell(InspectionStage.STARTING, 0, 0)
    worker, _ = await WorkerProcess.begin(
        spec,
        {"op": "inspect", **spec.order},
        asked,
        timeout=min(start_timeout, seconds),
        home=home,
    )
    try:
        async with asyncio.timeout(seconds):
            header = await asked.outcome
    except TimeoutError:
        raise ModelFailed(
            f"The inspection was ended after {seconds:g} seconds, while it was "
            f"{asked.stage.value} {_OF[asked.stage]}.",
            advice="Try the model in a notebook; have the limit raised if it needs so long, or "
            "give a smaller holdout.",
            fields={"traceback": worker.said(), "stage": asked.stage.value},
        ) from None
    finally:
        await asyncio.shield(worker.end(grace=0.0))
    if header.get("op") == "found" and isinstance(header.get("found"), dict):
        found: dict[str, Any] = header["found"]
        return found
    if header.get("op") == "failed":
        raise error_from(header)
    raise ModelFailed("The worker answered nonsense.", fields={"traceback": worker.said()})


_OF = {
    InspectionStage.STARTING: "the worker",
    InspectionStage.LOADING: "the model",
    InspectionStage.READING: "the data",
    InspectionStage.SCORING: "the holdout",
    InspectionStage.MEASURING: "how much each feature matters",
}


class _Asked:
    """The owner of the worker: waits for the outcome, and passes on how far it is."""

    def __init__(self, tell: Tell) -> None:
        self.outcome: asyncio.Future[Header] = asyncio.get_running_loop().create_future()
        self.stage = InspectionStage.STARTING
        self._tell = tell

    def arrived(self, messages: list[Message]) -> list[Any]:
        """Nothing is to be done in the reading thread."""
        return [None] * len(messages)

    def on_messages(self, messages: list[Message], made: list[Any]) -> None:
        """Pass stages on; anything else is the outcome."""
        for header, _ in messages:
            try:
                if header["op"] == "stage":
                    self.stage = InspectionStage(header["stage"])
                    self._tell(self.stage, int(header["done"]), int(header["rows"]))
                    continue
            except (KeyError, TypeError, ValueError):
                header = {}  # written by the model's code, not by ours
            self._end(header)

    def on_lost(self, worker: WorkerProcess, reason: str) -> None:
        """It ended without an answer."""
        said = worker.said()
        last = said.strip().splitlines()[-1:] or [""]
        self._end(
            {
                "op": "failed",
                "error": "ModelFailed",
                "detail": f"The worker ended while {self.stage.value} {_OF[self.stage]}: {reason}. "
                f"{last[0]}".strip(),
                "advice": "See what it wrote; try the model in that environment.",
                "fields": {"traceback": said},
            }
        )

    def _end(self, outcome: Header) -> None:
        if not self.outcome.done():
            self.outcome.set_result(outcome)

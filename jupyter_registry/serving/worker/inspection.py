"""One inspection in a worker: what was asked comes in, stages and then what was found go out."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from ..wire import Header, pack
from .main import describe_failure, lacks

if TYPE_CHECKING:
    from .main import Channel

#: What is told of an exception by the stage it came in.
_FAILED_AT = {"loading": "The model could not be loaded", "reading": "The data could not be read"}


def answer(order: Header, channel: Channel) -> None:
    """Inspect what the order says; every answer is a message of ``op`` stage, found or failed."""
    stage = "loading"
    channel.send(pack({"op": "started"}))
    try:
        try:
            from ...domain.kinds import InspectionStage
            from ...formats.from_data import TargetSaid
            from ...formats.inspection import Asked, inspect
            from ...formats.scoring import Scorer  # noqa: F401 (what every model needs)
            from ...formats.sklearn_skops import trust
        except ModuleNotFoundError as error:
            raise lacks(error) from error

        def tell(now: InspectionStage, done: int, rows: int) -> None:
            nonlocal stage
            stage = now.value
            channel.send(pack({"op": "stage", "stage": stage, "done": done, "rows": rows}))

        trust(order.get("trusted", ()))
        paths = {
            name: None if order[name] is None else Path(order[name])
            for name in ("model", "training", "holdout")
        }
        found = inspect(
            Asked(
                **paths,
                format=order["format"],
                target_name=order["target_name"],
                target=TargetSaid(**order["target"]),
                predictions=order["predictions"],
            ),
            tell,
        )
        told = pack({"op": "found", "found": asdict(found)})
    except BaseException as error:
        what = _FAILED_AT.get(stage, "The model and its data could not be inspected")
        told = pack({"op": "failed", **describe_failure(error, what)})
    channel.send(told)

"""Telling a run to several, and to people: a line per model."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from .sink import Sink


class Both:
    """A sink, and a listener that hears the same and decides nothing."""

    def __init__(self, sink: Sink, listener: Lines) -> None:
        self._sink = sink
        self._listener = listener

    def begin(self, board: dict[str, Any]) -> None:
        """Tell both."""
        self._sink.begin(board)
        self._listener.begin(board)

    def progress(self, progress: dict[str, Any]) -> None:
        """Tell both."""
        self._sink.progress(progress)
        self._listener.progress(progress)

    def model(self, model: dict[str, Any], files: dict[str, Path]) -> None:
        """Tell both."""
        self._sink.model(model, files)
        self._listener.model(model)

    def incumbents(self, measured: list[dict[str, Any]]) -> None:
        """Tell both."""
        self._sink.incumbents(measured)
        self._listener.incumbents(measured)

    def end(self, state: str, error: str | None) -> None:
        """Tell both."""
        self._sink.end(state, error)
        self._listener.end(state, error)

    def should_stop(self) -> bool:
        """As the sink says."""
        return self._sink.should_stop()


class Lines:
    """Prints a line per model, or calls a function with each progress; keeps the models' facts."""

    def __init__(
        self,
        progress: bool | Callable[[dict[str, Any]], object] | TextIO,
        metric: str,
        models: list[dict[str, Any]],
    ) -> None:
        self._call = progress if callable(progress) else None
        self._stream: Any = progress if hasattr(progress, "write") else None
        if progress is True:
            self._stream = sys.stdout
        self._metric = metric
        self._models = models

    def begin(self, board: dict[str, Any]) -> None:
        """Say what is trained on, and what was noticed."""
        rows = board["partition"]["rows"]
        self._print(
            f"{board['target_name']} ({board['target_type']}): {rows['training']:,} rows to train "
            f"on, {rows['holdout']:,} held out, {board['time_budget']:g} s"
        )
        for warning in board["warnings"]:
            self._print(f"- {warning}")

    def progress(self, progress: dict[str, Any]) -> None:
        """Hand it on."""
        if self._call is not None:
            self._call(progress)

    def model(self, model: dict[str, Any]) -> None:
        """Keep it, and print its line."""
        self._models.append(model)
        if model["state"] == "failed":
            self._print(f"{model['label']}: failed. {model['reason'].splitlines()[0][:200]}")
            return
        score = model["validation"][self._metric]
        spread = "" if score["spread"] is None else f" ± {score['spread']:.3g}"
        mean = "-" if score["mean"] is None else f"{score['mean']:.4g}"
        self._print(
            f"{model['label']}: {self._metric} {mean}{spread}, trained in "
            f"{model['training_seconds']:.1f} s"
        )

    def incumbents(self, measured: list[dict[str, Any]]) -> None:
        """Say what the predecessor's models are; what they scored is for the comparison."""
        for one in measured:
            what = f"{one['label']} of leaderboard {one['leaderboard_id']}"
            why = (
                f" could not be measured. {one['reason']}" if one["reason"] else " is measured too"
            )
            self._print(f"- {what}{why}")

    def end(self, state: str, error: str | None) -> None:
        """Say how it ended."""
        done = sum(model["state"] == "done" for model in self._models)
        text = {"done": "Done", "stopped": "Stopped", "failed": "Failed"}[state]
        self._print(f"{text}: {done} models{'' if error is None else f'. {error}'}")

    def _print(self, text: str) -> None:
        if self._stream is not None:
            self._stream.write(text + "\n")
            self._stream.flush()

"""What a training in this process tells the registry of its leaderboard, as it goes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..domain.errors import LeaderboardEnded
from ..domain.kinds import LeaderboardState
from .board_models import BoardModel
from .discovery import kernel_id
from .leaderboards import Board
from .uploads import upload

if TYPE_CHECKING:
    from .registry import Registry


class Training:
    """A leaderboard that is being trained here. Make it with `Registry.begin_leaderboard`.

    The dictionaries have the fields of `domain.leaderboards`.
    """

    def __init__(self, registry: Registry, board: Board) -> None:
        self.registry = registry
        self.id = board.id
        self._ended = False

    @classmethod
    def begin(cls, registry: Registry, board: Mapping[str, Any]) -> Training:
        """Begin it; raises `InvalidInput` naming the field that is wrong, and nothing is begun."""
        wanted = dict(board)
        kernel = kernel_id()
        name = None if kernel is None else registry.connection.kernel_name(kernel)
        if name:
            wanted["provenance"] = {**(wanted.get("provenance") or {}), "kernelspec": name}
        answer = registry.connection.call("POST", "/leaderboards", json=wanted)
        return cls(registry, Board.of(registry, answer))

    def progress(self, progress: Mapping[str, Any]) -> bool:
        """Say how far it is; returns whether it is to go on."""
        return self._said({"progress": dict(progress)})

    def alive(self) -> bool:
        """Say that it is at work, nothing more; returns whether it is to go on."""
        return self._said({})

    def model(self, model: Mapping[str, Any], files: Mapping[str, Path]) -> BoardModel:
        """Add a candidate, with its files: path in the package → file here.

        Raises
        ------
        InvalidInput
            naming the field that is wrong; nothing is added.
        LeaderboardEnded
            when it was ended meanwhile.

        """
        connection, path = self.registry.connection, f"/leaderboards/{self.id}/models"
        if not files:
            return BoardModel.of(self.registry, connection.call("POST", path, json=dict(model)))
        with upload(connection, dict(files), progress=False) as upload_id:
            answer = connection.call("POST", path, json={**model, "upload": upload_id})
        return BoardModel.of(self.registry, answer)

    def end(self, state: str, error: str | None = None) -> None:
        """Say how it ended: ``done``, ``stopped`` or ``failed`` with why."""
        said: dict[str, Any] = {"state": state}
        if error is not None:
            said["error"] = error
        self._said(said)

    def should_stop(self) -> bool:
        """Whether it was asked to stop, or has been ended."""
        if not self._ended:
            found = self.registry.connection.get(f"/leaderboards/{self.id}")
            self._ended = found["state"] != LeaderboardState.RUNNING or found["stop_requested"]
        return self._ended

    def board(self) -> Board:
        """What there is by now."""
        return self.registry.leaderboard(self.id)

    def _said(self, body: Mapping[str, Any]) -> bool:
        try:
            answer = self.registry.connection.call("PATCH", f"/leaderboards/{self.id}", json=body)
        except LeaderboardEnded:
            self._ended = True
        else:
            self._ended = bool(answer["stop_requested"])
        return not self._ended


__all__ = ["Training"]

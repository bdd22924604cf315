"""Leaderboards that the server trains in a process of its own: begun, waited for, ended."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..domain.entities import LeaderboardJobCreate, LeaderboardJobPublic
from ..domain.errors import InvalidInput, RegistryError
from .bodies import body
from .bound import Bound
from .leaderboards import Board
from .problems import error_of
from .progress import Progress
from .uploads import upload

if TYPE_CHECKING:
    from .registry import Registry

#: Seconds between two looks at a job.
_LOOK_SECONDS = 0.5


class TrainingJob(Bound, LeaderboardJobPublic):
    """A leaderboard that the server trains; it goes on when nobody looks."""

    @property
    def has_ended(self) -> bool:
        """Whether it trains no more."""
        return self.ended_at is not None

    def refresh(self) -> TrainingJob:
        """Ask the server for the present state and the log."""
        self._become(self._registry.connection.get(self._path))
        return self

    def cancel(self) -> None:
        """End it at once; the models that are finished are kept."""
        self._registry.connection.call("DELETE", self._path)

    def board(self) -> Board | None:
        """Its leaderboard, as far as it is; ``None`` until the data are checked."""
        if self.leaderboard_id is None:
            return None
        found: Board = self._registry.leaderboard(self.leaderboard_id)
        return found

    def wait(self, told: Callable[[TrainingJob], object] = lambda _: None) -> Board:
        """Wait until it has ended.

        Parameters
        ----------
        told:
            Called with the job after each look at it, the last one included.

        Returns
        -------
        Board
            with what was finished, also where it was stopped or failed on the way.

        Raises
        ------
        RegistryError
            what it failed with before there was a leaderboard, such as `InvalidInput`.

        """
        while True:
            told(self.refresh())
            if self.has_ended:
                break
            time.sleep(_LOOK_SECONDS)
        found = self.board()
        if found is not None:
            return found
        if self.problem is not None:
            raise error_of(self.problem.model_dump(mode="json"), 422)
        raise RegistryError("The training was ended before there was a leaderboard.")

    @property
    def _path(self) -> str:
        return f"/leaderboards/jobs/{self.id}"

    def __repr__(self) -> str:
        board = "" if self.leaderboard_id is None else f", leaderboard {self.leaderboard_id}"
        return f"<TrainingJob {self.id}: {self.target_name}, {self.state}{board}>"

    __str__ = __repr__


def begin(
    registry: Registry,
    data: str | os.PathLike[str],
    target: str,
    *,
    predecessor: int | None,
    time_budget: float | None,
    name: str | None,
    kernelspec: str | None,
    options: Mapping[str, Any],
    progress: Progress,
) -> TrainingJob:
    """Send a file and have models trained on it.

    Parameters
    ----------
    data:
        A CSV, Parquet or Arrow file.
    predecessor:
        The id of the leaderboard that is trained again: what is not said is as in its recipe.
    time_budget:
        In seconds; the trainer's own default, or the predecessor's, unless given.
    kernelspec:
        In whose environment it runs; the registry's default one unless given.
    options:
        What else ``training.Leaderboard`` takes, by name.

    Raises
    ------
    InvalidInput
        when there is no such file, or an option is none; what is wrong with the data is told by
        `TrainingJob.wait`.

    """
    path = Path(data).expanduser()
    if not path.is_file():
        raise InvalidInput(
            f"There is no file {str(data)!r} to train on.",
            advice="Give the path of a CSV, Parquet or Arrow file.",
            fields={"data": "not there"},
        )
    with upload(registry.connection, {path.name: path}, progress=progress) as upload_id:
        wanted = body(
            LeaderboardJobCreate,
            upload=upload_id,
            target_name=target,
            time_budget=time_budget,
            name=name,
            options=dict(options),
            kernelspec=kernelspec,
            predecessor_id=predecessor,
        )
        answer = registry.connection.call("POST", "/leaderboards/jobs", json=wanted)
    return TrainingJob.of(registry, answer)


__all__ = ["TrainingJob"]

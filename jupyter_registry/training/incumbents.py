"""The models of an older leaderboard, measured on the holdout of the one that trains it again.

A run measures them before it trains: then both stand on the same rows, wherever it runs, and
whoever looks later needs no data for it. They are loaded in the child process, as models that
train are: a broken one ends nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..domain.errors import InvalidInput, RegistryError
from ..domain.kinds import BoardModelState, TargetType
from ..domain.ranking import in_use
from ..domain.signature import Signature
from ..domain.target import Target

if TYPE_CHECKING:
    import pyarrow as pa

#: The share of a run's budget that measuring them may take, or so many seconds if that is more,
#: but for what must be left to train. All take under a second but on a busy machine, and what they
#: do not take is training's.
_SHARE, _SECONDS, _FOR_TRAINING = 0.5, 10.0, 0.2


@dataclass(frozen=True)
class Incumbent:
    """One of them, and how its files are had."""

    leaderboard_id: int
    number: int
    label: str
    package: str | None
    format: str | None
    target: Mapping[str, Any]
    """What `Target.make` takes."""
    signature: list[dict[str, Any]]
    fetch: Callable[[Path], object]
    """Puts its files into a folder."""
    place: Path | None = None
    """Where they are, if they are here already."""

    def told(
        self, metrics: Mapping[str, Any] | None = None, reason: str | None = None
    ) -> dict[str, Any]:
        """The fields of `domain.leaderboards.Incumbent`."""
        return {
            "leaderboard_id": self.leaderboard_id,
            "number": self.number,
            "label": self.label,
            "package": self.package,
            "metrics": dict(metrics or {}),
            "reason": None if reason is None else reason[:2_000],
        }

    def order(self, folder: Path) -> dict[str, Any]:
        """What the child is asked, once the files are in the folder."""
        return {
            "do": "measure",
            "folder": str(folder),
            "format": self.format,
            "target": dict(self.target),
            "signature": self.signature,
        }


def seconds_for(budget: float, left: float) -> float:
    """Seconds that measuring them may take in all, of a budget of which so many are left."""
    return min(max(_SECONDS, _SHARE * budget), (1 - _FOR_TRAINING) * max(0.0, left))


def of_board(board: Any) -> list[Incumbent]:
    """Those of the client's board; of anything else, which has no models to download, none."""
    if not callable(getattr(board, "models", None)):
        return []
    ranking = board.models()
    done = sorted(
        (model for model in ranking if model.state is BoardModelState.DONE),
        key=lambda model: model.number,
    )
    chosen = in_use(
        [(model, model.validation, model.package is not None) for model in done],
        TargetType(board.target_type),
        board.metric,
    )
    target = {
        "name": board.target_name,
        "type": str(board.target_type),
        "class_labels": list(board.class_labels or ()),
        "positive_class": board.positive_class,
    }
    return [
        Incumbent(
            leaderboard_id=board.id,
            number=model.number,
            label=model.label,
            package=model.package,
            format=model.format,
            target=target,
            signature=board.signature,
            fetch=lambda folder, model=model: model.download(folder, progress=False),
        )
        for model in chosen
    ]


def of_job(job: Mapping[str, Any]) -> list[Incumbent]:
    """Those that a job's order names, whose files are in folders beside it."""
    return [
        Incumbent(**{**one, "place": Path(one["place"])}, fetch=lambda _: None)
        for one in job.get("incumbents") or ()
    ]


def differs(old: Target, new: Target) -> str | None:
    """Why models of two targets cannot be compared; ``None`` where they can."""
    if (old.name, old.type) != (new.name, new.type):
        return (
            f"The models predict different things: {old.name!r} ({old.type}) and "
            f"{new.name!r} ({new.type})."
        )
    if set(old.class_labels) != set(new.class_labels):
        return (
            "The models know different classes: "
            f"{', '.join(old.class_labels)} and {', '.join(new.class_labels)}."
        )
    if old.positive_class != new.positive_class:
        return (
            f"The positive class of one is {old.positive_class!r}, of the other "
            f"{new.positive_class!r}."
        )
    return None


def measured(
    folder: Path, form: str | None, signature: Signature, target: Target, rows: pa.Table
) -> dict[str, Any]:
    """Every metric of a model on rows with outcomes: name → ``{"value", "n"}``.

    Parameters
    ----------
    folder, form:
        The model's files and its format's name.
    signature, target:
        The model's own.

    Raises
    ------
    RegistryError
        when it cannot be loaded, the rows lack columns, or it cannot score them.

    """
    from ..domain.baseline import holdout_metrics
    from ..domain.frames import conform
    from ..formats import find_model
    from ..formats.arrow_tables import columns_of
    from ..formats.scoring import Scorer

    columns = columns_of(rows)
    if target.name not in columns:
        raise InvalidInput(
            f"The holdout has no column {target.name!r}, so nothing can be measured on it.",
            advice="Give the rows with their outcomes.",
            fields={"holdout": f"missing: {target.name}"},
        )
    frame = conform(signature, columns, rows.num_rows)
    kind, file = find_model(folder, form)
    scores = Scorer(kind.load(file), signature, target).score(frame)
    values, probabilities = scores.values, scores.probabilities
    if target.type is TargetType.BINARY:
        assert probabilities is not None
        values, probabilities = probabilities[:, target.positive_index], None
    return holdout_metrics(target, columns[target.name], values=values, probabilities=probabilities)


def reason_of(error: Exception) -> str:
    """Why a model could not be measured, in a sentence."""
    return error.detail if isinstance(error, RegistryError) else f"{type(error).__name__}: {error}"

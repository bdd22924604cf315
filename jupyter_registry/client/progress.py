"""Progress of what takes long: a bar of tqdm's, or steps told to whoever wants them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

#: A bar appears only when the work takes longer, in seconds.
_DELAY = 0.5


@dataclass(frozen=True)
class Step:
    """How far a piece of work is."""

    what: str
    """What is done: ``Predict``, ``Report``, ``Actuals``, ``Upload``, ``Score the holdout``,
    ``Register``, ``Download …``."""
    done: int
    total: int
    unit: str
    """What is counted: ``rows``, ``B`` (bytes) or ``packages``."""

    @property
    def share(self) -> float:
        """What is done of it, 0 to 1."""
        return self.done / self.total if self.total else 1.0


#: Whether to show a bar; or what is called with a `Step`, first with nothing done and then after
#: each batch or chunk, in the caller's thread. Whatever it raises ends the work there and reaches
#: the caller: that is how to cancel.
Progress = bool | Callable[[Step], object]


@contextmanager
def bar(
    title: str, total: int, unit: str, *, show: Progress = True, in_bytes: bool = False
) -> Iterator[Callable[[int], object]]:
    """A bar, or steps told; yields the function that advances it."""
    if callable(show):
        yield _telling(show, title, total, unit)
        return
    if not show:
        yield lambda _: None
        return
    from tqdm.auto import tqdm  # type: ignore[import-untyped,unused-ignore]

    with tqdm(
        total=total,
        desc=title,
        unit=unit if in_bytes else f" {unit}",
        unit_scale=True,
        unit_divisor=1000,
        delay=_DELAY,
        leave=False,
    ) as shown:
        yield shown.update


def _telling(
    tell: Callable[[Step], object], what: str, total: int, unit: str
) -> Callable[[int], object]:
    """What advances the steps; that nothing is done yet is told at once."""
    done = 0

    def advance(n: int) -> None:
        nonlocal done
        done += n
        tell(Step(what, done, total, unit))

    advance(0)
    return advance

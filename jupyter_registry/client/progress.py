"""Progress bars for what takes long: tqdm's, fit for terminal and notebook."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: A bar appears only when the work takes longer, in seconds.
_DELAY = 0.5


@contextmanager
def bar(
    title: str, total: int, unit: str, *, show: bool = True, in_bytes: bool = False
) -> Iterator[Callable[[int], object]]:
    """A bar; yields the function that advances it."""
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

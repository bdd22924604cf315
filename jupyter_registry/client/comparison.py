"""Two models on the same rows as a result: every metric of both, and which is better."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .shown import Shown, Table

if TYPE_CHECKING:
    import pandas
    import pyarrow as pa

    from ..domain.kinds import TargetType


class Comparison(Shown):
    """Every metric of two models on the same rows.

    Parameters
    ----------
    names:
        What the older and the newer are called.
    rows:
        On how many they were measured.
    old, new:
        Metric → ``{"value", "n"}``.

    """

    def __init__(
        self,
        names: tuple[str, str],
        rows: int,
        target_type: TargetType,
        old: Mapping[str, Any],
        new: Mapping[str, Any],
    ) -> None:
        from ..domain.metrics import METRICS  # which brings NumPy

        self.names = names
        self.rows = rows
        self._metrics = METRICS[target_type]
        self.old: dict[str, float | None] = self._values(old)
        """Metric → value of the older model."""
        self.new: dict[str, float | None] = self._values(new)
        """Metric → value of the newer model."""

    def difference(self, metric: str) -> float | None:
        """New less old; ``None`` where one is not known."""
        old, new = self.old[metric], self.new[metric]
        return None if old is None or new is None else new - old

    def better(self, metric: str) -> str | None:
        """``"old"``, ``"new"``, or ``None`` where they are equal or one is not known."""
        difference = self.difference(metric)
        if not difference:
            return None
        greater = next(m.greater_is_better for m in self._metrics if m.name == metric)
        return "new" if (difference > 0) == greater else "old"

    def to_arrow(self) -> pa.Table:
        """A row per metric: ``metric``, ``old``, ``new``, ``difference``, ``better``."""
        import pyarrow as pa

        names = [metric.name for metric in self._metrics]
        differences = [self.difference(name) for name in names]
        return pa.table(
            {
                "metric": pa.array(names, pa.string()),
                "old": pa.array([self.old[name] for name in names], pa.float64()),
                "new": pa.array([self.new[name] for name in names], pa.float64()),
                "difference": pa.array(differences, pa.float64()),
                "better": pa.array([self.better(name) for name in names], pa.string()),
            }
        )

    def to_frame(self) -> pandas.DataFrame:
        """The same as a DataFrame."""
        from . import tables

        return tables.to_pandas(self.to_arrow())

    def _values(self, measured: Mapping[str, Any]) -> dict[str, float | None]:
        return {m.name: (measured.get(m.name) or {}).get("value") for m in self._metrics}

    def _parts(self) -> list[Table]:
        rows = [
            (
                metric.title,
                self.old[metric.name],
                self.new[metric.name],
                self.difference(metric.name),
                self.better(metric.name),
            )
            for metric in self._metrics
        ]
        title = f"Both on the same {self.rows:,} rows"
        headings = ("metric", f"old: {self.names[0]}", f"new: {self.names[1]}", "difference")
        return [Table((*headings, "better"), rows, title=title)]


__all__ = ["Comparison"]

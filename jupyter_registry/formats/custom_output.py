"""What hooks of a `custom.py` return, checked and made into a prediction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..domain.errors import ModelFailed
from ..domain.kinds import TargetType
from ..domain.target import Target, label_text
from .base import Prediction

#: The column of a frame of numbers.
PREDICTIONS = "Predictions"
#: How far the probabilities of a row may sum from 1, for those that were rounded.
_SUM = 1e-3
#: How far rounding may put a probability outside 0 to 1.
_ROUNDING = 1e-5


def read_answer(answer: Any, n: int, target: Target, labels: Sequence[str], who: str) -> Prediction:
    """The prediction that an answer for n rows means.

    Parameters
    ----------
    answer:
        Of numbers (a regression, scores of anomalies) a frame of one column, a Series or an array
        of n numbers. Of classes a frame with a column per label, in any order, or an array of shape
        (n, K) in the order of ``labels``; of two classes also (n,), the probabilities of the
        positive one.
    who:
        Whose answer it is, for messages.

    Raises
    ------
    ModelFailed
        saying what was returned and what was expected.

    """
    reading = _Reading(answer, n, target, labels, who)
    if target.type.is_numeric:
        return Prediction(values=reading.values())
    return Prediction(probabilities=reading.probabilities())


class _Reading:
    """One answer on its way to numbers."""

    def __init__(
        self, answer: Any, n: int, target: Target, labels: Sequence[str], who: str
    ) -> None:
        self.answer, self.n, self.target, self.who = answer, n, target, who
        self.labels = list(labels)
        self.columns = _columns(answer)
        self._check_order()

    def values(self) -> NDArray[np.float64]:
        """Numbers, shape (n,)."""
        if self.columns is not None:
            if len(self.columns) != 1:
                raise self._wrong()
            numbers = self._numbers(next(iter(self.columns.values())))
        else:
            numbers = self._numbers(self.answer)
            if numbers.ndim == 2 and numbers.shape[1] == 1:
                numbers = numbers[:, 0]
        if numbers.shape != (self.n,):
            raise self._wrong()
        self._check_finite(numbers)
        return numbers

    def probabilities(self) -> NDArray[np.float64]:
        """Probabilities, shape (n, K), in the order of the labels."""
        k = len(self.labels)
        if self.columns is not None:
            named = {label_text(name): values for name, values in self.columns.items()}
            if set(named) != set(self.labels) or len(self.columns) != k:
                raise self._wrong()
            parts = [self._numbers(named[label]) for label in self.labels]
            if any(part.shape != (self.n,) for part in parts):
                raise self._wrong()
            given = np.column_stack(parts) if self.n else np.empty((0, k))
        else:
            given = self._numbers(self.answer)
            if given.ndim == 2 and given.shape[1] == 1:
                given = given[:, 0]
            if given.shape == (self.n,) and self.target.type is TargetType.BINARY and k == 2:
                positive = self.labels.index(str(self.target.positive_class))
                given = np.stack((1.0 - given, given) if positive else (given, 1.0 - given), axis=1)
        if given.shape != (self.n, k):
            raise self._wrong()
        self._check_finite(given)
        self._check_probabilities(given)
        return np.ascontiguousarray(given)

    def _numbers(self, values: Any) -> NDArray[np.float64]:
        try:
            array = np.asarray(values)
            texts = array.dtype.kind == "O" and any(isinstance(v, str) for v in array.flat)
            if array.dtype.kind in "fiub" or (array.dtype.kind == "O" and array.ndim and not texts):
                return array.astype(np.float64)
        except (TypeError, ValueError):
            pass  # missing values of pandas' own, rows of different length
        raise self._wrong()

    def _check_order(self) -> None:
        """Refuse rows that pandas says to be in another order than they came in."""
        index = getattr(self.answer, "index", None)
        if index is None or callable(index) or len(index) != self.n or self.n < 2:
            return
        if getattr(getattr(index, "dtype", None), "kind", "") not in "iu":
            return
        positions = np.asarray(index)
        expected = np.arange(self.n)
        if (positions != expected).any() and (np.sort(positions) == expected).all():
            raise ModelFailed(
                f"{self.who} returned the rows in another order: its index begins "
                f"{positions[:3].tolist()}, that of the data [0, 1, …].",
                advice="Return .sort_index(), or .reset_index(drop=True) if the order is right.",
                fields={"returned": "rows in another order"},
            )

    def _check_finite(self, numbers: NDArray[np.float64]) -> None:
        if np.isfinite(numbers).all():
            return
        bad = ~np.isfinite(numbers)
        row = int(np.argmax(bad if bad.ndim == 1 else bad.any(axis=1)))
        raise ModelFailed(
            f"{self.who} returned no finite number for row {row}: {numbers[row].tolist()}.",
            advice="Look at that row's values; missing ones may have to be filled in.",
            fields={"row": row},
        )

    def _check_probabilities(self, given: NDArray[np.float64]) -> None:
        outside = (given < -_ROUNDING) | (given > 1.0 + _ROUNDING)
        sums = given.sum(axis=1)
        wrong = outside.any(axis=1) | (np.abs(sums - 1.0) > _SUM)
        if not wrong.any():
            return
        row = int(np.argmax(wrong))
        why = "outside 0 to 1" if outside[row].any() else f"with the sum {sums[row]:.6g}"
        shown = ", ".join(
            f"{label!r}: {value:.6g}"
            for label, value in list(zip(self.labels, given[row], strict=True))[:10]
        )
        raise ModelFailed(
            f"{self.who} returned for row {row} {{{shown}}}, {why}; these are no probabilities.",
            advice="Return one probability per class, each row with the sum 1.",
            fields={"row": row, "returned": given[row].tolist()},
        )

    def _wrong(self) -> ModelFailed:
        returned = describe(self.answer)
        wanted = expected(self.n, self.target, self.labels)
        return ModelFailed(
            f"{self.who} returned {returned}; expected was {wanted}.",
            advice="Return one number per row."
            if self.target.type.is_numeric
            else "Return one probability per row and class, no labels.",
            fields={"returned": returned, "expected": wanted},
        )


def _columns(answer: Any) -> dict[Any, Any] | None:
    """The columns of a frame (pandas, polars, Arrow) or mapping; ``None`` for anything else."""
    if isinstance(answer, Mapping):
        return dict(answer)
    names = getattr(answer, "column_names", None)
    if names is None and hasattr(answer, "__getitem__") and not callable(answer):
        names = getattr(answer, "columns", None)
    if names is None:
        return None
    names = list(names)
    if len({label_text(name) for name in names}) < len(names):
        # a name that repeats would give a table; its columns are told apart by the message
        return dict.fromkeys(enumerate(names))
    return {name: answer[name] for name in names}


def describe(answer: Any) -> str:
    """An answer in a few words: kind, shape, and names of columns or type of values."""
    kind = type(answer).__name__.replace("ndarray", "array")
    article = "an" if kind[:1].lower() in "aeiou" else "a"
    if answer is None:
        return "None"
    names = getattr(answer, "column_names", getattr(answer, "columns", None))
    if isinstance(answer, Mapping):
        return f"{article} {kind} with the keys {_listed(list(answer))}"
    shape = getattr(answer, "shape", None)
    if names is not None and shape is not None:
        return f"{article} {kind} of shape {tuple(shape)} with the columns {_listed(list(names))}"
    if shape is not None:
        dtype = getattr(answer, "dtype", None)
        held = f" of {dtype}" if dtype is not None else ""
        return f"{article} {kind} of shape {tuple(shape)}{held}"
    if isinstance(answer, list | tuple):
        inner = f" of {type(answer[0]).__name__}" if answer else ""
        return f"a {kind} of length {len(answer)}{inner}"
    return f"{article} {kind}"


def expected(n: int, target: Target, labels: Sequence[str]) -> str:
    """What an answer for n rows has to be, in words."""
    if target.type.is_numeric:
        wanted = (
            f"a DataFrame of {n} rows with the one column {PREDICTIONS!r}, or a Series or an array "
            f"of {n} numbers"
        )
        if target.type is TargetType.ANOMALY:
            wanted += ", the higher the more anomalous"
        return wanted
    wanted = (
        f"a DataFrame of {n} rows with the columns {_listed(labels)} in any order, or an array of "
        f"shape ({n}, {len(labels)}) in this order"
    )
    if target.type is TargetType.BINARY:
        wanted += f", or of shape ({n},) with the probabilities of {target.positive_class!r}"
    return wanted


def _listed(names: Sequence[Any]) -> str:
    shown = ", ".join(repr(name) for name in names[:20])
    return f"[{shown}, …]" if len(names) > 20 else f"[{shown}]"

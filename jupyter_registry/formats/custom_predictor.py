"""A model with the user's hooks around it, through which rows go one after the other."""

from __future__ import annotations

import inspect
import platform
import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ..domain.errors import ModelFailed
from ..domain.frames import Frame
from ..domain.kinds import TargetType
from ..domain.signature import Column, Signature
from ..domain.target import Target, label_text
from ..domain.unstructured import Body
from . import sklearn_parts
from .base import ModelDescription, Prediction, Predictor
from .custom_hooks import (
    BINARY_KEYWORDS,
    CLASS_KEYWORDS,
    FILE_NAME,
    INPUT_HOOKS,
    LABELS_FILE,
    ROW_HOOKS,
)
from .custom_module import CodeFolder
from .custom_output import PREDICTIONS, describe, read_answer
from .dataframes import as_csv, dataframes_for
from .from_data import TargetSaid
from .unstructured import keywords, read_output

#: A hook of the user's, to be called.
Hook = Callable[..., Any]


#: What rows are given to `read_input_data` as, unless a request sent them otherwise.
CSV = "text/csv"


class HookExited(Exception):
    """A hook tried to end the process."""


class CustomPredictor:
    """A model with the hooks around it; rows go through those about rows, in their order.

    Parameters
    ----------
    inner:
        What scores where there is no ``score``.
    labels:
        The lines of ``class_labels.txt``.
    said:
        What ``model-metadata.yaml`` says of the target.

    """

    def __init__(
        self,
        code: CodeFolder,
        hooks: Mapping[str, Hook],
        native: Any,
        inner: Predictor | None,
        labels: tuple[str, ...] | None,
        said: TargetSaid | None = None,
    ) -> None:
        self.native = native
        self._code = code
        self._hooks = hooks
        self._inner = inner
        self._file_labels = labels
        self.target_said = said or TargetSaid()
        self._table: Callable[[Frame], Any] | None = None
        self._keywords: dict[str, dict[str, Any]] = {}
        self._target: Target | None = None
        self._labels: tuple[str, ...] = ()
        #: The model's classes, where an array of theirs would be taken in another order.
        self._other_order: tuple[str, ...] = ()
        self._description = self._describe()

    @property
    def model(self) -> Any:
        """The estimator inside, if it is one: whether its columns are numbers is for it to say."""
        return getattr(self._inner, "model", None)

    @property
    def _is_plain(self) -> bool:
        """Whether rows reach the model as they come, and its own answer is the answer."""
        return not self._hooks.keys() & set(ROW_HOOKS)

    @property
    def _has_own_input(self) -> bool:
        """Whether what comes in is not what the model was fitted on."""
        return not self._hooks.keys().isdisjoint(INPUT_HOOKS)

    def describe(self) -> ModelDescription:
        """What the model says of itself, as far as the hooks do not speak in its place."""
        return self._description

    def _describe(self) -> ModelDescription:
        says = self._of_model()
        if (kind := self.target_said.type) is not None:
            return replace(says, target_type=TargetType(kind))
        if is_unstructured(self._hooks):
            return replace(says, target_type=TargetType.UNSTRUCTURED)
        return says

    def _of_model(self) -> ModelDescription:
        if self._inner is None:
            return _of_classes(ModelDescription(*_framework(self.native)), self._told_labels)
        says = self._inner.describe()
        if says.class_labels is None:
            says = _of_classes(says, self._told_labels)
        elif self._file_labels is not None and {*self._file_labels} != {*says.class_labels}:
            raise ModelFailed(
                f"{LABELS_FILE} has {list(self._file_labels)}, the model predicts the classes "
                f"{list(says.class_labels)}.",
                advice="List the model's classes, one a line, or remove the file.",
                fields={"class_labels": list(says.class_labels)},
            )
        if self._has_own_input:
            says = replace(says, feature_names=None, n_features=None)
        return says

    @property
    def _told_labels(self) -> tuple[str, ...] | None:
        """The classes that stand beside the code, in either file."""
        said = self.target_said.class_labels
        return self._file_labels or (None if said is None else tuple(said))

    def input_columns(self) -> list[Column] | None:
        """The columns that the model takes, where no hook stands before it."""
        from .infer import infer_signature

        if self._inner is None or self._has_own_input:
            return None
        found = infer_signature(None, self._inner)
        return None if found is None else list(found.columns)

    def prepare(self, signature: Signature, target: Target) -> None:
        """Learn what rows and answers look like.

        Raises
        ------
        ModelFailed
            when ``class_labels.txt`` has other classes than the target, or the model takes other
            columns.
        MissingExtra
            when pandas is absent, which hooks about rows need.

        """
        self._target = target
        self._labels = self._description.class_labels or target.class_labels
        if self._file_labels is not None and target.type.is_classification:
            self._check_labels(target)
        if self._inner is not None and not self._has_own_input:
            with self._code:
                self._inner.prepare(signature, target)
        if self._is_plain:
            return
        own = tuple(map(label_text, _classes(self.native)))
        given = _keywords(target)
        if own != self._labels and {*own} == {*self._labels}:
            aware = "score" in self._hooks and _speaks_of(self._hooks["score"], given)
            self._other_order = () if aware else own
        self._keywords = {name: taken(hook, given) for name, hook in self._hooks.items()}
        self._table = dataframes_for(signature.names, f"A package with {FILE_NAME}")

    def _check_labels(self, target: Target) -> None:
        assert self._file_labels is not None
        if {*self._file_labels} != {*target.class_labels}:
            raise ModelFailed(
                f"{LABELS_FILE} has {list(self._file_labels)}, the target {target.name!r} has "
                f"the classes {list(target.class_labels)}.",
                advice="Let both have the same classes; their order may differ.",
                fields={"class_labels": list(self._file_labels)},
            )

    def limit_threads(self) -> None:
        """Keep a model that was found in a file to one thread; what load_model makes is its own."""
        if "load_model" in self._hooks:
            return
        if self._inner is not None:
            self._inner.limit_threads()
        else:
            sklearn_parts.limit_threads(self.native)

    def predict(self, frame: Frame) -> Prediction:
        """Score the rows; whatever hooks and model raise passes through.

        Raises
        ------
        ModelFailed
            when a hook returns what is no prediction.

        """
        with self._code:
            if self._is_plain:
                assert self._inner is not None
                return self._inner.predict(frame)
            assert self._table is not None, "prepare(signature, target) comes first"
            return self._through_hooks(frame, self._table(frame))

    def answer(self, given: Body) -> Body:
        """Answer a whole request by `score_unstructured`; whatever it raises passes through.

        Raises
        ------
        InvalidInput
            when the request's body is not the text that it says to be.
        ModelFailed
            when there is no such hook, or it returns what is no answer.

        """
        hook = self._hooks.get("score_unstructured")
        if hook is None:
            raise ModelFailed(
                f"{FILE_NAME} has no hook score_unstructured(model, data), which answers the "
                "requests of an unstructured model.",
                advice="Define it, or register the folder with another target type.",
                fields={"missing": ["score_unstructured"]},
            )
        data = given.data()
        with self._code:
            asked = taken(hook, keywords(given))
            answer = called("score_unstructured", hook, self.native, data, **asked)
        return read_output(answer, f"score_unstructured of {FILE_NAME}")

    @property
    def is_unstructured(self) -> bool:
        """Whether it has a hook for whole requests."""
        return "score_unstructured" in self._hooks

    def predict_body(self, body: Body, n: int | None = None) -> tuple[Prediction, int]:
        """Score the rows that `read_input_data` finds in a request's body; and how many they are.

        ``n`` are known to be in it, where anything is known; raises as `predict`.
        """
        with self._code:
            assert self._target is not None, "prepare(signature, target) comes first"
            told = {"mimetype": body.mimetype, "charset": body.charset}
            data = self._read(body.content or b"", n, told)
            found = _rows_of(data)
            return self._through_others({}, data, found), found

    def predict_table(self, table: Any) -> Prediction:
        """Score a DataFrame of the signature's columns."""
        from .infer import columns_of

        return self.predict({name: np.asarray(v) for name, v in columns_of(table).items()})

    def _through_hooks(self, frame: Frame, data: Any) -> Prediction:
        n = len(data)
        if "read_input_data" in self._hooks:
            data = self._read(as_csv(data), n, {"mimetype": CSV, "charset": "utf-8"})
        return self._through_others(frame, data, n)

    def _through_others(self, frame: Frame, data: Any, n: int) -> Prediction:
        """Have all hooks but the one that reads see the data, which is of n rows."""
        assert self._target is not None
        if "transform" in self._hooks:
            data = self._call("transform", data, self.native)
            _check_returned("transform", data)
        if "score" in self._hooks:
            who, answer = "score", self._call("score", data, self.native)
            if self._other_order and "post_process" not in self._hooks:
                self._warn_of_order(answer)
        else:
            who, answer = "", self._ask_model(frame, data, n)
        if "post_process" in self._hooks:
            if isinstance(answer, Prediction):
                answer = self._as_table(answer)
            who, answer = "post_process", self._call("post_process", answer, self.native)
        if isinstance(answer, Prediction):
            return answer
        return read_answer(answer, n, self._target, self._labels, f"{who} of {FILE_NAME}")

    def _read(self, content: bytes, n: int | None, told: Mapping[str, Any]) -> Any:
        """What `read_input_data` makes of bytes that are known to have n rows, if anything is."""
        hook = self._hooks["read_input_data"]
        asked = self._keywords["read_input_data"] | taken(hook, told)
        data = called("read_input_data", hook, content, **asked)
        _check_returned("read_input_data", data)
        if n is not None and _rows_of(data) != n:
            mimetype = told["mimetype"]
            advice = "Return each row once, in the order in which they came."
            if mimetype != CSV:
                advice = (
                    f"Have it read {mimetype} too (it may take mimetype by name), or send the rows "
                    f"as {CSV}, if that is what it reads."
                )
            raise ModelFailed(
                f"read_input_data of {FILE_NAME} returned {describe(data)}; it was given {n} rows "
                f"as {mimetype}.",
                advice=advice,
                fields={"returned": describe(data), "expected": f"{n} rows", "mimetype": mimetype},
            )
        return data

    def _warn_of_order(self, answer: Any) -> None:
        """Say, once, that an array's columns are not taken in the order of the model's classes."""
        if hasattr(answer, "columns") or getattr(answer, "ndim", 0) != 2:
            return
        warnings.warn(
            f"score of {FILE_NAME} returned an array; its columns are taken as "
            f"{list(self._labels)}, while the model's own classes are {list(self._other_order)}. "
            "Return a DataFrame with the labels as columns to be safe.",
            stacklevel=2,
        )
        self._other_order = ()

    def _ask_model(self, frame: Frame, data: Any, n: int) -> Prediction:
        """The model's own answer: what it is for classes is made sure of, and for how many rows."""
        assert self._inner is not None
        assert self._target is not None
        if not self._has_own_input:
            told = self._inner.predict(frame)
        else:
            told = self._inner.predict_table(data)
        if told.labels is not None:
            if self._target.type.is_classification:
                return told
            return read_answer(told.labels, n, self._target, self._labels, "The model")
        if self._target.type.is_numeric:
            numbers = told.values if told.values is not None else told.probabilities
        else:
            numbers = told.probabilities if told.probabilities is not None else told.values
        return read_answer(numbers, n, self._target, self._labels, "The model")

    def _as_table(self, told: Prediction) -> Any:
        """The model's answer as `post_process` takes it: a DataFrame like one that hooks return."""
        import pandas as pd

        if told.values is not None:
            return pd.DataFrame({PREDICTIONS: told.values})
        if told.labels is not None:
            given = np.array(told.labels, dtype=object)
            return pd.DataFrame({label: (given == label).astype(float) for label in self._labels})
        return pd.DataFrame(told.probabilities, columns=pd.Index(list(self._labels)))

    def _call(self, name: str, *given: Any) -> Any:
        return called(name, self._hooks[name], *given, **self._keywords[name])


def _of_classes(says: ModelDescription, labels: tuple[str, ...] | None) -> ModelDescription:
    """What a model says, with classes that are told beside it: that it has any, too."""
    if labels is None:
        return says
    kind = TargetType.MULTICLASS if len(labels) > 2 else TargetType.BINARY
    return replace(says, class_labels=labels, target_type=says.target_type or kind)


def _check_returned(name: str, data: Any) -> None:
    if data is None:
        raise ModelFailed(
            f"{name} of {FILE_NAME} returned None.",
            advice="Return the data that the model is to score.",
            fields={"returned": "None"},
        )


def _rows_of(data: Any) -> int:
    """How many rows there are in what a hook returned."""
    try:
        shape = getattr(data, "shape", None) or (len(data),)
    except TypeError:
        raise ModelFailed(
            f"read_input_data of {FILE_NAME} returned {describe(data)}, which has no rows.",
            advice="Return a DataFrame.",
            fields={"returned": describe(data), "expected": "a DataFrame"},
        ) from None
    return int(shape[0])


def is_unstructured(hooks: Mapping[str, Hook]) -> bool:
    """Whether hooks are for whole requests alone."""
    return "score_unstructured" in hooks and not hooks.keys() & set(ROW_HOOKS)


def _classes(native: Any) -> list[Any]:
    """The classes of a model that keeps them as estimators do."""
    classes = getattr(native, "classes_", None)
    return list(classes) if isinstance(classes, np.ndarray) and classes.ndim == 1 else []


def _speaks_of(hook: Hook, keywords: Mapping[str, Any]) -> bool:
    """Whether a hook asks for one of the keywords, itself or out of its ``**kwargs``."""
    code = getattr(hook, "__code__", None)
    return code is not None and bool(keywords.keys() & {*code.co_varnames, *code.co_consts})


def called(name: str, hook: Hook, *given: Any, **keywords: Any) -> Any:
    """What a hook returns; one that ends the process only fails."""
    try:
        return hook(*given, **keywords)
    except SystemExit as error:
        raise HookExited(f"{name} called sys.exit({error.code!r})") from error


def _keywords(target: Target) -> dict[str, Any]:
    """What hooks about rows may ask for by name."""
    if target.type is TargetType.BINARY:
        positive = target.positive_index
        labels = target.class_labels
        return dict(zip(BINARY_KEYWORDS, (labels[positive], labels[1 - positive]), strict=True))
    if target.type is TargetType.MULTICLASS:
        return {name: list(target.class_labels) for name in CLASS_KEYWORDS}
    return {}


def taken(hook: Hook, given: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the keywords that a hook takes."""
    try:
        parameters = inspect.signature(hook).parameters
    except (TypeError, ValueError):  # a function of an extension may not tell
        return {}
    if any(one.kind is inspect.Parameter.VAR_KEYWORD for one in parameters.values()):
        return dict(given)
    named = {
        name
        for name, one in parameters.items()
        if one.kind in (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    }
    return {name: value for name, value in given.items() if name in named}


def _framework(native: Any) -> tuple[str, str]:
    """The library of a model that hooks score with; Python itself for what is of no library."""
    from .sklearn_predictor import framework_of

    module = type(native).__module__.partition(".")[0]
    if module in ("builtins", "__main__") or module.startswith("_jupyter_registry"):
        return "Python", platform.python_version()
    return framework_of(native)

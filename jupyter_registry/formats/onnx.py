"""ONNX models through onnxruntime, in float32 as the file declares."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..domain.errors import ModelFailed
from ..domain.frames import Frame
from ..domain.kinds import TargetType
from ..domain.signature import Column, Dtype, Signature
from ..domain.target import Target, label_text
from .base import Libraries, ModelDescription, Prediction, Predictor, cannot_save
from .casting import cast, check_inputs
from .onnx_file import OnnxFacts, looks_like_onnx, read_facts

LIBRARIES = Libraries("onnx", frozenset({"onnxruntime"}))

_NUMPY = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(float16)": np.float16,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(bool)": np.bool_,
    "tensor(string)": np.object_,
}

Feed = dict[str, NDArray[Any]]


class OnnxPredictor:
    """An onnxruntime session in memory.

    Inputs are either one per column, or one matrix of all columns in the signature's order.
    """

    def __init__(self, session: Any, facts: OnnxFacts, runtime_version: str) -> None:
        self.session = session
        self._facts = facts
        self._version = runtime_version
        self._inputs = session.get_inputs()
        self._outputs = session.get_outputs()
        for given in self._inputs:
            if given.type not in _NUMPY:
                raise ModelFailed(
                    f"The model's input {given.name!r} is a {given.type}.",
                    advice="Inputs of numbers, booleans and strings are supported.",
                )
        self._label_output, self._score_output = self._choose_outputs()
        self._feed: Callable[[Frame], Feed] | None = None
        self._target: Target | None = None

    def _choose_outputs(self) -> tuple[str | None, str]:
        """The outputs with labels and with scores (the same one for a regression)."""
        label = next(
            (
                output.name
                for output in self._outputs
                if output.type in ("tensor(int64)", "tensor(string)")
            ),
            None,
        )
        scores = [output.name for output in self._outputs if output.name != label]
        if not scores:
            assert label is not None
            return label, label
        named = [name for name in scores if "prob" in name.lower()]
        return label, (named or scores)[0]

    @property
    def _is_classifier(self) -> bool:
        return self._label_output is not None and len(self._outputs) > 1

    @property
    def native(self) -> Any:
        """The session."""
        return self.session

    def describe(self) -> ModelDescription:
        """What the file says of itself."""
        labels = self._facts.class_labels
        kind: TargetType | None = None
        if labels is not None:
            kind = TargetType.MULTICLASS if len(labels) > 2 else TargetType.BINARY
        elif not self._is_classifier and self._outputs[0].name == "variable":
            kind = TargetType.REGRESSION
        single = self._single_matrix()
        return ModelDescription(
            "onnxruntime",
            self._version,
            kind,
            labels,
            None if single else tuple(given.name for given in self._inputs),
            single or len(self._inputs),
        )

    def _single_matrix(self) -> int | None:
        """The number of columns of the only input, where it is a matrix."""
        if len(self._inputs) != 1:
            return None
        shape = self._inputs[0].shape
        columns = shape[1] if len(shape) == 2 else None
        if isinstance(columns, int):
            return columns if columns > 1 else None
        return None

    def input_columns(self) -> list[Column] | None:
        """The columns that named inputs declare; ``None`` for a matrix."""
        if len(self._inputs) == 1:
            return None
        kinds = {"f": Dtype.NUMBER, "i": Dtype.INTEGER, "b": Dtype.BOOLEAN, "O": Dtype.STRING}
        return [
            Column(given.name, kinds[np.dtype(_NUMPY[given.type]).kind]) for given in self._inputs
        ]

    def prepare(self, signature: Signature, target: Target | None = None) -> None:
        """Match inputs with columns; raises `ModelFailed` where they do not fit."""
        self._target = target
        names = signature.names
        if len(self._inputs) == 1 and self._inputs[0].name not in names:
            self._feed = self._one_matrix(names)
        else:
            check_inputs([given.name for given in self._inputs], names)
            self._feed = self._one_each()

    def _one_matrix(self, names: list[str]) -> Callable[[Frame], Feed]:
        given = self._inputs[0]
        dtype = _NUMPY[given.type]
        shape = given.shape
        if len(shape) == 2 and isinstance(shape[1], int) and shape[1] != len(names):
            raise ModelFailed(
                f"The model takes {shape[1]} columns, the signature has {len(names)}.",
                advice="Give the signature the columns of the training data, in their order.",
                fields={"n_features": shape[1]},
            )

        def feed(frame: Frame) -> Feed:
            columns = [cast(frame[name], dtype) for name in names]
            return {given.name: np.ascontiguousarray(np.array(columns, dtype=dtype).T)}

        return feed

    def _one_each(self) -> Callable[[Frame], Feed]:
        wanted = [(given.name, _NUMPY[given.type], len(given.shape)) for given in self._inputs]

        def feed(frame: Frame) -> Feed:
            return {
                name: cast(frame[name], dtype).reshape((-1, 1) if rank == 2 else (-1,))
                for name, dtype, rank in wanted
            }

        return feed

    def limit_threads(self) -> None:
        """Sessions are made with one thread."""

    def predict(self, frame: Frame) -> Prediction:
        """Score the rows; onnxruntime's exceptions pass through."""
        assert self._feed is not None, "prepare(signature) comes first"
        feed = self._feed(frame)
        if not self._is_classifier:
            return self._single_output(self.session.run([self._score_output], feed)[0])
        scores = self.session.run([self._score_output], feed)[0]
        if self._target is not None and self._target.type is TargetType.ANOMALY:
            # of an outlier detector as skl2onnx writes it: labels, and scores that are low for one
            return Prediction(values=-np.ravel(np.asarray(scores, dtype=np.float64)))
        if isinstance(scores, list):
            # a ZipMap: one mapping from label to probability per row
            labels = self._facts.class_labels or tuple(map(label_text, scores[0]))
            keys = {label_text(key): key for key in scores[0]}
            scores = [[row[keys[label]] for label in labels] for row in scores]
        return Prediction(probabilities=np.asarray(scores, dtype=np.float64))

    def predict_table(self, table: Any) -> Prediction:
        """Score a DataFrame, a mapping of columns or a matrix."""
        from .infer import predict_by_columns

        return predict_by_columns(self, table)

    def _single_output(self, output: Any) -> Prediction:
        values = np.asarray(output)
        if values.dtype.kind in "OU":
            return Prediction(labels=[label_text(label) for label in values.ravel()])
        values = values.astype(np.float64)
        flat = values[:, 0] if values.ndim == 2 and values.shape[1] == 1 else values
        # whether a number is a value or a probability is for the target to say
        return Prediction(values=flat, probabilities=values)


class OnnxFormat:
    """``onnx``: models of any framework that exports to it."""

    name = "onnx"
    extra = "onnx"
    file_name = "model.onnx"

    def sniff(self, path: Path) -> bool:
        """Whether the file is an ONNX message."""
        return looks_like_onnx(path)

    def recognises(self, model: Any) -> bool:
        """Whether it is an ``onnx.ModelProto``."""
        return type(model).__module__.partition(".")[0] == "onnx" and hasattr(
            model, "SerializeToString"
        )

    def wrap(self, model: Any) -> Predictor:
        """The predictor of an ``onnx.ModelProto``."""
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / self.file_name
            self.save(model, path)
            return self.load(path)

    def read(self, path: Path) -> Any:
        """A session of one thread on the CPU."""
        try:
            import onnxruntime
        except ModuleNotFoundError as error:
            raise LIBRARIES.absent(error, "An ONNX model") from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def load(self, path: Path) -> Predictor:
        """Make a session of one thread on the CPU."""
        session = self.read(path)
        import onnxruntime

        return OnnxPredictor(session, read_facts(path), onnxruntime.__version__)

    def save(self, model: Any, path: Path) -> None:
        """Write the message."""
        if not self.recognises(model):
            raise cannot_save(model, "onnx", "it is no onnx.ModelProto")
        path.write_bytes(model.SerializeToString())


FORMAT = OnnxFormat()

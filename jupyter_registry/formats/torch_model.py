"""PyTorch modules: exported programs, TorchScript, and what `torch.save` wrote.

A module takes one matrix of all columns, in the signature's order: float32, or float64 where its
weights are. It answers one tensor: of a regression (n,) or (n, 1); of two classes also, which then
are the probabilities of the positive one; of K classes (n, K), probabilities in the order of the
target's labels. Logits are refused rather than guessed at.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..domain.errors import ModelFailed, UnsupportedFormat
from ..domain.frames import Frame
from ..domain.kinds import TargetType
from ..domain.signature import Column, Dtype, Signature
from ..domain.target import Target
from . import torch_facts
from .base import Libraries, ModelDescription, Prediction, Predictor, cannot_save
from .feature_matrix import FeatureMatrix
from .torch_files import TorchFile, kind_of
from .torch_saved import load_saved

LIBRARIES = Libraries("torch", frozenset({"torch"}))

#: Rows in one call.
_BATCH = 8192
#: How far rounding may put a probability outside 0 to 1, and the sum of a row's from 1.
_ROUNDING, _SUM = 1e-5, 1e-3
#: Last layers whose numbers are no probabilities.
_NO_PROBABILITIES = frozenset({"Linear", "LogSoftmax", "LogSigmoid"})
_ADVICE = (
    "Let the model answer probabilities, for instance torch.nn.Sequential(model, "
    "torch.nn.Sigmoid()), of several classes torch.nn.Softmax(dim=1)."
)


class TorchPredictor:
    """A module in memory, which is put into evaluation mode, or an exported program.

    Parameters
    ----------
    code:
        The folder with its classes, where they came from one.

    Raises
    ------
    ModelFailed
        when it takes more than one matrix, or a fixed number of rows.

    """

    def __init__(self, module: Any, code: Any = None) -> None:
        import torch

        self._torch = torch
        exported = _is_exported(module)
        self._facts = torch_facts.of_exported(module) if exported else torch_facts.of_module(module)
        self.native = _to_call(module)
        self._code = nullcontext() if code is None else code
        self._dtype = np.float64 if _first_dtype(self.native) == torch.float64 else np.float32
        self._matrix: Callable[[Frame], NDArray[np.float64]] | None = None
        self._target: Target | None = None

    def describe(self) -> ModelDescription:
        """What the module says of itself."""
        facts, kind, n_classes = self._facts, None, None
        if facts.last == "Sigmoid" and facts.width == 1:
            kind, n_classes = TargetType.BINARY, 2
        elif facts.last == "Softmax" and facts.width is not None and facts.width > 1:
            n_classes = facts.width
            kind = TargetType.BINARY if n_classes == 2 else TargetType.MULTICLASS
        version = str(self._torch.__version__)
        return ModelDescription("torch", version, kind, None, None, facts.n_features, n_classes)

    def input_columns(self) -> list[Column] | None:
        """Its columns, none of which may be missing."""
        count = self._facts.n_features
        if count is None:
            return None
        return [Column(f"x{i}", Dtype.NUMBER) for i in range(count)]

    def prepare(self, signature: Signature, target: Target | None = None) -> None:
        """Take the signature's columns in their order.

        Raises
        ------
        ModelFailed
            when they are not as many as the module takes, or no numbers; or when its last layer
            gives no probabilities, where classes are to be told.

        """
        self._target = target
        count = self._facts.n_features or len(signature)
        self._matrix = FeatureMatrix(signature, None, count, {})
        last = self._facts.last
        if target is not None and target.type.is_classification and last in _NO_PROBABILITIES:
            raise ModelFailed(
                f"The module ends with {last}, which gives no probabilities of classes.",
                advice=_ADVICE,
                fields={"last_layer": last},
            )

    def limit_threads(self) -> None:
        """Have PyTorch compute in one thread."""
        self._torch.set_num_threads(1)

    def predict(self, frame: Frame) -> Prediction:
        """Score the rows; what the module raises passes through.

        Raises
        ------
        ModelFailed
            when it answers no tensor, or no probabilities where classes are to be told.

        """
        assert self._matrix is not None, "prepare(signature) comes first"
        given = self._matrix(frame).astype(self._dtype)
        parts = [
            self._answer(given[start : start + _BATCH]) for start in range(0, len(given), _BATCH)
        ]
        values = np.concatenate(parts)
        flat = values[:, 0] if values.ndim == 2 and values.shape[1] == 1 else values
        if self._target is not None and self._target.type.is_classification:
            _check_probabilities(flat)
        # whether a number is a value or a probability is for the target to say
        return Prediction(values=flat, probabilities=flat)

    def _answer(self, rows: NDArray[Any]) -> NDArray[np.float64]:
        with self._code, self._torch.inference_mode():
            answer = self.native(self._torch.from_numpy(rows))
        if not isinstance(answer, self._torch.Tensor):
            raise ModelFailed(
                f"The module answered an object of type {type(answer).__name__}; one tensor is "
                "expected.",
                advice="Wrap it in a module whose forward returns the one tensor with the scores.",
                fields={"returned": type(answer).__name__},
            )
        found: NDArray[np.float64] = answer.detach().cpu().to(self._torch.float64).numpy()
        return found

    def predict_table(self, table: Any) -> Prediction:
        """Score a DataFrame, a mapping of columns or a matrix."""
        from .infer import predict_by_columns

        return predict_by_columns(self, table)


def _first_dtype(module: Any) -> Any:
    return next((p.dtype for p in module.parameters() if p.dtype.is_floating_point), None)


def _check_probabilities(answer: NDArray[np.float64]) -> None:
    with np.errstate(invalid="ignore"):
        wrong = (answer < -_ROUNDING) | (answer > 1.0 + _ROUNDING)
        if answer.ndim == 2:
            wrong = wrong.any(axis=1) | (np.abs(answer.sum(axis=1) - 1.0) > _SUM)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ModelFailed(
            f"The module answered {answer[row].tolist()} at row {row}; these are no probabilities.",
            advice=_ADVICE,
            fields={"row": row},
        )


class TorchFormat:
    """``torch``: modules, kept as TorchScript unless they are exported programs."""

    name = "torch"
    extra = "torch"
    file_name = "model.pt"

    def sniff(self, path: Path) -> bool:
        """Whether the file is a zip of what PyTorch writes."""
        return kind_of(path) is not None

    def recognises(self, model: Any) -> bool:
        """Whether it is a module, or an exported program."""
        if isinstance(model, type):
            return False
        names = {f"{kind.__module__}.{kind.__name__}" for kind in type(model).__mro__}
        return not names.isdisjoint(
            ("torch.nn.modules.module.Module", "torch.export.exported_program.ExportedProgram")
        )

    def wrap(self, model: Any) -> Predictor:
        """The predictor of a module in memory, which is put into evaluation mode."""
        return TorchPredictor(model)

    def read(self, path: Path) -> Any:
        """The module, in evaluation mode."""
        return _to_call(_read(path)[0])

    def load(self, path: Path) -> Predictor:
        """Load the module; what `torch.save` wrote may run code, see `torch_saved`."""
        return TorchPredictor(*_read(path))

    def save(self, model: Any, path: Path) -> None:
        """Write an exported program as it is, a module as TorchScript, and read it again."""
        if not self.recognises(model):
            raise cannot_save(model, self.name, "it is no torch.nn.Module")
        import torch

        try:
            if _is_exported(model):
                with path.open("wb") as file:
                    torch.export.save(model, file)
            else:
                _scripted(torch, model).save(str(path))
            self.read(path)
        except Exception as error:
            why = f"{type(error).__name__}: {str(error).strip()[:400]}".rstrip(".")
            raise UnsupportedFormat(
                f"{type(model).__name__} cannot be saved as {self.name}: {why}.",
                advice="Register what torch.jit.trace or torch.export.export makes of it, or a "
                "folder with its weights and the .py of its class.",
                fields={"format": self.name},
            ) from error


def _read(path: Path) -> tuple[Any, Any]:
    """The module or program of a file, and the folder of its code if it needs one."""
    try:
        import torch
    except ModuleNotFoundError as error:
        raise LIBRARIES.absent(error, "A PyTorch model") from error
    kind = kind_of(path)
    if kind is TorchFile.EXPORTED:
        if not hasattr(torch, "export"):
            raise ModelFailed(
                f"{path.name} is {kind.value}, which torch {torch.__version__} cannot read.",
                advice="Use torch 2.1 or newer where the model runs, or save it by torch.jit.save.",
                fields={"module": "torch"},
            )
        with path.open("rb") as file:
            return torch.export.load(file), None
    if kind is TorchFile.SCRIPT:
        return torch.jit.load(str(path), map_location="cpu"), None
    return load_saved(torch, path)


def _is_exported(model: Any) -> bool:
    return type(model).__name__ == "ExportedProgram"


def _to_call(model: Any) -> Any:
    """The module to call: an exported program has its mode from when it was exported."""
    return model.module() if _is_exported(model) else model.eval()


def _scripted(torch: Any, model: Any) -> Any:
    """TorchScript of a module in evaluation mode, which is left in the mode that it was in."""
    if isinstance(model, torch.jit.ScriptModule):
        return model
    modes = [(part, part.training) for part in model.modules()]
    try:
        return torch.jit.script(model.eval())
    finally:
        for part, mode in modes:
            part.training = mode


FORMAT = TorchFormat()

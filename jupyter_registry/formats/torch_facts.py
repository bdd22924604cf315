"""What a PyTorch model says of itself: of a ``Sequential`` by its layers, of an exported program.

Of any other module nothing is said: the order in which it runs its parts is known to its code.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

from ..domain.errors import ModelFailed

#: Operations that an exported program may end with, by the layers that they are of.
_LAYERS = {
    "sigmoid": "Sigmoid", "softmax": "Softmax", "_softmax": "Softmax", "linear": "Linear",
    "addmm": "Linear", "log_softmax": "LogSoftmax", "_log_softmax": "LogSoftmax",
    "log_sigmoid": "LogSigmoid",
}  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """The columns that it takes, the numbers that it answers per row, and its last layer."""

    n_features: int | None = None
    width: int | None = None
    last: str = ""


def of_module(module: Any) -> Facts:
    """The facts of a module, TorchScript or not; raises `ModelFailed` for one of many inputs."""
    _check_forward(module)
    layers = _layers(module)
    if not layers:
        return Facts()
    linear = [layer for layer in layers if _name(layer) == "Linear"]
    first = int(linear[0].weight.shape[1]) if _name(layers[0]) == "Linear" else None
    width = int(linear[-1].weight.shape[0]) if linear else None
    return Facts(first, width, _name(layers[-1]))


def of_exported(program: Any) -> Facts:
    """The facts of an exported program.

    Raises
    ------
    ModelFailed
        when it takes more than one matrix, or a fixed number of rows.

    """
    inputs = set(program.graph_signature.user_inputs)
    given = [n for n in program.graph.nodes if n.op == "placeholder" and n.name in inputs]
    shape = given[0].meta["val"].shape if len(given) == 1 else ()
    if len(shape) != 2:
        raise _takes([f"{node.name} of shape {tuple(node.meta['val'].shape)}" for node in given])
    rows, columns = shape
    if isinstance(rows, int):
        raise ModelFailed(
            f"The exported program takes just {rows} row{'s' if rows > 1 else ''} at a time.",
            advice="Export it with dynamic_shapes=({0: torch.export.Dim('rows')},), and an example "
            "of two rows or more.",
            fields={"rows": rows},
        )
    (output,) = (node for node in program.graph.nodes if node.op == "output")
    answer = output.args[0][-1]
    answered = getattr(answer, "meta", {}).get("val")
    width = answered.shape[1] if answered is not None and len(answered.shape) == 2 else None
    operation = str(getattr(answer, "target", "")).split(".")
    return Facts(
        columns if isinstance(columns, int) else None,
        width if isinstance(width, int) else None,
        _LAYERS.get(operation[1], "") if operation[0] == "aten" else "",
    )


def _check_forward(module: Any) -> None:
    """Refuse what takes more than one matrix."""
    schema = getattr(module.forward, "schema", None)
    if schema is not None:
        needed = [a.name for a in schema.arguments[1:] if not a.has_default_value()]
    else:
        try:
            parameters = inspect.signature(module.forward).parameters.values()
        except (TypeError, ValueError):
            return
        plain = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        needed = [p.name for p in parameters if p.kind in plain and p.default is p.empty]
    if len(needed) > 1:
        raise _takes(needed)


def _takes(needed: list[str]) -> ModelFailed:
    return ModelFailed(
        f"The module's forward takes {', '.join(needed) or 'nothing'}; it is given one matrix of "
        "all columns.",
        advice="Wrap it in a module that takes the matrix and divides it.",
        fields={"arguments": needed},
    )


def _name(layer: Any) -> str:
    """The class of a layer; of one in TorchScript, that which it was made of."""
    return str(getattr(layer, "original_name", type(layer).__name__))


def _layers(module: Any) -> list[Any]:
    """The layers of a ``Sequential`` in the order in which they run; none of any other."""
    if _name(module) != "Sequential":
        return []
    found: list[Any] = []
    for child in module.children():
        found += _layers(child) if _name(child) == "Sequential" else [child]
    return found

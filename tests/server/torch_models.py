"""Makes small models of PyTorch and what they predict, and asks `formats` for the same.

Run by an interpreter that has PyTorch and NumPy alone, as a worker's has.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

NET = """
import torch
from torch import nn
from parts import Block

class Net(nn.Module):
    def __init__(self, classes=3):
        super().__init__()
        self.block = Block(3, 8)
        self.head = nn.Linear(8, classes)

    def forward(self, rows, scale=1.0):
        return torch.softmax(self.head(self.block(rows)) * scale, dim=1)
"""
PARTS = """
from torch import nn

class Block(nn.Module):
    def __init__(self, wide, high):
        super().__init__()
        layers = nn.Linear(wide, high), nn.BatchNorm1d(high), nn.Dropout(), nn.Tanh()
        self.inner = nn.Sequential(*layers)

    def forward(self, rows):
        return self.inner(rows)
"""
CUSTOM = """
import torch
from torch import nn

class Odds(nn.Module):
    def __init__(self):
        super().__init__()
        self.line = nn.Linear(3, 1)

    def forward(self, rows):
        return torch.sigmoid(self.line(rows))

def init(code_dir):
    pass
"""
OTHER = """
class Same(Odds):
    pass
"""
LOADING = """
    pass

def load_model(code_dir):
    model = Odds()
    model.load_state_dict(torch.load(code_dir + "/odds.pt"))
    return model
"""


def trained(model: nn.Module, rows: torch.Tensor, wanted: torch.Tensor) -> nn.Module:
    """A few steps towards what is wanted, in training mode."""
    steps = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(20):
        steps.zero_grad()
        ((model(rows) - wanted) ** 2).mean().backward()
        steps.step()
    return model


def asked(path: Path, target: dict[str, Any], table: np.ndarray) -> list[Any] | str:
    """What a model answers through its format, or the message of its error."""
    from jupyter_registry.domain.errors import RegistryError
    from jupyter_registry.domain.frames import conform, infer_signature
    from jupyter_registry.domain.target import Target
    from jupyter_registry.formats import find_model
    from jupyter_registry.formats.scoring import Scorer

    columns = {name: table[:, i] for i, name in enumerate("abc")}
    signature = infer_signature(columns)
    try:
        kind, file = find_model(path)
        scorer = Scorer(kind.load(file), signature, Target.make("t", **target))
        scores = scorer.score(conform(signature, columns, len(table)))
    except RegistryError as error:
        return str(error)
    return (scores.values if scores.probabilities is None else scores.probabilities).tolist()


def main(folder: Path, root: str) -> None:
    sys.path.append(root)
    from jupyter_registry.formats import find_model, save_model

    torch.manual_seed(4)
    table = np.random.default_rng(4).normal(size=(400, 3))
    rows = torch.tensor(table, dtype=torch.float32)
    answers = {"rows": table.tolist()}

    def expect(name: str, model: nn.Module) -> None:
        model.eval()
        answers[name] = model(rows).detach().numpy().tolist()

    # an object of a kernel, in training mode, which it is left in
    model = nn.Sequential(nn.Linear(3, 8), nn.Dropout(), nn.Tanh(), nn.Linear(8, 1))
    trained(model, rows, rows[:, :1] * 2.0)
    (folder / "object").mkdir()
    kind, file = save_model(model, folder / "object")
    assert (kind.name, file.name, model.training) == ("torch", "model.pt", True)
    assert find_model(folder / "object")[0] is kind
    expect("object", model)

    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Sequential(nn.Linear(4, 1), nn.Sigmoid()))
    trained(model, rows, (rows[:, :1] > 0).float()).double()
    torch.jit.trace(model, rows.double()).save(str(folder / "traced.pt"))
    model.eval()
    answers["traced"] = model(torch.tensor(table)).detach().numpy().tolist()

    if hasattr(torch, "export"):  # since 2.1
        wide = ({0: torch.export.Dim("rows")},)
        line = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
        program = torch.export.export(line, (rows[:2],), dynamic_shapes=wide)
        torch.export.save(program, folder / "exported.pt2")
        expect("exported", line)

    # weights, and a whole module, with their classes beside them
    for name in ("weights", "whole"):
        (folder / name).mkdir()
        (folder / name / "net.py").write_text(NET)
        (folder / name / "parts.py").write_text(PARTS)
    sys.path.insert(0, str(folder / "weights"))
    from net import Net

    model = trained(Net(), rows, torch.eye(3)[(rows[:, 0] > 0).long()])
    checkpoint = {"epoch": 20, "model_state_dict": model.state_dict()}
    torch.save(checkpoint, folder / "weights" / "net.pth")
    torch.save(model, folder / "whole" / "net.pt")
    del sys.modules["net"], sys.modules["parts"], sys.path[0]  # a worker has none of it
    expect("net", model)

    # the class in a custom.py, which may load it, too
    line = nn.Linear(3, 1)
    weights = {f"line.{name}": tensor for name, tensor in line.state_dict().items()}
    for name, code in (("custom", CUSTOM), ("loading", CUSTOM.rstrip() + LOADING)):
        (folder / name).mkdir()
        (folder / name / "custom.py").write_text(code)
        torch.save(weights, folder / name / "odds.pt")
    expect("custom", nn.Sequential(line, nn.Sigmoid()))

    # what is refused
    torch.save(line.state_dict(), folder / "alone.pt")
    torch.save({"epoch": 3}, folder / "nothing.pt")
    torch.jit.script(nn.Sequential(line)).save(str(folder / "logits.pt"))
    torch.jit.trace(Hidden(line), rows).save(str(folder / "hidden.pt"))
    torch.jit.trace(Two(), (rows, rows)).save(str(folder / "two.pt"))
    for name in ("unlike", "twice"):
        (folder / name).mkdir()
        (folder / name / "net.py").write_text(NET if name == "unlike" else CUSTOM + OTHER)
        (folder / name / "parts.py").write_text(PARTS)
        torch.save(weights, folder / name / "odds.pt")
    (folder / "noscript").mkdir()
    try:
        save_model(Unscriptable(), folder / "noscript")
    except Exception as error:
        answers["noscript"] = f"{type(error).__name__}: {error}"

    two = {"type": "binary", "class_labels": ["no", "yes"], "positive_class": "yes"}
    three = {"type": "multiclass", "class_labels": ["x", "y", "z"]}
    one = {"type": "regression"}
    for path, target in (
        ("object", one), ("traced.pt", two), ("weights", three), ("whole", three),
        ("custom", two), ("loading", two), ("alone.pt", two), ("nothing.pt", two),
        ("logits.pt", two), ("logits.pt", one), ("hidden.pt", two), ("two.pt", one),
        ("unlike", two), ("twice", two), ("exported.pt2", one), ("logits.pt", three),
    ):  # fmt: skip
        answers[f"asked {path} {target['type']}"] = asked(folder / path, target, table)
    says = find_model(folder / "traced.pt")[0].load(folder / "traced.pt").describe()
    answers["says"] = [says.target_type, says.n_features, says.n_classes, says.framework]
    (folder / "answers.json").write_text(json.dumps(answers))


class Hidden(nn.Module):
    """Answers logits, which cannot be seen from outside."""

    def __init__(self, line: nn.Module) -> None:
        super().__init__()
        self.line = line

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        return self.line(rows * 100.0)


class Two(nn.Module):
    """Takes two matrices."""

    def forward(self, left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
        return left + right


class Unscriptable(nn.Module):
    """Does what TorchScript has no words for."""

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        return eval("rows * 2")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])

"""PyTorch models, registered where there is no PyTorch, served by an interpreter that has it."""

from __future__ import annotations

import json
import subprocess
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_registry.client import Registry
from jupyter_registry.client.packages import OtherLibraries
from jupyter_registry.domain.errors import MissingExtra
from jupyter_registry.formats import find_model
from jupyter_registry.formats.archives import kind_of as kind_of_archive
from jupyter_registry.formats.first_bytes import LENGTH, possible_formats
from jupyter_registry.formats.scan import scan
from jupyter_registry.formats.torch_files import TorchFile, kind_of
from tests.torch_interpreter import find_torch

ROOT = Path(__file__).parents[2]
CLOSE = {"rtol": 0, "atol": 1e-6}
KERNELSPEC = "with-torch"


@pytest.fixture(scope="module")
def models(server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Files that PyTorch wrote, and a kernelspec whose interpreter has it."""
    torch = find_torch()
    folder = tmp_path_factory.mktemp("torch")
    for names in EXPORTED.values():
        exported(folder / "exported.pt2", names)
    script = Path(__file__).with_name("torch_models.py")
    made = subprocess.run(
        [torch.path, script, folder, ROOT], env=torch.whole, capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr
    kernel: Path = server.folder / "data" / "kernels" / KERNELSPEC
    kernel.mkdir(parents=True)
    spec = {"argv": [torch.path, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            "display_name": "With PyTorch", "language": "python", "env": torch.env}  # fmt: skip
    (kernel / "kernel.json").write_text(json.dumps(spec))
    yield folder
    (kernel / "kernel.json").unlink()
    kernel.rmdir()


@pytest.fixture(scope="module")
def answers(models: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((models / "answers.json").read_text())
    return told


@pytest.fixture(scope="module")
def rows(answers: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(answers["rows"], columns=["a", "b", "c"])


#: What lies in exported programs: of PyTorch 2.1 to 2.6, and since.
EXPORTED = {
    "old": ("serialized_exported_program.json", "serialized_state_dict.pt", "version"),
    "new": ("m/archive_format", "m/byteorder", "m/models/model.json", "m/data/weights/model.pt"),
}


def exported(path: Path, names: tuple[str, ...]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "1")


@pytest.mark.parametrize("era", EXPORTED)
def test_exported_programs_are_told_by_what_lies_in_them(era: str, tmp_path: Path) -> None:
    path = tmp_path / "program.bin"
    exported(path, EXPORTED[era])
    kind, file = find_model(path)
    assert (kind.name, file, kind_of(path)) == ("torch", path, TorchFile.EXPORTED)
    assert possible_formats(path.name, path.read_bytes()[:LENGTH]) == ("torch",)
    with pytest.raises(MissingExtra, match=r"torch.*jupyter_registry\[torch\]"):
        kind.load(path)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("object/model.pt", TorchFile.SCRIPT),
        ("traced.pt", TorchFile.SCRIPT),
        ("weights/net.pth", TorchFile.SAVED),
        ("whole/net.pt", TorchFile.SAVED),
    ],
)
def test_files_are_told_apart_and_pass_the_scan(path: str, kind: TorchFile, models: Path) -> None:
    file = models / path
    assert kind_of(file) is kind
    assert possible_formats("file.bin", file.read_bytes()[:LENGTH]) == ("torch",)
    with file.open("rb") as opened:
        assert kind_of_archive(opened) is None  # nothing to unpack
    assert scan(file if path == "traced.pt" else file.parent) == []


NUMBER = {"target_type": "regression"}
TWO = {"target_type": "binary", "class_labels": ["no", "yes"], "positive_class": "yes"}
THREE = {"target_type": "multiclass", "class_labels": ["x", "y", "z"]}


@pytest.mark.parametrize(
    ("path", "answer", "target"),
    [
        ("object/model.pt", "object", NUMBER),
        ("weights", "net", THREE),
        ("custom", "custom", TWO),
        ("exported.pt2", "exported", NUMBER),
    ],
)
def test_a_workers_predictions_are_pytorchs(
    path: str,
    answer: str,
    target: dict[str, Any],
    models: Path,
    answers: dict[str, Any],
    rows: pd.DataFrame,
    registry: Registry,
    name: str,
) -> None:
    if answer not in answers:
        pytest.skip("this PyTorch is older than exported programs")
    package = registry.register(
        name, models / path, target="t", training=rows, progress=False, **target
    )
    assert package.format == ("custom_code" if path == "custom" else "torch")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OtherLibraries)  # of this kernel, which made no model
        told = package.deploy(name, kernelspec=KERNELSPEC).predict(rows)
    given = np.array(answers[answer])
    if target is NUMBER:
        np.testing.assert_allclose(told["prediction"], given[:, 0], **CLOSE)
    elif target is TWO:
        np.testing.assert_allclose(told["probability_yes"], given[:, 0], **CLOSE)
    else:
        columns = [f"probability_{label}" for label in "xyz"]
        np.testing.assert_allclose(told[columns], given, **CLOSE)


def test_without_pytorch_the_extra_is_named(
    models: Path, rows: pd.DataFrame, registry: Registry, name: str
) -> None:
    package = registry.register(
        name, models / "traced.pt", target="t", training=rows, progress=False, **TWO
    )
    with pytest.raises(MissingExtra, match=r"A PyTorch model needs torch.*registry\[torch\]"):
        package.deploy(name)


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("object regression", "object"),
        ("traced.pt binary", "traced"),
        ("weights multiclass", "net"),
        ("whole multiclass", "net"),
        ("custom binary", "custom"),
        ("loading binary", "custom"),
    ],
)
def test_scores_are_pytorchs(path: str, answer: str, answers: dict[str, Any]) -> None:
    told = np.array(answers[f"asked {path}"])
    given = np.array(answers[answer])
    if "binary" in path:
        given = np.column_stack((1.0 - given, given))
    np.testing.assert_allclose(told.reshape(given.shape), given, **CLOSE)


def test_an_exported_program_is_served_where_it_can_be_read(answers: dict[str, Any]) -> None:
    told = answers["asked exported.pt2 regression"]
    if "exported" in answers:  # Debian 12 has PyTorch 1.13
        np.testing.assert_allclose(told, np.array(answers["exported"])[:, 0], **CLOSE)
    else:
        assert "cannot read. Use torch 2.1 or newer where the model runs" in told


def test_a_sequential_module_says_what_it_is(answers: dict[str, Any]) -> None:
    assert answers["says"] == ["binary", 3, 2, "torch"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("alone.pt binary", "alone.pt holds weights, and no .py beside it has a class of theirs"),
        ("nothing.pt binary", "nothing.pt holds an object of type dict, which is neither"),
        ("logits.pt binary", "ends with Linear, which gives no probabilities"),
        ("logits.pt multiclass", "torch.nn.Softmax(dim=1)"),
        ("hidden.pt binary", "these are no probabilities. Let the model answer probabilities"),
        ("two.pt regression", "forward takes left, right; it is given one matrix"),
        ("unlike binary", "holds weights of no class beside it: Net has others (the file lacks"),
        ("twice binary", "several classes beside it have: Odds, Same"),
    ],
)
def test_what_cannot_be_served_is_said(path: str, message: str, answers: dict[str, Any]) -> None:
    assert message in answers[f"asked {path}"]


def test_a_module_that_cannot_be_kept_says_what_to_register(answers: dict[str, Any]) -> None:
    assert answers["noscript"].startswith(
        "UnsupportedFormat: Unscriptable cannot be saved as torch"
    )
    assert "Register what torch.jit.trace or torch.export.export makes of it" in answers["noscript"]

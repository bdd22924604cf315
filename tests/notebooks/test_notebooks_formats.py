"""`07-formats.ipynb`: a model of each format that is light, served."""

from __future__ import annotations

import pytest

from jupyter_registry.client import Registry
from jupyter_registry.formats import FORMAT_NAMES
from tests.live_server import ROOT
from tests.notebooks.checks import assert_clean
from tests.notebooks.running import NOTEBOOKS, Finished, NotebookServer, run

NAME = "07-formats.ipynb"
#: What each cell serves: the format that its model was found to be.
SERVED = {
    "skops": "skops", "pickle": "pickle", "xgboost": "xgboost", "lightgbm": "lightgbm",
    "onnx": "onnx", "mlflow": "mlflow", "function": "pickle", "custom": "custom_code",
}  # fmt: skip
#: How formats are written for people.
WRITTEN = {
    "custom_code": "custom.py", "xgboost": "XGBoost", "lightgbm": "LightGBM", "torch": "PyTorch",
    "catboost": "CatBoost", "keras": "Keras", "pmml": "PMML", "onnx": "ONNX", "mlflow": "MLflow",
}  # fmt: skip


@pytest.fixture(scope="module")
def ran(server: NotebookServer) -> Finished:
    return run(server, NAME)


def test_every_model_predicts_what_its_library_does(ran: Finished, registry: Registry) -> None:
    assert_clean(ran)
    for name, kind in SERVED.items():
        deployment = registry.deployment(f"formats-{name}")
        assert registry.package(deployment.package).format == kind
        assert deployment.rows_predicted == 42
        assert "prediction" in ran[name].html
    lines = ran["table"].text.splitlines()[2:]
    assert [line.split()[0] for line in lines] == list(SERVED)
    for line in lines:
        assert float(line.split()[-1]) < (1e-3 if line.startswith(("onnx", "xgb")) else 1e-9), line


def test_every_format_is_named(ran: Finished) -> None:
    page = (NOTEBOOKS / NAME).read_text()
    readme = (ROOT / "README.md").read_text()
    for name in FORMAT_NAMES:
        for text in (page, readme):
            assert WRITTEN.get(name, name) in text

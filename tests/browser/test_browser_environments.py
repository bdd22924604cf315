"""Environments chosen and built from the dialogs, and an unstructured model asked in its panel."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from jupyter_registry.client import Registry
from jupyter_registry.client.packages import Package
from jupyter_registry.domain.kinds import DeploymentState
from tests.browser.desktop import drop
from tests.browser.lab import have_bare
from tests.browser.panels import PANEL, command, complaints, panel, pictures, press, tab

#: A model that needs NumPy alone.
ROWS = """
import numpy as np


class Model:
    n_features_in_ = 2

    def predict(self, table):
        return np.asarray(table, dtype=float).sum(axis=1)


def load_model(code_dir):
    return Model()
"""
#: Text comes back with its type as JSON, bytes in their reverse order.
WHOLE = """
import json


def load_model(code_dir):
    return None


def score_unstructured(model, data, mimetype=None, **kwargs):
    if isinstance(data, bytes):
        return data[::-1], {"mimetype": "image/png"}
    if not data:
        raise ValueError("nothing was asked")
    return json.dumps({"type": mimetype, "said": data}), {"mimetype": "application/json"}
"""
DIALOG = "dialog.jp-Registry-dialog"
#: Keeps what the log of a build has shown, which goes with its dialog.
KEEP_LOG = """
() => {
  window.shownLog = "";
  new MutationObserver(() => {
    window.shownLog = document.querySelector(".jp-Registry-buildLog")?.textContent
      || window.shownLog;
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "code"
    folder.mkdir()
    return folder


def _needy(registry: Registry, folder: Path) -> Package:
    """A package that needs another NumPy than there is."""
    (folder / "custom.py").write_text(ROWS)
    major, minor = map(int, np.__version__.split(".")[:2])
    (folder / "requirements.txt").write_text(f"numpy<{major}.{minor}\n")
    return registry.register(
        "needy", folder, target="y", target_type="regression",
        signature={"a": "number", "b": "number"}, input_example=[{"a": 1.0, "b": 2.0}],
        progress=False,
    )  # fmt: skip


def _open(page: Page, lab: Any, name: str, number: int) -> None:
    have_bare(lab, page)
    command(page, name, {"id": number})


def _checked(dialog: Locator, words: str) -> Locator:
    """The line of a dialog's checks that says so."""
    line = dialog.locator(".jp-Registry-replaceChecks li", has_text=words)
    expect(line).to_be_visible()
    return line


def test_a_model_gets_what_its_package_needs(
    lab: Any,
    page: Page,
    registry: Registry,
    folder: Path,
    tmp_path: Path,
    another_kernel: str,
) -> None:
    package = _needy(registry, folder)
    _open(page, lab, "open-package", package.id)
    press(panel(page, "needy/1"), "Deploy…")
    dialog = page.locator(DIALOG)

    # what it needs is not what it was made with: that is said first, then it is built
    dialog.get_by_label("Libraries").select_option(label="What the package needs")
    dialog.get_by_role("button", name="Deploy", exact=True).click()
    _checked(dialog, "numpy is to be <")
    pictures(page, DIALOG, "checks", tmp_path)
    page.evaluate(KEEP_LOG)
    dialog.get_by_role("button", name="Deploy all the same").click()
    shown = panel(page, "needy")
    log = page.evaluate("window.shownLog")
    assert "numpy<" in log
    assert "for Python" in log
    deployment = registry.deployment("needy")
    assert deployment.environment == "package"

    # the same model, in another environment and back
    press(shown, "Replace…")
    dialog.get_by_role("radio", name="needy/1").check()
    expect(dialog.get_by_label("Libraries")).to_have_value("package")
    _checked(dialog, "is the champion already")
    dialog.get_by_label("Libraries").select_option("kernelspec")
    _checked(dialog, "what it runs in changes")
    expect(dialog.get_by_label("Environment")).to_have_value("")
    dialog.get_by_label("Environment").select_option(label="Another Python")
    expect(dialog.get_by_text("is checked; its model is loaded")).to_be_visible()
    _checked(dialog, "what it runs in changes")
    assert complaints(page, DIALOG) == ""
    page.screenshot(path=str(tmp_path / "replace.png"))
    dialog.get_by_role("button", name="Replace", exact=True).click()
    expect(dialog).to_have_count(0)
    replaced = registry.deployment("needy")
    assert (replaced.environment, replaced.kernelspec) == ("kernelspec", another_kernel)
    press(shown, "Roll back…")
    _checked(dialog, "what it runs in changes")
    dialog.get_by_role("button", name="Roll back", exact=True).click()
    expect(dialog).to_have_count(0)
    ran_with = [period.environment for period in deployment.history()]
    assert ran_with == ["package", "kernelspec", "package"]
    assert [period.kernelspec for period in deployment.history()] == [None, another_kernel, None]


def test_an_unstructured_model_is_asked(
    lab: Any, page: Page, registry: Registry, folder: Path, tmp_path: Path
) -> None:
    (folder / "custom.py").write_text(WHOLE)
    deployment = registry.register("reader", folder, progress=False).deploy("reader")
    _open(page, lab, "open-deployment", deployment.id)
    shown = panel(page, "reader")
    for name in ("Accuracy", "Drift", "Actuals"):
        expect(tab(shown, name).get_by_text("answers whole requests")).to_be_visible()

    # a text
    part = tab(shown, "Predict")
    part.get_by_label("Text").fill('{"naïve": 1}')
    part.get_by_role("button", name="Ask").click()
    answer = part.get_by_role("region", name="Answer", exact=True)
    told = {"type": "application/json", "said": '{"naïve": 1}'}
    expect(answer.locator("code")).to_have_text(json.dumps(told))

    # what is no type is not sent; a refusal of the model is told
    part.get_by_label("Content type").fill("json")
    expect(part.get_by_text("A type, a slash and its kind")).to_be_visible()
    part.get_by_label("Content type").fill("text/plain")
    part.get_by_label("Text").fill("")
    part.get_by_role("button", name="Ask").click()
    expect(part.get_by_role("alert")).to_contain_text("nothing was asked")

    # a file, of the type that it has; bytes are for the download
    drawing = tmp_path / "drawing.png"
    drawing.write_bytes(bytes(range(256)) * 2000)
    part.get_by_label("Send").select_option("file")
    drop(part.get_by_role("group", name="File"), drawing)
    expect(part.get_by_label("Content type")).to_have_value("image/png")
    part.get_by_role("button", name="Ask").click()
    with page.expect_download() as saved:
        part.get_by_role("button", name="Download reader-answer.png").click()
    assert Path(saved.value.path()).read_bytes() == drawing.read_bytes()[::-1]
    expect(part.locator("pre")).to_have_count(0)
    note = tmp_path / "note.csv"
    note.write_text("a,b\n1,2\n")
    drop(part.get_by_role("group", name="File"), note)
    part.get_by_role("button", name="Ask").click()
    expect(answer.locator("code")).to_have_text(
        json.dumps({"type": "text/csv", "said": note.read_text()})
    )
    pictures(page, PANEL, "asked", tmp_path)

    # refused while it is not active, and only then
    deployment.update(state=DeploymentState.INACTIVE)
    expect(part.get_by_text("activate it first")).to_be_visible()
    part.get_by_role("button", name="Ask").click()
    refusal = part.get_by_role("alert")
    expect(refusal).to_contain_text("is inactive")
    assert complaints(page, PANEL) == ""
    press(shown, "Activate")
    expect(refusal).to_have_count(0)
    expect(part.get_by_text("activate it first")).to_have_count(0)
    part.get_by_role("button", name="Ask").click()
    expect(answer.locator("code")).to_contain_text("text/csv")

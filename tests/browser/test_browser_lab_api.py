"""What other Lab extensions get by the token: API, uploads, changes, places to add to."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from jupyter_registry.client import Registry
from tests.browser.lab import Lab
from tests.live_server import LiveServer

#: Takes the registry as another extension's plugin would be given it.
_TAKE = """async () => {
  const app = window.jupyterapp;
  const services = app.pluginRegistry._services;
  const token = [...services.keys()].find(key => key.name === 'jupyter-registry:IRegistry');
  window.registry = await app.resolveRequiredService(token);
}"""


@pytest.fixture
def taken(opened: Any) -> Any:
    """JupyterLab with its sidebar open, and the registry in `window.registry`."""
    opened.get_by_role("tab", name="Model Registry").click()
    opened.evaluate(_TAKE)
    return opened


def test_a_file_is_sent_with_progress_and_an_upload_is_cancelled(taken: Any) -> None:
    done = taken.evaluate(
        """async () => {
          const { api } = window.registry;
          const upload = await api.beginUpload();
          const steps = [];
          const file = new Blob([new Uint8Array(20_000_000)]);
          const kept = await api.uploadFile(upload.id, 'a b/model.bin', file, {
            onProgress: (sent, total) => steps.push([sent, total])
          });
          await api.deleteUpload(upload.id);
          return { kept, steps };
        }"""
    )
    assert (done["kept"]["path"], done["kept"]["size"]) == ("a b/model.bin", 20_000_000)
    sent = [step[0] for step in done["steps"]]
    assert sent == sorted(sent)
    assert done["steps"][-1] == [20_000_000, 20_000_000]

    cancelled = taken.evaluate(
        """async () => {
          const { api } = window.registry;
          const upload = await api.beginUpload();
          const cancel = new AbortController();
          const file = new Blob([new Uint8Array(200_000_000)]);
          return api.uploadFile(upload.id, 'model.bin', file, {
            signal: cancel.signal, onProgress: () => cancel.abort()
          }).then(() => 'sent', error => error.name);
        }"""
    )
    assert cancelled == "AbortError"


def test_a_refusal_of_a_file_is_a_problem_with_advice(taken: Any) -> None:
    refused = taken.evaluate(
        """() => window.registry.api.uploadFile('no-such-upload', 'model.bin', new Blob(['x']))
          .catch(error => [error.name, error.type, error.status, error.advice])"""
    )
    assert refused[:3] == ["ProblemError", "UploadNotFound", 404]
    assert refused[3]


def test_another_extension_adds_a_section_and_takes_it_away(taken: Any) -> None:
    sidebar = taken.locator("#jupyter-registry-sidebar")
    taken.evaluate(
        """() => {
          window.added = window.registry.sections.add({
            id: 'other', rank: 5, label: () => 'Of others', component: () => 'their own'
          });
        }"""
    )
    expect(sidebar.get_by_role("region", name="Of others")).to_contain_text("their own")
    # a title may have its count below
    names = [name.strip("▾ ").split("\n")[0] for name in sidebar.locator("h3").all_inner_texts()]
    assert names == ["Packages", "Of others", "Deployments", "Leaderboards"]
    taken.evaluate("() => window.added.dispose()")
    expect(sidebar.get_by_role("region", name="Of others")).to_have_count(0)


def test_a_lost_connection_is_said_once_and_comes_back_by_itself(
    taken: Any, lab: Lab, tolerated: list[str]
) -> None:
    sidebar = taken.locator("#jupyter-registry-sidebar")
    taken.wait_for_function("window.registry.changes.state === 'connected'")
    tolerated.append("Failed to fetch")  # Lab's own, of its workspace and its debugger
    lab.stop()
    lost = sidebar.get_by_text("The server does not answer", exact=False)
    # another server on the same database
    beside = LiveServer(lab.folder)
    try:
        expect(lost).to_have_count(1)
        beside.start()
        with Registry(beside.url, beside.token) as elsewhere:
            elsewhere.register(
                "while-away", target="left", target_type="binary", class_labels=["no", "yes"],
                location="https://models.example/left", progress=False,
            )  # fmt: skip
    finally:
        beside.stop()
        lab.start()
    expect(lost).to_have_count(0, timeout=60_000)
    # what was missed is read anew
    expect(sidebar.get_by_role("option", name="while-away/1")).to_be_visible()

"""Files of the user's computer: chosen, dropped, folders, large ones; then used."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from jupyter_registry.client import Registry
from tests.browser.lab import Notebook
from tests.browser.samples import PREPARE, as_code, churn_model, visits

#: A browser may have to be installed first.

LARGE = 30_000_000
#: A cell that shows a form, and one that tells what has come.
FORM = "form = PackageForm()\nform"
CAME = """
import hashlib
drop = form.fields["upload"].input
print(drop.state, drop.names, [hashlib.sha256(p.read_bytes()).hexdigest() for p in drop.files])
"""
#: Drops files, as the system does: name → content.
DROP = """
(area, files) => {
  const carried = new DataTransfer();
  for (const [name, text] of Object.entries(files)) carried.items.add(new File([text], name));
  for (const kind of ["dragenter", "dragover", "drop"]) {
    area.dispatchEvent(new DragEvent(kind, {
      dataTransfer: carried, bubbles: true, cancelable: true }));
    if (kind === "dragover") window.dropSeen = area.classList.contains("jr-drop-over");
  }
}
"""
#: Drops a folder: a DataTransfer that a script has made can hold none, so its entries are given.
DROP_FOLDER = """
area => {
  const file = (name, text) => ({ isFile: true, isDirectory: false, name,
    file: done => done(new File([text], name)) });
  const folder = (name, inside) => ({ isFile: false, isDirectory: true, name,
    createReader: () => {
      const parts = inside.map(one => [one]);  // a reader gives some at a time
      return { readEntries: done => done(parts.shift() ?? []) };
    } });
  const entry = folder("model", [file("a.txt", "one"), file(".hidden", "no"),
    folder("data", [file("b.txt", "two")]), folder(".git", [file("config", "no")])]);
  const event = new DragEvent("drop", { bubbles: true, cancelable: true });
  const items = [{ kind: "file", webkitGetAsEntry: () => entry, getAsFile: () => null }];
  Object.defineProperty(event, "dataTransfer", { value: { types: ["Files"], items } });
  area.dispatchEvent(event);
}
"""


def test_a_package_of_dropped_and_chosen_files(
    notebook: Callable[..., Notebook],
    page: Page,
    picture: Callable[..., Path],
    registry: Registry,
    tmp_path: Path,
) -> None:
    opened = notebook([PREPARE, FORM, CAME])
    opened.run(0)
    form = opened.run(1)
    form.get_by_role("button", name="This computer").click()
    area = form.get_by_role("group", name="Files")
    expect(area).to_be_visible()
    picture(form, "files-empty-light")

    # dropped: marked while they are over it, then listed
    area.evaluate(DROP, {"notes.txt": "hello", "empty.txt": ""})
    assert page.evaluate("window.dropSeen")
    expect(area).not_to_have_class("jr-drop-over")
    expect(area.get_by_role("listitem")).to_have_text(["notes.txt 5 B", "empty.txt 0 B"])
    expect(area.get_by_role("status")).to_have_text("Files: 2 files, 5 B, complete")
    expect(area.get_by_text("2 files, 5 B", exact=True)).to_be_visible()
    assert "here ['notes.txt', 'empty.txt']" in opened.run(2).inner_text()
    area.evaluate(DROP_FOLDER)
    expect(area.get_by_role("listitem")).to_have_text(["model/a.txt 3 B", "model/data/b.txt 3 B"])
    expect(area.get_by_text("1 hidden left out")).to_be_visible()
    # one of them by keyboard: one stop of Tab, arrows, and the focus goes on
    area.get_by_role("button", name="Choose folder…").focus()
    page.keyboard.press("Tab")
    expect(area.get_by_role("button", name="Remove model/a.txt")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(area.get_by_role("button", name="Remove model/data/b.txt")).to_be_focused()
    picture(form, "files-several-light")
    assert not _complaints(page)
    page.keyboard.press("Enter")
    expect(area.get_by_role("listitem")).to_have_text(["model/a.txt 3 B"])
    expect(area.get_by_role("status")).to_have_text("Files: 1 file, 3 B, complete")
    expect(area.get_by_role("button", name="Remove", exact=True)).to_be_focused()
    assert "here ['model/a.txt']" in opened.run(2).inner_text()
    area.get_by_role("button", name="Remove", exact=True).click()
    expect(area.get_by_role("list")).to_be_hidden()
    expect(area.get_by_role("button", name="Choose files…")).to_be_focused()

    # what leads elsewhere is refused
    area.evaluate(
        DROP.replace(
            "new File([text], name)",
            "Object.defineProperty(new File([text], name), 'name', { value: name })",
        ),
        {"../up.txt": "no"},
    )
    expect(area.get_by_role("alert")).to_contain_text("no path within a folder")
    picture(form, "files-refused-light")

    # a large one: progress, and Register waits for it; then cancelled
    large = tmp_path / "large.bin"
    large.write_bytes(os.urandom(LARGE))
    _slowly(page, 150)
    _choose(page, area, "Choose files…", large)
    bar = area.get_by_role("progressbar", name="Files: progress")
    expect(bar).to_be_visible()
    page.wait_for_function("bar => bar.value > 2000000", arg=bar.element_handle())
    form.get_by_label("Name", exact=True).fill("from-files")
    form.get_by_role("button", name="Register", exact=True).click()
    expect(form.get_by_text("The files are still coming").first).to_be_visible()
    picture(form, "files-coming-light")
    opened.theme("Dark")
    picture(form, "files-coming-dark")
    assert not _complaints(page)
    area.get_by_role("button", name="Cancel").click()
    expect(bar).to_be_hidden()
    expect(area.get_by_role("button", name="Choose files…")).to_be_focused()
    assert "empty [] []" in opened.run(2).inner_text()

    # whole
    _slowly(page, 0)
    _choose(page, area, "Choose files…", large)
    expect(area.get_by_text("1 file, 30.0 MB", exact=True)).to_be_visible(timeout=120_000)
    said = opened.run(2).inner_text()
    assert hashlib.sha256(large.read_bytes()).hexdigest() in said
    assert "here ['large.bin']" in said

    # a folder with code takes its place, and is registered
    folder = tmp_path / "churn"
    (folder / "__pycache__").mkdir(parents=True)
    (folder / "__pycache__" / "custom.pyc").write_bytes(b"no")
    joblib.dump(churn_model(), folder / "model.joblib")
    (folder / "custom.py").write_text(
        "def post_process(predictions, model):\n    return predictions\n"
    )
    _choose(page, area, "Choose folder…", folder)
    expect(area.get_by_role("listitem")).to_have_count(2)
    expect(area.get_by_text("churn/custom.py")).to_be_visible()
    picture(form, "files-here-dark")
    opened.theme("Light")
    picture(form, "files-here-light")
    assert not _complaints(page)
    form.get_by_label("Target", exact=True).fill("left")
    form.get_by_role("button", name="Register", exact=True).click()
    expect(form.get_by_text("from-files/1 is registered.")).to_be_visible()
    package = registry.package("from-files/1")
    assert {file.path for file in package.files} == {"custom.py", "model.joblib"}
    assert package.format == "custom_code"


def test_a_file_that_vanishes_and_rows_that_are_dropped(
    notebook: Callable[..., Notebook], page: Page, registry: Registry, tmp_path: Path
) -> None:
    rows = visits(400, 0)[["age", "income", "left"]]
    package = registry.register(
        "dropped-rows", as_code(churn_model()), target="left", training=rows, progress=False
    )
    deployment = package.deploy("dropped-rows", association_id_column="visit")
    opened = notebook([PREPARE, "PredictPanel('dropped-rows')"])
    opened.run(0)
    panel = opened.run(1)
    panel.get_by_role("button", name="This computer").click()
    area = panel.get_by_role("group", name="File")

    gone = tmp_path / "gone.csv"
    gone.write_bytes(b"age,income\n" + b"1.5,2.5\n" * 1_000_000)
    _slowly(page, 150)
    _choose(page, area, "Choose a file…", gone)
    expect(area.get_by_role("progressbar")).to_be_visible()
    gone.unlink()
    expect(area.get_by_role("alert")).to_contain_text("gone.csv cannot be read: it")
    _slowly(page, 0)

    csv = visits(30, 5).drop(columns=["left", "amount", "choice"]).to_csv(index=False)
    area.evaluate(DROP, {"a.csv": csv, "b.csv": csv})
    expect(area.get_by_role("alert")).to_contain_text("These are several files. Choose one.")
    area.evaluate(DROP, {"april.csv": csv})
    expect(panel.get_by_text("april.csv: 30 rows, 4 columns.")).to_be_visible()
    expect(area.get_by_role("alert")).to_be_hidden()

    # the page is loaded again: the widget goes on with what the kernel has
    opened.save()
    opened.open()
    panel = opened.shown(1)
    expect(panel.get_by_text("april.csv: 30 rows, 4 columns.")).to_be_visible()
    expect(panel.get_by_role("listitem")).to_contain_text(["april.csv"])
    panel.get_by_role("button", name="Predict", exact=True).click()
    expect(panel.get_by_text("30 predictions, recorded.")).to_be_visible()
    assert deployment.refresh().rows_predicted == 30

    # loaded again while a file is coming: it is said, and something else can be chosen
    gone.write_bytes(b"age,income\n" + b"1.5,2.5\n" * 1_000_000)
    _slowly(page, 300)
    _choose(page, panel.get_by_role("group", name="File"), "Choose a file…", gone)
    expect(panel.get_by_role("progressbar", name="File: progress")).to_be_visible()
    opened.open()
    panel = opened.shown(1)
    expect(panel.get_by_text("from another page or one that was closed")).to_be_visible()
    panel.get_by_role("group", name="File").evaluate(DROP, {"may.csv": csv})
    expect(panel.get_by_text("may.csv: 30 rows, 4 columns.")).to_be_visible()


def _choose(page: Page, area: Locator, button: str, path: Path) -> None:
    """Press a button by keyboard and choose what is there."""
    with page.expect_file_chooser() as choosing:
        area.get_by_role("button", name=button).focus()
        page.keyboard.press("Enter")
    choosing.value.set_files(path)


def _slowly(page: Page, milliseconds: int) -> None:
    """Have each piece of a file take so long to be read in the browser."""
    page.evaluate(
        """pause => {
          const read = window.plainRead ??= Blob.prototype.arrayBuffer;
          Blob.prototype.arrayBuffer = async function () {
            if (pause) await new Promise(done => setTimeout(done, pause));
            return read.call(this);
          };
        }""",
        milliseconds,
    )


def _complaints(page: Any) -> list[str]:
    """What axe has to say of the areas for files."""
    rules: dict[str, Any] = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa"]}}
    found = Axe().run(page, context={"include": [[".jr-drop"]]}, options=rules).response
    return [
        f"{rule['id']}: {node['html'][:200]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]

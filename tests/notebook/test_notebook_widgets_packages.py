"""`RegistryBrowser`, `PackageCard` and `PackageForm` against a real server."""

from __future__ import annotations

import copy
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

from jupyter_registry.client import Registry
from jupyter_registry.client.progress import Step
from jupyter_registry.notebook import PackageCard, PackageForm, RegistryBrowser
from jupyter_registry.notebook.widgets.packages import ROWS
from tests.notebook import browser_sends


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"age": random.normal(45, 10, 300), "income": random.normal(50, 10, 300)})
    frame["left"] = np.where(frame["age"] + random.normal(0, 8, 300) > 45, "yes", "no")
    return frame


@pytest.fixture
def model(frame: pd.DataFrame) -> LogisticRegression:
    return LogisticRegression().fit(frame[["age", "income"]], frame["left"])


def external(registry: Registry, name: str, **more: Any) -> Any:
    return registry.register(
        name, target="left", target_type="binary", class_labels=["no", "yes"], progress=False,
        **more,
    )  # fmt: skip


# --- the browser ----------------------------------------------------------------------------


def test_browser_reads_only_the_pages_that_are_looked_at(registry: Registry, name: str) -> None:
    for n in range(3 * ROWS + 2):
        registry.connection.call(
            "POST",
            "/packages",
            json={
                "name": f"{name}-p{n:02}", "kind": "external", "target_name": "income",
                "target_type": "regression", "tags": {"set": name},
            },
        )  # fmt: skip
    asked: list[str] = []
    plain = registry.connection.get

    def counted(path: str, params: Any = None) -> Any:
        asked.append(path)
        return plain(path, params)

    registry.connection.get = counted  # type: ignore[method-assign]
    try:
        browser = RegistryBrowser(registry)
        assert asked == ["/packages"]
        browser.tag.value = f"set:{name}"
        browser.sorts["Package"].click()
        shown = [package.name for package in browser.packages]
        assert shown == [f"{name}-p{n:02}" for n in range(ROWS)]
        asked.clear()
        browser.later.click()
        browser.later.click()
        assert asked == []  # a request brings a few pages
        browser.later.click()
        assert asked == ["/packages"]
        assert len(browser.packages) == 2
        assert browser.later.disabled
        browser.earlier.click()
        assert browser.packages[0].name == f"{name}-p{2 * ROWS:02}"
    finally:
        del registry.connection.get  # type: ignore[attr-defined]


def test_browser_filters_and_sorts(registry: Registry, name: str, frame: pd.DataFrame) -> None:
    external(registry, f"{name}-a")
    external(registry, f"{name}-b").archive()
    other = LinearRegression().fit(frame[["age"]], frame["income"])
    registry.register(f"{name}-c", other, target="income", training=frame[["age", "income"]],
                      progress=False).deploy(f"{name}-c")  # fmt: skip
    browser = RegistryBrowser(registry)

    def found() -> set[str]:
        return {package.name.removeprefix(f"{name}-") for package in browser.packages}

    browser.search.value = name
    assert found() == {"a", "c"}
    browser.archived.value = True
    assert found() == {"a", "b", "c"}
    browser.kind.value = "custom"
    assert found() == {"c"}
    browser.kind.value = ""
    browser.target_type.value = "binary"
    assert found() == {"a", "b"}
    browser.target_type.value = ""
    browser.deployed.value = "deployed"
    assert found() == {"c"}
    browser.deployed.value = ""
    browser.search.value = "no-such-package"
    assert found() == set()
    assert "No package fits" in browser._place.value
    assert "There are none" in browser.static_html()


def test_browser_says_that_the_server_is_away() -> None:
    browser = RegistryBrowser(Registry("http://127.0.0.1:9/", "x"))
    assert "Cannot connect" in browser.notice.value
    assert "Cannot connect" in browser.static_html()


# --- the card -------------------------------------------------------------------------------


def test_card_tags_aliases_archive_and_compare(registry: Registry, name: str) -> None:
    one = external(registry, name, signature={"age": "number"})
    two = external(registry, name, signature={"age": "number?", "region": "string"})
    browser = RegistryBrowser(registry)
    browser.search.value = name
    browser._names[0].click()
    card = browser.card
    assert card is not None
    assert card.package is not None
    assert card.package.id == two.id

    card.tags.click()
    panel = card._drawer.children[0]
    panel.children[1].input.value = "team: risk\nreviewed"
    panel.children[2].children[0].click()
    assert registry.package_by_id(two.id).tags == {"team": "risk", "reviewed": ""}

    card.aliases.click()
    panel = card._drawer.children[0]
    panel.children[2].children[0].click()
    assert "An alias needs a name." in panel.children[1]._note.value
    panel.children[1].input.value = "@champion"
    panel.children[2].children[0].click()
    assert registry.package(f"{name}@champion").id == two.id
    assert "@champion" in card._heading.value

    card.compare.click()
    card.chooser.choose(one.id)
    assert "number, nullable" in card.comparison.value
    assert "region" in card.comparison.value

    card.archive.click()
    assert registry.package_by_id(two.id).archived_at is None
    card._archiving.children[1].click()
    assert registry.package_by_id(two.id).archived_at is not None
    assert card.deploy.disabled
    card.restore.click()
    assert registry.package_by_id(two.id).archived_at is None
    card.archive.click()
    card._archiving.children[1].click()
    browser.back()
    assert [package.id for package in browser.packages] == [one.id]


def test_card_of_what_does_not_exist(registry: Registry) -> None:
    card = PackageCard("no-such-package", registry)
    assert "Package not found" in card.notice.value


# --- the form -------------------------------------------------------------------------------


def test_form_prefills_and_registers_an_object(
    registry: Registry, name: str, shell: Any, frame: pd.DataFrame, model: Any
) -> None:
    shell.user_ns.update(train=frame, held=frame.head(100), model=model)
    form = PackageForm(registry=registry)
    fields = form.fields
    assert fields["object"].value == "model"
    assert fields["class_labels"].value == "no, yes"
    fields["training"].input.value = "train"
    fields["holdout"].input.value = "held"
    assert fields["target"].value == "left"
    assert fields["target_type"].value == "binary"
    assert fields["signature"].value == "age: number\nincome: number"
    form.register.click()
    assert "A package needs a name." in fields["name"]._note.value
    fields["name"].input.value = name
    fields["positive_class"].input.value = "no"
    fields["aliases"].input.value = "champion, @first"
    form.register.click()
    form.wait(60)
    assert form.package is not None, form.notice.value
    package = registry.package(name)
    assert package.positive_class == "no"
    assert package.class_labels == ["no", "yes"]
    assert sorted(package.aliases) == ["champion", "first"]
    assert package.baseline is not None
    assert package.baseline["metrics"]["auc"]["n"] == 100
    assert name in form.static_html()


def test_the_object_given_is_chosen(registry: Registry, shell: Any, model: Any) -> None:
    another, third = copy.copy(model), copy.copy(model)
    shell.user_ns.update(another=another, model=model)
    for given in (another, model, third):
        assert PackageForm(given, registry).fields.model() is given


def test_form_keeps_what_was_typed(
    registry: Registry, name: str, shell: Any, frame: pd.DataFrame, model: Any
) -> None:
    form = PackageForm(model, registry)
    form.fields["signature"].input.value = "age: number?\nincome: number"
    shell.user_ns.update(train=frame)
    form._again.click()
    form.fields["training"].input.value = "train"
    assert form.fields["signature"].value == "age: number?\nincome: number"
    form.fields["name"].input.value = name
    form.register.click()
    form.wait(60)
    assert form.package is not None, form.notice.value
    assert registry.package(name).signature[0]["nullable"]


def test_form_puts_the_servers_complaints_beside_the_fields(
    registry: Registry, name: str, shell: Any, frame: pd.DataFrame, model: Any
) -> None:
    form = PackageForm(model, registry)
    fields = form.fields
    fields["name"].input.value = "*"
    fields["signature"].input.value = "age number"
    form.register.click()
    assert "3 fields" in form.notice.value
    assert "letters, digits" in fields["name"]._note.value
    assert "A target needs a name." in fields["target"]._note.value
    fields["name"].input.value = name
    fields["target"].input.value = "left"
    form.register.click()
    assert "Line 1 of the signature" in fields["signature"]._note.value
    fields["signature"].input.value = ""
    fields["class_labels"].input.value = "no, no"
    form.register.click()
    form.wait(60)
    assert "Class labels repeat" in fields["class_labels"]._note.value
    fields["class_labels"].input.value = ""
    shell.user_ns.update(other=frame[["age", "left"]])
    form._again.click()
    fields["training"].input.value = "other"
    assert "lacks columns" in fields["training"]._note.value


def test_form_names_all_that_is_missing_at_once(
    registry: Registry, name: str, shell: Any, frame: pd.DataFrame
) -> None:
    def wrong() -> dict[str, str]:
        notes = {key: field._note.value for key, field in form.fields.items()}
        return {key: note for key, note in notes.items() if "jr-wrong" in note}

    form = PackageForm(registry=registry)
    fields = form.fields
    form.register.click()
    assert list(wrong()) == ["name", "object", "target"]
    assert "A package needs a name." in wrong()["name"]
    assert "Choose a fitted model." in wrong()["object"]
    assert "A target needs a name." in wrong()["target"]
    assert "3 fields are missing or not understood: Name, Object, Target." in form.notice.value
    # one voice beside the notice's, not three
    assert sum('role="alert"' in note for note in wrong().values()) == 1
    fields.source.value = "path"
    fields["target"].input.value = "left"
    form.register.click()
    assert list(wrong()) == ["name", "path"]
    fields.source.value = "upload"
    fields["target_type"].input.value = "anomaly"
    fields["name"].input.value = name
    fields["target"].input.value = ""  # an anomaly's needs no name
    form.register.click()
    assert list(wrong()) == ["upload"]
    assert "Choose files or a folder." in form.notice.value

    external = form = PackageForm(registry=registry)
    fields = form.fields
    fields.kind.value = "external"
    form.register.click()
    assert list(wrong()) == ["name", "target", "target_type"]
    fields["target_type"].input.value = "binary"
    form.register.click()
    assert list(wrong()) == ["name", "target", "class_labels"]
    fields["name"].input.value, fields["target"].input.value = name, "left"
    fields["class_labels"].input.value = "no, yes"
    form.register.click()
    external.wait(60)
    assert external.package is not None, external.notice.value
    assert wrong() == {}


def test_form_uploads_a_path_and_can_be_stopped(
    registry: Registry, name: str, shell: Any, model: Any, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    import joblib

    folder = tmp_path / "model"
    folder.mkdir()
    joblib.dump(model, folder / "model.joblib")
    (folder / "notes.txt").write_bytes(b"x" * 6_000_000)
    form = PackageForm(folder, registry)
    assert "2 files, 6.0 MB" in form.fields["path"].hint
    form.fields["name"].input.value = name
    form.fields["target"].input.value = "left"
    sent: list[Step] = []
    under_way, go_on = threading.Event(), threading.Event()
    plain = Registry.register

    def slow(self: Any, *given: Any, progress: Any, **said: Any) -> Any:
        def held(step: Step) -> None:
            if step.what == "Upload" and step.done:
                sent.append(step)
                under_way.set()
                go_on.wait(20)
            progress(step)

        return plain(self, *given, progress=held, **said)

    monkeypatch.setattr(Registry, "register", slow)
    form.register.click()
    assert under_way.wait(30)
    form.cancel.click()
    go_on.set()
    form.wait(60)
    assert "Stopped; nothing was registered." in form.notice.value
    assert sent[0].total > 6_000_000
    assert 0 < sent[0].done == sent[-1].done < 2_000_000
    assert not registry.packages(name=name)
    assert not form.register.disabled
    form.register.click()
    form.wait(60)
    assert form.package is not None, form.notice.value
    assert {file.path for file in form.package.files} == {"model.joblib", "notes.txt"}


def test_form_takes_a_folder_with_code(
    registry: Registry, name: str, shell: Any, model: Any, tmp_path: Path
) -> None:
    import joblib

    folder = tmp_path / "model"
    folder.mkdir()
    joblib.dump(model, folder / "model.joblib")
    (folder / "custom.py").write_text("def post_process(data): return data\n")
    form = PackageForm(folder, registry)
    form.fields["name"].input.value = name
    form.fields["target"].input.value = "left"
    form.register.click()
    form.wait(60)
    assert "custom.py, line 1: post_process takes data;" in form.notice.value
    assert not registry.packages(name=name)
    (folder / "custom.py").write_text("def post_process(predictions, model): return predictions\n")
    form.register.click()
    form.wait(60)
    assert form.package is not None, form.notice.value
    assert form.package.format == "custom_code"
    assert form.package.class_labels == ["no", "yes"]
    form = PackageForm(registry=registry)
    form.fields.source.buttons["upload"].value = True
    sent = {f"model/{p.name}": p.read_bytes() for p in sorted(folder.iterdir()) if p.is_file()}
    browser_sends.send(form.fields["upload"].input, sent)
    assert form.fields["upload"].input.n_files == 2
    form.fields["name"].input.value = name
    form.fields["target"].input.value = "left"
    form.register.click()
    form.wait(60)
    assert form.package is not None, form.notice.value
    assert form.package.version == 2
    assert form.package.format == "custom_code"
    form.fields["upload"].input.clear()


def test_form_takes_a_file_from_the_browser(
    registry: Registry, name: str, shell: Any, model: Any, tmp_path: Path
) -> None:
    import joblib

    joblib.dump(model, tmp_path / "m.joblib")
    content = (tmp_path / "m.joblib").read_bytes()
    form = PackageForm(registry=registry)
    form.fields.source.buttons["upload"].value = True
    assert form.fields["path"].layout.display == "none"
    drop, half = form.fields["upload"].input, len(content) // 2
    form.fields["name"].input.value = name
    form.fields["target"].input.value = "left"
    transfer = browser_sends.begin(drop, {"m.joblib": len(content)})
    browser_sends.piece(drop, transfer, 0, 0, content[:half])
    form.register.click()
    assert "The files are still coming" in form.fields["upload"]._note.value
    assert 'role="alert"' in form.notice.value
    assert not form.register.disabled
    browser_sends.piece(drop, transfer, 0, half, content[half:])
    assert "of any size" in form.fields["upload"]._note.value
    assert form.notice.value == ""
    folder = drop.folder
    form.register.click()
    browser_sends.tell(drop, {"do": "remove"})  # what is registered stays while it is needed
    form.wait(60)
    assert form.package is not None, form.notice.value
    assert [file.path for file in form.package.files] == ["m.joblib"]
    assert not folder.exists()
    form._back()
    form.register.click()
    form.wait(60)
    assert 'role="alert"' in form.fields["upload"]._note.value
    browser_sends.send(drop, {"m.joblib": content, ".notes": b"mine"})
    assert "Left out: .notes." in form.fields["upload"]._note.value
    browser_sends.send(drop, {"model/.notes": b"mine"})
    assert "has no files that can be uploaded" in form.fields["upload"]._note.value
    drop.clear()


def test_form_of_an_external_package(
    registry: Registry, name: str, shell: Any, frame: pd.DataFrame
) -> None:
    scored = frame.assign(score=np.where(frame["left"] == "yes", 0.8, 0.3))
    shell.user_ns.update(scored=scored)
    form = PackageForm(registry=registry)
    assert form.fields.kind.buttons["native"].disabled
    form.fields.kind.buttons["external"].value = True
    fields = form.fields
    assert fields["object"].layout.display == "none"
    fields["name"].input.value = name
    fields["location"].input.value = "https://models.example/left"
    fields["holdout"].input.value = "scored"
    fields["target"].input.value = "left"
    assert fields["class_labels"].value == "no, yes"
    fields["predictions"].input.value = "score"
    form.register.click()
    form.wait(60)
    package = registry.package(name)
    assert package.kind == "external"
    assert package.location == "https://models.example/left"
    assert package.baseline is not None
    assert package.baseline["metrics"]["auc"]["value"] == pytest.approx(1.0)

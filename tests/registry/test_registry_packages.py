"""Packages: registered from uploads or descriptions, read, changed, archived, deleted."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest
from pydantic import ValidationError
from sqlalchemy import func, select

from jupyter_registry.domain.entities import PackageCreate, PackageUpdate
from jupyter_registry.domain.errors import (
    InvalidInput,
    NotFound,
    PackageArchived,
    PackageNotFound,
    StillReferenced,
    UploadNotFound,
)
from jupyter_registry.domain.kinds import TargetType
from jupyter_registry.registry import models, packages, uploads, validation
from jupyter_registry.store.artifacts import ArtifactStore
from jupyter_registry.store.database import Database
from jupyter_registry.store.tables import ModelPackage, RegisteredModel, Upload


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_a_custom_package_has_its_upload_s_files(
    database: Database, artifacts: ArtifactStore, register
) -> None:
    package = register(
        files={"model.skops": b"model", "code/helper.py": b"helper"},
        signature=[{"name": "age", "dtype": "number"}],
        description="first",
        tags={"team": "risk", "reviewed": ""},
        aliases=["champion", "champion"],
        baseline={"metrics": {"auc": {"value": 0.8, "n": 10}}},
        provenance={"python": "3.11"},
        input_example=[{"age": 3.5}],
        format="skops",
    )
    assert (package.name, package.version, package.kind) == ("churn", 1, "custom")
    assert package.created_by == "ada"
    assert package.created_at.tzinfo is not None
    assert [file.path for file in package.files] == ["code/helper.py", "model.skops"]
    assert package.size == 11
    listing = f"{sha(b'helper')}  code/helper.py\n{sha(b'model')}  model.skops\n"
    assert package.digest == sha(listing.encode())
    assert package.signature == [{"name": "age", "dtype": "number", "nullable": False}]
    assert package.tags == {"reviewed": "", "team": "risk"}
    assert package.aliases == ["champion"]
    assert package.baseline == {"metrics": {"auc": {"value": 0.8, "n": 10}}}
    assert package.input_example == [{"age": 3.5}]
    assert (package.positive_class, package.prediction_threshold) == ("yes", 0.5)
    assert package.deployments == []
    assert not package.deployed
    made = package.model_dump()
    assert made.pop("warnings") == [
        "No file looks like skops, so it will hardly load when it is deployed."
    ]
    assert packages.get(database, package.id).model_dump() == made
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Upload)) == 0
    file, chunks = packages.read_file(database, artifacts, package.id, "code/helper.py")
    assert (file.size, b"".join(chunks)) == (6, b"helper")
    with pytest.raises(NotFound, match=r"Did you mean 'model\.skops'"):
        packages.read_file(database, artifacts, package.id, "model.skop")


def test_target_and_signature_of_a_package(register) -> None:
    package = register(positive_class="no", prediction_threshold=0.3, signature=[])
    target = packages.target_of(package)
    assert (target.type, target.positive_index, target.threshold) == (TargetType.BINARY, 0, 0.3)
    assert len(packages.signature_of(package)) == 0


@pytest.mark.parametrize(
    ("fields", "culprit"),
    [
        ({"target_name": " "}, "target_name"),
        ({"target_name": "x" * 501}, "target_name"),
        ({"class_labels": ["a"]}, "class_labels"),
        ({"class_labels": ["a", "a"]}, "class_labels"),
        ({"positive_class": "maybe"}, "positive_class"),
        ({"prediction_threshold": 1.5}, "prediction_threshold"),
        ({"target_type": "multiclass", "class_labels": ["a", "b"]}, "class_labels"),
        (
            {"target_type": "regression", "class_labels": [], "prediction_threshold": 0.5},
            "prediction_threshold",
        ),
        ({"signature": [{"name": "a", "dtype": "float"}]}, "signature.0"),
        ({"signature": [{"name": "a", "dtype": "number"}] * 2}, "signature"),
        ({"aliases": ["latest"]}, "aliases"),
        ({"tags": {"a:b": "c"}}, "tags"),
        ({"tags": {str(i): "" for i in range(101)}}, "tags"),
        ({"tags": {"a": "\0"}}, "tags.a"),
        ({"input_example": [{}] * 21}, "input_example"),
        ({"baseline": {"auc": float("nan")}}, "baseline"),
        ({"description": "\0"}, "description"),
        ({"location": "x" * 2001}, "location"),
        ({"upload": "0" * 32}, "upload"),
        ({"kind": "custom"}, "upload"),
        ({"kind": "native"}, "upload"),
    ],
)
def test_what_cannot_be_registered_names_the_field(
    database: Database, register, fields: dict, culprit: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        register(**fields)
    assert culprit in caught.value.fields
    assert caught.value.advice
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(RegisteredModel)) == 0


@pytest.mark.parametrize(
    ("body", "path", "message"),
    [
        ({"name": "a/b"}, "name", "letters, digits"),
        ({"name": ".hidden"}, "name", "letters, digits"),
        ({"aliases": ["1"]}, "aliases.0", "start with a letter"),
        ({"kind": "other"}, "kind", "'native', 'custom' or 'external'"),
        ({"colour": "red"}, "colour", "unknown field"),
        ({"target_name": None}, "target_name", "string"),
        ({"description": "\ud800"}, "description", "unicode"),
    ],
)
def test_pydantic_s_errors_say_what_is_allowed(body: dict, path: str, message: str) -> None:
    whole = {"name": "m", "kind": "external", "target_name": "y", "target_type": "regression"}
    with pytest.raises(ValidationError) as caught:
        PackageCreate.model_validate(whole | body)
    refused = validation.invalid_input(caught.value)
    assert message in refused.fields[path]
    assert path in refused.detail
    with pytest.raises(ValidationError) as caught:
        PackageCreate.model_validate({})
    assert validation.invalid_input(caught.value).fields["name"] == "missing"


def test_an_empty_upload_is_refused_and_stays(database: Database, register) -> None:
    empty = uploads.create(database, "ada")
    with pytest.raises(InvalidInput, match="no files"):
        register(kind="custom", upload=empty.id)
    assert uploads.get(database, empty.id).files == []


def test_an_upload_becomes_one_package_only(register, upload) -> None:
    used = upload({"m": b"1"})
    register(kind="custom", upload=used)
    with pytest.raises(UploadNotFound):
        register(kind="custom", upload=used)


def test_versions_are_never_given_again(
    database: Database, artifacts: ArtifactStore, register
) -> None:
    assert [register().version for _ in range(3)] == [1, 2, 3]
    packages.remove(database, artifacts, packages.find(database, "churn").id)
    assert register().version == 4


def test_a_failed_registration_takes_no_version(register) -> None:
    register()
    with pytest.raises(UploadNotFound):
        register(kind="custom", upload="0" * 32)
    assert register().version == 2


def test_twenty_threads_get_versions_without_gaps(database: Database, register) -> None:
    versions: list[int] = []
    problems: list[BaseException] = []

    def one() -> None:
        try:
            versions.append(register(name="raced", aliases=["champion"], tags={"a": "b"}).version)
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=one) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert sorted(versions) == list(range(1, 21))
    with database.read() as session:
        last = session.scalars(select(ModelPackage.version).order_by(ModelPackage.id)).all()
    assert models.get(database, "raced").aliases == {"champion": last[-1]}


#: Forks processes that have all that registering imports, and no connection yet.
_REGISTER = """
import os, sys
from jupyter_registry.domain.entities import PackageCreate
from jupyter_registry.registry import packages
from jupyter_registry.store.artifacts import ArtifactStore
from jupyter_registry.store.database import open_database
body = PackageCreate(name="raced", kind="external", target_name="y", target_type="regression")
children = []
for _ in range(4):
    child = os.fork()
    if not child:
        database, artifacts = open_database(sys.argv[1]), ArtifactStore(sys.argv[2])
        for _ in range(5):
            made = packages.register(database, artifacts, body, "ada")
            os.write(1, f"{made.version}\\n".encode())
        database.close()
        sys.exit()
    children.append(child)
sys.exit(any([os.waitpid(child, 0)[1] for child in children]))
"""


def test_four_processes_get_versions_without_gaps(
    database: Database, artifacts: ArtifactStore, migrated_url: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _REGISTER, migrated_url, artifacts.url],
        capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert sorted(int(word) for word in done.stdout.split()) == list(range(1, 21))


def test_find_by_version_latest_and_alias(database: Database, register) -> None:
    first, second, third = (register() for _ in range(3))
    models.set_alias(database, "churn", "champion", 2)
    assert packages.find(database, "churn").id == third.id
    assert packages.find(database, "churn", "latest").id == third.id
    assert packages.find(database, "churn", 1).id == first.id
    assert packages.find(database, "churn", "2").id == second.id
    assert packages.find(database, "churn", "champion").id == second.id
    packages.update(database, third.id, PackageUpdate(archived=True))
    assert packages.find(database, "churn").id == second.id
    assert packages.find(database, "churn", 3).archived_at is not None


@pytest.mark.parametrize("reference", ["4", "0", "9" * 40, "champoin", "@", "", "\0", "²"])
def test_find_what_is_not_there(database: Database, register, reference: str) -> None:
    register(aliases=["champion"])
    with pytest.raises((PackageNotFound, InvalidInput)) as caught:
        packages.find(database, "churn", reference)
    if reference == "champoin":
        assert caught.value.advice == "Did you mean 'champion'?"
    with pytest.raises(PackageNotFound, match="Did you mean 'churn'"):
        packages.find(database, "chrun")


@pytest.mark.parametrize("package_id", [0, -1, 99, 2**31, 2**70])
def test_get_what_is_not_there(
    database: Database, artifacts: ArtifactStore, package_id: int
) -> None:
    for use in (
        lambda: packages.get(database, package_id),
        lambda: packages.update(database, package_id, PackageUpdate()),
        lambda: packages.remove(database, artifacts, package_id),
    ):
        with pytest.raises(PackageNotFound):
            use()


def test_update_changes_only_what_is_given(database: Database, register) -> None:
    package = register(description="before", tags={"a": "1", "b": "2"})
    changed = packages.update(database, package.id, PackageUpdate(description="after"))
    assert (changed.description, changed.tags) == ("after", {"a": "1", "b": "2"})
    changed = packages.update(database, package.id, PackageUpdate(tags={"b": "3", "c": ""}))
    assert (changed.description, changed.tags) == ("after", {"b": "3", "c": ""})
    changed = packages.update(database, package.id, PackageUpdate(archived=True))
    archived_at = changed.archived_at
    assert archived_at is not None
    again = packages.update(database, package.id, PackageUpdate(archived=True))
    assert again.archived_at == archived_at
    restored = packages.update(database, package.id, PackageUpdate(archived=False, tags={}))
    assert (restored.archived_at, restored.tags) == (None, {})
    with pytest.raises(InvalidInput):
        packages.update(database, package.id, PackageUpdate(tags={"a:b": ""}))


def test_delete_removes_files_that_no_other_package_has(
    database: Database,
    artifacts: ArtifactStore,
    register,
    stored_files: Callable[[], list[str]],
) -> None:
    first = register(files={"m": b"shared", "own": b"first's own"}, aliases=["champion"])
    second = register(files={"m": b"shared"}, tags={"a": "b"})
    packages.remove(database, artifacts, first.id)
    assert stored_files() == [sha(b"shared")]
    with pytest.raises(PackageNotFound):
        packages.get(database, first.id)
    assert models.get(database, "churn").aliases == {}
    packages.remove(database, artifacts, second.id)
    assert stored_files() == []
    assert models.get(database, "churn").latest_version is None


@pytest.mark.parametrize("state", ["active", "inactive", "archived"])
def test_what_a_deployment_refers_to_is_not_deleted(
    database: Database,
    artifacts: ArtifactStore,
    register,
    deploy,
    state: str,
    stored_files: Callable[[], list[str]],
) -> None:
    from jupyter_registry.store.tables import Deployment

    was, champion = register(files={"m": b"1"}), register(files={"m": b"2"})
    deployment_id = deploy(was.id, "churn in production", state)
    with database.write() as session:
        session.get_one(Deployment, deployment_id).package_id = champion.id
    for package in (was, champion):
        with pytest.raises(StillReferenced) as caught:
            packages.remove(database, artifacts, package.id)
        assert caught.value.fields == {"deployments": ["churn in production"]}
    with pytest.raises(StillReferenced):
        models.remove(database, artifacts, "churn")
    assert len(stored_files()) == 2
    found = packages.get(database, champion.id)
    assert found.deployments == [
        {"id": deployment_id, "label": "churn in production", "state": state, "champion": True}
    ]
    assert found.deployed is (state != "archived")
    assert not packages.get(database, was.id).deployed


def test_registered_models(database: Database, artifacts: ArtifactStore, register) -> None:
    from jupyter_registry.domain.entities import ModelUpdate

    register("churn", files={"m": b"1"})
    register("churn", aliases=["champion"], user="bob")
    register("delay")
    model = models.get(database, "churn")
    assert (model.latest_version, model.aliases, model.created_by) == (2, {"champion": 2}, "ada")
    changed = models.update(database, "churn", ModelUpdate(description="Who leaves, and why"))
    assert changed.description == "Who leaves, and why"
    assert changed.updated_at > model.updated_at
    page = models.search_models(database)
    assert [item["name"] for item in page["items"]] == ["churn", "delay"]
    json.dumps(page)
    assert [i["name"] for i in models.search_models(database, "LEAVES why")["items"]] == ["churn"]
    assert models.search_models(database, "100%")["items"] == []
    models.remove(database, artifacts, "churn")
    assert list(artifacts.hashes()) == []
    with pytest.raises(PackageNotFound):
        models.get(database, "churn")
    for use in (
        lambda: models.remove(database, artifacts, "churn"),
        lambda: models.update(database, "churn", ModelUpdate()),
        lambda: models.set_alias(database, "churn", "a", 1),
    ):
        with pytest.raises(PackageNotFound):
            use()


def test_registered_models_are_found_in_any_case_of_any_script(
    database: Database, register
) -> None:
    from jupyter_registry.domain.entities import ModelUpdate

    register("churn")
    models.update(database, "churn", ModelUpdate(description="Übergänge je KUNDE"))
    for q in ("übergänge", "ÜBERGÄNGE kunde", "gÄng Churn"):
        assert [item["name"] for item in models.search_models(database, q)["items"]] == ["churn"]


def test_pages_of_registered_models(database: Database, register) -> None:
    names = sorted(f"m{i:02d}" for i in range(7))
    for name in names:
        register(name)
    got, cursor = [], None
    while True:
        page = models.search_models(database, limit=3, cursor=cursor)
        got += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert got == names
    with pytest.raises(InvalidInput):
        models.search_models(database, cursor="nonsense")


def test_aliases_move(database: Database, register) -> None:
    first, second = register(aliases=["champion"]), register()
    assert models.set_alias(database, "churn", "champion", 2).id == second.id
    assert packages.get(database, first.id).aliases == []
    register(aliases=["champion", "candidate"])
    assert models.get(database, "churn").aliases == {"candidate": 3, "champion": 3}
    models.remove_alias(database, "churn", "champion")
    assert models.get(database, "churn").aliases == {"candidate": 3}
    with pytest.raises(PackageNotFound, match="Did you mean 'candidate'"):
        models.remove_alias(database, "churn", "candidat")
    for alias in ("latest", "1", "a b", "", "ä", "a" * 101):
        with pytest.raises(InvalidInput) as caught:
            models.set_alias(database, "churn", alias, 1)
        assert "start with a letter" in caught.value.advice or "characters" in caught.value.detail
    with pytest.raises(PackageNotFound):
        models.set_alias(database, "churn", "a", 9)
    packages.update(database, second.id, PackageUpdate(archived=True))
    with pytest.raises(PackageArchived):
        models.set_alias(database, "churn", "champion", 2)

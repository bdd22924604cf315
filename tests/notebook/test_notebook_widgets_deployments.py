"""`DeployForm`, `ReplaceForm` and `DeploymentCard` against a real server."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

from jupyter_registry.client import Registry
from jupyter_registry.client.packages import Package
from jupyter_registry.domain.entities import ServicePeriod
from jupyter_registry.notebook import DeployForm, DeploymentCard, ReplaceForm
from jupyter_registry.notebook.widgets import deployment_html


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"age": random.normal(45, 10, 300), "income": random.normal(50, 10, 300)})
    frame["left"] = np.where(frame["age"] + random.normal(0, 8, 300) > 45, "yes", "no")
    return frame


@pytest.fixture(scope="module")
def packages(registry: Registry, frame: pd.DataFrame) -> list[Package]:
    """Two versions that suit each other, and a regression that does not: for all tests."""
    inputs = frame[["age", "income"]]
    made = [
        registry.register(
            "forms", LogisticRegression(C=c).fit(inputs, frame["left"]),
            target="left", training=frame, holdout=frame, progress=False,
        )
        for c in (1.0, 0.1)
    ]  # fmt: skip
    other = LinearRegression().fit(frame[["age"]], frame["income"])
    made.append(
        registry.register(
            "forms-income", other, target="income", training=frame[["age", "income"]],
            progress=False,
        )
    )  # fmt: skip
    return made


def test_deploy_form(registry: Registry, name: str, packages: list[Package]) -> None:
    done: list[Any] = []
    form = DeployForm("forms/1", registry, done.append)
    fields = form.fields
    assert fields["label"].value == "forms"
    fields["label"].input.value = " "
    form.deploy.click()
    assert "A deployment needs a label." in fields["label"]._note.value
    fields["label"].input.value = f"{name}-eu"
    fields["association_id_column"].input.value = "visit"
    fields["importance"].input.value = "high"
    fields["prediction_threshold"].input.value = 0.4
    form.deploy.click()
    form.wait(60)
    made = registry.deployment(f"{name}-eu")
    assert form.deployment is not None
    assert done == [form.deployment]
    assert (made.importance, made.association_id_column) == ("high", "visit")
    assert made.prediction_threshold == 0.4
    assert f"{name}-eu" in form.static_html()

    again = DeployForm("forms/1", registry)
    again.fields["label"].input.value = f"{name}-eu"
    again.deploy.click()
    again.wait(60)
    assert again.deployment is None
    assert "Already exists" in again.notice.value
    assert not again.deploy.disabled


def with_requirements(registry: Registry, name: str, folder: Path, lines: str) -> Any:
    """A model that doubles x, in a package that asks for its own libraries."""
    code = "class Model:\n    n_features_in_ = 1\n\n"
    code += "    def predict(self, x):\n        return x[:, 0] * 2\n\n\n"
    code += "def load_model(code_dir):\n    return Model()\n"
    (folder / "custom.py").write_text(code)
    (folder / "requirements.txt").write_text(lines)
    return registry.register(
        name, folder, target="y", target_type="regression", signature={"x": "number"},
        input_example=[{"x": 1.0}], progress=False,
    )  # fmt: skip


def test_deploy_form_shows_checks_then_builds_an_environment(
    registry: Registry, name: str, tmp_path: Path
) -> None:
    with_requirements(registry, name, tmp_path, "numpy<2.3\n")
    form = DeployForm(f"{name}/1", registry)
    form.fields["environment"].input.value = "package"
    form.deploy.click()
    form.wait(60)
    assert form.deployment is None
    assert "numpy is to be &lt;2.3, it was" in form._checks.value
    assert form.deploy.description == "Deploy all the same"
    form.deploy.click()
    form.wait(120)
    assert form.deployment is not None, form.notice.value
    assert form.deployment.environment == "package"
    assert "+ numpy==2.2" in form.build_log.text
    assert form.deployment.predict({"x": [4.0]}, progress=False)["prediction"] == [8.0]


def test_forms_of_what_does_not_exist(registry: Registry) -> None:
    assert "Package not found" in DeployForm("no-such", registry).notice.value
    assert "Deployment not found" in ReplaceForm("no-such", registry).notice.value
    assert "Deployment not found" in DeploymentCard("no-such", registry).notice.value


def test_replace_form_checks_before_anything_happens(
    registry: Registry, name: str, packages: list[Package]
) -> None:
    one, two, misfit = packages
    deployment = one.deploy(name)
    form = ReplaceForm(name, registry)
    assert form.check.disabled
    assert form.replace.disabled
    form.chooser.search.value = "forms"
    assert _offered(form) == [two.id]  # what predicts the same, but the champion
    form.chooser.alike.value = False
    assert _offered(form) == [misfit.id, two.id]

    form.chooser.choose(misfit.id)
    form.reason.value = "accuracy"
    assert form.replace.disabled  # not checked yet
    form.check.click()
    form.wait(60)
    failing = {check.name for check in form.checks if check.status == "failing"}
    assert failing == {"target_name", "target_type", "class_labels"}
    assert "jr-mark-failing" in form._checks.value
    assert form.replace.disabled
    assert "failing" in form.static_html()
    assert deployment.refresh().package_id == one.id

    form.chooser.choose(two.id)
    assert form.checks == []  # those of the other package say nothing of this one
    form.check.click()
    form.wait(60)
    assert not form.replace.disabled
    form.reason.value = ""
    assert form.replace.disabled
    form.reason.value = "scheduled_refresh"
    form.note.value = "quarterly"
    form.replace.click()
    form.wait(60)
    assert f"forms/2 is in service of {name}." in form.notice.value
    last = deployment.history()[-1]
    assert (last.package_id, last.reason, last.note) == (two.id, "scheduled_refresh", "quarterly")
    assert one.id in _offered(form)


def _offered(form: ReplaceForm) -> list[int]:
    return [value for _, value in form.chooser.list.options]


def test_replace_form_moves_a_champion_into_an_environment_built_for_it(
    registry: Registry, name: str, tmp_path: Path
) -> None:
    package = with_requirements(registry, name, tmp_path, "numpy<2.3\nsix\n")
    deployment = package.deploy(name)
    form = ReplaceForm(name, registry)
    libraries = form.fields["environment"].input
    assert libraries.value == "kernelspec"
    assert package.id not in _offered(form)
    libraries.value = "package"
    form.chooser.choose(package.id)
    form.reason.value = "other"
    form.check.click()
    assert libraries.disabled
    form.wait(120)
    assert not libraries.disabled
    assert "+ six==" in form.build_log.text
    (versions,) = [check for check in form.checks if check.name == "library_versions"]
    assert (versions.status, "numpy" in versions.message) == ("warning", True), versions
    assert "jr-mark-warning" in form._checks.value
    assert not form.replace.disabled
    libraries.value = "kernelspec"
    assert form.chooser.package is None  # it is what there is
    assert form.replace.disabled
    libraries.value = "package"
    form.chooser.choose(package.id)
    assert form.replace.disabled  # what was checked was chosen anew
    form.check.click()
    form.wait(60)
    form.replace.click()
    form.wait(60)
    assert f"{name}/1 is in service of {name}." in form.notice.value
    assert deployment.refresh().environment == "package"
    assert deployment.predict({"x": [4.0]}, progress=False)["prediction"] == [8.0]


def test_replace_form_moves_a_champion_into_another_kernelspec(
    registry: Registry, name: str, packages: list[Package]
) -> None:
    one, _, _ = packages
    deployment = one.deploy(name)
    form = ReplaceForm(name, registry)
    where = form.fields["kernelspec"].input
    assert where.value == ""
    form.reason.value = "other"
    where.value = "nowhere"
    form.chooser.choose(one.id)  # it is offered, as it would run elsewhere
    form.check.click()
    form.wait(60)
    assert "unknown: nowhere" in form.fields["kernelspec"]._note.value
    assert "There is no kernelspec" in form.notice.value
    assert form.replace.disabled
    where.value = "python3"
    form.chooser.choose(one.id)
    form.check.click()
    assert where.disabled
    form.wait(60)
    assert not where.disabled
    form.replace.click()
    form.wait(60)
    assert deployment.refresh().kernelspec == "python3"
    assert one.id not in _offered(form)
    again = ReplaceForm(name, registry).fields["kernelspec"].input
    assert (again.value, again.options) == ("python3", ("python3",))


def test_replace_form_shows_checks_that_fail_meanwhile(
    registry: Registry, name: str, packages: list[Package]
) -> None:
    one, two, _ = packages
    one.deploy(name)
    form = ReplaceForm(name, registry)
    form.chooser.choose(two.id)
    form.reason.value = "other"
    form.check.click()
    form.wait(60)
    two.archive()
    try:
        form.replace.click()
        form.wait(60)
    finally:
        two.restore()
    assert "Replacement refused" in form.notice.value
    assert "jr-mark-failing" in form._checks.value
    assert form.replace.disabled


def test_card_shows_and_changes_a_deployment(
    registry: Registry, name: str, packages: list[Package], frame: pd.DataFrame
) -> None:
    one, two, _ = packages
    deployment = one.deploy(name, association_id_column="visit")
    card = DeploymentCard(name, registry)
    assert "No accuracy yet" in card._figures.value
    assert card.roll_back.disabled
    rows = frame.assign(visit=[f"v{n}" for n in range(len(frame))])
    deployment.predict(rows, progress=False)
    deployment.actuals(
        rows.head(200), association_id_column="visit", value_column="left", progress=False
    )
    deployment.replace(two, "accuracy")
    card.again.click()
    for shown in ("300", "200", "100", "AUC", "baseline"):
        assert shown in card._figures.value
    assert card._timeline.value.count("jr-track") == 2
    assert "forms/2" in card._heading.value
    assert "forms/1" in card.static_html()

    card.roll_back.click()
    assert registry.deployment(name).package_id == two.id
    assert "Really replace forms/2 by forms/1?" in card._ask_back()
    card._roll_back()
    assert registry.deployment(name).package_id == one.id

    card.deactivate.click()
    card._deactivating.children[1].click()
    assert registry.deployment(name).state == "inactive"
    assert card._deactivating.layout.display == "none"
    card.activate.click()
    assert registry.deployment(name).state == "active"
    card.archive.click()
    card._archiving.children[1].click()
    assert registry.deployment(name).state == "archived"
    assert card.replace.disabled


def test_card_makes_a_key_that_opens_the_snippet(
    registry: Registry, name: str, packages: list[Package]
) -> None:
    packages[0].deploy(name)
    card = DeploymentCard(name, registry)
    card.create_key.click()
    card.key_name.value = "web shop"
    card.key_create.click()
    secret = card.key_shown.value.partition("<code>")[2].partition("</code>")[0]
    assert secret.startswith("jrk_")
    made = registry.deployment(name).keys()
    assert [key.name for key in made] == ["web shop"]

    package = registry.package_by_id(packages[0].id)
    parts = dict(deployment_html._predicting(card._known, package, registry.url, _address(card)))
    command = parts["Predict with curl"].replace("jrk_…", secret).replace("\\\n", " ")
    ran = subprocess.run([*shlex.split(command), "-sS"], capture_output=True, text=True)
    assert '"prediction"' in ran.stdout, ran
    card._close()
    assert card.key_shown.value == ""


def test_card_of_an_external_deployment_shows_how_to_report(registry: Registry, name: str) -> None:
    package = registry.register(
        name, target="left", target_type="binary", class_labels=["no", "yes"], progress=False
    )
    deployment = package.deploy(name)
    card = DeploymentCard(deployment)
    assert "Report in Python" in card._snippets.value
    code = dict(deployment_html._reporting(deployment, registry.url, _address(card)))
    compile(code["Report in Python"], "snippet", "exec")
    secret = deployment.create_key().key
    command = code["Report with curl"].replace("jrk_…", secret).replace("\\\n", " ")
    ran = subprocess.run([*shlex.split(command), "-sS"], capture_output=True, text=True)
    assert '"accepted": 1' in ran.stdout.replace('":1', '": 1'), ran


def test_timeline_counts_what_it_leaves_out() -> None:
    periods = [
        ServicePeriod(
            package_id=n, package=f"<m>/{n}", start=f"2026-01-{n + 1:02}T00:00:00Z",
            end=None if n == 9 else f"2026-01-{n + 2:02}T00:00:00Z",
        )
        for n in range(10)
    ]  # fmt: skip
    shown = deployment_html.timeline(periods)
    assert shown.count("jr-track") == 8
    assert "2 earlier" in shown
    assert "&lt;m&gt;/9" in shown
    assert shown.count("jr-now") == 1


def _address(card: DeploymentCard) -> str:
    known = card._known
    return f"{known._registry.url}jupyter-registry/api/v1/deployments/{known.label}"

"""The magics in a real kernel against a real server: the whole way, and outside models."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jupyter_registry.client import Registry


def described(kernel: Any, name: str) -> str:
    """A deployment of a model hosted elsewhere: quick to make."""
    kernel.ok(f"%register {name} --external --target left --type binary --labels no,yes")
    kernel.ok(f"%deploy {name} --as {name}-live --id visit")
    return f"{name}-live"


def test_the_whole_way_by_magics_alone(kernel: Any, registry: Registry, name: str) -> None:
    ran = kernel.ok(
        f"%register {name} model --target left --data held --holdout held --tag team:churn \\\n"
        "  --tag urgent --alias champion --description 'who leaves' --threshold 0.4"
    )
    assert ran.text == f"<Package {name}/1: custom, binary 'left'>"
    assert "<table>" in ran.result["text/html"]
    assert kernel.value("_.reference") == f"{name}/1"
    package = registry.package(name)
    assert package.tags == {"team": "churn", "urgent": ""}
    assert package.aliases == ["champion"]
    assert package.description == "who leaves"
    assert package.prediction_threshold == 0.4
    assert package.baseline is not None

    label = f"{name} / live"
    options = "--importance high --environment kernelspec --id visit"
    ran = kernel.ok(f'%deploy {name}@champion --as "{label}" {options}')
    assert ran.text == f"<Deployment {label!r}: {name}/1, active>"
    deployment = registry.deployment(label)
    assert (deployment.importance, deployment.association_id_column) == ("high", "visit")

    ran = kernel.ok(f'%predict "{label}" march -o scored --timestamp at --passthrough age,income')
    assert ran.stdout == "400 predictions in scored.\n"
    assert not ran.result
    same = (
        "np.allclose(scored.probability_yes, model.predict_proba(march[['age', 'income']])[:, 1])"
    )
    assert kernel.value(same) == "True"
    assert kernel.value("list(scored.columns)[-2:]") == "['age', 'income']"
    kernel.ok(f'few = %predict "{label}" "march.head(3).assign(visit=list(\'abc\'))"')
    assert kernel.value("few.association_id.tolist()") == "['a', 'b', 'c']"

    ran = kernel.ok(f'%actuals "{label}" march --id visit --value left')
    assert "400 matched" in ran.text

    ran = kernel.ok(f'weekly = %accuracy "{label}" --metric auc,log_loss --by week')
    (image,) = ran.displays
    assert image["image/png"].startswith("iVBOR")
    assert label in image["text/plain"]
    assert not ran.result
    assert kernel.value("weekly.metric_names") == "['auc', 'log_loss']"
    assert kernel.value("weekly.overall.n") == "400"
    ran = kernel.ok(f'%accuracy "{label}" --by day --from 2026-01-06 --to 2026-01-07 --no-plot')
    assert not ran.displays
    assert "2026-01-06" in ran.result["text/html"]
    assert kernel.value("_.overall.n") == "24"

    kernel.ok(f"%register {name} fitted(visits(300,9)) --target left --data held --holdout held")
    ran = kernel.ok(f'%replace "{label}" {name}/2 --dry-run')
    assert not json.loads(kernel.value("str(_.replaced).lower()"))
    why = '--reason data_drift --note "prices rose in May"'
    kernel.ok(f'%replace "{label}" {name}/2 {why} --kernelspec python3')
    period = registry.deployment(label).history()[-1]
    assert period.kernelspec == registry.deployment(label).kernelspec == "python3"
    assert (period.package, period.reason) == (f"{name}/2", "data_drift")
    assert period.note == "prices rose in May"
    ran = kernel.ok(f'%rollback "{label}" --note early')
    assert f"{name}/1 is in service" in ran.text
    assert registry.deployment(label).package == f"{name}/1"

    ran = kernel.ok(f"%deployments {name}")
    assert ran.text.splitlines()[1].startswith(f"{label}  {name}/1  custom  active ")
    assert f'<td style="text-align: left">{label}</td>' in ran.result["text/html"]


def test_outside_models_are_described_and_report(
    kernel: Any, registry: Registry, name: str
) -> None:
    kernel.ok(
        f"%register {name} --external --target left --type binary --labels no,yes "
        "--positive yes --location https://models.example/churn --environment 'R 4.4' "
    )
    package = registry.package(name)
    assert (package.kind, package.class_labels) == ("external", ["no", "yes"])
    assert (package.location, package.build_environment) == (
        "https://models.example/churn",
        "R 4.4",
    )
    kernel.ok(f"%deploy {name} --as {name}-outside")
    kernel.ok(
        "sent = march.assign(probability=model.predict_proba(march[['age', 'income']])[:, 1])"
    )
    assert "elsewhere" in kernel.fails(f"%predict {name}-outside march")
    ran = kernel.ok(
        f"%report {name}-outside sent[['visit','probability','at']] --id visit --timestamp at"
        if False
        else f"%report {name}-outside \"sent[['visit', 'probability', 'at']]\" "
        "--id visit --timestamp at"
    )
    assert "400 accepted" in ran.text
    ran = kernel.ok(
        f"%actuals {name}-outside march --association-id-column visit --value-column left"
    )
    assert "400 matched" in ran.text

    # after a replacement the one before can still be named
    kernel.ok(
        f"%register {name} --external --target left --type binary --labels no,yes "
        "--positive-class yes\n"
        f"%replace {name}-outside {name}/2 --reason other\n"
        "late = sent[['visit', 'probability']].head(10).assign(visit=list('abcdefghij'))"
    )
    kernel.ok(f"%report {name}-outside late --id visit --package {name}/1")
    deployment = registry.deployment(f"{name}-outside")
    first = deployment.accuracy(package=f"{name}/1").overall
    assert first is not None
    assert first.n_predicted == 410
    kernel.ok(f"%register {name}-other --external --target left --type binary --labels no,yes")
    told = kernel.fails(f"%report {name}-outside late --id visit --package {name}-other/1")
    assert "never in service" in told
    assert "--package" in told
    kernel.ok(f"%accuracy {name}-outside --metric accuracy")
    assert float(kernel.value("_.overall.metrics['accuracy'].value")) > 0.5


def test_lists_search_and_show(kernel: Any, name: str) -> None:
    label = described(kernel, name)
    kernel.ok(f"%register {name} model --target left --data held --alias next")

    def listed(line: str) -> list[str]:
        """The first column of a list, as a terminal shows it."""
        return [row.split()[0] for row in kernel.ok(line).text.splitlines()[1:]]

    assert listed(f"%registry list --name {name}") == [f"{name}/2", f"{name}/1"]
    assert len(listed(f"%registry search {name} left")) == 2
    assert listed(f"%registry search {name} --deployed") == [f"{name}/1"]
    assert listed(f"%registry models {name}") == [name]
    assert f"{name}/2" in kernel.ok(f"%registry show {name}@next").text
    assert f"{name}/1" in kernel.ok(f"%registry show {name}/1").text
    assert label in kernel.ok(f"%registry show --deployment {label}").text
    assert kernel.ok("%registry").text.startswith("package ")
    assert "Jupyter Registry" in kernel.ok("%registry info").result["text/html"]
    assert kernel.ok(f"%deployments {name} --state inactive").text == "There are no deployments."
    kernel.ok("%config RegistryMagics.page_size = 1")
    assert "There are none" not in kernel.ok("%registry list").result["text/html"]
    kernel.ok("%config RegistryMagics.page_size = 100")


def test_variables_and_expressions_are_expanded(kernel: Any, name: str, churn: str) -> None:
    kernel.ok(f"model_name, number = {name!r}, 1\ncolumns = {{'target': 'left'}}")
    kernel.ok(
        "%register $model_name --external --target {columns['target']} --type binary "
        "--labels {','.join(model.classes_)}"
    )
    kernel.ok("%deploy {model_name}/{number} --as {model_name.upper()}-{number + 1}")
    assert kernel.value("_.label") == f"{name.upper()}-2"
    kernel.ok("for part in ('a', 'b'):\n    %deploy $model_name --as {part}-{model_name}")
    rows = kernel.ok(f"%deployments {name}").text.splitlines()[1:]
    assert {row.split()[0] for row in rows} == {f"a-{name}", f"b-{name}", f"{name.upper()}-2"}
    ran = kernel.ok(
        "def first(frame, label):\n"
        "    answer = %predict $label frame\n"
        "    return answer\n"
        f"first(march.head(2), {churn!r}).shape"
    )
    assert ran.text.startswith("(2, ")


def test_values_can_be_assigned_and_silenced(kernel: Any, name: str) -> None:
    label = described(kernel, name)
    ran = kernel.ok(f"%deployments {name};")
    assert not ran.result
    kernel.ok(f"%deployments {name}")
    assert kernel.value("_[0].label") == label
    kernel.ok(f"listed = %deployments {name}")
    assert kernel.value("len(list(listed))") == "1"
    assert kernel.value(f"get_ipython().run_line_magic('deployments', '{name}')[0].label") == label


def test_figures_are_shown_as_the_user_configured(kernel: Any, name: str) -> None:
    label = described(kernel, name)
    kernel.ok("told = march.assign(prediction=model.predict(march[['age', 'income']]))")
    kernel.ok(f"%report {label} told --id visit --timestamp at\n%actuals {label} march --id visit")
    kernel.ok(
        "%matplotlib inline\n"
        "import matplotlib.pyplot\n"
        "%config InlineBackend.figure_formats = ['svg']"
    )
    (image,) = kernel.ok(f"%accuracy {label}").displays
    assert "image/png" not in image
    assert "<svg" in image["image/svg+xml"]
    kernel.ok("%config InlineBackend.figure_formats = ['png']\n%config RegistryMagics.plot = False")
    assert not kernel.ok(f"%accuracy {label}").displays
    assert kernel.ok(f"%accuracy {label} --plot").displays
    kernel.ok("%config RegistryMagics.plot = True")


def test_importances_are_given_in_the_line_or_by_a_variable(kernel: Any, name: str) -> None:
    def given(importance: str) -> str:
        kernel.ok(f"p = %register {name} model --target left --data held {importance}")
        return kernel.value("[p.baseline['features'][f]['importance'] for f in ('age', 'income')]")

    kernel.ok("mattering = pd.Series({'age': 1, 'income': 5})")
    assert given("--importance age=2,income=0.5") == "[1.0, 0.25]"
    assert given("--importance mattering") == "[0.2, 1.0]"
    assert given("--importance mattering --importance income=2") == "[0.5, 1.0]"
    line = f"%register {name} model --target left --data held --importance"
    assert "Did you mean 'age'?" in kernel.fails(f"{line} aeg=1")
    assert "no number from 0 on" in kernel.fails(f"{line} age=much")
    assert "neither feature=number nor a variable" in kernel.fails(f"{line} nothing")


def test_an_empty_deployment_is_said_to_be_empty(kernel: Any, name: str, churn: str) -> None:
    label = described(kernel, name)
    for magic, told in (
        ("accuracy", "No prediction was made in this time."),
        ("drift", "The package has no baseline: register it with training or holdout data."),
        ("health", "No request was counted."),
    ):
        ran = kernel.ok(f"%{magic} {label}")
        assert ran.stdout.startswith(f"No figure of {label} yet. ")
        assert told in ran.stdout
        assert told in ran.text
        assert told in ran.result["text/html"]
        assert ran.stderr == ""
        assert not ran.displays
        ran = kernel.ok(f"%{magic} {label} --no-plot --by day -o nothing_yet")
        assert ran.stdout.endswith(f" of {label} in nothing_yet.\n")
        assert ran.stdout.count("\n") == 1
        assert not ran.result
        assert kernel.value("nothing_yet.buckets") == "[]"
    kernel.ok(f"%report {label} \"march[['visit', 'at']].assign(prediction='no')\" --id visit")
    ran = kernel.ok(f"%accuracy {label}")  # the figure itself says that there are no actuals yet
    assert (len(ran.displays), ran.stdout, ran.stderr) == (1, "", "")
    assert ran.text.startswith("Accuracy of 0 rows")
    kernel.ok(f"%deploy {churn} --as {name}-idle")
    ran = kernel.ok(f"%drift {name}-idle --feature aeg")
    assert ran.stdout == f"No figure of {name}-idle yet. Nothing was predicted yet.\n"
    ran = kernel.ok(f"%drift {churn} --from 2020-01-01 --to 2020-02-01")
    assert "No figure" in ran.stdout
    assert "No figure" in kernel.ok(f"%health {churn} --to 2020-02-01").stdout


def test_drift_and_health_are_drawn_and_are_values(kernel: Any, churn: str) -> None:
    # rows of their own: those that replace others are not counted again
    kernel.ok("other = march.assign(income=march.income + 20, visit='moved-' + march.visit)")
    kernel.ok(f"%predict {churn} other -o _ok")
    ran = kernel.ok(f"%drift {churn} --by day")
    by_importance, over_time = ran.displays
    assert by_importance["text/plain"] == f"Drift of {churn} by importance, as a figure."
    assert over_time["text/plain"] == f"Drift of {churn} by day, as a figure."
    assert all(image["image/png"].startswith("iVBOR") for image in ran.displays)
    assert "failing  income" in ran.text
    assert "PSI by day" in ran.result["text/html"]
    assert kernel.value("_.status, _.n >= 400") == "failing True"

    kernel.ok(f"label, wanted = {churn!r}, ['age', 'income']")
    ran = kernel.ok("moved = %drift $label --feature {','.join(wanted)} --package {label}/1")
    (image,) = ran.displays
    assert "by importance" not in image["text/plain"]
    assert not ran.result
    assert kernel.value("[feature.name for feature in moved.features]").count("'") == 4
    ran = kernel.ok(f"%drift {churn} --feature age --feature income --no-plot -o again")
    assert not ran.displays
    assert ran.stdout == f"Drift of {churn} in again.\n"
    assert kernel.value("again.n == moved.n") == "True"

    ran = kernel.ok(f"%health {churn} --by hour")
    (image,) = ran.displays
    assert image["text/plain"] == f"Service health of {churn} by hour, as a figure."
    assert image["image/png"].startswith("iVBOR")
    assert ran.text.startswith("Service health: ")
    assert kernel.value("_.overall.requests > 0") == "True"
    ran = kernel.ok(f"%health {churn} --package {churn}/1 --plot -o served")
    assert len(ran.displays) == 1
    assert ran.stdout == f"Service health of {churn} in served.\n"
    assert kernel.value("served.package_id is not None") == "True"


@pytest.mark.parametrize(
    "magic", ["registry", "registry search", "deploy", "accuracy", "drift", "health"]
)
def test_help_is_printed(kernel: Any, magic: str) -> None:
    ran = kernel.ok(f"%{magic} --help")
    assert ran.stdout.startswith(f"usage: %{magic} ")
    assert not ran.result

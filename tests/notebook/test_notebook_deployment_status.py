"""The lights of `DeploymentCard`: what they say of a real deployment, and when one fails."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from jupyter_registry.client import Registry
from jupyter_registry.client.deployments import Deployment
from jupyter_registry.client.packages import Package
from jupyter_registry.domain.errors import InvalidInput, RegistryError
from jupyter_registry.domain.kinds import Status
from jupyter_registry.notebook import DeploymentCard
from jupyter_registry.notebook.widgets.deployment_status import (
    ACCURACY,
    COLOURS,
    DRIFT,
    HEALTH,
    MARKS,
    Light,
)


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"age": random.normal(45, 10, 300), "income": random.normal(50, 10, 300)})
    frame["left"] = np.where(frame["age"] + random.normal(0, 8, 300) > 45, "yes", "no")
    frame["visit"] = [f"v{n}" for n in range(300)]
    return frame


@pytest.fixture(scope="module")
def package(registry: Registry, frame: pd.DataFrame) -> Package:
    """One for all deployments, and so one worker."""
    model = LogisticRegression().fit(frame[["age", "income"]], frame["left"])
    return registry.register(
        "status-of-all", model, target="left", training=frame.drop(columns="visit"),
        holdout=frame.drop(columns="visit"), progress=False,
    )  # fmt: skip


@pytest.fixture
def deployment(package: Package, name: str) -> Deployment:
    return package.deploy(name, association_id_column="visit")


def statuses(card: DeploymentCard) -> dict[str, str]:
    return {name: light.status for name, light in card.statuses.lights.items()}


def test_a_new_deployment_is_unknown(deployment: Deployment) -> None:
    card = DeploymentCard(deployment)
    assert not card.statuses.is_asking
    assert statuses(card) == {HEALTH: "unknown", ACCURACY: "unknown", DRIFT: "unknown"}
    reasons = [reason for _, _, reason in card.statuses.rows()]
    assert reasons == [
        "In the last 7 days: no request was counted.",
        "No prediction has met its actual yet.",
        "Nothing was predicted yet.",
    ]
    assert "accuracy unknown" in card.static_text()


def test_lights_say_how_it_does(deployment: Deployment, frame: pd.DataFrame) -> None:
    deployment.predict(frame, progress=False)
    deployment.actuals(frame, association_id_column="visit", value_column="left", progress=False)
    card = DeploymentCard(deployment)
    assert statuses(card) == {HEALTH: "passing", ACCURACY: "passing", DRIFT: "passing"}
    assert "as good as the baseline" in card.statuses.lights[ACCURACY].reason
    shown = "".join(part.value for part in card.statuses.children)
    assert shown.count("jr-light-passing") == 3
    assert shown.count("✓") == 3
    for text in (HEALTH, ACCURACY, DRIFT, "passing", "the largest PSI is"):
        assert text in shown
        assert text in card.static_html()
    assert card.static_text().endswith("service health passing; accuracy passing; drift passing")

    # other people, of whom other things come true, and requests that nobody can answer
    moved = frame.assign(age=frame["age"] + 25, visit=[f"w{n}" for n in range(300)])
    deployment.predict(moved, progress=False)
    opposite = moved.assign(left=np.where(frame["left"] == "yes", "no", "yes"))
    deployment.actuals(opposite, association_id_column="visit", value_column="left", progress=False)
    for _ in range(3):
        with contextlib.suppress(RegistryError):
            deployment.predict(frame[["income"]], progress=False)
    card.again.click()
    assert statuses(card) == {HEALTH: "warning", ACCURACY: "failing", DRIFT: "failing"}
    assert "were refused" in card.statuses.lights[HEALTH].reason
    assert "% worse than the baseline" in card.statuses.lights[ACCURACY].reason
    assert "age (PSI" in card.statuses.lights[DRIFT].reason
    assert "!" in card.statuses.children[0].value


def test_accuracy_is_that_of_the_champion(
    registry: Registry, name: str, deployment: Deployment, frame: pd.DataFrame
) -> None:
    deployment.predict(frame, progress=False)
    deployment.actuals(frame, association_id_column="visit", value_column="left", progress=False)
    model = LogisticRegression(C=0.1).fit(frame[["age", "income"]], frame["left"])
    better = registry.register(
        name, model, target="left", training=frame.drop(columns="visit"), progress=False
    )
    card = DeploymentCard(deployment)
    assert card.statuses.lights[ACCURACY].status == "passing"
    deployment.replace(better, "accuracy")
    card.refresh()
    light = card.statuses.lights[ACCURACY]
    assert (light.status, light.reason) == ("unknown", "No prediction has met its actual yet.")
    assert "AUC" in card._figures.value  # the numbers over all stay


def test_lights_and_numbers_fail_alone(
    deployment: Deployment, frame: pd.DataFrame, monkeypatch: Any
) -> None:
    deployment.predict(frame, progress=False)
    deployment.actuals(frame, association_id_column="visit", value_column="left", progress=False)

    def fails(*_: Any, **__: Any) -> None:
        raise InvalidInput("This cannot be <read>.", advice="Ask later.")

    for method in ("lights", "accuracy"):
        monkeypatch.setattr(Deployment, method, fails)
        card = DeploymentCard(deployment)
        for light in card.statuses.lights.values():
            if method == "lights":
                assert (light.status, light.said) == ("unknown", "could not be read")
                assert "Ask later." in light.reason
                assert "&lt;read&gt;" in light.to_html()
            else:
                assert light.status == "passing"
        assert card.notice.value == ""
        assert "300" in card._figures.value
        broken = method == "accuracy"
        assert ("Accuracy could not be read." in card._figures.value) == broken
        assert ("cannot be &lt;read&gt;. Ask later." in card._figures.value) == broken
        assert "jr-track" in card._timeline.value
        monkeypatch.undo()
        card.refresh()
        assert set(statuses(card).values()) == {"passing"}
        assert "AUC" in card._figures.value


def test_other_errors_are_named_too(deployment: Deployment, monkeypatch: Any) -> None:
    monkeypatch.setattr(Deployment, "lights", lambda _: 1 / 0)
    card = DeploymentCard(deployment)
    assert card.statuses.lights[DRIFT].reason == "ZeroDivisionError: division by zero"


def test_it_appears_at_once_and_fills_in_place(
    deployment: Deployment, frame: pd.DataFrame, monkeypatch: Any
) -> None:
    deployment.predict(frame, progress=False)
    deployment.actuals(frame, association_id_column="visit", value_column="left", progress=False)
    go = threading.Event()
    for method in ("lights", "accuracy"):
        read = getattr(Deployment, method)

        def slowly(self: Deployment, read: Any = read) -> Any:
            assert go.wait(60)
            return read(self)

        monkeypatch.setattr(Deployment, method, slowly)

    async def look() -> None:
        card = DeploymentCard(deployment)
        assert card.statuses.is_asking
        assert "300" in card._figures.value  # rows are known already
        assert "jr-track" in card._timeline.value
        assert "asking …" in card.statuses.children[0].value
        before = card._figures.value.count("jr-tile"), len(card.statuses.children)
        began = time.monotonic()
        assert card.static_html().count("not known yet") == 3
        assert card.static_text().count("not known yet") == 3
        assert time.monotonic() - began < 5
        go.set()
        for _ in range(600):  # the lights and the numbers are read apart
            asking = any("asking" in part.value for part in card.statuses.children)
            if not asking and "…" not in card._figures.value:
                break
            await asyncio.sleep(0.1)
        assert statuses(card) == {HEALTH: "passing", ACCURACY: "passing", DRIFT: "passing"}
        assert card.static_html().count('<td style="text-align: left">passing') == 3
        assert (card._figures.value.count("jr-tile"), len(card.statuses.children)) == before
        assert "…" not in card._figures.value

    asyncio.run(look())


def test_a_late_answer_to_an_earlier_question_is_not_shown(
    deployment: Deployment, monkeypatch: Any
) -> None:
    card = DeploymentCard(deployment)
    shown = card.statuses.lights[DRIFT]
    go = threading.Event()

    def late(_: Any) -> None:
        assert go.wait(60)
        raise InvalidInput("too late")

    monkeypatch.setattr(Deployment, "lights", late)
    card.statuses.ask(deployment)
    old = card.statuses._asked[0]
    monkeypatch.undo()
    card.statuses.ask(deployment)
    card.wait(60)
    go.set()
    old.wait(60)
    assert card.statuses.lights[DRIFT] == shown


def test_lights_are_told_apart_without_colour_and_their_colours_are_legible() -> None:
    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    def contrast(one: str, other: str) -> float:
        low, high = sorted((luminance(one), luminance(other)))
        return (high + 0.05) / (low + 0.05)

    assert set(COLOURS) == set(MARKS) == set(Status)
    assert len(set(MARKS.values())) == 4
    for status, colour in COLOURS.items():
        assert contrast("#ffffff", colour) >= 4.5, status
        for page in ("#ffffff", "#111111", "#212121"):  # of JupyterLab's themes
            assert contrast(page, colour) >= 3, (status, page)
        assert f"<b>{status}</b>" in Light("Drift", status).to_html()

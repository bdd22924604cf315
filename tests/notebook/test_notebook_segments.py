"""Segments by magics in a real kernel: chosen, shown, compared, completed."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_registry.client import Registry
from jupyter_registry.domain.errors import DeploymentNotFound


@pytest.fixture
def segmented(kernel: Any, registry: Registry, churn: str) -> str:
    """A deployment with actuals, whose rows have carriers and cities; made by the first test."""
    label = f"{churn}-live"
    try:
        registry.deployment(label)
    except DeploymentNotFound:
        kernel.ok(f"%deploy {churn} --as {label} --id visit --segment carrier,city --segment age")
        kernel.ok(
            "flown = march.assign(age=march.age.round(-1), carrier=np.array(['UA', 'B6'])"
            "[np.arange(400) % 2], city=np.array(['São Paulo', 'Rome', None], object)"
            "[np.arange(400) % 3])"
        )
        kernel.ok(f"%predict {label} flown --timestamp at\n%actuals {label} flown")
    return label


def test_the_accuracy_of_a_segment(kernel: Any, registry: Registry, segmented: str) -> None:
    assert registry.deployment(segmented).segment_columns == ["carrier", "city", "age"]
    ran = kernel.ok(f"%accuracy {segmented} --segment carrier=UA --metric auc")
    (image,) = ran.displays
    assert f"Accuracy of {segmented}, carrier = UA by" in image["text/plain"]
    assert "with carrier = UA" in ran.text
    assert kernel.value("_.overall.n") == "200"
    ran = kernel.ok(f'%accuracy {segmented} --segment "city=São Paulo" --no-plot')
    assert kernel.value("_.overall.n") == "134"
    kernel.ok(f"%accuracy {segmented} --segment city= --no-plot")
    assert kernel.value("(_.segment_value, _.overall.n)") == "('(missing)', 133)"
    ran = kernel.ok(f"%segments {segmented}")
    assert ran.text.splitlines()[2].split() == ["carrier", "B6", "200", "200"]
    ran = kernel.ok(f"table = %segments {segmented} carrier --metric auc,log_loss")
    assert kernel.value("list(table.to_frame().columns)[-2:]") == "['auc', 'log_loss']"
    assert kernel.value("table.to_frame().n.tolist()") == "[200, 200]"
    both = kernel.ok(f"%segments {segmented} city --from 2026-01-06 --to 2026-01-07")
    assert "São Paulo" in both.result["text/html"]
    assert kernel.value("_.to_frame().n_predicted.sum()") == "24"


def test_what_is_refused(kernel: Any, segmented: str) -> None:
    assert "carrier=UA, or carrier=" in kernel.fails(f"%accuracy {segmented} --segment carrier")
    said = kernel.fails(f"%accuracy {segmented} --segment carrier=UX")
    assert "'UX'" in said
    assert "UA" in said
    assert "'carrier'" in kernel.fails(f"%accuracy {segmented} --segment carier=UA")
    assert "'carrier'" in kernel.fails(f"%segments {segmented} carier")
    said = kernel.fails(f"%deploy {segmented[:-5]} --as {segmented}2 --segment a,b,c,d,e,f")
    assert "at most 5" in said


def test_completion(kernel: Any, segmented: str) -> None:
    line = f"%accuracy {segmented} --segment "
    assert kernel.completed(f"{line}ca") == [f"{line}carrier="]
    assert kernel.completed(f"{line}carrier=") == [f"{line}carrier=B6", f"{line}carrier=UA"]
    assert kernel.completed(f"{line}city=S") == [f'{line}"city=São Paulo"']
    assert kernel.completed(f"{line}city=(") == [f"{line}city=(missing)"]
    joined = f"%accuracy {segmented} --segment=carrier=U"
    assert kernel.completed(joined) == [f"{joined}A"]
    assert kernel.completed(f"%segments {segmented} ci") == [f"%segments {segmented} city"]
    assert f"%segments {segmented}" in kernel.completed(f"%segments {segmented[:-2]}")
    package = segmented.removesuffix("-live")
    for reference in (package, f"{package}/1"):
        line = f"%deploy {reference} --as x --segment "
        assert kernel.completed(f"{line}in") == [f"{line}income"]
    # of the package's signature first, then of the notebook's tables
    assert kernel.completed(line)[:2] == [f"{line}age", f"{line}income"]
    assert f"{line}carrier" in kernel.completed(line)

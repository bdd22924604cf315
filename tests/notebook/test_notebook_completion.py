"""Completion of the magics' lines: by the kernel's own requests, and of single tokens."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest

from jupyter_registry.notebook.magics.typed import Fragment, tokenise


@pytest.fixture
def outside(kernel: Any, name: str) -> str:
    """A registered model with two versions and two deployments."""
    described = f"%register {name} --external --target left --type binary --labels no,yes"
    kernel.ok(f"{described} --alias champion --alias next")
    kernel.ok(described)
    kernel.ok(f"%deploy {name} --as {name}-live --id visit")
    kernel.ok(f'%deploy {name} --as "{name} for all"')
    return name


def test_names_of_the_server_are_completed(kernel: Any, outside: str) -> None:
    half = outside[:-1]
    assert f"%deploy {outside}" in kernel.completed(f"%deploy {half}")
    assert kernel.completed(f"%deploy {outside}@ch") == [f"%deploy {outside}@champion"]
    assert set(kernel.completed(f"%deploy {outside}@")) == {
        f"%deploy {outside}@champion",
        f"%deploy {outside}@next",
    }
    assert kernel.completed(f"%registry show {outside}/") == [
        f"%registry show {outside}/2",
        f"%registry show {outside}/1",
        f"%registry show {outside}/latest",
    ]
    labels = kernel.completed(f"%predict {outside}")
    assert labels == [f'%predict "{outside} for all"', f"%predict {outside}-live"] or labels == [
        f"%predict {outside}-live",
        f'%predict "{outside} for all"',
    ]
    assert kernel.completed(f'%accuracy "{outside} f') == [f'%accuracy "{outside} for all"']
    assert kernel.completed(f"%replace {outside}-live {outside}/2 --reason da") == [
        f"%replace {outside}-live {outside}/2 --reason data_drift"
    ]
    assert f"%register {outside}" in kernel.completed(f"%register {half}")
    kernel.ok(f"%deploy {outside} --as {outside}-zone")
    assert f"%rollback {outside}-zone" in kernel.completed(f"%rollback {outside}-z")


def test_names_of_the_notebook_are_completed(kernel: Any) -> None:
    kernel.ok("_hidden, other = march, 3")
    assert kernel.completed("%predict churn m") == ["%predict churn march"]
    tables = kernel.completed("%predict churn ")
    assert {"%predict churn held", "%predict churn march", "%predict churn train"} <= set(tables)
    assert not {"%predict churn other", "%predict churn _hidden"} & set(tables)
    models = kernel.completed("%register churn ")
    assert "%register churn model" in models
    assert not {"%register churn unfitted", "%register churn march"} & set(models)
    start = "%actuals churn march --value "
    assert kernel.completed(f"{start}l") == [f"{start}left"]
    assert set(kernel.completed("%register churn model --data held --target ")) == {
        f"%register churn model --data held --target {column}"
        for column in ("age", "income", "left")
    }
    kernel.ok("march.to_csv('spring.csv', index=False)")
    assert kernel.completed("%predict churn spr") == ["%predict churn spring.csv"]


def test_options_and_their_values_are_completed(kernel: Any, outside: str) -> None:
    assert kernel.completed("%deploy churn --im") == ["%deploy churn --importance"]
    assert kernel.completed("%deploy churn --importance h") == ["%deploy churn --importance high"]
    assert kernel.completed("%accuracy churn --by=w") == ["%accuracy churn --by=week"]
    options = kernel.completed("%accuracy churn --by week --")
    assert "%accuracy churn --by week --from" in options
    assert "%accuracy churn --by week --by" not in options
    assert "%register churn --tag a --tag" in kernel.completed("%register churn --tag a --t")
    assert kernel.completed("%health churn --by=mo") == ["%health churn --by=month"]
    assert kernel.completed(f"%drift {outside}-l") == [f"%drift {outside}-live"]
    assert kernel.completed(f"%health {outside}-live --package {outside}/2") == [
        f"%health {outside}-live --package {outside}/2"
    ]
    metrics = kernel.completed(f"%accuracy --by day {outside}-live --metric ")
    assert f"%accuracy --by day {outside}-live --metric auc" in metrics
    metrics = kernel.completed(f"%accuracy {outside}-live --metric ")
    assert f"%accuracy {outside}-live --metric auc" in metrics
    assert f"%accuracy {outside}-live --metric rmse" not in metrics
    assert kernel.completed("%registry sea") == ["%registry search"]
    assert "%registry search x --kind external" in kernel.completed("%registry search x --kind ")


def test_lines_that_assign_go_on_or_stand_in_a_cell(kernel: Any) -> None:
    assert kernel.completed("weekly = %accuracy churn --b") == ["weekly = %accuracy churn --by"]
    above = "x = 1\n%deploy churn --as y"
    assert kernel.completed(f"{above} --imp") == [f"{above} --importance"]
    above = "%deploy churn \\\n  --as y \\\n"
    assert kernel.completed(f"{above}  --imp") == [f"{above}  --importance"]


def test_other_lines_are_left_alone(kernel: Any) -> None:
    assert "march.head" in kernel.completed("march.hea")
    assert "%registry" in kernel.completed("%registr")
    assert "%%timeit" in kernel.completed("%%timei")
    kernel.ok("%deployments")
    assert "x = 5 % march" in kernel.completed("x = 5 % marc")


def test_a_server_that_hangs_or_is_gone_does_not_hold_up(kernel: Any) -> None:
    with socket.socket() as hanging:
        hanging.bind(("127.0.0.1", 0))
        hanging.listen()
        for port in (hanging.getsockname()[1], 9):
            kernel.ok(f"%config RegistryMagics.url = 'http://127.0.0.1:{port}/'")
            for text in ("%predict a", "%predict b", "%deploy c", "%deploy c/", "%accuracy x --m"):
                started = time.perf_counter()
                found = kernel.completed(text)
                assert time.perf_counter() - started < 4
                assert not [line for line in found if "model-" in line]
    assert kernel.completed("%deploy churn --im") == ["%deploy churn --importance"]


@pytest.mark.parametrize(
    ("text", "tokens", "fragment"),
    [
        ("", [], Fragment("", "")),
        ("a b", ["a"], Fragment("b", "b")),
        ("a b ", ["a", "b"], Fragment("", "")),
        ("a 'b c' d", ["a", "b c"], Fragment("d", "d")),
        ('a "b c', ["a"], Fragment('"b c', "b c", '"')),
        ("it\\'s x", ["it's"], Fragment("x", "x")),
        ("'' x", ["", ], Fragment("x", "x")),
        ("--tag=a\\ b", [], Fragment("--tag=a\\ b", "--tag=a b")),
    ],
)  # fmt: skip
def test_tokens_before_the_cursor(text: str, tokens: list[str], fragment: Fragment) -> None:
    assert tokenise(text) == (tokens, fragment)


def test_features_are_those_of_the_champion(kernel: Any, churn: str, outside: str) -> None:
    line = f"%drift {churn} --by day --feature "
    assert set(kernel.completed(line)) == {f"{line}age", f"{line}income"}
    assert kernel.completed(f"{line}inc") == [f"{line}income"]
    none = f"%drift {outside}-live --feature "
    assert not {f"{none}age", f"{none}income"} & set(kernel.completed(none))

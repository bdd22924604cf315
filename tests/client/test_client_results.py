"""Results as tables: escaped, short, lazy; and problem documents as exceptions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from jupyter_registry.client import html, terminal
from jupyter_registry.client.connection import CannotConnect, Connection
from jupyter_registry.client.packages import PackageItem, PackageList
from jupyter_registry.client.problems import error_of
from jupyter_registry.client.registry import Registry
from jupyter_registry.client.results import (
    Accuracy,
    ActualsResult,
    Deployment,
    History,
    KeyList,
    Package,
    ReportResult,
)
from jupyter_registry.domain import errors
from jupyter_registry.domain.entities import ServicePeriod

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
EVIL = "<script>alert('&')</script>"


def package(version: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "id": version, "name": "churn", "version": version, "kind": "custom",
        "target_name": EVIL, "target_type": "binary", "class_labels": ["no", "yes"],
        "positive_class": "yes", "prediction_threshold": 0.5, "created_at": NOW.isoformat(),
        "created_by": "ada", "tags": {EVIL: "1"}, "aliases": ["champion"],
    } | changes  # fmt: skip


def test_columns_of_numbers_stand_right_wherever_they_are_shown() -> None:
    shown = html.table(["when", "auc"], [[NOW, 0.5], [NOW, None]])
    right, left = ' style="text-align: right"', ' style="text-align: left"'
    assert f"<th{left}>when</th><th{right}>auc</th>" in shown
    assert f"<td{right}>0.5</td>" in shown
    assert f"<td{right}>–</td>" in shown
    assert shown.count("white-space: nowrap") == 2  # moments are not broken
    assert f"<th{left}>auc</th>" in html.table(["auc"], [[None]])


def test_values_of_others_are_escaped_in_html() -> None:
    registry = cast(Registry, None)
    shown = [
        Package.of(registry, package(description=EVIL))._repr_html_(),
        PackageItem.of(registry, package())._repr_html_(),
        html.table([EVIL], [[EVIL]], title=EVIL, note=EVIL),
    ]
    for one in shown:
        assert "<script>" not in one
        assert "&lt;script&gt;" in one
    assert repr(Package.of(registry, package())) == (f"<Package churn/1: custom, binary {EVIL!r}>")


def paged(total: int, size: int = 3) -> tuple[PackageList, list[str | None]]:
    asked: list[str | None] = []

    def fetch(cursor: str | None) -> dict[str, Any]:
        asked.append(cursor)
        start = int(cursor or 0)
        end = min(start + size, total)
        return {
            "items": [package(i) for i in range(start, end)],
            "next_cursor": str(end) if end < total else None,
        }

    return PackageList(fetch, lambda item: PackageItem.of(cast(Registry, None), item)), asked


def test_lists_fetch_pages_as_far_as_they_are_looked_at() -> None:
    listed, asked = paged(50)
    assert asked == []
    assert listed[0].id == 0
    assert asked == [None]
    assert [item.id for item in listed[2:5]] == [2, 3, 4]
    assert asked == [None, "3"]
    shown = listed._repr_html_()
    assert shown.count("<tr>") == 21
    assert "iterate to see more" in shown
    assert len(asked) == 7
    assert [item.id for item in listed] == list(range(50))
    assert len(asked) == 17
    assert listed[-1].id == 49
    assert len(list(listed)) == 50
    assert len(asked) == 17
    with pytest.raises(IndexError):
        listed[50]


def test_short_texts_of_lists() -> None:
    lines = repr(paged(2)[0]).splitlines()
    assert [line.split()[:2] for line in lines] == [
        ["package", "kind"], ["churn/0", "custom"], ["churn/1", "custom"],
    ]  # fmt: skip
    listed, asked = paged(50)
    assert repr(listed).endswith("\nThe first 20; iterate to see more.")
    assert len(asked) == 7
    empty = paged(0)[0]
    assert repr(empty) == "There are no packages."
    assert not empty
    assert "There are none" in empty._repr_html_()


def accuracy(n: int = 3) -> Accuracy:
    def bucket(start: datetime, rows: int) -> dict[str, Any]:
        metric = {"value": 0.75, "n": rows, "baseline": 0.8, "change_percent": -6.25}
        return {
            "start": start.isoformat(), "end": (start + timedelta(days=1)).isoformat(),
            "n": rows, "n_predicted": rows + 1,
            "metrics": {"auc": metric} if rows else {},
            "predicted_shares": {"no": 0.25, "yes": 0.75} if rows else None,
        }  # fmt: skip

    return Accuracy.model_validate(
        {
            "deployment_id": 1, "bucket": "day", "overall": bucket(NOW, 20),
            "buckets": [bucket(NOW + timedelta(days=i), i * 10) for i in range(n)],
            "class_labels": ["no", "yes"],
        }
    )  # fmt: skip


def test_accuracy_is_a_frame_with_a_row_per_bucket() -> None:
    frame = accuracy().to_frame()
    assert list(frame.columns) == [
        "start", "end", "n", "n_predicted", "auc", "predicted_share_no", "predicted_share_yes",
        "actual_share_no", "actual_share_yes",
    ]  # fmt: skip
    assert frame["n"].tolist() == [0, 10, 20]
    assert frame["auc"].isna().tolist() == [True, False, False]
    assert str(frame["start"].dt.tz) == "UTC"
    wide = accuracy().to_frame(baseline=True)
    assert wide["auc_baseline"].iloc[2] == 0.8
    assert wide["auc_change_percent"].iloc[2] == -6.25
    assert len(accuracy(0).to_frame()) == 0
    assert repr(accuracy()) == (
        "Accuracy of 20 rows\n"
        "metric  value   n  baseline  change %\n"
        "auc      0.75  20       0.8     -6.25\n"
        "\n"
        "By day\n"
        "day               predicted  matched   auc\n"
        "2026-01-05 12:00          1        0     –\n"
        "2026-01-06 12:00         11       10  0.75\n"
        "2026-01-07 12:00         21       20  0.75"
    )
    assert str(accuracy()) == repr(accuracy())
    assert repr(accuracy(99)).endswith("The last 20; 79 before them are in .to_frame().")
    assert "The last 60; 39 before them are in .to_frame()." in accuracy(99)._repr_html_()
    none = Accuracy.model_validate({"deployment_id": 1, "bucket": "day"})
    assert repr(none) == "No prediction was made in this time."
    assert "2026-01-07" in accuracy()._repr_html_()


def test_a_missing_pandas_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(errors.MissingExtra, match=r"jupyter_registry\[pandas\]"):
        accuracy().to_frame()
    assert accuracy().to_arrow().num_rows == 3


def test_histories_and_deployments_show(monkeypatch: pytest.MonkeyPatch) -> None:
    history = History()
    assert "<table>" in history._repr_html_()
    assert repr(history) == "There are none."
    assert repr(KeyList()) == "There are no keys."
    period = {"package_id": 1, "package": "churn/1", "start": NOW, "user": "ada", "note": "n" * 300}
    ran = {"environment": "kernelspec", "kernelspec": "analysis"}
    history += [
        ServicePeriod.model_validate(period),
        ServicePeriod.model_validate(period | ran),
        ServicePeriod.model_validate(period | {"environment": "package"}),
    ]
    runs_in = history.headings.index("runs in")
    assert [row[runs_in] for row in history.rows()] == [None, "analysis", "its own environment"]
    del history[1:]
    history *= 2
    monkeypatch.setenv("COLUMNS", "80")
    lines = repr(history).splitlines()
    assert [len(line) <= 80 for line in lines] == [True] * 3
    assert lines[1].split()[:3] == ["churn/1", "2026-01-05", "12:00"]
    assert lines[1].endswith("nnn…  ada")
    deployment = Deployment.of(
        cast(Registry, None),
        {
            "id": 1, "label": EVIL, "state": "active", "package_id": 1, "package": "churn/1",
            "kind": "custom", "target_name": "left", "target_type": "binary",
            "created_at": NOW, "created_by": "ada", "updated_at": NOW,
        },
    )  # fmt: skip
    assert "<script>" not in deployment._repr_html_()
    assert repr(deployment) == f"<Deployment {EVIL!r}: churn/1, active>"


def test_what_became_of_rows_is_said() -> None:
    told = ReportResult(accepted=1200, replaced=1, matched=0)
    assert repr(told) == "Report: 1,200 accepted, 1 replaced, 0 matched."
    assert "1,200 accepted" in told._repr_html_()
    rejections: Any = [{"row": i, "reason": f"\x1b[31m is no class {EVIL}"} for i in range(12)]
    result = ActualsResult(
        accepted=5, matched=4, replaced=0, waiting=1, rejected=130, rejections=rejections
    )
    lines = repr(result).splitlines()
    assert lines[0] == "Actuals: 5 accepted, 4 matched, 0 replaced, 1 waiting, 130 rejected."
    assert lines[1:3] == ["row  reason", f"  0  ?[31m is no class {EVIL}"]
    assert lines[-1] == "120 more were rejected."
    assert len(lines) == 13
    assert "<script>" not in result._repr_html_()


def test_a_table_fits_the_terminal() -> None:
    headings = ("name", "n", "what", "more", "still more")
    rows = [("a" * 30, 1_000_000, None, ["x" * 40], 0.5), ("b", None, 3, {"k": "v"}, 0.25)]
    whole = terminal.table(headings, rows).splitlines()
    assert whole[2].split() == ["b", "–", "3", "k:", "v", "0.25"]
    assert len(whole[1]) == 30 + 9 + 4 + 40 + 10 + 4 * 2
    for fit in (30, 40, 60, 80, 100):
        lines = terminal.table(headings, rows, fit=fit).splitlines()
        assert max(map(len, lines)) <= fit
        assert all(line.endswith("  …") for line in lines) == (fit < 86)
        assert lines[1].startswith("a" * min(30, fit - 4))
    assert "x…  " in terminal.table(headings, rows, fit=100)
    assert terminal.table((), ()) == ""
    assert terminal.facts({"a": "x\ny", "long name": 0, "none": None}) == (
        "a          x y\nlong name  0"
    )


def test_every_error_class_survives_the_problem_document() -> None:
    names = [
        name for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, errors.RegistryError)
    ]  # fmt: skip
    assert len(names) > 20
    for name in names:
        for type_ in (name, f"https://example.org/problems/{name}", f"urn:x:{name}"):
            error = error_of(
                {"type": type_, "title": "", "detail": "d", "advice": "a", "fields": {"f": 1}}, 400
            )
            assert type(error).__name__ == name
            assert (error.detail, error.advice, error.fields) == ("d", "a", {"f": 1})


def test_a_refused_connection_says_how_to_start() -> None:
    with pytest.raises(CannotConnect, match="jupyter registry serve") as caught:
        Registry("http://127.0.0.1:9/").info()
    assert "Registry(url, token)" in str(caught.value)
    with pytest.raises(CannotConnect, match="not the address"):
        Connection("127.0.0.1:8888", None)

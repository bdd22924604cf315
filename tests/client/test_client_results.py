"""Results as tables: escaped, short, lazy; and problem documents as exceptions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from jupyter_registry.client import html
from jupyter_registry.client.connection import CannotConnect, Connection
from jupyter_registry.client.packages import PackageItem, PackageList
from jupyter_registry.client.problems import error_of
from jupyter_registry.client.registry import Registry
from jupyter_registry.client.results import Accuracy, Deployment, History, Package
from jupyter_registry.domain import errors

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
EVIL = "<script>alert('&')</script>"


def package(version: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "id": version, "name": "churn", "version": version, "kind": "custom",
        "target_name": EVIL, "target_type": "binary", "class_labels": ["no", "yes"],
        "positive_class": "yes", "prediction_threshold": 0.5, "created_at": NOW.isoformat(),
        "created_by": "ada", "tags": {EVIL: "1"}, "aliases": ["champion"],
    } | changes  # fmt: skip


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
    assert repr(paged(2)[0]) == "<PackageList: churn/0, churn/1>"
    assert repr(paged(9)[0]).endswith("churn/4, …>")
    empty = paged(0)[0]
    assert repr(empty) == "<PackageList: empty>"
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
    assert repr(accuracy()) == "<Accuracy of 20 rows: auc 0.75>"
    assert "2026-01-07" in accuracy()._repr_html_()


def test_a_missing_pandas_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(errors.MissingExtra, match=r"jupyter_registry\[pandas\]"):
        accuracy().to_frame()
    assert accuracy().to_arrow().num_rows == 3


def test_histories_and_deployments_show() -> None:
    history = History()
    assert "<table>" in history._repr_html_()
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

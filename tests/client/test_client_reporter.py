"""The reporter against an HTTP server that answers as the test says: failures on demand."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jupyter_registry.client.reporter import Reporter
from jupyter_registry.domain.errors import InvalidInput, SpoolFull
from tests.client.reporter_host import Answer, Host, problem


def row(number: int) -> dict[str, Any]:
    return {"association_id": f"r{number}", "probability": 0.5, "number": number}


def test_rows_are_sent_in_order_with_the_key_and_all_that_was_given(
    host: Host, tmp_path: Path
) -> None:
    with Reporter(host.url, "jrk_secret", "flights / eu", tmp_path, batch_rows=7) as reporter:
        for number in range(20):
            reporter.report(row(number))
        reporter.actuals([{"association_id": "r1", "value": "yes"}])
        reporter.report([row(20), row(21)])
        assert reporter.flush(10)
        assert reporter.waiting == 0
    path, _, headers = host.requests[0]
    assert path == "/base/jupyter-registry/api/v1/deployments/flights%20%2F%20eu/reports"
    assert headers["Authorization"] == "Bearer jrk_secret"
    kinds = [kind for kind, _ in host.accepted]
    assert kinds == ["reports"] * 20 + ["actuals"] + ["reports"] * 2
    assert [r["number"] for kind, r in host.accepted if kind == "reports"] == list(range(22))
    assert all(len(rows) <= 7 for _, rows, _ in host.requests)


def test_a_row_without_id_gets_one_and_its_time(host: Host, tmp_path: Path) -> None:
    before = datetime.now(UTC)
    with Reporter(host.url, "k", 1, tmp_path) as reporter:
        ids = reporter.report([{"prediction": 1.5}, {"prediction": 2.5, "association_id": 17.0}])
    sent = [given for _, given in host.accepted]
    assert [given["association_id"] for given in sent] == ids
    assert len(ids[0]) == 32
    assert ids[1] == "17"
    assert before <= datetime.fromisoformat(sent[0]["timestamp"]) <= datetime.now(UTC)


def test_values_of_numpy_and_pandas_are_sent_as_json(host: Host, tmp_path: Path) -> None:
    import pandas as pd

    frame = pd.DataFrame(
        {
            "association_id": [1, 2],
            "probability": np.array([0.25, np.nan]),
            "timestamp": pd.to_datetime(["2026-01-02T03:04:05Z", None]),
            "flag": [True, False],
        }
    )
    with Reporter(host.url, "k", 1, tmp_path) as reporter:
        reporter.report(frame)
        reporter.report({"association_id": np.int64(3), "prediction": np.float32(0.5)})
        reporter.report({"association_id": "4", "day": np.datetime64("2026-01-02")})
    sent = [given for _, given in host.accepted]
    assert sent[0]["timestamp"] == "2026-01-02T03:04:05+00:00"
    assert sent[0]["flag"] is True
    assert sent[1]["probability"] is None
    assert sent[2] | {"timestamp": ""} == {
        "association_id": "3", "prediction": 0.5, "timestamp": "",
    }  # fmt: skip
    assert sent[3]["day"] == "2026-01-02"


def test_what_cannot_be_sent_is_refused_before_anything_is_taken(tmp_path: Path) -> None:
    reporter = Reporter("http://127.0.0.1:9", "k", 1, tmp_path)
    with pytest.raises(InvalidInput, match="Row 1, column 'x'") as caught:
        reporter.report([row(0), {"x": object()}])
    assert caught.value.fields == {"row": 1, "column": "x"}
    with pytest.raises(InvalidInput, match="Row 0 of the actuals has no value"):
        reporter.actuals({"association_id": "1"})
    with pytest.raises(InvalidInput, match="not a mapping"):
        reporter.report(["text"])  # type: ignore[list-item]
    assert reporter.waiting == 0
    reporter.close(0)
    with pytest.raises(InvalidInput, match="closed"):
        reporter.report(row(0))


@pytest.mark.parametrize(
    "failure",
    [
        (503, "busy", {}),
        (429, "slow", {"Retry-After": "0"}),
        (302, "", {"Location": "/login"}),
        (404, "no such page", {}),
        (200, "<html>log in</html>", {}),
    ],
    ids=["503", "429", "login", "no extension", "foreign page"],
)
def test_temporary_failures_are_retried_until_all_arrived(
    host: Host, tmp_path: Path, failure: Answer
) -> None:
    failures = iter([failure, failure])
    host.answer = lambda *_: next(failures, None)
    with Reporter(host.url, "k", 1, tmp_path) as reporter:
        reporter.report([row(number) for number in range(10)])
        assert reporter.flush(20)
        assert reporter.rejected() == []
    assert len(host.requests) == 3
    assert [given["number"] for _, given in host.accepted] == list(range(10))


def test_retries_back_off(host: Host, tmp_path: Path) -> None:
    host.answer = lambda *_: (503, "busy", {})
    reporter = Reporter(host.url, "k", 1, tmp_path, interval=0.01)
    reporter.report(row(0))
    time.sleep(3.0)
    # at 0, then after 0.25–0.5, 0.5–1, 1–2 seconds
    assert 2 <= len(host.requests) <= 5
    reporter.close(0)


def test_a_wish_to_wait_is_granted(host: Host, tmp_path: Path) -> None:
    answers = iter([(429, "slow", {"Retry-After": "2"})])
    host.answer = lambda *_: next(answers, None)
    reporter = Reporter(host.url, "k", 1, tmp_path, interval=0.01)
    started = time.monotonic()
    reporter.report(row(0))
    while not host.accepted and time.monotonic() < started + 10:
        time.sleep(0.05)
    assert time.monotonic() - started >= 2.0
    reporter.close(0)


def test_rows_that_the_server_names_are_set_aside_and_the_rest_is_sent(
    host: Host, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def answer(_: str, rows: list[dict[str, Any]]) -> Answer | None:
        bad = [{"row": i, "reason": "too odd"} for i, r in enumerate(rows) if r["number"] in (3, 8)]
        return problem("InvalidRows", 422, "Rows refused.", rejected=bad) if bad else None

    host.answer = answer
    with caplog.at_level(logging.WARNING), Reporter(host.url, "k", 1, tmp_path) as reporter:
        reporter.report([row(number) for number in range(10)])
        assert reporter.flush(10)
        refused = reporter.rejected()
    assert [(item["row"]["number"], item["problem"]) for item in refused] == [
        (3, "too odd"), (8, "too odd"),
    ]  # fmt: skip
    assert len(host.requests) == 2
    assert [given["number"] for _, given in host.accepted] == [0, 1, 2, 4, 5, 6, 7, 9]
    assert "refused 2 rows" in caplog.text


def test_a_bad_row_that_nobody_names_is_found_by_halving(host: Host, tmp_path: Path) -> None:
    def answer(_: str, rows: list[dict[str, Any]]) -> Answer | None:
        return (
            problem("InvalidInput", 400, "Something is wrong.")
            if any(given["number"] == 613 for given in rows)
            else None
        )

    host.answer = answer
    with Reporter(host.url, "k", 1, tmp_path) as reporter:
        reporter.report([row(number) for number in range(1000)])
        assert reporter.flush(20)
        assert [item["row"]["number"] for item in reporter.rejected()] == [613]
    assert [given["number"] for _, given in host.accepted] == [
        number for number in range(1000) if number != 613
    ]
    assert len(host.requests) < 60


def test_actuals_refused_in_a_good_answer_are_set_aside(host: Host, tmp_path: Path) -> None:
    def answer(_: str, rows: list[dict[str, Any]]) -> Answer | None:
        bad = [i for i, given in enumerate(rows) if given["value"] == "bad"]
        return (
            200,
            {
                "accepted": len(rows) - len(bad), "rejected": len(bad),
                "rejections": [{"row": i, "reason": "no class"} for i in bad[:2]],
            },
            {},
        )  # fmt: skip

    host.answer = answer
    values = ["bad", "yes", "bad", "yes", "bad", "yes", "bad", "bad", "yes"]
    with Reporter(host.url, "k", 1, tmp_path) as reporter:
        reporter.actuals(
            [{"association_id": str(i), "value": value} for i, value in enumerate(values)]
        )
        assert reporter.flush(10)
        assert [item["row"]["association_id"] for item in reporter.rejected()] == list("02467")
    taken = {given["association_id"] for _, given in host.accepted if given["value"] == "yes"}
    assert taken == set("1358")


def test_a_wrong_key_sets_all_aside_at_once_and_they_can_be_sent_again(
    host: Host, tmp_path: Path
) -> None:
    host.answer = lambda *_: problem("NotAuthenticated", 401, "The key is revoked.")
    with Reporter(host.url, "k", 1, tmp_path, batch_rows=5) as reporter:
        reporter.report([row(number) for number in range(10)])
        assert reporter.flush(10)
        assert len(host.requests) == 2
        assert {item["problem"] for item in reporter.rejected()} == {"The key is revoked."}
        host.answer = lambda *_: None
        assert reporter.retry_rejected() == 10
        assert reporter.flush(10)
        assert reporter.rejected() == []
    assert [given["number"] for _, given in host.accepted] == list(range(10))


def fill(reporter: Reporter) -> None:
    for number in range(10_000):
        reporter.report(row(number))


def test_the_spool_has_a_limit_and_says_what_to_do(tmp_path: Path) -> None:
    reporter = Reporter("http://127.0.0.1:9", "k", 1, tmp_path, max_bytes=20_000)
    with pytest.raises(SpoolFull) as caught:
        fill(reporter)
    taken = reporter.waiting
    assert 50 < taken < 200
    assert caught.value.fields["waiting"] == taken
    assert "max_bytes" in str(caught.value)
    assert "reachable" in str(caught.value)
    assert not reporter.close(0)


def test_a_full_spool_takes_rows_again_once_it_was_sent(tmp_path: Path) -> None:
    host = Host()
    host.answer = lambda *_: (503, "busy", {})
    reporter = Reporter(host.url, "k", 1, tmp_path, max_bytes=5_000)
    with pytest.raises(SpoolFull):
        fill(reporter)
    host.answer = lambda *_: None
    assert reporter.flush(10)
    reporter.report(row(0))
    assert reporter.close()
    host.stop()


def test_rows_wait_on_disk_for_the_next_reporter(host: Host, tmp_path: Path) -> None:
    first = Reporter("http://127.0.0.1:9", "k", 1, tmp_path)
    first.report(row(0))
    assert not first.close(0)
    other = Reporter(host.url, "k", 1, tmp_path)
    assert other.flush(5)
    other.close()
    assert host.accepted == []  # another deployment's rows are not taken
    again = Reporter("http://127.0.0.1:9", "other key", 1, tmp_path)
    assert again.waiting == 1
    again.close(0)

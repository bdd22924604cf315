"""The reporter in processes of its own: killed, several at once, forked, never closed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jupyter_registry.client.reporter import Reporter
from tests.client.reporter_host import Host

CRASHING = """
import os, signal, sys
from jupyter_registry.client import Reporter
reporter = Reporter(sys.argv[1], "k", 1, sys.argv[2], batch_rows=50)
for number in range(100_000):
    reporter.report({"association_id": f"{sys.argv[3]}-{number}", "probability": 0.5,
                     "number": number})
    print(number, flush=True)
"""


def python(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    import jupyter_registry

    root = str(Path(jupyter_registry.__file__).parents[1])
    return subprocess.Popen(
        [sys.executable, "-c", *arguments],
        env=os.environ | {"PYTHONPATH": root},
        stdout=subprocess.PIPE,
        text=True,
        **options,
    )


def test_what_was_taken_survives_kill_minus_nine(host: Host, tmp_path: Path) -> None:
    process = python(CRASHING, host.url, str(tmp_path), "a")
    assert process.stdout is not None
    taken = -1
    for line in process.stdout:
        taken = int(line)
        if taken >= 300:
            process.kill()
            break
    taken = max([taken, *(int(line) for line in process.stdout if line.endswith("\n"))])
    process.wait()
    with Reporter(host.url, "k", 1, tmp_path) as reporter:
        assert reporter.flush(20)
    arrived = {given["association_id"] for _, given in host.accepted}
    assert arrived >= {f"a-{number}" for number in range(taken + 1)}


SHARING = """
import sys
from jupyter_registry.client import Reporter
with Reporter(sys.argv[1], "k", 1, sys.argv[2], batch_rows=20, interval=0.05) as reporter:
    for number in range(200):
        reporter.report({"association_id": f"{sys.argv[3]}-{number}", "number": number})
    print(reporter.flush(60))
"""


def test_processes_share_a_spool_and_each_row_is_sent_once_in_order(
    host: Host, tmp_path: Path
) -> None:
    processes = [python(SHARING, host.url, str(tmp_path), name) for name in "abc"]
    for process in processes:
        out, _ = process.communicate(timeout=120)
        assert out == "True\n"
    arrived = [given["association_id"] for _, given in host.accepted]
    assert len(arrived) == 600
    for name in "abc":
        own = [item for item in arrived if item.startswith(name)]
        assert own == [f"{name}-{number}" for number in range(200)]


FORKING = """
import os, sys
from jupyter_registry.client import Reporter
reporter = Reporter(sys.argv[1], "k", 1, sys.argv[2])
reporter.report({"association_id": "parent"})
children = []
for name in "ab":
    child = os.fork()
    if child == 0:
        reporter.report({"association_id": name})
        os._exit(0 if reporter.flush(20) else 1)
    children.append(child)
codes = [os.waitpid(child, 0)[1] for child in children]
print(codes, reporter.flush(20))
reporter.close()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_reporter_made_before_a_fork_works_in_parent_and_children(
    host: Host, tmp_path: Path
) -> None:
    out, _ = python(FORKING, host.url, str(tmp_path)).communicate(timeout=60)
    assert out == "[0, 0] True\n"
    assert {given["association_id"] for _, given in host.accepted} == {"parent", "a", "b"}


def test_an_unclosed_reporter_sends_at_the_end_of_its_process(host: Host, tmp_path: Path) -> None:
    script = (
        "import sys; from jupyter_registry.client import Reporter\n"
        "Reporter(sys.argv[1], 'k', 1, sys.argv[2], interval=60).report({'association_id': 'x'})\n"
        "keep = Reporter(sys.argv[1], 'k', 2, sys.argv[2], interval=60)\n"
        "keep.report({'association_id': 'y'})"
    )
    assert python(script, host.url, str(tmp_path)).wait(60) == 0
    assert "y" in {given["association_id"] for _, given in host.accepted}

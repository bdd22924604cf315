"""The job ends in order: stopped by hand, or when its server dies."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import psutil
import pytest

from jupyter_registry.demo.folder import DemoFolder

PATIENCE = 240


@pytest.fixture
def running(tmp_path):
    """The job, its folder and its server's process, caught while flights pass."""
    folder = DemoFolder(tmp_path / ".demo")
    job = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "jupyter_registry.demo",
            "--folder",
            str(folder.root),
            "--every",
            "20",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # a shell has what it runs in the background ignore Ctrl-C, and so what that begins
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        yield job, folder, _server_of(job, folder)
    finally:
        if job.poll() is None:
            job.kill()
        job.communicate()


def _server_of(job: subprocess.Popen[str], folder: DemoFolder) -> psutil.Process:
    """Wait until the outside process reports, which is when the flights pass."""
    deadline = time.monotonic() + PATIENCE
    spool = folder.outside / "spool"
    while not (spool.is_dir() and any(spool.iterdir())):
        assert job.poll() is None, job.communicate()[0]
        assert time.monotonic() < deadline
        time.sleep(0.1)
    (info,) = (folder.server / "runtime").glob("jpserver-*.json")
    return psutil.Process(json.loads(info.read_text())["pid"])


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_stopped_by_hand_it_leaves_no_process(running, how):
    job, folder, server = running
    family = psutil.Process(job.pid).children(recursive=True)
    assert server in family
    job.send_signal(how)
    output, _ = job.communicate(timeout=PATIENCE)
    assert job.returncode == 130
    assert "Stopped before the end" in output
    gone, alive = psutil.wait_procs(family, timeout=60)
    assert not alive
    assert len(gone) == len(family)
    assert not folder.summary.exists()


def test_when_the_server_dies_the_end_of_its_log_is_shown(running):
    job, folder, server = running
    family = psutil.Process(job.pid).children(recursive=True)
    server.kill()
    output, _ = job.communicate(timeout=PATIENCE)
    assert job.returncode == 1
    assert str(folder.server_log) in output
    assert folder.server_log.read_text().splitlines()[-1] in output
    assert "The flights job failed" in output
    assert not psutil.wait_procs(family, timeout=60)[1]

"""What is remembered of scans."""

from __future__ import annotations

import hashlib
import pickle
import shutil
import threading
from pathlib import Path

import psutil

from jupyter_registry.domain.entities import FilePublic
from jupyter_registry.registry.scans import ScanRules, Scans


def test_a_scan_whose_files_are_taken_away_says_nothing_of_them(tmp_path: Path) -> None:
    content = pickle.dumps({"a": [1.0]})
    file = FilePublic(path="m.pkl", size=len(content), sha256=hashlib.sha256(content).hexdigest())
    gone, there = tmp_path / "gone", tmp_path / "there"
    for folder in (gone, there):
        folder.mkdir()
        (folder / "m.pkl").write_bytes(content)

    before = set(psutil.Process().children())

    def take_away() -> None:
        """As soon as there is a process that is to read it: it only begins."""
        while not set(psutil.Process().children()) - before:
            pass
        shutil.rmtree(gone)

    taking = threading.Thread(target=take_away)
    taking.start()
    scans = Scans()
    (finding,) = scans.of([file], {"m.pkl": gone / "m.pkl"}, ScanRules())
    taking.join()
    assert finding.what == "the scan did not end"
    assert scans.of([file], {"m.pkl": there / "m.pkl"}, ScanRules()) == ()
    # now it is known, wherever it lies
    assert scans.of([file], {"m.pkl": gone / "m.pkl"}, ScanRules()) == ()

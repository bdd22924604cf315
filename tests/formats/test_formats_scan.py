"""The scan finds what would run code in every kind of file, and nothing in honest models."""

from __future__ import annotations

import contextlib
import io
import pickle
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from jupyter_registry.formats.pickle_values import Global, Unreadable
from jupyter_registry.formats.pickle_walk import Walked, walk
from jupyter_registry.formats.scan import HEAD, is_of_interest, refused, scan, scan_files, unsafe
from jupyter_registry.formats.scan_rules import CODE, DANGEROUS, UNKNOWN

from . import pickles

#: What is bad in another way than by what it runs.
LEVELS = {"getattr.pkl": CODE, "own_module.pkl": UNKNOWN, "cloudpickle_code.pkl": CODE}


@pytest.mark.parametrize("name", pickles.DANGEROUS)
def test_what_runs_code_is_found(name: str, tmp_path: Path) -> None:
    [(_, file)] = pickles.written({name: pickles.DANGEROUS[name]()}, tmp_path).items()
    found = scan(tmp_path)
    assert found, "missed"
    assert found[0].level == LEVELS.get(name, DANGEROUS)
    assert found[0].file.startswith(name)
    assert is_of_interest(name, file.read_bytes()[:HEAD])
    error = unsafe(refused(found, own_code=False))
    assert name in error.detail
    assert error.fields["findings"]


def test_honest_models_pass(tmp_path: Path) -> None:
    files = pickles.written(pickles.honest(), tmp_path)
    assert scan_files(files) == []


def test_honest_models_are_followed_to_their_end(tmp_path: Path) -> None:
    """Else there would be nothing to find."""
    made = pickles.honest()
    for name, wanted in (
        ("forest.joblib", "sklearn.tree._tree"), ("xgboost.pkl", "xgboost.core"),
        ("lightgbm.pkl", "lightgbm.sklearn"), ("statsmodels.pkl", "statsmodels.regression"),
        ("pipeline_0.pkl", "sklearn.pipeline"), ("pipeline.joblib", "joblib.numpy_pickle"),
    ):  # fmt: skip
        found, file = Walked(), io.BytesIO(made[name])
        walk(file, found)
        assert file.read() == b""
        assert any(one.module.startswith(wanted) for one in found.globals), found.globals


def test_whose_code_it_is_decides() -> None:
    own = pickles.DANGEROUS["cloudpickle_code.pkl"]()
    for content, passes in ((own, True), (pickles.said("my_module", "My"), True),
                            (pickles.PWNED, False), (pickles.PWNED[:-1], False)):  # fmt: skip
        found = list(_scanned(content))
        assert refused(found, own_code=False)
        assert (refused(found, own_code=True) == []) is passes


def _scanned(content: bytes, name: str = "m.pkl") -> list:
    from jupyter_registry.formats.scan import Rules, scan_stream

    return list(scan_stream(io.BytesIO(content), name, Rules()))


def test_trusted_types_and_modules_of_the_package_pass(tmp_path: Path) -> None:
    content = pickles.said("acme.models", "Ranker")
    (tmp_path / "m.pkl").write_bytes(content)
    assert [one.level for one in scan(tmp_path)] == [UNKNOWN]
    for trusted in ("acme.models.Ranker", "acme.", "acme.models."):
        assert scan(tmp_path, [trusted]) == []
    assert scan(tmp_path, ["acme", "acme.models.Rank", "acme.other."])
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "__init__.py").write_text("")
    assert scan(tmp_path) == []
    (tmp_path / "os.py").write_text("")
    (tmp_path / "m.pkl").write_bytes(pickles.PWNED)
    assert scan(tmp_path)[0].level == DANGEROUS


@pytest.mark.parametrize("seed", range(40))
def test_nothing_that_is_loaded_escapes(seed: int) -> None:
    """Pickles damaged at random: what Python's unpickler imports of them, the walk has seen."""
    choose = random.Random(seed)
    whole = bytearray(pickle.dumps([np.arange(3), {"a": (1, "b")}, Path("x"), 1 + 2j], seed % 6))
    for _ in range(choose.randint(1, 4)):
        whole[choose.randrange(len(whole))] = choose.randrange(256)
    imported: set[Global] = set()

    class Seen(pickle._Unpickler):  # type: ignore[name-defined,misc]
        def find_class(self, module: str, name: str) -> object:
            imported.add(Global(module, name))
            return lambda *a, **k: None

    with contextlib.suppress(Exception):  # what it did until then counts
        Seen(io.BytesIO(bytes(whole)), fix_imports=False).load()
    found = Walked()
    with contextlib.suppress(Unreadable):
        walk(io.BytesIO(bytes(whole)), found)
    known = {(one.module, one.name) for one in found.globals}
    assert {(one.module, one.name) for one in imported} <= known or found.odd


def test_a_large_file_is_scanned_in_little_memory(tmp_path: Path) -> None:
    with (tmp_path / "large.pkl").open("wb") as file:
        file.write(b"\x80\x04\x8e" + (400_000_000).to_bytes(8, "little"))
        file.seek(400_000_000 + 11)
        file.write(pickles.PWNED[2:])
    code = (
        "import resource, sys; from pathlib import Path; from jupyter_registry.formats.scan "
        "import scan; a = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; "
        f"found = scan(Path({str(tmp_path)!r})); "
        "print(found[0].level, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - a)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    level, grown = done.stdout.split()
    assert level == DANGEROUS
    assert int(grown) < 50_000


def test_a_file_that_is_no_pickle_is_none(tmp_path: Path) -> None:
    for name, content in (("a", b""), ("b.txt", b"cos\nsystem\n"), ("c.bin", b"\x80"),
                          ("d.zip", b"PK\x05\x06" + bytes(18))):  # fmt: skip
        (tmp_path / name).write_bytes(content)
    assert scan(tmp_path) == []
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 and no more")
    assert [one.level for one in scan(tmp_path)] == ["unreadable"]
    assert not is_of_interest("country.csv", b"country,city")
    for name in ("m.txt", "m.csv"):  # whatever they are called
        assert is_of_interest(name, pickles.DANGEROUS["gzip.joblib"]()[:HEAD])
        assert is_of_interest(name, pickles.PWNED)
    with zipfile.ZipFile(tmp_path / "broken.zip", "w") as archive:
        archive.writestr("inner.txt", "text")
    assert scan(tmp_path) == []

"""The format of a package's files, told when it is registered and without loading them."""

from __future__ import annotations

import bz2
import gzip
import pickle
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
import skops.io
from skl2onnx import to_onnx
from sklearn.linear_model import LinearRegression

from jupyter_registry.domain.errors import InvalidInput
from jupyter_registry.formats import find_model
from jupyter_registry.formats.first_bytes import LENGTH, possible_formats

SIGNATURE = [{"name": "x", "dtype": "number", "nullable": False}]


def model() -> LinearRegression:
    x = np.arange(6, dtype=np.float32).reshape(-1, 1)
    return LinearRegression().fit(x, 2 * x[:, 0])


def dumped(**options: Any) -> bytes:
    sink = BytesIO()
    joblib.dump(model(), sink, **options)
    return sink.getvalue()


def zipped() -> bytes:
    sink = BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("a", "b")
    return sink.getvalue()


FILES: dict[str, Callable[[], bytes]] = {
    "model.skops": lambda: skops.io.dumps(model()),
    "model.onnx": lambda: to_onnx(model(), np.zeros((1, 1), np.float32)).SerializeToString(),
    "model.joblib": dumped,
    "small.joblib": lambda: dumped(compress=("zlib", 3)),
    "small.joblib.gz": lambda: dumped(compress=("gzip", 3)),
    "small.bz2": lambda: dumped(compress=("bz2", 3)),
    "small.xz": lambda: dumped(compress=("xz", 3)),
    **{
        f"protocol{n}.pkl": lambda n=n: pickle.dumps(model(), protocol=n)  # type: ignore[misc]
        for n in (2, 3, 4, 5)
    },
}


@pytest.mark.parametrize("path", FILES)
def test_what_the_formats_find_in_a_file_is_told_by_its_first_bytes(
    path: str, tmp_path: Path
) -> None:
    content = FILES[path]()
    (tmp_path / path).write_bytes(content)
    found, _ = find_model(tmp_path / path)
    assert found.name in possible_formats(path, content[:LENGTH])


@pytest.mark.parametrize(
    "content",
    [b"", b"\x08", b"\x80", b"text", b"a,b\n1,2\n", b"PK\x03\x04" + zipped()[4:], b"\x93NUMPY",
     b"PAR1", b"\x89PNG\r\n\x1a\n", b"\x80\x01old", b"\x08\x99\x12"],
)  # fmt: skip
def test_other_files_are_of_none(content: bytes) -> None:
    assert possible_formats("data.bin", content[:LENGTH]) == ()


def test_a_format_that_is_not_given_is_told_by_the_files(register: Callable[..., Any]) -> None:
    for path, content in FILES.items():
        made = register(files={path: content(), "notes.txt": b"hello"}, signature=SIGNATURE)
        assert made.format in possible_formats(path, content()[:LENGTH])
        assert made.warnings == []
    code = {"custom.py": b"def score(data, model): ...", "a.pkl": pickle.dumps(1)}
    made = register(files=code, signature=SIGNATURE)
    assert (made.format, made.warnings) == ("custom_code", [])


def test_what_will_keep_it_from_being_deployed_is_said(register: Callable[..., Any]) -> None:
    def warned(files: dict[str, bytes], **fields: Any) -> tuple[str | None, list[str]]:
        made = register(files=files, **{"signature": SIGNATURE} | fields)
        return made.format, [text.partition(",")[0] for text in made.warnings]

    plain, packed = {"m.pkl": pickle.dumps(1)}, {"m.pkl.gz": gzip.compress(pickle.dumps(1))}
    assert warned(plain) == ("pickle", [])
    assert warned(plain, signature=[]) == ("pickle", ["It has no signature"])
    assert warned(plain, format="joblib") == ("joblib", [])
    assert warned(plain, format="onnx") == ("onnx", ["No file looks like onnx"])
    assert warned({"weights.h5": b"\x89HDF"})[0] is None
    [text] = warned({"weights.h5": b"\x89HDF"})[1]
    assert text.startswith("No file is of a known model format")
    format_, [text] = warned(plain | packed)
    assert format_ is None
    assert text.startswith("Several files may be the model: m.pkl")
    assert warned(plain | packed, format="pickle") == ("pickle", [])
    assert warned({"m.bz2": bz2.compress(b"text")}) == ("joblib", [])  # a worker finds out


def test_a_format_that_does_not_exist_is_refused(register: Callable[..., Any]) -> None:
    with pytest.raises(InvalidInput, match="Did you mean 'pickle'") as refused:
        register(files={"m": b"\x80\x04."}, format="pickel")
    assert "skops" in refused.value.fields["format"]
    made = register()  # an external one has neither
    assert (made.format, made.warnings) == (None, [])

"""Archives: what is honest comes out as it went in, what could do harm is refused by its name."""

from __future__ import annotations

import io
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import joblib
import numpy as np
import pytest
import skops.io
from sklearn.linear_model import LinearRegression

from jupyter_registry.domain.errors import ArchiveRefused, TooLarge
from jupyter_registry.domain.uploads import ArchiveLimits
from jupyter_registry.formats.archives import entries, kind_of

FILES = {"custom.py": b"x = 1\n", "code/a b/\u00e4.py": b"", "model.bin": bytes(range(256)) * 9000}
TARS = {"tar": "", "tar.gz": "gz", "tar.bz2": "bz2", "tar.xz": "xz"}


def zipped(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return made.getvalue()


def tarred(files: dict[str, bytes], mode: str = "", **more: object) -> bytes:
    """A tar; ``more``: entries by name, with a ``type`` and ``linkname`` as tarfile has them."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=f"w:{mode}") as archive:
        for path, content in files.items():
            info = tarfile.TarInfo(path)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for path, kind in more.items():
            info = tarfile.TarInfo(path)
            info.type = kind  # type: ignore[assignment]
            info.linkname = "/etc/passwd"
            archive.addfile(info)
    return made.getvalue()


def opened(content: bytes, **limits: float) -> tuple[dict[str, bytes], dict[str, str]]:
    file, left_out = io.BytesIO(content), dict[str, str]()
    kind = kind_of(file)
    assert kind is not None
    found = entries(file, "m.zip", kind, ArchiveLimits(**limits), left_out)  # type: ignore[arg-type]
    return {entry.path: b"".join(entry.chunks) for entry in found}, left_out


def refused(content: bytes, **limits: float) -> ArchiveRefused | TooLarge:
    with pytest.raises((ArchiveRefused, TooLarge)) as caught:
        opened(content, **limits)
    assert caught.value.advice
    assert caught.value.fields["archive"] == "m.zip"
    return caught.value


@pytest.mark.parametrize("compression", [0, 8, 12, 14])
def test_zips_come_out_as_they_went_in(compression: int) -> None:
    assert opened(zipped(FILES | {"./here": b"h"}, compression)) == (FILES | {"here": b"h"}, {})


@pytest.mark.parametrize("kind", TARS)
def test_tars_come_out_as_they_went_in(kind: str) -> None:
    folder = {"code": tarfile.DIRTYPE, ".": tarfile.DIRTYPE}
    content = tarred(FILES | {"./x": b"x", "l" * 200: b"long"}, TARS[kind], **folder)
    assert kind_of(io.BytesIO(content)) == kind
    assert opened(content) == (FILES | {"x": b"x", "l" * 200: b"long"}, {})


def test_what_folders_leave_out_is_left_out() -> None:
    found, left_out = opened(
        zipped({"m": b"m", ".env": b"s", "a/.git/x": b"", "__MACOSX/m": b"", "b/.h/x": b""})
    )
    assert found == {"m": b"m"}
    assert left_out == {".env": "hidden", "b/.h/x": "hidden"}


BAD_PATHS = ["../x", "a/../../x", "/etc/passwd", "C:\\x", "C:/x", "\\\\host\\x", "a\\..\\x",
             "a//b", "a\nb", "n" * 256]  # fmt: skip


@pytest.mark.parametrize("path", BAD_PATHS)
@pytest.mark.parametrize("packed", [zipped, tarred])
def test_paths_that_lead_out_are_refused(path: str, packed: Callable[..., bytes]) -> None:
    error = refused(packed({"fine": b"x", path: b"y"}))
    assert error.fields["entry"].startswith(path[:5].replace("\n", "\ufffd"))
    assert "at '" in error.detail


@pytest.mark.parametrize(
    ("one", "other"),
    [("Model.bin", "model.BIN"), ("\u00e9", "e\u0301"), ("a", "a/b"), ("a/b", "A"), ("s", "s")],
)
@pytest.mark.parametrize("packed", [zipped, tarred])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_names_that_clash_are_refused(one: str, other: str, packed: Callable[..., bytes]) -> None:
    if one == other:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            archive.writestr("s", b"1")
            archive.writestr("s", b"2")
        assert "twice" in refused(made.getvalue()).detail
        return
    assert refused(packed({one: b"1", other: b"2"})).fields["entry"] == other


@pytest.mark.parametrize(
    ("kind", "said"),
    [(tarfile.SYMTYPE, "link"), (tarfile.LNKTYPE, "link"), (tarfile.CHRTYPE, "device"),
     (tarfile.BLKTYPE, "device"), (tarfile.FIFOTYPE, "pipe")],
)  # fmt: skip
def test_a_tar_with_what_is_no_file_is_refused(kind: bytes, said: str) -> None:
    error = refused(tarred({"fine": b"x"}, odd=kind))
    assert error.fields["entry"] == "odd"
    assert said in error.detail


@pytest.mark.parametrize("mode", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK])
def test_a_zip_with_what_is_no_file_is_refused(mode: int) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        info = zipfile.ZipInfo("odd")
        info.external_attr = (mode | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    assert refused(made.getvalue()).fields["entry"] == "odd"


def test_limits() -> None:
    many = {f"{number}": b"x" for number in range(6)}
    for packed in (zipped, tarred):
        assert "5 files" in refused(packed(many), files=5).detail
        assert "than 900 bytes" in refused(packed({"a": b"x" * 901}), total_bytes=900).detail
        assert "3 folders" in refused(packed({"a/b/c/d": b""}), depth=2).detail
        assert len(opened(packed(many), files=6)[0]) == 6


@pytest.mark.parametrize("kind", ["zip", "tar.gz", "tar.bz2", "tar.xz"])
def test_bombs_are_refused_before_they_are_large(kind: str) -> None:
    zeros = {"zeros": bytes(30_000_000)}
    content = zipped(zeros) if kind == "zip" else tarred(zeros, TARS[kind])
    error = refused(content, free_bytes=1_000_000)
    assert error.fields["entry"] == "zeros"
    assert "bomb" in error.detail
    assert opened(content)[0].keys() == {"zeros"}  # small ones are not asked


def test_a_zip_whose_entries_share_their_bytes_is_refused() -> None:
    content = bytearray(zipped({"a": b"\0" * 100_000, "b": b"\0" * 100_000}))
    directory = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", directory + 4)
    content[second + 42 : second + 46] = content[directory + 42 : directory + 46]
    assert "shares its bytes" in refused(bytes(content)).detail


def test_a_long_header_is_not_read_whole() -> None:
    """A path's extension may declare gigabytes, which compress to nothing."""
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 2_000_000_000
    made = io.BytesIO()
    import gzip

    with gzip.GzipFile(fileobj=made, mode="wb") as packed:
        packed.write(info.tobuf(tarfile.GNU_FORMAT))
        packed.write(bytes(40_000_000))
    assert "header" in refused(made.getvalue()).detail


def test_encrypted_and_broken_archives_say_so() -> None:
    locked = bytearray(zipped({"secret": b"x" * 1000}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(signature) + offset] |= 1
    error = refused(bytes(locked))
    assert (error.fields["entry"], "password" in error.detail) == ("secret", True)
    for kind, mode in TARS.items():
        whole = tarred(FILES, mode)
        assert "broken" in refused(whole[: len(whole) // 2 if not mode else -30]).detail, kind
    whole = zipped(FILES)
    assert "broken" in refused(whole[:-500]).detail
    flipped = bytearray(zipped(FILES, 0))
    flipped[flipped.index(bytes(range(256))) + 5] ^= 1
    assert "broken" in refused(bytes(flipped)).detail


def test_models_that_are_zips_stay_whole(tmp_path: Path) -> None:
    skops.io.dump(LinearRegression().fit([[1.0], [2.0]], [1.0, 2.0]), tmp_path / "m.skops")
    np.savez(tmp_path / "m.npz", a=np.zeros(3), b=np.ones(2))
    joblib.dump({"a": 1}, tmp_path / "m.gz", compress=("gzip", 3))
    (tmp_path / "m.pt").write_bytes(zipped({"net/data.pkl": b"\x80", "net/version": b"3"}))
    keras = {"config.json": b"{}", "metadata.json": b"{}", "model.weights.h5": b""}
    (tmp_path / "m.keras").write_bytes(zipped(keras))
    (tmp_path / "m.bin").write_bytes(b"plain")
    for file in tmp_path.iterdir():
        with file.open("rb") as model:
            assert kind_of(model) is None, file.name

"""Which formats a file may be of, by its name and first bytes: what can be told without the file.

A format's own `sniff` looks into the file and is surer; this is for where a file is not on this
disk, such as the server's, whose artifacts may lie in object storage.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

#: Files that, at a folder's root, make the whole folder one model, and of which format; the first
#: that is there counts.
WHOLE_FOLDERS = {"custom.py": "custom_code", "MLmodel": "mlflow"}

#: How many first bytes are looked at.
LENGTH = 512

_COMPRESSED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x5d\x00\x00", b"\x04\x22\x4d\x18", b"\x78")
_PICKLES = tuple(bytes([0x80, protocol]) for protocol in (2, 3, 4, 5))
#: How models of boosters begin: texts of LightGBM, CatBoost's files, XGBoost's JSON, and its
#: UBJSON with the length of the first key.
LIGHTGBM = b"tree\nversion="
CATBOOST = b"CBM1"
XGBOOST = re.compile(rb'\s*\{\s*"learner"\s*:|\{[iUIlL]\x00*\x07learner')
#: How a zip begins.
ZIP = b"PK\x03\x04"
#: The first file of PyTorch's zips, and what they are commonly called.
_TORCH = re.compile(
    rb"serialized_exported_program\.json"
    rb"|[^/]{1,200}/(data\.pkl|data/|constants|code/|version|byteorder|archive_format|\.format)"
)
_TORCH_NAMES = (".pt", ".pth", ".pt2", ".ckpt")
#: XML whose root is PMML; a declaration and comments may stand before it.
PMML = re.compile(rb"(\xef\xbb\xbf)?\s*(<\?.*?\?>|<!--.*?-->|\s)*<(\w+:)?PMML[\s>]", re.DOTALL)
#: What follows an ONNX file's version: the tags of the other fields of its message.
_ONNX_TAGS = frozenset(b"\x12\x1a\x22\x28\x32\x3a\x42")


def possible_formats(path: str, head: bytes) -> tuple[str, ...]:
    """Names of the formats that a file may be of, the likeliest first; none for other files.

    ``path``: where the file lies in its package, with ``/``. ``head``: its first `LENGTH` bytes.
    """
    if path in WHOLE_FOLDERS:
        return (WHOLE_FOLDERS[path],)
    if head.startswith(_PICKLES):
        # joblib reads pickles, and a dump of it without arrays is one
        return ("joblib", "pickle") if path.endswith(".joblib") else ("pickle", "joblib")
    if head.startswith(_COMPRESSED):
        return ("joblib",)
    if head.startswith(ZIP) and head[30:].startswith(b"metadata.json"):
        return ("keras",)
    if head.startswith(ZIP) and (path.endswith(_TORCH_NAMES) or _TORCH.match(head[30:])):
        return ("torch",)
    if head.startswith(ZIP):
        return ("skops",) if path.endswith((".skops", ".zip")) or "." not in path else ()
    if head.startswith(LIGHTGBM):
        return ("lightgbm",)
    if head.startswith(CATBOOST):
        return ("catboost",)
    if PMML.match(head):
        return ("pmml",)
    if XGBOOST.match(head):
        return ("xgboost",)
    if len(head) > 2 and head[0] == 0x08 and head[1] < 0x40 and head[2] in _ONNX_TAGS:
        return ("onnx",)
    return ()


def zip_names(path: Path) -> frozenset[str]:
    """Names of what a zip on this disk holds; none of another file."""
    with path.open("rb") as file:
        if file.read(len(ZIP)) != ZIP:
            return frozenset()
    try:
        with zipfile.ZipFile(path) as archive:
            return frozenset(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError):
        return frozenset()

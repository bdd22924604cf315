"""Pickles to be scanned: such as run code in many ways, and such as honest models are."""

from __future__ import annotations

import bz2
import gzip
import io
import pickle
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import cloudpickle
import joblib
import numpy as np


class Calls:
    """Pickled as a call of what is named, with arguments."""

    def __init__(self, of: Any, *args: Any) -> None:
        self.of, self.args = of, args

    def __reduce__(self) -> Any:
        return self.of, self.args


def said(module: str, name: str, argument: str = "echo pwned") -> bytes:
    """A pickle of protocol 4 that calls ``module.name(argument)``; nothing is imported here."""
    text = b"".join(
        b"\x8c" + bytes([len(part.encode())]) + part.encode() for part in (module, name)
    )
    more = b"X" + struct.pack("<I", len(argument)) + argument.encode()
    return b"\x80\x04" + text + b"\x93" + more + b"\x85R."


def _joblib(thing: Any, **how: Any) -> bytes:
    out = io.BytesIO()
    joblib.dump(thing, out, **how)
    return out.getvalue()


def _behind_an_array(**how: Any) -> bytes:
    """A joblib dump in which the call comes after an array's bytes."""
    import os

    return _joblib([np.arange(10_000.0), Calls(os.system, "echo pwned")], **how)


def _zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return out.getvalue()


def _npy(thing: Any) -> bytes:
    out = io.BytesIO()
    array = np.empty(1, object)
    array[0] = thing
    np.save(out, array, allow_pickle=True)
    return out.getvalue()


def _nested_getattr() -> bytes:
    """``getattr`` of what ``getattr`` has given, until it is ``exec``; called by ``__reduce__``."""
    inner = Calls(getattr, Calls(getattr, dict, "__base__"), "__subclasses__")
    return pickle.dumps(Calls(getattr, inner, "__call__"))


def _by_value() -> bytes:
    space: dict[str, Any] = {"__name__": "__main__"}
    exec("class Own:\n    def predict(self, rows):\n        return rows\n", space)
    return bytes(cloudpickle.dumps(space["Own"]()))


PWNED = said("os", "system")

#: Name of a file → its bytes; each would run what it should not.
DANGEROUS: dict[str, Callable[[], bytes]] = {
    "os_system.pkl": lambda: PWNED,
    "posix_system.pkl": lambda: said("posix", "system"),
    "protocol_0.pkl": lambda: b"cos\nsystem\n(S'echo pwned'\ntR.",
    "protocol_0_escaped.pkl": lambda: b"(Vo\\u0073\nVsystem\n\x93(Vx\ntR.",
    "inst.pkl": lambda: b"(S'echo pwned'\nios\nsystem\n.",
    "obj.pkl": lambda: b"(cos\nsystem\nS'echo pwned'\no.",
    "python_2.pkl": lambda: b"c__builtin__\nexecfile\n(S'x'\ntR.",
    "python_2_commands.pkl": lambda: b"\x80\x02ccommands\ngetoutput\nX\x02\x00\x00\x00id\x85R.",
    "builtins_exec.pkl": lambda: said("builtins", "exec", "import os"),
    "builtins_eval.pkl": lambda: said("builtins", "eval", "1"),
    "subprocess_run.pkl": lambda: said("subprocess", "run"),
    "importlib.pkl": lambda: said("importlib", "import_module", "os"),
    "runpy.pkl": lambda: said("runpy", "run_path", "x.py"),
    "pip_main.pkl": lambda: said("pip", "main", "install"),
    "pip_internal.pkl": lambda: said("pip._internal.cli.main", "main", "install"),
    "webbrowser.pkl": lambda: said("webbrowser", "open", "http://x"),
    "ctypes.pkl": lambda: said("ctypes", "CDLL", "x"),
    "through_a_module.pkl": lambda: said("sklearn.utils", "os.system"),
    "through_a_library.pkl": lambda: said("torch.serialization", "os.system"),
    "library_exec.pkl": lambda: said("numpy.testing._private.utils", "runstring"),
    "library_load.pkl": lambda: said("joblib.numpy_pickle", "load", "x.pkl"),
    "library_read.pkl": lambda: said("pandas.io.pickle", "read_pickle", "x"),
    "library_from_bytes.pkl": lambda: said("torch.storage", "_load_from_bytes", "x"),
    "pydoc_locate.pkl": lambda: said("pydoc", "locate", "os.system"),
    "timeit.pkl": lambda: said("timeit", "timeit", "1"),
    "getattr.pkl": _nested_getattr,
    "own_module.pkl": lambda: said("evil_module", "run"),
    "made_name.pkl": lambda: (
        b"\x80\x04\x8c\x02os\x94\x8c\x06system\x94h\x00h\x01\x93X\x01\0\0\0x\x85R."
    ),
    "unknown_name.pkl": lambda: b"\x80\x04K\x01K\x02\x93X\x01\0\0\0x\x85R.",
    "broken_after.pkl": lambda: PWNED[:-1] + b"\xff\xff",
    "cut_off.pkl": lambda: PWNED[:-1],
    "second_pickle.pkl": lambda: pickle.dumps({"a": 1}) + PWNED,
    "behind_stop_of_none.pkl": lambda: b"N." + PWNED,
    "zlib.joblib": lambda: _behind_an_array(compress=3),
    "gzip.joblib": lambda: _behind_an_array(compress=("gzip", 3)),
    "bz2.joblib": lambda: _behind_an_array(compress=("bz2", 3)),
    "xz.joblib": lambda: _behind_an_array(compress=("xz", 1)),
    "lzma.joblib": lambda: _behind_an_array(compress=("lzma", 1)),
    "behind_an_array.joblib": _behind_an_array,
    "array_of_objects.joblib": lambda: _joblib(np.array([Calls(eval, "1"), None], object)),
    "objects.npy": lambda: _npy(Calls(eval, "1")),
    "objects.npz": lambda: _zip({"a.npy": _npy(Calls(eval, "1"))}),
    "torch.pt": lambda: _zip({"net/data.pkl": PWNED, "net/version": b"3"}),
    "within.zip": lambda: _zip({"a/b.zip": _zip({"c.pkl": PWNED})}),
    "gzip.pkl.gz": lambda: gzip.compress(PWNED),
    "zlib.z": lambda: zlib.compress(PWNED),
    "bz2.bin": lambda: bz2.compress(PWNED),
    "no_name_at_all": lambda: PWNED,
    "cloudpickle_code.pkl": _by_value,
}


def honest() -> dict[str, bytes]:
    """The same of models as they are kept."""
    import lightgbm
    import statsmodels.api as sm
    import xgboost
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.feature_selection import SelectKBest, f_classif
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

    random = np.random.default_rng(0)
    rows = random.normal(size=(60, 3))
    target = (rows[:, 0] > 0).astype(int)
    import pandas as pd

    table = pd.DataFrame(rows, columns=list("abc")).assign(d=np.where(target, "x", "y"))
    pipeline = make_pipeline(
        make_column_transformer(
            (make_pipeline(FunctionTransformer(np.abs), StandardScaler()), ["a", "b", "c"]),
            (OneHotEncoder(), ["d"]),
        ),
        SelectKBest(f_classif, k=2),
        LogisticRegression(),
    ).fit(table, target)
    forest = RandomForestClassifier(20, random_state=0).fit(rows, target)
    made = {f"pipeline_{protocol}.pkl": pickle.dumps(pipeline, protocol) for protocol in range(6)}
    quick = {"n_estimators": 3, "verbose": -1, "min_child_samples": 2}
    return made | {
        "pipeline_cloudpickle.pkl": bytes(cloudpickle.dumps(pipeline)),
        "forest.joblib": _joblib(forest),
        "forest_zlib.joblib": _joblib(forest, compress=3),
        "forest_xz.joblib": _joblib(forest, compress=("xz", 1)),
        "pipeline.joblib": _joblib(pipeline),
        "xgboost.pkl": pickle.dumps(xgboost.XGBClassifier(n_estimators=3).fit(rows, target)),
        "lightgbm.pkl": pickle.dumps(lightgbm.LGBMClassifier(**quick).fit(rows, target)),
        "statsmodels.pkl": pickle.dumps(sm.OLS(rows[:, 0], sm.add_constant(rows[:, 1:])).fit()),
        "frame.pkl": pickle.dumps(table),
        "objects.npy": _npy(["a", 1, None]),
        "numbers.npz": _zip({"a.npy": _npy_numbers()}),
        "plain.pkl": pickle.dumps({"a": [1, 2.5, None, partial(int, base=2)]}),
        "compressed.csv.gz": gzip.compress(b"a,b\n1,2\n"),
        "text.csv": b"country,city\nsystem,b\n(1,2)\n.5,\n",
        "code.py": b"import os\nclass A:\n    pass\n",
        "random.bin": random.bytes(20_000),
    }


def _npy_numbers() -> bytes:
    out = io.BytesIO()
    np.save(out, np.arange(5))
    return out.getvalue()


def written(files: dict[str, bytes], folder: Path) -> dict[str, Path]:
    """The files in a folder."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return {name: folder / name for name in files}

"""What a model's pickle may import: known libraries' own classes, and nothing that runs code.

A pickle made by a machine-learning library imports that library's classes, numpy's, and few of
the standard library's. Everything else is judged here by its name alone; nothing is imported.
The list of what is known to be dangerous is picklescan's, which is kept up with new findings.
"""

from __future__ import annotations

import io
import logging
import re
import sys
from collections.abc import Iterable
from functools import lru_cache

from .pickle_values import Global

#: How bad something is. ``code``: it brings code of its own, as cloudpickle does with classes of a
#: notebook. ``unknown``: of a library that is not known here. ``unreadable``: not to be followed.
DANGEROUS, CODE, UNKNOWN, UNREADABLE = "dangerous", "code", "unknown", "unreadable"

#: Libraries whose classes models are made of.
KNOWN_LIBRARIES = frozenset(
    (
        "catboost", "category_encoders", "daal4py", "econml", "feature_engine", "flaml",
        "formulaic", "hdbscan", "imblearn", "interpret", "joblib", "keras", "lifelines",
        "lightgbm", "lightning", "mlxtend", "narwhals", "networkx", "numpy", "onnx",
        "onnxruntime", "optbinning", "pandas", "patsy", "pmdarima", "polars", "prophet",
        "pyarrow", "pynndescent", "pytorch_lightning", "pytz", "safetensors", "scipy",
        "sentence_transformers", "shap", "skl2onnx", "sklearn", "sklearnex", "skops", "sktime",
        "statsforecast", "statsmodels", "tensorflow", "tokenizers", "torch", "torchvision",
        "transformers", "umap", "xgboost", "dateutil",
    )
)  # fmt: skip
#: Parts of them that run commands or code, or load other files.
_PARTS = frozenset(
    (
        "_dynamo", "_inductor", "_testing", "bottleneck", "builtins", "collect_env",
        "cpp_extension", "ctypeslib", "datasets", "distributed", "distutils", "externals",
        "f2py", "hub", "importlib", "io", "loky", "multiprocessing", "npyio", "os", "pickle",
        "plotting", "subprocess", "sys", "testing", "tests", "weave", "_show_versions",
        "_print_versions", "__main__",
    )
)  # fmt: skip
_VERBS = re.compile(
    r"(load|loads|save|exec|eval|execfile|open|system|popen|run|call|compile|import|getattr|setattr"
    r"|attrgetter|methodcaller|memmap|fromfile|tofile|runstring|spawn\w*|fork\w*"
    r"|check_call|check_output|getoutput|start_process"
    r"|(load|save|exec|eval_|import|read|fetch|download|run)_\w+|_import__)"
)
_MODULES_BY_NAME = frozenset({"os", "sys", "subprocess", "importlib", "builtins", "pickle", "io"})

#: Of the standard library: what pickles of models have. ``*``: all of it.
_STANDARD: dict[str, frozenset[str]] = {
    module: frozenset(names.split())
    for module, names in {
        "builtins": "object set frozenset bytearray bytes complex int float bool str list dict "
        "tuple slice range Ellipsis NotImplemented property staticmethod classmethod map zip "
        "filter enumerate reversed len sum min max abs round sorted any all",
        "collections": "*", "_collections": "*", "_codecs": "encode", "copyreg": "_reconstructor "
        "__newobj__ __newobj_ex__", "array": "*", "datetime": "*", "_datetime": "*",
        "decimal": "*", "_decimal": "*", "fractions": "*", "functools": "partial",
        "_functools": "partial", "operator": "itemgetter", "_operator": "itemgetter",
        "enum": "*", "itertools": "*", "math": "*", "cmath": "*", "random": "Random",
        "statistics": "*", "re": "_compile", "types": "SimpleNamespace MappingProxyType",
        "typing": "*", "uuid": "UUID", "zoneinfo": "ZoneInfo ZoneInfo._unpickle",
        "pathlib": "Path PosixPath WindowsPath PurePath PurePosixPath PureWindowsPath",
        "logging": "getLogger", "numbers": "*", "string": "*",
    }.items()
}  # fmt: skip
#: What runs code or commands, beside what picklescan has.
_HARMFUL = frozenset(
    (
        "IPython", "_posixsubprocess", "antigravity", "cffi", "code", "codeop", "ctypes",
        "fabric", "imp", "importlib", "invoke", "marshal", "multiprocessing", "paramiko",
        "pexpect", "pickle", "pip", "pkg_resources", "pkgutil", "plumbum", "pytest",
        "setuptools", "sh", "site", "turtledemo", "zipapp", "zipimport",
    )
)  # fmt: skip
_BUILTINS = frozenset(
    (
        "exec", "eval", "compile", "open", "__import__", "setattr", "delattr", "globals",
        "locals", "vars", "input", "breakpoint", "exit", "quit", "help", "apply", "execfile",
        "file", "reload",
    )
)  # fmt: skip
_MAKERS = frozenset(
    (
        "builtins.getattr", "builtins.type", "types.CodeType", "types.FunctionType",
        "types.LambdaType", "types.MethodType", "types.ModuleType", "types.new_class",
    )
)  # fmt: skip
_BRINGS_CODE = ("cloudpickle", "dill", "_dill")
_IDENTIFIER = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


def judge(
    found: Global, own_modules: frozenset[str] = frozenset(), trusted: Iterable[str] = ()
) -> tuple[str, str] | None:
    """How bad an import is, and why; ``None`` for one that models have.

    ``own_modules``: top-level modules that lie in the package as source. ``trusted``: types by
    their whole name, or modules by their name and a dot.
    """
    module, name = _today(found)
    whole = f"{module}.{name}"
    top = module.partition(".")[0]
    if not _IDENTIFIER.fullmatch(module) or not _IDENTIFIER.fullmatch(name):
        return DANGEROUS, "it is no name that an import can have"
    if _names_it(whole, trusted):
        return None
    if top in _BRINGS_CODE or "cloudpickle" in module.split("."):
        return CODE, "it makes functions or classes from code in the file"
    if top == "__torch__":
        return None  # TorchScript's own: its code lies in the file, and no Python is run by it
    if module == "__main__":
        return CODE, "it is of the program or notebook that made the file"
    if top in _STANDARD and _is_standard(module, name):
        return None
    if whole in _MAKERS:
        return CODE, "it reaches functions by name, or makes them from code in the file"
    if top in _HARMFUL or (module == "builtins" and name in _BUILTINS) or _is_listed(module, name):
        return DANGEROUS, "it runs code or commands, or reaches files or the network"
    if top in KNOWN_LIBRARIES:
        return _in_library(module, name)
    if module.startswith("jupyter_registry.training.steps"):
        return None
    if top in own_modules and top not in sys.stdlib_module_names:
        return None
    if top in sys.stdlib_module_names:
        return UNKNOWN, "models have no need of it"
    return UNKNOWN, "its library is not known here"


def _in_library(module: str, name: str) -> tuple[str, str] | None:
    first, _, rest = name.partition(".")
    parts = module.split(".")
    if rest and not re.match(r"_*[A-Z]", first):
        return DANGEROUS, "it reaches through a module into another"
    if name in _MODULES_BY_NAME or name in sys.stdlib_module_names:
        return DANGEROUS, "it is a module of the standard library"
    if not _PARTS.isdisjoint(parts) or _VERBS.fullmatch(name.lstrip("_").lower()):
        return DANGEROUS, "this part of its library runs code or commands, or loads files"
    return None


def _is_standard(module: str, name: str) -> bool:
    names = _STANDARD.get(module, frozenset())
    if module == "builtins" and re.fullmatch(r"[A-Z]\w*(Error|Exception|Warning|Iteration)", name):
        return True
    return ("." not in name and "*" in names) or name in names


def _names_it(whole: str, trusted: Iterable[str]) -> bool:
    return any(whole == one or (one.endswith(".") and whole.startswith(one)) for one in trusted)


def _today(found: Global) -> tuple[str, str]:
    """The name as Python 3 has it: pickles of protocols 0 to 2 may have Python 2's."""
    from _compat_pickle import IMPORT_MAPPING, NAME_MAPPING

    key = (found.module, found.name)
    if key in NAME_MAPPING:
        return NAME_MAPPING[key]
    return IMPORT_MAPPING.get(found.module, found.module), found.name


@lru_cache(maxsize=10_000)
def _is_listed(module: str, name: str) -> bool:
    """Whether picklescan knows it to be dangerous."""
    from picklescan.scanner import SafetyLevel, scan_pickle_bytes

    logging.getLogger("picklescan").setLevel(logging.CRITICAL)
    stream = io.BytesIO(f"c{module}\n{name}\n.".encode())
    return any(
        one.safety is SafetyLevel.Dangerous for one in scan_pickle_bytes(stream, name).globals
    )

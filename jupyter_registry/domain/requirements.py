"""What a package says that it needs: its own list, MLflow's, conda's, or the versions captured.

Read from text alone. The list comes from whoever registered the package, so a line is a name with
versions, extras and a marker (PEP 508) and nothing else, unless an administrator allows more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .errors import RequirementsRefused

#: Files that say what a package needs, the first that is there counts.
FILES = ("requirements.txt", "python_env.yaml", "conda.yaml")
#: Bytes of such a file that are read, and lines.
MOST_BYTES, MOST_LINES = 1 << 20, 500
CAPTURED = "captured versions"

#: What libraries are called where they are installed from, if not as they are imported.
DISTRIBUTIONS = {"imblearn": "imbalanced-learn", "sklearn": "scikit-learn"}
#: What a worker needs of any model, and what it reads a format's files with.
_ALWAYS = ("numpy",)
_READERS = {
    "skops": ("skops",),
    "joblib": ("joblib",),
    "mlflow": ("pyyaml",),
    "catboost": ("pandas",),
    "statsmodels": ("pandas",),
    "pmml": ("pypmml", "pandas"),
    "onnx": ("onnxruntime",),
    "torch": ("torch",),
}
#: Captured, but no part of a model.
_NOT_NEEDED = frozenset({"jupyter_registry"})
#: Hooks of a ``custom.py`` that get rows, as pandas has them.
_ROW_HOOKS = re.compile(
    r"^\s*(async\s+)?def\s+(read_input_data|transform|score|post_process)\b", re.MULTILINE
)
CODE = "custom.py"
_HASH = re.compile(r"--hash[= ](sha(?:256|384|512):[0-9a-fA-F]+)")
_COMMENT = re.compile(r"(^|\s)#.*$")
#: conda's names that stand for the interpreter and its tools.
_CONDAS_OWN = frozenset({"python", "pip", "setuptools", "wheel"})


@dataclass(frozen=True)
class Requirements:
    """What is to be installed for a package.

    ``lines`` are normalised and sorted: the same needs are the same text. ``source`` is the file
    that they are from, or `CAPTURED`. ``python`` is the version of Python that is asked for.
    ``added`` are those of the lines that nobody wrote, but a worker needs. ``notes`` say what
    cannot be had.
    """

    lines: tuple[str, ...]
    source: str
    python: str | None = None
    added: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """As a requirements file."""
        return "".join(f"{line}\n" for line in self.lines)


@dataclass
class _Read:
    """What was found so far, in the order in which it is written."""

    lines: list[str] = field(default_factory=list)
    python: str | None = None
    notes: list[str] = field(default_factory=list)


def read(
    files: Mapping[str, str],
    provenance: Mapping[str, Any],
    format: str | None = None,
    *,
    allow_links: bool = False,
) -> Requirements:
    """The requirements of a package.

    Parameters
    ----------
    files:
        Texts of those of `FILES` that it has, by name, and of its `CODE`.
    provenance:
        What was captured of it: ``libraries`` and ``python`` are taken where no file says.
    format:
        Of the model; what reading its files takes is added.
    allow_links:
        Whether addresses, paths and options may be among the lines.

    Raises
    ------
    RequirementsRefused
        naming each line that may not be, or the file that is none; or when nothing is known.

    """
    found, source = _Read(), next((name for name in FILES if name in files), CAPTURED)
    text = files.get(source, "")
    if source == "requirements.txt":
        found.lines = _joined(text)
    elif source == "python_env.yaml":
        _read_python_env(_yaml(text, source), found)
    elif source == "conda.yaml":
        _read_conda(_yaml(text, source), found)
    else:
        _read_captured(provenance, found)
    if len(found.lines) > MOST_LINES:
        raise _refused(source, [f"{len(found.lines)} lines: {MOST_LINES} at most"])
    found.python = found.python or _version(provenance.get("python"))
    lines = _normalised(found.lines, source, allow_links)
    names = {_name_of(line) for line in lines}
    wanted = [*_ALWAYS, *_READERS.get(format or "", ())]
    if format == "custom_code" and _ROW_HOOKS.search(files.get(CODE, "")):
        wanted.append("pandas")
    added = tuple(name for name in dict.fromkeys(wanted) if name not in names)
    return Requirements(
        tuple(sorted({*lines, *added})), source, found.python, added, tuple(found.notes)
    )


def captured(provenance: Mapping[str, Any]) -> dict[str, str]:
    """The versions that a package's libraries had, by import name; those that are texts."""
    libraries = provenance.get("libraries")
    if not isinstance(libraries, Mapping):
        return {}
    return {str(name): str(version) for name, version in sorted(libraries.items())}


def distribution_of(imported: str) -> str:
    """What a library is installed by, from the name that it is imported by."""
    return DISTRIBUTIONS.get(imported, imported)


# --- the sources --------------------------------------------------------------------------


def _joined(text: str) -> list[str]:
    """Lines without comments; one that ends with a backslash goes on in the next."""
    joined = re.sub(r"\\\r?\n", " ", text.removeprefix("\ufeff"))
    lines = (_COMMENT.sub("", line).strip() for line in joined.splitlines())
    return [line for line in lines if line]


def _read_python_env(said: Mapping[str, Any], found: _Read) -> None:
    """MLflow's ``python_env.yaml``; of ``-r requirements.txt`` there is nothing, or it counted."""
    found.python = _version(said.get("python"))
    listed = said.get("dependencies")
    for line in listed if isinstance(listed, list) else ():
        if re.fullmatch(r"-r\s+requirements\.txt", str(line).strip()):
            found.notes.append("python_env.yaml names a requirements.txt that the package lacks.")
        else:
            found.lines.extend(_joined(str(line)))


def _read_conda(said: Mapping[str, Any], found: _Read) -> None:
    """The part of a ``conda.yaml`` that pip installs; the rest is told."""
    cannot = []
    listed = said.get("dependencies")
    for item in listed if isinstance(listed, list) else ():
        if isinstance(item, dict):
            for line in item.get("pip") or ():
                found.lines.extend(_joined(str(line)))
            continue
        name, _, version = re.sub(r"^.*::", "", str(item).strip()).partition("=")
        name = re.split(r"[<>!~ ]", name)[0].strip()
        if name == "python":
            found.python = _version(version.strip("= ").split("=")[0])
        elif name not in _CONDAS_OWN:
            cannot.append(str(item).strip())
    if cannot:
        found.notes.append(
            f"conda's own packages are not installed: {', '.join(cannot)}. If the model needs "
            "them, list them under pip, or run it in the kernelspec of a conda environment."
        )


def _read_captured(provenance: Mapping[str, Any], found: _Read) -> None:
    known = captured(provenance)
    # what a build adds to a version, such as +cpu, is of one index alone
    found.lines = [
        f"{distribution_of(name)}=={version.partition('+')[0]}"
        for name, version in known.items()
        if name not in _NOT_NEEDED
    ]
    if not found.lines:
        raise RequirementsRefused(
            "The package does not say what it needs: it has no requirements.txt, and no versions "
            "of libraries were captured.",
            advice="Register it again with a requirements.txt among its files, or run it in a "
            "kernelspec.",
            fields={"source": "none"},
        )


def _yaml(text: str, source: str) -> Mapping[str, Any]:
    import yaml  # type: ignore[import-untyped]

    try:
        said = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise _refused(source, [" ".join(str(error).split())[:300]]) from error
    if not isinstance(said, dict):
        raise _refused(source, ["it is no mapping"])
    return said


def _version(said: Any) -> str | None:
    """A Python version, if it is one."""
    text = str(said).strip()
    return text if re.fullmatch(r"\d+(\.\d+){1,2}", text) else None


# --- lines --------------------------------------------------------------------------------


def _normalised(lines: Iterable[str], source: str, allow_links: bool) -> list[str]:
    made, bad = [], []
    for line in lines:
        try:
            made.append(_plain(line))
        except ValueError as error:
            if allow_links:
                made.append(line)
            else:
                bad.append(f"{line[:200]!r}: {error}")
    if bad:
        raise _refused(source, bad)
    return made


def _plain(line: str) -> str:
    """A line of names and versions alone, as it is always written; raises ``ValueError``."""
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    hashes = sorted(_HASH.findall(line))
    line = _HASH.sub("", line).strip()
    if line.startswith("-"):
        raise ValueError("it is an option")
    if "://" in line or re.match(r"(?i)(file|git\+\w+):|\.{0,2}/|[a-z]:\\", line):
        raise ValueError("it is an address or a path")
    if re.search(r"\s--?\w", line):
        raise ValueError("it has an option")
    try:
        asked = Requirement(line)
    except InvalidRequirement as error:
        raise ValueError("it names no package: " + str(error).splitlines()[0]) from error
    if asked.url:
        raise ValueError("it is an address or a path")
    extras = f"[{','.join(sorted(asked.extras))}]" if asked.extras else ""
    marker = f" ; {asked.marker}" if asked.marker else ""
    sums = "".join(f" --hash={one}" for one in hashes)
    return f"{canonicalize_name(asked.name)}{extras}{asked.specifier}{marker}{sums}"


def _name_of(line: str) -> str:
    return re.split(r"[^a-z0-9-]", line, maxsplit=1)[0]


def _refused(source: str, bad: list[str]) -> RequirementsRefused:
    return RequirementsRefused(
        f"{source} cannot be installed from: {'; '.join(bad[:10])}"
        f"{f'; and {len(bad) - 10} more' if len(bad) > 10 else ''}.",
        advice="Lines are names with versions, such as scikit-learn==1.5.0; an administrator may "
        "allow addresses, paths and options (RegistryApp.allow_requirement_links). Or run the "
        "model in a kernelspec.",
        fields={"source": source, "lines": bad[:100]},
    )

"""uv, which builds environments: where it is, what it is told, and what it gets to know."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass

from ..domain.errors import MissingExtra, missing_extra

#: Variables of the server that uv needs: where it may keep files, how it reaches an index.
_PASSED = frozenset(
    {
        "PATH", "HOME", "USER", "LOGNAME", "USERPROFILE", "LOCALAPPDATA", "APPDATA", "SYSTEMROOT",
        "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME",
        "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TEMP", "TMP", "NETRC",
        "SSL_CERT_FILE", "SSL_CERT_DIR", "SSL_CLIENT_CERT",
        "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY",
    }
)  # fmt: skip
#: Of uv's own variables, those that are for publishing, or would change what is built.
_NOT_PASSED = re.compile(
    r"UV_(PUBLISH_|PROJECT|WORKING_DIR|SYSTEM_PYTHON|PYTHON$|NO_BINARY|BREAK_)"
)
_INDEXES = ("UV_DEFAULT_INDEX", "UV_INDEX_URL")
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")


@dataclass(frozen=True)
class UvRules:
    """What an administrator decides of how packages are installed."""

    #: Of packages, in place of uv's own or the server's variables.
    index_url: str = ""
    #: Whether a package without a wheel may be built, which runs its code outside any worker.
    build_sources: bool = False


def find_uv() -> str:
    """The path of uv: of the wheel beside this server, or on the PATH; raises `MissingExtra`."""
    try:
        from uv import find_uv_bin  # type: ignore[import-untyped, unused-ignore]

        return str(find_uv_bin())
    except (ImportError, FileNotFoundError):
        found = shutil.which("uv")
    if found is None:
        raise missing_extra("uv", "environments", "Building an environment for a package")
    return found


def is_there() -> MissingExtra | None:
    """``None``, or the error that tells how to get it."""
    try:
        find_uv()
    except MissingExtra as error:
        return error
    return None


def variables(rules: UvRules, given: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables of uv: nothing of the server's but how files and indexes are reached.

    ``given``: in place of the server's own variables.
    """
    own = os.environ if given is None else given
    passed = {
        name: value
        for name, value in own.items()
        if name.upper() in _PASSED or (name.startswith("UV_") and not _NOT_PASSED.match(name))
    }
    if rules.index_url:
        for name in _INDEXES:
            passed.pop(name, None)
        # not on the command line, which other users of the machine can read
        passed["UV_DEFAULT_INDEX"] = rules.index_url
    elif own.get("PIP_INDEX_URL") and not any(name in passed for name in _INDEXES):
        passed["UV_DEFAULT_INDEX"] = own["PIP_INDEX_URL"]
    return passed | {"UV_NO_PROGRESS": "1", "NO_COLOR": "1", "UV_PYTHON_DOWNLOADS": "never"}


def commands(
    uv: str, python: str, folder: str, requirements: str, rules: UvRules
) -> list[list[str]]:
    """What makes an environment in a folder that can be moved, with what a file requires."""
    wheels = [] if rules.build_sources else ["--only-binary", ":all:"]
    return [
        [uv, "venv", "--no-project", "--relocatable", "--python", python, folder],
        [
            uv, "pip", "install", "--python", folder, "--requirement", requirements,
            # what a model does to its libraries must not reach uv's cache, hence no links to it
            "--link-mode", "copy", *wheels,
        ],
    ]  # fmt: skip


def without_credentials(text: str) -> str:
    """A log without what stands before the host in addresses."""
    return _CREDENTIALS.sub("***@", text)

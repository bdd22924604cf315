"""Signatures of packages: verified when one is registered, and again before it is loaded."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..domain.entities import FilePublic, PackageCreate, PackagePublic
from ..domain.errors import SignatureRefused
from ..formats.signing import NAME
from ..serving.process import RUN_MODULE
from ..serving.variables import own_variables
from ..store.artifacts import digest

if TYPE_CHECKING:
    from .services import Services

_SECONDS = 600.0
_REMEMBERED = 10_000


@dataclass(frozen=True)
class SigningRules:
    """Whose signatures are trusted, and whether a package needs one."""

    keys: tuple[Path, ...] = ()
    required: bool = False


@dataclass
class Signatures:
    """The digests of files whose signature was verified, and the key; for any thread."""

    _known: dict[str, str] = field(default_factory=dict)

    def key_of(self, files: Sequence[FilePublic], folder: Path, rules: SigningRules) -> str:
        """The trusted key that files were signed with; raises `SignatureRefused`. Blocks."""
        name = digest(files)
        if name not in self._known:
            found = _verified(folder, rules)
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[name] = found
        return self._known[name]


def before_registering(services: Services, body: PackageCreate) -> str | None:
    """Verify the signature of an upload that a package is to be made of; blocks.

    Returns the key's name; ``None`` where there is no signature and none is required, or no key
    is trusted. Raises `SignatureRefused`.
    """
    from . import uploads

    if body.upload is None or not body.kind.is_hosted:
        return None
    files = uploads.get(services.database, body.upload).files
    if body.files is not None:
        files = [file for file in files if file.path in body.files]
    if not files or not _is_asked(services, files):
        return None
    folder = services.artifacts.materialise(files, services.settings.model_folder)
    return services.signatures.key_of(files, folder, services.settings.signing_rules)


def before_loading(services: Services, package: PackagePublic, folder: Path) -> None:
    """Verify the signature of a package's files, in a folder; raises `SignatureRefused`. Blocks."""
    if services.settings.signing_rules.required and package.files:
        services.signatures.key_of(package.files, folder, services.settings.signing_rules)


def _is_asked(services: Services, files: Sequence[FilePublic]) -> bool:
    rules = services.settings.signing_rules
    return rules.required or (bool(rules.keys) and any(file.path == NAME for file in files))


def _verified(folder: Path, rules: SigningRules) -> str:
    asked = json.dumps({"folder": str(folder), "keys": [str(key) for key in rules.keys]})
    try:
        done = subprocess.run(
            [sys.executable, RUN_MODULE, "jupyter_registry.formats.signing", asked],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            env=own_variables(),
            check=True,
        )
        found = json.loads(done.stdout)
        why = found["why"]
        if found["key"] is not None:
            name = Path(found["key"]).name
            return f"{name}: {why}" if why else name
    except subprocess.TimeoutExpired:
        why = f"it took longer than {_SECONDS:g} seconds"
    except subprocess.CalledProcessError as error:
        why = (error.stderr.strip().splitlines() or ["the check failed"])[-1]
    raise SignatureRefused(
        f"The model's files are not signed by a key that is trusted here: {why}.",
        advice="Sign them when you register (sign_with=, the extra signing), with a key whose "
        "public part is in RegistryApp.trusted_keys.",
        fields={"signature": why},
    )

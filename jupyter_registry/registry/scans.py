"""Scans of models' files: before a package is registered, inspected or loaded, by one policy.

What was found in a set of files never changes, so it is remembered by their digest.
"""

from __future__ import annotations

import secrets
import shutil
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..domain.entities import FilePublic, PackageCreate, PackagePublic
from ..domain.kinds import PicklePolicy
from ..formats.scan import HEAD, Finding, is_of_interest, refused, unsafe
from ..serving.scanning import scan
from ..store.artifacts import ArtifactStore, digest, storage_errors

if TYPE_CHECKING:
    from .services import Services

_REMEMBERED = 10_000


@dataclass(frozen=True)
class ScanRules:
    """What an administrator decides of pickles, and of the types that models are made of."""

    policy: PicklePolicy = PicklePolicy.BLOCK
    #: Whether who registers a model may say that the code in it is their own.
    own_code: bool = True
    trusted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scan:
    """What was found in a set of files, under which policy."""

    digest: str
    policy: PicklePolicy
    own_code: bool
    findings: tuple[Finding, ...] = ()

    @property
    def warnings(self) -> list[str]:
        """The findings as sentences, where they are only warned of.

        What the owner's word lets pass stands in the package's provenance.
        """
        if self.policy is not PicklePolicy.WARN:
            return []
        return [f"{one} – found by the scan of its pickles." for one in self.findings]

    def to_json(self) -> dict[str, Any]:
        """As a package's provenance has it."""
        found = [str(one) for one in self.findings]
        return {"policy": self.policy.value, "own_code": self.own_code, "findings": found}


@dataclass
class Scans:
    """What this server has found, by digest; for any thread."""

    _known: dict[str, tuple[Finding, ...]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(
        self, files: Sequence[FilePublic], paths: dict[str, Path], rules: ScanRules
    ) -> tuple[Finding, ...]:
        """What is found in files, which lie at these paths."""
        key = digest(files)
        known = self._known.get(key)
        if known is not None:
            return known
        wanted = {path: file for path, file in paths.items() if _is_of_interest(path, file)}
        # .py files say which modules are the package's own
        code = {path: file for path, file in paths.items() if path.endswith(".py")}
        found = tuple(scan(wanted | code, rules.trusted)) if wanted else ()
        # an inspection that was ended takes its copies away: that tells nothing of the files
        if all(file.exists() for file in paths.values()):
            with self._lock:
                if len(self._known) >= _REMEMBERED:
                    self._known.clear()
                self._known[key] = found
        return found


def before_registering(services: Services, body: PackageCreate) -> Scan | None:
    """Scan the files of the upload that a package is to be made of; blocks.

    Returns ``None`` where there is nothing to scan, or the policy is to allow everything.

    Raises
    ------
    UnsafeContent
        when the policy does not let it pass; nothing is registered then.
    UploadNotFound
        when there is no such upload.

    """
    from . import uploads

    rules = services.settings.scan_rules
    if body.upload is None or not body.kind.is_hosted:
        return None
    files = uploads.get(services.database, body.upload).files
    if body.files is not None:
        files = [file for file in files if file.path in body.files]
    if not files or rules.policy is PicklePolicy.ALLOW:
        return None
    artifacts = services.artifacts
    folder = services.settings.model_folder / f".scan-{secrets.token_hex(8)}"
    try:
        paths = {file.path: _readable(artifacts, file, folder) for file in files}
        return _checked(services, files, paths, body.own_code and rules.own_code)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def before_inspecting(
    services: Services, files: Sequence[FilePublic], folder: Path, own_code: bool
) -> Scan | None:
    """Scan the model's files of an inspection, in a folder; raises `UnsafeContent`. Blocks."""
    rules = services.settings.scan_rules
    if rules.policy is PicklePolicy.ALLOW or not files:
        return None
    paths = {file.path: folder / file.path for file in files}
    return _checked(services, files, paths, own_code and rules.own_code)


def before_loading(services: Services, package: PackagePublic, folder: Path) -> None:
    """Scan a package's files, in a folder, again: it may be older than the policy. Blocks.

    Raises `UnsafeContent`.
    """
    if services.settings.scan_rules.policy is not PicklePolicy.BLOCK or not package.files:
        return
    said = package.provenance.get("scan")
    own_code = isinstance(said, dict) and said.get("own_code") is True
    paths = {file.path: folder / file.path for file in package.files}
    _checked(services, package.files, paths, own_code and services.settings.scan_rules.own_code)


def _checked(
    services: Services, files: Sequence[FilePublic], paths: dict[str, Path], own_code: bool
) -> Scan:
    rules = services.settings.scan_rules
    findings = services.scans.of(files, paths, rules)
    bad = refused(findings, own_code)
    if bad and rules.policy is PicklePolicy.BLOCK:
        raise unsafe(bad)
    return Scan(digest(files), rules.policy, own_code, findings)


def _readable(artifacts: ArtifactStore, file: FilePublic, folder: Path) -> Path:
    """A file on this disk: the artifact, or a copy if it is elsewhere and of interest."""
    local = artifacts.local_path(file.sha256)
    if local is not None:
        return local
    copy = folder / file.sha256
    with artifacts.open(file.sha256) as opened:
        wanted = is_of_interest(file.path, opened.read(HEAD))
    with storage_errors(f"The folder {folder}"):
        copy.parent.mkdir(mode=0o700, exist_ok=True)
        if not copy.exists():
            with copy.open("wb") as out:
                for chunk in artifacts.chunks(file.sha256) if wanted else ():
                    out.write(chunk)
    return copy


def _is_of_interest(path: str, file: Path) -> bool:
    with storage_errors(f"The file {path}"), file.open("rb") as opened:
        return is_of_interest(path, opened.read(HEAD))

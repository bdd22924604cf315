"""One exception class per thing that can go wrong; each carries facts and says what to do.

The server turns each class into an HTTP status in one table (``server/problems.py``); the
client turns the problem document back into the class of the same name.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping, Sequence
from typing import Any


class RegistryError(Exception):
    """Something the registry refuses or cannot do.

    Parameters
    ----------
    detail:
        What went wrong, with the facts of this case.
    advice:
        What the caller can do about it.
    fields:
        Machine-readable facts: field name → message or value.

    """

    title = "The registry could not do this"

    def __init__(
        self, detail: str, *, advice: str = "", fields: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.advice = advice
        self.fields = dict(fields or {})

    def __str__(self) -> str:
        ended = not self.advice or self.detail.endswith((".", "!", "?", ":", ";", "…"))
        return f"{self.detail}{'' if ended else '.'} {self.advice}".strip()


class InvalidInput(RegistryError):
    """A request body or parameter is malformed; ``fields`` names each culprit."""

    title = "Invalid input"


class NotFound(RegistryError):
    """The thing named does not exist."""

    title = "Not found"


class PackageNotFound(NotFound):
    """No such package, version or alias."""

    title = "Package not found"


class DeploymentNotFound(NotFound):
    """No such deployment."""

    title = "Deployment not found"


class UploadNotFound(NotFound):
    """No such upload, or it has expired."""

    title = "Upload not found"


class InspectionNotFound(NotFound):
    """No inspection of that upload runs or is held here."""

    title = "Inspection not found"


class LeaderboardNotFound(NotFound):
    """No such leaderboard, or no such model of it."""

    title = "Leaderboard not found"


class JobNotFound(NotFound):
    """No such training job runs or is held here."""

    title = "Training job not found"


class ContentsNotFound(NotFound):
    """No such file or folder where Jupyter's file browser looks."""

    title = "File or folder not found"


class ContentsRefused(RegistryError):
    """A file or folder that the file browser shows cannot be taken; ``fields['path']`` says why."""

    title = "This file or folder cannot be taken"


class ArchiveRefused(RegistryError):
    """An archive cannot be taken apart; ``fields`` has ``archive``, ``entry`` and ``problem``."""

    title = "This archive cannot be taken apart"


class UnsafeContent(RegistryError):
    """A model's files would run code when they are loaded; ``fields['findings']`` lists it."""

    title = "The model's files are not safe to load"


class SignatureRefused(RegistryError):
    """A model's files are not signed by a key that is trusted here."""

    title = "The model's files are not signed as required"


class RequirementsRefused(RegistryError):
    """What a package needs cannot be installed as it says; ``fields['lines']`` names culprits."""

    title = "The package's requirements cannot be installed"


class EnvironmentFailed(RegistryError):
    """An environment could not be built; ``fields['traceback']`` has the end of the build's log."""

    title = "The environment could not be built"


class Conflict(RegistryError):
    """The request is well-formed but the present state forbids it."""

    title = "Conflict"


class AlreadyExists(Conflict):
    """The name or label is taken."""

    title = "Already exists"


class ContentsElsewhere(Conflict):
    """The files that Jupyter shows are not on this server's disk."""

    title = "Files are not on this server's disk"


class StillReferenced(Conflict):
    """Deletion refused: something refers to it; ``fields`` names what."""

    title = "Still in use"


class PackageArchived(Conflict):
    """The package is archived."""

    title = "Package is archived"


class PredictsElsewhere(Conflict):
    """Predictions of an external package are made outside and reported."""

    title = "This model predicts elsewhere"


class WrongTargetType(Conflict):
    """The deployment's target is of a type that this cannot be done for."""

    title = "Not for this target type"


class DeploymentInactive(Conflict):
    """The deployment is inactive or archived."""

    title = "Deployment is not active"


class LeaderboardRunning(Conflict):
    """The leaderboard's training has not ended."""

    title = "Leaderboard is still running"


class LeaderboardEnded(Conflict):
    """The leaderboard's training has ended; ``fields['state']`` says how."""

    title = "Leaderboard has ended"


class IncompatibleReplacement(Conflict):
    """Replacement refused by its checks; ``fields['checks']`` lists them."""

    title = "Replacement refused"


class NoPreviousPackage(Conflict):
    """There is no earlier package to roll back to."""

    title = "Nothing to roll back to"


class SignatureMismatch(RegistryError):
    """Input rows do not fit the signature; ``fields`` has ``column`` and ``row`` (0-based)."""

    title = "Input does not fit the model's signature"


class InvalidRows(RegistryError):
    """Reported rows or actuals cannot be taken; ``fields['rejected']`` lists the first 100."""

    title = "Rows refused"


class ModelFailed(RegistryError):
    """The model could not be loaded or raised while predicting; ``fields['traceback']`` has it."""

    title = "The model failed"


class ModelRejectedInput(RegistryError):
    """The model raised on an input value; ``fields``: ``traceback`` and, if known, ``row``."""

    title = "The model could not take a value"


class WorkerUnavailable(RegistryError):
    """The model's worker process crashed or is restarting; trying again may help."""

    title = "Model worker unavailable"


class PredictionTimeout(WorkerUnavailable):
    """The model took longer for a call than its deployment allows; its worker was ended."""

    title = "The model took too long"


class UnsupportedFormat(RegistryError):
    """The files are of no known model format."""

    title = "Unknown model format"


class UnsupportedMediaType(RegistryError):
    """The content type of the body, or the one asked for, is not supported."""

    title = "Unsupported content type"


class TooLarge(RegistryError):
    """A body or upload is over the configured limit."""

    title = "Too large"


class IntegrityFailure(RegistryError):
    """Stored or uploaded bytes do not have the declared SHA-256."""

    title = "Checksum does not match"


class MissingExtra(RegistryError):
    """An optional dependency is not installed; ``fields['extra']`` names the extra."""

    title = "An optional dependency is missing"


class SchemaTooNew(RegistryError):
    """The database was written by a newer version of Jupyter Registry."""

    title = "Database schema is newer than this version"


class StorageUnavailable(RegistryError):
    """The database or artifact store cannot be reached, or is full."""

    title = "Storage unavailable"


class NotAuthenticated(RegistryError):
    """No valid credentials."""

    title = "Not authenticated"


class NotAuthorised(RegistryError):
    """Authenticated, but not allowed to do this."""

    title = "Not authorised"


class SpoolFull(RegistryError):
    """The reporter's spool on disk reached its limit while the server could not be reached."""

    title = "Report spool is full"


def is_full(error: BaseException) -> bool:
    """Whether an error, or what it came of, says that there is no room on a disk."""
    full = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, OSError) and found.errno in full:
            return True
        found = found.__cause__ or found.__context__
    return False


def missing_extra(module: str, extra: str, purpose: str) -> MissingExtra:
    """The error for an absent optional dependency, naming the extra that brings it."""
    return MissingExtra(
        f"{purpose} needs {module}, which is not installed.",
        advice=f"Run: pip install 'jupyter_registry[{extra}]'",
        fields={"module": module, "extra": extra},
    )


def nearest(name: str, known: Sequence[str]) -> str:
    """A sentence 'Did you mean …?' when a known name is close, else the empty string."""
    import difflib

    match = difflib.get_close_matches(name, known, n=1)
    return f"Did you mean {match[0]!r}?" if match else ""

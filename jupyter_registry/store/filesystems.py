"""The filesystem of an artifact store: a folder or an object store, and what it says of files."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..domain.errors import InvalidInput, StorageUnavailable, missing_extra

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

#: Protocols of object stores: the extra that brings each, and the library.
_EXTRAS = {
    "s3": ("s3", "s3fs"),
    "s3a": ("s3", "s3fs"),
    "gs": ("gcs", "gcsfs"),
    "gcs": ("gcs", "gcsfs"),
    "az": ("azure", "adlfs"),
    "abfs": ("azure", "adlfs"),
    "abfss": ("azure", "adlfs"),
}


def filesystem_of(url: str, options: dict[str, Any]) -> tuple[AbstractFileSystem, str]:
    """The filesystem, and the path in it, of a URL or a local path.

    Raises
    ------
    InvalidInput
        for a protocol that is not known, or whose library is missing.
    MissingExtra
        where an extra of this project has that library.

    """
    import fsspec
    from fsspec.core import url_to_fs

    if "://" not in url:
        url = str(Path(url).expanduser().absolute())
    protocol = url.split("://", 1)[0] if "://" in url else "file"
    try:
        filesystem, path = url_to_fs(url, **options)
    except ImportError as error:
        if protocol not in _EXTRAS:
            raise InvalidInput(
                f"Artifacts at {protocol}:// need a library that is not installed: {error}.",
                advice=f"Install it, or use a path or one of: {', '.join(_EXTRAS)}.",
                fields={"artifact_url": "library missing"},
            ) from error
        extra, library = _EXTRAS[protocol]
        raise missing_extra(library, extra, f"An artifact store at {protocol}://") from error
    except ValueError as error:
        raise InvalidInput(
            f"Artifact stores of type {protocol!r} are not known.",
            advice=f"Use a path or one of: {', '.join(fsspec.available_protocols())}.",
            fields={"artifact_url": "unknown protocol"},
        ) from error
    return filesystem, str(path).rstrip("/")


def check_bucket(filesystem: AbstractFileSystem, bucket: str, url: str) -> None:
    """Refuse object storage without its bucket, or whose bucket may not be listed."""
    try:
        filesystem.ls(bucket, refresh=True)
    except FileNotFoundError as error:
        raise StorageUnavailable(
            f"The artifact store {url} has no bucket {bucket!r}.",
            advice="Make the bucket, or correct artifact_url or the endpoint.",
            fields={"artifact_url": "no such bucket"},
        ) from error


def protocols(filesystem: AbstractFileSystem) -> tuple[str, ...]:
    """All names of a filesystem's protocol."""
    protocol = filesystem.protocol
    return (protocol,) if isinstance(protocol, str) else tuple(protocol)


def age(entry: dict[str, Any]) -> float:
    """Seconds since a listed file was written, by whichever name its filesystem gives that."""
    for name in ("mtime", "LastModified", "last_modified", "modified", "created"):
        written = entry.get(name)
        if written is not None:
            stamp = written if isinstance(written, (int, float)) else written.timestamp()
            return time.time() - float(stamp)
    return 0.0

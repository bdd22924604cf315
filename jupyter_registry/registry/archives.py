"""Archives of an upload taken apart: their files take their place, all of them or none."""

from __future__ import annotations

import threading

from ..domain.entities import ArchiveTake, ContentsTaken
from ..domain.errors import ArchiveRefused, RegistryError, TooLarge
from ..domain.uploads import ArchiveLimits
from ..formats.archives import entries, kind_of
from ..store.artifacts import ArtifactStore, ArtifactWriter
from ..store.database import Database
from . import blobs, uploads
from .upload_rows import UploadLimits


def take_apart(
    database: Database,
    artifacts: ArtifactStore,
    upload_id: str,
    body: ArchiveTake,
    limits: UploadLimits,
    stop: threading.Event,
) -> ContentsTaken:
    """Put an archive's files in its place; a file that is none, or a model as it is, stays.

    A folder that holds everything in the archive is left away. Left out and listed: hidden files;
    without a word: what tools leave.

    Parameters
    ----------
    stop:
        Set by who no longer waits; nothing is changed then.

    Raises
    ------
    ArchiveRefused
        naming the entry that may not be, or saying that the archive is broken.
    TooLarge
        when it unpacks to more than an upload may have, or expands as no honest one does.
    InvalidInput
        when the upload has no such file, or one that clashes with the archive's.
    UploadNotFound, StorageUnavailable
        as an upload.

    """
    held = {file.path: file for file in uploads.get(database, upload_id).files}
    file = uploads.file_named(held, body.path, "path")
    others = sum(other.size for other in held.values()) - file.size
    most = ArchiveLimits(
        total_bytes=max(0, limits.total_bytes - others),
        files=max(0, limits.files - len(held) + 1),
        ratio=limits.archive_ratio,
        depth=limits.archive_depth,
    )
    written: dict[str, ArtifactWriter] = {}
    left_out: dict[str, str] = {}
    try:
        with artifacts.open(file.sha256) as opened:
            kind = kind_of(opened)
            if kind is None:
                return ContentsTaken(files=[file])
            for entry in entries(opened, body.path, kind, most, left_out):
                written[entry.path] = writer = artifacts.writer()
                for chunk in entry.chunks:
                    if stop.is_set():
                        raise _Stopped("Nobody waits for this any more.")
                    if writer.size + len(chunk) > limits.file_bytes:
                        raise TooLarge(
                            f"{entry.path!r} has more than {limits.file_bytes} bytes.",
                            advice="Pack smaller files, or have the limit raised.",
                            fields={"archive": body.path, "entry": entry.path},
                        )
                    writer.write(chunk)
                writer.place()  # so that no more than one file is open
        if not written:
            raise ArchiveRefused(
                f"The archive {body.path[:200]!r} has no files that can be taken.",
                advice="Hidden files are not taken.",
                fields={"archive": body.path[:200], "left_out": left_out},
            )
        within, _, _ = body.path.rpartition("/")
        top = common_folder(list(written))
        named = {
            f"{within}/{path.removeprefix(top)}".lstrip("/"): writer
            for path, writer in written.items()
        }
        taken = uploads.replace_file(database, artifacts, upload_id, body.path, named, limits)
    finally:
        # while the upload names them they stay
        hashes = [writer.sha256 for writer in written.values()]
        for writer in written.values():
            writer.discard()
        blobs.collect(database, artifacts, [*hashes, file.sha256] if hashes else [])
    return ContentsTaken(files=taken, left_out=left_out)


def common_folder(paths: list[str]) -> str:
    """The one folder, with its ``/``, that all paths lie in; empty if they do not lie in one."""
    tops = {path.partition("/")[0] for path in paths}
    return f"{tops.pop()}/" if len(tops) == 1 and all("/" in path for path in paths) else ""


class _Stopped(RegistryError):
    """Whoever asked has gone."""

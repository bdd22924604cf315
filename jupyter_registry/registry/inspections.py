"""Inspections of uploads: a worker loads the model, reads the data, says what a package needs.

One per upload, on the server that began it: a new one takes the place of the one before, and it
ends with its upload. What was found is held in memory, for an hour at most.
"""

from __future__ import annotations

import asyncio
import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from logging import getLogger
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..domain.entities import (
    FilePublic,
    InspectionCreate,
    InspectionPublic,
    PackageCreate,
    Problem,
)
from ..domain.errors import InspectionNotFound, InvalidInput, ModelFailed, RegistryError
from ..domain.kinds import InspectionStage, InspectionState
from ..serving.kernelspecs import Environment, environment
from ..serving.specs import InspectionSpec
from ..store.artifacts import storage_errors
from ..store.tables import now
from . import scans, uploads, validation

if TYPE_CHECKING:
    from .services import Services

#: How long what was found is held, and of how many uploads, in seconds.
_HELD_SECONDS = 3600.0
_HELD = 200
#: Seconds without anybody asking after which a running inspection is ended.
ABANDONED_SECONDS = 300.0

#: The fields of a package that an inspection may find.
_FOUND_FIELDS = frozenset(
    {
        "format",
        "target_name",
        "target_type",
        "class_labels",
        "positive_class",
        "prediction_threshold",
        "signature",
        "baseline",
        "provenance",
        "input_example",
    }
)

#: From an exception to the problem document that tells of it.
Describe = Callable[[RegistryError], Problem]


@dataclass
class _Inspection:
    """One inspection, from its beginning on."""

    size: int
    kernelspec: str | None
    created_at: datetime = field(default_factory=now)
    began: float = field(default_factory=time.monotonic)
    asked: float = field(default_factory=time.monotonic)
    ended: float | None = None
    stage: InspectionStage = InspectionStage.WAITING
    done: int = 0
    rows: int = 0
    found: dict[str, Any] = field(default_factory=dict)
    error: RegistryError | None = None
    task: asyncio.Task[None] | None = None

    def tell(self, stage: InspectionStage, done: int, rows: int) -> None:
        """Take down how far it is."""
        self.stage, self.done, self.rows = stage, done, rows


class Inspections:
    """The inspections of this server; on the event loop."""

    def __init__(self) -> None:
        self._known: dict[str, _Inspection] = {}
        self._tidying: set[asyncio.Task[None]] = set()

    async def begin(
        self, services: Services, upload_id: str, body: InspectionCreate
    ) -> InspectionPublic:
        """Begin to inspect an upload, in place of what was begun for it before.

        Raises
        ------
        InvalidInput
            when a file is none of the upload's, or the kernelspec is unknown.
        UploadNotFound
            when there is no such upload.

        """
        upload = await services.in_thread(uploads.get, services.database, upload_id)
        chosen = _choose(body, upload.files)
        name = body.kernelspec or services.settings.default_kernelspec
        where = await services.in_thread(environment, name, services.kernelspecs)
        while upload_id in self._known:  # others may begin one, too, while this one waits
            await self.end(upload_id)
        begun = _Inspection(sum(file.size for file in chosen.model), name)
        self._known[upload_id] = begun
        begun.task = asyncio.get_running_loop().create_task(
            self._run(services, upload_id, body, chosen, where, begun)
        )
        self._forget_old()
        return _public(begun)

    def get(self, upload_id: str, describe: Describe) -> InspectionPublic:
        """How the inspection of an upload stands; raises `InspectionNotFound`."""
        found = self._known.get(upload_id)
        if found is None:
            raise InspectionNotFound(
                f"There is no inspection of the upload {upload_id[:40]!r}.",
                advice="It was cancelled, ended with its upload, or is too old; begin a new one.",
            )
        found.asked = time.monotonic()
        return _public(found, describe)

    async def cancel(self, upload_id: str) -> None:
        """End an inspection and forget it; its process is gone then. Raises as `get`."""
        if upload_id not in self._known:
            self.get(upload_id, _undescribed)
        await self.end(upload_id)

    async def end(self, upload_id: str) -> None:
        """End and forget an upload's inspection, if there is one."""
        found = self._known.pop(upload_id, None)
        if found is not None and found.task is not None and not found.task.done():
            found.task.cancel()
            await asyncio.wait([found.task])

    async def close(self) -> None:
        """End all of them, and wait until their files are gone."""
        for upload_id in list(self._known):
            await self.end(upload_id)
        if self._tidying:
            await asyncio.wait(list(self._tidying))

    # --- one of them ------------------------------------------------------------------------

    async def _run(
        self,
        services: Services,
        upload_id: str,
        body: InspectionCreate,
        chosen: _Chosen,
        where: Environment,
        begun: _Inspection,
    ) -> None:
        watching = asyncio.get_running_loop().create_task(_watch(begun))
        try:
            found = await self._inspect(services, upload_id, body, chosen, where, begun)
            begun.found = await services.in_thread(_checked, found, upload_id, body, chosen, begun)
        except RegistryError as error:
            begun.error = error
        except asyncio.CancelledError:
            begun.error = begun.error or ModelFailed("The inspection was ended.")
            raise
        except Exception:
            getLogger(__name__).exception("An inspection failed unexpectedly")
            begun.error = RegistryError(
                "The server failed at this; nothing is known to be wrong with the request.",
                advice="Look into the server's log, and report it with what is there.",
            )
        finally:
            watching.cancel()
            begun.ended = time.monotonic()

    async def _inspect(
        self,
        services: Services,
        upload_id: str,
        body: InspectionCreate,
        chosen: _Chosen,
        where: Environment,
        begun: _Inspection,
    ) -> dict[str, Any]:
        loop = asyncio.get_running_loop()
        folder = services.settings.model_folder / f".inspection-{secrets.token_hex(8)}"
        begun.tell(InspectionStage.COPYING, 0, 0)
        # not in the registry's own threads: many large files must not keep requests from them
        copying = loop.create_task(asyncio.to_thread(_copy, services, chosen, folder))
        try:
            paths = await asyncio.shield(copying)
            begun.tell(InspectionStage.SCANNING, 0, 0)
            scan = await asyncio.to_thread(
                scans.before_inspecting,
                services,
                chosen.model,
                Path(paths.get("model", folder)),
                body.own_code,
            )
            begun.tell(InspectionStage.WAITING, 0, 0)
            trusted = services.settings.scan_rules.trusted
            order = {**_order(body, paths), "trusted": list(trusted)}
            spec = InspectionSpec(f"upload {upload_id[:8]}", order, where.interpreter, where.env)
            found = await services.pool.inspect(spec, begun.tell)
            if scan is not None:
                found["warnings"] = [*scan.warnings, *found.get("warnings", ())]
                found["findings"] = [asdict(one) for one in scan.findings]
            return found
        finally:
            # copying cannot be stopped half-way: what it wrote goes when it has ended
            tidying = loop.create_task(_tidy(services, copying, folder))
            self._tidying.add(tidying)
            tidying.add_done_callback(self._tidying.discard)

    def _forget_old(self) -> None:
        ended = [
            (found.ended, upload_id)
            for upload_id, found in self._known.items()
            if found.ended is not None
        ]
        before = time.monotonic() - _HELD_SECONDS
        for position, (moment, upload_id) in enumerate(sorted(ended, reverse=True)):
            if moment < before or position >= _HELD:
                del self._known[upload_id]


async def _watch(begun: _Inspection) -> None:
    """End an inspection that nobody asks about any more: its form was closed."""
    while time.monotonic() - begun.asked < ABANDONED_SECONDS:
        await asyncio.sleep(ABANDONED_SECONDS / 20)
    begun.error = ModelFailed(
        f"The inspection was ended: nobody asked about it for {ABANDONED_SECONDS:g} seconds.",
        advice="Begin it again.",
    )
    if begun.task is not None:
        begun.task.cancel()


async def _tidy(services: Services, copying: asyncio.Task[dict[str, str]], folder: Path) -> None:
    await asyncio.wait([copying])
    if not copying.cancelled():
        copying.exception()  # told by whoever waited for it
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


# --- in -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Chosen:
    """The upload's files by what they are for."""

    model: list[FilePublic]
    data: dict[str, FilePublic]


def _choose(body: InspectionCreate, files: list[FilePublic]) -> _Chosen:
    for name in ("target_name", "positive_class", "format", "predictions", "kernelspec"):
        validation.text(getattr(body, name), name, 500)
    held = {file.path: file for file in files}
    data = {}
    for what in ("training", "holdout"):
        path = getattr(body, what)
        if path is not None:
            data[what] = uploads.file_named(held, path, what)
    if body.predictions is not None and body.holdout is None:
        raise InvalidInput(
            "Predictions were named without the holdout they are a column of.",
            advice="Give holdout too, or leave predictions out.",
            fields={"predictions": "no holdout"},
        )
    if not body.kind.is_hosted:
        if body.files:
            raise InvalidInput(
                "An external package has no files: its model is hosted elsewhere.",
                advice="Leave files out, or inspect it as kind 'custom'.",
                fields={"files": "not for external packages"},
            )
        return _Chosen([], data)
    if body.files is not None:
        wanted = dict.fromkeys(body.files)
        model = [uploads.file_named(held, path, "files") for path in wanted]
    else:
        used = {file.path for file in data.values()}
        model = [file for path, file in held.items() if path not in used]
    if not model:
        raise InvalidInput(
            "The upload has no files of a model.",
            advice="Send the model's files first, or inspect it as kind 'external'.",
            fields={"files": "no files"},
        )
    return _Chosen(model, data)


def _copy(services: Services, chosen: _Chosen, folder: Path) -> dict[str, str]:
    """Put the files where the worker can read them; what it does there reaches nothing else."""
    with storage_errors(f"The folder {folder.parent}"):
        folder.mkdir(mode=0o700)
    paths = {}
    if chosen.model:
        made = services.artifacts.materialise(chosen.model, folder)
        paths["model"] = str(made.rename(folder / "upload"))
    for what, file in chosen.data.items():
        (folder / what).mkdir()
        made = services.artifacts.materialise([file], folder / what)
        paths[what] = str(made / file.path)
    return paths


def _order(body: InspectionCreate, paths: dict[str, str]) -> dict[str, Any]:
    return {
        **{name: paths.get(name) for name in ("model", "training", "holdout")},
        "format": body.format,
        "target_name": body.target_name,
        "target": {
            "type": body.target_type,
            "class_labels": body.class_labels,
            "positive_class": body.positive_class,
            "threshold": body.prediction_threshold,
        },
        "predictions": body.predictions,
    }


# --- out ------------------------------------------------------------------------------------


def _checked(
    found: dict[str, Any],
    upload_id: str,
    body: InspectionCreate,
    chosen: _Chosen,
    begun: _Inspection,
) -> dict[str, Any]:
    """What the worker found, if it is of the shape that it should have.

    A model's code runs in that process, so what comes out of it is checked as any request is.
    """
    from pydantic import ValidationError

    try:
        package = dict(found["package"])
        if not _FOUND_FIELDS.issuperset(package):
            raise ValueError(f"fields {', '.join(map(str, package))[:200]}")
        package["kind"] = body.kind.value
        if chosen.model:
            package["upload"] = upload_id
            package["files"] = [file.path for file in chosen.model]
        if begun.kernelspec and chosen.model:
            package["provenance"] = {**package["provenance"], "kernelspec": begun.kernelspec}
        told = {**found, "package": package}
        validation.document(told, "package")
        # what is missing is for the caller to say
        whole = {"name": "m", "target_name": "t", "target_type": "regression", **package}
        PackageCreate.model_validate(whole)
        InspectionPublic.model_validate(
            {**told, "state": InspectionState.DONE, "created_at": begun.created_at}
        )
    except (ValidationError, InvalidInput, TypeError, KeyError, ValueError) as error:
        raise ModelFailed(
            "What the worker found is not understood.",
            advice="See whether the model's code writes to the worker's socket.",
            fields={"traceback": str(error)[:2_000]},
        ) from error
    return told


def _public(begun: _Inspection, describe: Describe | None = None) -> InspectionPublic:
    error = begun.error
    state = InspectionState.RUNNING
    if begun.ended is not None:
        state = InspectionState.DONE if error is None else InspectionState.FAILED
    until = time.monotonic() if begun.ended is None else begun.ended
    return InspectionPublic.model_validate(
        {
            **begun.found,
            "state": state,
            "stage": None if state is InspectionState.DONE else begun.stage,
            "rows_done": begun.done,
            "rows": begun.rows,
            "created_at": begun.created_at,
            "seconds": round(until - begun.began, 3),
            "kernelspec": begun.kernelspec,
            "size": begun.size,
            "problem": None if error is None or describe is None else describe(error),
        }
    )


def _undescribed(error: RegistryError) -> Problem:
    return Problem(type="", title=error.title, status=500, detail=error.detail)

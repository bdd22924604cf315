"""Environments built from packages' requirements: one folder each, below one that servers share.

A folder is named by what is in it: requirements, Python and platform. It is made under another
name and renamed when it is whole, by one builder at a time, on this and other servers; its log
lies beside it. Whoever waits for one that is being built waits for the same one.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from logging import Logger, getLogger
from pathlib import Path
from typing import IO

from ..domain.errors import EnvironmentFailed, RegistryError
from ..store.artifacts import storage_errors
from . import uv
from .environment_folder import LISTED, MADE, EnvironmentFolder, Wanted, size_of
from .process import RUN_MODULE

#: Builds at once.
_AT_ONCE = 2
#: Seconds between two looks at the log and the size, and at a lock that another holds.
_LOOK_SECONDS, _LOCK_SECONDS = 0.5, 0.2
#: For how long a failure is told again to those who did not ask for a new build.
_FAILED_SECONDS = 60.0
_FAILURES = 100
#: Characters of the log in an error.
_LOG_TOLD = 8_000


@dataclass(frozen=True)
class BuildLimits:
    """How far a build may go: seconds, and bytes of the folder that it makes."""

    seconds: float = 900.0
    bytes: float = 8e9


#: Told of what happens to an environment: ``created`` when its build begins, else ``updated``.
Tell = Callable[[str, Wanted], None]


class Environments:
    """The environments below a folder; on the event loop. ``files`` are read in threads."""

    def __init__(
        self,
        folder: Path,
        rules: uv.UvRules | None = None,
        limits: BuildLimits | None = None,
        tell: Tell | None = None,
        log: Logger | None = None,
    ) -> None:
        self.files = EnvironmentFolder(folder)
        self._rules = rules or uv.UvRules()
        self._limits = limits or BuildLimits()
        self._tell = tell or (lambda *_: None)
        self._log = log or getLogger(__name__)
        self._building: dict[str, asyncio.Task[None]] = {}
        self._failed: dict[str, tuple[float, RegistryError]] = {}
        self._turns = asyncio.Semaphore(_AT_ONCE)

    def is_building(self, key: str) -> bool:
        """Whether this server builds it, or waits for another that does."""
        return key in self._building

    def failure(self, key: str) -> RegistryError | None:
        """Why its last build here failed, if it did."""
        found = self._failed.get(key)
        return None if found is None else found[1]

    # --- building ---------------------------------------------------------------------------

    async def ensure(self, wanted: Wanted, *, again: bool = True) -> None:
        """Have an environment built unless it is there.

        Parameters
        ----------
        again:
            Whether one that failed a moment ago is tried again.

        Raises
        ------
        EnvironmentFailed
            when it cannot be built; ``fields["traceback"]`` has the end of the log. Nothing is
            left of it.
        MissingExtra
            when uv is absent.
        StorageUnavailable
            when there is no room, or the folder cannot be written.

        """
        key = wanted.key
        if await asyncio.to_thread(self.files.about, key) is not None:
            return
        building = self._building.get(key)
        if building is None:
            failed = self._failed.get(key)
            if not again and failed and time.monotonic() - failed[0] < _FAILED_SECONDS:
                raise failed[1]
            building = asyncio.get_running_loop().create_task(self._build(wanted))
            self._building[key] = building
            building.add_done_callback(lambda done: self._ended(wanted, done))
        # shielded: others may wait for it too
        await asyncio.shield(building)

    async def close(self) -> None:
        """End what is being built; nothing is left of it."""
        building = list(self._building.values())
        for task in building:
            task.cancel()
        if building:
            await asyncio.wait(building)

    def _ended(self, wanted: Wanted, task: asyncio.Task[None]) -> None:
        del self._building[wanted.key]
        self._failed.pop(wanted.key, None)
        if not task.cancelled():
            error = task.exception()
            if isinstance(error, RegistryError):
                if len(self._failed) >= _FAILURES:
                    self._failed.clear()
                self._failed[wanted.key] = (time.monotonic(), error)
        self._tell("updated", wanted)

    async def _build(self, wanted: Wanted) -> None:
        command = uv.find_uv()
        self._tell("created", wanted)
        async with self._turns:
            with storage_errors(f"The folder {self.files.path}"):
                self.files.path.mkdir(parents=True, exist_ok=True)
            lock = await self._locked(wanted.key)
            try:
                if await asyncio.to_thread(self.files.about, wanted.key) is None:
                    await self._make(wanted, command)
            except BaseException:
                with suppress(OSError):
                    self.files.lock_file(wanted.key).unlink()  # while it is held
                raise
            finally:
                lock.close()

    async def _locked(self, key: str) -> IO[bytes]:
        """The lock of one environment, as soon as no other builder has it."""
        deadline = time.monotonic() + self._limits.seconds + 60
        while True:
            with storage_errors(f"The folder {self.files.path}"):
                file = self.files.lock(key)
            if file is not None:
                return file
            if time.monotonic() > deadline:
                raise EnvironmentFailed(
                    "Another server has been building this environment for "
                    f"{self._limits.seconds + 60:,.0f} seconds.",
                    advice="Try again; look at that server's log.",
                )
            await asyncio.sleep(_LOCK_SECONDS)

    async def _make(self, wanted: Wanted, command: str) -> None:
        key, began = wanted.key, time.monotonic()
        work, log = self.files.new_work(key), self.files.log_file(key)
        made = False
        try:
            with storage_errors(f"The folder {self.files.path}"):
                await asyncio.to_thread(self.files.begin, work, wanted)
                process = await self._start(work, log, wanted, command)
            why = await self._watch(process, work, log, wanted)
            if why:
                raise self._broken(wanted, why)
            size = await asyncio.to_thread(size_of, work)
            if size > self._limits.bytes:
                raise self._broken(wanted, self._too_large(size))
            seconds = time.monotonic() - began
            with storage_errors(f"The folder {self.files.path}"):
                await asyncio.to_thread(self.files.place, work, wanted, size, seconds)
            made = True
            self._log.info("Built environment %s for %s in %.1f s", key, wanted.package, seconds)
        finally:
            if not made:
                log.unlink(missing_ok=True)
            # a cancelled task waits for it, too: nothing is to be left
            await asyncio.shield(asyncio.to_thread(shutil.rmtree, work, ignore_errors=True))

    async def _start(
        self, work: Path, log: Path, wanted: Wanted, command: str
    ) -> asyncio.subprocess.Process:
        steps = uv.commands(command, wanted.base.executable, MADE, LISTED, self._rules)
        with log.open("ab") as out:
            return await asyncio.create_subprocess_exec(
                sys.executable,
                RUN_MODULE,
                "jupyter_registry.serving.worker.building",
                json.dumps(steps),
                stdin=asyncio.subprocess.PIPE,
                stdout=out,
                stderr=out,
                env=uv.variables(self._rules),
                cwd=work,
                start_new_session=True,
            )

    async def _watch(
        self, process: asyncio.subprocess.Process, work: Path, log: Path, wanted: Wanted
    ) -> str:
        """Wait for the end, telling of what it logs; why it was no good, or the empty string."""
        ending = asyncio.get_running_loop().create_task(process.wait())
        deadline = time.monotonic() + self._limits.seconds
        logged, looked = 0, time.monotonic()
        try:
            while True:
                left = deadline - time.monotonic()
                if left <= 0:
                    return f"it took longer than {self._limits.seconds:g} seconds"
                await asyncio.wait([ending], timeout=min(_LOOK_SECONDS, left))
                written = log.stat().st_size
                if written != logged:
                    logged = written
                    self._tell("updated", wanted)
                if ending.done():
                    code = ending.result()
                    return "" if code == 0 else f"uv ended with status {code}"
                if time.monotonic() - looked > 4 * _LOOK_SECONDS:
                    size = await asyncio.to_thread(size_of, work)
                    if size > self._limits.bytes:
                        return self._too_large(size)
                    looked = time.monotonic()
        finally:
            if not ending.done():
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
            await asyncio.shield(ending)

    def _too_large(self, size: float) -> str:
        return (
            f"it takes {size / 1e6:,.0f} MB on disk; {self._limits.bytes / 1e6:,.0f} MB are allowed"
        )

    def _broken(self, wanted: Wanted, why: str) -> EnvironmentFailed:
        said, _ = self.files.log(wanted.key)
        lines = [line.strip(" ×╰─▶│├") for line in said.splitlines()]
        told = next((line for line in reversed(lines) if line), "")
        if "uv ended" in why:
            first = next((n for n, line in enumerate(lines) if "solution found" in line), None)
            reason = lines[first + 1 :] if first is not None else lines[-1:]
            why = " ".join(" ".join(reason).split()).removeprefix("cause: ")[:600] or told
        advice = "The log shows more. Correct what the package asks for, or run it in a kernelspec."
        if "no wheels" in said or "only-binary" in said or "no usable wheels" in said:
            advice = (
                "Packages without a wheel are built only where an administrator allows it "
                "(RegistryApp.environment_sources). " + advice
            )
        return EnvironmentFailed(
            f"The environment of {wanted.package}/{wanted.version} could not be built from its "
            f"{wanted.requirements.source}: {why.rstrip('.')}.",
            advice=advice,
            fields={"traceback": said[-_LOG_TOLD:], "source": wanted.requirements.source},
        )

"""Model packages: search, register, read, change, delete; their files."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote

from jupyter_server.auth.decorator import authorized
from tornado import web
from tornado.iostream import StreamClosedError

from ...domain.errors import PackageNotFound
from ..parameters import id_in
from .base import RegistryHandler, to_json

if TYPE_CHECKING:
    from ...domain.entities import FilePublic, PackagePublic


class PackagesHandler(RegistryHandler):
    """All packages."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """One page of a search."""
        services = await self.services()
        from ...registry.search import PackageFilter, search_packages

        wanted = self.query()
        if "tag" in wanted:
            wanted["tags"] = wanted.pop("tag")
        of_page = ("sort", "limit", "cursor", "offset", "total")
        page = {name: wanted.pop(name) for name in of_page if name in wanted}
        self.answer(
            await services.in_thread(
                search_packages, services.database, PackageFilter(**wanted), **page
            )
        )

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Register one."""
        services = await self.services()
        from ...registry import packages, scans, signatures

        body = self.body()
        # not in the registry's own threads: a large file takes long
        signed = await asyncio.to_thread(signatures.before_registering, services, body)
        scan = await asyncio.to_thread(scans.before_registering, services, body)
        made = await services.in_thread(
            packages.register, services.database, services.artifacts, body, self.user, scan, signed
        )
        await tell_of_package(self, made)
        if body.upload is not None:
            await services.in_thread(services.arrivals.end, body.upload)
            await services.inspections.end(body.upload)
        self.created(made, "packages", made.id)


class PackageHandler(RegistryHandler):
    """One package."""

    @web.authenticated
    @authorized
    async def get(self, package_id: str) -> None:
        """Read it."""
        services = await self.services()
        from ...registry import packages

        self.answer(await services.in_thread(packages.get, services.database, id_in(package_id)))

    @web.authenticated
    @authorized
    async def patch(self, package_id: str) -> None:
        """Change description, tags or archived state."""
        services = await self.services()
        from ...registry import packages

        body = self.body()
        found = await services.in_thread(
            packages.update, services.database, id_in(package_id), body
        )
        self.changed("updated", "package", found.id, found.name, found.version)
        self.answer(found)

    @web.authenticated
    @authorized
    async def delete(self, package_id: str) -> None:
        """Delete it, if nothing refers to it."""
        services = await self.services()
        from ...registry import packages

        name, version = await services.in_thread(
            packages.remove, services.database, services.artifacts, id_in(package_id)
        )
        self.changed("deleted", "package", id_in(package_id), name, version)
        self.done()


class FileHandler(RegistryHandler):
    """A file of a package."""

    @web.authenticated
    @authorized
    async def get(self, package_id: str, path: str) -> None:
        """Download it, in pieces; a damaged one is cut off before its end."""
        services = await self.services()
        from ...registry import packages

        file, chunks = await services.in_thread(
            packages.read_file, services.database, services.artifacts, id_in(package_id), path
        )
        await send_file(self, file, chunks)


class SbomHandler(RegistryHandler):
    """A package's software bill of materials."""

    @web.authenticated
    @authorized
    async def get(self, package_id: str) -> None:
        """Download it."""
        services = await self.services()
        from ... import __version__
        from ...registry import packages, sbom

        found = await services.in_thread(packages.get, services.database, id_in(package_id))
        name = quote(f"{found.name}-{found.version}.cdx.json", safe="")
        self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{name}")
        text = await services.in_thread(lambda: to_json(sbom.sbom(found, __version__)))
        self.finish(text, set_content_type=sbom.MEDIA_TYPE)


async def tell_of_package(handler: RegistryHandler, made: PackagePublic) -> None:
    """Tell of a package that was registered, and of its model if that is new."""
    services = await handler.services()
    from ...registry import models

    if made.version == 1:
        with contextlib.suppress(PackageNotFound):  # deleted again already
            model = await services.in_thread(models.get, services.database, made.name)
            handler.changed("created", "model", model.id, model.name)
    handler.changed("created", "package", made.id, made.name, made.version)


async def send_file(handler: RegistryHandler, file: FilePublic, chunks: Iterator[bytes]) -> None:
    """Send a stored file in pieces; a damaged one is cut off before its end."""
    services = await handler.services()
    # the first piece is read before anything is sent, so that absent files are an error
    chunk = await services.in_thread(_next, chunks)
    handler.set_header("Content-Type", "application/octet-stream")
    handler.set_header("Content-Length", str(file.size))
    handler.set_header("X-Content-SHA256", file.sha256)
    handler.set_attachment_header(file.path.rsplit("/", 1)[-1])
    try:
        while chunk:
            handler.write(chunk)
            await handler.flush()
            chunk = await services.in_thread(_next, chunks)
    except StreamClosedError:
        return
    handler.finish(set_content_type="application/octet-stream")


def _next(chunks: Iterator[bytes]) -> bytes:
    return next(chunks, b"")

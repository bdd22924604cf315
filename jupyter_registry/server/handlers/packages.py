"""Model packages: search, register, read, change, delete; their files."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from jupyter_server.auth.decorator import authorized
from tornado import web
from tornado.iostream import StreamClosedError

from ...domain.errors import PackageNotFound
from .base import RegistryHandler, whole_number


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
        from ...registry import models, packages

        body = self.body()
        made = await services.in_thread(
            packages.register, services.database, services.artifacts, body, self.user
        )
        if made.version == 1:
            with contextlib.suppress(PackageNotFound):  # deleted again already
                model = await services.in_thread(models.get, services.database, made.name)
                self.changed("created", "model", model.id, model.name)
        self.changed("created", "package", made.id, made.name, made.version)
        if body.upload is not None:
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

        self.answer(await services.in_thread(packages.get, services.database, _id(package_id)))

    @web.authenticated
    @authorized
    async def patch(self, package_id: str) -> None:
        """Change description, tags or archived state."""
        services = await self.services()
        from ...registry import packages

        body = self.body()
        found = await services.in_thread(packages.update, services.database, _id(package_id), body)
        self.changed("updated", "package", found.id, found.name, found.version)
        self.answer(found)

    @web.authenticated
    @authorized
    async def delete(self, package_id: str) -> None:
        """Delete it, if nothing refers to it."""
        services = await self.services()
        from ...registry import packages

        name, version = await services.in_thread(
            packages.remove, services.database, services.artifacts, _id(package_id)
        )
        self.changed("deleted", "package", _id(package_id), name, version)
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
            packages.read_file, services.database, services.artifacts, _id(package_id), path
        )
        # the first piece is read before anything is sent, so that absent files are an error
        chunk = await services.in_thread(_next, chunks)
        self.set_header("Content-Type", "application/octet-stream")
        self.set_header("Content-Length", str(file.size))
        self.set_header("X-Content-SHA256", file.sha256)
        self.set_attachment_header(file.path.rsplit("/", 1)[-1])
        try:
            while chunk:
                self.write(chunk)
                await self.flush()
                chunk = await services.in_thread(_next, chunks)
        except StreamClosedError:
            return
        self.finish(set_content_type="application/octet-stream")


def _id(text: str) -> int:
    """A package's id; 0, which no package has, for what is no number."""
    try:
        return whole_number(text)
    except ValueError:
        return 0


def _next(chunks: Iterator[bytes]) -> bytes:
    return next(chunks, b"")

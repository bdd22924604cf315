"""Models of leaderboards: added, read, unlocked; made packages, deployed, put in service."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from jupyter_server.auth.decorator import authorized
from tornado import web

from ...domain.errors import LeaderboardNotFound
from ..parameters import id_in
from .base import RegistryHandler, to_json
from .packages import send_file, tell_of_package

if TYPE_CHECKING:
    from ...registry.board_packages import Packaged


class _OfModel(RegistryHandler):
    """What the handlers below share."""

    async def tell_of_board(self, leaderboard_id: str) -> None:
        """Tell that something about a leaderboard's models has changed."""
        services = await self.services()
        from ...registry import leaderboards

        board_id = id_in(leaderboard_id)
        with suppress(LeaderboardNotFound):  # deleted again already
            name = await services.in_thread(leaderboards.name_of, services.database, board_id)
            self.changed("updated", "leaderboard", board_id, name)

    async def tell_of_packaged(self, packaged: Packaged, leaderboard_id: str) -> None:
        """Tell of a model's package: that it was made, or was changed."""
        package = packaged.package
        if packaged.made:
            await tell_of_package(self, package)
        else:
            self.changed("updated", "package", package.id, package.name, package.version)
        await self.tell_of_board(leaderboard_id)


class BoardModelsHandler(_OfModel):
    """All models of a leaderboard."""

    @web.authenticated
    @authorized
    async def post(self, leaderboard_id: str) -> None:
        """Add one."""
        services = await self.services()
        from ...registry import board_models

        made = await services.in_thread(
            board_models.add,
            services.database,
            services.artifacts,
            id_in(leaderboard_id),
            self.body(),
        )
        await self.tell_of_board(leaderboard_id)
        self.created(made, "leaderboards", made.leaderboard_id, "models", made.number)


class BoardModelHandler(RegistryHandler):
    """One model."""

    @web.authenticated
    @authorized
    async def get(self, leaderboard_id: str, number: str) -> None:
        """Read it, whole."""
        services = await self.services()
        from ...registry import board_models

        found = await services.in_thread(
            board_models.get, services.database, id_in(leaderboard_id), id_in(number)
        )
        self.answer(await services.in_thread(to_json, found))  # its details may be large


class UnlockHandler(_OfModel):
    """The holdout of a model."""

    @web.authenticated
    @authorized
    async def post(self, leaderboard_id: str, number: str) -> None:
        """Show what was measured on it."""
        services = await self.services()
        from ...registry import board_models

        found = await services.in_thread(
            board_models.unlock,
            services.database,
            id_in(leaderboard_id),
            id_in(number),
            self.user,
        )
        await self.tell_of_board(leaderboard_id)
        self.answer(found)


class BoardModelFileHandler(RegistryHandler):
    """A file of a model."""

    @web.authenticated
    @authorized
    async def get(self, leaderboard_id: str, number: str, path: str) -> None:
        """Download it, in pieces; a damaged one is cut off before its end."""
        services = await self.services()
        from ...registry import board_models

        file, chunks = await services.in_thread(
            board_models.read_file,
            services.database,
            services.artifacts,
            id_in(leaderboard_id),
            id_in(number),
            path,
        )
        await send_file(self, file, chunks)


class BoardPackageHandler(_OfModel):
    """The package of a model."""

    @web.authenticated
    @authorized
    async def post(self, leaderboard_id: str, number: str) -> None:
        """Make it, or give the one that there is."""
        services = await self.services()
        from ...registry import board_packages

        packaged = await services.in_thread(
            board_packages.register,
            services.database,
            id_in(leaderboard_id),
            id_in(number),
            self.body(),
            self.user,
        )
        await self.tell_of_packaged(packaged, leaderboard_id)
        if packaged.made:
            self.created(packaged.package, "packages", packaged.package.id)
        else:
            self.answer(packaged.package, 200)


class BoardDeploymentHandler(_OfModel):
    """Deploying a model."""

    @web.authenticated
    @authorized
    async def post(self, leaderboard_id: str, number: str) -> None:
        """Make the deployment, with the package if there is none yet."""
        services = await self.services()
        from ...registry import board_packages

        made = await board_packages.deploy(
            services, id_in(leaderboard_id), id_in(number), self.body(), self.user
        )
        await self.tell_of_packaged(made, leaderboard_id)
        deployment = made.deployment
        self.changed("created", "deployment", deployment.id, deployment.label)
        self.created(deployment, "deployments", deployment.id)


class BoardReplacementHandler(_OfModel):
    """Putting a model in service of a deployment that there is."""

    @web.authenticated
    @authorized
    async def post(self, leaderboard_id: str, number: str) -> None:
        """Replace its champion, or only check."""
        services = await self.services()
        from ...registry import board_packages

        done = await board_packages.replace(
            services, id_in(leaderboard_id), id_in(number), self.body(), self.user
        )
        if done.packaged is not None:
            await self.tell_of_packaged(done.packaged, leaderboard_id)
            deployment = done.replacement.deployment
            self.changed("updated", "deployment", deployment.id, deployment.label)
        self.answer(done.replacement)

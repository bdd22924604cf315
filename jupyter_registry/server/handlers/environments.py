"""What a package would run in: its environment with the log of its building, and checks."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from .. import problems
from ..parameters import id_in
from .base import RegistryHandler


class EnvironmentHandler(RegistryHandler):
    """The environment that a package asks for."""

    @web.authenticated
    @authorized
    async def get(self, package_id: str) -> None:
        """How it stands, with the log of its building from a byte on."""
        services = await self.services()
        from ...registry import environments

        asked = self.query()
        found = await services.in_thread(
            environments.describe,
            services,
            id_in(package_id),
            asked.get("kernelspec"),
            asked.get("log_offset", 0),
            problems.entity,
        )
        self.answer(found)


class BoardModelEnvironmentHandler(RegistryHandler):
    """The environment that a leaderboard's model asks for."""

    @web.authenticated
    @authorized
    async def get(self, leaderboard_id: str, number: str) -> None:
        """As that of its package, which there need not be yet."""
        services = await self.services()
        from ...registry import board_packages, environments

        asked = self.query()
        package = await services.in_thread(
            board_packages.preview, services.database, id_in(leaderboard_id), id_in(number)
        )
        found = await services.in_thread(
            environments.describe_of,
            services,
            package,
            asked.get("kernelspec"),
            asked.get("log_offset", 0),
            problems.entity,
        )
        self.answer(found)


class BoardModelChecksHandler(RegistryHandler):
    """How a leaderboard's model could be deployed."""

    @web.authenticated
    @authorized
    async def post(self, leaderboard_id: str, number: str) -> None:
        """Check it; nothing is loaded, built or made."""
        services = await self.services()
        from ...registry import board_packages, environment_checks

        package = await services.in_thread(
            board_packages.preview, services.database, id_in(leaderboard_id), id_in(number)
        )
        self.answer(await environment_checks.check_of(services, package, self.body()))


class ChecksHandler(RegistryHandler):
    """How a package could be deployed."""

    @web.authenticated
    @authorized
    async def post(self, package_id: str) -> None:
        """Check it; nothing is loaded, built or made."""
        services = await self.services()
        from ...registry import environment_checks

        self.answer(await environment_checks.check(services, id_in(package_id), self.body()))

"""The server itself: version, user, limits; the OpenAPI document."""

from __future__ import annotations

from functools import cache

from jupyter_server.auth.decorator import authorized
from tornado import web

from .base import RegistryHandler, to_json


class InfoHandler(RegistryHandler):
    """What a client needs to know."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer version, user, schema and limits; opens the registry."""
        services = await self.services()
        from ... import __version__
        from ...domain.rules import monitoring_rules
        from ...store import schema

        limits = services.settings.upload_limits
        self.answer(
            {
                "version": __version__,
                "user": self.user,
                "schema_revision": schema.HEAD,
                "limits": {
                    "upload_bytes": limits.total_bytes,
                    "upload_files": limits.files,
                    "body_bytes": self.max_body_bytes,
                },
                "pickle_policy": services.settings.scan_rules.policy.value,
                "trusted_types": list(services.settings.scan_rules.trusted),
                "monitoring": monitoring_rules().model_dump(mode="json"),
            }
        )


class OpenApiHandler(RegistryHandler):
    """The API in its own words."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer the OpenAPI 3.1 document."""
        self.answer(await self.in_thread(_document, self.base_url))


@cache
def _document(base_url: str) -> str:
    from ..openapi import document

    return to_json(document(base_url))

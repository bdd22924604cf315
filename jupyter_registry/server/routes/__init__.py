"""All addresses: path, handler, and for each verb what goes in and what comes out.

The OpenAPI document, the check of parameters, and the tests that walk over authentication and
authorisation follow from these rows. Bodies and answers are classes of `domain.entities`, by
name, so that nothing is imported for them at the server's start.
"""

from __future__ import annotations

from ..handlers import info
from ..routing import Operation as Operation
from ..routing import Route as Route
from . import deployments, monitoring, packages, rows, uploads

ROUTES: tuple[Route, ...] = (
    Route(
        "/info",
        info.InfoHandler,
        {"GET": Operation("What a client needs to know of the server", answer="ServerInfo")},
    ),
    Route("/openapi.json", info.OpenApiHandler, {"GET": Operation("This document")}),
    *packages.ROUTES,
    *uploads.ROUTES,
    *deployments.ROUTES,
    *rows.ROUTES,
    *monitoring.ROUTES,
)

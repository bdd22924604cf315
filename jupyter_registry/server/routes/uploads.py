"""Addresses of uploads: what is sent before it becomes a package."""

from __future__ import annotations

from ..handlers import contents, inspections, uploads
from ..routing import Operation, Route

ROUTES: tuple[Route, ...] = (
    Route(
        "/uploads",
        uploads.UploadsHandler,
        {"POST": Operation("Begin an upload", answer="UploadPublic", status=201)},
    ),
    Route(
        "/uploads/{upload_id}",
        uploads.UploadHandler,
        {
            "GET": Operation("Read what has arrived", answer="UploadPublic"),
            "DELETE": Operation("Throw an upload away", status=204),
        },
    ),
    Route(
        "/uploads/{upload_id}/files/{path*}",
        uploads.UploadFileHandler,
        {
            "PUT": Operation(
                "Send a file; X-Content-SHA256 is checked where given, Upload-Offset goes on",
                answer="FilePublic",
                status=201,
                takes_bytes=True,
            ),
            "DELETE": Operation("Take a file out of an upload", status=204),
        },
    ),
    Route(
        "/uploads/{upload_id}/contents",
        contents.UploadContentsHandler,
        {
            "POST": Operation(
                "Take a file or folder that Jupyter's file browser shows into an upload",
                body="ContentsTake",
                answer="ContentsTaken",
                status=201,
            )
        },
    ),
    Route(
        "/uploads/{upload_id}/archives",
        contents.UploadArchivesHandler,
        {
            "POST": Operation(
                "Put the files of a zip or tar in its place; a model that is itself a zip stays",
                body="ArchiveTake",
                answer="ContentsTaken",
                status=201,
            )
        },
    ),
    Route(
        "/uploads/{upload_id}/inspection",
        inspections.InspectionHandler,
        {
            "POST": Operation(
                "Begin to inspect an upload's model and data in a worker; GET tells what is found",
                body="InspectionCreate",
                answer="InspectionPublic",
                status=202,
            ),
            "GET": Operation("How the inspection stands", answer="InspectionPublic"),
            "DELETE": Operation("Cancel the inspection", status=204),
        },
    ),
)

"""Addresses that rows are sent to: predictions, reports, actuals, a look before sending."""

from __future__ import annotations

from ..handlers import previews, rows
from ..routing import Operation, Route, pieces_parameter, text_parameter, whole_parameter
from .shared import COLUMNS

ROUTES: tuple[Route, ...] = (
    Route(
        "/deployments/{deployment}/predictions",
        rows.PredictionsHandler,
        {
            "POST": Operation(
                "Predict; every prediction is recorded before it is answered. A custom.py with "
                "read_input_data is given a body of any type as it was sent",
                takes_rows=True,
                gives_rows=True,
                parameters={
                    **COLUMNS,
                    "passthrough": text_parameter(
                        "Input columns to repeat in the answer, with commas."
                    ),
                    "first_row": whole_parameter(
                        "The number of the first row in the answer, of rows that come in parts.",
                        minimum=0,
                        maximum=2**53,
                        default=0,
                    ),
                },
            )
        },
    ),
    Route(
        "/deployments/{deployment}/predictions/unstructured",
        rows.UnstructuredHandler,
        {
            "POST": Operation(
                "Ask an unstructured model: any body and any parameters are passed on to it, and "
                "its answer back (204 where it has none); counted in the service health",
                takes_anything=True,
                gives_anything=True,
            )
        },
    ),
    Route(
        "/deployments/{deployment}/reports",
        rows.ReportsHandler,
        {
            "POST": Operation(
                "Report predictions made elsewhere; the same association ID again replaces",
                takes_rows=True,
                answer="ReportResult",
                parameters={
                    **COLUMNS,
                    "package_id": whole_parameter(
                        "The package that made them, one of the history (default: the one in "
                        "service at each row's time)."
                    ),
                },
            )
        },
    ),
    Route(
        "/deployments/{deployment}/actuals",
        rows.ActualsHandler,
        {
            "POST": Operation(
                "Send what really happened: early, late, repeated or corrected",
                takes_rows=True,
                answer="ActualsResult",
                parameters={
                    **COLUMNS,
                    "value_column": text_parameter("The column with the values."),
                },
            )
        },
    ),
    Route(
        "/previews/parquet",
        previews.ParquetStartHandler,
        {
            "POST": Operation(
                "Columns and first rows of a Parquet file, from its last 64 KiB and the pieces "
                "that the answer wants; nothing is kept",
                takes_bytes=True,
                answer="ParquetStart",
                parameters={
                    "size": whole_parameter("Bytes of the whole file.", minimum=1, maximum=2**53),
                    "pieces": pieces_parameter(
                        "The pieces in the body, in its order, as first byte and the byte after "
                        "the last: 0-100,400-500."
                    ),
                },
            )
        },
    ),
)

"""Parameters that the addresses of several resources take."""

from __future__ import annotations

from ..routing import (
    choice_parameter,
    moment_parameter,
    text_parameter,
    whole_parameter,
    yes_or_no_parameter,
)

PAGE = {
    "limit": whole_parameter("Items of a page.", minimum=1, maximum=1000, default=100),
    "cursor": text_parameter("next_cursor of the page before."),
}
FAR = {
    "offset": whole_parameter("Items to leave out from there.", minimum=0, default=0),
    "total": yes_or_no_parameter("Whether to count the items of all pages."),
}
COLUMNS = {
    "association_id_column": text_parameter("The column with the association IDs."),
    "timestamp_column": text_parameter("The column with the times."),
}
RANGE = {
    "start": moment_parameter("From then on."),
    "end": moment_parameter("Before then."),
    "package_id": whole_parameter("This package's predictions alone."),
}
SEGMENT = {
    "segment": text_parameter("This segment column …"),
    "segment_value": text_parameter(
        "… and the value whose rows alone are counted: a text, (missing) or nothing for null, "
        "(other) for the values that are not kept apart."
    ),
}
SERIES = {"bucket": choice_parameter("Bucket", "Chosen by the span unless given."), **RANGE}

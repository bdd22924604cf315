"""What must be true of every notebook that ran."""

from __future__ import annotations

import io
import json
import re
from typing import Any

from tests.notebooks.running import Finished, size_of

#: A cell with this tag shows an error, on purpose.
FAILS = "raises-exception"
#: The secret of a prediction key; what is shown of one is shorter.
_SECRET = re.compile(r"jrk_[A-Za-z0-9_-]{20,}")


def assert_clean(finished: Finished) -> None:
    """No traceback, nothing on standard error, no secret; the server has nothing to complain of."""
    for cell in finished.code:
        shown = json.dumps(cell.outputs)
        assert "Traceback" not in shown, cell.id
        assert not _SECRET.search(shown), cell.id
        assert finished.server.token not in shown, cell.id
        assert not any(output["output_type"] == "error" for output in cell.outputs), cell.id
        if FAILS not in cell.tags:
            assert cell.stderr == "", (cell.id, cell.stderr)
    assert "Traceback" not in finished.server.log


def assert_pictures(finished: Finished, expected: list[str]) -> None:
    """These cells show a picture each, and no others do; it is a PNG on which something is."""
    assert [cell.id for cell in finished.code if cell.pngs] == expected
    for cell in finished.code:
        for png in cell.pngs:
            width, height = size_of(png)
            assert 300 <= width <= 1600, cell.id
            assert 150 <= height <= 1200, cell.id
            assert len(png) < 300_000, cell.id
            assert _share_of_commonest_colour(png) < 0.97, cell.id


def numbers_of(text: str) -> list[float]:
    """The numbers at the ends of the lines of a printed Series."""
    return [float(number) for number in re.findall(r"\s(-?\d+\.\d+)$", text, re.MULTILINE)]


def assert_same_file(again: Finished, before: Finished) -> None:
    """Two runs have the same cells, and the same of them show something."""
    shown: list[Any] = [[(c.id, bool(c.data)) for c in run.code] for run in (before, again)]
    assert shown[0] == shown[1]


def _share_of_commonest_colour(png: bytes) -> float:
    from PIL import Image

    with Image.open(io.BytesIO(png)) as image:
        counts = image.convert("L").histogram()
    return max(counts) / sum(counts)

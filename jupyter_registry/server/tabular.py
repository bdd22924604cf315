"""Tables over HTTP: rows of request bodies in columns, and columns of results as bodies.

In: JSON (records or split), CSV, Arrow (stream or file), Parquet. Out: JSON, CSV, Parquet,
Arrow stream. pyarrow and NumPy are imported when used, pandas never.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from ..domain.errors import InvalidInput, UnsupportedMediaType
from .tabular_csv import read_csv, write_csv
from .tabular_json import read_json, write_json
from .tabular_rows import Rows, joined

if TYPE_CHECKING:
    from ..domain.frames import Values
    from ..domain.signature import Signature

__all__ = [
    "ARROW_FILE", "ARROW_STREAM", "CSV", "JSON", "PARQUET", "Rows", "answer_type",
    "read_batches", "read_rows", "write_rows",
]  # fmt: skip

JSON = "application/json"
CSV = "text/csv"
PARQUET = "application/vnd.apache.parquet"
ARROW_STREAM = "application/vnd.apache.arrow.stream"
ARROW_FILE = "application/vnd.apache.arrow.file"

READS = (JSON, CSV, PARQUET, ARROW_STREAM, ARROW_FILE)
WRITES = (JSON, CSV, PARQUET, ARROW_STREAM)
_ALIASES = {"application/x-parquet": PARQUET, "application/parquet": PARQUET}
#: What says nothing about the body, which is then looked at.
_UNTOLD = ("", "application/octet-stream")

#: Rows taken at a time where all are wanted.
_WHOLE = 1 << 40


def read_rows(
    body: bytes,
    content_type: str | None,
    signature: Signature | None = None,
    *,
    limit: int | None = None,
) -> Rows:
    """All rows of a body.

    Parameters
    ----------
    content_type:
        With parameters such as charset; where it is missing the body is looked at.
    signature:
        Gives the columns of a CSV their dtypes; without it they stay text. Texts that do not
        fit are left as they are for `domain.frames.conform` to refuse.
    limit:
        The most bytes that a compressed body may take once decoded.

    Raises
    ------
    InvalidInput
        when the body is damaged, or holds no rows of distinctly named columns; ``fields``
        name ``row`` (0-based) and ``column`` where they are known.
    TooLarge
        when the decoded table is over the limit.
    UnsupportedMediaType
        for an unknown content type or charset.

    """
    kind, charset = _kind(body, content_type)
    return joined(list(_batches(body, kind, charset, _WHOLE, signature, limit)))


def read_batches(
    body: bytes,
    content_type: str | None,
    batch_rows: int = 65_536,
    *,
    limit: int | None = None,
) -> Iterator[Rows]:
    """The rows of a body in batches of at most so many; raises as `read_rows`, on the way.

    Of CSV, Arrow and Parquet only one batch's values are in memory at a time. A table without
    rows gives one batch with its column names and ``n`` 0.
    """
    kind, charset = _kind(body, content_type)
    return _batches(body, kind, charset, batch_rows, None, limit)


def _batches(
    body: bytes,
    kind: str,
    charset: str | None,
    batch_rows: int,
    signature: Signature | None,
    limit: int | None,
) -> Iterator[Rows]:
    if not body:
        raise InvalidInput(
            "The body is empty.", advice="Send the rows in it.", fields={"body": "empty"}
        )
    if kind == JSON:
        return read_json(body, charset, batch_rows, limit)
    if kind == CSV:
        return read_csv(body, charset, batch_rows, signature)
    from .tabular_arrow import read_arrow, read_parquet

    return (read_parquet if kind == PARQUET else read_arrow)(body, batch_rows, limit)


def write_rows(columns: Mapping[str, Values], content_type: str) -> bytes:
    """Columns of equal length as a body of a type that `answer_type` gave."""
    if content_type == JSON:
        return write_json(columns)
    if content_type == CSV:
        return write_csv(columns)
    from .tabular_arrays import write_arrow, write_parquet

    if content_type == PARQUET:
        return write_parquet(columns)
    if content_type == ARROW_STREAM:
        return write_arrow(columns)
    raise _unsupported(content_type, WRITES, "Ask for")


# --- content types --------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _parsed(header: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """A media type in lower case, and its parameters."""
    kind, *rest = header.split(";")
    pairs = (part.partition("=") for part in rest)
    parameters = tuple((k.strip().lower(), v.strip().strip('"').lower()) for k, _, v in pairs)
    return kind.strip().lower(), parameters


def _kind(body: bytes, content_type: str | None) -> tuple[str, str | None]:
    """The type of a body, one of `READS`, and its charset if given."""
    told, parameters = _parsed(content_type or "")
    charset = next((value for name, value in parameters if name == "charset" and value), None)
    kind = _sniffed(body) if told in _UNTOLD else _ALIASES.get(told, told)
    if kind not in READS:
        raise _unsupported(told, READS, "Send")
    return kind, charset


def is_for_machines(body: bytes, content_type: str | None) -> bool:
    """Whether a body is a table of Arrow's or Parquet's, by its type or else by its beginning."""
    told, _ = _parsed(content_type or "")
    kind = _sniffed(body) if told in _UNTOLD else _ALIASES.get(told, told)
    return kind in (PARQUET, ARROW_STREAM, ARROW_FILE)


def _sniffed(body: bytes) -> str:
    if body.startswith(b"PAR1"):
        return PARQUET
    if body.startswith(b"ARROW1"):
        return ARROW_FILE
    if body.startswith(b"\xff\xff\xff\xff"):
        return ARROW_STREAM
    start = body[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    return JSON if start.startswith((b"{", b"[")) else CSV


def answer_type(accept: str | None) -> str:
    """The type to answer with, one of `WRITES`: the best by the ``Accept`` header's q-values.

    Of equals the more specific is taken, then the first in the header; JSON where all is
    welcome.

    Raises
    ------
    UnsupportedMediaType
        when none is acceptable.

    """
    if accept is None or not accept.strip() or accept.strip() == "*/*":
        return JSON
    ranges = [_range(part, at) for at, part in enumerate(accept.split(",")) if part.strip()]
    best: tuple[float, int, int, int] | None = None
    answer = None
    for order, offer in enumerate(WRITES):
        fits = [(specific, -at, q) for kind, q, specific, at in ranges if _covers(kind, offer)]
        if not fits:
            continue
        # the most specific range decides on an offer
        specific, at, q = max(fits)
        rank = (q, specific, at, -order)
        if q > 0 and (best is None or rank > best):
            best, answer = rank, offer
    if answer is None:
        raise _unsupported(accept, WRITES, "Accept")
    return answer


def _range(part: str, at: int) -> tuple[str, float, int, int]:
    kind, parameters = _parsed(part)
    weight = dict(parameters).get("q", "1")
    q = min(float(weight), 1.0) if re.fullmatch(r"\d(\.\d*)?", weight, re.ASCII) else 1.0
    kind = _ALIASES.get(kind, kind)
    return kind, q, 0 if kind == "*/*" else 1 if kind.endswith("/*") else 2, at


def _covers(kind: str, offer: str) -> bool:
    return kind in ("*/*", offer) or (kind.endswith("/*") and offer.startswith(kind[:-1]))


def _unsupported(given: str, known: tuple[str, ...], verb: str) -> UnsupportedMediaType:
    return UnsupportedMediaType(
        f"The content type {given!r} is not supported.",
        advice=f"{verb} one of: {', '.join(known)}.",
        fields={"content_type": given, "supported": list(known)},
    )

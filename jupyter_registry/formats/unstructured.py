"""What `score_unstructured` of a ``custom.py`` is given, and what it may answer.

``score_unstructured(model, data, **kwargs)`` is called once for each request. ``data`` is text
where the request's ``Content-Type`` is of text (``text/…``, JSON, XML, …, or with a charset), else
bytes. It may take, by name or in ``**kwargs``, ``mimetype``, ``charset`` (UTF-8 unless said
otherwise; ``None`` of bytes) and ``query``, a dict of the address's parameters. It returns text,
bytes, ``None`` for an answer without content, or one of these with a dict of ``mimetype`` and
``charset``. A ``ValueError`` says that the request cannot be taken; any other exception that the
model failed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..domain.errors import ModelFailed
from ..domain.unstructured import BYTES, DEFAULT_CHARSET, TEXT, Body, is_charset, is_mimetype
from .custom_output import describe

EXPECTED = "a str, bytes or None, or one of these with a dict of mimetype and charset"


def keywords(given: Body) -> dict[str, Any]:
    """What the hook may ask for by name."""
    charset = given.charset or (DEFAULT_CHARSET if given.is_text else None)
    return {"mimetype": given.mimetype, "charset": charset, "query": dict(given.query)}


def read_output(answer: Any, who: str) -> Body:
    """The body that an answer means; raises `ModelFailed` saying what came and what should."""
    said: Mapping[str, Any] = {}
    content = answer
    if isinstance(answer, tuple):
        if len(answer) != 2 or not isinstance(answer[1], Mapping):
            raise _wrong(answer, who)
        content, said = answer
        _check_said(said, who)
    charset = said.get("charset")
    if content is None:
        return Body(None, said.get("mimetype") or TEXT, charset)
    if isinstance(content, str):
        charset = charset or DEFAULT_CHARSET
        try:
            written = content.encode(charset)
        except UnicodeEncodeError as error:
            raise ModelFailed(
                f"{who} returned text that cannot be written in {charset}: {error}.",
                advice="Return text that can, or say another charset.",
                fields={"charset": charset},
            ) from error
        return Body(written, said.get("mimetype") or TEXT, charset)
    if isinstance(content, bytes | bytearray | memoryview):
        return Body(bytes(content), said.get("mimetype") or BYTES, charset)
    raise _wrong(answer, who)


def _check_said(said: Mapping[str, Any], who: str) -> None:
    for name, is_one in (("mimetype", is_mimetype), ("charset", is_charset)):
        value = said.get(name)
        if value is not None and not (isinstance(value, str) and is_one(value)):
            raise ModelFailed(
                f"{who} returned the {name} {value!r}, which is none.",
                advice="Return one such as application/json."
                if name == "mimetype"
                else "Return one that Python knows, such as utf-8.",
                fields={"returned": repr(value)[:200], "expected": f"a {name}"},
            )


def _wrong(answer: Any, who: str) -> ModelFailed:
    returned = describe(answer)
    return ModelFailed(
        f"{who} returned {returned}; expected was {EXPECTED}.",
        advice="Return json.dumps(…) of what is no text, for instance.",
        fields={"returned": returned, "expected": EXPECTED},
    )

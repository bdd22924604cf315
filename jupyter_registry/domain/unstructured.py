"""Whole requests: a body with its type, as an unstructured model is given it and answers it."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from .errors import InvalidInput

TEXT, BYTES = "text/plain", "application/octet-stream"
DEFAULT_CHARSET = "utf-8"

_MIMETYPE = re.compile(r"[\w!#$&^.+-]{1,100}/[\w!#$&^.+-]{1,100}", re.ASCII)
_CHARSET = re.compile(r"""charset\s*=\s*"?([\w:.+-]{1,50})"?""", re.ASCII | re.IGNORECASE)
#: Types beside ``text/…`` that are text.
_TEXTS = frozenset({"json", "xml", "yaml", "javascript", "x-ndjson", "x-www-form-urlencoded"})


@dataclass(frozen=True)
class Body:
    """What is sent to an unstructured model, or answered by one; ``None``: no content at all."""

    content: bytes | None
    mimetype: str = BYTES
    charset: str | None = None
    #: The parameters of the request's address; a list where one was given several times.
    query: Mapping[str, str | list[str]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        content: bytes | None,
        content_type: str | None,
        query: Mapping[str, str | list[str]] | None = None,
    ) -> Body:
        """A body with the value of its header ``Content-Type``; bytes where it says nothing."""
        given, _, parameters = (content_type or "").partition(";")
        mimetype = given.strip().lower()
        charset = _CHARSET.search(parameters)
        return cls(
            content,
            mimetype if is_mimetype(mimetype) else BYTES,
            charset.group(1).lower() if charset else None,
            query or {},
        )

    @property
    def content_type(self) -> str:
        """The value of ``Content-Type``."""
        return f"{self.mimetype}; charset={self.charset}" if self.charset else self.mimetype

    @property
    def is_text(self) -> bool:
        """Whether it is text: by its type, or because it says in which characters."""
        kind, _, name = self.mimetype.partition("/")
        return self.charset is not None or kind == "text" or name.rpartition("+")[2] in _TEXTS

    def data(self) -> str | bytes:
        """The content, decoded where it is text (UTF-8 unless it says another).

        Raises
        ------
        InvalidInput
            when it is not text in the characters that it should be in.

        """
        content = self.content or b""
        if not self.is_text:
            return content
        charset = self.charset or DEFAULT_CHARSET
        try:
            return content.decode(charset)
        except (UnicodeDecodeError, LookupError) as error:
            raise InvalidInput(
                f"The body is said to be {self.mimetype} in {charset}, and cannot be read so: "
                f"{error}.",
                advice="Say its charset in Content-Type, or send it as application/octet-stream.",
                fields={"Content-Type": self.content_type},
            ) from error


def is_mimetype(text: str) -> bool:
    """Whether it is a type as ``Content-Type`` has it, without parameters."""
    return _MIMETYPE.fullmatch(text) is not None


def is_charset(text: str) -> bool:
    """Whether Python knows characters of that name."""
    try:
        codecs.lookup(text)
    except (LookupError, ValueError):
        return False
    return text.isascii()

"""A look at a file of rows before it is sent whole."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from ...domain.errors import InvalidInput
from .base import RegistryHandler


class ParquetStartHandler(RegistryHandler):
    """Columns and first rows of a Parquet file, from pieces of it; nothing is kept."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Tell what the pieces tell, and which others would tell more; in a thread."""
        from ..parquet_start import parquet_start

        asked = self.query()
        missing = [name for name in ("size", "pieces") if name not in asked]
        if missing:
            raise InvalidInput(
                f"The parameter {missing[0]!r} is missing.",
                advice="Give the file's size and which pieces of it the body has.",
                fields=dict.fromkeys(missing, "missing"),
            )
        self.answer(
            await self.in_thread(parquet_start, asked["size"], asked["pieces"], self.content)
        )

    @property
    def max_body_bytes(self) -> int:
        """Bytes of the pieces of one file."""
        from ..parquet_start import MOST_BYTES

        return min(MOST_BYTES, super().max_body_bytes)

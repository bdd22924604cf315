"""Which names may be, for whoever needs no tables: nothing is imported."""

from __future__ import annotations

#: Names of registered models: no slash, ``@`` or leading dot, so they stand in a URL and a magic.
NAME_PATTERN = r"^[A-Za-z0-9_](?:[A-Za-z0-9_ .\-]{0,198}[A-Za-z0-9_\-.])?$"
#: Aliases start with a letter, so that ``latest`` and version numbers cannot be taken for one.
ALIAS_PATTERN = r"^[A-Za-z][A-Za-z0-9_\-]{0,99}$"

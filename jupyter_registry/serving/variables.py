"""Which of the server's variables reach the processes that it starts for models: no secrets."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

#: The server's own addresses and settings are no business of a model.
_NOT_FOR_MODELS = ("JUPYTERHUB_", "JUPYTER_REGISTRY_", "JUPYTER_TOKEN", "CONFIGPROXY_", "JPY_")
#: Names of secrets: of the storage of artifacts, of the database, of whatever the server reaches.
_SECRET = re.compile(
    r"SECRET|TOKEN(?!IZ)|PASSW|PASSPHRASE|CREDENTIAL|CONNECTION_STRING"
    r"|(API|ACCESS|ACCOUNT|PRIVATE|SIGNING|STORAGE|ENCRYPTION)_?KEY",
    re.IGNORECASE,
)
#: An address with a password in it.
_WITH_PASSWORD = re.compile(r"://[^/@\s]*:[^/@\s]+@")


def own_variables(given: Mapping[str, str] | None = None) -> dict[str, str]:
    """The server's variables, without those that are no business of a model.

    What a model needs of them is said in its kernelspec (``"env": {"API_KEY": "${API_KEY}"}``).
    ``given``: in place of the server's own variables.
    """
    own = os.environ if given is None else given
    return {name: value for name, value in own.items() if not _is_hidden(name, value)}


def _is_hidden(name: str, value: str) -> bool:
    if name.startswith(_NOT_FOR_MODELS) or _SECRET.search(name):
        return True
    # how the network is reached is said with a password, too
    return bool(_WITH_PASSWORD.search(value)) and not name.upper().endswith("_PROXY")

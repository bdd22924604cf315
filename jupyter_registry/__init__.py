"""Jupyter Registry: the model registry that lives where models are made.

Importing this package is cheap; everything else loads when it is first used.
"""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"

__all__ = ["Leaderboard", "Registry", "__version__"]


def __getattr__(name: str) -> Any:
    if name == "Registry":
        from .client import Registry

        return Registry
    if name == "Leaderboard":
        from .training import Leaderboard

        return Leaderboard
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    from .server.app import RegistryApp

    return [{"module": "jupyter_registry", "app": RegistryApp}]


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "jupyter-registry"}]


def load_ipython_extension(ipython: Any) -> None:
    """``%load_ext jupyter_registry``: the magics."""
    from .notebook.magics import load

    load(ipython)


def unload_ipython_extension(ipython: Any) -> None:
    """``%unload_ext jupyter_registry``; ``%reload_ext`` begins with it."""
    from .notebook.magics import unload

    unload(ipython)

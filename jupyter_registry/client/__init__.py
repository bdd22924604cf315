"""The Python client: everything over HTTP, for kernels, scripts and applications.

`Registry` is the whole registry; `Reporter` reports predictions from a model's host and needs
nothing beyond the standard library. Each is imported when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .registry import Registry
    from .reporter import Reporter

__all__ = ["Registry", "Reporter"]


def __getattr__(name: str) -> Any:
    if name == "Registry":
        from .registry import Registry

        return Registry
    if name == "Reporter":
        from .reporter import Reporter

        return Reporter
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])

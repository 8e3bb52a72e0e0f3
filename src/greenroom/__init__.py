"""Greenroom: an AI operations crew for LiveKit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from greenroom.crew import Greenroom

__all__ = ("Greenroom", "__version__")
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """``from greenroom import Greenroom`` loads the crew; ``import greenroom`` costs nothing."""
    if name == "Greenroom":
        from greenroom.crew import Greenroom

        return Greenroom
    raise AttributeError(name)

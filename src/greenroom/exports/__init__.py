"""The configuration in other forms: one file a format, with ``MEDIA_TYPE`` and ``render(tree) -> str``."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Protocol, cast

from greenroom.domain.errors import InvalidRequest


class Export(Protocol):
    """What each file of this folder offers."""

    MEDIA_TYPE: str

    def render(self, tree: Mapping[str, Any]) -> str:
        """``{"livekit": …}`` as text, with a newline at its end."""
        ...


def formats() -> tuple[str, ...]:
    """Names of all formats, found by folder."""
    return tuple(sorted(m.name for m in iter_modules(__path__) if not m.name.startswith("_")))


def load_export(name: str) -> Export:
    """One format. Raises InvalidRequest with those there are."""
    if name not in formats():
        msg = f"There is no export format {name}."
        raise InvalidRequest(msg, hint=f"There are: {', '.join(formats())}.")
    return cast("Export", import_module(f"{__name__}.{name}"))

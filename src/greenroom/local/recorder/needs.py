"""What recording needs beside Greenroom itself: an optional extra, because it is large."""

from __future__ import annotations

from importlib.util import find_spec

from greenroom.domain.errors import ConfigurationError

MODULES = {"av": "av", "livekit.rtc": "livekit", "numpy": "numpy", "PIL": "pillow"}
"""Module → distribution."""


def require_media() -> None:
    """Raises ConfigurationError (recorder-missing) naming what is not installed."""
    missing = [name for module, name in MODULES.items() if not _there(module)]
    if missing:
        msg = f"Recording needs packages that are not installed: {', '.join(missing)}."
        hint = "Install them: pip install 'greenroom[recorder]'."
        raise ConfigurationError(msg, code="recorder-missing", hint=hint)


def _there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False

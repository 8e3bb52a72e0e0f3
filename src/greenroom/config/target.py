"""Which LiveKit server: URL and credentials as one set, never mixed from two sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from greenroom.domain.errors import ConfigurationError

VARIABLES = {"url": "LIVEKIT_URL", "api_key": "LIVEKIT_API_KEY", "api_secret": "LIVEKIT_API_SECRET"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A server and the right to use it."""

    url: str
    api_key: str
    api_secret: str = field(repr=False)
    source: str


def choose_credentials(
    given: Mapping[str, str | None], environ: Mapping[str, str]
) -> Credentials | None:
    """The arguments' set, else the environment's ``LIVEKIT_*``; None when neither names anything.

    Raises ConfigurationError (credentials-incomplete, invalid-url) rather than complete one set from the other.
    """
    from_environment = {name: environ.get(variable) for name, variable in VARIABLES.items()}
    for source, values in (("arguments", given), ("environment", from_environment)):
        if any(values.values()):
            return _complete(source, values)
    return None


def _complete(source: str, values: Mapping[str, str | None]) -> Credentials:
    missing = [name for name in VARIABLES if not values.get(name)]
    if missing:
        names = [VARIABLES[name] if source == "environment" else name for name in missing]
        msg = f"The {source} name a LiveKit server, but not {' and '.join(names)}."
        hint = "Give URL, API key and API secret together: a set is never completed from another source."
        raise ConfigurationError(msg, code="credentials-incomplete", hint=hint)
    url = str(values["url"]).strip()
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"ws", "wss", "http", "https"} and bool(parts.hostname)
        usable = usable and parts.username is None and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        msg = f"{VARIABLES['url'] if source == 'environment' else 'url'} is no URL of a LiveKit server."
        hint = "It looks like wss://livekit.example.com, or ws://localhost:7880."
        raise ConfigurationError(msg, code="invalid-url", hint=hint)
    return Credentials(
        url=url,
        api_key=str(values["api_key"]),
        api_secret=str(values["api_secret"]),
        source=source,
    )

"""What is a URL at all, for everybody who is given one."""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

_STREAM = re.compile(r"^(rtmps?://)(.*/)(.*/)(\S*)( live=1)?$")


def split_url(url: str, schemes: Collection[str]) -> SplitResult | None:
    """The parts of a URL (RFC 3986) that has one of these schemes, a host and a port that can be; None for anything else."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if usable else None


def is_cloud(url: str) -> bool:
    """Whether the server is LiveKit Cloud, by its host: some calls exist nowhere else."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return host.endswith(".livekit.cloud")


def stream_key(url: str) -> str:
    """The secret of an RTMP URL, what is behind its second slash; of SRT its query, where the stream id and passphrase are."""
    match = _STREAM.match(url)
    return match.group(4) if match else url.partition("?")[2]


def redacted_url(url: str) -> str:
    """``rtmp://host/app/{abc...xyz}``, as LiveKit shows it (protocol utils/url.go); another URL loses user and query.

    What is redacted already stays as it is.
    """
    match = _STREAM.match(url)
    if not match:
        return re.sub(r"(?<=//)[^/@]*@", "", url).partition("?")[0]
    scheme, host, app, key, live = match.groups()
    shown = key if re.fullmatch(r"\{.{0,3}\.\.\..{0,3}\}", key) else _shown(key)
    return f"{scheme}{host.rpartition('@')[2]}{app}{shown}{live or ''}"


def _shown(key: str) -> str:
    for count in (3, 2, 1):
        if len(key) >= 3 * count:
            return f"{{{key[:count]}...{key[-count:]}}}"
    return "{...}"

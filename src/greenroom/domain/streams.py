"""Addresses that streams go to: rtmp, rtmps, srt. The key behind the last slash, or in the query of srt, is a secret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, urlsplit

from greenroom.domain.errors import GreenroomError

SCHEMES = ("rtmp", "rtmps", "srt")
"""How LiveKit's Egress sends a stream. livekit/protocol livekit_egress.proto, enum StreamProtocol."""
_STREAM = re.compile(r"^(rtmps?://)(?:[^/@]*@)?(.*/)(.*/)(\S*)( live=1)?$")
_ANY = re.compile(r"\b(?:rtmps?|srt)://[^\s\"'<>,;]+")


def redacted_url(url: str) -> str:
    """``rtmp://host/app/{abc...xyz}``, as LiveKit shows it; another kind of URL loses user and query.

    What is redacted already stays as it is. livekit/protocol utils/url.go.
    """
    match = _STREAM.match(url)
    if match:
        scheme, host, app, key, live = match.groups()
        return f"{scheme}{host}{app}{_key(key)}{live or ''}"
    return re.sub(r"(?<=//)[^/@]*@", "", url).partition("?")[0]


def _key(key: str) -> str:
    if key.startswith("{") and key.endswith("}"):
        return key
    for count in (3, 2, 1):
        if len(key) >= 3 * count:
            return f"{{{key[:count]}...{key[-count:]}}}"
    return "{...}"


def without_keys(text: str) -> str:
    """A text, every address in it redacted."""
    return _ANY.sub(lambda match: redacted_url(match[0]), text)


def with_key(address: str, key: str) -> str:
    """Where to stream to: the key behind the address. Of srt it is the streamid, or a whole query."""
    if not key:
        return address
    if urlsplit(address).scheme == "srt":
        query = key if "=" in key else f"streamid={quote(key, safe='')}"
        return f"{address}{'&' if '?' in address else '?'}{query}"
    return f"{address.rstrip('/')}/{key.lstrip('/')}"


def split_key(url: str) -> tuple[str, str]:
    """``(address, key)``; the key is "" where the URL has none: rtmp needs an application and a key."""
    if urlsplit(url).scheme == "srt":
        address, _, query = url.partition("?")
        return address, query
    path, mark, query = url.partition("?")
    if len(urlsplit(path).path.strip("/").split("/")) < 2:
        return url, ""
    address, _, key = path.rstrip("/").rpartition("/")
    return address, f"{key}{mark}{query}"


@contextmanager
def hidden(*urls: str) -> Iterator[None]:
    """An error that passes tells of none of these URLs more than may be shown, and no other address with its key."""
    try:
        yield
    except GreenroomError as error:
        error.message, error.hint = (_hide(text, urls) for text in (error.message, error.hint))
        raise


def _hide(text: str, urls: tuple[str, ...]) -> str:
    for url in urls:
        key = split_key(url)[1]
        text = text.replace(url, redacted_url(url))
        text = text.replace(key, "***") if key else text
    return without_keys(text)

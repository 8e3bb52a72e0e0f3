"""Addresses that streams go to: rtmp, rtmps, srt. The key behind the last slash, or in the query of srt, is a secret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from greenroom.domain.errors import GreenroomError
from greenroom.domain.urls import redacted_url

SCHEMES = ("rtmp", "rtmps", "srt")
"""How LiveKit's Egress sends a stream. livekit/protocol livekit_egress.proto, enum StreamProtocol."""
_ANY = re.compile(r"\b(?:rtmps?|srt)://[^\s\"'<>,;]+")


def without_keys(text: str) -> str:
    """A text, every address in it redacted."""
    return _ANY.sub(lambda match: redacted_url(match[0]), text)


def scheme_of(url: str) -> str:
    """rtmp, https …; "" where there is none."""
    scheme, mark, _ = url.partition("://")
    return scheme.lower() if mark else ""


def with_key(address: str, key: str) -> str:
    """Where to stream to: the key behind the address. Of srt it is the streamid, or a whole query."""
    if not key:
        return address
    if scheme_of(address) == "srt":
        query = key if "=" in key else f"streamid={quote(key, safe='')}"
        return f"{address}{'&' if '?' in address else '?'}{query}"
    return f"{address.rstrip('/')}/{key.lstrip('/')}"


def split_key(url: str) -> tuple[str, str]:
    """``(address, key)``; the key is "" where the URL has none: rtmp needs an application and a key."""
    if scheme_of(url) == "srt":
        address, _, query = url.partition("?")
        return address, query
    path, mark, query = url.partition("?")
    if len(path.partition("://")[2].strip("/").split("/")) < 3:
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

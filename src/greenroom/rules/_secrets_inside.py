"""Secrets that stand where a client can read them: in claims of a token, which are signed and not encrypted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

NAMES = frozenset({
    "secret", "apisecret", "clientsecret", "secretkey", "secretaccesskey", "accesskey", "accesskeyid", "sessiontoken",
    "accountkey", "accountname", "credentials", "password", "passwd", "privatekey", "signingkey", "streamkey", "apikey",
    "token", "accesstoken", "bearer", "assumerolearn", "assumeroleexternalid",
})  # fmt: skip
"""Names of fields whose values are for servers, without case, dashes and underscores. LiveKit: egress storage messages."""
LOOKS = (
    ("a private key", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")),
    ("a token", re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}")),
    ("an access key", re.compile(r"\bAKIA[0-9A-Z]{16}\b")),
    ("a stream key", re.compile(r"\b(?:rtmps?|srt)://\S+", re.IGNORECASE)),
    ("a password", re.compile(r"\b[a-z][a-z0-9+.-]+://[^\s/:@]+:[^\s/@]+@", re.IGNORECASE)),
)
"""Text that is a secret wherever it stands."""


def secrets_in(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """``(path, what it is)`` of each secret; never the secret itself."""
    if isinstance(value, Mapping):
        for name, inside in value.items():
            here = f"{path}.{name}" if path else str(name)
            plain = re.sub(r"[^a-z]", "", str(name).casefold())
            if plain in NAMES and isinstance(inside, str | Mapping) and inside:
                yield here, f"a value named {name}"
            else:
                yield from secrets_in(inside, here)
    elif isinstance(value, list | tuple):
        for at, inside in enumerate(value):
            yield from secrets_in(inside, f"{path}[{at}]")
    elif isinstance(value, str):
        yield from ((path, what) for what, look in LOOKS if look.search(value))
        if value.lstrip().startswith("{"):
            yield from secrets_in(as_json(value), path)


def as_json(text: str) -> Any:
    """What a text that looks like a JSON object holds; nothing where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None

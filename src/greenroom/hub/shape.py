"""Secrets taken out of text and JSON before anything is kept or shown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from greenroom.domain.shape import MASK, hidden

JWT = re.compile(r"\beyJ[\w-]{5,}\.[\w-]+\.[\w-]+")
ASSIGNED = re.compile(
    r"(?i)\b((?:api[ _-]?)?(?:secret|password|passwd|stream[ _-]?key)\W{0,3}(?:is|=|:)?\s*[\"']?)([^\s\"']{6,})"
)


_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode
SHORTEST_SECRET = 6
TELLTALES = ("secret", "passw", "stream")
"""Without one of these words ``ASSIGNED`` cannot match."""


class Redactor:
    """Takes known secrets, and whatever looks like a token or an assigned secret, out of text and JSON."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets = [secret for secret in secrets if hidden(secret)]
        self._escaped = [_encode(secret)[1:-1] for secret in self._secrets]

    def know(self, secret: str) -> None:
        """One more secret to take out from now on."""
        if hidden(secret) and secret not in self._secrets:
            self._secrets.append(secret)
            self._escaped.append(_encode(secret)[1:-1])

    def text(self, text: str) -> str:
        """The text without secrets."""
        if len(text) < SHORTEST_SECRET:
            return text
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        if not suspicious(text):
            return text
        return ASSIGNED.sub(rf"\1{MASK}", JWT.sub(MASK, text))

    def json(self, value: Any) -> Any:
        """JSON without secrets in any of its strings."""
        return self._strings(value) if self._suspects(_encode(value)) else value

    def encoded(self, value: Any) -> str:
        """JSON text of a value, without secrets in any of its strings."""
        # One look at the whole is a tenth of the price of a look at each string.
        whole = _encode(value)
        return _encode(self._strings(value)) if self._suspects(whole) else whole

    def _suspects(self, encoded: str) -> bool:
        return any(secret in encoded for secret in self._escaped) or suspicious(encoded)

    def _strings(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.text(str(key)): self._strings(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._strings(item) for item in value]
        return value


def suspicious(text: str) -> bool:
    """Whether something in it may be a token or an assigned secret."""
    lower = text.casefold()
    return "eyj" in lower or any(word in lower for word in TELLTALES)

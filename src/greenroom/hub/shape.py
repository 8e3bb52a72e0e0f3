"""Results as JSON, with or without what is secret in them."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, get_type_hints

from greenroom.domain.marks import Secret

MASK = "***"
JWT = re.compile(r"\beyJ[\w-]{5,}\.[\w-]+\.[\w-]+")
ASSIGNED = re.compile(
    r"(?i)\b((?:api[ _-]?)?(?:secret|password|passwd|stream[ _-]?key)\W{0,3}(?:is|=|:)?\s*[\"']?)([^\s\"']{6,})"
)


@cache
def _fields(kind: type[Any]) -> tuple[tuple[str, bool], ...]:
    hints = get_type_hints(kind, include_extras=True)
    return tuple(
        (
            field.name,
            any(
                isinstance(mark, Secret) for mark in getattr(hints[field.name], "__metadata__", ())
            ),
        )
        for field in dataclasses.fields(kind)
    )


def to_json(value: Any, *, public: bool) -> Any:
    """Dataclasses as objects. ``public``: fields marked ``Secret`` read ``***``."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            name: MASK if secret and public else to_json(getattr(value, name), public=public)
            for name, secret in _fields(type(value))
        }
    if isinstance(value, Mapping):
        return {key: to_json(item, public=public) for key, item in value.items()}
    return [to_json(item, public=public) for item in value]


_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode
SHORTEST_SECRET = 6
TELLTALES = ("secret", "passw", "stream")
"""Without one of these words ``ASSIGNED`` cannot match."""


class Redactor:
    """Takes known secrets, and whatever looks like a token or an assigned secret, out of text and JSON."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets = [secret for secret in secrets if secret]
        self._escaped = [_encode(secret)[1:-1] for secret in self._secrets]

    def know(self, secret: str) -> None:
        """One more secret to take out from now on."""
        if secret and secret not in self._secrets:
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
        # One look at the whole is a tenth of the price of a look at each string.
        whole = _encode(value)
        known = any(secret in whole for secret in self._escaped)
        return self._strings(value) if known or suspicious(whole) else value

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

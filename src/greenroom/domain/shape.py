"""Results as JSON, with or without what is secret in them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache
from typing import Any, get_type_hints

from greenroom.domain.marks import Secret

MASK = "***"
_PLAIN = frozenset({str, int, float, bool, type(None)})


SHORTEST_HIDDEN = 8
"""Characters. ``secret``, livekit-server's own in its development mode, and shorter ones are parts of plain words."""


def hidden(secret: str) -> bool:
    """Whether a secret is long enough to be looked for in texts. A shorter one would tear words, and hide nothing."""
    return len(secret) >= SHORTEST_HIDDEN


def without(text: str, secret: str, mask: str = MASK) -> str:
    """The text with a secret masked, where it is ``hidden``."""
    return text.replace(secret, mask) if hidden(secret) else text


def to_json(value: Any, *, public: bool) -> Any:
    """Dataclasses as objects. ``public``: fields marked ``Secret`` read ``***``."""
    if type(value) in _PLAIN or isinstance(value, str | int | float):
        return value
    if isinstance(value, Mapping):
        return {key: to_json(item, public=public) for key, item in value.items()}
    if not dataclasses.is_dataclass(value):
        return [to_json(item, public=public) for item in value]
    shape = {}
    for name, secret in _fields(value.__class__):
        item = getattr(value, name)
        if secret and public:
            item = MASK
        shape[name] = item if type(item) in _PLAIN else to_json(item, public=public)
    return shape


@cache
def _fields(kind: type[Any]) -> tuple[tuple[str, bool], ...]:
    """Each field's name, and whether it is marked ``Secret``."""
    hints = get_type_hints(kind, include_extras=True)
    return tuple(
        (field.name, any(isinstance(mark, Secret) for mark in _marks(hints[field.name])))
        for field in dataclasses.fields(kind)
    )


def _marks(hint: Any) -> tuple[Any, ...]:
    return getattr(hint, "__metadata__", ())

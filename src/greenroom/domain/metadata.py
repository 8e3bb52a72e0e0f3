"""Metadata that is a JSON object, changed key by key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from greenroom.domain.errors import InvalidRequest, PreconditionFailed


def object_in(text: str) -> dict[str, Any] | None:
    """The JSON object that a text is; an empty text is an empty one. None for anything else."""
    if not text.strip():
        return {}
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def merged(old: str, given: str) -> str:
    """Old metadata with these keys changed; null takes a key out, tables merge deeply. RFC 7396.

    Raises InvalidRequest where what is given is no JSON object, PreconditionFailed where what is there is none.
    """
    patch, target = object_in(given), object_in(old)
    if patch is None:
        msg = "Only a JSON object can be merged into metadata."
        raise InvalidRequest(msg, hint='Give one, as in {"topic": "budget"}, or do not merge.')
    if target is None:
        msg = "The metadata that is there is no JSON object, so nothing can be merged into it."
        hint = "Replace it as a whole, if its text may go."
        raise PreconditionFailed(msg, code="failed-precondition", hint=hint)
    return json.dumps(patched(target, patch), ensure_ascii=False)


def patched(target: Any, patch: Mapping[str, Any]) -> dict[str, Any]:
    """RFC 7396, section 2."""
    result = dict(target) if isinstance(target, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = patched(result.get(key), value) if isinstance(value, Mapping) else value
    return result

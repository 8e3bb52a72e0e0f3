"""JSON, as JavaScript applications read it."""

from __future__ import annotations

from collections.abc import Mapping
from json import dumps
from typing import Any

MEDIA_TYPE = "application/json"


def render(tree: Mapping[str, Any]) -> str:
    """Two spaces deep, in the order of the schema."""
    return dumps(tree, indent=2, ensure_ascii=False) + "\n"

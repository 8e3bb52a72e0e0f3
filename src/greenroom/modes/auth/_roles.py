"""Roles as the configuration holds them: packaged presets, and what people made of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from greenroom.domain.errors import PreconditionFailed
from greenroom.domain.ports import Context, Settings
from greenroom.modes.auth._lifetime import in_words

FLAGS = {
    "canPublish": ("may publish", "may not publish"),
    "canSubscribe": ("sees and hears the others", "does not see or hear the others"),
    "canPublishData": ("may send data", "may not send data"),
    "roomAdmin": ("may mute and remove people", ""),
    "hidden": ("is not seen by others", ""),
    "recorder": ("records", ""),
    "canUpdateOwnMetadata": ("may change their own name and attributes", ""),
}
"""Setting below a role → what yes means and what no means; "" where no goes without saying."""


def key_of(role: str, name: str = "") -> str:
    """The dotted key of a role, or of one setting of it."""
    key = f"auth.roles.{json.dumps(role, ensure_ascii=False)}"
    return f"{key}.{name}" if name else key


def all_roles(settings: Settings) -> Mapping[str, Mapping[str, Any]]:
    """Every role with its settings. Raises ConfigurationError (invalid-config)."""
    found: Mapping[str, Mapping[str, Any]] = settings.chosen("auth.roles") or {}
    return found


def require_role(context: Context, role: str) -> None:
    """Raises PreconditionFailed (not-found) for a role that nobody defined, naming the nearest."""
    roles = all_roles(context.settings)
    if role in roles:
        return
    near = get_close_matches(role, roles, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(sorted(roles))}."
    msg = f"There is no role {role}."
    raise PreconditionFailed(msg, code="not-found", hint=hint)


def in_people_words(permissions: Mapping[str, Any]) -> str:
    """``may publish camera and microphone, sees and hears the others``."""
    said = []
    for name, (yes, no) in FLAGS.items():
        words = {True: yes, False: no}.get(permissions.get(name, ""), "")
        if name == "canPublish" and permissions.get(name) is True:
            words += f" {sources_in_words(permissions.get('canPublishSources') or ())}".rstrip()
        if words:
            said.append(words)
    if (kind := permissions.get("kind", "standard")) != "standard":
        said.append(f"counts as {kind}")
    if ttl := permissions.get("ttl"):
        said.append(f"tokens last {in_words(ttl)}")
    return ", ".join(said) or "what LiveKit allows by default"


def sources_in_words(sources: Any) -> str:
    """``camera and microphone``."""
    named = [str(source).replace("_", " ") for source in sources]
    return " and ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named)

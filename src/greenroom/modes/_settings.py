"""What capabilities that change settings share: state before, undo, and what they say."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from greenroom.domain.nouns import SettingsChange, SettingsState
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context, Place


async def write(
    context: Context, changes: Mapping[str, Any], place: Place | None = None
) -> SettingsChange:
    """Write settings by dotted key, off the loop: another writer may have to be waited for."""
    return await asyncio.to_thread(context.configuration.change, dict(changes), place)


def value_in(values: Mapping[str, Any], key: str) -> Any:
    """What a settings' tree says under a plain dotted key; None where it says nothing."""
    found: Any = values
    for part in key.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def put_back(
    changes: Mapping[str, Any], before: SettingsState, place: Place | None = None
) -> Call | None:
    """The former values, if the same files still say what was written; None where nothing was changed."""
    former = {key: value_in(before.values, key) for key in changes}
    if all(former[key] == value for key, value in changes.items()):
        return None
    arguments: dict[str, Any] = {"settings": former}
    if place is not None:
        arguments["place"] = place
    expects = {f"values.{key}": value for key, value in changes.items()}
    return Call(
        capability="coordinator.change_settings",
        arguments=arguments,
        expects={**expects, "files": list(before.files)},
    )


def where(result: SettingsChange) -> str:
    """``in .ruru/…/livekit-room.mode.md``, and what overrides it."""
    overridden = "".join(f" But {line}" for line in result.overridden)
    return f"in {' and '.join(result.files)}.{overridden}"

"""What capabilities that change settings share: state before, undo, and what they say."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from greenroom.domain.access import PACKAGED
from greenroom.domain.nouns import SettingsChange, SettingsState
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context, Place
from greenroom.modes import _retention

PLACES = ("environment", "project", "user")
"""Layers that are files people write, highest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defined:
    """Who says something about a table that has a name: a role, a preset."""

    key: str
    place: Place | None
    """The highest file that says something about it; None where only packages and variables do."""
    state: SettingsState
    """What that file says."""
    packaged: bool
    elsewhere: tuple[str, ...]
    """Other layers of people's that say something about it."""


def where_defined(context: Context, key: str) -> Defined:
    """Who says something about the table. Raises ConfigurationError (invalid-config, unknown-setting)."""
    layers = [source.layer for source in context.settings.said_by(key)]
    place = cast("Place | None", next((name for name in PLACES if name in layers), None))
    state = SettingsState(files=(), values={})
    if place is not None:
        state = context.configuration.written([key], place)
    return Defined(
        key=key,
        place=place,
        state=state,
        packaged=PACKAGED in layers,
        elsewhere=tuple(layer for layer in layers if layer not in {PACKAGED, place}),
    )


def given(request: object, keys: Mapping[str, str]) -> dict[str, Any]:
    """Setting → value, of the arguments that were given. ``keys``: argument → setting."""
    said = {key: getattr(request, name) for name, key in keys.items()}
    return {key: value for key, value in said.items() if value is not None}


async def write(
    context: Context, changes: Mapping[str, Any], place: Place | None = None
) -> SettingsChange:
    """Write settings by dotted key, off the loop: another writer may have to be waited for. A service that must know is told."""
    change = await asyncio.to_thread(context.configuration.change, dict(changes), place)
    if _retention.KEY in changes and (said := await _retention.told(context)):
        return replace(change, told=(said,))
    return change


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


def put_back_table(before: Defined) -> Call | None:
    """The table that was removed from its file, if nobody defined it again since."""
    former = value_in(before.state.values, before.key)
    if not former:
        return None
    # Each setting by itself: a table would be compared with all that the packaged one says, too.
    return Call(
        capability="coordinator.change_settings",
        arguments={
            "settings": {f"{before.key}.{name}": value for name, value in former.items()},
            "place": before.place,
        },
        expects={f"values.{before.key}.{name}": None for name in former}
        | {"files": list(before.state.files)},
    )


def where(result: SettingsChange) -> str:
    """``in .ruru/…/livekit-room.mode.md``, what overrides it, and what a service was told."""
    overridden = "".join(f" But {line}" for line in result.overridden)
    told = "".join(f" {line}" for line in result.told)
    return f"in {' and '.join(result.files)}.{overridden}{told}"
